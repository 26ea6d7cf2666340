import { DAY_MS, type Instant } from '@daymark/domain';

/** A calendar that loses this much at once has more likely met a fault than a wish. */
export const BRAKE_SHARE = 0.25;
export const BRAKE_LEAST = 10;

export interface DeletionCount {
  /** Live things on the calendar when the view began; a series counts once. */
  readonly live: number;
  /** What was deleted since, with what the pass would delete; a series counts once. */
  readonly wouldDelete: number;
}

/** Whether a pass has to stop and wait for a person. */
export function brakes({ live, wouldDelete }: DeletionCount): boolean {
  return wouldDelete >= BRAKE_LEAST && wouldDelete > live * BRAKE_SHARE;
}

/**
 * From when on deletions count together: "at once" is a day and not a pass, or many small passes would delete what
 * one may not. A day, because once in a day everything is compared in a full reading, which puts right what
 * notices and cursors told wrongly; longer, and a person who tidies up a small calendar would be held for it.
 * While a pass is held the view stays where it is, so that waiting lets nothing through. What a person accepted is
 * not counted again; the caller knows when that was.
 */
export function countedSince({ now, heldSince }: { readonly now: Instant; readonly heldSince: Instant | null }): Instant {
  return ((heldSince ?? now) - DAY_MS) as Instant;
}
