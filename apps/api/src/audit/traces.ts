import type { Transaction } from '../database/database.ts';
import { forgetMentions } from './forget-mentions.ts';

/** Where the address of somebody may stand besides what is theirs: in lists of guests, and in what people and services wrote. */
interface Traces {
  readonly table: string;
  /** `id` where not named. */
  readonly identity?: string;
  readonly json?: readonly string[];
  readonly text?: readonly string[];
  /** What else changes where something was left out: in SQL, `t` as it is and `r` as it will be. */
  readonly also?: string;
}

const traces: readonly Traces[] = [
  {
    table: 'meetings',
    text: ['title', 'description', 'location', 'cancel_comment'],
    json: ['conference', 'external_ref', 'preparation', 'moved'],
  },
  {
    table: 'placements',
    text: ['comment'],
    json: ['wanted', 'agreed', 'tried', 'last_error'],
    // Who is writing it now would store again what it began with. It loses its lease to nobody, so that what it wrote is looked at when that ends.
    also: `lease = CASE WHEN t.lease IS NOT NULL THEN gen_random_uuid() END`,
  },
  {
    table: 'event_details',
    identity: 'event_id',
    text: ['title', 'description', 'location', 'url'],
    json: ['organizer', 'attendees', 'conference'],
    also: `attendees_omitted = t.attendees_omitted OR r.attendees <> t.attendees, raw = NULL`,
  },
  { table: 'mails', text: ['error'], json: ['details'] },
  { table: 'reminders', text: ['reason', 'error'] },
  { table: 'conflicts', json: ['details'] },
  { table: 'changes', json: ['external_ref'] },
  { table: 'sync_runs', text: ['requested_by'], json: ['error'] },
  { table: 'calendars', json: ['last_error', 'held'] },
  { table: 'connections', json: ['last_error'] },
  { table: 'set_asides', text: ['reason'] },
];

/**
 * Leaves somebody out of everything that is told of others. What is sealed cannot be looked through; it ends within its
 * time. What stands on people's own calendars stays there, and is mirrored again when the event changes. @returns in how many rows they stood.
 */
export async function forgetTraces(tx: Transaction, email: string): Promise<number> {
  let count = 0;
  for (const one of traces) count += await forgetIn(tx, one, email);
  // Why a job did not end, in the words of whatever failed.
  await tx.query(
    `UPDATE pgboss.job SET output = NULL, source_output = NULL
     WHERE data ->> 'tenantId' = current_setting('daymark.tenant_id') AND (${mentions('output')} OR ${mentions('source_output')})`,
    [email],
  );
  return count;
}

async function forgetIn(tx: Transaction, { table, identity = 'id', json = [], text = [], also }: Traces, email: string): Promise<number> {
  const columns = [...text, ...json];
  const rows = await tx.query<object[]>(
    `SELECT ${[identity, ...columns].join(', ')} FROM ${table} WHERE ${columns.map(mentions).join(' OR ')} FOR UPDATE`,
    [email],
  );
  if (rows.length === 0) return 0;
  const types = [`${identity} uuid`, ...text.map((column) => `${column} text`), ...json.map((column) => `${column} jsonb`)];
  const changes = columns.map((column) => `${column} = r.${column}`);
  await tx.query(
    `UPDATE ${table} AS t SET ${[...changes, ...(also === undefined ? [] : [also])].join(', ')}
     FROM jsonb_to_recordset($1::jsonb) AS r (${types.join(', ')}) WHERE t.${identity} = r.${identity}`,
    [JSON.stringify(rows.map((row) => forgetMentions(row, email)))],
  );
  return rows.length;
}

/** In SQL: that a column holds `$1` somewhere, whatever its case. */
export function mentions(column: string): string {
  return `position(lower($1) IN lower(${column}::text)) > 0`;
}
