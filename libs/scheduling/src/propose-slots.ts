import type { Instant } from '@daymark/domain';
import { overlaps } from '@daymark/domain';
import { bookableStarts, slotAt } from './bookable-starts.ts';
import { checkInterval, checkWhole } from './check-request.ts';
import type { Engine, Slot } from './find-slots.ts';
import { describeSlots, standardEngine } from './find-slots.ts';
import type { SlotRequest } from './slot-request.ts';
import { localDayOf, zoneClock } from './zone-clock.ts';

const MAX_PROPOSED = 50;

/**
 * The slots nearest to a wanted start that is not to be had, nearest first, the earlier of two
 * equally near; never the wanted start itself.
 * @throws RangeError for a request that is out of limits.
 */
export function alternatives(
  request: SlotRequest,
  wanted: { start: Instant; count?: number },
  engine: Engine = standardEngine,
): readonly Slot[] {
  const { start, count = 3 } = wanted;
  checkWhole('count', count, { min: 1, max: MAX_PROPOSED });
  checkInterval('wanted time', slotAt(start, request.durationMs));
  const found = bookableStarts(request, engine.rules);
  const others = found.starts.filter((at) => at !== start);
  const nearest = others.sort((one, other) => Math.abs(one - start) - Math.abs(other - start) || one - other).subarray(0, count);
  return describeSlots(found, nearest, engine.ranker);
}

/**
 * The best slots by score, best first and spread over days: a second one of a date in the grid's
 * zone is taken only when there are not enough dates, one that overlaps another only when nothing else is left.
 * @throws RangeError for a request that is out of limits.
 */
export function suggestSlots(request: SlotRequest, wanted: { count: number }, engine: Engine = standardEngine): readonly Slot[] {
  checkWhole('count', wanted.count, { min: 1, max: MAX_PROPOSED });
  const found = bookableStarts(request, engine.rules);
  const ranked = describeSlots(found, found.starts, engine.ranker).sort(byScore);
  const clock = zoneClock(request.grid.zone, request.window.start, request.window.end);
  const spread = spreadOverDays(ranked, { count: wanted.count, dayOf: (slot) => localDayOf(clock, slot.start) });
  const rest = ranked.filter((slot) => !spread.includes(slot)).slice(0, wanted.count - spread.length);
  return [...spread, ...rest].sort(byScore);
}

/** Takes the best of each date, then the second best of each, and so on; none that overlaps one taken before. */
function spreadOverDays(ranked: readonly Slot[], { count, dayOf }: { count: number; dayOf: (slot: Slot) => number }): readonly Slot[] {
  const chosen: Slot[] = [];
  const takenOn = new Map<number, number>();
  let before = -1;
  for (let perDay = 1; chosen.length < count && chosen.length > before; perDay += 1) {
    before = chosen.length;
    for (const slot of ranked) {
      const taken = takenOn.get(dayOf(slot)) ?? 0;
      if (chosen.length === count || taken >= perDay || chosen.some((other) => overlaps(other, slot))) continue;
      takenOn.set(dayOf(slot), taken + 1);
      chosen.push(slot);
    }
  }
  return chosen;
}

function byScore(one: Slot, other: Slot): number {
  return other.score - one.score || one.start - other.start;
}
