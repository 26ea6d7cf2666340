import type { Instant, PlainDate, ZoneId } from '@daymark/domain';
import { DAY_MS, HOUR_MS, MINUTE_MS, UTC, wallTimeOf } from '@daymark/domain';

/**
 * How far the wall clock of a zone is ahead of UTC over a span of time: from `starts[i]` until
 * `starts[i + 1]` by `offsetsMs[i]`. With it wall times are plain arithmetic, exact through every
 * clock change, and no zone object is needed per slot.
 */
export interface ZoneClock {
  readonly zone: ZoneId;
  readonly starts: readonly number[];
  readonly offsetsMs: readonly number[];
}

/** Visits one local date: its number (days since 1970-01-01), the piece `[start, end)` of it and the offset that holds there. */
type DayVisitor = (day: number, start: number, end: number, offsetMs: number) => void;

const CHUNK_MS = 64 * DAY_MS;
const MAX_KEPT_CHUNKS = 20_000;
const keptChunks = new Map<string, ZoneClock>();

/** The clock of a zone from `from` to `to`. What was found out once is kept: it is a fact of the time zone database. */
export function zoneClock(zone: ZoneId, from: number, to: number): ZoneClock {
  const starts: number[] = [];
  const offsetsMs: number[] = [];
  for (let chunk = Math.floor(from / CHUNK_MS); chunk * CHUNK_MS < to || starts.length === 0; chunk += 1) {
    const part = chunkOf(zone, chunk);
    for (let i = 0; i < part.starts.length; i += 1) {
      const offsetMs = part.offsetsMs[i] as number;
      if (offsetsMs.at(-1) === offsetMs) continue;
      starts.push(part.starts[i] as number);
      offsetsMs.push(offsetMs);
    }
  }
  return { zone, starts, offsetsMs };
}

/** The offset at a moment that the clock covers. */
export function offsetAt(clock: ZoneClock, at: number): number {
  let i = clock.starts.length - 1;
  while (i > 0 && (clock.starts[i] as number) > at) i -= 1;
  return clock.offsetsMs[i] as number;
}

/** The number of the date that the zone's clock shows. */
export function localDayOf(clock: ZoneClock, at: number): number {
  return Math.floor((at + offsetAt(clock, at)) / DAY_MS);
}

/** The first moment of a local date that the clock covers; of one that the zone leaves out, of the next. */
export function startOfLocalDay(clock: ZoneClock, day: number): number {
  for (let i = 0; i < clock.starts.length; i += 1) {
    const at = Math.max(clock.starts[i] as number, day * DAY_MS - (clock.offsetsMs[i] as number));
    if (at < (clock.starts[i + 1] ?? Infinity)) return at;
  }
  throw new RangeError('the clock does not cover that date');
}

/**
 * Visits the local dates between two moments in the order of time. A date that a clock change
 * cuts comes in pieces; one that a zone leaves out (Apia, 30 December 2011) does not come at all.
 */
export function visitLocalDays(clock: ZoneClock, from: number, to: number, visit: DayVisitor): void {
  for (let i = 0; i < clock.starts.length; i += 1) {
    const offsetMs = clock.offsetsMs[i] as number;
    const pieceStart = i === 0 ? from : Math.max(from, clock.starts[i] as number);
    const pieceEnd = i + 1 < clock.starts.length ? Math.min(to, clock.starts[i + 1] as number) : to;
    let at = pieceStart;
    while (at < pieceEnd) {
      const day = Math.floor((at + offsetMs) / DAY_MS);
      const end = Math.min(pieceEnd, (day + 1) * DAY_MS - offsetMs);
      visit(day, at, end, offsetMs);
      at = end;
    }
  }
}

/** Days since 1970-01-01 in the Gregorian calendar. */
export function dayNumberOf(date: PlainDate): number {
  const year = Number(date.slice(0, 4));
  const month = Number(date.slice(5, 7));
  const day = Number(date.slice(8, 10));
  const yearFromMarch = month > 2 ? year : year - 1;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const leapDays = Math.floor(yearFromMarch / 4) - Math.floor(yearFromMarch / 100) + Math.floor(yearFromMarch / 400);
  return yearFromMarch * 365 + leapDays + dayOfYear - DAYS_FROM_MARCH_0000_TO_1970;
}

const DAYS_FROM_MARCH_0000_TO_1970 = 719_468;

/** 0 is Monday, 6 is Sunday; 1970-01-01 was a Thursday. */
export function weekdayIndexOf(dayNumber: number): number {
  return (((dayNumber + 3) % 7) + 7) % 7;
}

function chunkOf(zone: ZoneId, chunk: number): ZoneClock {
  const key = `${zone} ${chunk}`;
  const kept = keptChunks.get(key);
  if (kept !== undefined) return kept;
  const found = zone === UTC ? { zone, starts: [chunk * CHUNK_MS], offsetsMs: [0] } : readChunk(zone, chunk * CHUNK_MS);
  if (keptChunks.size >= MAX_KEPT_CHUNKS) keptChunks.clear();
  keptChunks.set(key, found);
  return found;
}

/** Looks at every day: two changes of one zone have been as little as weeks apart, never hours. */
function readChunk(zone: ZoneId, from: number): ZoneClock {
  const starts = [from];
  const offsetsMs = [readOffset(zone, from)];
  for (let at = from; at < from + CHUNK_MS; at += DAY_MS) {
    const before = offsetsMs.at(-1) as number;
    const after = readOffset(zone, at + DAY_MS);
    if (after === before) continue;
    const changesAt = findChange(zone, { from: at, to: at + DAY_MS, before });
    if (changesAt >= from + CHUNK_MS) continue;
    starts.push(changesAt);
    offsetsMs.push(after);
  }
  return { zone, starts, offsetsMs };
}

function findChange(zone: ZoneId, search: { from: number; to: number; before: number }): number {
  let low = search.from;
  let high = search.to;
  while (high - low > 1000) {
    const middle = Math.floor((low + high) / 2000) * 1000;
    if (readOffset(zone, middle) === search.before) low = middle;
    else high = middle;
  }
  return high;
}

function readOffset(zone: ZoneId, at: number): number {
  const wall = wallTimeOf(at as Instant, zone);
  const time = Number(wall.slice(11, 13)) * HOUR_MS + Number(wall.slice(14, 16)) * MINUTE_MS + Number(wall.slice(17, 19)) * 1000;
  return dayNumberOf(wall.slice(0, 10) as PlainDate) * DAY_MS + time - at;
}
