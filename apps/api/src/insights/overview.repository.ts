import { Injectable } from '@nestjs/common';
import { addMilliseconds, DAY_MS, type ConnectionStatus, type Instant, type MeetingStatus, type Uuid } from '@daymark/domain';
import type { StoredError } from '../connections/connection.ts';
import { toTimestamp } from '../database/columns.ts';
import type { Transaction } from '../database/database.ts';

/** Whose things are looked at; null: the whole tenant. */
export interface Scope {
  readonly userId: Uuid | null;
  readonly now: Instant;
}

export interface ConnectionCount {
  readonly status: ConnectionStatus;
  readonly provider: string;
  readonly count: number;
}

/** A connection that fails, waits or lacks something. */
export interface TroubledConnection {
  readonly id: Uuid;
  readonly user_id: Uuid;
  readonly provider: string;
  readonly label: string;
  readonly status: ConnectionStatus;
  readonly lacks_scopes: boolean;
  readonly failure_count: number;
  readonly last_error: StoredError | null;
  readonly rate_limited_until: Date | null;
  readonly next_due_at: Date | null;
  readonly updated_at: Date;
}

export interface HeldCalendar {
  readonly id: Uuid;
  readonly user_id: Uuid;
  readonly provider: string;
  readonly name: string;
  readonly held: { readonly since: Instant; readonly wouldDelete: number; readonly ofLive: number };
}

export interface TroubledPlacement {
  readonly id: Uuid;
  readonly state: 'waiting' | 'failed';
  readonly provider: string;
  readonly meeting_id: Uuid | null;
  readonly is_upcoming: boolean;
  readonly calendar_id: Uuid;
  readonly label: string;
  readonly attempts: number;
  readonly next_try_at: Date | null;
  readonly last_error: StoredError | null;
  readonly updated_at: Date;
}

/** Mails and reminders that were given up, or are tried again. */
export interface TroubledMail {
  readonly state: 'sending' | 'failed';
  readonly recipient: string;
  readonly meeting_id: Uuid | null;
  readonly is_upcoming: boolean;
  readonly error: string;
  readonly attempts: number;
  readonly next_try_at: Date | null;
  readonly due_at: Date;
}

export interface SyncNumbers {
  readonly total: number;
  readonly failed: number;
  readonly lag_p50: number | null;
  readonly lag_max: number | null;
}

export interface Counts {
  readonly next_7_days: number;
  readonly booked_24h: number;
  readonly cancelled_24h: number;
  readonly due_24h: number;
  readonly sent_24h: number;
  readonly failed_24h: number;
}

export interface NextMeeting {
  readonly id: Uuid;
  readonly title: string;
  readonly status: MeetingStatus;
  readonly start_at: Date;
  readonly end_at: Date;
  readonly join_url: string | null;
  readonly attendees_count: number;
  readonly placements_written: number;
  readonly placements_total: number;
}

export interface Steps {
  readonly account_connected: boolean;
  readonly first_sync: boolean;
  readonly hours_set: boolean;
  readonly first_meeting: boolean;
  readonly api_key_made: boolean;
}

const AFFECTED_DAYS = 14;
const TOLD_FOR_DAYS = 7;
const AT_MOST = 500;
const NEXT_MEETINGS = 5;

/** Whether a meeting `m` concerns user $1. */
const concerns = `($1::uuid IS NULL OR m.organizer_user_id = $1 OR EXISTS (SELECT FROM attendees a WHERE a.meeting_id = m.id AND a.user_id = $1))`;

/** The numbers of the overview; each question is one statement, however much there is. */
@Injectable()
export class OverviewRepository {
  async connectionCounts(tx: Transaction, { userId }: Scope): Promise<ConnectionCount[]> {
    return tx.query<ConnectionCount[]>(
      `SELECT status, provider, count(*)::integer AS count FROM connections WHERE $1::uuid IS NULL OR user_id = $1 GROUP BY status, provider ORDER BY provider, status`,
      [userId],
    );
  }

  async troubledConnections(tx: Transaction, { userId, now }: Scope): Promise<TroubledConnection[]> {
    return tx.query<TroubledConnection[]>(
      `SELECT c.id, c.user_id, c.provider, coalesce(c.label, c.account_email) AS label, c.status, jsonb_array_length(c.missing_scopes) > 0 AS lacks_scopes, c.failure_count, c.last_error,
         c.rate_limited_until, c.updated_at, (SELECT min(d.due_at) FROM calendar_dues d JOIN calendars k ON k.id = d.calendar_id WHERE k.connection_id = c.id) AS next_due_at
       FROM connections c
       WHERE ($1::uuid IS NULL OR c.user_id = $1) AND c.status IN ('active', 'expired', 'error')
         AND (c.status <> 'active' OR jsonb_array_length(c.missing_scopes) > 0 OR c.failure_count > 0 OR c.rate_limited_until > $2)
       ORDER BY c.id LIMIT ${AT_MOST}`,
      [userId, toTimestamp(now)],
    );
  }

