import { expandSeries, MAX_WINDOW_DAYS, type Series } from './recurrence.ts';
import { lastStartOf, readRules, type Rule, type RuleMoment } from './recurrence-rules.ts';
import { addDays, addMilliseconds, DAY_MS, formatInstant, startOfDate, UTC } from './time.ts';
import type { Instant, PlainDate } from './time.ts';

const SECOND_MS = 1000;
const MOST = 30_000;

/**
 * Whether a series takes place at this start by its rules: an instant of a timed series, a date of an all-day one.
 * Of a series that cannot be read nothing is known: false.
 */
export function takesPlaceAt(series: Series, originalStart: Instant | PlainDate): boolean {
  if (isDate(originalStart) !== (series.time.kind === 'all-day')) return false;
  return startsWithin(series, originalStart, DAY_MS).includes(originalStart);
}

/**
 * The rules of a series that ends before one of its occurrences: every RRULE that has not ended by then gets that end
 * (UNTIL in UTC, or a date, RFC 5545 §3.3.10), and added dates from there on are left out. Null before the first
 * occurrence: then nothing is left.
 *
 * @param before an original start that {@link takesPlaceAt} confirms.
 */
export function endSeriesBefore(series: Series, before: Instant | PlainDate): readonly string[] | null {
  const { rules, time } = series;
  if (before <= (time.kind === 'all-day' ? time.startDate : time.start)) return null;
  return rules.flatMap((raw) => {
    const line = raw.replaceAll(/\r?\n[ \t]/g, '').trim();
    if (/^RRULE[;:]/i.test(line)) return [endedRule(series, { line, before })];
    if (/^RDATE[;:]/i.test(line)) return datesBefore(series, { line, before });
    return [line];
  });
}

function endedRule(series: Series, { line, before }: { line: string; before: Instant | PlainDate }): string {
  const rule = readRules([line], zoneOf(series)).rules[0]!;
  if (hasEnded(rule, { series: { rules: [line], time: series.time }, before })) return line;
  const last = isDate(before) ? addDays(before, -1) : formatInstant(addMilliseconds(before, -SECOND_MS));
  return `${rule.text};UNTIL=${last.replaceAll(/[-:]|\.\d+/g, '')}`;
}

function hasEnded(rule: Rule, { series, before }: { series: Series; before: Instant | PlainDate }): boolean {
  if (rule.until !== null) return isDate(before) ? rule.until.date < before : lastStartOf(rule.until, zoneOf(series)) < before;
  // Where a count ends is found by looking for more.
  return rule.count !== null && startsWithin(series, before, (MAX_WINDOW_DAYS - 1) * DAY_MS).length === 0;
}

/** Of one RDATE line the dates that come before. */
function datesBefore(series: Series, { line, before }: { line: string; before: Instant | PlainDate }): string[] {
  const colon = line.indexOf(':') + 1;
  const isBefore = (start: RuleMoment): boolean => (isDate(before) ? start.date < before : start.kind === 'date' || start.at < before);
  const kept = line
    .slice(colon)
    .split(',')
    .filter((value) => readRules([line.slice(0, colon) + value], zoneOf(series)).added.every(({ start }) => isBefore(start)));
  return kept.length === 0 ? [] : [line.slice(0, colon) + kept.join(',')];
}

/** Where the series starts by its rules, from a start on. */
function startsWithin(series: Series, from: Instant | PlainDate, lengthMs: number): readonly (Instant | PlainDate)[] {
  const start = isDate(from) ? startOfDate(from, UTC) : from;
  const expansion = expandSeries(series, { window: { start, end: addMilliseconds(start, lengthMs) }, zone: UTC, limit: MOST });
  if (expansion.kind === 'unreadable') return [];
  return expansion.occurrences.map(({ originalStart }) => originalStart).filter((at) => at >= from);
}

function zoneOf({ time }: Series) {
  return time.kind === 'timed' ? time.zone : UTC;
}

function isDate(start: Instant | PlainDate): start is PlainDate {
  return typeof start === 'string';
}
