import type { PushStatus } from '@daymark/api-contract';
import { formatInstant, isProblemCode, isSyncable, problemDefinition, type Instant, type ProblemCode } from '@daymark/domain';
import type { Connection, StoredError } from '../connections/connection.ts';
import { toInstant } from '../database/columns.ts';
import type { PushRefusal } from './push-offer.ts';

/** What the rows say about the channels of a connection, as {@link pushColumnsSql} reads it. */
export interface PushColumns {
  readonly push: Connection['push'];
  readonly calendars_read: number;
  /** Of each calendar that is read and has an open channel, when that ends. */
  readonly channels_end: Date[] | null;
  readonly push_error: StoredError | null;
}

/** Columns of a select from connections `c`. */
export const pushColumnsSql = `
  (SELECT count(*)::integer FROM calendars WHERE connection_id = c.id AND status = 'active' AND is_active) AS calendars_read,
  (SELECT array_agg(h.ends) FROM (
     SELECT max(h.expires_at) AS ends FROM channels h JOIN calendars ON calendars.id = h.calendar_id
     WHERE connection_id = c.id AND status = 'active' AND is_active AND h.state = 'open' GROUP BY h.calendar_id
   ) h) AS channels_end,
  (SELECT d.last_error FROM channel_dues d JOIN calendars ON calendars.id = d.calendar_id
   WHERE connection_id = c.id AND d.last_error IS NOT NULL ORDER BY d.failure_count DESC, d.calendar_id LIMIT 1) AS push_error`;

/** Whether the service tells of changes, as people see it. */
export function pushStatus(
  row: PushColumns & Pick<Connection, 'status'> & { readonly sync_enabled: boolean },
  { refusal, now }: { refusal: PushRefusal | null; now: Instant },
): PushStatus {
  const ends = (row.channels_end ?? []).map((end) => toInstant(end)).filter((end) => end > now);
  const common = {
    calendars_on: ends.length,
    calendars: row.calendars_read,
    expires_at: ends.length === 0 ? null : formatInstant(Math.min(...ends) as Instant),
  };
  if (row.push === 'off' || !isSyncable(row.status) || !row.sync_enabled) return { state: 'off', reason: null, ...common };
  if (ends.length > 0) return { state: 'on', reason: null, ...common };
  if (refusal !== null) return { state: 'unavailable', reason: reasonOf(refusal), ...common };
  if (row.push_error !== null) return { state: 'unavailable', reason: reasonOf(row.push_error.code, row.push_error.message), ...common };
  return { state: 'starting', reason: null, ...common };
}

function reasonOf(given: string, message?: string): NonNullable<PushStatus['reason']> {
  const code: ProblemCode = isProblemCode(given) ? given : 'internal';
  const { title, cause, fix, who } = problemDefinition(code);
  return { code, message: message ?? `${title}.`, cause, fix, who };
}
