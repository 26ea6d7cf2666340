import { instant, startOfDate } from '@daymark/domain';
import type { Interval, PlainDate, ZoneId } from '@daymark/domain';
import type { HeldEvent, HeldTime, SeenTime, WorldHolds } from '@daymark/provider-contract/testing';
import type { GoogleEvent, Sandbox } from '@daymark/sandbox';

/** What the sandbox holds, in the kit's words. Nothing of the provider is used here, on purpose. */
export function googleWorldHolds({ google }: Sandbox): WorldHolds {
  const there = (calendarId: string) => google.events(calendarId).filter((event) => event.status !== 'cancelled');
  return {
    async events(calendarId) {
      return there(calendarId).map(heldEvent);
    },
    async times(calendarId, window) {
      const zone = zoneOf(google, calendarId);
      const all = there(calendarId);
      // Who is invited to one occurrence only has no series that it could be expanded from.
      const shown = all.filter(({ recurringEventId }) => all.every(({ id }) => id !== recurringEventId));
      return shown
        .flatMap((event) => ((event.recurrence ?? []).length === 0 ? [event] : google.instances(calendarId, event.id)))
        .map((event) => ({ title: event.summary ?? null, ...spanOf(heldTime(event)) }))
        .filter((time) => touches(time, { window, zone }));
    },
    async mails() {
      return google.mails();
    },
  };
}

function heldEvent(event: GoogleEvent): HeldEvent {
  const {
    id,
    etag: _etag,
    kind: _kind,
    updated: _updated,
    sequence: _sequence,
    created: _created,
    originalStartTime: _original,
    start: _start,
    end: _end,
    ...known
  } = event;
  const { summary, description, location, recurrence, status, transparency, visibility, reminders, organizer, attendees } = known;
  const { iCalUID, recurringEventId, extendedProperties, hangoutLink, conferenceData, eventType, ...extras } = known;
  for (const name of [
    'summary',
    'description',
    'location',
    'recurrence',
    'status',
    'transparency',
    'visibility',
    'reminders',
    'organizer',
    'attendees',
  ])
    Reflect.deleteProperty(extras, name);
  const { daymark, ...properties } = extendedProperties?.private ?? {};
  const ownAnswer = attendees?.find((attendee) => attendee.self === true)?.responseStatus;
  return {
    id,
    iCalUid: iCalUID ?? null,
    seriesId: recurringEventId ?? null,
    title: summary ?? null,
    description: description ?? null,
    location: location ?? null,
    time: heldTime(event),
    rules: recurrence ?? [],
    status: status === 'tentative' ? 'tentative' : 'confirmed',
    busy: transparency !== 'transparent' && ownAnswer !== 'declined' && !['workingLocation', 'birthday'].includes(eventType ?? 'default'),
    visibility: visibility === 'private' || visibility === 'confidential' ? 'private' : visibility === 'public' ? 'public' : 'default',
    reminderMinutes: reminders?.useDefault === true ? 'default' : (reminders?.overrides ?? []).map(({ minutes }) => minutes),
    organizer: organizer?.email ?? null,
    guests: (attendees ?? []).map((attendee) => ({
      email: attendee.email,
      response:
        attendee.responseStatus === 'needsAction' || attendee.responseStatus === undefined ? 'needs-action' : attendee.responseStatus,
      optional: attendee.optional === true,
    })),
    marker: daymark ?? null,
    joinUrl: hangoutLink ?? null,
    extras: { ...extras, eventType, properties, shared: extendedProperties?.shared, conference: conferenceData },
  };
}

function heldTime({ start, end }: GoogleEvent): HeldTime {
  if (start?.date !== undefined) return { kind: 'all-day', startDate: start.date as PlainDate, endDate: (end?.date ?? '') as PlainDate };
  const at = (text: string | undefined) => instant(Date.parse(text ?? ''));
  return { kind: 'timed', start: at(start?.dateTime), end: at(end?.dateTime), zone: (start?.timeZone ?? null) as ZoneId | null };
}

function spanOf(time: HeldTime): Pick<SeenTime, 'start' | 'end'> {
  return time.kind === 'timed' ? { start: time.start, end: time.end } : { start: time.startDate, end: time.endDate };
}

function touches({ start, end }: SeenTime, { window, zone }: { readonly window: Interval; readonly zone: ZoneId }): boolean {
  const at = (moment: SeenTime['start']) => (typeof moment === 'number' ? moment : startOfDate(moment, zone));
  return at(end) > window.start && at(start) < window.end;
}

function zoneOf(google: Sandbox['google'], calendarId: string): ZoneId {
  return (google.calendars().find((calendar) => calendar.id === calendarId)?.timeZone ?? 'UTC') as ZoneId;
}
