import { isAddressOf, openCalendar } from './google-accounts.ts';
import { applyConference } from './google-conference.ts';
import { GoogleApiError, badRequest, duplicateId, needsRole, notFound, preconditionFailed, resourceDeleted } from './google-error.ts';
import { isDeepEqual } from '../canonical-json.ts';
import type { GoogleEventBody } from './google-event-input.ts';
import { mergeEventBody, normaliseFields } from './google-event-input.ts';
import type { ResolvedEvent } from './google-event-store.ts';
import { findEvent, isSeries, storeEvent, touchEvent } from './google-event-store.ts';
import { checkGuestChange, repliesIn } from './google-guest-rules.ts';
import type { SendUpdates } from './google-guests.ts';
import { isGuestCopy, propagateReply, propagateToGuests, recordMail } from './google-guests.ts';
import { noteLostInstances, occurrencesNear, writeInstance } from './google-series-writer.ts';
import type { GoogleAccount, GoogleCalendar } from './google-state.ts';
import type { GoogleAccessRole, GoogleEventFields } from './google-types.ts';
import { isRoleAtLeast } from './google-types.ts';
import type { GoogleWorld } from './google-world.ts';
import { nextSeq, randomEventId } from './google-world.ts';

export interface EventWriteOptions {
  readonly sendUpdates?: SendUpdates;
  readonly conferenceDataVersion?: number;
  readonly ifMatch?: string;
}

export interface EventTarget {
  readonly actor: GoogleAccount;
  readonly calendarId: string;
  readonly options?: EventWriteOptions;
}

export interface WrittenEvent {
  readonly calendar: GoogleCalendar;
  readonly role: GoogleAccessRole;
  readonly event: ResolvedEvent;
}

export function insertEvent(world: GoogleWorld, target: EventTarget, body: GoogleEventBody): WrittenEvent {
  const { calendar, role } = openForWriting(world, target);
  if (typeof body.id === 'string' && typeof body.iCalUID === 'string') throw badRequest('Only one of id and iCalUID may be given.');
  const id = body.id ?? randomEventId();
  if (!/^[a-v0-9]{5,1024}$/.test(id)) throw badRequest('Invalid resource id value.', { location: 'resource.id' });
  if (calendar.events.has(id) || (typeof body.iCalUID === 'string' && findByUid(calendar, body.iCalUID) !== null)) throw duplicateId();
  const asked = mergeEventBody({}, body);
  if (asked.eventType === 'fromGmail')
    throw badRequest('Events of this type cannot be created.', { reason: 'eventTypeRestriction', domain: 'calendar' });
  const fields = normaliseFields(asked, calendar);
  Object.assign(
    fields,
    { iCalUID: body.iCalUID ?? `${id}@google.com`, sequence: fields.sequence ?? 0 },
    applyConference(world, {
      calendar,
      eventId: id,
      current: {},
      wanted: body.conferenceData,
      version: target.options?.conferenceDataVersion ?? 0,
      isReplacement: true,
    }),
  );
  fields.attendees = resetReplies(fields, target.actor);
  const stored = storeEvent(world, calendar, {
    id,
    fields: withoutUndefined(fields),
    status: body.status ?? 'confirmed',
    creator: { email: target.actor.email },
    organizer: organizerOf(calendar),
  });
  propagateToGuests(world, calendar, stored);
  const event = getEvent(calendar, id);
  recordMail(world, { kind: 'invitation', actor: target.actor, calendar, event, sendUpdates: target.options?.sendUpdates ?? 'none' });
  return { calendar, role, event };
}

