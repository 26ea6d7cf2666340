import { DAY_MS, MINUTE_MS, MINUTES_PER_DAY } from '@daymark/domain';
import type { SlotGrid, SlotRequest } from './slot-request.ts';
import { visitLocalDays, zoneClock } from './zone-clock.ts';

/** Starts at one distance from each other; `firstIndex` of them come before. */
interface Run {
  readonly firstIndex: number;
  readonly start: number;
  readonly stepMs: number;
  count: number;
}

/** Neighbouring starts by their numbers, half-open; never empty. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/**
 * All starts that a request may offer, whoever is free: numbered in the order of time and kept as
 * runs, of which the usual grid has one between two clock changes.
 */
export class SlotStarts {
  readonly size: number;
  readonly #runs: readonly Run[];

  constructor({ window, durationMs, grid }: Pick<SlotRequest, 'window' | 'durationMs' | 'grid'>) {
    const builder = new RunBuilder();
    const runs = runsOfDay(grid);
    visitLocalDays(zoneClock(grid.zone, window.start, window.end), window.start, window.end - durationMs + 1, (day, from, to, offsetMs) => {
      const midnight = day * DAY_MS - offsetMs;
      for (const { start, stepMs, count } of runs) {
        const skipped = Math.max(0, Math.ceil((from - midnight - start) / stepMs));
        const kept = Math.min(count, Math.ceil((to - midnight - start) / stepMs)) - skipped;
        if (kept > 0) builder.add(midnight + start + skipped * stepMs, { stepMs, count: kept });
      }
    });
    this.size = builder.size;
    this.#runs = builder.runs;
  }

  /** How many starts lie before a moment; so also the number of the first one that does not. */
  countBefore(at: number): number {
    let low = 0;
    let high = this.#runs.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#runs[middle] as Run).start < at) low = middle + 1;
      else high = middle;
    }
    if (low === 0) return 0;
    const run = this.#runs[low - 1] as Run;
    return run.firstIndex + Math.min(run.count, Math.ceil((at - run.start) / run.stepMs));
  }

  /** The moments of the starts in the given stretches. */
  momentsOf(stretches: readonly Stretch[]): Float64Array {
    const moments = new Float64Array(stretches.reduce((sum, { from, to }) => sum + to - from, 0));
    let next = 0;
    let r = 0;
    for (const { from, to } of stretches) {
      for (let index = from; index < to;) {
        while (index >= (this.#runs[r] as Run).firstIndex + (this.#runs[r] as Run).count) r += 1;
        const { firstIndex, start, stepMs, count } = this.#runs[r] as Run;
        const end = Math.min(to, firstIndex + count);
        for (; index < end; index += 1) {
          moments[next] = start + (index - firstIndex) * stepMs;
          next += 1;
        }
      }
    }
    return moments;
  }

  all(): Float64Array {
    return this.momentsOf([{ from: 0, to: this.size }]);
  }
}

/** The minutes of a day at which slots may start. */
export function minutesOfDay({ stepMinutes, roundToMinutes, anchorMinute = 0 }: SlotGrid): readonly number[] {
  const minutes: number[] = [];
  for (let minute = anchorMinute % stepMinutes; minute < MINUTES_PER_DAY; minute += stepMinutes) {
    const rounded = Math.ceil(minute / roundToMinutes) * roundToMinutes;
    if (rounded < MINUTES_PER_DAY && rounded !== minutes.at(-1)) minutes.push(rounded);
  }
  return minutes;
}

function runsOfDay(grid: SlotGrid): readonly Run[] {
  const builder = new RunBuilder();
  for (const minute of minutesOfDay(grid)) builder.add(minute * MINUTE_MS, { stepMs: grid.stepMinutes * MINUTE_MS, count: 1 });
  return builder.runs;
}

/** Joins what goes on at the same distance. */
class RunBuilder {
  readonly runs: Run[] = [];
  size = 0;

  add(start: number, { stepMs, count }: { stepMs: number; count: number }): void {
    const last = this.runs.at(-1);
    if (last !== undefined && last.stepMs === stepMs && last.start + last.count * stepMs === start) {
      last.count += count;
    } else {
      this.runs.push({ firstIndex: this.size, start, stepMs, count });
    }
    this.size += count;
  }
}
