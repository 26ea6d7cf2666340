/** So many tokens at most, which come back evenly over the window. */
export interface TokenLimit {
  readonly requests: number;
  readonly windowSeconds: number;
}

export interface TokenBuckets {
  /** Takes tokens and gives how many are left; below zero the call is refused. Full at the first look. */
  take(key: string, limit: TokenLimit, cost?: number): number;
  giveBack(key: string, cost: number): void;
  clear(): void;
}

interface Bucket {
  tokens: number;
  filledAtMs: number;
}

/** Kept in memory only; fills by the given clock. */
export function createTokenBuckets(now: () => number): TokenBuckets {
  const buckets = new Map<string, Bucket>();
  return {
    take: (key, { requests, windowSeconds }, cost = 1) => {
      const bucket = buckets.get(key) ?? { tokens: requests, filledAtMs: now() };
      const filled = ((now() - bucket.filledAtMs) / 1000) * (requests / windowSeconds);
      bucket.tokens = Math.min(requests, bucket.tokens + filled) - cost;
      bucket.filledAtMs = now();
      buckets.set(key, bucket);
      return bucket.tokens;
    },
    giveBack: (key, cost) => {
      const bucket = buckets.get(key);
      if (bucket !== undefined) bucket.tokens += cost;
    },
    clear: () => buckets.clear(),
  };
}