/** A private copy of an event that lives elsewhere; the same `iCalUID` again updates the copy. */
export function importEvent(world: GoogleWorld, target: EventTarget, body: GoogleEventBody): WrittenEvent {
  const { calendar, role } = openForWriting(world, target);
  if (typeof body.iCalUID !== 'string' || body.iCalUID === '') throw badRequest('Missing iCalUID.', { reason: 'required' });
  if ((body.eventType ?? 'default') !== 'default')
    throw badRequest('Only default events can be imported.', { reason: 'eventTypeRestriction', domain: 'calendar' });
  const existing = findByUid(calendar, body.iCalUID);
  const fields = normaliseFields(mergeEventBody({}, body), calendar);
  Object.assign(fields, { iCalUID: body.iCalUID, sequence: fields.sequence ?? 0 });
  const organizer = body.organizer?.email
    ? { email: body.organizer.email, displayName: body.organizer.displayName ?? undefined }
    : organizerOf(calendar);
  if (existing !== null) {
    Object.assign(existing.stored, { fields: withoutUndefined(fields), status: body.status ?? 'confirmed', organizer });
    touchEvent(world, calendar, existing.stored);
    return { calendar, role, event: getEvent(calendar, existing.id) };
  }
  const stored = storeEvent(world, calendar, {
    id: randomEventId(),
    fields: withoutUndefined(fields),
    status: body.status ?? 'confirmed',
    creator: { email: target.actor.email },
    organizer,
  });
  return { calendar, role, event: getEvent(calendar, stored.id) };
}

export interface EventChange {
  readonly eventId: string;
  readonly body: GoogleEventBody;
  /** PUT replaces all fields, PATCH merges. */
  readonly kind: 'replace' | 'merge';
}

export function changeEvent(world: GoogleWorld, target: EventTarget, change: EventChange): WrittenEvent {
  const { calendar, role } = openForWriting(world, target);
  const before = getEvent(calendar, change.eventId);
  const { body } = change;
  if (before.stored.isShell || (before.status === 'cancelled' && (body.status ?? 'cancelled') === 'cancelled')) throw resourceDeleted();
  checkPrecondition(before, target.options);
  if (body.status === 'cancelled') {
    deleteEvent(world, target, change.eventId);
    return { calendar, role, event: getEvent(calendar, change.eventId) };
  }
  const isCopy = isGuestCopy(before.stored, calendar);
  const next = normaliseFields(mergeEventBody(change.kind === 'merge' ? before.fields : immutableFields(before.fields), body), calendar);
  if ((next.eventType ?? 'default') !== (before.fields.eventType ?? 'default')) {
    throw badRequest('The event type cannot be changed.', { reason: 'eventTypeRestriction', domain: 'calendar' });
  }
  Object.assign(
    next,
    applyConference(world, {
      calendar,
      eventId: before.id,
      current: before.fields,
      wanted: body.conferenceData,
      version: target.options?.conferenceDataVersion ?? 0,
      isReplacement: change.kind === 'replace',
    }),
  );
  checkEventType(before.fields, next);
  const replies = repliesIn(before.fields, { next, account: ownerOf(world, calendar) });
  if (isCopy) checkGuestChange(before, { next, account: ownerOf(world, calendar) });
  const isMoved = !isDeepEqual(timesOf(before.fields), timesOf(next));
  if (body.sequence === undefined || body.sequence === null) next.sequence = (before.fields.sequence ?? 0) + (isMoved ? 1 : 0);
  next.iCalUID = before.fields.iCalUID;
  const status = body.status ?? (before.status === 'cancelled' ? 'confirmed' : before.status);
  write(world, calendar, { before, next: withoutUndefined(next), status });
  for (const reply of isCopy ? replies : []) propagateReply(world, before, reply);
  if (!isCopy) propagateToGuests(world, calendar, before.stored);
  const event = getEvent(calendar, change.eventId);
  const sendUpdates = target.options?.sendUpdates ?? 'none';
  if (!isCopy) recordChangeMails(world, { actor: target.actor, calendar, before, event, sendUpdates });
  else if (replies.length > 0)
    recordMail(world, { kind: 'reply', actor: target.actor, calendar, event, sendUpdates, to: [event.organizer.email ?? ''] });
  return { calendar, role, event };
}

