import { RRuleTemporal } from 'rrule-temporal';
import { Temporal } from 'temporal-polyfill';
import type { Interval } from './interval.ts';
import { lastStartOf, readRules, UnreadableRule } from './recurrence-rules.ts';
import type { Rule, RuleDate, RuleMoment, RuleSet, UnreadableSeries } from './recurrence-rules.ts';
import { addDays, addMilliseconds, DAY_MS, dateOf, daysBetween, instantOf, startOfDate, UTC } from './time.ts';
import type { Instant, PlainDate, WallTime, ZoneId } from './time.ts';

/** The time of a series' first event. The wall time and zone rule; the instants give the duration. */
export type SeriesTime =
  | { readonly kind: 'timed'; readonly start: Instant; readonly end: Instant; readonly startWall: WallTime; readonly zone: ZoneId }
  /** `endDate` is exclusive. */
  | { readonly kind: 'all-day'; readonly startDate: PlainDate; readonly endDate: PlainDate };

/** A recurring event: RFC 5545 lines `RRULE`, `RDATE`, `EXDATE`, `EXRULE` without DTSTART, and its first time. */
export interface Series {
  readonly rules: readonly string[];
  readonly time: SeriesTime;
}

export interface SeriesWindow {
  /** At most {@link MAX_WINDOW_DAYS} long. */
  readonly window: Interval;
  /** In which zone the window is cut into dates for an all-day series. */
  readonly zone: ZoneId;
  /** More occurrences than this make the series unreadable; nothing is cut off silently. */
  readonly limit: number;
}

/** One occurrence by its series' rule; `originalStart` identifies it, wherever an exception moves it to. */
export type SeriesOccurrence =
  | { readonly kind: 'timed'; readonly originalStart: Instant; readonly start: Instant; readonly end: Instant }
  | { readonly kind: 'all-day'; readonly originalStart: PlainDate; readonly startDate: PlainDate; readonly endDate: PlainDate };

export type SeriesExpansion = { readonly kind: 'expanded'; readonly occurrences: readonly SeriesOccurrence[] } | UnreadableSeries;

export const MAX_WINDOW_DAYS = 800;
/** How long an event, or one occurrence of a series, may last. */
export const MAX_DURATION_DAYS = 366;
/** What a new event may count to; more is a slip, or meant to cost us time. */
const MAX_COUNT = 10_000;
/** 29 February falls on the same weekday every 40 years at the latest. */
const LOOKED_AHEAD_YEARS = 50;
/** Nearly every rule is found to take place in the first of these. */
const LOOKED_AHEAD_DAYS = [40, 800, LOOKED_AHEAD_YEARS * 366];
/** An hourly series in the longest window, and some. */
const MAX_ITERATIONS = 30_000;

/**
 * The occurrences of a series that touch a window, in order of time. The first event is one of them
 * also where no rule makes it, and COUNT then counts without it, as Google does. Wall time is kept over clock
 * changes; a start in a gap moves on by the gap, in an overlap it is the first of the two (RFC 5545
 * §3.3.5). Bounded: what would take long is `unreadable`.
 *
 * @throws RangeError when the window is longer than {@link MAX_WINDOW_DAYS}.
 */
export function expandSeries(series: Series, options: SeriesWindow): SeriesExpansion {
  if (options.window.end - options.window.start > MAX_WINDOW_DAYS * DAY_MS)
    throw new RangeError(`a window spans at most ${MAX_WINDOW_DAYS} days`);
  return reading(() => {
    const rules = readSeries(series);
    const occurrences = series.time.kind === 'timed' ? expandTimed(rules, series.time, options) : expandAllDay(rules, series.time, options);
    if (occurrences.length > options.limit) throw new UnreadableRule('too-many', `more than ${options.limit} occurrences`);
    return { kind: 'expanded' as const, occurrences };
  });
}

/** Null when the rules can be read; whether they stay within the bounds shows only {@link expandSeries}. */
export function whySeriesUnreadable(series: Series): UnreadableSeries | null {
  const result = reading(() => ({ kind: 'readable' as const, rules: readSeries(series) }));
  return result.kind === 'unreadable' ? result : null;
}

/** Why a new event may not repeat so, null when it may: besides being readable every rule takes place, and no COUNT is beyond all use. */
export function whySeriesRefused(series: Series): UnreadableSeries | null {
  const result = reading(() => {
    for (const rule of readSeries(series).rules) refuseUseless(rule, series.time);
    return { kind: 'readable' as const };
  });
  return result.kind === 'unreadable' ? result : null;
}

/**
 * An instant after which no occurrence of the series ends, all-day dates taken in `zone`. Null when
 * the series is endless, or its end would have to be counted (COUNT), or it is unreadable.
 */
