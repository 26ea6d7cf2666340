import type { Event as EventView } from '@daymark/api-contract';
import { formatId, formatInstant, type Uuid } from '@daymark/domain';
import type { EventFields, EventTime } from '@daymark/provider-contract';
import type { Wanted } from '../placements/placement.ts';
import type { WriteTarget } from './write-targets.ts';

/** The event as it would be: the answer of a dry run. Its id is nobody's. */
export function plannedView(id: Uuid, { target: { calendar, connection }, wanted }: { target: WriteTarget; wanted: Wanted }): EventView {
  const { fields } = wanted;
  return {
    id: formatId('event', id),
    occurrence_id: null,
    calendar_id: formatId('calendar', calendar.id),
    connection_id: formatId('connection', connection.id),
    provider: connection.provider,
    kind: 'default',
    status: 'confirmed',
    // Who has calendars has an account.
    organizer: { email: connection.accountEmail!, name: null, self: true },
    attendees_omitted: false,
    conference: wanted.conference ? { status: 'pending', platform: null, join_url: null } : null,
    recurrence: {
      kind: fields.recurrence.length === 0 ? 'single' : 'series',
      rules: [...fields.recurrence],
      series_id: null,
      original_start: null,
    },
    meeting_id: null,
    url: null,
    read_only_reason: null,
    deleted: false,
    metadata: {},
    updated_at: null,
    version: 1,
    ...viewOfFields(fields),
  };
}

/** The members of a view that fields decide. */
export function viewOfFields(
  fields: EventFields,
): Pick<
  EventView,
  | 'title'
  | 'description'
  | 'location'
  | 'all_day'
  | 'start'
  | 'end'
  | 'time_zone'
  | 'start_date'
  | 'end_date'
  | 'busy'
  | 'visibility'
  | 'attendees'
  | 'reminders'
> {
  const { title, description, location, time, busy, visibility, attendees, reminders } = fields;
  return {
    title,
    description,
    location,
    ...timesOf(time),
    busy,
    visibility,
    attendees: attendees.map(({ email, name, optional }) => ({
      email,
      name,
      self: false,
      response: 'needs-action',
      optional,
      resource: false,
      organizer: false,
    })),
    reminders:
      reminders === null
        ? null
        : { use_default: reminders.useDefault, overrides: reminders.overrides.map(({ method, minutes }) => ({ method, minutes })) },
  };
}

function timesOf(time: EventTime): Pick<EventView, 'all_day' | 'start' | 'end' | 'time_zone' | 'start_date' | 'end_date'> {
  if (time.kind === 'all-day')
    return { all_day: true, start: null, end: null, time_zone: null, start_date: time.startDate, end_date: time.endDate };
  return {
    all_day: false,
    start: formatInstant(time.start),
    end: formatInstant(time.end),
    time_zone: time.zone,
    start_date: null,
    end_date: null,
  };
}
