import type { Instant } from '@daymark/domain';
import type { BookableStarts, SlotMembers } from './bookable-starts.ts';
import { bookableStarts, membersAt, slotAt } from './bookable-starts.ts';
import { checkWhole } from './check-request.ts';
import type { ExcludedTime } from './excluded-times.ts';
import { excludedTimes } from './excluded-times.ts';
import type { Factor, Ranker } from './rank.ts';
import { standardRanker } from './rank.ts';
import type { Rule } from './rule.ts';
import type { SlotRequest } from './slot-request.ts';
import { standardRules } from './standard-rules.ts';

/** A time that can be booked, with those who would take part and how good it is. */
export interface Slot {
  readonly start: Instant;
  readonly end: Instant;
  readonly groups: readonly SlotMembers[];
  /** 0 to 1; comparable within one answer. */
  readonly score: number;
  /** What the score is made of: the sum of weight × value. */
  readonly factors: readonly Factor[];
}

export interface SlotPage {
  readonly limit: number;
  /** Only slots that start later: the `next` of the page before. */
  readonly after?: Instant;
  /** With it the answer says why starts of the page's time were left out. */
  readonly explain?: { readonly limit: number };
}

/** What decides besides the request. Rules added here hold for everybody in it. */
export interface Engine {
  readonly rules: readonly Rule[];
  readonly ranker: Ranker;
}

export interface SlotAnswer {
  /** All starts in the window that can be booked, in order; epoch milliseconds. */
  readonly starts: Float64Array;
  /** The page asked for, in the order of time. */
  readonly slots: readonly Slot[];
  /** Where the next page goes on; null at the end. */
  readonly next: Instant | null;
  /** Starts that were left out, joined where the reasons are the same; only when explained. */
  readonly excluded: readonly ExcludedTime[];
}

export const standardEngine: Engine = { rules: standardRules, ranker: standardRanker };

const MAX_PAGE = 1000;

/**
 * The slots that can be booked: on the grid, inside the window, with enough free members in every
 * group. The same request gives the same answer, byte for byte.
 * @throws RangeError for a request that is out of limits.
 */
export function findSlots(request: SlotRequest, page: SlotPage, engine: Engine = standardEngine): SlotAnswer {
  checkWhole('limit', page.limit, { min: 1, max: MAX_PAGE });
  const found = bookableStarts(request, engine.rules);
  const first = page.after === undefined ? 0 : countUpTo(found.starts, page.after);
  const chosen = found.starts.subarray(first, first + page.limit);
  const hasMore = first + page.limit < found.starts.length;
  return {
    starts: found.starts,
    slots: describeSlots(found, chosen, engine.ranker),
    next: hasMore ? (chosen.at(-1) as number as Instant) : null,
    excluded:
      page.explain === undefined
        ? []
        : excludedTimes(found, { ...page, explain: page.explain, until: hasMore ? chosen.at(-1) : undefined, rules: engine.rules }),
  };
}

/** The first slot that {@link findSlots} would give, or null. */
export function nextSlot(request: SlotRequest, engine: Engine = standardEngine): Slot | null {
  return findSlots(request, { limit: 1 }, engine).slots[0] ?? null;
}

/** Puts chosen starts into words, in the order in which they are given. */
export function describeSlots(found: BookableStarts, starts: Float64Array, ranker: Ranker): Slot[] {
  if (starts.length === 0) return [];
  const rank = ranker.prepare(found);
  const slots: Slot[] = [];
  for (const at of starts) {
    const slot = slotAt(at, found.request.durationMs);
    const groups = membersAt(found, slot) ?? [];
    const { score, factors } = rank(slot, groups);
    slots.push({ start: slot.start, end: slot.end, groups, score, factors });
  }
  return slots;
}

function countUpTo(starts: Float64Array, at: number): number {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((starts[middle] as number) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}
