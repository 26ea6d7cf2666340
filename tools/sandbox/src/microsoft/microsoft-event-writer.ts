import { isDeepEqual } from '../canonical-json.ts';
import { openMailboxCalendars, requireRole } from './microsoft-mailbox-access.ts';
import type { MailboxTarget } from './microsoft-mailbox-access.ts';
import { badRequest, changedMeanwhile, duplicateTransaction } from './microsoft-error.ts';
import type { MicrosoftEventBody } from './microsoft-event-input.ts';
import { mergeFields, newFields } from './microsoft-event-input.ts';
import type { ResolvedEvent } from './microsoft-event-store.ts';
import { openEvent, openException, resolveAt, resolveStored, storeEvent, touchEvent } from './microsoft-event-store.ts';
import { propagateToGuests } from './microsoft-guests.ts';
import { newEventKey } from './microsoft-ids.ts';
import { addressesOf, recordChangeMails, recordMail } from './microsoft-mails.ts';
import { applyOnlineMeeting } from './microsoft-online-meeting.ts';
import { noteLostOccurrences, occurrencesNear, writeException } from './microsoft-series-writer.ts';
import type { MicrosoftCalendar, MicrosoftStoredEvent } from './microsoft-state.ts';
import type { MicrosoftEventFields, MicrosoftRole } from './microsoft-types.ts';
import type { MicrosoftWorld } from './microsoft-world.ts';
import { etagOf } from './microsoft-world.ts';

export interface FoundEvent {
  readonly calendar: MicrosoftCalendar;
  readonly role: MicrosoftRole;
  readonly event: ResolvedEvent;
}

/** The event with this id in what the target reaches. @throws GraphError 400, 403, 404 */
export function findForReader(
  world: MicrosoftWorld,
  target: MailboxTarget,
  { id, least }: { id: string; least: MicrosoftRole },
): FoundEvent {
  const { calendar, event } = openEvent(world, openMailboxCalendars(world, target), id);
  return { calendar, event, role: requireRole(world, calendar, { person: target.actor, least }) };
}

/**
 * A transaction id that was used gives the event it made, and is refused for another event: both have been observed. That
 * ids of deleted events stay taken is not confirmed.
 */
export function createEvent(world: MicrosoftWorld, target: MailboxTarget, body: MicrosoftEventBody): FoundEvent {
  const calendar = openMailboxCalendars(world, target)[0];
  if (calendar === undefined) throw badRequest('ErrorInvalidRequest', 'The mailbox has no calendar.');
  const role = requireRole(world, calendar, { person: target.actor, least: 'write' });
  const transactionId = body.transactionId ?? null;
  const known = transactionId === null ? undefined : findByTransaction(world, { owner: calendar.ownerEmail, transactionId });
  const asked = mergeFields(newFields(), body);
  if (known !== undefined) {
    if (known.stored.isDeleted || !isSameEvent(asked, known.stored.fields)) throw duplicateTransaction();
    return { calendar: known.calendar, role, event: resolveStored(known.stored) };
  }
  const key = newEventKey();
  const owner = world.state.people.get(calendar.ownerEmail);
  const fields = applyOnlineMeeting(world, { calendar, key, stamp: null, before: null, next: asked, wanted: body });
  const organizer = { name: owner?.name ?? calendar.ownerEmail, address: calendar.ownerEmail };
  const stored = storeEvent(world, calendar, { key, fields, organizer, transactionId });
  applyCustomData(stored, body);
  propagateToGuests(world, calendar, stored);
  const event = resolveStored(stored);
  recordMail(world, { kind: 'invitation', from: calendar.ownerEmail, to: addressesOf(fields), calendar, event });
  return { calendar, role, event };
}

