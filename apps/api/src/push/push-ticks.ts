import { Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Clock, type Uuid } from '@daymark/domain';
import { toTimestamp } from '../database/columns.ts';
import { Database } from '../database/database.ts';
import { JobQueue } from '../jobs/jobs.ts';
import { TickGuard } from '../jobs/tick-guard.ts';
import { channelsGauge } from './push-metrics.ts';
import { PushOffer } from './push-offer.ts';

const AT_MOST = 500;

/** What time makes due about channels. Ticks run on every node and only enqueue, under keys, so that more nodes change nothing. */
@Injectable()
export class PushTicks {
  readonly #ticks = new TickGuard(new Logger('Ticks'));

  constructor(
    private readonly database: Database,
    private readonly jobs: JobQueue,
    private readonly offer: PushOffer,
    private readonly clock: Clock,
  ) {}

  /** Calendars whose channels are to be opened, renewed or ended. */
  @Interval(5000)
  async tend(): Promise<void> {
    await this.#ticks.run('channels to tend', async () => {
      const due = await this.database.door<{ tenant_id: Uuid; calendar_id: Uuid }>(
        'door_channels_to_tend',
        this.offer.providers(),
        toTimestamp(this.clock.now()),
        AT_MOST,
      );
      await this.jobs.enqueueAllNow(
        'tend-channels',
        due.map(({ tenant_id, calendar_id }) => ({ ids: { tenantId: tenant_id, calendarId: calendar_id }, key: calendar_id })),
      );
    });
  }

  @Interval(30_000)
  async count(): Promise<void> {
    await this.#ticks.run('channels to count', async () => {
      const counts = await this.database.door<{ provider: string; state: string; count: number }>(
        'door_count_channels',
        toTimestamp(this.clock.now()),
      );
      channelsGauge.reset();
      for (const { provider, state, count } of counts) channelsGauge.set({ provider, state }, count);
    });
  }
}