export function lastOccurrenceBound(series: Series, zone: ZoneId): Instant | null {
  const result = reading(() => ({ kind: 'bound' as const, at: boundOf(readSeries(series), series.time, zone) }));
  return result.kind === 'unreadable' ? null : result.at;
}

function reading<T>(read: () => T): T | UnreadableSeries {
  try {
    return read();
  } catch (error) {
    if (error instanceof UnreadableRule) return { kind: 'unreadable', code: error.code, reason: error.message };
    throw error;
  }
}

function readSeries({ rules, time }: Series): RuleSet {
  const days = time.kind === 'timed' ? (time.end - time.start) / DAY_MS : daysBetween(time.startDate, time.endDate);
  if (days < 0 || (days === 0 && time.kind === 'all-day')) throw new UnreadableRule('odd-time', 'it ends before it starts');
  if (days > MAX_DURATION_DAYS) throw new UnreadableRule('odd-time', `each occurrence lasts longer than ${MAX_DURATION_DAYS} days`);
  const set = readRules(rules, time.kind === 'timed' ? time.zone : UTC);
  for (const rule of [...set.rules, ...set.excludingRules]) libraryRule(rule, null, floatingStart(time));
  return set;
}

function refuseUseless(rule: Rule, time: SeriesTime): void {
  if (rule.count !== null && rule.count > MAX_COUNT) throw new UnreadableRule('too-many', `COUNT is more than ${MAX_COUNT}`);
  const start = floatingStart(time);
  const until = rule.until === null ? null : floatingEnd(rule.until, time);
  const takesPlace = LOOKED_AHEAD_DAYS.some((days) => {
    const [first] = floatingStarts({ ...rule, count: null }, start, { from: start, to: start.add({ days }) });
    return first !== undefined && (until === null || Temporal.PlainDateTime.compare(first, until) <= 0);
  });
  if (!takesPlace) throw new UnreadableRule('never', `the rule makes no occurrence within ${LOOKED_AHEAD_YEARS} years`);
}

/** The wall time after which a rule with this UNTIL starts nothing. */
function floatingEnd(until: RuleMoment, time: SeriesTime): Temporal.PlainDateTime {
  return time.kind === 'timed' ? floating(lastStartOf(until, time.zone), time.zone) : midnight(until.date);
}

type Timed = Extract<SeriesTime, { kind: 'timed' }>;
type AllDay = Extract<SeriesTime, { kind: 'all-day' }>;

function expandTimed(set: RuleSet, time: Timed, { window }: SeriesWindow): SeriesOccurrence[] {
  const { zone } = time;
  const durationMs = time.end - time.start;
  const ends = new Map<Instant, Instant>();
  const add = (start: Instant, lengthMs: number) => {
    const end = addMilliseconds(start, lengthMs);
    if (start < window.end && (end > window.start || start >= window.start)) ends.set(start, end);
  };
  const startsOf = (rule: Rule): Instant[] => {
    const until = rule.until === null ? null : lastStartOf(rule.until, zone);
    const latest = until === null || until > window.end ? window.end : until;
    // A day on either side: the wall clock of the search has no zone.
    const range = {
      from: floating(addMilliseconds(window.start, -durationMs), zone).subtract({ days: 1 }),
      to: floating(latest, zone).add({ days: 1 }),
    };
    return floatingStarts(rule, floatingStart(time), range)
      .map((wall) => wall.toZonedDateTime(zone, { disambiguation: 'compatible' }).epochMilliseconds as Instant)
      .filter((start) => until === null || start <= until);
  };
  add(instantOf(time.startWall, zone), durationMs);
  for (const rule of set.rules) for (const start of startsOf(rule)) add(start, durationMs);
  for (const added of set.added) add(instantOfMoment(added.start, time), added.durationMs ?? durationMs);
  for (const rule of set.excludingRules) for (const start of startsOf(rule)) ends.delete(start);
  const removed = new Set(set.removed.filter((moment) => moment.kind === 'instant').map((moment) => moment.at));
  const removedDates = new Set(set.removed.filter((moment) => moment.kind === 'date').map((moment) => moment.date));
  return [...ends]
    .filter(([start]) => !removed.has(start) && !(removedDates.size > 0 && removedDates.has(dateOf(start, zone))))
    .sort(([one], [other]) => one - other)
    .map(([start, end]) => ({ kind: 'timed', originalStart: start, start, end }));
}

