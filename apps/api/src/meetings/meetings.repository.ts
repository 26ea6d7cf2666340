import { Injectable } from '@nestjs/common';
import { Clock, IdSource, wallTimeOf, type Interval, type Uuid, type ZoneId } from '@daymark/domain';
import { toTimestamp } from '../database/columns.ts';
import { isAddressKnown } from '../audit/erased-address.ts';
import type { Transaction } from '../database/database.ts';
import type { MeetingRow, StoredConference } from './meeting-row.ts';

export interface NewMeeting {
  readonly id: Uuid;
  readonly tenantId: Uuid;
  readonly organizerUserId: Uuid | null;
  readonly schedulingProfileId: Uuid | null;
  readonly title: string;
  readonly description: string | null;
  readonly location: string | null;
  readonly interval: Interval;
  readonly zone: ZoneId;
  readonly conference: StoredConference | null;
  readonly externalRef: unknown;
  readonly reminderMinutes: readonly number[];
  readonly preparation: readonly unknown[];
  readonly notify: string;
  readonly moved: MeetingRow['moved'];
}

export interface NewAttendee {
  readonly userId: Uuid | null;
  readonly email: string;
  readonly name: string | null;
  readonly zone: string | null;
  readonly locale: string | null;
  readonly kind: 'host' | 'guest';
  readonly isOptional: boolean;
}

export interface MeetingFilter {
  readonly userId: Uuid | null;
  readonly endsAfter: Date | null;
  readonly startsBefore: Date | null;
  readonly status: readonly string[] | null;
  readonly externalType: string | null;
  readonly externalId: string | null;
  readonly like: string | null;
  readonly after: { readonly startAt: Date; readonly id: Uuid } | null;
  readonly limit: number;
}

@Injectable()
export class MeetingsRepository {
  constructor(
    private readonly clock: Clock,
    private readonly ids: IdSource,
  ) {}

  async insert(tx: Transaction, meeting: NewMeeting): Promise<void> {
    const now = toTimestamp(this.clock.now());
    await tx.query(
      `INSERT INTO meetings (id, tenant_id, organizer_user_id, scheduling_profile_id, title, description, location, status, start_at, end_at, zone, start_wall, conference,
         external_ref, reminder_minutes, preparation, notify, moved, created_at, updated_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, 'booked', $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $18)`,
      [
        meeting.id,
        meeting.tenantId,
        meeting.organizerUserId,
        meeting.schedulingProfileId,
        meeting.title,
        meeting.description,
        meeting.location,
        toTimestamp(meeting.interval.start),
        toTimestamp(meeting.interval.end),
        meeting.zone,
        wallTimeOf(meeting.interval.start, meeting.zone),
        json(meeting.conference),
        json(meeting.externalRef),
        meeting.reminderMinutes,
        JSON.stringify(meeting.preparation),
        meeting.notify,
        json(meeting.moved),
        now,
      ],
    );
  }

  /** Adds people, once per address; of guests who are there already the details are stored. A host stays a host. */
  async saveAttendees(
    tx: Transaction,
    { tenantId, meetingId, attendees }: { tenantId: Uuid; meetingId: Uuid; attendees: readonly NewAttendee[] },
  ): Promise<void> {
    if (attendees.length === 0) return;
    const first = new Map(attendees.toReversed().map((one) => [one.email.toLowerCase(), one]));
    const people = [...new Set(attendees.map(({ email }) => first.get(email.toLowerCase())!))];
    // They are shown in the order of their ids, and ids of one millisecond come in none.
    const ids = people.map(() => this.ids.next()).sort();
    const rows = people.map((one, position) => ({
      id: ids[position]!,
      user_id: one.userId,
      email: one.email,
      name: one.name,
      zone: one.zone,
      locale: one.locale,
      kind: one.kind,
      is_optional: one.isOptional,
    }));
    await tx.query(
      `INSERT INTO attendees (id, tenant_id, meeting_id, user_id, email, name, zone, locale, kind, is_optional)
       SELECT r.id, $1, $2, r.user_id, r.email, r.name, r.zone, r.locale, r.kind, r.is_optional
       FROM jsonb_to_recordset($3::jsonb) AS r (id uuid, user_id uuid, email text, name text, zone text, locale text, kind text, is_optional boolean)
       ON CONFLICT (meeting_id, lower(email)) DO UPDATE SET user_id = excluded.user_id, name = excluded.name, zone = excluded.zone, locale = excluded.locale,
         is_optional = excluded.is_optional
       WHERE attendees.kind = 'guest' AND excluded.kind = 'guest'`,
      [tenantId, meetingId, JSON.stringify(rows)],
    );
  }

  async removeGuests(tx: Transaction, meetingId: Uuid, keepEmails: readonly string[]): Promise<string[]> {
    const [rows] = await tx.query<[{ email: string }[], number]>(
      `DELETE FROM attendees WHERE meeting_id = $1 AND kind = 'guest' AND NOT lower(email) = ANY($2) RETURNING email`,
      [meetingId, keepEmails.map((email) => email.toLowerCase())],
    );
    return rows.map(({ email }) => email);
  }

