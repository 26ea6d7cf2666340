import type { Instant, Interval, PlainDate, ZoneId } from '@daymark/domain';
import { DAY_MS, startOfDate } from '@daymark/domain';
import { dayNumberOf, offsetAt, zoneClock } from './zone-clock.ts';

/** Dates that an all-day event takes, without a zone; the end is exclusive. */
export interface DateSpan {
  readonly startDate: PlainDate;
  readonly endDate: PlainDate;
}

/**
 * The time that dates take in the zone of their calendar: from the first moment of the first date
 * to the first moment of the end date, so 23, 24 or 25 hours a day.
 * @throws RangeError unless the first date lies before the end date.
 */
export function resolveAllDay({ startDate, endDate }: DateSpan, zone: ZoneId): Interval {
  if (!(startDate < endDate)) throw new RangeError(`all-day dates end after they start: ${startDate} to ${endDate}`);
  const start = startOfDay(startDate, zone);
  const end = startOfDay(endDate, zone);
  // A date that the zone left out takes no time; the day that stands in its place is blocked.
  return { start, end: end > start ? end : ((start + DAY_MS) as Instant) };
}

/** Arithmetic on the usual day; only within a day of a clock change is the zone asked. */
function startOfDay(date: PlainDate, zone: ZoneId): Instant {
  const midnightUtc = dayNumberOf(date) * DAY_MS;
  const clock = zoneClock(zone, midnightUtc - DAY_MS, midnightUtc + DAY_MS);
  const offsetMs = offsetAt(clock, midnightUtc - DAY_MS);
  return offsetMs === offsetAt(clock, midnightUtc + DAY_MS) ? ((midnightUtc - offsetMs) as Instant) : startOfDate(date, zone);
}
