import type { Instant } from './time.ts';

/** A half-open span of time `[start, end)`, instants, never empty. */
export interface Interval {
  readonly start: Instant;
  readonly end: Instant;
}

/** @throws RangeError unless the start lies before the end. */
export function interval(start: Instant, end: Instant): Interval {
  if (start >= end) throw new RangeError('an interval starts before it ends');
  return { start, end };
}

/** Touching intervals do not overlap. */
export function overlaps(one: Interval, other: Interval): boolean {
  return one.start < other.end && other.start < one.end;
}

/** What both have in common, or null. */
export function intersection(one: Interval, other: Interval): Interval | null {
  const start = one.start > other.start ? one.start : other.start;
  const end = one.end < other.end ? one.end : other.end;
  return start < end ? { start, end } : null;
}
