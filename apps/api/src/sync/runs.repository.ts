import { Injectable } from '@nestjs/common';
import { Clock, IdSource, type Uuid } from '@daymark/domain';
import { toTimestamp } from '../database/columns.ts';
import type { Transaction } from '../database/database.ts';
import type { DescribedError } from '../connections/provider-problem.ts';
import type { Trigger } from './dues.ts';

export interface RunCounts {
  pulled: number;
  created: number;
  updated: number;
  deleted: number;
  skipped: number;
  pushed: number;
  setAside: number;
  pages: number;
}

export function noCounts(): RunCounts {
  return { pulled: 0, created: 0, updated: 0, deleted: 0, skipped: 0, pushed: 0, setAside: 0, pages: 0 };
}

export interface NewRun {
  /** A new one when absent. */
  readonly id?: Uuid;
  readonly tenantId: Uuid;
  readonly connectionId: Uuid;
  readonly calendarId: Uuid;
  readonly trigger: Trigger;
  readonly mode: 'incremental' | 'full';
  readonly requestedBy: string | null;
}

/** Each attempt to bring a calendar up to date; kept as a record, a retry is a new row. */
@Injectable()
export class RunsRepository {
  constructor(
    private readonly clock: Clock,
    private readonly ids: IdSource,
  ) {}

  async queue(tx: Transaction, run: NewRun): Promise<Uuid> {
    const id = run.id ?? this.ids.next();
    await tx.query(
      `INSERT INTO sync_runs (id, tenant_id, connection_id, calendar_id, trigger, mode, state, requested_by, queued_at) VALUES ($1, $2, $3, $4, $5, $6, 'queued', $7, $8)`,
      [id, run.tenantId, run.connectionId, run.calendarId, run.trigger, run.mode, run.requestedBy, toTimestamp(this.clock.now())],
    );
    return id;
  }

  async start(
    tx: Transaction,
    id: Uuid,
    { mode, cursorBefore }: { mode: 'incremental' | 'full'; cursorBefore: string | null },
  ): Promise<void> {
    await tx.query(`UPDATE sync_runs SET state = 'running', started_at = $2, mode = $3, cursor_before = $4 WHERE id = $1`, [
      id,
      toTimestamp(this.clock.now()),
      mode,
      cursorBefore,
    ]);
  }

  async progress(tx: Transaction, id: Uuid, { counts, calls, bytes }: { counts: RunCounts; calls: number; bytes: number }): Promise<void> {
    await tx.query(
      `UPDATE sync_runs SET pulled = $2, created = $3, updated = $4, deleted = $5, skipped = $6, pushed = $7, set_aside = $8, pages = $9, provider_calls = $10, provider_bytes = $11
       WHERE id = $1 AND state IN ('queued', 'running')`,
      [
        id,
        counts.pulled,
        counts.created,
        counts.updated,
        counts.deleted,
        counts.skipped,
        counts.pushed,
        counts.setAside,
        counts.pages,
        calls,
        bytes,
      ],
    );
  }

  /** A full read took the place of an incremental one, with the reason: `full:token_invalid`. */
  async tag(tx: Transaction, id: Uuid, tag: string): Promise<void> {
    await tx.query(`UPDATE sync_runs SET tags = array_append(tags, $2), mode = 'full' WHERE id = $1 AND state = 'running'`, [id, tag]);
  }

  async end(
    tx: Transaction,
    id: Uuid,
    {
      state,
      cursorAfter,
      error,
    }: { state: 'succeeded' | 'failed' | 'interrupted' | 'held'; cursorAfter?: string | null; error?: DescribedError | null },
  ): Promise<void> {
    await tx.query(
      `UPDATE sync_runs SET state = $2, ended_at = $3, cursor_after = $4, error = $5 WHERE id = $1 AND state IN ('queued', 'running')`,
      [id, state, toTimestamp(this.clock.now()), cursorAfter ?? null, error ? JSON.stringify(error) : null],
    );
  }
}
