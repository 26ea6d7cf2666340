import type { Interval } from '@daymark/domain';

/** Which reading of a calendar this is: grows with every full read. */
export interface Round {
  readonly generation: number;
  /** The window that all its pages were asked for. */
  readonly window: Interval;
}

const made = Symbol('made by a reader that saw the last page');

/**
 * Everything that a calendar holds in a window, known because every page up to the last was read. Only
 * {@link endOfRound} makes one, and only it allows to infer deletions from absence.
 */
export interface CompleteSet extends Round {
  readonly [made]: true;
}

/** What follows a page of a full read: the set is complete, or there is another page. */
export function endOfRound(round: Round, next: { readonly page: string } | { readonly cursor: string }): CompleteSet | null {
  return 'cursor' in next ? { ...round, [made]: true } : null;
}
