import type { Event } from '@daymark/api-contract';
import type { Instant, PlainDate, ZoneId } from '@daymark/domain';
import { addDays, formatInstant, parseDate, startOfDate, wallTimeOf, weekdayOf } from '@daymark/domain';

/** Monday of the week in which a day lies. */
export function mondayOf(day: string): PlainDate {
  const date = parseDate(day);
  return addDays(date, 1 - weekdayOf(date));
}

export function shiftDays(day: string, days: number): PlainDate {
  return addDays(parseDate(day), days);
}

/** The week from Monday to Monday on the clock of a zone, in wire form. */
export function weekWindow(monday: PlainDate, zone: string): { readonly from: string; readonly to: string } {
  return {
    from: formatInstant(startOfDate(monday, zone as ZoneId)),
    to: formatInstant(startOfDate(addDays(monday, 7), zone as ZoneId)),
  };
}

/** `2026-11-24 14:30:00` on the clock of the zone, as the week view wants it. */
export function wallOf(at: string, zone: string): string {
  return wallTimeOf(Date.parse(at) as Instant, zone as ZoneId)
    .slice(0, 19)
    .replace('T', ' ')
    .padEnd(19, ':00');
}

/** The days of the week on which an event takes place, in the zone. */
export function daysOf(event: Event, zone: string, monday: PlainDate): readonly PlainDate[] {
  const week = [0, 1, 2, 3, 4, 5, 6].map((days) => addDays(monday, days));
  if (event.start_date !== null && event.end_date !== null) {
    const { start_date: first, end_date: after } = event;
    return week.filter((day) => day >= first && day < after);
  }
  if (event.start === null || event.end === null) return [];
  const first = wallOf(event.start, zone).slice(0, 10);
  const last = wallOf(new Date(Math.max(Date.parse(event.end) - 1, Date.parse(event.start))).toISOString(), zone).slice(0, 10);
  return week.filter((day) => day >= first && day <= last);
}
