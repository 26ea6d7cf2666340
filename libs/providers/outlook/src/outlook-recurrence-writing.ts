import { isDeepStrictEqual } from 'node:util';
import { addDays, instantOf, parseDate, parseInstant, parseWallTime, weekdayOf, whySeriesUnreadable } from '@daymark/domain';
import type { PlainDate } from '@daymark/domain';
import { ProviderError } from '@daymark/provider-contract';
import type { EventTime } from '@daymark/provider-contract';
import { unfitRequest } from './outlook-error.ts';
import { anyMonth, daysUpTo, graphDays, graphPositions, monthLengths, ruleDays } from './outlook-recurrence.ts';
import type { GraphRecurrence } from './outlook-recurrence.ts';
import { windowsZoneOf } from './outlook-zones.ts';

type GraphDay = (typeof graphDays)[number];
type Position = keyof typeof graphPositions;

/** A pattern with the members that its type needs and no others: Graph checks those that mean nothing too. */
type Pattern =
  | { readonly type: 'daily'; readonly interval: number }
  | { readonly type: 'weekly'; readonly interval: number; readonly daysOfWeek: GraphDay[]; readonly firstDayOfWeek: GraphDay }
  | { readonly type: 'absoluteMonthly'; readonly interval: number; readonly dayOfMonth: number }
  | { readonly type: 'absoluteYearly'; readonly interval: number; readonly dayOfMonth: number; readonly month: number }
  | { readonly type: 'relativeMonthly'; readonly interval: number; readonly daysOfWeek: GraphDay[]; readonly index: Position }
  | {
      readonly type: 'relativeYearly';
      readonly interval: number;
      readonly daysOfWeek: GraphDay[];
      readonly index: Position;
      readonly month: number;
    };

/**
 * A series as Graph takes it, null for a single event (no lines). What Graph cannot say in the same way is refused, not
 * approximated: Graph has one pattern from the first event on, without dates of its own; a day that some months lack would
 * be moved to their last.
 *
 * @throws ProviderError `invalid-request` with a reason `recurrence-…`.
 */
export function recurrenceOf(lines: readonly string[], { time }: { readonly time: EventTime }): GraphRecurrence | null {
  const rule = onlyRule(lines, time);
  if (rule === null) return null;
  const first = time.kind === 'timed' ? parseDate(time.startWall.slice(0, 10)) : time.startDate;
  const pattern = patternOf(rule, first);
  // RFC 5545 counts the first event in, wherever the rule stands; Graph would not.
  if (!takesPlaceOn(pattern, first)) refuse('start-outside-rule');
  return { pattern: { ...pattern }, range: rangeOf(rule, { time, first }) };
}

/**
 * The rules of a series of which the first event moves, where Graph has to be told; null where they stay as they are. Days that
 * only say again what the first event says move along with it: every Monday becomes every Tuesday.
 */
export function followedRules(
  rules: readonly string[],
  { from, to }: { readonly from: EventTime; readonly to: EventTime },
): readonly string[] | null {
  if (placeOf(from) === placeOf(to)) return null;
  const plain = rules.map((line) => line.replaceAll(/;BY(DAY|MONTHDAY|MONTH)=[^;]*/gi, ''));
  const known = tryRecurrence(rules, from);
  return known !== null && isDeepStrictEqual(tryRecurrence(plain, from), known) ? plain : rules;
}

/** The date and the clock that a series runs by. */
function placeOf(time: EventTime): string {
  return time.kind === 'timed' ? `${time.startWall.slice(0, 10)} ${time.zone}` : time.startDate;
}

function tryRecurrence(rules: readonly string[], time: EventTime): GraphRecurrence | null {
  try {
    return recurrenceOf(rules, { time });
  } catch (error) {
    if (error instanceof ProviderError) return null;
    throw error;
  }
}

type Rule = ReadonlyMap<string, string>;

function onlyRule(lines: readonly string[], time: EventTime): Rule | null {
  const unfolded = lines.map((line) => line.replaceAll(/\r?\n[ \t]/g, '').trim()).filter((line) => line !== '');
  if (unfolded.length === 0) return null;
  const unreadable = whySeriesUnreadable({ rules: unfolded, time });
  if (unreadable !== null) refuse(unreadable.code);
  if (unfolded.some((line) => !/^RRULE[;:]/i.test(line))) refuse('dates');
  if (unfolded.length > 1) refuse('several-rules');
  const text = (unfolded[0] ?? '').toUpperCase().replaceAll(' ', '');
  const parts = text.slice(text.indexOf(':') + 1).split(';');
  return new Map(parts.filter((part) => part !== '' && !part.startsWith('X-')).map((part) => split(part)));
}

