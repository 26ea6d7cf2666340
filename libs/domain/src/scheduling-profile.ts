import type { BufferSettings } from './claim.ts';
import type { PlainDate, ZoneId } from './time.ts';
import { parseDate, parseZone } from './time.ts';

export const MINUTES_PER_DAY = 1440;

/** Part of a day by the wall clock, half-open, in minutes since midnight: 540–1020 is 09:00–17:00. */
export interface DayRange {
  readonly fromMinute: number;
  /** Up to 1440, which is the end of the day. */
  readonly toMinute: number;
}

/** What holds on one date in place of the weekly hours; no ranges: closed that day. */
export interface DateOverride {
  readonly date: PlainDate;
  readonly ranges: readonly DayRange[];
}

/** When somebody can be booked, by the wall clock of one zone. */
export interface OpeningHours {
  readonly zone: ZoneId;
  /** Seven entries, Monday first. */
  readonly weekly: readonly (readonly DayRange[])[];
  readonly overrides: readonly DateOverride[];
}

/** How a person can be booked, without whose and under which name. */
export interface SchedulingSettings extends BufferSettings {
  readonly hours: OpeningHours;
  readonly durationMinutes: number;
  /** Distance between two offered starts. */
  readonly stepMinutes: number;
  /** Offered starts are multiples of this on the wall clock. */
  readonly roundToMinutes: number;
  /** How long beforehand a meeting must be booked. */
  readonly noticeMinutes: number;
  /** How many days ahead can be booked, today not counted; null: as far as the calendars are known. */
  readonly horizonDays: number | null;
  /** Most meetings on one date; null: no limit. */
  readonly maxPerDay: number | null;
}

interface Limit {
  readonly min: number;
  readonly max: number;
}

/** The least and the most of each setting, for schemas, forms and the engine alike. */
export const schedulingLimits = {
  durationMinutes: { min: 5, max: MINUTES_PER_DAY },
  stepMinutes: { min: 5, max: MINUTES_PER_DAY },
  roundToMinutes: { min: 1, max: 60 },
  bufferBeforeMinutes: { min: 0, max: 720 },
  bufferAfterMinutes: { min: 0, max: 720 },
  preparationMinutes: { min: 0, max: 720 },
  noticeMinutes: { min: 0, max: 525_600 },
  horizonDays: { min: 0, max: 730 },
  maxPerDay: { min: 1, max: 100 },
  rangesPerDay: { min: 0, max: 24 },
  overrides: { min: 0, max: 1000 },
} as const satisfies Record<string, Limit>;

const officeDay: readonly DayRange[] = [{ fromMinute: 540, toMinute: 1020 }];

/** Monday to Friday, nine to five, in that zone. */
export function officeHours(zone: ZoneId): OpeningHours {
  return { zone, weekly: [officeDay, officeDay, officeDay, officeDay, officeDay, [], []], overrides: [] };
}

/** What a profile starts with. */
export function defaultSchedulingSettings(zone: ZoneId): SchedulingSettings {
  return {
    hours: officeHours(zone),
    durationMinutes: 30,
    stepMinutes: 15,
    roundToMinutes: 15,
    bufferBeforeMinutes: 0,
    bufferAfterMinutes: 0,
    preparationMinutes: 0,
    noticeMinutes: 120,
    horizonDays: 60,
    maxPerDay: null,
  };
}

/** The same settings with hours in order and touching ranges joined. @throws RangeError naming the first setting that is out of range. */
export function checkSchedulingSettings(settings: SchedulingSettings): SchedulingSettings {
  within('durationMinutes', settings.durationMinutes);
  within('stepMinutes', settings.stepMinutes);
  within('roundToMinutes', settings.roundToMinutes);
  within('bufferBeforeMinutes', settings.bufferBeforeMinutes);
  within('bufferAfterMinutes', settings.bufferAfterMinutes);
  within('preparationMinutes', settings.preparationMinutes);
  within('noticeMinutes', settings.noticeMinutes);
  if (settings.horizonDays !== null) within('horizonDays', settings.horizonDays);
  if (settings.maxPerDay !== null) within('maxPerDay', settings.maxPerDay);
  return { ...settings, hours: checkOpeningHours(settings.hours) };
}

/**
 * The same hours with each day in order and touching ranges joined.
 * @throws RangeError for a week that is not seven days, a range that is empty or leaves its day, an
 * unknown zone, a date given twice.
 */
export function checkOpeningHours(hours: OpeningHours): OpeningHours {
  parseZone(hours.zone);
  if (hours.weekly.length !== 7) throw new RangeError('weekly hours have seven days, Monday first');
  within('overrides', hours.overrides.length);
  const dates = new Set<string>();
  const overrides = hours.overrides.map(({ date, ranges }) => {
    if (dates.has(date)) throw new RangeError(`two overrides for ${date}`);
    dates.add(date);
    return { date: parseDate(date), ranges: orderedRanges(ranges) };
  });
  return { zone: hours.zone, weekly: hours.weekly.map(orderedRanges), overrides };
}

/** Reads `09:00` as 540; `24:00` is the end of the day. @throws RangeError otherwise. */
export function parseMinuteOfDay(text: string): number {
  const match = /^(\d\d):(\d\d)$/.exec(text);
  const minute = match === null ? Number.NaN : Number(match[1]) * 60 + Number(match[2]);
  if (match === null || Number(match[2]) > 59 || minute > MINUTES_PER_DAY) throw new RangeError(`not a time of day: ${text}`);
  return minute;
}

/** 540 as `09:00`. */
export function formatMinuteOfDay(minute: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}

function orderedRanges(ranges: readonly DayRange[]): readonly DayRange[] {
  within('rangesPerDay', ranges.length);
  const joined: DayRange[] = [];
  for (const range of ranges.toSorted((one, other) => one.fromMinute - other.fromMinute)) {
    checkRange(range);
    const last = joined.at(-1);
    if (last !== undefined && range.fromMinute <= last.toMinute) {
      joined[joined.length - 1] = { fromMinute: last.fromMinute, toMinute: Math.max(last.toMinute, range.toMinute) };
    } else {
      joined.push({ fromMinute: range.fromMinute, toMinute: range.toMinute });
    }
  }
  return joined;
}

function checkRange({ fromMinute, toMinute }: DayRange): void {
  const inDay = Number.isInteger(fromMinute) && Number.isInteger(toMinute) && fromMinute >= 0 && toMinute <= MINUTES_PER_DAY;
  if (!inDay || fromMinute >= toMinute) throw new RangeError(`not a part of a day: ${fromMinute} to ${toMinute} minutes`);
}

function within(name: keyof typeof schedulingLimits, value: number): void {
  const { min, max }: Limit = schedulingLimits[name];
  if (!Number.isInteger(value) || value < min || value > max)
    throw new RangeError(`${name} is a whole number from ${min} to ${max}, not ${value}`);
}
