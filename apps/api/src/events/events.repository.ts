import { Injectable } from '@nestjs/common';
import { DAY_MS, type Instant, type PlainDate, type Uuid } from '@daymark/domain';
import { toTimestamp } from '../database/columns.ts';
import type { Transaction } from '../database/database.ts';
import { eventRowSql, occurrenceRowSql, type EventRow, type OccurrenceRow } from './event-view.ts';

export interface ListFilter {
  readonly tenantId: Uuid;
  readonly from: Instant;
  readonly to: Instant;
  readonly userId: Uuid | null;
  readonly calendarIds: readonly Uuid[] | null;
  readonly connectionIds: readonly Uuid[] | null;
  readonly text: string | null;
  readonly includesDeleted: boolean;
  /** Only what has not begun; what lasts all day, only what has not ended. */
  readonly isUpcoming: boolean;
  readonly after: { readonly sortAt: Instant; readonly entryId: Uuid } | null;
  readonly limit: number;
}

export type ListedRow = EventRow & OccurrenceRow & { readonly sort_at: Date; readonly entry_id: Uuid };

/** Longer ones are found by an index of their own, so that a search need not begin at the beginning of time. */
const LONG_MS = 744 * 3_600_000;
const FIRST_SLICE_MS = 2 * DAY_MS;
const SLICE_GROWTH = 8;

/**
 * One entry for each time in the window, in order of start; dates are taken in their calendar's zone. What stands
 * on several calendars of one user (same iCalendar UID, same occurrence) is one entry: the copy on the primary
 * calendar, else on an own one. Only narrow tables are read until the page is known.
 *
 * $1 tenant, $2 from, $3 to, $4 from less {@link LONG_MS}, $5 user, $6 calendars, $7 connections, $8 title pattern,
 * $9 with deleted, $10 upcoming only, $11 and $12 the entry to go on after, $13 limit.
 */
