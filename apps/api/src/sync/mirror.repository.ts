import { Injectable } from '@nestjs/common';
import { Clock, IdSource, UTC, type Instant, type Interval, type PlainDate, type Uuid, type WallTime, type ZoneId } from '@daymark/domain';
import {
  deriveSeries,
  occurrenceOf,
  type DerivedOccurrence,
  type MirroredEvent,
  type MirroredSeries,
  type OccurrenceTime,
} from '@daymark/sync';
import type { Calendar } from '../calendars/calendar.ts';
import { toTimestamp } from '../database/columns.ts';
import type { Transaction } from '../database/database.ts';
import { occurrenceColumns, storedOriginalKey, type EventRow } from './event-row.ts';
import { storableJson } from './storable-json.ts';

type OfCalendar = Pick<Calendar, 'id' | 'tenantId' | 'zone'>;

export interface StoredVersion {
  readonly remote_id: string;
  readonly remote_version: string;
  readonly deleted_at: Date | null;
}

export interface SavedEvent {
  readonly id: Uuid;
  readonly remoteId: string;
  readonly version: number;
  readonly outcome: 'created' | 'updated' | 'same';
}

export interface DeletedEvent {
  readonly id: Uuid;
  readonly version: number;
}

/** A series that could not be expanded; its master is kept, its occurrences are not known. */
export interface UnreadableSeriesRow {
  readonly remoteId: string;
  readonly reason: string;
}

interface SeriesRow {
  readonly id: Uuid;
  readonly remote_id: string;
  readonly series_remote_id: string | null;
  readonly form: EventRow['form'];
  readonly status: string;
  readonly is_busy: boolean;
  readonly is_all_day: boolean;
  readonly start_at: Date | null;
  readonly end_at: Date | null;
  readonly start_wall: WallTime | null;
  readonly zone: ZoneId | null;
  readonly start_date: PlainDate | null;
  readonly end_date: PlainDate | null;
  readonly original_start: Date | null;
  readonly original_date: PlainDate | null;
  readonly ical_uid: string | null;
  readonly rules: string[];
  readonly deleted_at: Date | null;
}

/** The stored copy of a calendar. All statements work on sets: a page costs a fixed number of them. */
@Injectable()
export class MirrorRepository {
  constructor(
    private readonly clock: Clock,
    private readonly ids: IdSource,
  ) {}

  async versionsOf(tx: Transaction, calendarId: Uuid, remoteIds: readonly string[]): Promise<StoredVersion[]> {
    return tx.query<StoredVersion[]>(
      `SELECT remote_id, remote_version, deleted_at FROM events WHERE calendar_id = $1 AND remote_id = ANY($2)`,
      [calendarId, remoteIds],
    );
  }

  /** Marks as seen in this round what a page showed unchanged. */
  async touch(
    tx: Transaction,
    calendarId: Uuid,
    { remoteIds, generation }: { remoteIds: readonly string[]; generation: number },
  ): Promise<void> {
    if (remoteIds.length === 0) return;
    await tx.query(`UPDATE events SET generation = $3 WHERE calendar_id = $1 AND remote_id = ANY($2) AND generation <> $3`, [
      calendarId,
      remoteIds,
      generation,
    ]);
  }

