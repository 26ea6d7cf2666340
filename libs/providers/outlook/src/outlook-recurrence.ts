import { formatInstant, instantOf, parseDate, parseWallTime } from '@daymark/domain';
import type { ZoneId } from '@daymark/domain';
import { z } from 'zod';
import { zoneOf } from './outlook-zones.ts';

/** https://learn.microsoft.com/en-us/graph/api/resources/patternedrecurrence; what a type does not need is sent as zero or a default. */
export const graphRecurrence = z.looseObject({
  pattern: z.looseObject({
    type: z.string(),
    interval: z.number().int().min(1),
    month: z.number().int().nullish(),
    dayOfMonth: z.number().int().nullish(),
    daysOfWeek: z.array(z.string()).nullish(),
    firstDayOfWeek: z.string().nullish(),
    index: z.string().nullish(),
  }),
  range: z.looseObject({
    type: z.string(),
    startDate: z.string().nullish(),
    endDate: z.string().nullish(),
    recurrenceTimeZone: z.string().nullish(),
    numberOfOccurrences: z.number().int().nullish(),
  }),
});
export type GraphRecurrence = z.infer<typeof graphRecurrence>;

/** Graph's days in the order of ISO weekdays, with their names in RFC 5545. */
export const graphDays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
export const ruleDays = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const;
/** Graph's positions; `last` stands for -1. */
export const graphPositions = { first: 1, second: 2, third: 3, fourth: 4, last: -1 } as const;

/** What is to be known of the first event of a series. */
export type SeriesStart = { readonly kind: 'timed'; readonly zone: ZoneId } | { readonly kind: 'all-day' };

/**
 * The RFC 5545 lines of a recurrence, one RRULE; null when it cannot be told. A series runs by the clock of
 * `range.recurrenceTimeZone`, so a timed `start` should be told in that zone. A day that a month lacks falls on the
 * month's last one, as Exchange has it; https://learn.microsoft.com/en-us/exchange/client-developer/web-service-reference/absolutemonthlyrecurrence
 */
export function rulesOf(recurrence: GraphRecurrence, { start }: { readonly start: SeriesStart }): readonly string[] | null {
  const pattern = patternParts(recurrence.pattern);
  const end = rangeParts(recurrence.range, start);
  if (pattern === null || end === null) return null;
  const [frequency, ...rest] = pattern;
  const interval = recurrence.pattern.interval === 1 ? [] : [`INTERVAL=${recurrence.pattern.interval}`];
  return [`RRULE:${[frequency, ...interval, ...rest, ...end].join(';')}`];
}

/** The days that a month always has, and those that it may have. */
export const monthLengths: readonly (readonly [shortest: number, longest: number])[] = [
  [31, 31],
  [28, 29],
  [31, 31],
  [30, 30],
  [31, 31],
  [30, 30],
  [31, 31],
  [31, 31],
  [30, 30],
  [31, 31],
  [30, 30],
  [31, 31],
];
/** Of the months taken together. */
export const anyMonth = [28, 31] as const;

type Pattern = GraphRecurrence['pattern'];

/** FREQ first; null for what is unknown or lacks what its type needs. */
function patternParts(pattern: Pattern): readonly string[] | null {
  switch (pattern.type.toLowerCase()) {
    case 'daily':
      return ['FREQ=DAILY'];
    case 'weekly': {
      const days = daysOf(pattern);
      const weekStart = dayName(pattern.firstDayOfWeek ?? 'sunday');
      return days === null || weekStart === null ? null : ['FREQ=WEEKLY', `BYDAY=${days.join(',')}`, `WKST=${weekStart}`];
    }
    case 'absolutemonthly':
      return followedBy(['FREQ=MONTHLY'], dayOfMonth(pattern.dayOfMonth, anyMonth));
    case 'relativemonthly':
      return followedBy(['FREQ=MONTHLY'], positionInMonth(pattern));
    case 'absoluteyearly': {
      const length = monthLengths[(pattern.month ?? 0) - 1];
      return length === undefined ? null : followedBy(['FREQ=YEARLY', `BYMONTH=${pattern.month}`], dayOfMonth(pattern.dayOfMonth, length));
    }
    case 'relativeyearly': {
      const isMonth = monthLengths[(pattern.month ?? 0) - 1] !== undefined;
      return isMonth ? followedBy(['FREQ=YEARLY', `BYMONTH=${pattern.month}`], positionInMonth(pattern)) : null;
    }
    default:
      return null;
  }
}

function followedBy(first: readonly string[], rest: readonly string[] | null): readonly string[] | null {
  return rest === null ? null : [...first, ...rest];
}

function dayOfMonth(day: number | null | undefined, [shortest, longest]: readonly [number, number]): readonly string[] | null {
  if (day == null || day < 1 || day > 31) return null;
  if (day <= shortest) return [`BYMONTHDAY=${day}`];
  return day >= longest ? ['BYMONTHDAY=-1'] : [`BYMONTHDAY=${daysUpTo(day, shortest)}`, 'BYSETPOS=-1'];
}

/** The list of which the last is the day, or where a month lacks it the month's last. */
export function daysUpTo(day: number, shortest: number): string {
  return Array.from({ length: day - shortest + 1 }, (_, index) => shortest + index).join(',');
}

function positionInMonth(pattern: Pattern): readonly string[] | null {
  const days = daysOf(pattern);
  const index = (pattern.index ?? 'first').toLowerCase();
  if (days === null || !isPosition(index)) return null;
  const position = graphPositions[index];
  if (days.length === 1) return [`BYDAY=${position}${days[0]}`];
  return days.length === 7 && position === -1 ? ['BYMONTHDAY=-1'] : [`BYDAY=${days.join(',')}`, `BYSETPOS=${position}`];
}

function isPosition(index: string): index is keyof typeof graphPositions {
  return Object.hasOwn(graphPositions, index);
}

/** In the order of the week, each once; null where one is unknown or there is none. */
function daysOf({ daysOfWeek }: Pattern): readonly string[] | null {
  const names = new Set((daysOfWeek ?? []).map(dayName));
  return names.size === 0 || names.has(null) ? null : ruleDays.filter((day) => names.has(day));
}

function dayName(day: string): string | null {
  return ruleDays[(graphDays as readonly string[]).indexOf(day.toLowerCase())] ?? null;
}

/** `endDate` is the last date, by the clock of the series. */
function rangeParts({ type, endDate, numberOfOccurrences, recurrenceTimeZone }: GraphRecurrence['range'], start: SeriesStart) {
  switch (type.toLowerCase()) {
    case 'noend':
      return [];
    case 'numbered':
      return numberOfOccurrences == null || numberOfOccurrences < 1 ? null : [`COUNT=${numberOfOccurrences}`];
    case 'enddate':
      return endOfDates(endDate ?? '', { start, zone: zoneOf(recurrenceTimeZone ?? '') });
    default:
      return null;
  }
}

function endOfDates(date: string, { start, zone }: { readonly start: SeriesStart; readonly zone: ZoneId | null }) {
  if (!isDate(date)) return null;
  if (start.kind === 'all-day') return [`UNTIL=${date.replaceAll('-', '')}`];
  const last = instantOf(parseWallTime(`${date}T23:59:59`), zone ?? start.zone);
  return [`UNTIL=${formatInstant(last).replaceAll(/[-:]/g, '')}`];
}

function isDate(text: string): boolean {
  try {
    return parseDate(text) === text;
  } catch {
    return false;
  }
}
