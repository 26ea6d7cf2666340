/**
 * A set of moments as half-open intervals `[starts[i], ends[i])`, epoch milliseconds, in order,
 * disjoint and not touching. Either end may be infinite. Whether it is time that is open or time
 * that is blocked is said by the one who hands it out.
 */
export interface OpenTime {
  readonly starts: Float64Array;
  readonly ends: Float64Array;
}

export const noTime: OpenTime = { starts: new Float64Array(0), ends: new Float64Array(0) };

export const allTime: OpenTime = spanOf(-Infinity, Infinity);

/** One interval, or nothing when it is empty. */
export function spanOf(start: number, end: number): OpenTime {
  return start < end ? { starts: Float64Array.of(start), ends: Float64Array.of(end) } : noTime;
}

/** Collects intervals that come in order of their starts, and joins those that touch or overlap. */
export class TimeCollector {
  readonly #starts: Float64Array;
  readonly #ends: Float64Array;
  #count = 0;

  constructor(capacity: number) {
    this.#starts = new Float64Array(capacity);
    this.#ends = new Float64Array(capacity);
  }

  /** Adds one that does not start before those added so far; empty ones are dropped. */
  add(start: number, end: number): void {
    if (start >= end) return;
    const last = this.#count - 1;
    if (last >= 0 && start <= (this.#ends[last] as number)) {
      if (end > (this.#ends[last] as number)) this.#ends[last] = end;
      return;
    }
    this.#starts[this.#count] = start;
    this.#ends[this.#count] = end;
    this.#count += 1;
  }

  collected(): OpenTime {
    return { starts: this.#starts.subarray(0, this.#count), ends: this.#ends.subarray(0, this.#count) };
  }
}

/** The set of all given intervals, in whatever order they come and however they overlap. */
export function timeOf(intervals: readonly (readonly [start: number, end: number])[]): OpenTime {
  const collector = new TimeCollector(intervals.length);
  for (const [start, end] of intervals.toSorted((one, other) => one[0] - other[0])) collector.add(start, end);
  return collector.collected();
}

export function union(one: OpenTime, other: OpenTime): OpenTime {
  if (one.starts.length === 0) return other;
  if (other.starts.length === 0) return one;
  const collector = new TimeCollector(one.starts.length + other.starts.length);
  let i = 0;
  let j = 0;
  while (i < one.starts.length || j < other.starts.length) {
    const next = i < one.starts.length ? (one.starts[i] as number) : Infinity;
    if (j >= other.starts.length || (i < one.starts.length && next <= (other.starts[j] as number))) {
      collector.add(next, one.ends[i] as number);
      i += 1;
    } else {
      collector.add(other.starts[j] as number, other.ends[j] as number);
      j += 1;
    }
  }
  return collector.collected();
}

/** What of the first is not in the second. */
export function subtract(from: OpenTime, taken: OpenTime): OpenTime {
  const takenStarts = taken.starts;
  const takenEnds = taken.ends;
  const takenCount = takenStarts.length;
  const fromCount = from.starts.length;
  if (takenCount === 0 || fromCount === 0 || !touchesSpan(taken, from.starts[0] as number, from.ends[fromCount - 1] as number)) return from;
  const starts = new Float64Array(fromCount + takenCount);
  const ends = new Float64Array(fromCount + takenCount);
  let count = 0;
  let j = 0;
  for (let i = 0; i < fromCount; i += 1) {
    let start = from.starts[i] as number;
    const end = from.ends[i] as number;
    while (j < takenCount && (takenEnds[j] as number) <= start) j += 1;
    while (j < takenCount && (takenStarts[j] as number) < end) {
      const takenStart = takenStarts[j] as number;
      if (takenStart > start) {
        starts[count] = start;
        ends[count] = takenStart;
        count += 1;
      }
      start = takenEnds[j] as number;
      if (start >= end) break;
      j += 1;
    }
    if (start < end) {
      starts[count] = start;
      ends[count] = end;
      count += 1;
    }
  }
  return { starts: starts.subarray(0, count), ends: ends.subarray(0, count) };
}

/** The index of the interval that holds all of `[start, end)`, or −1. */
export function indexOfSpan(time: OpenTime, start: number, end: number): number {
  let low = 0;
  let high = time.starts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((time.starts[middle] as number) <= start) low = middle + 1;
    else high = middle;
  }
  return low > 0 && end <= (time.ends[low - 1] as number) ? low - 1 : -1;
}

/** Whether all of `[start, end)` lies in the set. */
export function coversSpan(time: OpenTime, start: number, end: number): boolean {
  return indexOfSpan(time, start, end) >= 0;
}

/** Whether any moment of `[start, end)` lies in the set. */
export function touchesSpan(time: OpenTime, start: number, end: number): boolean {
  for (let i = 0; i < time.starts.length && (time.starts[i] as number) < end; i += 1) {
    if ((time.ends[i] as number) > start) return true;
  }
  return false;
}
