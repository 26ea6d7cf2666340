import { Injectable } from '@nestjs/common';
import {
  checkOpeningHours,
  parseMinuteOfDay,
  type BufferSettings,
  type DateOverride,
  type DayRange,
  type Instant,
  type Interval,
  type OpeningHours,
  type PlainDate,
  type Uuid,
  type ZoneId,
} from '@daymark/domain';
import { resolveAllDay, type BusyTimeline, type ClaimTimeline } from '@daymark/scheduling';
import { toTimestamp } from '../database/columns.ts';
import type { Transaction } from '../database/database.ts';

/** A user who can be booked: the resource to claim, hours, and what the default profile asks for. */
export interface BookableUser {
  readonly userId: Uuid;
  readonly resourceId: Uuid;
  readonly name: string;
  readonly email: string;
  readonly zone: ZoneId;
  readonly hours: OpeningHours | null;
  readonly buffers: BufferSettings | null;
  /** An account of theirs is connected, and its calendars are not listed yet. */
  readonly awaitsCalendars: boolean;
}

export interface BookableResource {
  readonly resourceId: Uuid;
  /** Of a person: then their calendars and hours hold. */
  readonly userId: Uuid | null;
  readonly name: string;
  readonly zone: ZoneId;
}

/** A calendar that blocks time, with what decides how far it can be trusted. */
export interface BusyCalendar {
  readonly id: Uuid;
  readonly connectionId: Uuid;
  readonly userId: Uuid;
  readonly remoteId: string;
  readonly zone: ZoneId | null;
  readonly isRemoved: boolean;
  /** It blocks its owner's time, named by itself or not. */
  readonly isBusySource: boolean;
  readonly isHeld: boolean;
  readonly connectionStatus: string;
  readonly isSyncEnabled: boolean;
  readonly syncedAt: Instant | null;
  readonly covered: Interval | null;
}

export interface WeeklySpan {
  readonly weekday: number;
  readonly start: string;
  readonly end: string;
}

export interface StoredSchedule {
  readonly zone: ZoneId;
  readonly weekly_hours: readonly WeeklySpan[];
  readonly overrides: readonly { readonly date: PlainDate; readonly hours: readonly { readonly start: string; readonly end: string }[] }[];
}

/** Busy time of one calendar or claims of one resource, before they are put together for a person. */
export interface BusyRow {
  readonly calendar_id: Uuid;
  readonly event_id: Uuid;
  readonly is_all_day: boolean;
  readonly start_at: Date;
  readonly end_at: Date;
  readonly start_date: PlainDate | null;
  readonly end_date: PlainDate | null;
}

export interface ClaimRow {
  readonly resource_id: Uuid;
  readonly meeting_id: Uuid;
  readonly start_at: Date;
  readonly end_at: Date;
  readonly before_ms: number;
  readonly after_ms: number;
}

/** Whether a placement's meeting needs no event to block the calendar's owner; see {@link MembersRepository.busy}. */
const isCovered = `p.thing_kind = 'meeting' AND (p.thing_id = $4
  OR NOT EXISTS (SELECT FROM meetings m WHERE m.id = p.thing_id AND m.status IN ('held', 'pending', 'booked'))
  OR EXISTS (SELECT FROM claims c JOIN resources r ON r.id = c.resource_id WHERE c.meeting_id = p.thing_id AND r.user_id = n.user_id))`;

