import { findAccount, isAddressOf } from './google-accounts.ts';
import { isDeepEqual } from '../canonical-json.ts';
import type { ResolvedEvent } from './google-event-store.ts';
import { findEvent, isSeries, openException, storeEvent, touchEvent } from './google-event-store.ts';
import { noteLostInstances, occurrencesNear } from './google-series-writer.ts';
import type { GoogleAccount, GoogleCalendar, GoogleMail, GoogleStoredEvent } from './google-state.ts';
import type { GoogleAttendee, GoogleEventFields } from './google-types.ts';
import type { GoogleWorld } from './google-world.ts';
import { derivedEventId, nowIso } from './google-world.ts';

export type SendUpdates = 'all' | 'externalOnly' | 'none';

/** What stays with each person's own copy; everything else belongs to the organizer. */
const PRIVATE_FIELDS = ['reminders', 'colorId', 'transparency', 'eventLabelId', 'visibility'] as const;

/** Whether the event in this calendar is a guest's copy, whose shared fields somebody else owns. */
export function isGuestCopy(stored: GoogleStoredEvent, calendar: GoogleCalendar): boolean {
  return (
    stored.copyOf !== null ||
    (stored.organizer.email !== undefined && stored.organizer.email !== calendar.id && stored.fields.privateCopy !== true)
  );
}

/** Google does not tell more guests than this. */
const MAX_PROPAGATED_GUESTS = 200;

/** Brings the copies in the guests' own calendars in line with the organizer's event. */
export function propagateToGuests(world: GoogleWorld, calendar: GoogleCalendar, stored: GoogleStoredEvent): void {
  if (stored.copyOf !== null || stored.fields.privateCopy === true) return;
  const guests = new Map<string, GoogleAccount>();
  const mastersOnly = new Set<string>();
  const collect = (attendees: readonly GoogleAttendee[] | undefined): void => {
    if ((attendees ?? []).length > MAX_PROPAGATED_GUESTS) return;
    for (const attendee of attendees ?? []) {
      const account = findAccount(world, attendee.email);
      if (account !== null && !(calendar.isPrimary && account.email === calendar.ownerEmail)) guests.set(account.email, account);
    }
  };
  collect(stored.fields.attendees);
  for (const email of guests.keys()) mastersOnly.add(email);
  for (const exception of stored.exceptions.values()) collect(exception.overlay.attendees);
  for (const account of world.state.accounts.values()) {
    const target = world.state.calendars.get(account.email);
    if (target === undefined || target === calendar) continue;
    const copyId = copyIdFor(account, { calendarId: calendar.id, eventId: stored.id });
    const copy = target.events.get(copyId);
    if (guests.has(account.email))
      updateCopy(world, { calendar, stored, account, target, copyId, isMasterInvited: mastersOnly.has(account.email) });
    else if (copy !== undefined && copy.status !== 'cancelled') cancelCopy(world, target, copy);
  }
}

export function copyIdFor(account: GoogleAccount, source: { calendarId: string; eventId: string }): string {
  return derivedEventId(account.email, source.calendarId, source.eventId);
}

interface CopyWork {
  readonly calendar: GoogleCalendar;
  readonly stored: GoogleStoredEvent;
  readonly account: GoogleAccount;
  readonly target: GoogleCalendar;
  readonly copyId: string;
  readonly isMasterInvited: boolean;
}

function updateCopy(world: GoogleWorld, work: CopyWork): void {
  const { calendar, stored, account, target, copyId } = work;
  const existing = target.events.get(copyId);
  if (existing === undefined && stored.status === 'cancelled') return;
  const isNew = existing === undefined;
  const copy =
    existing ??
    storeEvent(world, target, {
      id: copyId,
      fields: {},
      status: stored.status,
      creator: stored.creator,
      organizer: stored.organizer,
      copyOf: { calendarId: calendar.id, eventId: stored.id },
    });
  const earlier = isNew || !isSeries(copy) ? [] : occurrencesNear(world, target, copy);
  copy.organizer = stored.organizer;
  copy.hasOnlyExceptions = !work.isMasterInvited && (stored.fields.recurrence ?? []).length > 0;
  const fields = sharedWithPrivate(stored.fields, copy.fields, { isNew });
  const status = copy.isRemovedByGuest ? 'cancelled' : stored.status;
  if (isNew || status !== copy.status || !isDeepEqual(fields, copy.fields)) {
    copy.fields = fields;
    copy.status = status;
    if (earlier.length > 0) noteLostInstances(world, target, { stored: copy, earlier });
    touchEvent(world, target, copy);
  }
  for (const [stamp, source] of stored.exceptions) {
    if (source.dropped !== null && !copy.exceptions.has(stamp)) continue;
    const isInvited = (source.overlay.attendees ?? stored.fields.attendees ?? []).some((attendee) => isAddressOf(account, attendee.email));
    if (!isInvited && copy.hasOnlyExceptions && !copy.exceptions.has(stamp)) continue;
    const before = copy.exceptions.get(stamp);
    const target_ = before ?? openException(world, target, { master: copy, stamp, originalStartTime: source.originalStartTime });
    const overlay = sharedWithPrivate(source.overlay, target_.overlay, { isNew: false });
    const exceptionStatus = !isInvited || target_.isRemovedByGuest ? 'cancelled' : source.status;
    if (
      before === undefined ||
      exceptionStatus !== target_.status ||
      target_.dropped !== source.dropped ||
      !isDeepEqual(overlay, target_.overlay)
    ) {
      target_.overlay = overlay;
      target_.status = exceptionStatus;
      target_.dropped = source.dropped;
      touchEvent(world, target, target_);
    }
  }
}

