import { timingSafeEqual } from 'node:crypto';
import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { Clock, type Uuid } from '@daymark/domain';
import type { PushClaim } from '@daymark/provider-contract';
import { sha256 } from '../crypto/hashing.ts';
import { toTimestamp } from '../database/columns.ts';
import { Database } from '../database/database.ts';
import { JobQueue } from '../jobs/jobs.ts';
import { Timers } from '../ports/ports.ts';

/** What somebody claims on the address of a channel. */
export interface Notice extends PushClaim {
  readonly provider: string;
  readonly channelId: Uuid;
}

/** `unknown`: there is no such channel of that provider. `forged`: there is, with another secret. */
export type Judgement = 'genuine' | 'forged' | 'unknown';

interface Delivery {
  readonly notices: readonly Notice[];
  readonly done: PromiseWithResolvers<readonly Judgement[]>;
}

interface DueCalendar {
  readonly tenant_id: Uuid;
  readonly calendar_id: Uuid;
  readonly is_due: boolean;
}

/** Notices in one write, and deliveries that may wait for one. */
const LARGEST_BATCH = 1000;
const LONGEST_LINE = 10_000;
/** What `door_take_notices` lets a calendar wait that is being read, or was a moment ago. */
const WHILE_READ_MS = 1000;

/**
 * Writes down what genuine notices say, one write at a time: what comes meanwhile goes into the next one together, so
 * that a thousand notices cost few commits. Who waits for {@link take} is answered when it has committed.
 */
@Injectable()
export class NoticeBatches implements BeforeApplicationShutdown {
  readonly #logger = new Logger('Notices');
  readonly #stopping = new AbortController();
  #line: Delivery[] = [];
  #isWriting = false;

  constructor(
    private readonly database: Database,
    private readonly jobs: JobQueue,
    private readonly clock: Clock,
    private readonly timers: Timers,
  ) {}

  /** One judgement a notice. @throws whatever the database throws; then nothing is known to be written. */
  async take(notices: readonly Notice[]): Promise<readonly Judgement[]> {
    if (notices.length === 0) return [];
    if (this.#line.length >= LONGEST_LINE) throw new Error('too many notices wait to be written');
    const done = Promise.withResolvers<readonly Judgement[]>();
    this.#line.push({ notices, done });
    if (!this.#isWriting) void this.#writeAll();
    return done.promise;
  }

  beforeApplicationShutdown(): void {
    this.#stopping.abort();
  }

  async #writeAll(): Promise<void> {
    this.#isWriting = true;
    while (this.#line.length > 0) await this.#writeOne(this.#nextBatch());
    this.#isWriting = false;
  }

  #nextBatch(): Delivery[] {
    let size = 0;
    const end = this.#line.findIndex(({ notices }) => (size += notices.length) > LARGEST_BATCH);
    return this.#line.splice(0, end === -1 ? this.#line.length : Math.max(1, end));
  }

  async #writeOne(batch: readonly Delivery[]): Promise<void> {
    try {
      const judgements = await this.#write(batch.flatMap(({ notices }) => notices));
      let at = 0;
      for (const { notices, done } of batch) done.resolve(judgements.slice(at, (at += notices.length)));
    } catch (error) {
      for (const { done } of batch) done.reject(error);
    }
  }

  async #write(notices: readonly Notice[]): Promise<Judgement[]> {
    const judgements = await this.#judge(notices);
    const genuine = notices.filter((_, index) => judgements[index] === 'genuine');
    if (genuine.length === 0) return judgements;
    const due = await this.database.door<DueCalendar>(
      'door_take_notices',
      genuine.map(({ channelId }) => channelId),
      genuine.map(({ says }) => says),
      genuine.map(({ remoteId }) => remoteId),
      toTimestamp(this.clock.now()),
    );
    void this.#wake(due);
    return judgements;
  }

  async #judge(notices: readonly Notice[]): Promise<Judgement[]> {
    const rows = await this.database.door<{ id: Uuid; provider: string; secret_hash: Buffer }>('door_find_channels', [
      ...new Set(notices.map(({ channelId }) => channelId)),
    ]);
    const channels = new Map(rows.map((row) => [row.id, row]));
    return notices.map(({ channelId, provider, secret }) => {
      const channel = channels.get(channelId);
      if (channel?.provider !== provider) return 'unknown';
      return timingSafeEqual(sha256(secret), channel.secret_hash) ? 'genuine' : 'forged';
    });
  }

  /** What is due is on the disk and a tick would find it; this makes it sooner. A run that is under way is not disturbed. */
  async #wake(due: readonly DueCalendar[]): Promise<void> {
    try {
      await this.#enqueue(due.filter(({ is_due }) => is_due));
      const later = due.filter(({ is_due }) => !is_due);
      if (later.length === 0) return;
      await this.timers.wait(WHILE_READ_MS, this.#stopping.signal);
      await this.#enqueue(later);
    } catch (error) {
      if (!this.#stopping.signal.aborted) this.#logger.warn({ error }, 'calendars of notices wait for the next tick');
    }
  }

  async #enqueue(due: readonly DueCalendar[]): Promise<void> {
    await this.jobs.enqueueAllNow(
      'sync-calendar',
      due.map(({ tenant_id, calendar_id }) => ({ ids: { tenantId: tenant_id, calendarId: calendar_id }, key: calendar_id })),
    );
  }
}