  /** Without those who were erased: they are neither told nor invited any more. */
  async attendees(tx: Transaction, meetingId: Uuid): Promise<(NewAttendee & { readonly id: Uuid })[]> {
    const rows = await tx.query<
      {
        id: Uuid;
        user_id: Uuid | null;
        email: string;
        name: string | null;
        zone: string | null;
        locale: string | null;
        kind: 'host' | 'guest';
        is_optional: boolean;
      }[]
    >(
      `SELECT id, user_id, email, name, zone, locale, kind, is_optional FROM attendees WHERE meeting_id = $1 AND ${isAddressKnown('email')} ORDER BY id`,
      [meetingId],
    );
    return rows.map((row) => ({
      id: row.id,
      userId: row.user_id,
      email: row.email,
      name: row.name,
      zone: row.zone,
      locale: row.locale,
      kind: row.kind,
      isOptional: row.is_optional,
    }));
  }

  async find(tx: Transaction, id: Uuid): Promise<MeetingRow | null> {
    const [row] = await tx.query<MeetingRow[]>(`SELECT * FROM meetings WHERE id = $1`, [id]);
    return row ?? null;
  }

  async lock(tx: Transaction, id: Uuid): Promise<MeetingRow | null> {
    const [row] = await tx.query<MeetingRow[]>(`SELECT * FROM meetings WHERE id = $1 FOR UPDATE`, [id]);
    return row ?? null;
  }

  /** Whether the user takes part: as organiser, host or guest. */
  async concerns(tx: Transaction, meetingId: Uuid, userId: Uuid): Promise<boolean> {
    const rows = await tx.query<unknown[]>(`SELECT FROM meetings m WHERE m.id = $1 AND ${isOfUser('$2')}`, [meetingId, userId]);
    return rows.length > 0;
  }

  /** Whether the user runs it: as organiser or host. */
  async isRunBy(tx: Transaction, meetingId: Uuid, userId: Uuid): Promise<boolean> {
    const rows = await tx.query<unknown[]>(
      `SELECT FROM meetings m WHERE m.id = $1 AND (m.organizer_user_id = $2
         OR EXISTS (SELECT FROM attendees a WHERE a.meeting_id = m.id AND a.user_id = $2 AND a.kind = 'host'))`,
      [meetingId, userId],
    );
    return rows.length > 0;
  }

  async list(tx: Transaction, filter: MeetingFilter): Promise<MeetingRow[]> {
    return tx.query<MeetingRow[]>(
      `SELECT m.* FROM meetings m
       WHERE ($1::uuid IS NULL OR ${isOfUser('$1')}) AND ($2::timestamptz IS NULL OR m.end_at > $2) AND ($3::timestamptz IS NULL OR m.start_at < $3)
         AND ($4::text[] IS NULL OR m.status = ANY($4)) AND ($5::text IS NULL OR m.external_ref ->> 'type' = $5) AND ($6::text IS NULL OR m.external_ref ->> 'id' = $6)
         AND ($7::text IS NULL OR m.title ILIKE $7 OR EXISTS (SELECT FROM attendees a WHERE a.meeting_id = m.id AND a.email ILIKE $7))
         AND ($8::timestamptz IS NULL OR (m.start_at, m.id) > ($8, $9::uuid))
       ORDER BY m.start_at, m.id LIMIT $10`,
      [
        filter.userId,
        filter.endsAfter,
        filter.startsBefore,
        filter.status,
        filter.externalType,
        filter.externalId,
        filter.like,
        filter.after?.startAt ?? null,
        filter.after?.id ?? null,
        filter.limit,
      ],
    );
  }

  /** Changes columns and the version. */
  async update(
    tx: Transaction,
    id: Uuid,
    changed: Partial<
      Pick<
        NewMeeting,
        'title' | 'description' | 'location' | 'interval' | 'zone' | 'externalRef' | 'reminderMinutes' | 'preparation' | 'conference'
      >
    > & { sequence?: number; moved?: MeetingRow['moved'] },
  ): Promise<void> {
    const sets: string[] = [];
    const values: unknown[] = [id, toTimestamp(this.clock.now())];
    const set = (column: string, value: unknown): void => {
      values.push(value);
      sets.push(`${column} = $${values.length}`);
    };
    if (changed.title !== undefined) set('title', changed.title);
    if (changed.description !== undefined) set('description', changed.description);
    if (changed.location !== undefined) set('location', changed.location);
    if (changed.interval !== undefined && changed.zone !== undefined) {
      set('start_at', toTimestamp(changed.interval.start));
      set('end_at', toTimestamp(changed.interval.end));
      set('zone', changed.zone);
      set('start_wall', wallTimeOf(changed.interval.start, changed.zone));
    }
    if (changed.externalRef !== undefined) set('external_ref', json(changed.externalRef));
    if (changed.reminderMinutes !== undefined) set('reminder_minutes', changed.reminderMinutes);
    if (changed.preparation !== undefined) set('preparation', JSON.stringify(changed.preparation));
    if (changed.conference !== undefined) set('conference', json(changed.conference));
    if (changed.sequence !== undefined) set('sequence', changed.sequence);
    if (changed.moved !== undefined) set('moved', json(changed.moved));
    await tx.query(`UPDATE meetings SET ${[...sets, 'version = version + 1', 'updated_at = $2'].join(', ')} WHERE id = $1`, values);
  }

  async cancel(tx: Transaction, id: Uuid, comment: string | null): Promise<void> {
    await tx.query(
      `UPDATE meetings SET status = 'cancelled', cancelled_at = $2, cancel_comment = $3, version = version + 1, updated_at = $2 WHERE id = $1`,
      [id, toTimestamp(this.clock.now()), comment],
    );
  }
}

function isOfUser(place: string): string {
  return `(m.organizer_user_id = ${place} OR EXISTS (SELECT FROM attendees a WHERE a.meeting_id = m.id AND a.user_id = ${place}))`;
}

function json(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value);
}
