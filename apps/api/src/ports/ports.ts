/** Chance, injected like time: jitter, tokens. */
export abstract class Chance {
  /** A whole number from 0 up to and excluding the bound. */
  abstract upTo(bound: number): number;
  /** Unguessable bytes. */
  abstract bytes(count: number): Buffer;
}

/** Waiting, injected. */
export abstract class Timers {
  abstract wait(ms: number, signal?: AbortSignal): Promise<void>;
}