function split(part: string): [string, string] {
  const [name = '', value = ''] = part.split('=', 2);
  return [name, value];
}

/** Parts that each kind of rule may have; RFC 5545 knows more, Graph does not. */
const knownParts: Readonly<Record<string, readonly string[]>> = {
  DAILY: ['BYDAY'],
  WEEKLY: ['BYDAY'],
  MONTHLY: ['BYDAY', 'BYMONTHDAY', 'BYSETPOS'],
  YEARLY: ['BYDAY', 'BYMONTHDAY', 'BYSETPOS', 'BYMONTH'],
};

function patternOf(rule: Rule, first: PlainDate): Pattern {
  const frequency = rule.get('FREQ') ?? '';
  const known = knownParts[frequency] ?? refuse('frequency');
  for (const name of rule.keys()) if (name.startsWith('BY') && !known.includes(name)) refuse(`part-${name.toLowerCase()}`);
  const interval = Number(rule.get('INTERVAL') ?? '1');
  switch (frequency) {
    case 'DAILY':
      if (!rule.has('BYDAY')) return { type: 'daily', interval };
      // Every day that is one of these is every week on these; every other day is not.
      return interval === 1 ? weekly(rule, { interval, first }) : refuse('part-byday');
    case 'WEEKLY':
      return weekly(rule, { interval, first });
    case 'MONTHLY': {
      const place = placeInMonth(rule, { first, length: anyMonth });
      return 'dayOfMonth' in place ? { type: 'absoluteMonthly', interval, ...place } : { type: 'relativeMonthly', interval, ...place };
    }
    default: {
      const month = monthOf(rule, first);
      const place = placeInMonth(rule, { first, length: monthLengths[month - 1] ?? anyMonth });
      return 'dayOfMonth' in place
        ? { type: 'absoluteYearly', interval, ...place, month }
        : { type: 'relativeYearly', interval, ...place, month };
    }
  }
}

function weekly(rule: Rule, { interval, first }: { readonly interval: number; readonly first: PlainDate }): Pattern {
  const named = rule.get('BYDAY')?.split(',') ?? [ruleDays[weekdayOf(first) - 1] ?? ''];
  // RFC 5545 begins weeks on Monday, Graph on Sunday where it is not told.
  const [firstDayOfWeek = 'monday'] = graphDaysOf([rule.get('WKST') ?? 'MO']);
  return { type: 'weekly', interval, daysOfWeek: graphDaysOf(named), firstDayOfWeek };
}

function monthOf(rule: Rule, first: PlainDate): number {
  const months = rule.get('BYMONTH')?.split(',');
  if (months === undefined) {
    // Without a month these are about every month, or about the whole year.
    if (rule.has('BYMONTHDAY') || rule.has('BYDAY')) refuse('month');
    return Number(first.slice(5, 7));
  }
  return months.length === 1 ? Number(months[0]) : refuse('month');
}

type Place = { readonly dayOfMonth: number } | { readonly daysOfWeek: GraphDay[]; readonly index: Position };

function placeInMonth(rule: Rule, { first, length }: { readonly first: PlainDate; readonly length: readonly [number, number] }): Place {
  const days = rule.get('BYDAY')?.split(',');
  const dates = rule.get('BYMONTHDAY');
  const position = rule.get('BYSETPOS');
  if (days !== undefined) {
    if (dates !== undefined) refuse('day');
    const [, ordinal, day = ''] = /^([+-]?\d+)?(\w\w)$/.exec(days[0] ?? '') ?? [];
    if (ordinal === undefined) return { daysOfWeek: graphDaysOf(days), index: positionOf(position) };
    if (days.length > 1 || position !== undefined) refuse('position');
    return { daysOfWeek: graphDaysOf([day]), index: positionOf(ordinal) };
  }
  return dateInMonth(dates ?? String(Number(first.slice(8))), { position, length });
}

