import { Injectable, Logger } from '@nestjs/common';
import { addMilliseconds, Clock, DAY_MS, IdSource, isSyncable, type Instant, type Interval, type Uuid } from '@daymark/domain';
import { ProviderError, type ChangePage, type ChangeRequest, type SyncCursor } from '@daymark/provider-contract';
import type { Round } from '@daymark/sync';
import type { Calendar } from '../calendars/calendar.ts';
import { CalendarsRepository } from '../calendars/calendars.repository.ts';
import { ConnectionHealth } from '../connections/connection-health.ts';
import type { Connection } from '../connections/connection.ts';
import { ConnectionsRepository } from '../connections/connections.repository.ts';
import { ProviderCalls } from '../connections/provider-calls.ts';
import { problemOf } from '../connections/provider-problem.ts';
import { toTimestamp } from '../database/columns.ts';
import { Database, type Transaction } from '../database/database.ts';
import { LogContext } from '../http/log-context.ts';
import { PgBossJobs, type JobHandler, type JobIds } from '../jobs/jobs.ts';
import type { CallMeter } from '../outbound/outbound-http.ts';
import { Dues, type TakenDue } from './dues.ts';
import { LEASE_MS } from './lease.ts';
import { LeaseLostError, PageWriter } from './page-writer.ts';
import { noCounts, RunsRepository, type RunCounts } from './runs.repository.ts';

/** A run that is under way: what it reads, under which lease, and what it did so far. */
export interface Run {
  readonly id: Uuid;
  readonly lease: Uuid;
  readonly calendar: Calendar;
  readonly connection: Connection;
  readonly acceptsDeletions: boolean;
  readonly counts: RunCounts;
  readonly meter: CallMeter;
}

/** One run at a time per calendar: pages from the cursor, each committed only while the run holds the calendar's lease. */
@Injectable()
export class SyncCalendarJob implements JobHandler {
  readonly queue = 'sync-calendar';
  readonly concurrency = 8;
  readonly #logger = new Logger('Sync');

  constructor(
    private readonly database: Database,
    private readonly calendars: CalendarsRepository,
    private readonly connections: ConnectionsRepository,
    private readonly calls: ProviderCalls,
    private readonly health: ConnectionHealth,
    private readonly dues: Dues,
    private readonly runs: RunsRepository,
    private readonly pages: PageWriter,
    private readonly clock: Clock,
    private readonly ids: IdSource,
    private readonly logContext: LogContext,
    jobs: PgBossJobs,
  ) {
    jobs.register(this);
  }

