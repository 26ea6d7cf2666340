import { z } from 'zod';
import { fromWall, runWallRule, toWall } from '../wall-time.ts';
import { invalidProperty } from './microsoft-error.ts';
import { atWall, dateTimeAt, spanOf, wallOf } from './microsoft-times.ts';
import type { DayOfWeek, GraphDateTime, MicrosoftEventFields, MicrosoftRecurrence, RecurrencePattern } from './microsoft-types.ts';
import { findZone, windowsNameOf, zoneOf } from './microsoft-zones.ts';

/** One occurrence of a series. `stamp` names its slot: `20260901T080000Z`, all-day `20260901`. */
export interface Occurrence {
  readonly stamp: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly start: GraphDateTime;
  readonly end: GraphDateTime;
}

export interface SeriesTimes extends Pick<MicrosoftEventFields, 'start' | 'end' | 'isAllDay'> {
  readonly recurrence: MicrosoftRecurrence | null;
}

/** Bounds on time: occurrences that end after `fromMs` and start before `untilMs`. */
export interface TimeWindow {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** An unbounded series is followed this far from the present where no window bounds it. */
export const HORIZON_MS = 2 * 366 * 86_400_000;
const MAX_OCCURRENCES = 3000;
const DAYS: readonly DayOfWeek[] = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const POSITIONS = { first: 1, second: 2, third: 3, fourth: 4, last: -1 } as const;
const NO_DATE = '0001-01-01';

/** The occurrences that touch the window, in order; clock times stay over DST. */
export function expandSeries(series: SeriesTimes, window: TimeWindow & { mailboxZone: string; limit?: number }): Occurrence[] {
  if (series.recurrence === null) return [];
  const { isAllDay, start, end } = series;
  const zone = isAllDay ? zoneOf(window.mailboxZone) : zoneOf(series.recurrence.range.recurrenceTimeZone);
  const span = spanOf(series, window.mailboxZone);
  const startWall = isAllDay ? wallOf(start) : toWall(span.startMs, zone);
  const durationMs = isAllDay ? wallOf(end) - wallOf(start) : span.endMs - span.startMs;
  const margin = 2 * 86_400_000;
  const walls = runWallRule(
    { rule: ruleOf(series.recurrence), startWall, includesStart: false },
    { fromWall: window.fromMs - durationMs - margin, untilWall: window.untilMs + margin },
  );
  const found: Occurrence[] = [];
  for (const wall of walls) {
    const startMs = fromWall(wall, zone);
    const endMs = isAllDay ? fromWall(wall + durationMs, zone) : startMs + durationMs;
    if (endMs <= window.fromMs || startMs >= window.untilMs) continue;
    const at = isAllDay
      ? { start: atWall(wall, start.timeZone), end: atWall(wall + durationMs, end.timeZone) }
      : { start: dateTimeAt(startMs, start.timeZone), end: dateTimeAt(endMs, end.timeZone) };
    found.push({ stamp: isAllDay ? stampOf(wall).slice(0, 8) : stampOf(startMs), startMs, endMs, ...at });
    if (found.length >= (window.limit ?? MAX_OCCURRENCES)) break;
  }
  return found;
}

/** The occurrence with this stamp, or null when the rule does not make it. */
export function findOccurrence(series: SeriesTimes, { stamp, mailboxZone }: { stamp: string; mailboxZone: string }): Occurrence | null {
  const aroundMs = momentOfStamp(stamp, mailboxZone);
  if (Number.isNaN(aroundMs)) return null;
  const window = { fromMs: aroundMs - 60_000, untilMs: aroundMs + 60_000, mailboxZone };
  return expandSeries(series, window).find((occurrence) => occurrence.stamp === stamp) ?? null;
}

function momentOfStamp(stamp: string, mailboxZone: string): number {
  const [, year, month, day, hour = '00', minute = '00', second = '00'] =
    /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)Z)?$/.exec(stamp) ?? [];
  const utc = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return stamp.includes('T') || Number.isNaN(utc) ? utc : fromWall(utc, zoneOf(mailboxZone));
}

