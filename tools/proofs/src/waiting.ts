import { setTimeout as sleep } from 'node:timers/promises';

/** Looks again until there is something; null when it does not come about in time. */
export async function until<T>(
  look: () => Promise<T | null | false>,
  { withinMs, everyMs = 50 }: { readonly withinMs: number; readonly everyMs?: number },
): Promise<T | null> {
  const end = Date.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== null && found !== false) return found;
    if (Date.now() > end) return null;
    await sleep(everyMs);
  }
}