export function deleteEvent(world: GoogleWorld, target: EventTarget, eventId: string): void {
  const { calendar } = openForWriting(world, target);
  const event = getEvent(calendar, eventId);
  if (event.status === 'cancelled') throw resourceDeleted();
  checkPrecondition(event, target.options);
  const isCopy = isGuestCopy(event.stored, calendar);
  const owner = ownerOf(world, calendar);
  const own = (event.fields.attendees ?? []).find((attendee) => owner !== null && isAddressOf(owner, attendee.email));
  write(world, calendar, { before: event, next: event.fields, status: 'cancelled' });
  const sendUpdates = target.options?.sendUpdates ?? 'none';
  if (!isCopy) {
    propagateToGuests(world, calendar, event.stored);
    recordMail(world, { kind: 'cancellation', actor: target.actor, calendar, event, sendUpdates });
    return;
  }
  const removed = event.instance === null ? event.stored : event.stored.exceptions.get(event.instance.stamp);
  if (removed !== undefined) removed.isRemovedByGuest = true;
  if (own !== undefined) propagateReply(world, event, { ...own, responseStatus: 'declined' });
  recordMail(world, { kind: 'reply', actor: target.actor, calendar, event, sendUpdates, to: [event.organizer.email ?? ''] });
}

export function moveEvent(world: GoogleWorld, target: EventTarget, move: { eventId: string; destination: string }): WrittenEvent {
  const { calendar } = openForWriting(world, target);
  const to = openForWriting(world, { ...target, calendarId: move.destination });
  const event = getEvent(calendar, move.eventId);
  if (event.status === 'cancelled') throw resourceDeleted();
  if ((event.fields.eventType ?? 'default') !== 'default' || event.instance !== null) {
    throw badRequest('Only default events can be moved.', { reason: 'eventTypeRestriction', domain: 'calendar' });
  }
  if (isGuestCopy(event.stored, calendar)) {
    throw new GoogleApiError({
      status: 403,
      reason: 'forbiddenForNonOrganizer',
      domain: 'calendar',
      message: 'Only the organizer can move an event.',
    });
  }
  if (to.calendar.events.has(event.id)) throw duplicateId();
  const moved = storeEvent(world, to.calendar, { ...event.stored, organizer: organizerOf(to.calendar), copyOf: undefined });
  moved.exceptions = event.stored.exceptions;
  for (const exception of moved.exceptions.values()) exception.seq = nextSeq(world, to.calendar);
  event.stored.exceptions = new Map();
  event.stored.status = 'cancelled';
  touchEvent(world, calendar, event.stored);
  propagateToGuests(world, calendar, event.stored);
  event.stored.isShell = true;
  propagateToGuests(world, to.calendar, moved);
  return { ...to, event: getEvent(to.calendar, moved.id) };
}

export function getEvent(calendar: GoogleCalendar, eventId: string): ResolvedEvent {
  const event = findEvent(calendar, eventId);
  if (event === null) throw notFound();
  return event;
}

export function organizerOf(calendar: GoogleCalendar): { email: string; displayName?: string } {
  return calendar.isPrimary ? { email: calendar.id } : { email: calendar.id, displayName: calendar.summary };
}

function openForWriting(world: GoogleWorld, target: EventTarget): { calendar: GoogleCalendar; role: GoogleAccessRole } {
  const opened = openCalendar(world, target.actor, target.calendarId);
  if (!isRoleAtLeast(opened.role, 'writerWithoutPrivateAccess')) throw needsRole('writer');
  return opened;
}

function write(
  world: GoogleWorld,
  calendar: GoogleCalendar,
  change: { before: ResolvedEvent; next: GoogleEventFields; status: ResolvedEvent['status'] },
): void {
  const { before, next, status } = change;
  const keepsUpdated =
    status === before.status && isDeepEqual({ ...before.fields, reminders: undefined }, { ...next, reminders: undefined });
  if (before.instance !== null) {
    writeInstance(world, calendar, { ...change, instance: before.instance, keepsUpdated });
    return;
  }
  const { stored } = before;
  const earlier = isSeries(stored) ? occurrencesNear(world, calendar, stored) : [];
  stored.fields = next;
  stored.status = status;
  if (status !== 'cancelled') {
    stored.isRemovedByGuest = false;
    if (earlier.length > 0) noteLostInstances(world, calendar, { stored, earlier });
  }
  touchEvent(world, calendar, stored, { keepsUpdated });
}

