import { setTimeout as sleep } from 'node:timers/promises';
import type { Installation } from '../installation.ts';

const LOOK_EVERY_MS = 100;

/** Notes when placements were written, while other things go on. A write counts once it is committed, so to {@link LOOK_EVERY_MS}. */
export class Writing {
  /** Times at which something had been written since the look before, in order. */
  readonly #times: number[] = [];
  readonly #installation: Installation;
  #isOver = false;
  #watching: Promise<void> = Promise.resolve();

  constructor(installation: Installation) {
    this.#installation = installation;
  }

  begin(): void {
    this.#watching = this.#watch();
  }

  async end(): Promise<void> {
    this.#isOver = true;
    await this.#watching;
  }

  /** From a moment to the first placement that was written after it. */
  afterMs(moment: Date): number {
    const next = this.#times.find((time) => time > moment.getTime());
    return next === undefined ? Number.POSITIVE_INFINITY : next - moment.getTime();
  }

  async #watch(): Promise<void> {
    while (!this.#isOver) {
      const last = await this.#lastWritten();
      if (last !== null && last > (this.#times.at(-1) ?? 0)) this.#times.push(last);
      await sleep(LOOK_EVERY_MS);
    }
  }

  /** Null also while the database is down. */
  async #lastWritten(): Promise<number | null> {
    const rows = await this.#installation.query<{ at: Date | null }>('SELECT max(written_at) AS at FROM placements').catch(() => []);
    return rows[0]?.at?.getTime() ?? null;
  }
}
