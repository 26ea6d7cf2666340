import type { Instant, ZoneId } from '@daymark/domain';
import { addDays, formatInstant, parseDate, startOfDate } from '@daymark/domain';

export const DAYS_SHOWN = 7;

/** The days that are asked about, on the wall calendar of a zone. */
export interface DaysWindow {
  /** `2026-11-24` */
  readonly firstDay: string;
  /** In milliseconds since the epoch; the end is that of the last day. */
  readonly start: number;
  readonly end: number;
}

export function windowFrom(day: string, zone: string): DaysWindow {
  const date = parseDate(day);
  return { firstDay: day, start: startOfDate(date, zone as ZoneId), end: startOfDate(addDays(date, DAYS_SHOWN), zone as ZoneId) };
}

/** As the API takes it. */
export function wireWindow({ start, end }: DaysWindow): { readonly start: string; readonly end: string } {
  return { start: formatInstant(start as Instant), end: formatInstant(end as Instant) };
}

export function daysOf({ firstDay }: DaysWindow): readonly string[] {
  return Array.from({ length: DAYS_SHOWN }, (_, nth) => addDays(parseDate(firstDay), nth));
}

/** So many days on or back, but not before today. */
export function shifted(day: string, days: number, today: string): string {
  const next = addDays(parseDate(day), days);
  return next < today ? today : next;
}
