import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiProcess } from '../api-process.ts';
import type { SeededChance } from '../chance.ts';
import type { Installation } from '../installation.ts';
import { until } from '../waiting.ts';
import type { Load } from './load.ts';

/** What was killed, and what was under way. */
export interface Kill {
  readonly victim: 'product' | 'database';
  readonly at: Date;
  readonly openBookings: number;
  readonly runningRuns: readonly string[];
  /** Whether the product itself outlived the death of its database. */
  readonly productLived: boolean;
  /** From the moment the database answers again, or the product was started. */
  readonly readyAfterMs: number;
}

const MOMENT_MS = 15_000;

/** Kills the product or its database at a moment chosen by chance, brings it back and waits until it takes work again. */
export class Killer {
  readonly kills: Kill[] = [];
  readonly #installation: Installation;
  readonly #api: ApiProcess;
  readonly #load: Load;
  readonly #chance: SeededChance;

  constructor({ installation, api, load, chance }: { installation: Installation; api: ApiProcess; load: Load; chance: SeededChance }) {
    this.#installation = installation;
    this.#api = api;
    this.#load = load;
    this.#chance = chance;
  }

  async strike(): Promise<Kill> {
    const victim = this.#chance.next() < 0.6 ? 'product' : 'database';
    const moment = this.#chance.of(['booking', 'booking', 'run', 'any'] as const);
    await sleep(400 + this.#chance.upTo(900));
    let runningRuns: readonly string[] = [];
    if (moment === 'run') runningRuns = (await until(() => this.#running(), { withinMs: MOMENT_MS, everyMs: 10 })) ?? [];
    if (moment === 'booking') await this.#untilInsideBooking();
    const openBookings = this.#load.openBookings;
    const at = new Date();
    const outcome = victim === 'product' ? await this.#killProduct() : await this.#killDatabase();
    const kill = { victim, at, openBookings, runningRuns, ...outcome } as const;
    this.kills.push(kill);
    return kill;
  }

  async #untilInsideBooking(): Promise<void> {
    await sleep(this.#chance.upTo(40));
    await until(async () => this.#load.openBookings > 0, { withinMs: MOMENT_MS, everyMs: 1 });
  }

  /** Runs that are under way; null when there is none. */
  async #running(): Promise<string[] | null> {
    const rows = await this.#installation.query<{ id: string }>(`SELECT id FROM sync_runs WHERE state = 'running'`).catch(() => []);
    return rows.length === 0 ? null : rows.map(({ id }) => id);
  }

  async #killProduct(): Promise<Pick<Kill, 'productLived' | 'readyAfterMs'>> {
    this.#api.kill();
    await this.#api.whenGone();
    const startedAt = Date.now();
    await this.#api.start();
    return { productLived: true, readyAfterMs: Date.now() - startedAt };
  }

  async #killDatabase(): Promise<Pick<Kill, 'productLived' | 'readyAfterMs'>> {
    this.#installation.killDatabase();
    await this.#installation.restartDatabase();
    const backAt = Date.now();
    const isReady = await this.#api.untilReady(30_000);
    const productLived = this.#api.isRunning();
    const readyAfterMs = isReady ? Date.now() - backAt : Number.POSITIVE_INFINITY;
    if (!productLived) await this.#api.start();
    return { productLived, readyAfterMs };
  }
}
