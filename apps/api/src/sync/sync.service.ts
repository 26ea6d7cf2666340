import { Injectable } from '@nestjs/common';
import type { BodyOf, operations, QueryOf, ResponseOf, Run as RunView, StartedRuns, SyncSummary } from '@daymark/api-contract';
import { Clock, type Instant, type Uuid } from '@daymark/domain';
import { connectionRowSql, type ConnectionRow } from '../connections/connection-view.ts';
import { ConnectionsService } from '../connections/connections.service.ts';
import { toTimestamp } from '../database/columns.ts';
import { Database, type Transaction } from '../database/database.ts';
import { seesWholeTenant, type Caller } from '../http/caller.ts';
import { cursorId, pageOfRows, type Page } from '../http/page-cursors.ts';
import { checkedId, notFound } from '../http/path-ids.ts';
import type { Answer } from '../http/writes.ts';
import { ManualRuns } from './manual-runs.ts';
import { runRowSql, runView, type RunRow } from './run-view.ts';

type SyncStatus = ResponseOf<typeof operations.getSyncStatus>;

@Injectable()
export class SyncService {
  constructor(
    private readonly database: Database,
    private readonly manual: ManualRuns,
    private readonly connections: ConnectionsService,
    private readonly clock: Clock,
  ) {}

  async status(caller: Caller, query: QueryOf<typeof operations.getSyncStatus>): Promise<SyncStatus> {
    const only = onlyUser(caller);
    const now = this.clock.now();
    return this.database.withTenant(caller.tenantId, async (tx) => {
      const rows = await tx.query<ConnectionRow[]>(
        connectionRowSql(
          `WHERE ($1::uuid IS NULL OR c.user_id = $1) AND ($2::text[] IS NULL OR c.status = ANY($2)) AND ($3::uuid IS NULL OR c.id > $3) ORDER BY c.id LIMIT $4`,
        ),
        [only, query.status ?? null, cursorId(query.cursor), query.limit + 1],
      );
      const page = pageOfRows(rows, { limit: query.limit, positionOf: (row) => [row.id], view: (row) => this.connections.viewOf(row) });
      const data = page.data.map((one) => ({
        connection_id: one.id,
        provider: one.provider,
        label: one.label,
        status: one.status,
        conditions: one.conditions.map(({ condition }) => condition),
        activity: one.running_run_id === null ? ('idle' as const) : ('syncing' as const),
        last_success_at: one.last_success_at,
        lag_seconds: one.lag_seconds,
        next_run_at: one.next_run_at,
        running_run_id: one.running_run_id,
        last_error: one.last_error,
      }));
      return { ...page, data, summary: await this.#summary(tx, only, now) };
    });
  }

  async #summary(tx: Transaction, only: Uuid | null, now: Instant): Promise<SyncSummary> {
    const connections = (
      await tx.query<ConnectionRow[]>(connectionRowSql(`WHERE ($1::uuid IS NULL OR c.user_id = $1) AND c.status <> 'revoked'`), [only])
    ).map((row) => this.connections.viewOf(row));
    const [runs] = await tx.query<[{ total: number; failed: number }]>(
      `SELECT count(*)::integer AS total, count(*) FILTER (WHERE r.state = 'failed')::integer AS failed
       FROM sync_runs r JOIN connections n ON n.id = r.connection_id
       WHERE r.queued_at > $2 AND r.state IN ('succeeded', 'failed') AND ($1::uuid IS NULL OR n.user_id = $1)`,
      [only, toTimestamp((now - 86_400_000) as Instant)],
    );
    const lags = connections.map(({ lag_seconds }) => lag_seconds).filter((lag): lag is number => lag !== null);
    return {
      connections: connections.length,
      syncing: connections.filter(({ running_run_id }) => running_run_id !== null).length,
      failing: connections.filter(({ status, last_error }) => status === 'error' || status === 'expired' || last_error !== null).length,
      late: connections.filter(({ conditions }) => conditions.some(({ condition }) => condition === 'late')).length,
      max_lag_seconds: lags.length === 0 ? null : Math.max(...lags),
      runs_24h: runs.total,
      failed_runs_24h: runs.failed,
      success_rate_24h: runs.total === 0 ? null : (runs.total - runs.failed) / runs.total,
    };
  }

  async listRuns(caller: Caller, query: QueryOf<typeof operations.listSyncRuns>): Promise<Page<RunView>> {
    const rows = await this.database.withTenant(caller.tenantId, (tx) =>
      tx.query<RunRow[]>(
        runRowSql(`
          WHERE ($1::uuid IS NULL OR n.user_id = $1) AND ($2::uuid[] IS NULL OR r.connection_id = ANY($2)) AND ($3::uuid[] IS NULL OR r.calendar_id = ANY($3))
            AND ($4::text[] IS NULL OR r.state = ANY($4)) AND ($5::text[] IS NULL OR r.trigger = ANY($5)) AND ($6::text IS NULL OR r.mode = $6)
            AND ($7::timestamptz IS NULL OR r.queued_at >= $7) AND ($8::timestamptz IS NULL OR r.queued_at < $8) AND ($9::uuid IS NULL OR r.id < $9)
          ORDER BY r.id DESC LIMIT $10`),
        [
          onlyUser(caller),
          query.connection_id?.map((id) => checkedId('connection', id)) ?? null,
          query.calendar_id?.map((id) => checkedId('calendar', id)) ?? null,
          query.outcome ?? null,
          query.trigger ?? null,
          query.mode ?? null,
          toTimestamp(query.from ?? null),
          toTimestamp(query.to ?? null),
          cursorId(query.cursor),
          query.limit + 1,
        ],
      ),
    );
    return pageOfRows(rows, { limit: query.limit, positionOf: (row) => [row.id], view: runView });
  }

  /** @throws DomainError the same 404 for a foreign and an unknown id. */
  async getRun(caller: Caller, id: Uuid): Promise<RunView> {
    const [row] = await this.database.withTenant(caller.tenantId, (tx) => tx.query<RunRow[]>(runRowSql('WHERE r.id = $1'), [id]));
    if (row === undefined || !(seesWholeTenant(caller) || row.user_id === caller.userId)) throw notFound('run');
    return runView(row);
  }

  async start(caller: Caller, body: BodyOf<typeof operations.createSyncRun>): Promise<Answer<StartedRuns>> {
    if (body.scope === 'all') return this.manual.ofAll(caller, body);
    if (body.scope === 'connection') return this.manual.ofConnection(caller, checkedId('connection', body.connection_id), body);
    return this.manual.ofCalendar(caller, checkedId('calendar', body.calendar_id), {
      mode: body.mode,
      acceptsDeletions: body.accept_deletions,
    });
  }
}

function onlyUser(caller: Caller): Uuid | null {
  return seesWholeTenant(caller) ? null : caller.userId;
}
