import type { Schedule } from '@daymark/api-contract';
import {
  checkOpeningHours,
  DomainError,
  formatMinuteOfDay,
  officeHours,
  parseMinuteOfDay,
  type DayRange,
  type OpeningHours,
  type ZoneId,
} from '@daymark/domain';

/** Hours as they travel and as they are stored. */
export interface StoredHours {
  readonly weekly: Schedule['weekly'];
  readonly overrides: Schedule['overrides'];
}

/** The hours in order, touching spans joined. @throws DomainError `validation-failed` for hours that cannot be. */
export function checkedHours({ weekly, overrides }: StoredHours, zone: ZoneId): StoredHours {
  try {
    return storedHours(
      checkOpeningHours({
        zone,
        weekly: [1, 2, 3, 4, 5, 6, 7].map((weekday) => weekly.filter((span) => span.weekday === weekday).map(dayRange)),
        overrides: overrides.map(({ date, hours }) => ({ date, ranges: hours.map(dayRange) })),
      }),
    );
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new DomainError('validation-failed', 'One field is not valid.', { errors: [{ pointer: '/weekly', message: error.message }] });
  }
}

/** Monday to Friday, nine to five. */
export function usualHours(zone: ZoneId): StoredHours {
  return storedHours(officeHours(zone));
}

function storedHours({ weekly, overrides }: OpeningHours): StoredHours {
  return {
    weekly: weekly.flatMap((ranges, day) => ranges.map((range) => ({ weekday: day + 1, ...span(range) }))),
    overrides: overrides.map(({ date, ranges }) => ({ date, hours: ranges.map(span) })),
  };
}

function dayRange({ start, end }: { readonly start: string; readonly end: string }): DayRange {
  return { fromMinute: parseMinuteOfDay(start), toMinute: parseMinuteOfDay(end) };
}

function span({ fromMinute, toMinute }: DayRange): { start: string; end: string } {
  return { start: formatMinuteOfDay(fromMinute), end: formatMinuteOfDay(toMinute) };
}
