import { Injectable } from '@nestjs/common';
import { claimRanges, Clock, IdSource, type ClaimBuffers, type Instant, type Interval, type Uuid } from '@daymark/domain';
import { toTimestamp } from '../database/columns.ts';
import type { Transaction } from '../database/database.ts';

export interface WantedClaim {
  readonly resourceId: Uuid;
  readonly buffers: ClaimBuffers;
  /** Which place of a resource that several can use at once. */
  readonly seat?: number;
}

/** Somebody else has the time: nothing was claimed, the transaction must roll back. */
export class TimeTakenError extends Error {
  override readonly name = 'TimeTakenError';
}

/**
 * The one place where capacity is enforced: two exclusion constraints, one per range of a claim. The
 * claims of a meeting are inserted in one order for everybody (resource, then seat), by ON CONFLICT DO
 * NOTHING: a plain insert would deadlock under contention, a check before it would be a second truth.
 */
@Injectable()
export class ClaimsRepository {
  constructor(
    private readonly clock: Clock,
    private readonly ids: IdSource,
  ) {}

  /** All of it or nothing. @throws TimeTakenError */
  async take(
    tx: Transaction,
    {
      tenantId,
      meetingId,
      interval,
      claims,
      expiresAt = null,
    }: { tenantId: Uuid; meetingId: Uuid; interval: Interval; claims: readonly WantedClaim[]; expiresAt?: Instant | null },
  ): Promise<void> {
    if (claims.length === 0) return;
    const rows = claims
      .map(({ resourceId, buffers, seat = 0 }) => {
        const { withBefore, withAfter } = claimRanges(interval, buffers);
        return {
          id: this.ids.next(),
          resource_id: resourceId,
          seat,
          before_ms: buffers.beforeMs,
          after_ms: buffers.afterMs,
          with_before: rangeText(withBefore),
          with_after: rangeText(withAfter),
        };
      })
      .sort((one, other) => (one.resource_id < other.resource_id ? -1 : one.resource_id > other.resource_id ? 1 : one.seat - other.seat));
    const insert = (wanted: readonly object[]): Promise<{ id: Uuid }[]> =>
      tx.query<{ id: Uuid }[]>(
        `INSERT INTO claims (id, tenant_id, resource_id, seat, meeting_id, blocking, start_at, end_at, before_ms, after_ms, expires_at, with_before, with_after)
         SELECT r.id, $1, r.resource_id, r.seat, $2, true, $3, $4, r.before_ms, r.after_ms, $5, r.with_before, r.with_after
         FROM jsonb_to_recordset($6::jsonb) AS r (id uuid, resource_id uuid, seat smallint, before_ms integer, after_ms integer, with_before tstzrange, with_after tstzrange)
         ON CONFLICT DO NOTHING RETURNING id`,
        [tenantId, meetingId, toTimestamp(interval.start), toTimestamp(interval.end), toTimestamp(expiresAt), JSON.stringify(wanted)],
      );
    const taken = new Set((await insert(rows)).map(({ id }) => id));
    const refused = rows.filter(({ id }) => !taken.has(id));
    if (refused.length === 0) return;
    if (
      !(await this.#dropExpired(
        tx,
        refused.map((row) => row.resource_id),
      ))
    )
      throw new TimeTakenError('the time is taken');
    if ((await insert(refused)).length < refused.length) throw new TimeTakenError('the time is taken');
  }

  /** Takes away holds whose time is over; they are in nobody's way, but the constraint does not know the clock. */
  async #dropExpired(tx: Transaction, resourceIds: readonly Uuid[]): Promise<boolean> {
    const [, count] = await tx.query<[unknown, number]>(
      `DELETE FROM claims WHERE resource_id = ANY($1) AND blocking AND expires_at <= $2`,
      [resourceIds, toTimestamp(this.clock.now())],
    );
    return count > 0;
  }

  /** Frees what a meeting took. */
  async release(tx: Transaction, meetingId: Uuid): Promise<void> {
    await tx.query(`DELETE FROM claims WHERE meeting_id = $1`, [meetingId]);
  }

  /** Whose time a meeting takes, hosts in their order; a room belongs to no user. */
  async holders(tx: Transaction, meetingId: Uuid): Promise<{ readonly resourceId: Uuid; readonly userId: Uuid | null }[]> {
    const rows = await tx.query<{ resource_id: Uuid; user_id: Uuid | null }[]>(
      `SELECT c.resource_id, r.user_id FROM claims c JOIN resources r ON r.id = c.resource_id
       LEFT JOIN attendees a ON a.meeting_id = c.meeting_id AND a.user_id = r.user_id
       WHERE c.meeting_id = $1 ORDER BY r.kind, a.id, c.id`,
      [meetingId],
    );
    return rows.map(({ resource_id, user_id }) => ({ resourceId: resource_id, userId: user_id }));
  }

  /** What a meeting holds, to take it again at another time. */
  async held(tx: Transaction, meetingId: Uuid): Promise<WantedClaim[]> {
    const rows = await tx.query<{ resource_id: Uuid; seat: number; before_ms: number; after_ms: number }[]>(
      `SELECT resource_id, seat, before_ms, after_ms FROM claims WHERE meeting_id = $1`,
      [meetingId],
    );
    return rows.map((row) => ({
      resourceId: row.resource_id,
      seat: row.seat,
      buffers: { beforeMs: row.before_ms, afterMs: row.after_ms },
    }));
  }
}

function rangeText({ start, end }: Interval): string {
  return `[${new Date(start).toISOString()},${new Date(end).toISOString()})`;
}
