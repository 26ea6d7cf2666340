import { matchesOperation } from './journal.ts';

/** What the caller gets in place of the true answer. */
export type FaultAnswer =
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly reason?: string;
      readonly message?: string;
      readonly retryAfterSeconds?: number;
      /** More headers, for challenges (`www-authenticate`) and pointers (`location`). */
      readonly headers?: Readonly<Record<string, string>>;
      /** Sent as it is, for front-end failures that are not JSON. */
      readonly rawBody?: string;
    }
  | { readonly kind: 'reset' }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'slow'; readonly delayMs: number };

export interface FaultRule {
  /** Exact, or a prefix with `*`: `events.*`. */
  readonly operation: string;
  readonly answer: FaultAnswer;
  /** `after`: the write is applied and only its answer is lost. Default `before`. */
  readonly when?: 'before' | 'after';
  /** Skips this many matching calls less one; 1 (default) hits the next call. */
  readonly nth?: number;
  /** How many calls are hit from then on; default 1. */
  readonly times?: number;
  /** Of the calls in reach, only this share is hit, chosen evenly (0.3: three of ten). */
  readonly share?: number;
  /** Key fields of the call that must be equal (`account`, `calendarId`, `eventId`, …). */
  readonly match?: Readonly<Record<string, string>>;
}

export interface FaultCall {
  readonly operation: string;
  readonly key: Readonly<Record<string, string>>;
}

export interface FaultHit {
  readonly ruleId: string;
  readonly when: 'before' | 'after';
  readonly answer: FaultAnswer;
}

export interface FaultRules {
  add(rule: FaultRule): string;
  /** Counts the call against every rule and gives the first that hits. */
  hit(call: FaultCall): FaultHit | null;
  list(): readonly { readonly id: string; readonly rule: FaultRule; readonly seen: number; readonly hits: number }[];
  clear(): void;
}

export function createFaultRules(): FaultRules {
  const rules: { id: string; rule: FaultRule; seen: number; hits: number }[] = [];
  let lastId = 0;
  return {
    add: (rule) => {
      lastId += 1;
      const id = `fault-${lastId}`;
      rules.push({ id, rule, seen: 0, hits: 0 });
      return id;
    },
    hit: (call) => {
      let found: FaultHit | null = null;
      for (const entry of rules) {
        if (!isAbout(entry.rule, call)) continue;
        entry.seen += 1;
        const reach = entry.seen - (entry.rule.nth ?? 1) + 1;
        if (found !== null || reach < 1 || entry.hits >= (entry.rule.times ?? 1)) continue;
        const share = entry.rule.share ?? 1;
        if (Math.floor(reach * share) === Math.floor((reach - 1) * share)) continue;
        entry.hits += 1;
        found = { ruleId: entry.id, when: entry.rule.when ?? 'before', answer: entry.rule.answer };
      }
      return found;
    },
    list: () => rules,
    clear: () => {
      rules.length = 0;
    },
  };
}

function isAbout(rule: FaultRule, call: FaultCall): boolean {
  if (!matchesOperation(rule.operation, call.operation)) return false;
  return Object.entries(rule.match ?? {}).every(([name, value]) => call.key[name] === value);
}