function expandAllDay(set: RuleSet, time: AllDay, { window, zone }: SeriesWindow): SeriesOccurrence[] {
  const days = daysBetween(time.startDate, time.endDate);
  const first = dateOf(window.start, zone);
  const last = dateOf(addMilliseconds(window.end, -1), zone);
  const dates = new Set<PlainDate>();
  const add = (date: PlainDate) => {
    if (date <= last && addDays(date, days) > first) dates.add(date);
  };
  const datesOf = (rule: Rule): PlainDate[] => {
    const latest = rule.until === null || rule.until.date > last ? last : rule.until.date;
    const range = { from: midnight(addDays(first, -days)), to: midnight(latest) };
    return floatingStarts(rule, floatingStart(time), range).map((wall) => wall.toPlainDate().toString() as PlainDate);
  };
  add(time.startDate);
  for (const rule of set.rules) for (const date of datesOf(rule)) add(date);
  for (const added of set.added) add(added.start.date);
  for (const rule of set.excludingRules) for (const date of datesOf(rule)) dates.delete(date);
  for (const removed of set.removed) dates.delete(removed.date);
  return [...dates].sort().map((date) => ({ kind: 'all-day', originalStart: date, startDate: date, endDate: addDays(date, days) }));
}

interface FloatingRange {
  readonly from: Temporal.PlainDateTime;
  readonly to: Temporal.PlainDateTime;
}

/**
 * Wall times of a rule. The library is asked in UTC and never sees the zone: it drops starts in a
 * gap, and only in UTC does it jump ahead instead of walking from the first occurrence.
 */
function floatingStarts(rule: Rule, start: Temporal.PlainDateTime, { from, to }: FloatingRange): Temporal.PlainDateTime[] {
  if (Temporal.PlainDateTime.compare(from, to) > 0 || Temporal.PlainDateTime.compare(start, to) > 0) return [];
  // A COUNT that cannot be used up by the end of the window decides nothing, and without it the library jumps ahead.
  const mostPossible = rule.perPeriod * Math.ceil(start.until(to, { largestUnit: 'days' }).days / rule.periodDays + 2);
  const count = rule.count !== null && rule.count < mostPossible ? rule.count : null;
  try {
    const found = libraryRule(rule, count, start).between(from.toZonedDateTime('UTC'), to.toZonedDateTime('UTC'), true);
    return found.map((at) => Temporal.PlainDateTime.from(at.toString().slice(0, -'+00:00[UTC]'.length)));
  } catch (error) {
    if (error instanceof UnreadableRule) throw error;
    throw new UnreadableRule('too-complex', 'the rule takes too many steps');
  }
}

function libraryRule(rule: Rule, count: number | null, start: Temporal.PlainDateTime): RRuleTemporal {
  try {
    const dtstart = start.toZonedDateTime('UTC');
    const [rruleString, maxIterations] = count === null ? [rule.text, MAX_ITERATIONS] : [`${rule.text};COUNT=${count}`, rule.maxPeriods];
    return new RRuleTemporal({ rruleString, dtstart, strict: true, maxIterations });
  } catch {
    throw new UnreadableRule('malformed', 'parts of the rule contradict each other');
  }
}

function floatingStart(time: SeriesTime): Temporal.PlainDateTime {
  return time.kind === 'timed' ? Temporal.PlainDateTime.from(time.startWall) : midnight(time.startDate);
}

function floating(at: Instant, zone: ZoneId): Temporal.PlainDateTime {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDateTime();
}

function midnight(date: PlainDate): Temporal.PlainDateTime {
  return Temporal.PlainDate.from(date).toPlainDateTime();
}

/** A date among the moments of a timed series stands for the series' time on that date. */
function instantOfMoment(moment: RuleMoment, time: Timed): Instant {
  return moment.kind === 'instant' ? moment.at : instantOf(`${moment.date}T${time.startWall.slice(11)}` as WallTime, time.zone);
}

function boundOf(set: RuleSet, time: SeriesTime, zone: ZoneId): Instant | null {
  const bounds: Instant[] = set.added.map((added) => endOf(added, time, zone));
  for (const rule of set.rules) {
    if (rule.until === null) return null;
    bounds.push(
      time.kind === 'timed'
        ? addMilliseconds(lastStartOf(rule.until, time.zone), time.end - time.start)
        : endOfDates(rule.until.date, time, zone),
    );
  }
  bounds.push(time.kind === 'timed' ? time.end : startOfDate(time.endDate, zone));
  return bounds.reduce((latest, bound) => (bound > latest ? bound : latest));
}

function endOf(added: RuleDate, time: SeriesTime, zone: ZoneId): Instant {
  if (time.kind === 'all-day') return endOfDates(added.start.date, time, zone);
  return addMilliseconds(instantOfMoment(added.start, time), added.durationMs ?? time.end - time.start);
}

function endOfDates(date: PlainDate, time: AllDay, zone: ZoneId): Instant {
  return startOfDate(addDays(date, daysBetween(time.startDate, time.endDate)), zone);
}
