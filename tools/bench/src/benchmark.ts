/** One benchmark: prints its own table and lines; run by name through `main.ts`. */
export interface Benchmark {
  readonly name: string;
  run(print: (line: string) => void): Promise<void> | void;
}

/** Pieces of work that give the same answer in different ways. */
export interface Contest<T> {
  readonly engine: () => T;
  readonly floor: () => T;
  readonly pattern: () => T;
}

export interface ContestTimes {
  readonly engineMs: number;
  readonly floorMs: number;
  readonly patternMs: number;
  /** The median of the ratios of each round, so that a busy machine weighs on both sides alike. */
  readonly engineToFloor: number;
  /** Of the medians; it is so large that pairing would add nothing. */
  readonly patternToEngine: number;
}

/** Runs engine and floor by turns for a while, the order reversed every second round; the common pattern, being slow, a few times after them. */
export function compare<T>(contest: Contest<T>, { forMs, patternRounds }: { forMs: number; patternRounds: number }): ContestTimes {
  const engine: number[] = [];
  const floor: number[] = [];
  const pattern: number[] = [];
  const until = performance.now() + forMs;
  for (let round = 0; performance.now() < until; round += 1) {
    const turns = [() => engine.push(timed(contest.engine)), () => floor.push(timed(contest.floor))];
    for (const turn of round % 2 === 0 ? turns : turns.reverse()) turn();
  }
  for (let round = 0; round < patternRounds; round += 1) pattern.push(timed(contest.pattern));
  return {
    engineMs: median(engine),
    floorMs: median(floor),
    patternMs: median(pattern),
    engineToFloor: median(engine.map((ms, round) => ms / (floor[round] as number))),
    patternToEngine: median(pattern) / median(engine),
  };
}

export function median(values: readonly number[]): number {
  const ordered = values.toSorted((one, other) => one - other);
  return ordered[Math.floor(ordered.length / 2)] ?? Number.NaN;
}

function timed(work: () => unknown): number {
  const from = performance.now();
  work();
  return performance.now() - from;
}