  async heldCalendars(tx: Transaction, { userId }: Scope): Promise<HeldCalendar[]> {
    return tx.query<HeldCalendar[]>(
      `SELECT k.id, c.user_id, c.provider, k.name, k.held FROM calendars k JOIN connections c ON c.id = k.connection_id
       WHERE k.held IS NOT NULL AND k.status = 'active' AND c.status <> 'revoked' AND ($1::uuid IS NULL OR c.user_id = $1) ORDER BY k.id LIMIT ${AT_MOST}`,
      [userId],
    );
  }

  /** Of meetings that are over for a week nothing is told any more. */
  async troubledPlacements(tx: Transaction, { userId, now }: Scope): Promise<TroubledPlacement[]> {
    return tx.query<TroubledPlacement[]>(
      `SELECT p.id, p.state, c.provider, m.id AS meeting_id, coalesce(m.status = 'booked' AND m.start_at BETWEEN $2 AND $4, false) AS is_upcoming, p.calendar_id, coalesce(m.title, k.name) AS label,
         p.attempts, p.next_try_at, p.last_error, p.updated_at
       FROM placements p JOIN calendars k ON k.id = p.calendar_id JOIN connections c ON c.id = k.connection_id
       LEFT JOIN meetings m ON m.id = p.thing_id AND p.thing_kind = 'meeting'
       WHERE p.state IN ('waiting', 'failed') AND ($1::uuid IS NULL OR c.user_id = $1 OR m.organizer_user_id = $1) AND (m.id IS NULL OR m.end_at > $3)
       ORDER BY p.id LIMIT ${AT_MOST}`,
      [userId, toTimestamp(now), toTimestamp(daysFrom(now, -TOLD_FOR_DAYS)), toTimestamp(daysFrom(now, AFFECTED_DAYS))],
    );
  }

  async troubledMails(tx: Transaction, { userId, now }: Scope): Promise<TroubledMail[]> {
    return tx.query<TroubledMail[]>(
      `SELECT t.state, t.recipient, m.id AS meeting_id, coalesce(m.status = 'booked' AND m.start_at BETWEEN $2 AND $4, false) AS is_upcoming, t.error, t.attempts, t.lease_until AS next_try_at, t.due_at
       FROM (
         SELECT id, meeting_id, user_id, recipient, state, error, attempts, lease_until, due_at FROM mails WHERE kind <> 'test'
         UNION ALL
         SELECT id, meeting_id, NULL, recipient, state, error, attempts, lease_until, due_at FROM reminders
       ) t LEFT JOIN meetings m ON m.id = t.meeting_id
       WHERE t.state IN ('sending', 'failed') AND t.error IS NOT NULL AND t.due_at > $3
         AND ($1::uuid IS NULL OR t.user_id = $1 OR (m.id IS NOT NULL AND ${concerns}))
       ORDER BY t.due_at DESC, t.id LIMIT ${AT_MOST}`,
      [userId, toTimestamp(now), toTimestamp(daysFrom(now, -TOLD_FOR_DAYS)), toTimestamp(daysFrom(now, AFFECTED_DAYS))],
    );
  }

  /** The meetings of the next two weeks of each of these users. */
  async upcomingOf(tx: Transaction, userIds: readonly Uuid[], now: Instant): Promise<ReadonlyMap<Uuid, readonly Uuid[]>> {
    if (userIds.length === 0) return new Map();
    const rows = await tx.query<{ user_id: Uuid; meeting_ids: Uuid[] }[]>(
      `SELECT a.user_id, array_agg(DISTINCT m.id::text) AS meeting_ids FROM meetings m JOIN attendees a ON a.meeting_id = m.id
       WHERE m.status = 'booked' AND m.start_at >= $2 AND m.start_at <= $3 AND a.user_id = ANY($1) GROUP BY a.user_id`,
      [userIds, toTimestamp(now), toTimestamp(daysFrom(now, AFFECTED_DAYS))],
    );
    return new Map(rows.map(({ user_id, meeting_ids }) => [user_id, meeting_ids]));
  }