export const listSql = occurrenceRowSql(`(
  WITH visible AS MATERIALIZED (
    SELECT k.id, n.user_id, coalesce(k.zone, 'UTC') AS zone, row_number() OVER (ORDER BY k.is_primary DESC, (k.access_role = 'owner') DESC, k.id) AS preference
    FROM calendars k JOIN connections n ON n.id = k.connection_id
    WHERE k.status = 'active' AND k.is_active AND n.status <> 'revoked' AND ($5::uuid IS NULL OR n.user_id = $5)
      AND ($6::uuid[] IS NULL OR k.id = ANY($6)) AND ($7::uuid[] IS NULL OR n.id = ANY($7))
  ), near AS (
    SELECT id, event_id, calendar_id, ical_uid, original_key, is_all_day, start_at, end_at, start_date, end_date FROM occurrences
    WHERE tenant_id = $1 AND start_at >= $4::timestamptz AND start_at < $3::timestamptz AND end_at >= $2::timestamptz
    UNION ALL
    SELECT id, event_id, calendar_id, ical_uid, original_key, is_all_day, start_at, end_at, start_date, end_date FROM occurrences
    WHERE tenant_id = $1 AND end_at - start_at > '744:00:00'::interval AND start_at < $4::timestamptz AND end_at >= $2::timestamptz
  ), timed AS (
    SELECT near.id AS occurrence_id, near.id AS entry_id, near.event_id, near.calendar_id, near.ical_uid, near.original_key, near.is_all_day,
      CASE WHEN near.is_all_day THEN NULL ELSE near.start_at END AS at_start, CASE WHEN near.is_all_day THEN NULL ELSE near.end_at END AS at_end,
      near.start_date AS on_start_date, near.end_date AS on_end_date, visible.user_id, visible.preference,
      CASE WHEN near.is_all_day THEN near.start_date::timestamp AT TIME ZONE visible.zone ELSE near.start_at END AS sort_at,
      CASE WHEN near.is_all_day THEN near.end_date::timestamp AT TIME ZONE visible.zone ELSE near.end_at END AS until_at
    FROM near JOIN visible ON visible.id = near.calendar_id
    UNION ALL
    SELECT NULL, e.id, e.id, e.calendar_id, NULL, NULL, e.is_all_day, NULL, NULL, NULL, NULL, visible.user_id, visible.preference, s.sort_at,
      greatest(s.sort_at, coalesce(e.end_at, e.end_date::timestamp AT TIME ZONE visible.zone, s.sort_at), CASE WHEN e.form = 'series' THEN $3::timestamptz END)
    FROM events e JOIN visible ON visible.id = e.calendar_id
      CROSS JOIN LATERAL (SELECT coalesce(e.start_at, e.start_date::timestamp AT TIME ZONE visible.zone, e.original_start, e.original_date::timestamp AT TIME ZONE visible.zone) AS sort_at) s
    WHERE $9::boolean AND e.tenant_id = $1 AND (e.deleted_at IS NOT NULL OR (e.status = 'cancelled' AND e.series_remote_id IS NOT NULL))
  ), ranked AS (
    SELECT timed.*, row_number() OVER (PARTITION BY user_id, coalesce(ical_uid, entry_id::text), original_key ORDER BY preference, entry_id) AS rank,
      array_agg(calendar_id) OVER (PARTITION BY user_id, coalesce(ical_uid, entry_id::text), original_key) AS copies
    FROM timed
    WHERE sort_at < $3::timestamptz AND (until_at > $2::timestamptz OR sort_at >= $2::timestamptz) AND (NOT $10::boolean OR is_all_day OR sort_at >= $2::timestamptz)
      AND ($8::text IS NULL OR EXISTS (SELECT FROM event_details d WHERE d.event_id = timed.event_id AND d.title ILIKE $8))
  )
  SELECT * FROM ranked WHERE rank = 1 AND ($11::timestamptz IS NULL OR (sort_at, entry_id) > ($11::timestamptz, $12::uuid)) ORDER BY sort_at, entry_id LIMIT $13
)`);

/** All times of one series, its exceptions among them; $1 calendar, $2 the series' remote id, $3 and $4 the window, $5 and $6 the entry to go on after, $7 limit. */
const instancesSql = occurrenceRowSql(`(
  SELECT o.id AS occurrence_id, o.id AS entry_id, o.event_id, o.original_key, o.start_at AS at_start, o.end_at AS at_end, o.start_date AS on_start_date, o.end_date AS on_end_date,
    NULL::uuid[] AS copies, s.sort_at
  FROM events i JOIN occurrences o ON o.event_id = i.id JOIN calendars c ON c.id = i.calendar_id
    CROSS JOIN LATERAL (SELECT CASE WHEN o.is_all_day THEN o.start_date::timestamp AT TIME ZONE coalesce(c.zone, 'UTC') ELSE o.start_at END AS sort_at,
      CASE WHEN o.is_all_day THEN o.end_date::timestamp AT TIME ZONE coalesce(c.zone, 'UTC') ELSE o.end_at END AS until_at) s
  WHERE i.calendar_id = $1 AND (i.remote_id = $2 OR i.series_remote_id = $2)
    AND ($3::timestamptz IS NULL OR s.until_at > $3 OR s.sort_at >= $3) AND ($4::timestamptz IS NULL OR s.sort_at < $4)
    AND ($5::timestamptz IS NULL OR (s.sort_at, o.id) > ($5::timestamptz, $6::uuid))
  ORDER BY s.sort_at, o.id LIMIT $7
)`);

