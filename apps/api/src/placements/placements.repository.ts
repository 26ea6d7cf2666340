import { Injectable } from '@nestjs/common';
import { addMilliseconds, Clock, type Instant, type Uuid } from '@daymark/domain';
import type { Notify } from '@daymark/provider-contract';
import type { StoredError } from '../connections/connection.ts';
import { toInstant, toTimestamp } from '../database/columns.ts';
import type { Transaction } from '../database/database.ts';
import { PLACEMENT_LEASE_MS, type Placement, type PlacementState, type Thing, type Wanted } from './placement.ts';

interface Row {
  readonly id: Uuid;
  readonly tenant_id: Uuid;
  readonly thing_kind: Thing['kind'];
  readonly thing_id: Uuid;
  readonly calendar_id: Uuid;
  readonly role: Placement['role'];
  readonly marker: string;
  readonly remote_id: string | null;
  readonly ical_uid: string | null;
  readonly remote_version: string | null;
  readonly wanted: Wanted;
  readonly agreed: Wanted | null;
  readonly tried: Placement['tried'];
  readonly desired: Placement['desired'];
  readonly wanted_version: number;
  readonly written_version: number;
  readonly state: PlacementState;
  readonly notify: Notify;
  readonly comment: string | null;
  readonly conference_state: Placement['conferenceState'];
  readonly conference_polls: number;
  readonly attempts: number;
  readonly lease: Uuid | null;
  readonly lease_until: Date | null;
  readonly next_try_at: Date | null;
  readonly last_error: StoredError | null;
  readonly written_at: Date | null;
  readonly created_at: Date;
}

export interface NewPlacement extends Pick<
  Placement,
  'id' | 'tenantId' | 'thing' | 'calendarId' | 'role' | 'marker' | 'wanted' | 'notify' | 'desired'
> {
  /** Whose hands it is in from the start; null: a job's. */
  readonly lease: Uuid | null;
}

/** What follows from an outcome; what is not given stays. */
export interface PlacementChanges {
  readonly thingId?: Uuid;
  readonly marker?: string;
  readonly remoteId?: string | null;
  readonly iCalUid?: string | null;
  readonly remoteVersion?: string | null;
  readonly agreed?: Wanted | null;
  readonly tried?: Placement['tried'];
  readonly desired?: Placement['desired'];
  readonly writtenVersion?: number;
  readonly state?: PlacementState;
  readonly conferenceState?: Placement['conferenceState'];
  readonly conferencePolls?: number;
  readonly attempts?: number;
  readonly nextTryAt?: Instant | null;
  readonly lastError?: StoredError | null;
  readonly writtenAt?: Instant | null;
}

const columns: Readonly<Record<keyof PlacementChanges, string>> = {
  thingId: 'thing_id',
  marker: 'marker',
  remoteId: 'remote_id',
  iCalUid: 'ical_uid',
  remoteVersion: 'remote_version',
  agreed: 'agreed',
  tried: 'tried',
  desired: 'desired',
  writtenVersion: 'written_version',
  state: 'state',
  conferenceState: 'conference_state',
  conferencePolls: 'conference_polls',
  attempts: 'attempts',
  nextTryAt: 'next_try_at',
  lastError: 'last_error',
  writtenAt: 'written_at',
};

/** Of two wishes that wait for one write, the one that tells more people counts. */
const louder = `CASE WHEN p.written_version = p.wanted_version OR (p.notify = 'none') OR ($NEW = 'all') THEN $NEW ELSE p.notify END`;

@Injectable()
export class PlacementsRepository {
  constructor(private readonly clock: Clock) {}

  async lock(tx: Transaction, id: Uuid): Promise<Placement | null> {
    return first(await tx.query<Row[]>(`SELECT * FROM placements WHERE id = $1 FOR UPDATE`, [id]));
  }

  async lockOfMarker(tx: Transaction, marker: string): Promise<Placement | null> {
    return first(await tx.query<Row[]>(`SELECT * FROM placements WHERE marker = $1 FOR UPDATE`, [marker]));
  }

