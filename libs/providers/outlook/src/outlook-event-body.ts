import { formatInstant, instantOf } from '@daymark/domain';
import type { Instant, WallTime, ZoneId } from '@daymark/domain';
import type { EventAttendee, EventFields, EventReminders, EventTime } from '@daymark/provider-contract';
import { unfitRequest } from './outlook-error.ts';
import { recurrenceOf } from './outlook-recurrence-writing.ts';
import { windowsZoneOf } from './outlook-zones.ts';

/** What a write sends; https://learn.microsoft.com/en-us/graph/api/resources/event */
export type GraphEventBody = Readonly<Record<string, unknown>>;

/**
 * The fields that a write names, those of an update without the rest. Rules need the time that the event will have: `time` where
 * the fields name none.
 *
 * @throws ProviderError `invalid-request` for what Outlook cannot keep, with a reason.
 */
export function writeFields(fields: Partial<Omit<EventFields, 'attendees'>>, { time }: { readonly time?: EventTime } = {}): GraphEventBody {
  const { title, description, location, busy, visibility, reminders } = fields;
  return {
    // Null is not taken for every member; an empty text is read back as none.
    ...(title === undefined ? {} : { subject: title ?? '' }),
    ...(description === undefined ? {} : { body: { contentType: 'text', content: description ?? '' } }),
    ...(location === undefined ? {} : { location: { displayName: location ?? '' } }),
    ...(fields.time === undefined ? {} : writeTime(fields.time)),
    ...(fields.recurrence === undefined ? {} : { recurrence: writeRecurrence(fields.recurrence, fields.time ?? time) }),
    ...(busy === undefined ? {} : { showAs: busy ? 'busy' : 'free' }),
    // Outlook knows nothing that is more public than what a calendar shares anyway.
    ...(visibility === undefined ? {} : { sensitivity: visibility === 'private' ? 'private' : 'normal' }),
    ...(reminders === undefined ? {} : writeReminders(reminders)),
  };
}

/** The whole list: Graph replaces it. Rooms stay rooms, and an organizer who stands among the guests stays there. */
export function writeAttendees(wanted: EventFields['attendees'], current: readonly EventAttendee[]): readonly GraphEventBody[] {
  const known = new Map(current.map((attendee) => [attendee.email.toLowerCase(), attendee]));
  const addresses = new Set(wanted.map(({ email }) => email.toLowerCase()));
  const organizers = current.filter(({ organizer, email }) => organizer && !addresses.has(email.toLowerCase()));
  const guests = wanted.map(({ email, name, optional }) => {
    const before = known.get(email.toLowerCase());
    return { email: before?.email ?? email, name: name ?? before?.name ?? null, optional, resource: before?.resource === true };
  });
  return [...organizers, ...guests].map(({ email, name, optional, resource }) => ({
    type: resource ? 'resource' : optional ? 'optional' : 'required',
    emailAddress: { address: email, ...(name === null ? {} : { name }) },
  }));
}

/** Both ends and the kind, whatever was before. */
function writeTime(time: EventTime): GraphEventBody {
  // Midnights of one zone, and the day after the last: https://learn.microsoft.com/en-us/graph/api/resources/event
  if (time.kind === 'all-day') return { isAllDay: true, start: midnight(time.startDate), end: midnight(time.endDate) };
  const { start, end, startWall, endWall, zone } = time;
  return { isAllDay: false, start: moment(start, { wall: startWall, zone }), end: moment(end, { wall: endWall, zone }) };
}

function midnight(date: string): GraphEventBody {
  return { dateTime: `${date}T00:00:00`, timeZone: 'UTC' };
}

/** A clock time in its zone; an instant that the clock shows a second time, or between seconds, only UTC tells. */
function moment(at: Instant, { wall, zone }: { readonly wall: WallTime; readonly zone: ZoneId }): GraphEventBody {
  if (instantOf(wall, zone) === at) return { dateTime: wall, timeZone: windowsZoneOf(zone) };
  return { dateTime: formatInstant(at).replace('Z', ''), timeZone: 'UTC' };
}

function writeRecurrence(lines: readonly string[], time: EventTime | undefined): unknown {
  if (lines.length === 0) return null;
  return time === undefined ? unfit('recurrence-without-time') : recurrenceOf(lines, { time });
}

/** Outlook's own default; the one of the mailbox is not shown to anybody. */
const DEFAULT_REMINDER_MINUTES = 15;

/** Outlook has one, and shows it; it mails none. */
function writeReminders(reminders: EventReminders | null): GraphEventBody {
  if (reminders === null || reminders.useDefault) return { isReminderOn: true, reminderMinutesBeforeStart: DEFAULT_REMINDER_MINUTES };
  const [first, ...more] = reminders.overrides;
  if (first === undefined) return { isReminderOn: false };
  if (more.length > 0) unfit('more-than-one-reminder');
  if (first.method !== 'popup') unfit('reminders-by-mail');
  return { isReminderOn: true, reminderMinutesBeforeStart: first.minutes };
}

function unfit(reason: string): never {
  throw unfitRequest(reason, 'event');
}
