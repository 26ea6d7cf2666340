import type { Event as EventView } from '@daymark/api-contract';
import {
  formatId,
  formatInstant,
  UTC,
  wallTimeOf,
  type Instant,
  type PlainDate,
  type Uuid,
  type WallTime,
  type ZoneId,
} from '@daymark/domain';
import type {
  EventAttendee,
  EventConference,
  EventFields,
  EventPerson,
  EventReminders,
  EventTime,
  ProviderEvent,
} from '@daymark/provider-contract';
import { isWritable } from '../calendars/calendar-view.ts';
import { toInstant } from '../database/columns.ts';

/** An event with everything that a view or a write needs, as {@link eventRowSql} reads it. */
export interface EventRow {
  readonly id: Uuid;
  readonly calendar_id: Uuid;
  readonly connection_id: Uuid;
  readonly user_id: Uuid;
  readonly provider: string;
  readonly remote_id: string;
  readonly ical_uid: string | null;
  readonly form: EventView['recurrence']['kind'];
  readonly series_remote_id: string | null;
  readonly series_id: Uuid | null;
  readonly original_start: Date | null;
  readonly original_date: PlainDate | null;
  readonly kind: EventView['kind'];
  readonly status: EventView['status'];
  readonly visibility: EventView['visibility'];
  readonly is_busy: boolean;
  readonly is_all_day: boolean;
  readonly start_at: Date | null;
  readonly end_at: Date | null;
  readonly zone: ZoneId | null;
  readonly start_date: PlainDate | null;
  readonly end_date: PlainDate | null;
  readonly remote_version: string;
  readonly remote_updated_at: Date | null;
  readonly deleted_at: Date | null;
  readonly updated_at: Date;
  readonly version: number;
  readonly title: string | null;
  readonly description: string | null;
  readonly location: string | null;
  readonly organizer: EventPerson | null;
  readonly attendees: readonly EventAttendee[] | null;
  readonly attendees_omitted: boolean | null;
  readonly conference: EventConference | null;
  readonly reminders: EventReminders | null;
  readonly rules: string[] | null;
  readonly url: string | null;
  readonly color_id: string | null;
  readonly sequence: number | null;
  readonly read_only_reason: 'not-organizer' | 'locked' | 'special-kind' | null;
  readonly meeting_id: Uuid | null;
  readonly access_role: EventAccess;
  readonly access_profile: string;
  readonly direction: string;
}

type EventAccess = 'owner' | 'writer' | 'reader' | 'free-busy';

/** One time at which an event takes place, and on which other calendars of the same user it stands too. */
export interface OccurrenceRow {
  readonly occurrence_id: Uuid | null;
  readonly original_key: string | null;
  readonly at_start: Date | null;
  readonly at_end: Date | null;
  readonly on_start_date: PlainDate | null;
  readonly on_end_date: PlainDate | null;
  readonly copies: Uuid[] | null;
}

const columns = `e.id, e.calendar_id, k.connection_id, n.user_id, n.provider, e.remote_id, e.ical_uid, e.form, e.series_remote_id, m.id AS series_id, e.original_start,
  e.original_date::text, e.kind, e.status, e.visibility, e.is_busy, e.is_all_day, e.start_at, e.end_at, e.zone, e.start_date::text, e.end_date::text, e.remote_version,
  e.remote_updated_at, e.deleted_at, e.updated_at, e.version, d.title, d.description, d.location, d.organizer, d.attendees, d.attendees_omitted, d.conference, d.reminders,
  d.rules, d.url, d.color_id, d.sequence, d.read_only_reason, p.thing_id AS meeting_id, k.access_role, n.access_profile, n.direction`;

const joins = `JOIN calendars k ON k.id = e.calendar_id JOIN connections n ON n.id = k.connection_id
  LEFT JOIN event_details d ON d.event_id = e.id
  LEFT JOIN events m ON m.calendar_id = e.calendar_id AND m.remote_id = e.series_remote_id
  LEFT JOIN placements p ON p.calendar_id = e.calendar_id AND p.remote_id = e.remote_id AND p.thing_kind = 'meeting'`;

/** Events by themselves; `where` continues it. */
export function eventRowSql(where: string): string {
  return `SELECT ${columns} FROM events e ${joins} ${where}`;
}

/** Events at their times: `times` is a relation with the columns of {@link OccurrenceRow}, `event_id`, `sort_at` and `entry_id`. */
export function occurrenceRowSql(times: string): string {
  return `
    SELECT ${columns}, t.occurrence_id, t.original_key, t.at_start, t.at_end, t.on_start_date::text, t.on_end_date::text, t.copies, t.sort_at, t.entry_id
    FROM ${times} t JOIN events e ON e.id = t.event_id ${joins}
    ORDER BY t.sort_at, t.entry_id`;
}

export function eventView(row: EventRow): EventView {
  return viewOf(row, null);
}

/** The entry of a list: an event at one of its times. */
export function occurrenceView(row: EventRow & OccurrenceRow): EventView {
  return viewOf(row, row.occurrence_id === null ? null : row);
}