  async listOf(tx: Transaction, thing: Thing): Promise<Placement[]> {
    return (
      await tx.query<Row[]>(`SELECT * FROM placements WHERE thing_id = $1 AND thing_kind = $2 ORDER BY created_at, id`, [
        thing.id,
        thing.kind,
      ])
    ).map(placementOf);
  }

  /** Null when the marker is taken. A placement of the thing on this calendar that was taken away begins anew. */
  async insert(tx: Transaction, given: NewPlacement): Promise<Placement | null> {
    const now = this.clock.now();
    const rows = await tx.query<Row[]>(
      `INSERT INTO placements AS p (id, tenant_id, thing_kind, thing_id, calendar_id, role, marker, wanted, notify, desired, lease, lease_until, next_try_at, attempts, tried, created_at, updated_at)
       SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, CASE WHEN $11::uuid IS NULL THEN 0 ELSE 1 END, $15, $14, $14
       WHERE NOT EXISTS (SELECT FROM placements WHERE marker = $7)
       ON CONFLICT (thing_id, calendar_id) DO UPDATE SET
         wanted = excluded.wanted, desired = 'present', notify = excluded.notify, comment = NULL, wanted_version = p.wanted_version + 1, state = 'pending',
         next_try_at = excluded.next_try_at, last_error = NULL, updated_at = excluded.updated_at,
         marker = CASE WHEN p.state = 'removed' THEN excluded.marker ELSE p.marker END,
         attempts = CASE WHEN p.state = 'removed' THEN 0 ELSE p.attempts END,
         remote_id = CASE WHEN p.state = 'removed' THEN NULL ELSE p.remote_id END,
         remote_version = CASE WHEN p.state = 'removed' THEN NULL ELSE p.remote_version END,
         agreed = CASE WHEN p.state = 'removed' THEN NULL ELSE p.agreed END,
         tried = CASE WHEN p.state = 'removed' THEN '[]' ELSE p.tried END,
         conference_state = CASE WHEN p.state = 'removed' THEN NULL ELSE p.conference_state END
       RETURNING *`,
      [
        given.id,
        given.tenantId,
        given.thing.kind,
        given.thing.id,
        given.calendarId,
        given.role,
        given.marker,
        JSON.stringify(given.wanted),
        given.notify,
        given.desired,
        given.lease,
        given.lease === null ? null : toTimestamp(addMilliseconds(now, PLACEMENT_LEASE_MS)),
        toTimestamp(given.lease === null ? now : addMilliseconds(now, PLACEMENT_LEASE_MS)),
        toTimestamp(now),
        JSON.stringify(given.lease === null ? [] : [given.wanted]),
      ],
    );
    return first(rows);
  }

  /**
   * A new wish; the placement is due at once. One that asks for a conference looks for what was made of it,
   * and makes anew what failed.
   */
  async want(
    tx: Transaction,
    id: Uuid,
    { wanted, notify, asksConference }: { wanted: Wanted; notify: Notify; asksConference: boolean },
  ): Promise<void> {
    const now = toTimestamp(this.clock.now());
    await tx.query(
      `UPDATE placements AS p SET wanted = $2, notify = ${louder.replaceAll('$NEW', '$3::text')}, wanted_version = wanted_version + 1, state = 'pending', next_try_at = $4, updated_at = $4,
         conference_state = CASE WHEN NOT $5 THEN NULL WHEN $6 THEN 'pending' ELSE conference_state END, conference_polls = CASE WHEN $6 THEN 0 ELSE conference_polls END,
         agreed = CASE WHEN $6 AND conference_state = 'failed' THEN jsonb_set(agreed, '{conference}', 'false') ELSE agreed END
       WHERE id = $1 AND state <> 'removed'`,
      [id, JSON.stringify(wanted), notify, now, wanted.conference, asksConference],
    );
  }

  async withdraw(tx: Transaction, id: Uuid, { notify, comment }: { notify: Notify; comment: string | null }): Promise<void> {
    const now = toTimestamp(this.clock.now());
    await tx.query(
      `UPDATE placements SET desired = 'absent', notify = $2, comment = $3, wanted_version = wanted_version + 1, state = 'pending', next_try_at = $4, updated_at = $4
       WHERE id = $1 AND desired = 'present' AND state <> 'removed'`,
      [id, notify, comment, now],
    );
  }

