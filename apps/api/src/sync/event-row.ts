import type { ProviderEvent } from '@daymark/provider-contract';
import { DAY_MS, HOUR_MS, instantOf, UTC, type Instant, type PlainDate, type WallTime } from '@daymark/domain';
import { originalKey, type OccurrenceTime } from '@daymark/sync';
import type { Calendar } from '../calendars/calendar.ts';
import { sha256 } from '../crypto/hashing.ts';

/** An event as the mirror stores it: the narrow columns and, apart, the wide ones. JSON, for set-based statements. */
export interface EventRow {
  readonly remote_id: string;
  readonly ical_uid: string | null;
  readonly form: ProviderEvent['recurrence']['kind'];
  readonly series_remote_id: string | null;
  readonly original_start: string | null;
  readonly original_date: string | null;
  readonly kind: string;
  readonly status: ProviderEvent['status'];
  readonly visibility: ProviderEvent['visibility'];
  readonly is_busy: boolean;
  readonly is_all_day: boolean;
  readonly start_at: string | null;
  readonly end_at: string | null;
  readonly start_wall: string | null;
  readonly end_wall: string | null;
  readonly zone: string | null;
  readonly start_date: string | null;
  readonly end_date: string | null;
  readonly remote_version: string;
  /** Hex. */
  readonly content_hash: string;
  readonly remote_updated_at: string | null;
  readonly details: EventDetailRow;
}

export interface EventDetailRow {
  readonly title: string | null;
  readonly description: string | null;
  readonly location: string | null;
  readonly organizer: ProviderEvent['organizer'];
  readonly attendees: ProviderEvent['attendees'];
  readonly attendees_omitted: boolean;
  readonly conference: ProviderEvent['conference'];
  readonly reminders: ProviderEvent['reminders'];
  readonly rules: readonly string[];
  readonly marker: string | null;
  readonly url: string | null;
  readonly color_id: string | null;
  readonly sequence: number;
  readonly read_only_reason: ProviderEvent['readOnlyReason'];
  readonly raw: unknown;
}

type Choices = Pick<Calendar, 'privacy' | 'filters'>;

/** What is stored of an event: filtered first, so that what may not be kept never reaches a statement. */
export function eventRow(event: ProviderEvent, choices: Choices): EventRow {
  const isHidden = choices.privacy === 'busy_only' || (choices.filters.exclude_private === true && event.visibility === 'private');
  const { recurrence, time } = event;
  const original = recurrence.kind === 'exception' || recurrence.kind === 'occurrence' ? recurrence.originalStart : null;
  const shown = {
    ical_uid: event.iCalUid,
    form: recurrence.kind,
    series_remote_id: recurrence.kind === 'exception' || recurrence.kind === 'occurrence' ? recurrence.seriesId : null,
    original_start: original?.kind === 'timed' ? new Date(original.at).toISOString() : null,
    original_date: original?.kind === 'all-day' ? original.date : null,
    kind: event.kind,
    status: event.status,
    visibility: event.visibility,
    is_busy: event.busy && !isExcluded(event, choices),
    is_all_day: time === null ? original?.kind === 'all-day' : time.kind === 'all-day',
    start_at: time?.kind === 'timed' ? new Date(time.start).toISOString() : null,
    end_at: time?.kind === 'timed' ? new Date(time.end).toISOString() : null,
    start_wall: time?.kind === 'timed' ? time.startWall : null,
    end_wall: time?.kind === 'timed' ? time.endWall : null,
    zone: time?.kind === 'timed' ? time.zone : null,
    start_date: time?.kind === 'all-day' ? time.startDate : null,
    end_date: time?.kind === 'all-day' ? time.endDate : null,
    details: isHidden ? hiddenDetails(event) : fullDetails(event),
  };
  const { raw: _, ...hashed } = shown.details;
  const contentHash = sha256(JSON.stringify({ ...shown, details: hashed })).toString('hex');
  const updatedAt = event.updatedAt === null ? null : new Date(event.updatedAt).toISOString();
  return { ...shown, remote_id: event.id, remote_version: event.version, content_hash: contentHash, remote_updated_at: updatedAt };
}

function isExcluded(event: ProviderEvent, { filters }: Choices): boolean {
  if (filters.exclude_private === true && event.visibility === 'private') return true;
  if (filters.exclude_all_day === true && event.time?.kind === 'all-day') return true;
  return filters.exclude_tentative === true && event.status === 'tentative';
}

function fullDetails(event: ProviderEvent): EventDetailRow {
  return {
    title: event.title,
    description: event.description,
    location: event.location,
    organizer: event.organizer,
    attendees: event.attendees,
    attendees_omitted: event.attendeesOmitted,
    conference: event.conference,
    reminders: event.reminders,
    rules: event.recurrence.kind === 'series' ? event.recurrence.rules : [],
    marker: event.marker,
    url: event.url,
    color_id: event.colorId,
    sequence: event.sequence,
    read_only_reason: event.readOnlyReason,
    raw: event.raw ?? null,
  };
}

function hiddenDetails(event: ProviderEvent): EventDetailRow {
  return {
    title: null,
    description: null,
    location: null,
    organizer: null,
    attendees: [],
    attendees_omitted: false,
    conference: null,
    reminders: null,
    rules: event.recurrence.kind === 'series' ? event.recurrence.rules : [],
    marker: event.marker,
    url: null,
    color_id: null,
    sequence: event.sequence,
    read_only_reason: event.readOnlyReason,
    raw: null,
  };
}

/** The columns by which an occurrence is found; see the comment on `occurrences.start_at`. */
export function occurrenceColumns(time: OccurrenceTime): {
  is_all_day: boolean;
  start_at: string;
  end_at: string;
  start_date: string | null;
  end_date: string | null;
} {
  if (time.kind === 'timed') {
    return {
      is_all_day: false,
      start_at: new Date(time.start).toISOString(),
      end_at: new Date(time.end).toISOString(),
      start_date: null,
      end_date: null,
    };
  }
  return {
    is_all_day: true,
    start_at: new Date(earliestStart(time.startDate)).toISOString(),
    end_at: new Date(latestStart(time.endDate)).toISOString(),
    start_date: time.startDate,
    end_date: time.endDate,
  };
}

/** The moment a date begins first anywhere (UTC+14), and last anywhere (UTC−12). */
export function earliestStart(date: PlainDate): Instant {
  return (utcMidnight(date) - 14 * HOUR_MS) as Instant;
}

export function latestStart(date: PlainDate): Instant {
  return (utcMidnight(date) + DAY_MS / 2) as Instant;
}

function utcMidnight(date: PlainDate): number {
  return instantOf(`${date}T00:00:00` as WallTime, UTC);
}

/** The key of a stored exception's original start; see `originalKey`. */
export function storedOriginalKey(originalStart: Date | null, originalDate: string | null): string | null {
  if (originalDate !== null) return originalKey(originalDate as PlainDate);
  return originalStart === null ? null : originalKey(originalStart.getTime() as Instant);
}
