import { Injectable } from '@nestjs/common';
import { addMilliseconds, Clock, IdSource, MINUTE_MS, type Instant, type Uuid } from '@daymark/domain';
import type { StoredError } from '../connections/connection.ts';
import { toInstant, toTimestamp } from '../database/columns.ts';
import type { Transaction } from '../database/database.ts';
import type { Channel } from './channel.ts';

/** Whoever sees to the channels of a calendar holds this for so long; a few calls of ten seconds each. */
const LEASE_MS = 2 * MINUTE_MS;

interface ChannelRow {
  readonly id: Uuid;
  readonly state: Channel['state'];
  readonly remote_id: string | null;
  readonly renew_at: Date;
  readonly expires_at: Date;
}

/** The right to see to the channels of a calendar, and how that went before. */
export interface Tending {
  readonly tenantId: Uuid;
  readonly calendarId: Uuid;
  readonly isWanted: boolean;
  readonly lease: Uuid;
  readonly failureCount: number;
  readonly lastError: StoredError | null;
}

/** How tending ended: when to look again, null for never, and what went wrong. */
export interface Tended {
  readonly next: Instant | null;
  readonly failureCount: number;
  readonly lastError: StoredError | null;
}

@Injectable()
export class ChannelsRepository {
  constructor(
    private readonly clock: Clock,
    private readonly ids: IdSource,
  ) {}

  async ofCalendar(tx: Transaction, calendarId: Uuid): Promise<Channel[]> {
    const rows = await tx.query<ChannelRow[]>(
      `SELECT id, state, remote_id, renew_at, expires_at FROM channels WHERE calendar_id = $1 ORDER BY id`,
      [calendarId],
    );
    return rows.map(channelOf);
  }

  async ofConnection(tx: Transaction, connectionId: Uuid): Promise<Channel[]> {
    const rows = await tx.query<ChannelRow[]>(
      `SELECT h.id, h.state, h.remote_id, h.renew_at, h.expires_at FROM channels h JOIN calendars k ON k.id = h.calendar_id WHERE k.connection_id = $1 ORDER BY h.id`,
      [connectionId],
    );
    return rows.map(channelOf);
  }

  /** Before the service is asked: it may call while it answers. */
  async insertOpening(
    tx: Transaction,
    channel: {
      readonly id: Uuid;
      readonly tenantId: Uuid;
      readonly calendarId: Uuid;
      readonly secretHash: Buffer;
      readonly until: Instant;
    },
  ): Promise<void> {
    const { id, tenantId, calendarId, secretHash, until } = channel;
    await tx.query(
      `INSERT INTO channels (id, tenant_id, calendar_id, state, secret_hash, opened_at, renew_at, expires_at) VALUES ($1, $2, $3, 'opening', $4, $5, $6, $6)`,
      [id, tenantId, calendarId, secretHash, toTimestamp(this.clock.now()), toTimestamp(until)],
    );
  }

  /** Subscribed, or renewed. False when the row is gone meanwhile. */
  async setOpen(
    tx: Transaction,
    id: Uuid,
    { remoteId, expiresAt, renewAt }: { readonly remoteId: string; readonly expiresAt: Instant; readonly renewAt: Instant },
  ): Promise<boolean> {
    const [, count] = await tx.query<[unknown, number]>(
      `UPDATE channels SET state = 'open', remote_id = $2, expires_at = $3, renew_at = $4, opened_at = $5 WHERE id = $1`,
      [id, remoteId, toTimestamp(expiresAt), toTimestamp(renewAt), toTimestamp(this.clock.now())],
    );
    return count > 0;
  }

  async setEnding(tx: Transaction, id: Uuid): Promise<void> {
    await tx.query(`UPDATE channels SET state = 'ending' WHERE id = $1`, [id]);
  }

  async remove(tx: Transaction, ids: readonly Uuid[]): Promise<void> {
    if (ids.length > 0) await tx.query(`DELETE FROM channels WHERE id = ANY($1)`, [ids]);
  }

  async removeOfConnection(tx: Transaction, connectionId: Uuid): Promise<void> {
    for (const table of ['channels', 'channel_dues'])
      await tx.query(`DELETE FROM ${table} WHERE calendar_id IN (SELECT id FROM calendars WHERE connection_id = $1)`, [connectionId]);
  }

  /** Consent was given anew: channels made under the old one are made again. */
  async renewOfConnection(tx: Transaction, connectionId: Uuid): Promise<void> {
    const now = toTimestamp(this.clock.now());
    await tx.query(
      `UPDATE channels SET renew_at = least(renew_at, $2) WHERE state = 'open' AND calendar_id IN (SELECT id FROM calendars WHERE connection_id = $1)`,
      [connectionId, now],
    );
    await tx.query(
      `UPDATE channel_dues SET due_at = least(due_at, $2), failure_count = 0 WHERE calendar_id IN (SELECT id FROM calendars WHERE connection_id = $1)`,
      [connectionId, now],
    );
  }

  /**
   * Null when nothing is due, or somebody else is at it. Until {@link finish} the row is due when the lease ends, so
   * that whoever asks for a look meanwhile is told from that.
   */
  async take(
    tx: Transaction,
    { tenantId, calendarId, isWanted }: Omit<Tending, 'lease' | 'failureCount' | 'lastError'>,
  ): Promise<Tending | null> {
    const now = this.clock.now();
    const lease = this.ids.next();
    const [row] = await tx.query<{ failure_count: number; last_error: StoredError | null }[]>(
      `INSERT INTO channel_dues AS d (calendar_id, tenant_id, due_at, is_wanted, lease, lease_until) VALUES ($1, $2, $3, $4, $5, $3)
       ON CONFLICT (calendar_id) DO UPDATE SET due_at = excluded.due_at, is_wanted = excluded.is_wanted, lease = excluded.lease, lease_until = excluded.lease_until,
         failure_count = CASE WHEN d.is_wanted = excluded.is_wanted THEN d.failure_count ELSE 0 END
       WHERE (d.lease_until IS NULL OR d.lease_until <= $6) AND (d.due_at <= $6 OR d.is_wanted <> excluded.is_wanted)
       RETURNING failure_count, last_error`,
      [calendarId, tenantId, toTimestamp(addMilliseconds(now, LEASE_MS)), isWanted, lease, toTimestamp(now)],
    );
    return row === undefined ? null : { tenantId, calendarId, isWanted, lease, failureCount: row.failure_count, lastError: row.last_error };
  }

  async finish(tx: Transaction, { calendarId, lease }: Tending, { next, failureCount, lastError }: Tended): Promise<void> {
    if (next === null)
      await tx.query(`DELETE FROM channel_dues WHERE calendar_id = $1 AND lease = $2 AND due_at = lease_until`, [calendarId, lease]);
    await tx.query(
      `UPDATE channel_dues SET due_at = CASE WHEN due_at = lease_until THEN $3::timestamptz ELSE least(due_at, $3) END, lease = NULL, lease_until = NULL,
         failure_count = $4, last_error = $5 WHERE calendar_id = $1 AND lease = $2`,
      [calendarId, lease, toTimestamp(next), failureCount, lastError === null ? null : JSON.stringify(lastError)],
    );
  }
}

function channelOf({ id, state, remote_id, renew_at, expires_at }: ChannelRow): Channel {
  return { id, state, remoteId: remote_id, renewAt: toInstant(renew_at), expiresAt: toInstant(expires_at) };
}