/** What the engine needs to know of people: a fixed number of statements, however many they are. */
@Injectable()
export class MembersRepository {
  async users(tx: Transaction, { ids, emails }: { ids: readonly Uuid[]; emails: readonly string[] }): Promise<BookableUser[]> {
    const rows = await tx.query<
      {
        user_id: Uuid;
        resource_id: Uuid;
        name: string;
        email: string;
        zone: ZoneId;
        schedule: StoredSchedule | null;
        settings: ProfileNumbers | null;
        awaits_calendars: boolean;
      }[]
    >(
      `SELECT u.id AS user_id, r.id AS resource_id, u.name, u.email, r.zone,
         CASE WHEN s.id IS NULL THEN NULL ELSE jsonb_build_object('zone', s.zone, 'weekly_hours', s.weekly_hours, 'overrides', s.overrides) END AS schedule, p.settings,
         EXISTS (SELECT FROM connections n WHERE n.user_id = u.id AND n.status NOT IN ('pending', 'revoked')
           AND NOT EXISTS (SELECT FROM calendars k WHERE k.connection_id = n.id)) AS awaits_calendars
       FROM users u JOIN resources r ON r.user_id = u.id
       LEFT JOIN scheduling_profiles p ON p.user_id = u.id AND p.is_default
       LEFT JOIN schedules s ON s.id = coalesce(p.schedule_id, (SELECT d.id FROM schedules d WHERE d.user_id = u.id AND d.is_default))
       WHERE u.removed_at IS NULL AND (u.id = ANY($1) OR lower(u.email) = ANY($2))`,
      [ids, emails.map((email) => email.toLowerCase())],
    );
    return rows.map((row) => ({
      userId: row.user_id,
      resourceId: row.resource_id,
      name: row.name,
      email: row.email,
      zone: row.zone,
      hours: row.schedule === null ? null : openingHours(row.schedule),
      buffers: row.settings === null ? null : buffersOf(row.settings),
      awaitsCalendars: row.awaits_calendars,
    }));
  }

  async resources(tx: Transaction, ids: readonly Uuid[]): Promise<BookableResource[]> {
    if (ids.length === 0) return [];
    const rows = await tx.query<{ id: Uuid; user_id: Uuid | null; name: string; zone: ZoneId }[]>(
      `SELECT id, user_id, name, zone FROM resources WHERE id = ANY($1)`,
      [ids],
    );
    return rows.map(({ id, user_id, name, zone }) => ({ resourceId: id, userId: user_id, name, zone }));
  }

  /** Calendars of users that are read for busy time, and the named ones. A removed one is told, not left out: its time is unknown. */
  async busyCalendars(
    tx: Transaction,
    { userIds, calendarIds }: { userIds: readonly Uuid[]; calendarIds: readonly Uuid[] },
  ): Promise<BusyCalendar[]> {
    const rows = await tx.query<
      {
        id: Uuid;
        connection_id: Uuid;
        user_id: Uuid;
        remote_id: string;
        zone: ZoneId | null;
        status: string;
        is_busy_source: boolean;
        is_held: boolean;
        connection_status: string;
        sync_enabled: boolean;
        synced_at: Date | null;
        covered_from: Date | null;
        covered_to: Date | null;
      }[]
    >(
      `SELECT k.id, k.connection_id, n.user_id, k.remote_id, k.zone, k.status, k.reads_busy AND k.is_active AS is_busy_source, k.held IS NOT NULL AS is_held, n.status AS connection_status, n.sync_enabled,
         k.synced_at, k.covered_from, k.covered_to
       FROM calendars k JOIN connections n ON n.id = k.connection_id
       WHERE (n.user_id = ANY($1) AND k.reads_busy AND k.is_active AND k.status = 'active' AND n.status <> 'revoked') OR k.id = ANY($2)
       ORDER BY k.id`,
      [userIds, calendarIds],
    );
    return rows.map((row) => ({
      id: row.id,
      connectionId: row.connection_id,
      userId: row.user_id,
      remoteId: row.remote_id,
      zone: row.zone,
      isRemoved: row.status === 'removed',
      isBusySource: row.is_busy_source,
      isHeld: row.is_held,
      connectionStatus: row.connection_status,
      isSyncEnabled: row.sync_enabled,
      syncedAt: row.synced_at === null ? null : (row.synced_at.getTime() as Instant),
      covered:
        row.covered_from === null || row.covered_to === null
          ? null
          : { start: row.covered_from.getTime() as Instant, end: row.covered_to.getTime() as Instant },
    }));
  }

