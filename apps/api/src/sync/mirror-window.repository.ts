import { Injectable } from '@nestjs/common';
import type { Instant, Interval, Uuid } from '@daymark/domain';
import type { CompleteSet, DeletionCount } from '@daymark/sync';
import { toTimestamp } from '../database/columns.ts';
import type { Transaction } from '../database/database.ts';

/**
 * Whether an occurrence `o` takes place within a window, whatever the zone. A provider places a date in the
 * zone of its calendar, which begins it 14 hours before UTC at the earliest and 12 hours after at the latest;
 * `occurrences` keeps the widest of it (see `occurrenceColumns`), this asks for the narrowest. So a date at the
 * edge is neither missed in a set that need not hold it, nor taken for known before it could be.
 */
function takesPlaceWithin(from: string, to: string): string {
  return `CASE WHEN o.is_all_day THEN o.start_at + interval '26 hours' < ${to} AND o.end_at - interval '26 hours' > ${from}
    ELSE o.start_at < ${to} AND o.end_at > ${from} END`;
}

/** Whether an exception `e` replaces an occurrence that may lie within a window, in one zone or another. */
function mayReplaceWithin(from: string, to: string): string {
  return `CASE WHEN e.original_date IS NULL THEN e.original_start >= ${from} AND e.original_start < ${to}
    ELSE e.original_date::timestamptz - interval '14 hours' < ${to} AND e.original_date::timestamptz + interval '36 hours' > ${from} END`;
}

/** What of the stored copy of a calendar lies within a window, and what a complete set of it lacks. */
@Injectable()
export class MirrorWindowRepository {
  /**
   * What certainly lies in the window of a complete set and was not in it. For a cancelled exception its
   * original start is enough: windows begin and end at midnight in UTC, so that a date that starts between
   * them overlaps the window in every zone.
   */
  async missingFrom(tx: Transaction, calendarId: Uuid, set: CompleteSet): Promise<string[]> {
    const rows = await tx.query<{ remote_id: string }[]>(
      `SELECT e.remote_id FROM events e
       WHERE e.calendar_id = $1 AND e.deleted_at IS NULL AND e.generation < $2
         AND (EXISTS (SELECT FROM occurrences o WHERE o.event_id = e.id AND ${takesPlaceWithin('$3', '$4')})
           OR (e.status = 'cancelled' AND coalesce(e.original_start, e.original_date::timestamptz) >= $3 AND coalesce(e.original_start, e.original_date::timestamptz) < $4))`,
      [calendarId, set.generation, toTimestamp(set.window.start), toTimestamp(set.window.end)],
    );
    return rows.map((row) => row.remote_id);
  }

  /**
   * Forgets what was not in a complete set because it lies outside its window: no deletion, nobody is
   * told. An exception that was moved out of the window stays while its series does: without it the
   * series would take place again where it was moved from.
   */
  async ageOut(tx: Transaction, calendarId: Uuid, set: CompleteSet): Promise<void> {
    await tx.query(
      `DELETE FROM events e WHERE e.calendar_id = $1 AND e.deleted_at IS NULL AND e.generation < $2
         AND NOT (e.status <> 'cancelled' AND ${mayReplaceWithin('$3', '$4')}
           AND EXISTS (SELECT FROM events s WHERE s.calendar_id = $1 AND s.remote_id = e.series_remote_id AND s.deleted_at IS NULL AND s.generation = $2))`,
      [calendarId, set.generation, toTimestamp(set.window.start), toTimestamp(set.window.end)],
    );
  }

  /** Which of the events certainly take, or took, place within a span. */
  async thoseWithin(tx: Transaction, ids: readonly Uuid[], { start, end }: Interval): Promise<ReadonlySet<Uuid>> {
    if (ids.length === 0) return new Set();
    const rows = await tx.query<{ id: Uuid }[]>(
      `SELECT e.id FROM events e
       WHERE e.id = ANY($1) AND (EXISTS (SELECT FROM occurrences o WHERE o.event_id = e.id AND ${takesPlaceWithin('$2', '$3')})
         OR (coalesce(e.original_start, e.original_date::timestamptz) >= $2 AND coalesce(e.original_start, e.original_date::timestamptz) < $3))`,
      [ids, toTimestamp(start), toTimestamp(end)],
    );
    return new Set(rows.map(({ id }) => id));
  }

  /**
   * Counts for the brake: what is live or was at the moment, and of it what runs deleted since, with what would be
   * deleted now. A series counts once, its exceptions with it; what was taken off the calendar by us does not.
   */
  async countDeletions(
    tx: Transaction,
    calendarId: Uuid,
    { since, remoteIds }: { since: Instant; remoteIds: readonly string[] },
  ): Promise<DeletionCount> {
    const [row] = await tx.query<[{ live: number; would_delete: number }]>(
      `WITH view AS (
         SELECT e.remote_id, e.series_remote_id, e.deleted_at IS NOT NULL OR e.remote_id = ANY($3) AS is_gone
         FROM events e JOIN calendars k ON k.id = e.calendar_id
         WHERE e.calendar_id = $1 AND e.status <> 'cancelled' AND (e.deleted_at IS NULL
           OR (e.deleted_by_run IS NOT NULL AND e.deleted_at > greatest($2, k.deletions_accepted_at)))
       )
       SELECT count(*) FILTER (WHERE series_remote_id IS NULL)::integer AS live,
         count(DISTINCT coalesce(series_remote_id, remote_id)) FILTER (WHERE is_gone)::integer AS would_delete
       FROM view`,
      [calendarId, toTimestamp(since), remoteIds],
    );
    return { live: row.live, wouldDelete: row.would_delete };
  }
}
