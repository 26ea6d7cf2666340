import { Injectable } from '@nestjs/common';
import { Clock, type Instant, type Uuid } from '@daymark/domain';
import { toTimestamp } from '../database/columns.ts';
import type { Transaction } from '../database/database.ts';
import { JobQueue } from '../jobs/jobs.ts';

export type Trigger = 'notice' | 'tick' | 'person' | 'reconcile' | 'retry' | 'connected' | 'window';

export interface Due {
  readonly tenantId: Uuid;
  readonly calendarId: Uuid;
  readonly trigger: Trigger;
  readonly mode?: 'incremental' | 'full';
  readonly acceptsDeletions?: boolean;
  readonly runId?: Uuid;
  /** Now when absent. */
  readonly at?: Instant;
}

export interface TakenDue {
  readonly trigger: Trigger;
  readonly mode: 'incremental' | 'full';
  readonly acceptsDeletions: boolean;
  readonly runId: Uuid | null;
}

/**
 * What is to be looked at and why: one row a calendar, however many reasons. A run takes the row when
 * it starts; what comes while it runs makes a new one, and so one run more.
 */
@Injectable()
export class Dues {
  constructor(
    private readonly clock: Clock,
    private readonly jobs: JobQueue,
  ) {}

  async add(tx: Transaction, due: Due): Promise<void> {
    await this.addRun(tx, due);
  }

  /** The run that the due row is for now: the given one, or the one that waited already. */
  async addRun(tx: Transaction, due: Due): Promise<Uuid | null> {
    const now = this.clock.now();
    const at = due.at ?? now;
    const [row] = await tx.query<{ run_id: Uuid | null }[]>(
      `INSERT INTO calendar_dues AS d (calendar_id, tenant_id, due_at, trigger, mode, accepts_deletions, run_id) VALUES ($1, $2, $3, $4, $5, $6, $7)
       ON CONFLICT (calendar_id) DO UPDATE SET
         due_at = least(d.due_at, excluded.due_at),
         trigger = CASE WHEN excluded.trigger = 'person' THEN 'person' ELSE d.trigger END,
         mode = CASE WHEN 'full' IN (d.mode, excluded.mode) THEN 'full' ELSE 'incremental' END,
         accepts_deletions = d.accepts_deletions OR excluded.accepts_deletions,
         run_id = coalesce(d.run_id, excluded.run_id)
       RETURNING run_id`,
      [
        due.calendarId,
        due.tenantId,
        toTimestamp(at),
        due.trigger,
        due.mode ?? 'incremental',
        due.acceptsDeletions ?? false,
        due.runId ?? null,
      ],
    );
    if (at <= now) await this.jobs.enqueue(tx, 'sync-calendar', { tenantId: due.tenantId, calendarId: due.calendarId }, due.calendarId);
    return row?.run_id ?? null;
  }

  /** Starts a run for what came while the last one was under way. */
  async wake(tx: Transaction, { tenantId, calendarId }: { tenantId: Uuid; calendarId: Uuid }): Promise<void> {
    const rows = await tx.query<unknown[]>(`SELECT calendar_id FROM calendar_dues WHERE calendar_id = $1 AND due_at <= $2`, [
      calendarId,
      toTimestamp(this.clock.now()),
    ]);
    if (rows.length > 0) await this.jobs.enqueue(tx, 'sync-calendar', { tenantId, calendarId }, calendarId);
  }

  /** Takes what is due of a calendar, or null when nothing is. */
  async take(tx: Transaction, calendarId: Uuid): Promise<TakenDue | null> {
    const [rows] = await tx.query<
      [{ trigger: Trigger; mode: TakenDue['mode']; accepts_deletions: boolean; run_id: Uuid | null }[], number]
    >(`DELETE FROM calendar_dues WHERE calendar_id = $1 AND due_at <= $2 RETURNING trigger, mode, accepts_deletions, run_id`, [
      calendarId,
      toTimestamp(this.clock.now()),
    ]);
    const row = rows[0];
    return row === undefined ? null : { trigger: row.trigger, mode: row.mode, acceptsDeletions: row.accepts_deletions, runId: row.run_id };
  }

  /** A repeat that waits is not needed after a run that went well, unless somebody asked for more than a look. A calendar that is held keeps its own. */
  async dropRetry(tx: Transaction, calendarId: Uuid): Promise<void> {
    await tx.query(
      `DELETE FROM calendar_dues
       WHERE calendar_id = $1 AND trigger = 'retry' AND due_at > $2 AND mode = 'incremental' AND NOT accepts_deletions AND run_id IS NULL
         AND NOT EXISTS (SELECT FROM calendars WHERE id = $1 AND held IS NOT NULL)`,
      [calendarId, toTimestamp(this.clock.now())],
    );
  }

  /** Nothing is due any more; runs that wait will not begin. */
  async remove(tx: Transaction, calendarId: Uuid): Promise<void> {
    await tx.query(`DELETE FROM calendar_dues WHERE calendar_id = $1`, [calendarId]);
    await tx.query(`UPDATE sync_runs SET state = 'interrupted', ended_at = $2 WHERE calendar_id = $1 AND state IN ('queued', 'running')`, [
      calendarId,
      toTimestamp(this.clock.now()),
    ]);
  }
}
