/** What the sandbox takes for the present; `advance` and `set` move it against the machine's clock. */
export interface SandboxClock {
  now(): number;
  /** Milliseconds that the sandbox runs ahead of the machine. */
  offsetMs(): number;
  advance(ms: number): void;
  /** Continues from this moment; time still passes. */
  set(epochMs: number): void;
}

export interface ClockSource {
  now(): number;
}

export function createSandboxClock(source: ClockSource, offset: { ms: number }): SandboxClock {
  return {
    now: () => source.now() + offset.ms,
    offsetMs: () => offset.ms,
    advance: (ms) => {
      offset.ms += ms;
    },
    set: (epochMs) => {
      offset.ms = epochMs - source.now();
    },
  };
}