  async handle({ tenantId, calendarId }: JobIds, signal: AbortSignal): Promise<void> {
    const run = await this.database.withTenant(tenantId, (tx) => this.#begin(tx, { tenantId, calendarId: calendarId! }));
    if (run === null) return;
    this.logContext.add({ runId: run.id, connectionId: run.connection.id });
    let isWhole = false;
    try {
      await this.#read(run, signal);
      isWhole = true;
      this.#logger.log({ ...run.counts, calls: run.meter.calls }, 'a run ended');
    } catch (error) {
      if (error instanceof LeaseLostError) this.#logger.warn('another run took the calendar over');
      else await this.#fail(run, error);
    }
    await this.database.withTenant(tenantId, (tx) => this.#release(tx, run, { isWhole }));
  }

  /** Takes the lease and what is due. A lease that ended belongs to a run that died: it is closed as interrupted and repaired by this one. */
  async #begin(tx: Transaction, { tenantId, calendarId }: { tenantId: Uuid; calendarId: Uuid }): Promise<Run | null> {
    const calendar = await this.calendars.lock(tx, calendarId);
    const connection = calendar === null ? null : await this.connections.find(tx, calendar.connectionId);
    if (calendar === null || connection === null) return null;
    const now = this.clock.now();
    const isTaken = calendar.runLease !== null && calendar.leaseUntil !== null && calendar.leaseUntil > now;
    if (isTaken) {
      await this.#watch(tx, calendar);
      return null;
    }
    const wasInterrupted = calendar.runLease !== null && calendar.runId !== null;
    if (wasInterrupted) await this.runs.end(tx, calendar.runId!, { state: 'interrupted' });
    const due = await this.dues.take(tx, calendarId);
    if (!isSyncable(connection.status) || !connection.isSyncEnabled || calendar.status !== 'active' || !calendar.isActive) {
      if (due?.runId) await this.runs.end(tx, due.runId, { state: 'interrupted' });
      await tx.query(`UPDATE calendars SET run_lease = NULL, lease_until = NULL WHERE id = $1`, [calendarId]);
      return null;
    }
    if (due === null && !wasInterrupted) return null;
    if (connection.rateLimitedUntil !== null && connection.rateLimitedUntil > now) {
      await this.#postpone(tx, calendar, { due, at: connection.rateLimitedUntil });
      return null;
    }
    const lease = this.ids.next();
    const trigger = due?.trigger ?? 'retry';
    const id =
      due?.runId ??
      (await this.runs.queue(tx, {
        tenantId,
        connectionId: connection.id,
        calendarId,
        trigger,
        mode: due?.mode ?? 'incremental',
        requestedBy: null,
      }));
    if (due?.mode === 'full') Object.assign(calendar, { cursor: null, page: null });
    await this.runs.start(tx, id, { mode: calendar.cursor === null ? 'full' : 'incremental', cursorBefore: calendar.cursor });
    await tx.query(`UPDATE calendars SET run_lease = $2, lease_until = $3, run_id = $4, cursor = $5, page = $6 WHERE id = $1`, [
      calendarId,
      lease,
      toTimestamp(addMilliseconds(now, LEASE_MS)),
      id,
      calendar.cursor,
      calendar.page,
    ]);
    return {
      id,
      lease,
      calendar,
      connection,
      acceptsDeletions: due?.acceptsDeletions ?? false,
      counts: noCounts(),
      meter: { calls: 0, bytes: 0 },
    };
  }

  /** The job of a run that died comes again while its lease still holds: the calendar is looked at when the lease has ended. */
  async #watch(tx: Transaction, { id, tenantId, leaseUntil }: Calendar): Promise<void> {
    const [waiting] = await tx.query<unknown[]>(`SELECT calendar_id FROM calendar_dues WHERE calendar_id = $1`, [id]);
    if (waiting === undefined) await this.dues.add(tx, { tenantId, calendarId: id, trigger: 'retry', at: leaseUntil! });
  }

