import type { Interval } from './interval.ts';
import { overlaps } from './interval.ts';
import type { Instant } from './time.ts';
import { MINUTE_MS } from './time.ts';

/** Time kept free around a meeting, in minutes, as a profile or a person asks for it. */
export interface BufferSettings {
  readonly bufferBeforeMinutes: number;
  readonly bufferAfterMinutes: number;
  /** Time to prepare; it lies before the meeting, on top of the buffer before. */
  readonly preparationMinutes: number;
}

/** Time kept free around one meeting, fixed when it is booked; never negative. */
export interface ClaimBuffers {
  readonly beforeMs: number;
  readonly afterMs: number;
}

/**
 * The two half-open ranges that a claim occupies: `[start − before, end)` and `[start, end + after)`.
 * Each is kept disjoint from the ranges of its own kind only, so that between two meetings the
 * larger of the first one's after and the second one's before is kept, and not the sum.
 */
export interface ClaimRanges {
  readonly withBefore: Interval;
  readonly withAfter: Interval;
}

/** Preparation counts as buffer before; of profile and person the larger wins, side by side. */
export function claimBuffers(profile: BufferSettings, person: BufferSettings): ClaimBuffers {
  return {
    beforeMs: Math.max(beforeMinutes(profile), beforeMinutes(person)) * MINUTE_MS,
    afterMs: Math.max(profile.bufferAfterMinutes, person.bufferAfterMinutes) * MINUTE_MS,
  };
}

/** @throws RangeError for buffers that are negative or no numbers. */
export function claimRanges(meeting: Interval, buffers: ClaimBuffers): ClaimRanges {
  if (!(buffers.beforeMs >= 0) || !(buffers.afterMs >= 0)) throw new RangeError('buffers are not negative');
  return {
    withBefore: { start: (meeting.start - buffers.beforeMs) as Instant, end: meeting.end },
    withAfter: { start: meeting.start, end: (meeting.end + buffers.afterMs) as Instant },
  };
}

/** Whether two claims of one resource exclude each other: what the two constraints of the database say. */
export function claimsClash(one: ClaimRanges, other: ClaimRanges): boolean {
  return overlaps(one.withBefore, other.withBefore) || overlaps(one.withAfter, other.withAfter);
}

function beforeMinutes(settings: BufferSettings): number {
  return settings.bufferBeforeMinutes + settings.preparationMinutes;
}