  /** Lag of a connection is that of its least fresh calendar. */
  async sync(tx: Transaction, { userId, now }: Scope): Promise<SyncNumbers> {
    const [row] = await tx.query<[SyncNumbers]>(
      `SELECT r.total, r.failed, floor(l.p50)::integer AS lag_p50, floor(l.longest)::integer AS lag_max
       FROM (
         SELECT count(*)::integer AS total, count(*) FILTER (WHERE r.state = 'failed')::integer AS failed
         FROM sync_runs r JOIN connections c ON c.id = r.connection_id
         WHERE r.queued_at > $3 AND r.state IN ('succeeded', 'failed') AND ($1::uuid IS NULL OR c.user_id = $1)
       ) r, (
         SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY lag) AS p50, max(lag) AS longest FROM (
           SELECT greatest(0, extract(epoch FROM $2::timestamptz - min(k.synced_at))) AS lag
           FROM connections c JOIN calendars k ON k.connection_id = c.id AND k.status = 'active' AND k.is_active
           WHERE c.status IN ('active', 'error') AND c.sync_enabled AND ($1::uuid IS NULL OR c.user_id = $1) GROUP BY c.id HAVING bool_and(k.synced_at IS NOT NULL)
         ) lags
       ) l`,
      [userId, toTimestamp(now), toTimestamp(daysFrom(now, -1))],
    );
    return row;
  }

  async counts(tx: Transaction, { userId, now }: Scope): Promise<Counts> {
    const [row] = await tx.query<[Counts]>(
      `SELECT * FROM (
         SELECT count(*) FILTER (WHERE m.status = 'booked' AND m.start_at >= $2 AND m.start_at < $5)::integer AS next_7_days,
           count(*) FILTER (WHERE m.created_at > $3 AND m.status IN ('booked', 'cancelled'))::integer AS booked_24h,
           count(*) FILTER (WHERE m.status = 'cancelled' AND m.cancelled_at > $3)::integer AS cancelled_24h
         FROM meetings m WHERE ((m.start_at >= $2 AND m.start_at < $5) OR m.created_at > $3 OR m.cancelled_at > $3) AND ${concerns}
       ) meetings, (
         SELECT count(*) FILTER (WHERE r.state IN ('due', 'sending') AND r.due_at <= $4)::integer AS due_24h,
           count(*) FILTER (WHERE r.sent_at > $3)::integer AS sent_24h,
           count(*) FILTER (WHERE r.state = 'failed' AND r.due_at > $3)::integer AS failed_24h
         FROM reminders r JOIN meetings m ON m.id = r.meeting_id WHERE (r.state IN ('due', 'sending') OR r.due_at > $3 OR r.sent_at > $3) AND ${concerns}
       ) reminders`,
      [userId, toTimestamp(now), toTimestamp(daysFrom(now, -1)), toTimestamp(daysFrom(now, 1)), toTimestamp(daysFrom(now, 7))],
    );
    return row;
  }

  async nextMeetings(tx: Transaction, { userId, now }: Scope): Promise<NextMeeting[]> {
    return tx.query<NextMeeting[]>(
      `SELECT m.id, m.title, m.status, m.start_at, m.end_at, m.conference ->> 'join_url' AS join_url,
         (SELECT count(*) FROM attendees a WHERE a.meeting_id = m.id AND a.kind = 'guest')::integer AS attendees_count,
         (SELECT count(*) FROM placements p WHERE p.thing_id = m.id AND p.thing_kind = 'meeting' AND p.state = 'written')::integer AS placements_written,
         (SELECT count(*) FROM placements p WHERE p.thing_id = m.id AND p.thing_kind = 'meeting')::integer AS placements_total
       FROM meetings m WHERE m.status IN ('pending', 'booked') AND m.end_at > $2 AND m.start_at >= $3 AND ${concerns}
       ORDER BY m.start_at, m.id LIMIT ${NEXT_MEETINGS}`,
      [userId, toTimestamp(now), toTimestamp(daysFrom(now, -1))],
    );
  }

  async steps(tx: Transaction, { userId }: Scope): Promise<Steps> {
    const [row] = await tx.query<[Steps]>(
      `SELECT EXISTS (SELECT FROM connections c WHERE c.status NOT IN ('pending', 'revoked') AND ($1::uuid IS NULL OR c.user_id = $1)) AS account_connected,
         EXISTS (SELECT FROM calendars k JOIN connections c ON c.id = k.connection_id WHERE k.synced_at IS NOT NULL AND ($1::uuid IS NULL OR c.user_id = $1)) AS first_sync,
         EXISTS (SELECT FROM schedules s WHERE jsonb_array_length(s.weekly_hours) > 0 AND ($1::uuid IS NULL OR s.user_id = $1)) AS hours_set,
         EXISTS (SELECT FROM meetings m WHERE m.status IN ('booked', 'cancelled') AND ${concerns}) AS first_meeting,
         EXISTS (SELECT FROM api_keys k WHERE k.revoked_at IS NULL AND ($1::uuid IS NULL OR k.user_id = $1)) AS api_key_made`,
      [userId],
    );
    return row;
  }
}

function daysFrom(now: Instant, days: number): Instant {
  return addMilliseconds(now, days * DAY_MS);
}
