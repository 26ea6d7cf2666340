import type { Run as RunView } from '@daymark/api-contract';
import { formatId, formatInstant, isProblemCode, problemDefinition, type Uuid } from '@daymark/domain';
import type { DescribedError } from '../connections/provider-problem.ts';
import { toInstant } from '../database/columns.ts';

export interface RunRow {
  readonly id: Uuid;
  readonly connection_id: Uuid;
  readonly calendar_id: Uuid | null;
  readonly user_id: Uuid;
  readonly provider: string;
  readonly trigger: RunView['trigger'];
  readonly mode: RunView['mode'];
  readonly state: RunView['state'];
  readonly pulled: number;
  readonly pushed: number;
  readonly created: number;
  readonly updated: number;
  readonly deleted: number;
  readonly skipped: number;
  readonly conflicts: number;
  readonly set_aside: number;
  readonly pages: number;
  readonly provider_calls: number;
  readonly provider_bytes: string;
  readonly error: DescribedError | null;
  readonly requested_by: string | null;
  readonly queued_at: Date;
  readonly started_at: Date | null;
  readonly ended_at: Date | null;
}

export function runRowSql(where: string): string {
  return `SELECT r.*, n.user_id, n.provider FROM sync_runs r JOIN connections n ON n.id = r.connection_id ${where}`;
}

export function runView(row: RunRow): RunView {
  const { pulled, pushed, created, updated, deleted, skipped, conflicts, set_aside, pages } = row;
  return {
    id: formatId('run', row.id),
    connection_id: formatId('connection', row.connection_id),
    calendar_id: row.calendar_id === null ? null : formatId('calendar', row.calendar_id),
    provider: row.provider,
    trigger: row.trigger,
    mode: row.mode,
    state: row.state,
    counts: { pulled, pushed, created, updated, deleted, skipped, conflicts, set_aside },
    pages,
    provider_requests: row.provider_calls,
    bytes: Number(row.provider_bytes),
    error: row.error === null ? null : runIssue(row.error, row.ended_at ?? row.queued_at),
    requested_by: row.requested_by,
    queued_at: formatInstant(toInstant(row.queued_at)),
    started_at: row.started_at === null ? null : formatInstant(toInstant(row.started_at)),
    finished_at: row.ended_at === null ? null : formatInstant(toInstant(row.ended_at)),
    duration_ms: row.started_at === null || row.ended_at === null ? null : row.ended_at.getTime() - row.started_at.getTime(),
  };
}

export function isOver(run: RunView): boolean {
  return run.state !== 'queued' && run.state !== 'running';
}

function runIssue(error: DescribedError, at: Date): NonNullable<RunView['error']> {
  const code = isProblemCode(error.code) ? error.code : 'internal';
  const { cause, fix, who } = problemDefinition(code);
  return { code, message: error.message, cause, fix, who, first_seen_at: formatInstant(toInstant(at)), count: 1 };
}