  /**
   * Busy occurrences of all the calendars. An event of a meeting of ours is left out where the meeting's
   * claim blocks its owner, where the meeting has ended, or where it is the meeting that is to be moved.
   */
  async busy(
    tx: Transaction,
    { calendarIds, span, exceptMeeting }: { calendarIds: readonly Uuid[]; span: Interval; exceptMeeting: Uuid | null },
  ): Promise<BusyRow[]> {
    if (calendarIds.length === 0) return [];
    return tx.query<BusyRow[]>(
      `SELECT o.calendar_id, o.event_id, o.is_all_day, o.start_at, o.end_at, o.start_date::text, o.end_date::text
       FROM occurrences o JOIN calendars k ON k.id = o.calendar_id JOIN connections n ON n.id = k.connection_id
       WHERE o.calendar_id = ANY($1) AND o.is_busy AND o.start_at < $3 AND o.end_at > $2
         AND NOT EXISTS (SELECT FROM placements p WHERE o.ical_uid IS NOT NULL AND p.ical_uid = o.ical_uid AND ${isCovered})
         AND NOT EXISTS (SELECT FROM placements p JOIN event_details d ON d.event_id = o.event_id WHERE p.marker = d.marker AND ${isCovered})
       ORDER BY o.start_at`,
      [calendarIds, toTimestamp(span.start), toTimestamp(span.end), exceptMeeting],
    );
  }

  /** All busy occurrences of the calendars, also those that {@link busy} leaves out, and which are of this meeting: its event or a copy. */
  async mirrored(
    tx: Transaction,
    { calendarIds, span, meetingId }: { calendarIds: readonly Uuid[]; span: Interval; meetingId: Uuid },
  ): Promise<(BusyRow & { readonly is_own: boolean })[]> {
    if (calendarIds.length === 0) return [];
    return tx.query<(BusyRow & { readonly is_own: boolean })[]>(
      `SELECT o.calendar_id, o.event_id, o.is_all_day, o.start_at, o.end_at, o.start_date::text, o.end_date::text,
         EXISTS (SELECT FROM placements p LEFT JOIN event_details d ON d.event_id = o.event_id
           WHERE p.thing_kind = 'meeting' AND p.thing_id = $4 AND (p.ical_uid = o.ical_uid OR p.marker = d.marker)) AS is_own
       FROM occurrences o WHERE o.calendar_id = ANY($1) AND o.is_busy AND o.start_at < $3 AND o.end_at > $2 ORDER BY o.start_at`,
      [calendarIds, toTimestamp(span.start), toTimestamp(span.end), meetingId],
    );
  }

  async claims(
    tx: Transaction,
    { resourceIds, span, now, exceptMeeting }: { resourceIds: readonly Uuid[]; span: Interval; now: Instant; exceptMeeting: Uuid | null },
  ): Promise<ClaimRow[]> {
    if (resourceIds.length === 0) return [];
    return tx.query<ClaimRow[]>(
      `SELECT resource_id, meeting_id, start_at, end_at, before_ms, after_ms FROM claims
       WHERE resource_id = ANY($1) AND blocking AND start_at < $3 AND end_at > $2 AND (expires_at IS NULL OR expires_at > $4) AND meeting_id IS DISTINCT FROM $5
       ORDER BY start_at`,
      [resourceIds, toTimestamp(span.start), toTimestamp(span.end), toTimestamp(now), exceptMeeting],
    );
  }

