import type { Connection as ConnectionView, Issue, PushStatus } from '@daymark/api-contract';
import {
  formatId,
  formatInstant,
  isProblemCode,
  isSyncable,
  problemDefinition,
  type ConnectionCondition,
  type ConnectionStatus,
  type Instant,
  type Uuid,
} from '@daymark/domain';
import type { MissingScope } from '@daymark/provider-contract';
import type { PushRefusal } from '../push/push-offer.ts';
import { pushColumnsSql, pushStatus, type PushColumns } from '../push/push-view.ts';
import { toInstant } from '../database/columns.ts';
import type { StoredError } from './connection.ts';

/** A connection with what its calendars and runs say about it, as {@link connectionRowSql} reads it. */
export interface ConnectionRow extends PushColumns {
  readonly id: Uuid;
  readonly user_id: Uuid;
  readonly provider: string;
  readonly account_email: string | null;
  /** Of the user, whose account may not be known yet. */
  readonly user_email: string;
  readonly label: string | null;
  readonly access_profile: ConnectionView['access_profile'];
  readonly status: ConnectionStatus;
  readonly missing_scopes: readonly MissingScope[];
  readonly sync_enabled: boolean;
  readonly past_days: number;
  readonly future_days: number;
  readonly direction: ConnectionView['sync']['direction'];
  readonly conflict_policy: ConnectionView['sync']['conflict_policy'];
  readonly cadence_minutes: number;
  readonly last_success_at: Date | null;
  readonly rate_limited_until: Date | null;
  readonly failure_count: number;
  readonly last_error: StoredError | null;
  readonly version: number;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly granted_scopes: string[] | null;
  readonly calendars_count: number;
  readonly held_count: number;
  readonly least_synced_at: Date | null;
  readonly unsynced_count: number;
  readonly next_due_at: Date | null;
  readonly running_run_id: Uuid | null;
}

/** Everything that a view of connections needs, in one statement; `where` continues it. */
export function connectionRowSql(where: string): string {
  return `
    SELECT c.*, g.scopes AS granted_scopes, (SELECT email FROM users WHERE users.id = c.user_id) AS user_email, ${pushColumnsSql},
      coalesce(k.count, 0)::integer AS calendars_count, coalesce(k.held, 0)::integer AS held_count,
      k.least_synced_at, coalesce(k.unsynced, 0)::integer AS unsynced_count, d.next_due_at,
      (SELECT r.id FROM sync_runs r WHERE r.connection_id = c.id AND r.state = 'running' ORDER BY r.id LIMIT 1) AS running_run_id
    FROM connections c
    LEFT JOIN grants g ON g.id = c.grant_id
    LEFT JOIN LATERAL (
      SELECT count(*) AS count, count(held) AS held, min(synced_at) FILTER (WHERE is_active) AS least_synced_at,
        count(*) FILTER (WHERE is_active AND synced_at IS NULL) AS unsynced
      FROM calendars WHERE connection_id = c.id AND status = 'active'
    ) k ON true
    LEFT JOIN LATERAL (
      SELECT min(due_at) AS next_due_at FROM calendar_dues JOIN calendars ON calendars.id = calendar_dues.calendar_id WHERE connection_id = c.id
    ) d ON true
    ${where}`;
}

/** A calendar of which the service tells is looked at in any case about that often; see `door_calendars_to_poll`. */
const BACKSTOP_MS = 4 * 60_000;

/** Three missed rounds, and never less than a quarter of an hour. */
export function lateAfterMs(cadenceMinutes: number): number {
  return Math.max(cadenceMinutes * 3, 15) * 60_000;
}

export function connectionView(row: ConnectionRow, { refusal, now }: { refusal: PushRefusal | null; now: Instant }): ConnectionView {
  const push = pushStatus(row, { refusal, now });
  const lastSuccessAt = toInstant(row.last_success_at);
  const leastSyncedAt = toInstant(row.least_synced_at);
  return {
    id: formatId('connection', row.id),
    provider: row.provider,
    account_email: row.account_email,
    user_id: formatId('user', row.user_id),
    label: row.label ?? row.account_email ?? row.user_email,
    status: row.status,
    conditions: conditionsOf(row, { push, now }),
    access_profile: row.access_profile,
    granted_scopes: row.granted_scopes ?? [],
    sync: {
      enabled: row.sync_enabled,
      past_days: row.past_days,
      future_days: row.future_days,
      direction: row.direction,
      cadence_minutes: row.cadence_minutes,
      push: row.push,
      conflict_policy: row.conflict_policy,
    },
    push,
    last_success_at: lastSuccessAt === null ? null : formatInstant(lastSuccessAt),
    next_run_at: nextRunAt(row, push),
    lag_seconds: leastSyncedAt === null || row.unsynced_count > 0 ? null : Math.max(0, Math.floor((now - leastSyncedAt) / 1000)),
    running_run_id: row.running_run_id === null ? null : formatId('run', row.running_run_id),
    last_error: row.last_error === null ? null : issueOf(row.last_error),
    calendars_count: row.calendars_count,
    created_at: formatInstant(toInstant(row.created_at)),
    updated_at: formatInstant(toInstant(row.updated_at)),
    version: row.version,
  };
}

/** A stored failure with the catalogue's words. */
export function issueOf(error: StoredError): Issue {
  const code = isProblemCode(error.code) ? error.code : 'internal';
  const { cause, fix, who } = problemDefinition(code);
  return { code, message: error.message, cause, fix, who, first_seen_at: formatInstant(error.firstSeenAt), count: error.count };
}

type Condition = ConnectionView['conditions'][number];

function conditionsOf(row: ConnectionRow, { push, now }: { push: PushStatus; now: Instant }): Condition[] {
  const found: Condition[] = [];
  const add = (condition: ConnectionCondition, text: string, until: Instant | null = null): void => {
    found.push({ condition, text, until: until === null ? null : formatInstant(until) });
  };
  if (row.status === 'revoked' || row.status === 'pending') return found;
  if (row.missing_scopes.length > 0)
    add('scope-missing', `Not permitted: ${row.missing_scopes.map(({ capability }) => capability).join('; ')}.`);
  const limitedUntil = toInstant(row.rate_limited_until);
  if (limitedUntil !== null && limitedUntil > now) add('rate-limited', 'The service asked to slow down.', limitedUntil);
  if (isSyncable(row.status) && row.sync_enabled) {
    const since = toInstant(row.last_success_at) ?? toInstant(row.created_at);
    if (now - since > lateAfterMs(row.cadence_minutes)) add('late', 'The last good sync is longer ago than it should be.');
    if (push.state !== 'on') add('polling', `Changes are looked for every ${row.cadence_minutes} minutes.`);
  }
  if (row.held_count > 0) add('held', 'A run would have deleted unusually many events and waits for your word.');
  if (row.access_profile !== 'read_write' || row.direction === 'pull') add('read-only', 'Nothing is written to this account.');
  return found;
}

function nextRunAt(row: ConnectionRow, push: PushStatus): string | null {
  if (!isSyncable(row.status) || !row.sync_enabled) return null;
  if (row.next_due_at !== null) return formatInstant(toInstant(row.next_due_at));
  if (row.least_synced_at === null) return null;
  const cadenceMs = row.cadence_minutes * 60_000;
  return formatInstant((row.least_synced_at.getTime() + (push.state === 'on' ? Math.min(cadenceMs, BACKSTOP_MS) : cadenceMs)) as Instant);
}