@Injectable()
export class EventsRepository {
  /**
   * One more than the limit, when there are more. A whole tenant may have a hundred thousand times in a month: its
   * window is looked at in growing slices, until a page is full.
   */
  async list(tx: Transaction, filter: ListFilter): Promise<ListedRow[]> {
    const from = Math.max(filter.from, filter.after?.sortAt ?? filter.from) as Instant;
    const isWide = filter.userId === null && filter.calendarIds === null;
    for (let sliceMs = isWide ? FIRST_SLICE_MS : filter.to - from; ; sliceMs *= SLICE_GROWTH) {
      const to = Math.min(from + sliceMs, filter.to) as Instant;
      const rows = await tx.query<ListedRow[]>(listSql, listParameters({ ...filter, from, to }));
      if (rows.length > filter.limit || to >= filter.to) return rows;
    }
  }

  async listInstances(
    tx: Transaction,
    series: { readonly calendarId: Uuid; readonly remoteId: string },
    {
      from,
      to,
      after,
      limit,
    }: { readonly from: Instant | null; readonly to: Instant | null; readonly after: ListFilter['after']; readonly limit: number },
  ): Promise<ListedRow[]> {
    return tx.query<ListedRow[]>(instancesSql, [
      series.calendarId,
      series.remoteId,
      toTimestamp(from),
      toTimestamp(to),
      toTimestamp(after?.sortAt ?? null),
      after?.entryId ?? null,
      limit + 1,
    ]);
  }

  /** Also one that was deleted; not one of a disconnected account. */
  async find(tx: Transaction, id: Uuid): Promise<EventRow | null> {
    const [row] = await tx.query<EventRow[]>(eventRowSql(`WHERE e.id = $1 AND n.status <> 'revoked'`), [id]);
    return row ?? null;
  }

  /** The event that stands for one occurrence of a series, moved, changed or taken out. */
  async findException(
    tx: Transaction,
    { calendarId, seriesRemoteId, originalStart }: { calendarId: Uuid; seriesRemoteId: string; originalStart: Instant | PlainDate },
  ): Promise<EventRow | null> {
    const [row] = await tx.query<EventRow[]>(
      eventRowSql(
        `WHERE e.calendar_id = $1 AND e.series_remote_id = $2 AND e.deleted_at IS NULL AND (e.original_start = $3 OR e.original_date = $4)`,
      ),
      [calendarId, seriesRemoteId, ...originalColumns(originalStart)],
    );
    return row ?? null;
  }

  /** The remote ids of the exceptions of a series that stand for occurrences from one on. */
  async exceptionsFrom(tx: Transaction, series: EventRow, from: Instant | PlainDate): Promise<string[]> {
    const rows = await tx.query<{ remote_id: string }[]>(
      `SELECT remote_id FROM events
       WHERE calendar_id = $1 AND series_remote_id = $2 AND deleted_at IS NULL AND (original_start >= $3 OR original_date >= $4)`,
      [series.calendar_id, series.remote_id, ...originalColumns(from)],
    );
    return rows.map(({ remote_id }) => remote_id);
  }

  async findRemote(tx: Transaction, { calendarId, remoteId }: { calendarId: Uuid; remoteId: string }): Promise<EventRow | null> {
    const [row] = await tx.query<EventRow[]>(eventRowSql(`WHERE e.calendar_id = $1 AND e.remote_id = $2`), [calendarId, remoteId]);
    return row ?? null;
  }
}

function originalColumns(original: Instant | PlainDate): [Date | null, PlainDate | null] {
  return typeof original === 'string' ? [null, original] : [toTimestamp(original), null];
}

export function listParameters(filter: ListFilter): unknown[] {
  return [
    filter.tenantId,
    toTimestamp(filter.from),
    toTimestamp(filter.to),
    toTimestamp((filter.from - LONG_MS) as Instant),
    filter.userId,
    filter.calendarIds,
    filter.connectionIds,
    filter.text === null ? null : `%${filter.text.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`,
    filter.includesDeleted,
    filter.isUpcoming,
    toTimestamp(filter.after?.sortAt ?? null),
    filter.after?.entryId ?? null,
    filter.limit + 1,
  ];
}