export function changeEvent(world: MicrosoftWorld, target: MailboxTarget, change: { id: string; body: MicrosoftEventBody }): FoundEvent {
  const { calendar, role, event: before } = findForReader(world, target, { id: change.id, least: 'write' });
  const { body } = change;
  checkPrecondition(before, target);
  if (before.stamp !== null && body.recurrence != null)
    throw badRequest('ErrorInvalidRequest', 'An occurrence cannot have a recurrence of its own.');
  const merged = mergeFields(before.fields, { ...body, ...(before.stamp === null ? {} : { recurrence: undefined }) });
  const { key } = before.stored;
  const next = applyOnlineMeeting(world, { calendar, key, stamp: before.stamp, before: before.fields, next: merged, wanted: body });
  const { stored } = before;
  if (before.stamp !== null) writeException(world, calendar, { before, next });
  else {
    const isMoved = !isDeepEqual(timesOf(before), [next.start, next.end, next.isAllDay, next.recurrence]);
    const earlier = isMoved && stored.fields.recurrence !== null ? occurrencesNear(world, calendar, stored) : [];
    stored.fields = next;
    applyCustomData(stored, body);
    if (isMoved) noteLostOccurrences(world, calendar, { stored, earlier });
    touchEvent(world, calendar, stored);
  }
  const event = resolveAt(world, calendar, { stored, stamp: before.stamp }) ?? before;
  if (stored.copyOf === null) {
    propagateToGuests(world, calendar, stored);
    recordChangeMails(world, { from: calendar.ownerEmail, calendar, before, event });
  }
  return { calendar, role, event };
}

/** By the organizer: a cancellation for everybody. By a guest: the own copy goes; the organizer is not told, which is not confirmed. */
export function deleteEvent(world: MicrosoftWorld, target: MailboxTarget, wish: { id: string; comment?: string }): void {
  const { calendar, event } = findForReader(world, target, { id: wish.id, least: 'write' });
  checkPrecondition(event, target);
  removeEvent(world, calendar, { event, comment: wish.comment });
}

export function removeEvent(
  world: MicrosoftWorld,
  calendar: MicrosoftCalendar,
  { event, comment }: { event: ResolvedEvent; comment?: string },
): void {
  const { stored, stamp } = event;
  const isCopy = stored.copyOf !== null;
  const removed = stamp === null ? stored : openException(world, calendar, { stored, stamp, originalMs: event.originalMs ?? 0 });
  removed.isDeleted = true;
  removed.isRemovedByGuest = isCopy;
  touchEvent(world, calendar, removed);
  if (isCopy) return;
  propagateToGuests(world, calendar, stored);
  recordMail(world, { kind: 'cancellation', from: calendar.ownerEmail, to: addressesOf(event.fields), calendar, event, comment });
}

function checkPrecondition(event: ResolvedEvent, { ifMatch }: MailboxTarget): void {
  if (ifMatch !== undefined && ifMatch !== '*' && ifMatch !== etagOf(event.changeKey)) throw changedMeanwhile();
}

function applyCustomData(stored: MicrosoftStoredEvent, body: MicrosoftEventBody): void {
  for (const { id, value } of body.singleValueExtendedProperties ?? []) stored.extendedProperties[id] = value;
  for (const { '@odata.type': _type, ...extension } of body.extensions ?? []) stored.extensions[extension.extensionName] = extension;
}

function findByTransaction(
  world: MicrosoftWorld,
  { owner, transactionId }: { owner: string; transactionId: string },
): { calendar: MicrosoftCalendar; stored: MicrosoftStoredEvent } | undefined {
  for (const calendar of world.state.calendars.values()) {
    if (calendar.ownerEmail !== owner) continue;
    for (const stored of calendar.events.values()) if (stored.transactionId === transactionId) return { calendar, stored };
  }
  return undefined;
}

function isSameEvent(one: MicrosoftEventFields, other: MicrosoftEventFields): boolean {
  return isDeepEqual([one.subject, one.start, one.end], [other.subject, other.start, other.end]);
}

function timesOf({ fields }: ResolvedEvent): unknown {
  return [fields.start, fields.end, fields.isAllDay, fields.recurrence];
}