function dateInMonth(
  dates: string,
  { position, length }: { readonly position?: string; readonly length: readonly [number, number] },
): Place {
  const [shortest, longest] = length;
  const days = dates
    .split(',')
    .map(Number)
    .toSorted((one, other) => one - other);
  const day = days.at(-1) ?? 0;
  if (position === undefined && days.length === 1) {
    if (day === -1) return { daysOfWeek: [...graphDays], index: 'last' };
    if (day < 1) refuse('day');
    return day <= shortest ? { dayOfMonth: day } : refuse('day-missing-in-some-months');
  }
  // As rulesOf() tells a day that some months lack.
  const isOrLast = position === '-1' && day >= shortest && day <= longest && days.join(',') === daysUpTo(day, shortest);
  return isOrLast ? { dayOfMonth: day } : refuse('day');
}

function positionOf(text: string | undefined): Position {
  const number = Number(text ?? Number.NaN);
  const found = (Object.keys(graphPositions) as Position[]).find((name) => graphPositions[name] === number);
  return found ?? refuse('position');
}

function graphDaysOf(names: readonly string[]): GraphDay[] {
  if (names.some((name) => !(ruleDays as readonly string[]).includes(name))) refuse('position');
  return graphDays.filter((_, index) => names.includes(ruleDays[index] ?? ''));
}

function takesPlaceOn(pattern: Pattern, date: PlainDate): boolean {
  if ('month' in pattern && pattern.month !== Number(date.slice(5, 7))) return false;
  switch (pattern.type) {
    case 'daily':
      return true;
    case 'weekly':
      return isOneOf(pattern.daysOfWeek, date);
    case 'absoluteMonthly':
    case 'absoluteYearly': {
      const dates = datesOfMonth(date);
      return date === (dates[pattern.dayOfMonth - 1] ?? dates.at(-1));
    }
    case 'relativeMonthly':
    case 'relativeYearly': {
      const position = graphPositions[pattern.index];
      return (
        date ===
        datesOfMonth(date)
          .filter((day) => isOneOf(pattern.daysOfWeek, day))
          .at(position < 0 ? position : position - 1)
      );
    }
  }
}

function isOneOf(days: readonly GraphDay[], date: PlainDate): boolean {
  return days.some((day) => graphDays.indexOf(day) === weekdayOf(date) - 1);
}

function datesOfMonth(date: PlainDate): readonly PlainDate[] {
  const first = parseDate(`${date.slice(0, 7)}-01`);
  return Array.from({ length: 31 }, (_, days) => addDays(first, days)).filter((day) => day.slice(0, 7) === date.slice(0, 7));
}

function rangeOf(rule: Rule, { time, first }: { readonly time: EventTime; readonly first: PlainDate }): GraphRecurrence['range'] {
  const from = { startDate: first, ...(time.kind === 'timed' ? { recurrenceTimeZone: windowsZoneOf(time.zone) } : {}) };
  const count = rule.get('COUNT');
  const until = rule.get('UNTIL');
  if (count !== undefined && until !== undefined) refuse('malformed');
  if (count !== undefined) return { type: 'numbered', ...from, numberOfOccurrences: Number(count) };
  if (until === undefined) return { type: 'noEnd', ...from };
  const endDate = lastDate(until, time);
  return endDate < first ? refuse('ends-before-start') : { type: 'endDate', ...from, endDate };
}

/** The last date of which the event's start is not after UNTIL: an instant, a time of the series' zone, or a whole date. */
function lastDate(until: string, time: EventTime): PlainDate {
  const [, year, month, day, hours, minutes, seconds, utc] = /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?$/.exec(until) ?? [];
  const date = parseDate(`${year}-${month}-${day}`);
  if (hours === undefined || time.kind === 'all-day') return date;
  const text = `${date}T${hours}:${minutes}:${seconds}`;
  const end = utc === 'Z' ? parseInstant(`${text}Z`) : instantOf(parseWallTime(text), time.zone);
  const startsBy = (candidate: PlainDate) => instantOf(parseWallTime(`${candidate}T${time.startWall.slice(11)}`), time.zone) <= end;
  // One day to either side: the date of the instant depends on the zone.
  return [addDays(date, 1), date, addDays(date, -1)].find(startsBy) ?? addDays(date, -2);
}

function refuse(reason: string): never {
  throw unfitRequest(`recurrence-${reason}`, 'event');
}