function recordChangeMails(
  world: GoogleWorld,
  change: { actor: GoogleAccount; calendar: GoogleCalendar; before: ResolvedEvent; event: ResolvedEvent; sendUpdates: SendUpdates },
): void {
  const { before, event } = change;
  const earlier = new Set((before.fields.attendees ?? []).map((attendee) => attendee.email));
  const later = new Set((event.fields.attendees ?? []).map((attendee) => attendee.email));
  const added = [...later].filter((email) => !earlier.has(email));
  const removed = [...earlier].filter((email) => !later.has(email));
  if (added.length > 0) recordMail(world, { ...change, kind: 'invitation', to: added });
  if (removed.length > 0) recordMail(world, { ...change, kind: 'cancellation', to: removed });
  const isSeen = (fields: GoogleEventFields): unknown => [
    timesOf(fields),
    fields.summary,
    fields.description,
    fields.location,
    fields.hangoutLink,
  ];
  const kept = [...later].filter((email) => earlier.has(email));
  if (kept.length > 0 && !isDeepEqual(isSeen(before.fields), isSeen(event.fields)))
    recordMail(world, { ...change, kind: 'update', to: kept });
}

function checkPrecondition(event: ResolvedEvent, options: EventWriteOptions | undefined): void {
  if (options?.ifMatch !== undefined && options.ifMatch !== '*' && options.ifMatch !== event.etag) throw preconditionFailed();
}

/** Birthdays and events from mail may be changed only in a few fields. */
function checkEventType(before: GoogleEventFields, next: GoogleEventFields): void {
  const open: Readonly<Record<string, readonly (keyof GoogleEventFields)[]>> = {
    birthday: ['colorId', 'summary', 'reminders', 'start', 'end', 'sequence', 'recurrence', 'birthdayProperties'],
    fromGmail: ['reminders', 'colorId', 'visibility', 'extendedProperties'],
  };
  const allowed = open[before.eventType ?? 'default'];
  if (allowed === undefined) return;
  const rest = (fields: GoogleEventFields): unknown =>
    Object.fromEntries(
      Object.entries(fields).filter(([name, value]) => value !== undefined && !allowed.includes(name as keyof GoogleEventFields)),
    );
  if (!isDeepEqual(rest(before), rest(next)))
    throw badRequest('This field cannot be changed on an event of this type.', { reason: 'eventTypeRestriction', domain: 'calendar' });
}

function immutableFields(fields: GoogleEventFields): GoogleEventFields {
  const { iCalUID, eventType, locked, privateCopy, attachments } = fields;
  return withoutUndefined({ iCalUID, eventType, locked, privateCopy, attachments });
}

function ownerOf(world: GoogleWorld, calendar: GoogleCalendar): GoogleAccount | null {
  return world.state.accounts.get(calendar.ownerEmail) ?? null;
}

function resetReplies(fields: GoogleEventFields, actor: GoogleAccount): GoogleEventFields['attendees'] {
  return fields.attendees?.map((attendee) =>
    isAddressOf(actor, attendee.email) ? attendee : { ...attendee, responseStatus: 'needsAction' as const },
  );
}

function findByUid(calendar: GoogleCalendar, iCalUID: string): ResolvedEvent | null {
  for (const stored of calendar.events.values())
    if (stored.fields.iCalUID === iCalUID && !stored.isShell) return findEvent(calendar, stored.id);
  return null;
}

function timesOf(fields: GoogleEventFields): unknown {
  return [fields.start, fields.end, fields.recurrence];
}

export function withoutUndefined(fields: GoogleEventFields): GoogleEventFields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
