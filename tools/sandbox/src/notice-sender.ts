import { setTimeout as delay } from 'node:timers/promises';
import type { FaultRules } from './fault-rules.ts';
import type { Journal } from './journal.ts';

export interface Notice {
  readonly operation: string;
  readonly account: string | null;
  readonly address: string;
  readonly requestId: string;
  readonly key: Readonly<Record<string, string>>;
  /** Makes the request; a throw means that nobody answered. */
  readonly send: (signal: AbortSignal) => Promise<Response>;
  /** Whether this status (null: no answer) is worth another try. */
  readonly isRetried: (status: number | null) => boolean;
}

/** Sends notices through the fault rules into the journal, with retries. */
export interface NoticeSender {
  /** The last status of the receiver; null when it gave none. */
  deliver(notice: Notice): Promise<number | null>;
  /** Until nothing is under way any more, tries to come included. */
  untilQuiet(): Promise<void>;
  /** Aborts what is under way and sends nothing more. */
  close(): void;
  readonly isClosed: () => boolean;
}

/** Waits between tries, much shorter than those of the services. */
export const RETRY_WAITS_MS: readonly number[] = [200, 1000, 5000];

/** A fault rule for the notice's operation drops it (`reset`) or delays it (`slow`). Only loopback is ever called. */
export function createNoticeSender(tools: {
  faults: FaultRules;
  journal: Journal;
  now: () => number;
  waitsMs?: () => readonly number[];
}): NoticeSender {
  const stopped = new AbortController();
  const underWay = new Set<Promise<unknown>>();
  const deliver = async (notice: Notice): Promise<number | null> => {
    const { operation, account, requestId, key } = notice;
    const hit = tools.faults.hit({ operation, key });
    const record = (status: number | null): void => {
      const at = new Date(tools.now()).toISOString();
      const applied = status !== null && status < 300;
      tools.journal.record({ at, operation, account, status, applied, requestId, rule: hit?.ruleId, key });
    };
    if (hit?.answer.kind === 'slow') await delay(hit.answer.delayMs, undefined, { signal: stopped.signal });
    else if (hit !== null || !isLoopback(notice.address)) {
      record(null);
      return null;
    }
    for (const waitMs of [...(tools.waitsMs?.() ?? RETRY_WAITS_MS), null]) {
      const status = await statusOf(notice, stopped.signal);
      record(status);
      if (!notice.isRetried(status) || waitMs === null) return status;
      await delay(waitMs, undefined, { signal: stopped.signal, ref: false });
    }
    return null;
  };
  return {
    deliver: (notice) => {
      const delivery = deliver(notice);
      underWay.add(delivery);
      const done = () => void underWay.delete(delivery);
      delivery.then(done, done);
      return delivery;
    },
    untilQuiet: async () => {
      while (underWay.size > 0) await Promise.allSettled(underWay);
    },
    close: () => stopped.abort(),
    isClosed: () => stopped.signal.aborted,
  };
}

export function isLoopback(address: string): boolean {
  return ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(address).hostname);
}

async function statusOf(notice: Notice, stopped: AbortSignal): Promise<number | null> {
  try {
    const response = await notice.send(stopped);
    await response.body?.cancel();
    return response.status;
  } catch {
    return null;
  }
}