  /** What a person changed in the calendar is agreed as it is: nothing is written for it. */
  async accept(tx: Transaction, id: Uuid, wanted: Wanted): Promise<void> {
    await tx.query(`UPDATE placements SET wanted = $2, agreed = $2, updated_at = $3 WHERE id = $1 AND agreed IS NOT NULL`, [
      id,
      JSON.stringify(wanted),
      toTimestamp(this.clock.now()),
    ]);
  }

  /**
   * Takes a placement for one writer, with what may be on the calendar from now on. It is due again when the lease ends, so that
   * a writer that dies is followed by another.
   */
  async take(tx: Transaction, placement: Placement, { lease, tried }: { lease: Uuid; tried: Placement['tried'] }): Promise<Placement> {
    const leaseUntil = addMilliseconds(this.clock.now(), PLACEMENT_LEASE_MS);
    await tx.query(
      `UPDATE placements SET lease = $2, lease_until = $3, next_try_at = $3, attempts = attempts + 1, tried = $4 WHERE id = $1`,
      [placement.id, lease, toTimestamp(leaseUntil), JSON.stringify(tried)],
    );
    return { ...placement, lease, leaseUntil, nextTryAt: leaseUntil, attempts: placement.attempts + 1, tried };
  }

  /** From now on wanted for good; until its caller had an answer it was not. */
  async keep(tx: Transaction, placement: Placement): Promise<Placement> {
    await tx.query(`UPDATE placements SET desired = 'present' WHERE id = $1`, [placement.id]);
    return { ...placement, desired: 'present' };
  }

  /** Stores an outcome and gives the lease back. Null when the lease was lost: then nothing may be stored. */
  async settle(tx: Transaction, { id, lease }: { id: Uuid; lease: Uuid | null }, changes: PlacementChanges): Promise<Placement | null> {
    const given = (Object.keys(changes) as (keyof PlacementChanges)[]).filter((name) => changes[name] !== undefined);
    const values = given.map((name) => parameterOf(changes[name]!, name));
    const [rows] = await tx.query<[Row[], number]>(
      `UPDATE placements SET lease = NULL, lease_until = NULL, updated_at = $3${given.map((name, index) => `, ${columns[name]} = $${index + 4}`).join('')}
       WHERE id = $1 AND lease IS NOT DISTINCT FROM $2 RETURNING *`,
      [id, lease, toTimestamp(this.clock.now()), ...values],
    );
    return first(rows);
  }

  /** Only under the lease of who began it, and not while somebody else holds one. */
  async delete(tx: Transaction, { id, lease }: { id: Uuid; lease: Uuid | null }): Promise<void> {
    await tx.query(`DELETE FROM placements WHERE id = $1 AND lease IS NOT DISTINCT FROM $2`, [id, lease]);
  }
}

function parameterOf(value: unknown, name: keyof PlacementChanges): unknown {
  if (value === null) return null;
  if (name === 'nextTryAt' || name === 'writtenAt') return toTimestamp(value as Instant);
  return typeof value === 'object' ? JSON.stringify(value) : value;
}

function first(rows: readonly Row[]): Placement | null {
  return rows[0] === undefined ? null : placementOf(rows[0]);
}

function placementOf(row: Row): Placement {
  return {
    id: row.id,
    tenantId: row.tenant_id,
    thing: { kind: row.thing_kind, id: row.thing_id },
    calendarId: row.calendar_id,
    role: row.role,
    marker: row.marker,
    remoteId: row.remote_id,
    iCalUid: row.ical_uid,
    remoteVersion: row.remote_version,
    wanted: row.wanted,
    agreed: row.agreed,
    tried: row.tried,
    desired: row.desired,
    wantedVersion: row.wanted_version,
    writtenVersion: row.written_version,
    state: row.state,
    notify: row.notify,
    comment: row.comment,
    conferenceState: row.conference_state,
    conferencePolls: row.conference_polls,
    attempts: row.attempts,
    lease: row.lease,
    leaseUntil: toInstant(row.lease_until),
    nextTryAt: toInstant(row.next_try_at),
    lastError: row.last_error,
    writtenAt: toInstant(row.written_at),
    createdAt: toInstant(row.created_at),
  };
}
