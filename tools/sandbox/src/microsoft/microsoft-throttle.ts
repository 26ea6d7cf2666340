import { createTokenBuckets } from '../token-buckets.ts';
import type { GraphError } from './microsoft-error.ts';
import { throttled } from './microsoft-error.ts';
import type { MicrosoftWorld } from './microsoft-world.ts';

/** Counts the calls of each application and mailbox. Kept in memory only. */
export interface GraphThrottle {
  /** Takes the call's place; `refusal` says why it may not run. `leave` must be called in any case. */
  enter(clientId: string, mailbox: string): { readonly refusal: GraphError | null; leave(): void };
  clear(): void;
}

/** So many calls at once, and a bucket of tokens that fills evenly; refused calls take tokens too. */
export function createGraphThrottle(world: MicrosoftWorld): GraphThrottle {
  const buckets = createTokenBuckets(() => world.clock.now());
  const running = new Map<string, number>();
  return {
    enter: (clientId, mailbox) => {
      const { concurrency, requests, windowSeconds } = world.state.limits;
      const key = `${clientId} ${mailbox}`;
      const atOnce = (running.get(key) ?? 0) + 1;
      running.set(key, atOnce);
      const tokens = buckets.take(key, { requests, windowSeconds });
      const leave = (): void => {
        running.set(key, (running.get(key) ?? 1) - 1);
      };
      if (atOnce > concurrency) return { refusal: throttled('MailboxConcurrency', 1), leave };
      if (tokens >= 0) return { refusal: null, leave };
      const waitSeconds = Math.max(1, Math.ceil(-tokens * (windowSeconds / requests)));
      return { refusal: throttled('TooManyRequests', waitSeconds), leave };
    },
    clear: buckets.clear,
  };
}
