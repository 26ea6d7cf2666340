/** One call that reached the sandbox. `applied` says that it changed state, whatever was answered. */
export interface JournalEntry {
  readonly at: string;
  readonly operation: string;
  readonly account: string | null;
  /** What was answered; null when the caller got no answer at all. */
  readonly status: number | null;
  readonly applied: boolean;
  readonly requestId: string;
  /** The id of the fault or page rule that shaped the answer. */
  readonly rule?: string;
  readonly key: Readonly<Record<string, string>>;
}

export interface JournalQuery {
  /** Exact, or a prefix with `*`: `events.*`. */
  readonly operation?: string;
  readonly account?: string;
  readonly applied?: boolean;
}

/** What was called, in order; kept in memory only. */
export interface Journal {
  record(entry: JournalEntry): void;
  list(query?: JournalQuery): JournalEntry[];
  clear(): void;
}

const KEPT = 50_000;

export function createJournal(): Journal {
  const entries: JournalEntry[] = [];
  return {
    record: (entry) => {
      entries.push(entry);
      if (entries.length > KEPT) entries.splice(0, entries.length - KEPT);
    },
    list: (query = {}) =>
      entries.filter(
        (entry) =>
          (query.operation === undefined || matchesOperation(query.operation, entry.operation)) &&
          (query.account === undefined || entry.account === query.account) &&
          (query.applied === undefined || entry.applied === query.applied),
      ),
    clear: () => {
      entries.length = 0;
    },
  };
}

/** `events.*` matches `events.insert`; `*` matches all. */
export function matchesOperation(pattern: string, operation: string): boolean {
  return pattern.endsWith('*') ? operation.startsWith(pattern.slice(0, -1)) : pattern === operation;
}
