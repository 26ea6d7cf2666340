import { Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { addMilliseconds, Clock, DAY_MS, type Instant, type Uuid } from '@daymark/domain';
import { TOKENS_AHEAD_MS } from '../connections/refresh-grant.job.ts';
import { toTimestamp } from '../database/columns.ts';
import { Database } from '../database/database.ts';
import { JobQueue } from '../jobs/jobs.ts';
import { TickGuard } from '../jobs/tick-guard.ts';
import { Chance } from '../ports/ports.ts';
import { Dues } from './dues.ts';

const AT_MOST = 500;

interface DueCalendar {
  readonly tenant_id: Uuid;
  readonly calendar_id: Uuid;
}

/** What time makes due. Ticks run on every node and only enqueue, under keys, so that more nodes change nothing. */
@Injectable()
export class SyncTicks {
  readonly #ticks = new TickGuard(new Logger('Ticks'));

  constructor(
    private readonly database: Database,
    private readonly jobs: JobQueue,
    private readonly dues: Dues,
    private readonly clock: Clock,
    private readonly chance: Chance,
  ) {}

  /** Dues whose time has come, also those whose job was lost. */
  @Interval(2000)
  async enqueueDue(): Promise<void> {
    await this.#ticks.run('due calendars', async () => {
      for (const { tenant_id, calendar_id } of await this.database.door<DueCalendar>(
        'door_due_calendars',
        toTimestamp(this.clock.now()),
        AT_MOST,
      )) {
        await this.jobs.enqueueNow('sync-calendar', { tenantId: tenant_id, calendarId: calendar_id }, calendar_id);
      }
    });
  }

  /** Calendars that were not looked at for their connection's cadence; spread by a quarter of it. */
  @Interval(5000)
  async poll(): Promise<void> {
    await this.#ticks.run('calendars to poll', async () => {
      for (const { tenant_id, calendar_id } of await this.database.door<DueCalendar>(
        'door_calendars_to_poll',
        toTimestamp(this.clock.now()),
        AT_MOST,
      )) {
        await this.database.withTenant(tenant_id, async (tx) => {
          const [calendar] = await tx.query<
            { full_read_at: Date | null; cadence_minutes: number; synced_at: Date | null; is_running: boolean }[]
          >(
            `SELECT k.full_read_at, n.cadence_minutes, k.synced_at, coalesce(k.lease_until > $2, false) AS is_running
             FROM calendars k JOIN connections n ON n.id = k.connection_id WHERE k.id = $1`,
            [calendar_id, toTimestamp(this.clock.now())],
          );
          // What is being read needs no reminder; a run that died is noticed when its lease has ended.
          if (calendar === undefined || calendar.is_running) return;
          const isReconcileDue = calendar.full_read_at !== null && this.clock.now() - calendar.full_read_at.getTime() > DAY_MS;
          const spreadMs = calendar.synced_at === null ? 0 : this.chance.upTo(Math.min(calendar.cadence_minutes * 15_000, 60_000));
          await this.dues.add(tx, {
            tenantId: tenant_id,
            calendarId: calendar_id,
            trigger: isReconcileDue ? 'reconcile' : 'tick',
            mode: isReconcileDue ? 'full' : 'incremental',
            at: (this.clock.now() + spreadMs) as Instant,
          });
        });
      }
    });
  }

  /** Tokens that end soon are renewed before anybody waits for them. */
  @Interval(60_000)
  async refreshTokens(): Promise<void> {
    await this.#ticks.run('tokens to refresh', async () => {
      const now = this.clock.now();
      const due = await this.database.door<{ tenant_id: Uuid; grant_id: Uuid }>(
        'door_grants_to_refresh',
        toTimestamp(addMilliseconds(now, TOKENS_AHEAD_MS)),
        toTimestamp(now),
        AT_MOST,
      );
      for (const { tenant_id, grant_id } of due)
        await this.jobs.enqueueNow('refresh-grant', { tenantId: tenant_id, grantId: grant_id }, grant_id);
    });
  }

  @Interval(10_000)
  async listCalendars(): Promise<void> {
    await this.#ticks.run('calendar lists', async () => {
      const due = await this.database.door<{ tenant_id: Uuid; connection_id: Uuid }>(
        'door_connections_to_list',
        toTimestamp(this.clock.now()),
        AT_MOST,
      );
      for (const { tenant_id, connection_id } of due)
        await this.jobs.enqueueNow('list-calendars', { tenantId: tenant_id, connectionId: connection_id }, connection_id);
    });
  }
}
