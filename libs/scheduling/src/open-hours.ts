import type { DayRange, Interval, OpeningHours } from '@daymark/domain';
import { DAY_MS, MINUTE_MS, checkOpeningHours } from '@daymark/domain';
import type { OpenTime } from './open-time.ts';
import { TimeCollector } from './open-time.ts';
import type { ZoneClock } from './zone-clock.ts';
import { dayNumberOf, visitLocalDays, weekdayIndexOf, zoneClock } from './zone-clock.ts';

/**
 * The moments of a window at which a clock in the zone shows a time within the hours of its date.
 * So 09:00–17:00 stays that after a clock change, what falls into a gap is not there, and an hour
 * that comes twice is open twice.
 */
export function openHours(hours: OpeningHours, window: Interval): OpenTime {
  return openHoursByClock(checkOpeningHours(hours), { window, clock: zoneClock(hours.zone, window.start, window.end) });
}

/** As {@link openHours}, for hours that were checked and a clock that covers the window. */
export function openHoursByClock(hours: OpeningHours, { window, clock }: { window: Interval; clock: ZoneClock }): OpenTime {
  const overrides = new Map<number, readonly DayRange[]>();
  for (const { date, ranges } of hours.overrides) overrides.set(dayNumberOf(date), ranges);
  const collector = new TimeCollector(mostRanges(hours) * (Math.ceil((window.end - window.start) / DAY_MS) + 2 + 2 * clock.starts.length));
  visitLocalDays(clock, window.start, window.end, (day, start, end, offsetMs) => {
    const ranges = (overrides.size > 0 ? overrides.get(day) : undefined) ?? (hours.weekly[weekdayIndexOf(day)] as readonly DayRange[]);
    const midnight = day * DAY_MS - offsetMs;
    for (const { fromMinute, toMinute } of ranges) {
      collector.add(Math.max(start, midnight + fromMinute * MINUTE_MS), Math.min(end, midnight + toMinute * MINUTE_MS));
    }
  });
  return collector.collected();
}

function mostRanges(hours: OpeningHours): number {
  const counts = [...hours.weekly.map((ranges) => ranges.length), ...hours.overrides.map(({ ranges }) => ranges.length)];
  return Math.max(1, ...counts);
}
