import { Temporal } from 'temporal-polyfill';

/**
 * Three meanings of time that must never be mixed up:
 * an instant (a moment, the same everywhere), a wall time (what a clock in some zone shows), and a
 * date (an all-day thing, in no zone at all).
 */

/** A moment, in milliseconds since the Unix epoch, UTC. */
export type Instant = number & { readonly __brand: 'Instant' };
/** What a clock shows, without zone: `2027-03-28T02:30:00`. */
export type WallTime = string & { readonly __brand: 'WallTime' };
/** A calendar date, without zone: `2027-03-28`. */
export type PlainDate = string & { readonly __brand: 'PlainDate' };
/** An IANA zone name: `Europe/Berlin`. */
export type ZoneId = string & { readonly __brand: 'ZoneId' };

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/** A clock that can be injected; nothing that decides reads the machine's own. */
export abstract class Clock {
  abstract now(): Instant;
}

/** Marks a number of epoch milliseconds as an instant. */
export function instant(epochMs: number): Instant {
  if (!Number.isSafeInteger(epochMs)) throw new RangeError(`not an instant: ${epochMs}`);
  return epochMs as Instant;
}

/** Reads RFC 3339 with an offset (`Z` or `±hh:mm`). @throws RangeError without one. */
export function parseInstant(text: string): Instant {
  return instant(Temporal.Instant.from(text).epochMilliseconds);
}

/** RFC 3339 in UTC, seconds precision, with milliseconds only where there are some. */
export function formatInstant(at: Instant): string {
  return Temporal.Instant.fromEpochMilliseconds(at).toString();
}

export function addMinutes(at: Instant, minutes: number): Instant {
  return (at + minutes * MINUTE_MS) as Instant;
}

export function addMilliseconds(at: Instant, ms: number): Instant {
  return (at + ms) as Instant;
}

/** An IANA zone known to this runtime. @throws RangeError for anything else, fixed offsets too. */
export function parseZone(text: string): ZoneId {
  const zone = findZone(text);
  if (zone === null) throw new RangeError(`not an IANA time zone: ${text}`);
  return zone;
}

/** As {@link parseZone}, but null when the name is unknown. Names differing only in case give the same zone. */
export function findZone(text: string): ZoneId | null {
  if (knownZones.has(text)) return text as ZoneId;
  if (!/^[A-Za-z][A-Za-z0-9_+\-/]*$/.test(text)) return null;
  try {
    const zone = Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(text).timeZoneId;
    knownZones.add(zone);
    return zone as ZoneId;
  } catch {
    return null;
  }
}

const knownZones = new Set<string>(['UTC']);

export const UTC = 'UTC' as ZoneId;

/** Reads a wall time (`YYYY-MM-DDTHH:MM[:SS]`). @throws RangeError otherwise, also with an offset. */
export function parseWallTime(text: string): WallTime {
  if (/[zZ]$|[+-]\d\d:?\d\d$|\[/.test(text.slice(10))) throw new RangeError(`a wall time has no offset: ${text}`);
  return Temporal.PlainDateTime.from(text).toString({ smallestUnit: 'second' }) as WallTime;
}

/** Reads a date (`YYYY-MM-DD`). @throws RangeError otherwise. */
export function parseDate(text: string): PlainDate {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) throw new RangeError(`not a date: ${text}`);
  return Temporal.PlainDate.from(text).toString() as PlainDate;
}

/**
 * The instant of a wall time in a zone. In the gap of a clock change the time is moved on by the
 * length of the gap (02:30 becomes 03:30), in the overlap it is the first of the two: RFC 5545 §3.3.5.
 */
export function instantOf(wall: WallTime, zone: ZoneId): Instant {
  return Temporal.PlainDateTime.from(wall).toZonedDateTime(zone, { disambiguation: 'compatible' }).epochMilliseconds as Instant;
}

export function wallTimeOf(at: Instant, zone: ZoneId): WallTime {
  return Temporal.Instant.fromEpochMilliseconds(at)
    .toZonedDateTimeISO(zone)
    .toPlainDateTime()
    .toString({ smallestUnit: 'second' }) as WallTime;
}

export function dateOf(at: Instant, zone: ZoneId): PlainDate {
  return wallTimeOf(at, zone).slice(0, 10) as PlainDate;
}

/** The first instant of a date in a zone; after midnight where midnight falls into a gap. */
export function startOfDate(date: PlainDate, zone: ZoneId): Instant {
  return Temporal.PlainDate.from(date).toZonedDateTime({ timeZone: zone }).startOfDay().epochMilliseconds as Instant;
}

export function addDays(date: PlainDate, days: number): PlainDate {
  return Temporal.PlainDate.from(date).add({ days }).toString() as PlainDate;
}

/** Whole days from one date to another; negative when `to` is earlier. */
export function daysBetween(from: PlainDate, to: PlainDate): number {
  return Temporal.PlainDate.from(from).until(Temporal.PlainDate.from(to), { largestUnit: 'days' }).days;
}

/** ISO weekday: 1 is Monday, 7 is Sunday. */
export function weekdayOf(date: PlainDate): number {
  return Temporal.PlainDate.from(date).dayOfWeek;
}
