import { matchesOperation } from './journal.ts';

/** Shapes the pages of a list answer. All parts are optional and combine. */
export interface PageRule {
  readonly operation: string;
  /** At most this many items a page, whatever was asked for. */
  readonly size?: number;
  /** This page (from 1) has no items and yet a next token. */
  readonly emptyPage?: number;
  /** This page is answered with `failStatus` (default 500), `failTimes` times (default 1). */
  readonly failPage?: number;
  readonly failStatus?: number;
  readonly failTimes?: number;
  /** Each page repeats the last item of the one before. */
  readonly repeatIds?: boolean;
  /** Answers 200 with an empty, complete list. */
  readonly empty200?: boolean;
  /** Leaves out this share of the items of a complete list, without saying so. */
  readonly dropShare?: number;
  /** Leaves the `items` member out of empty pages. */
  readonly omitsEmptyItems?: boolean;
  /** How many lists (counted by their first page) are shaped; default all until cleared. */
  readonly lists?: number;
  readonly match?: Readonly<Record<string, string>>;
}

export interface PageCall {
  readonly operation: string;
  readonly key: Readonly<Record<string, string>>;
  /** From 1. */
  readonly page: number;
}

export interface PageShape {
  readonly ruleIds: readonly string[];
  readonly size: number | null;
  readonly isEmptyPage: boolean;
  readonly failStatus: number | null;
  readonly repeatsIds: boolean;
  readonly isEmptyList: boolean;
  readonly dropShare: number;
  readonly omitsEmptyItems: boolean;
}

export interface PageRules {
  add(rule: PageRule): string;
  shape(call: PageCall): PageShape;
  list(): readonly { readonly id: string; readonly rule: PageRule }[];
  clear(): void;
}

interface ActiveRule {
  readonly id: string;
  readonly rule: PageRule;
  lists: number;
  failures: number;
}

export function createPageRules(): PageRules {
  const rules: ActiveRule[] = [];
  let lastId = 0;
  return {
    add: (rule) => {
      lastId += 1;
      const id = `page-${lastId}`;
      rules.push({ id, rule, lists: 0, failures: 0 });
      return id;
    },
    shape: (call) => {
      const active = rules.filter((entry) => {
        if (!isAbout(entry.rule, call)) return false;
        if (call.page === 1) entry.lists += 1;
        return entry.lists <= (entry.rule.lists ?? Number.POSITIVE_INFINITY);
      });
      return combine(active, call.page);
    },
    list: () => rules,
    clear: () => {
      rules.length = 0;
    },
  };
}

function combine(active: readonly ActiveRule[], page: number): PageShape {
  let failStatus: number | null = null;
  for (const entry of active) {
    if (entry.rule.failPage !== page || entry.failures >= (entry.rule.failTimes ?? 1)) continue;
    entry.failures += 1;
    failStatus = entry.rule.failStatus ?? 500;
  }
  const sizes = active.flatMap(({ rule }) => (rule.size === undefined ? [] : [rule.size]));
  return {
    ruleIds: active.map(({ id }) => id),
    size: sizes.length === 0 ? null : Math.min(...sizes),
    isEmptyPage: active.some(({ rule }) => rule.emptyPage === page),
    failStatus,
    repeatsIds: active.some(({ rule }) => rule.repeatIds === true),
    isEmptyList: active.some(({ rule }) => rule.empty200 === true),
    dropShare: Math.max(0, ...active.map(({ rule }) => rule.dropShare ?? 0)),
    omitsEmptyItems: active.some(({ rule }) => rule.omitsEmptyItems === true),
  };
}

function isAbout(rule: PageRule, call: PageCall): boolean {
  if (!matchesOperation(rule.operation, call.operation)) return false;
  return Object.entries(rule.match ?? {}).every(([name, value]) => call.key[name] === value);
}