function viewOf(row: EventRow, at: OccurrenceRow | null): EventView {
  const isHidden = row.attendees === null;
  return {
    id: formatId('event', row.id),
    occurrence_id: at?.occurrence_id == null ? null : formatId('occurrence', at.occurrence_id),
    calendar_id: formatId('calendar', row.calendar_id),
    connection_id: formatId('connection', row.connection_id),
    provider: row.provider,
    kind: row.kind,
    status: row.status,
    title: row.title,
    description: row.description,
    location: row.location,
    all_day: row.is_all_day,
    ...timesOf(row, at),
    busy: row.is_busy,
    visibility: row.visibility,
    organizer: row.organizer,
    attendees: (row.attendees ?? []).map(({ email, name, self, response, optional, resource, organizer }) => ({
      email,
      name,
      self,
      response,
      optional,
      resource,
      organizer,
    })),
    attendees_omitted: isHidden || row.attendees_omitted === true,
    conference:
      row.conference === null
        ? null
        : { status: row.conference.status, platform: row.conference.platform, join_url: row.conference.joinUrl },
    reminders:
      row.reminders === null
        ? null
        : { use_default: row.reminders.useDefault, overrides: row.reminders.overrides.map(({ method, minutes }) => ({ method, minutes })) },
    recurrence: recurrenceOf(row, at),
    meeting_id: row.meeting_id === null ? null : formatId('meeting', row.meeting_id),
    url: row.url,
    read_only_reason: row.read_only_reason ?? (isWritable(row) ? null : 'calendar-read-only'),
    deleted: row.deleted_at !== null,
    metadata: metadataOf(row, at),
    updated_at: formatInstant(toInstant(row.remote_updated_at ?? row.updated_at)),
    version: row.version,
  };
}

function timesOf(row: EventRow, at: OccurrenceRow | null): Pick<EventView, 'start' | 'end' | 'time_zone' | 'start_date' | 'end_date'> {
  const [startDate, endDate] = at === null ? [row.start_date, row.end_date] : [at.on_start_date, at.on_end_date];
  const [start, end] = at === null ? [row.start_at, row.end_at] : [at.at_start, at.at_end];
  if (row.is_all_day) return { start: null, end: null, time_zone: null, start_date: startDate, end_date: endDate };
  const text = (moment: Date | null): string | null => (moment === null ? null : formatInstant(toInstant(moment)));
  return { start: text(start), end: text(end), time_zone: row.zone, start_date: null, end_date: null };
}

/** A time of a series is told as its occurrence; the series itself as such. */
function recurrenceOf(row: EventRow, at: OccurrenceRow | null): EventView['recurrence'] {
  const isTimeOfSeries = row.form === 'series' && at !== null;
  const original = row.original_date ?? (row.original_start === null ? null : formatInstant(toInstant(row.original_start)));
  return {
    kind: isTimeOfSeries ? 'occurrence' : row.form,
    rules: row.rules ?? [],
    series_id: isTimeOfSeries ? formatId('event', row.id) : row.series_id === null ? null : formatId('event', row.series_id),
    original_start: isTimeOfSeries ? originalOf(at.original_key) : original,
  };
}

function originalOf(key: string | null): string | null {
  if (key === null || !/^-?\d+$/.test(key)) return key;
  return formatInstant(Number(key) as Instant);
}

function metadataOf(row: EventRow, at: OccurrenceRow | null): EventView['metadata'] {
  const others = (at?.copies ?? []).filter((id) => id !== row.calendar_id);
  return {
    external_id: row.remote_id,
    ical_uid: row.ical_uid,
    sequence: row.sequence ?? 0,
    color_id: row.color_id,
    ...(others.length === 0 ? {} : { also_on_calendars: others.map((id) => formatId('calendar', id)) }),
  };
}

/** One occurrence as its provider tells it, in the row of its series: it has no event of its own here yet. */
export function occurrenceEventRow(series: EventRow, event: ProviderEvent): EventRow {
  const { time, recurrence } = event;
  const original = recurrence.kind === 'exception' || recurrence.kind === 'occurrence' ? recurrence.originalStart : null;
  const isTimed = time?.kind === 'timed';
  const isAllDay = time?.kind === 'all-day';
  return {
    ...series,
    remote_id: event.id,
    remote_version: event.version,
    form: 'exception',
    series_remote_id: series.remote_id,
    series_id: series.id,
    original_start: original?.kind === 'timed' ? new Date(original.at) : null,
    original_date: original?.kind === 'all-day' ? original.date : null,
    is_all_day: isAllDay,
    start_at: isTimed ? new Date(time.start) : null,
    end_at: isTimed ? new Date(time.end) : null,
    zone: isTimed ? time.zone : null,
    start_date: isAllDay ? time.startDate : null,
    end_date: isAllDay ? time.endDate : null,
    rules: [],
  };
}

/** What can be written of an event, as it stands. */
export function fieldsOf(row: EventRow): EventFields | null {
  const time = timeOf(row);
  if (time === null) return null;
  return {
    title: row.title,
    description: row.description,
    location: row.location,
    time,
    recurrence: row.form === 'series' ? (row.rules ?? []) : [],
    attendees: (row.attendees ?? []).filter(({ organizer }) => !organizer).map(({ email, name, optional }) => ({ email, name, optional })),
    busy: row.is_busy,
    visibility: row.visibility,
    reminders: row.reminders,
  };
}

function timeOf(row: EventRow): EventTime | null {
  if (row.start_date !== null && row.end_date !== null) return { kind: 'all-day', startDate: row.start_date, endDate: row.end_date };
  if (row.start_at === null || row.end_at === null) return null;
  return timedAt(toInstant(row.start_at), toInstant(row.end_at), row.zone ?? UTC);
}

export function timedAt(start: Instant, end: Instant, zone: ZoneId): EventTime & { readonly startWall: WallTime } {
  return { kind: 'timed', start, end, startWall: wallTimeOf(start, zone), endWall: wallTimeOf(end, zone), zone };
}