function cancelCopy(world: GoogleWorld, target: GoogleCalendar, copy: GoogleStoredEvent): void {
  copy.status = 'cancelled';
  copy.isRemovedByGuest = false;
  touchEvent(world, target, copy);
}

function sharedWithPrivate(source: GoogleEventFields, own: GoogleEventFields, { isNew }: { isNew: boolean }): GoogleEventFields {
  const next: GoogleEventFields = { ...source };
  for (const name of PRIVATE_FIELDS) {
    delete next[name];
    const kept = isNew && name === 'visibility' ? source.visibility : isNew && name === 'reminders' ? { useDefault: true } : own[name];
    if (kept !== undefined) Object.assign(next, { [name]: kept });
  }
  const shared = source.extendedProperties?.shared;
  const kept = own.extendedProperties?.private;
  delete next.extendedProperties;
  if (shared !== undefined || kept !== undefined) {
    next.extendedProperties = { ...(kept === undefined ? {} : { private: kept }), ...(shared === undefined ? {} : { shared }) };
  }
  return next;
}

/** Carries a guest's own answer from the copy to the organizer's event, and from there to the other guests. */
export function propagateReply(world: GoogleWorld, copy: ResolvedEvent, reply: GoogleAttendee): void {
  const source = copy.stored.copyOf;
  const calendar = source === null ? undefined : world.state.calendars.get(source.calendarId);
  if (source === null || calendar === undefined) return;
  const id = copy.instance === null ? source.eventId : `${source.eventId}_${copy.instance.stamp}`;
  const original = findEvent(calendar, id);
  if (original === null || original.status === 'cancelled') return;
  const attendees = (original.fields.attendees ?? []).map((attendee) => {
    if (attendee.email !== reply.email) return attendee;
    const { comment: _comment, additionalGuests: _guests, ...kept } = attendee;
    const { responseStatus, comment, additionalGuests } = reply;
    return {
      ...kept,
      responseStatus,
      ...(comment === undefined ? {} : { comment }),
      ...(additionalGuests === undefined ? {} : { additionalGuests }),
    };
  });
  if (original.instance === null) {
    original.stored.fields = { ...original.stored.fields, attendees };
    touchEvent(world, calendar, original.stored);
  } else {
    const exception = openException(world, calendar, { master: original.stored, ...original.instance });
    exception.overlay = { ...exception.overlay, attendees };
    touchEvent(world, calendar, exception);
  }
  propagateToGuests(world, calendar, original.stored);
}

/** Notes the mail that Google would have sent; without `sendUpdates` none is sent. */
export function recordMail(
  world: GoogleWorld,
  mail: {
    kind: GoogleMail['kind'];
    actor: GoogleAccount;
    calendar: GoogleCalendar;
    event: ResolvedEvent;
    sendUpdates: SendUpdates;
    to?: readonly string[];
  },
): void {
  if (mail.sendUpdates === 'none') return;
  const everybody = mail.to ?? (mail.event.fields.attendees ?? []).map((attendee) => attendee.email);
  const to = everybody.filter((email) => {
    const account = findAccount(world, email);
    return account?.email !== mail.actor.email && (mail.sendUpdates === 'all' || account === null);
  });
  if (to.length === 0) return;
  world.state.mails.push({
    at: nowIso(world),
    kind: mail.kind,
    from: mail.actor.email,
    to,
    calendarId: mail.calendar.id,
    eventId: mail.event.id,
    iCalUID: mail.event.fields.iCalUID ?? '',
    summary: mail.event.fields.summary ?? '',
  });
  world.touch();
}