  /** The service asked to wait: until then no call is made, whoever asks. */
  async #postpone(tx: Transaction, { id, tenantId }: Calendar, { due, at }: { due: TakenDue | null; at: Instant }): Promise<void> {
    await tx.query(`UPDATE calendars SET run_lease = NULL, lease_until = NULL WHERE id = $1`, [id]);
    const { trigger = 'retry', mode, acceptsDeletions, runId } = due ?? {};
    await this.dues.add(tx, {
      tenantId,
      calendarId: id,
      trigger,
      mode,
      acceptsDeletions,
      runId: runId ?? undefined,
      at: addMilliseconds(at, 1),
    });
  }

  async #read(run: Run, signal: AbortSignal): Promise<void> {
    try {
      await this.#readFrom(run, signal);
    } catch (error) {
      if (!(error instanceof ProviderError) || error.code !== 'cursor-expired') throw error;
      await this.database.withTenant(run.calendar.tenantId, (tx) => this.runs.tag(tx, run.id, 'full:token_invalid'));
      Object.assign(run.calendar, { cursor: null, page: null });
      await this.#readFrom(run, signal);
    }
  }

  async #readFrom(run: Run, signal: AbortSignal): Promise<void> {
    const isFull = run.calendar.cursor === null;
    const isResumed = isFull && run.calendar.page !== null && run.calendar.windowFrom !== null;
    if (isFull && !isResumed) await this.database.withTenant(run.calendar.tenantId, (tx) => this.#beginGeneration(tx, run));
    const window: Interval = { start: run.calendar.windowFrom!, end: run.calendar.windowTo! };
    const round: Round = { generation: run.calendar.generation, window };
    let from = this.#firstRequest(run, window);
    for (;;) {
      const page = await this.calls.with(
        run.connection,
        (session) => session.listChanges({ calendarId: run.calendar.remoteId, from }),
        run.meter,
      );
      const isOver = await this.pages.write(run, { page, round, isFull });
      if (isOver) return;
      if (signal.aborted) throw new ProviderError('unavailable', 'this process is stopping', { reason: 'shutdown' });
      from = nextRequest(page, window);
    }
  }

  #firstRequest(run: Run, window: Interval): ChangeRequest['from'] {
    if (run.calendar.cursor !== null) return { kind: 'cursor', cursor: run.calendar.cursor, window };
    return run.calendar.page === null ? { kind: 'start', window } : { kind: 'page', page: run.calendar.page, window };
  }

  /** A full read has a window and a number of its own; what it does not touch is swept when it is complete. */
  async #beginGeneration(tx: Transaction, run: Run): Promise<void> {
    const now = this.clock.now();
    const day = Math.floor(now / DAY_MS) * DAY_MS;
    Object.assign(run.calendar, {
      generation: run.calendar.generation + 1,
      windowFrom: (day - run.connection.pastDays * DAY_MS) as Instant,
      windowTo: (day + (run.connection.futureDays + 1) * DAY_MS) as Instant,
      cursor: null,
      page: null,
    });
    const { generation, windowFrom, windowTo } = run.calendar;
    await tx.query(
      `UPDATE calendars SET generation = $3, window_from = $4, window_to = $5, cursor = NULL, page = NULL WHERE id = $1 AND run_lease = $2`,
      [run.calendar.id, run.lease, generation, toTimestamp(windowFrom!), toTimestamp(windowTo!)],
    );
  }

  async #fail(run: Run, error: unknown): Promise<void> {
    if (!(error instanceof ProviderError)) this.#logger.error({ error }, 'a run stopped with an unexpected error');
    await this.database.withTenant(run.calendar.tenantId, async (tx) => {
      if (!(await this.#holds(tx, run))) return this.#logger.warn('another run took the calendar over');
      const problem = problemOf(error);
      await this.runs.progress(tx, run.id, { counts: run.counts, calls: run.meter.calls, bytes: run.meter.bytes });
      await this.runs.end(tx, run.id, { state: isShutdown(error) ? 'interrupted' : 'failed', error: problem });
      const again = {
        tenantId: run.calendar.tenantId,
        calendarId: run.calendar.id,
        trigger: 'retry',
        acceptsDeletions: run.acceptsDeletions,
      } as const;
      if (isShutdown(error)) return this.dues.add(tx, again);
      const isGone =
        error instanceof ProviderError && error.subject === 'calendar' && (error.code === 'not-found' || error.code === 'forbidden');
      if (isGone) return this.pages.calendarUnreachable(tx, run, problem);
      const { nextTryAt } = await this.health.failed(tx, run.connection, error);
      await this.pages.calendarFailed(tx, run, problem);
      if (!(error instanceof ProviderError && error.code === 'unauthorized')) {
        await this.dues.add(tx, { ...again, at: nextTryAt });
      }
    });
  }

  /** Whether a run that failed may say so: one whose calendar was taken over, while its process was paused, may not. */
  async #holds(tx: Transaction, { lease, calendar, connection }: Run): Promise<boolean> {
    // Everybody locks the connection before its calendars.
    await this.connections.lock(tx, connection.id);
    return (await this.calendars.lock(tx, calendar.id))?.runLease === lease;
  }

  /** Gives the lease back; what came meanwhile starts the one run more. */
  async #release(tx: Transaction, run: Run, { isWhole }: { isWhole: boolean }): Promise<void> {
    await tx.query(`UPDATE calendars SET run_lease = NULL, lease_until = NULL WHERE id = $1 AND run_lease = $2`, [
      run.calendar.id,
      run.lease,
    ]);
    // Another job may have begun to watch a run that was about to end well.
    if (isWhole) await this.dues.dropRetry(tx, run.calendar.id);
    await this.dues.wake(tx, { tenantId: run.calendar.tenantId, calendarId: run.calendar.id });
  }
}

function nextRequest(page: ChangePage, window: Interval): ChangeRequest['from'] {
  if ('page' in page.next) return { kind: 'page', page: page.next.page, window };
  return { kind: 'cursor', cursor: page.next.cursor as SyncCursor, window };
}

function isShutdown(error: unknown): boolean {
  return error instanceof ProviderError && error.reason === 'shutdown';
}
