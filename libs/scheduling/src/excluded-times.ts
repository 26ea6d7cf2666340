import type { Instant } from '@daymark/domain';
import type { BookableStarts } from './bookable-starts.ts';
import { slotAt } from './bookable-starts.ts';
import { checkWhole } from './check-request.ts';
import type { BlockingItem, Rule } from './rule.ts';
import { whyNotChecked } from './why-not.ts';

/** One reason in `excluded`, with the person whom it concerns. */
export interface ExcludedReason extends BlockingItem {
  readonly personId: string;
}

/** Neighbouring starts that were left out for the same reasons: from the first one to the end of the last one's slot. */
export interface ExcludedTime {
  readonly start: Instant;
  readonly end: Instant;
  /** How many starts of the grid this stands for. */
  readonly starts: number;
  readonly reasons: readonly ExcludedReason[];
}

interface Asked {
  readonly explain: { readonly limit: number };
  readonly after?: Instant;
  /** Explain no start later than this one. */
  readonly until: number | undefined;
  readonly rules: readonly Rule[];
}

const MAX_EXPLAINED = 200;
/** Each start is asked about by itself, a third of a millisecond for fifty people with 500 events each. */
const MAX_ASKED = 1000;

/** Why starts of the grid are not offered, in the order of time: up to the limit, and for at most a thousand starts. */
export function excludedTimes(
  found: BookableStarts,
  { explain, after = -Infinity as Instant, until = Infinity, rules }: Asked,
): readonly ExcludedTime[] {
  checkWhole('explain limit', explain.limit, { min: 1, max: MAX_EXPLAINED });
  const { request, candidates, starts } = found;
  const excluded: ExcludedTime[] = [];
  let nextOffered = 0;
  let asked = 0;
  let lastKey: string | null = null;
  for (const start of candidates.all()) {
    while (nextOffered < starts.length && (starts[nextOffered] as number) < start) nextOffered += 1;
    if (starts[nextOffered] === start) {
      lastKey = null;
      continue;
    }
    if (start <= after) continue;
    if (start > until || asked >= MAX_ASKED) break;
    asked += 1;
    const slot = slotAt(start, request.durationMs);
    const reasons = whyNotChecked(request, slot, rules).people.flatMap(({ id, items }) => items.map((item) => reasonOf(item, id)));
    const key = JSON.stringify(reasons);
    const last = excluded.at(-1);
    if (last !== undefined && key === lastKey) {
      excluded[excluded.length - 1] = { ...last, end: slot.end, starts: last.starts + 1 };
      continue;
    }
    if (excluded.length === explain.limit) break;
    excluded.push({ ...slot, starts: 1, reasons });
    lastKey = key;
  }
  return excluded;
}

/** Closed hours are the candidate's own interval, which would keep equal neighbours apart. */
function reasonOf(item: BlockingItem, personId: string): ExcludedReason {
  return item.kind === 'outside_hours' ? { ...item, personId, start: null, end: null } : { ...item, personId };
}