const day = z.string().transform((text, context) => {
  const found = DAYS.find((known) => known === text.toLowerCase());
  if (found === undefined) context.addIssue(`unknown day ${text}`);
  return found ?? 'sunday';
});
const recurrenceBody = z.object({
  pattern: z.object({
    type: z.enum(['daily', 'weekly', 'absoluteMonthly', 'relativeMonthly', 'absoluteYearly', 'relativeYearly']),
    interval: z.int().min(1).max(999),
    month: z.int().min(0).max(12).default(0),
    dayOfMonth: z.int().min(0).max(31).default(0),
    daysOfWeek: z.array(day).default([]),
    firstDayOfWeek: day.nullish().transform((value) => value ?? 'sunday'),
    index: z
      .enum(['first', 'second', 'third', 'fourth', 'last'])
      .nullish()
      .transform((value) => value ?? 'first'),
  }),
  range: z.object({
    type: z.enum(['endDate', 'noEnd', 'numbered']),
    startDate: z.iso.date(),
    endDate: z.iso
      .date()
      .nullish()
      .transform((value) => value ?? NO_DATE),
    recurrenceTimeZone: z.string().nullish(),
    numberOfOccurrences: z.int().min(0).max(999).default(0),
  }),
});

/** A recurrence as it is stored, with every member. @throws GraphError 400 for what a type needs and does not have */
export function readRecurrence(body: unknown, { start, isAllDay }: Pick<MicrosoftEventFields, 'start' | 'isAllDay'>): MicrosoftRecurrence {
  const parsed = recurrenceBody.safeParse(body);
  if (!parsed.success)
    throw invalidProperty(`The recurrence is not valid: ${parsed.error.issues[0]?.path.join('.')} ${parsed.error.issues[0]?.message}.`);
  const { pattern, range } = parsed.data;
  const needs = (isThere: boolean, name: string): void => {
    if (!isThere) throw invalidProperty(`The recurrence pattern '${pattern.type}' needs ${name}.`);
  };
  if (pattern.type === 'weekly' || pattern.type.startsWith('relative')) needs(pattern.daysOfWeek.length > 0, 'daysOfWeek');
  if (pattern.type.startsWith('absolute')) needs(pattern.dayOfMonth > 0, 'dayOfMonth');
  if (pattern.type.endsWith('Yearly')) needs(pattern.month > 0, 'month');
  if (range.type === 'numbered' && range.numberOfOccurrences < 1) throw invalidProperty("The range 'numbered' needs numberOfOccurrences.");
  if (range.type === 'endDate' && range.endDate < range.startDate) throw invalidProperty('The end of the recurrence is before its start.');
  const zone = range.recurrenceTimeZone ?? start.timeZone;
  if (findZone(zone) === null) throw invalidProperty(`The recurrence time zone '${zone}' is not supported.`);
  const dates = [
    start.dateTime.slice(0, 10),
    ...(isAllDay ? [] : [dateTimeAt(spanOf({ start, end: start, isAllDay }, 'UTC').startMs, zone).dateTime.slice(0, 10)]),
  ];
  if (!dates.includes(range.startDate)) throw invalidProperty('The start date of the recurrence is not the date of the start.');
  return { pattern, range: { ...range, recurrenceTimeZone: windowsNameOf(zone) } };
}

/** The RRULE value; UNTIL is a clock time, the last moment of the inclusive end date. */
function ruleOf({ pattern, range }: MicrosoftRecurrence): string {
  const end =
    range.type === 'endDate'
      ? `;UNTIL=${range.endDate.replaceAll('-', '')}T235959Z`
      : range.type === 'numbered'
        ? `;COUNT=${range.numberOfOccurrences}`
        : '';
  return `${patternOf(pattern)};INTERVAL=${pattern.interval}${end}`;
}

function patternOf(pattern: RecurrencePattern): string {
  const days = pattern.daysOfWeek.map((name) => name.slice(0, 2).toUpperCase()).join(',');
  const relative = `BYDAY=${days};BYSETPOS=${POSITIONS[pattern.index]}`;
  switch (pattern.type) {
    case 'daily':
      return 'FREQ=DAILY';
    case 'weekly':
      return `FREQ=WEEKLY;BYDAY=${days};WKST=${pattern.firstDayOfWeek.slice(0, 2).toUpperCase()}`;
    case 'absoluteMonthly':
      return `FREQ=MONTHLY;${dayOfMonth(pattern.dayOfMonth)}`;
    case 'relativeMonthly':
      return `FREQ=MONTHLY;${relative}`;
    case 'absoluteYearly':
      return `FREQ=YEARLY;BYMONTH=${pattern.month};${dayOfMonth(pattern.dayOfMonth)}`;
    case 'relativeYearly':
      return `FREQ=YEARLY;BYMONTH=${pattern.month};${relative}`;
  }
}

/** A day that a month lacks falls on its last one; Outlook's way, which the reference does not confirm. */
function dayOfMonth(wanted: number): string {
  if (wanted <= 28) return `BYMONTHDAY=${wanted}`;
  const days = Array.from({ length: wanted - 27 }, (_unused, index) => 28 + index);
  return `BYMONTHDAY=${days.join(',')};BYSETPOS=-1`;
}

function stampOf(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
}
