/** A pass that deletes this much of a calendar at once is more likely a fault than a wish. */
export const BRAKE_SHARE = 0.25;
export const BRAKE_LEAST = 10;

export interface DeletionCount {
  /** Live things on the calendar before the pass; a series counts once. */
  readonly live: number;
  /** What the pass would delete; a series counts once. */
  readonly wouldDelete: number;
}

/** Whether a pass has to stop and wait for a person. */
export function brakes({ live, wouldDelete }: DeletionCount): boolean {
  return wouldDelete >= BRAKE_LEAST && wouldDelete > live * BRAKE_SHARE;
}