  /** Writes events; one whose content is as before keeps its version and is `same`. */
  async save(
    tx: Transaction,
    calendar: OfCalendar,
    { rows, generation }: { rows: readonly EventRow[]; generation: number },
  ): Promise<SavedEvent[]> {
    if (rows.length === 0) return [];
    const given = storableJson(rows.map(({ details: _, ...row }) => ({ ...row, id: this.ids.next() })));
    const saved = await tx.query<{ id: Uuid; remote_id: string; version: number; outcome: SavedEvent['outcome'] }[]>(
      `WITH given AS (
         SELECT * FROM jsonb_to_recordset($4::jsonb) AS r (id uuid, remote_id text, ical_uid text, form text, series_remote_id text, original_start timestamptz,
           original_date date, kind text, status text, visibility text, is_busy boolean, is_all_day boolean, start_at timestamptz, end_at timestamptz,
           start_wall text, end_wall text, zone text, start_date date, end_date date, remote_version text, content_hash text, remote_updated_at timestamptz)
       ), before AS (
         SELECT e.remote_id, e.content_hash, e.deleted_at FROM events e JOIN given ON given.remote_id = e.remote_id WHERE e.calendar_id = $1
       ), saved AS (
         INSERT INTO events AS e (id, tenant_id, calendar_id, remote_id, ical_uid, form, series_remote_id, original_start, original_date, kind, status, visibility,
           is_busy, is_all_day, start_at, end_at, start_wall, end_wall, zone, start_date, end_date, remote_version, content_hash, remote_updated_at,
           generation, created_at, updated_at)
         SELECT id, $2, $1, remote_id, ical_uid, form, series_remote_id, original_start, original_date, kind, status, visibility,
           is_busy, is_all_day, start_at, end_at, start_wall, end_wall, zone, start_date, end_date, remote_version, decode(content_hash, 'hex'), remote_updated_at,
           $3, $5, $5 FROM given
         ON CONFLICT (calendar_id, remote_id) DO UPDATE SET
           ical_uid = excluded.ical_uid, form = excluded.form, series_remote_id = excluded.series_remote_id, original_start = excluded.original_start,
           original_date = excluded.original_date, kind = excluded.kind, status = excluded.status, visibility = excluded.visibility, is_busy = excluded.is_busy,
           is_all_day = excluded.is_all_day, start_at = excluded.start_at, end_at = excluded.end_at, start_wall = excluded.start_wall, end_wall = excluded.end_wall,
           zone = excluded.zone, start_date = excluded.start_date, end_date = excluded.end_date, remote_version = excluded.remote_version,
           content_hash = excluded.content_hash, remote_updated_at = excluded.remote_updated_at, generation = excluded.generation, deleted_at = NULL,
           version = e.version + CASE WHEN e.content_hash = excluded.content_hash AND e.deleted_at IS NULL THEN 0 ELSE 1 END,
           updated_at = CASE WHEN e.content_hash = excluded.content_hash AND e.deleted_at IS NULL THEN e.updated_at ELSE excluded.updated_at END
         RETURNING e.id, e.remote_id, e.version, e.content_hash
       )
       SELECT saved.id, saved.remote_id, saved.version,
         CASE WHEN before.remote_id IS NULL OR before.deleted_at IS NOT NULL THEN 'created'
              WHEN before.content_hash = saved.content_hash THEN 'same' ELSE 'updated' END AS outcome
       FROM saved LEFT JOIN before ON before.remote_id = saved.remote_id`,
      [calendar.id, calendar.tenantId, generation, given, toTimestamp(this.clock.now())],
    );
    const idsOf = new Map(saved.map((event) => [event.remote_id, event]));
    const changed = rows.filter((row) => idsOf.get(row.remote_id)!.outcome !== 'same');
    await this.#saveDetails(
      tx,
      calendar.tenantId,
      changed.map((row) => ({ ...row.details, event_id: idsOf.get(row.remote_id)!.id })),
    );
    return saved.map(({ id, remote_id, version, outcome }) => ({ id, remoteId: remote_id, version, outcome }));
  }

  async #saveDetails(tx: Transaction, tenantId: Uuid, rows: readonly (EventRow['details'] & { event_id: Uuid })[]): Promise<void> {
    if (rows.length === 0) return;
    await tx.query(
      `INSERT INTO event_details (event_id, tenant_id, title, description, location, organizer, attendees, attendees_omitted, conference, reminders, rules, marker, url,
         color_id, sequence, read_only_reason, raw)
       SELECT event_id, $1, title, description, location, organizer, attendees, attendees_omitted, conference, reminders,
         ARRAY(SELECT jsonb_array_elements_text(rules)), marker, url, color_id, sequence, read_only_reason, raw
       FROM jsonb_to_recordset($2::jsonb) AS r (event_id uuid, title text, description text, location text, organizer jsonb, attendees jsonb, attendees_omitted boolean,
         conference jsonb, reminders jsonb, rules jsonb, marker text, url text, color_id text, sequence integer, read_only_reason text, raw jsonb)
       ON CONFLICT (event_id) DO UPDATE SET
         title = excluded.title, description = excluded.description, location = excluded.location, organizer = excluded.organizer, attendees = excluded.attendees,
         attendees_omitted = excluded.attendees_omitted, conference = excluded.conference, reminders = excluded.reminders, rules = excluded.rules,
         marker = excluded.marker, url = excluded.url, color_id = excluded.color_id, sequence = excluded.sequence, read_only_reason = excluded.read_only_reason, raw = excluded.raw`,
      [tenantId, storableJson(rows)],
    );
  }

  /** Marks events deleted, with a series its exceptions, and takes their occurrences away. `runId`: the run that found them gone, if one did. */
  async remove(
    tx: Transaction,
    calendarId: Uuid,
    { remoteIds, runId }: { remoteIds: readonly string[]; runId: Uuid | null },
  ): Promise<DeletedEvent[]> {
    if (remoteIds.length === 0) return [];
    const [rows] = await tx.query<[DeletedEvent[], number]>(
      `UPDATE events SET deleted_at = $3, deleted_by_run = $4, version = version + 1, updated_at = $3
       WHERE calendar_id = $1 AND deleted_at IS NULL AND (remote_id = ANY($2) OR series_remote_id = ANY($2)) RETURNING id, version`,
      [calendarId, remoteIds, toTimestamp(this.clock.now()), runId],
    );
    await tx.query(`DELETE FROM occurrences WHERE event_id = ANY($1)`, [rows.map(({ id }) => id)]);
    return rows;
  }

  /** Writes the occurrences of events anew; with an exception its whole series. Null covers all of the calendar's series. */
  async derive(
    tx: Transaction,
    calendar: OfCalendar,
    { remoteIds, coverage }: { remoteIds: readonly string[] | null; coverage: Interval },
  ): Promise<UnreadableSeriesRow[]> {
    const rows = await this.#seriesRows(tx, calendar.id, remoteIds);
    const masters = new Map(rows.filter((row) => row.form === 'series' && row.deleted_at === null).map((row) => [row.remote_id, row]));
    const exceptions = Map.groupBy(
      rows.filter((row) => row.series_remote_id !== null && row.deleted_at === null),
      (row) => row.series_remote_id!,
    );
    const zone = calendar.zone ?? UTC;
    const derived: DerivedOccurrence[] = [];
    const unreadable: UnreadableSeriesRow[] = [];
    for (const row of rows) {
      if (row.deleted_at !== null || row.form === 'series' || (row.series_remote_id !== null && masters.has(row.series_remote_id)))
        continue;
      const one = occurrenceOf(mirrored(row));
      if (one !== null) derived.push(one);
    }
    for (const master of masters.values()) {
      const series = mirroredSeries(master);
      if (series === null) {
        unreadable.push({ remoteId: master.remote_id, reason: 'the series does not tell when it begins' });
        continue;
      }
      const result = deriveSeries(series, { exceptions: (exceptions.get(master.remote_id) ?? []).map(mirrored), coverage, zone });
      if (result.kind === 'derived') derived.push(...result.occurrences);
      else unreadable.push({ remoteId: master.remote_id, reason: result.reason });
    }
    await this.#replaceOccurrences(tx, calendar, {
      eventIds: rows.map(({ id }) => id),
      derived,
      uidOf: new Map(rows.map((row) => [row.id as string, row.ical_uid])),
    });
    return unreadable;
  }

  async #seriesRows(tx: Transaction, calendarId: Uuid, remoteIds: readonly string[] | null): Promise<SeriesRow[]> {
    const columns = `e.id, e.remote_id, e.series_remote_id, e.form, e.status, e.is_busy, e.is_all_day, e.start_at, e.end_at, e.start_wall, e.zone,
      e.start_date::text, e.end_date::text, e.original_start, e.original_date::text, e.ical_uid, e.deleted_at, coalesce(d.rules, '{}') AS rules`;
    if (remoteIds === null) {
      return tx.query<SeriesRow[]>(
        `SELECT ${columns} FROM events e LEFT JOIN event_details d ON d.event_id = e.id WHERE e.calendar_id = $1 AND (e.form = 'series' OR e.series_remote_id IS NOT NULL)`,
        [calendarId],
      );
    }
    return tx.query<SeriesRow[]>(
      `WITH given AS (
         SELECT remote_id, series_remote_id FROM events WHERE calendar_id = $1 AND remote_id = ANY($2)
       ), series AS (
         SELECT remote_id AS id FROM given UNION SELECT series_remote_id FROM given WHERE series_remote_id IS NOT NULL
       )
       SELECT ${columns} FROM events e LEFT JOIN event_details d ON d.event_id = e.id
       WHERE e.calendar_id = $1 AND (e.remote_id IN (SELECT id FROM series) OR e.series_remote_id IN (SELECT id FROM series))`,
      [calendarId, remoteIds],
    );
  }

  async #replaceOccurrences(
    tx: Transaction,
    calendar: OfCalendar,
    {
      eventIds,
      derived,
      uidOf,
    }: { eventIds: readonly Uuid[]; derived: readonly DerivedOccurrence[]; uidOf: ReadonlyMap<string, string | null> },
  ): Promise<void> {
    const rows = derived.map(({ eventId, originalKey, isBusy, time }) => ({
      id: this.ids.next(),
      event_id: eventId,
      ical_uid: uidOf.get(eventId) ?? null,
      original_key: originalKey,
      is_busy: isBusy,
      ...occurrenceColumns(time),
    }));
    await tx.query(
      `WITH given AS (
         SELECT * FROM jsonb_to_recordset($4::jsonb) AS r (id uuid, event_id uuid, ical_uid text, original_key text, is_busy boolean, is_all_day boolean,
           start_at timestamptz, end_at timestamptz, start_date date, end_date date)
       ), gone AS (
         DELETE FROM occurrences o WHERE o.event_id = ANY($3)
           AND NOT EXISTS (SELECT FROM given WHERE given.event_id = o.event_id AND given.original_key = o.original_key)
       )
       INSERT INTO occurrences AS o (id, tenant_id, calendar_id, event_id, ical_uid, original_key, is_busy, is_all_day, start_at, end_at, start_date, end_date)
       SELECT id, $2, $1, event_id, ical_uid, original_key, is_busy, is_all_day, start_at, end_at, start_date, end_date FROM given
       ON CONFLICT (event_id, original_key) DO UPDATE SET
         ical_uid = excluded.ical_uid, is_busy = excluded.is_busy, is_all_day = excluded.is_all_day, start_at = excluded.start_at, end_at = excluded.end_at,
         start_date = excluded.start_date, end_date = excluded.end_date
       WHERE (o.ical_uid, o.is_busy, o.is_all_day, o.start_at, o.end_at, o.start_date, o.end_date)
         IS DISTINCT FROM (excluded.ical_uid, excluded.is_busy, excluded.is_all_day, excluded.start_at, excluded.end_at, excluded.start_date, excluded.end_date)`,
      [calendar.id, calendar.tenantId, eventIds, storableJson(rows)],
    );
  }
}

function mirrored(row: SeriesRow): MirroredEvent {
  return {
    id: row.id,
    isCancelled: row.status === 'cancelled',
    isBusy: row.is_busy,
    time: timeOf(row),
    original: storedOriginalKey(row.original_start, row.original_date),
  };
}

function mirroredSeries(row: SeriesRow): MirroredSeries | null {
  const time = timeOf(row);
  if (time === null) return null;
  const seriesTime = time.kind === 'timed' ? { ...time, startWall: row.start_wall!, zone: row.zone! } : time;
  return { ...mirrored(row), rules: row.rules, seriesTime };
}

function timeOf(row: SeriesRow): OccurrenceTime | null {
  if (row.start_date !== null && row.end_date !== null) return { kind: 'all-day', startDate: row.start_date, endDate: row.end_date };
  if (row.start_at === null || row.end_at === null) return null;
  return { kind: 'timed', start: row.start_at.getTime() as Instant, end: row.end_at.getTime() as Instant };
}
