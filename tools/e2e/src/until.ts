import { setTimeout as sleep } from 'node:timers/promises';

interface Patience {
  /** What is waited for, for the message when it does not come. */
  readonly what: string;
  readonly withinMs: number;
  readonly everyMs?: number;
}

/** Looks again until there is something. @throws Error when it does not come about in time. */
export async function until<T>(look: () => Promise<T | null | undefined | false>, { what, withinMs, everyMs = 150 }: Patience): Promise<T> {
  const end = Date.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== null && found !== undefined && found !== false) return found;
    if (Date.now() > end) throw new Error(`not within ${withinMs / 1000} s: ${what}`);
    await sleep(everyMs);
  }
}
