/** What a page says of one event, without its content. */
export type PageChange =
  | { readonly kind: 'saved'; readonly id: string; readonly version: string }
  | { readonly kind: 'removed'; readonly id: string; readonly why: 'deleted' | 'unknown' }
  | { readonly kind: 'unreadable'; readonly id: string };

/** What is stored of an event already. */
export interface KnownEvent {
  readonly version: string;
  readonly isDeleted: boolean;
}

/** Indexes into the page's changes, each event once: the last word on it wins. */
export interface PagePlan {
  readonly save: readonly number[];
  /** Said to be deleted, and live here. */
  readonly remove: readonly number[];
  /** Gone from the window for a reason the service does not tell; to be asked for by id. */
  readonly ask: readonly number[];
  readonly setAside: readonly number[];
  /** Ids of events that are as they were; in a full read they count as seen. */
  readonly unchanged: readonly string[];
}

/** Sorts a page against what is stored, so that nothing unchanged reaches the database. */
export function planPage(changes: readonly PageChange[], known: ReadonlyMap<string, KnownEvent>): PagePlan {
  const last = new Map(changes.map((change, index) => [change.id, index]));
  const plan = { save: [] as number[], remove: [] as number[], ask: [] as number[], setAside: [] as number[], unchanged: [] as string[] };
  for (const index of last.values()) {
    const change = changes[index]!;
    const stored = known.get(change.id);
    if (change.kind === 'unreadable') plan.setAside.push(index);
    else if (change.kind === 'saved') {
      if (stored !== undefined && !stored.isDeleted && stored.version === change.version) plan.unchanged.push(change.id);
      else plan.save.push(index);
    } else if (stored !== undefined && !stored.isDeleted) {
      (change.why === 'deleted' ? plan.remove : plan.ask).push(index);
    }
  }
  return plan;
}
