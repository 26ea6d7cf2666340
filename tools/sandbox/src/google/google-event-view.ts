import { findAccount, isAddressOf } from './google-accounts.ts';
import type { ResolvedEvent } from './google-event-store.ts';
import type { GoogleAccount, GoogleCalendar } from './google-state.ts';
import type { GoogleAccessRole, GoogleAttendee, GoogleDateTime, GoogleEvent, GooglePerson } from './google-types.ts';
import { isRoleAtLeast } from './google-types.ts';
import type { GoogleWorld } from './google-world.ts';

export interface EventViewer {
  readonly account: GoogleAccount;
  readonly role: GoogleAccessRole;
  /** Zone of the offsets in the answer; default the calendar's. */
  readonly timeZone?: string;
  readonly maxAttendees?: number;
  /** The token allows times only. */
  readonly seesOnlyBusy?: boolean;
}

/** The event as this viewer gets it: whole, without details, or only as busy time. */
export function viewEvent(
  world: GoogleWorld,
  calendar: GoogleCalendar,
  request: { event: ResolvedEvent; viewer: EventViewer },
): GoogleEvent {
  const { event, viewer } = request;
  const zone = viewer.timeZone ?? calendar.timeZone;
  const { fields } = event;
  const times = { start: showTime(fields.start, zone), end: showTime(fields.end, zone) };
  const link =
    event.instance === null
      ? {}
      : { recurringEventId: event.stored.id, originalStartTime: showTime(event.instance.originalStartTime, zone) };
  if (event.stored.isShell) return reducedEvent(event, zone);
  const seesBusyOnly = viewer.seesOnlyBusy === true || viewer.role === 'freeBusyReader';
  const isHidden = fields.visibility === 'private' && !isRoleAtLeast(viewer.role, 'writer');
  const identity = { kind: 'calendar#event', etag: event.etag, id: event.id, status: event.status } as const;
  if (seesBusyOnly) return { ...identity, ...times, visibility: 'private', iCalUID: fields.iCalUID, eventType: 'default' };
  if (isHidden) {
    const { created, updated } = event;
    const { iCalUID, recurrence, sequence, transparency, eventType } = fields;
    return {
      ...identity,
      created,
      updated,
      ...times,
      ...link,
      recurrence,
      iCalUID,
      sequence,
      transparency,
      eventType,
      visibility: 'private',
    };
  }
  const owner = world.state.accounts.get(calendar.ownerEmail) ?? null;
  const isSelf = (email: string | undefined): boolean =>
    email !== undefined && (email === calendar.id || (calendar.isPrimary && owner !== null && isAddressOf(owner, email)));
  const isOrganizer = isSelf(event.organizer.email);
  const { source, ...shown } = fields;
  return {
    ...shown,
    ...identity,
    htmlLink: `https://www.google.com/calendar/event?eid=${Buffer.from(`${event.id} ${calendar.id}`).toString('base64url')}`,
    created: event.created,
    updated: event.updated,
    creator: showPerson(event.creator, isSelf),
    organizer: showPerson(event.organizer, isSelf),
    ...times,
    ...link,
    ...(source !== undefined && event.creator.email === viewer.account.email ? { source } : {}),
    ...showAttendees(world, event, { isSelf, isOrganizer, maxAttendees: viewer.maxAttendees }),
  };
}

/** How a list shows something deleted: the id, and for an exception its place in the series. */
export function reducedEvent(event: ResolvedEvent, zone: string): GoogleEvent {
  const identity = { kind: 'calendar#event', etag: event.etag, id: event.id, status: 'cancelled' } as const;
  if (event.instance === null) return identity;
  return { ...identity, recurringEventId: event.stored.id, originalStartTime: showTime(event.instance.originalStartTime, zone) };
}

/** RFC 3339 with the offset of the zone; what cannot be read is shown as it was stored. */
export function showTime(at: GoogleDateTime | undefined, zone: string): GoogleDateTime | undefined {
  if (at?.dateTime === undefined) return at;
  try {
    const zoned = Temporal.Instant.from(at.dateTime).toZonedDateTimeISO(zone);
    const text = zoned.toString({ smallestUnit: 'second', timeZoneName: 'never' });
    return { ...at, dateTime: zoned.offsetNanoseconds === 0 ? text.replace('+00:00', 'Z') : text };
  } catch {
    return at;
  }
}

function showPerson(person: GooglePerson, isSelf: (email: string | undefined) => boolean): GooglePerson {
  return isSelf(person.email) ? { ...person, self: true } : { ...person };
}

function showAttendees(
  world: GoogleWorld,
  event: ResolvedEvent,
  view: { isSelf: (email: string | undefined) => boolean; isOrganizer: boolean; maxAttendees?: number },
): Pick<GoogleEvent, 'attendees' | 'attendeesOmitted'> {
  const all = event.fields.attendees;
  if (all === undefined) return {};
  const shown = all.map((attendee): GoogleAttendee => {
    const account = findAccount(world, attendee.email);
    return {
      ...attendee,
      ...(attendee.displayName === undefined && account !== null ? { displayName: account.name } : {}),
      ...(attendee.email === event.organizer.email ? { organizer: true } : {}),
      ...(view.isSelf(attendee.email) ? { self: true } : {}),
    };
  });
  const own = shown.filter((attendee) => attendee.self === true);
  if (event.fields.guestsCanSeeOtherGuests === false && !view.isOrganizer) return { attendees: own };
  if (view.maxAttendees !== undefined && all.length > view.maxAttendees) return { attendees: own, attendeesOmitted: true };
  return { attendees: shown };
}