  /** Starts of meetings that people had, for the ranking. */
  async pastStarts(
    tx: Transaction,
    { resourceIds, since, now }: { resourceIds: readonly Uuid[]; since: Instant; now: Instant },
  ): Promise<ReadonlyMap<Uuid, Float64Array>> {
    if (resourceIds.length === 0) return new Map();
    const rows = await tx.query<{ resource_id: Uuid; start_at: Date }[]>(
      `SELECT c.resource_id, c.start_at FROM claims c JOIN meetings m ON m.id = c.meeting_id AND m.status = 'booked'
       WHERE c.resource_id = ANY($1) AND c.start_at >= $2 AND c.start_at < $3 ORDER BY c.start_at DESC LIMIT 2000`,
      [resourceIds, toTimestamp(since), toTimestamp(now)],
    );
    const grouped = Map.groupBy(rows, (row) => row.resource_id);
    return new Map([...grouped].map(([id, own]) => [id, Float64Array.from(own, ({ start_at }) => start_at.getTime())]));
  }

  async schedule(tx: Transaction, id: Uuid): Promise<OpeningHours | null> {
    const [row] = await tx.query<StoredSchedule[]>(`SELECT zone, weekly_hours, overrides FROM schedules WHERE id = $1`, [id]);
    return row === undefined ? null : openingHours(row);
  }
}

/** The numbers of a scheduling profile as they are stored. */
export interface ProfileNumbers {
  readonly duration_minutes: number;
  readonly step_minutes: number;
  readonly round_to: number;
  readonly buffer_before: number;
  readonly buffer_after: number;
  readonly prep_minutes: number;
  readonly notice_minutes: number;
  readonly horizon_days: number | null;
  readonly max_per_day: number | null;
}

export function buffersOf(settings: Pick<ProfileNumbers, 'buffer_before' | 'buffer_after' | 'prep_minutes'>): BufferSettings {
  return {
    bufferBeforeMinutes: settings.buffer_before,
    bufferAfterMinutes: settings.buffer_after,
    preparationMinutes: settings.prep_minutes,
  };
}

export function openingHours(schedule: StoredSchedule): OpeningHours {
  const weekly = [1, 2, 3, 4, 5, 6, 7].map((weekday) => schedule.weekly_hours.filter((span) => span.weekday === weekday).map(dayRange));
  const overrides: DateOverride[] = schedule.overrides.map(({ date, hours }) => ({ date, ranges: hours.map(dayRange) }));
  return checkOpeningHours({ zone: schedule.zone, weekly, overrides });
}

function dayRange({ start, end }: { readonly start: string; readonly end: string }): DayRange {
  return { fromMinute: parseMinuteOfDay(start), toMinute: parseMinuteOfDay(end) };
}

/** The busy rows of a person's calendars as the engine wants them, in order of start. */
export function busyTimeline(rows: readonly BusyRow[], zoneOf: (calendarId: Uuid) => ZoneId): BusyTimeline {
  const calendarIds = [...new Set(rows.map((row) => row.calendar_id))];
  const places = new Map(calendarIds.map((id, place) => [id, place]));
  const spans = rows.map((row) => ({ row, ...spanOf(row, zoneOf(row.calendar_id)) })).sort((one, other) => one.start - other.start);
  return {
    starts: Float64Array.from(spans, ({ start }) => start),
    ends: Float64Array.from(spans, ({ end }) => end),
    calendars: Int32Array.from(spans, ({ row }) => places.get(row.calendar_id)!),
    calendarIds,
    eventIds: spans.map(({ row }) => row.event_id),
  };
}

/** Milliseconds; an all-day row in the given zone. */
export function spanOf(row: BusyRow, zone: ZoneId): { start: number; end: number } {
  if (row.start_date === null || row.end_date === null) return { start: row.start_at.getTime(), end: row.end_at.getTime() };
  return resolveAllDay({ startDate: row.start_date, endDate: row.end_date }, zone);
}

export function claimTimeline(rows: readonly ClaimRow[]): ClaimTimeline {
  return {
    starts: Float64Array.from(rows, ({ start_at }) => start_at.getTime()),
    ends: Float64Array.from(rows, ({ end_at }) => end_at.getTime()),
    beforeMs: Float64Array.from(rows, ({ before_ms }) => before_ms),
    afterMs: Float64Array.from(rows, ({ after_ms }) => after_ms),
    meetingIds: rows.map(({ meeting_id }) => meeting_id),
  };
}
