import type { GraphError } from './microsoft-error.ts';
import { throttled } from './microsoft-error.ts';
import type { MicrosoftWorld } from './microsoft-world.ts';

/** Counts the calls of each application and mailbox. Kept in memory only. */
export interface GraphThrottle {
  /** Takes the call's place; `refusal` says why it may not run. `leave` must be called in any case. */
  enter(clientId: string, mailbox: string): { readonly refusal: GraphError | null; leave(): void };
  clear(): void;
}

interface Bucket {
  running: number;
  tokens: number;
  filledAtMs: number;
}

/** So many calls at once, and a bucket of tokens that fills evenly; refused calls take tokens too. */
export function createGraphThrottle(world: MicrosoftWorld): GraphThrottle {
  const buckets = new Map<string, Bucket>();
  const open = (key: string): Bucket => {
    const { requests, windowSeconds } = world.state.limits;
    const now = world.clock.now();
    const bucket = buckets.get(key) ?? { running: 0, tokens: requests, filledAtMs: now };
    const filled = ((now - bucket.filledAtMs) / 1000) * (requests / windowSeconds);
    bucket.tokens = Math.min(requests, bucket.tokens + filled);
    bucket.filledAtMs = now;
    buckets.set(key, bucket);
    return bucket;
  };
  return {
    enter: (clientId, mailbox) => {
      const { concurrency, requests, windowSeconds } = world.state.limits;
      const bucket = open(`${clientId} ${mailbox}`);
      bucket.running += 1;
      bucket.tokens -= 1;
      const leave = (): void => {
        bucket.running -= 1;
      };
      if (bucket.running > concurrency) return { refusal: throttled('MailboxConcurrency', 1), leave };
      if (bucket.tokens >= 0) return { refusal: null, leave };
      const waitSeconds = Math.max(1, Math.ceil(-bucket.tokens * (windowSeconds / requests)));
      return { refusal: throttled('TooManyRequests', waitSeconds), leave };
    },
    clear: () => buckets.clear(),
  };
}
