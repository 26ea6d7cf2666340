import { isDeepEqual } from '../canonical-json.ts';
import { defaultCalendarOf } from './microsoft-calendars.ts';
import type { ResolvedEvent } from './microsoft-event-store.ts';
import { openException, resolveAt, storeEvent, touchEvent } from './microsoft-event-store.ts';
import { derivedEventKey } from './microsoft-ids.ts';
import { isAddressOf } from './microsoft-people.ts';
import { noteLostOccurrences, occurrencesNear } from './microsoft-series-writer.ts';
import type { MicrosoftCalendar, MicrosoftPerson, MicrosoftStoredEvent } from './microsoft-state.ts';
import type { MicrosoftAttendee, MicrosoftEventFields, MicrosoftResponse } from './microsoft-types.ts';
import { NO_TIME } from './microsoft-types.ts';
import type { MicrosoftWorld } from './microsoft-world.ts';

/** What stays with each person's own copy; everything else belongs to the organizer. */
const PRIVATE_FIELDS = ['reminderMinutesBeforeStart', 'isReminderOn', 'categories', 'showAs'] as const;

/** Brings the copies in the guests' own calendars in line with the organizer's event. */
export function propagateToGuests(world: MicrosoftWorld, calendar: MicrosoftCalendar, stored: MicrosoftStoredEvent): void {
  if (stored.copyOf !== null) return;
  for (const person of world.state.people.values()) {
    if (person.email === calendar.ownerEmail || !person.hasMailbox) continue;
    const isInvited = invites(stored.fields.attendees, person);
    const isInvitedOnce = [...stored.exceptions.values()].some((exception) => invites(exception.overlay.attendees, person));
    const target = defaultCalendarOf(world, person);
    const copy = target.events.get(copyKeyFor(person, stored));
    if (isInvited || isInvitedOnce) updateCopy(world, { calendar, stored, person, target, copy, isInvited });
    else if (copy !== undefined && !copy.isDeleted && !copy.isCancelled) cancelCopy(world, target, copy);
  }
}

export function copyKeyFor(person: MicrosoftPerson, source: { readonly iCalUId: string }): string {
  return derivedEventKey(person.email, source.iCalUId);
}

interface CopyWork {
  readonly calendar: MicrosoftCalendar;
  readonly stored: MicrosoftStoredEvent;
  readonly person: MicrosoftPerson;
  readonly target: MicrosoftCalendar;
  readonly copy: MicrosoftStoredEvent | undefined;
  readonly isInvited: boolean;
}

function updateCopy(world: MicrosoftWorld, work: CopyWork): void {
  const { calendar, stored, person, target } = work;
  const isOver = stored.isDeleted || stored.isCancelled;
  if (work.copy === undefined && isOver) return;
  const copy =
    work.copy ??
    storeEvent(world, target, {
      key: copyKeyFor(person, stored),
      fields: firstCopy(stored.fields),
      organizer: stored.organizer,
      iCalUId: stored.iCalUId,
      response: { response: 'notResponded', time: NO_TIME },
      copyOf: { calendarId: calendar.id, key: stored.key },
    });
  copy.hasOnlyExceptions = !work.isInvited && stored.fields.recurrence !== null;
  if (copy.isRemovedByGuest) return;
  const earlier = copy.fields.recurrence === null ? [] : occurrencesNear(world, target, copy);
  const fields = sharedWithPrivate(stored.fields, copy.fields);
  if (isOver !== copy.isCancelled || !isDeepEqual(fields, copy.fields)) {
    copy.fields = isOver ? { ...fields, showAs: 'free' } : fields;
    copy.isCancelled = isOver;
    if (earlier.length > 0) noteLostOccurrences(world, target, { stored: copy, earlier });
    touchEvent(world, target, copy);
  }
  for (const [stamp, source] of stored.exceptions) {
    const isInvited = invites(source.overlay.attendees ?? stored.fields.attendees, person);
    const before = copy.exceptions.get(stamp);
    if (before === undefined && copy.hasOnlyExceptions && !isInvited) continue;
    if (before?.isRemovedByGuest === true) continue;
    const exception = before ?? openException(world, target, { stored: copy, stamp, originalMs: source.originalMs });
    const overlay = sharedWithPrivate(source.overlay, exception.overlay);
    const isCancelled = source.isDeleted || source.isCancelled || !isInvited;
    if (before === undefined || isCancelled !== exception.isCancelled || !isDeepEqual(overlay, exception.overlay)) {
      Object.assign(exception, { overlay, isCancelled });
      touchEvent(world, target, exception);
    }
  }
}

/** The copy of a cancelled meeting stays, marked, until its owner removes it. */
function cancelCopy(world: MicrosoftWorld, target: MicrosoftCalendar, copy: MicrosoftStoredEvent): void {
  copy.isCancelled = true;
  copy.fields = { ...copy.fields, showAs: 'free' };
  touchEvent(world, target, copy);
}

function firstCopy(source: MicrosoftEventFields): MicrosoftEventFields {
  return { ...source, reminderMinutesBeforeStart: 15, isReminderOn: true, categories: [], showAs: shownAfter('notResponded', source) };
}

/** How a guest's time is shown after an answer. */
function shownAfter(response: MicrosoftResponse, source: Pick<MicrosoftEventFields, 'showAs'>): MicrosoftEventFields['showAs'] {
  if (source.showAs === 'free' || response === 'accepted') return source.showAs;
  return 'tentative';
}

function sharedWithPrivate<Fields extends Partial<MicrosoftEventFields>>(source: Fields, own: Fields): Fields {
  const next = { ...source };
  for (const name of PRIVATE_FIELDS) {
    delete next[name];
    if (own[name] !== undefined) Object.assign(next, { [name]: own[name] });
  }
  return next;
}

/** Notes a guest's own answer on the copy. */
export function answerCopy(
  world: MicrosoftWorld,
  calendar: MicrosoftCalendar,
  { event, response }: { event: ResolvedEvent; response: 'accepted' | 'tentativelyAccepted' | 'declined' },
): void {
  const answer = { response, time: new Date(world.clock.now()).toISOString() };
  const source = sourceOf(world, event);
  const showAs = shownAfter(response, source?.event.fields ?? event.fields);
  // A declined meeting leaves the calendar; so Outlook does, unconfirmed for the API.
  const isDeleted = response === 'declined';
  if (event.stamp === null) {
    const { stored } = event;
    Object.assign(stored, { response: answer, isDeleted, isRemovedByGuest: isDeleted, fields: { ...stored.fields, showAs } });
    touchEvent(world, calendar, stored);
    return;
  }
  const exception = openException(world, calendar, { stored: event.stored, stamp: event.stamp, originalMs: event.originalMs ?? 0 });
  Object.assign(exception, { response: answer, isDeleted, isRemovedByGuest: isDeleted, overlay: { ...exception.overlay, showAs } });
  touchEvent(world, calendar, exception);
}

/** Carries a guest's answer to the organizer's event, and from there to the other guests. */
export function propagateReply(
  world: MicrosoftWorld,
  copy: ResolvedEvent,
  reply: { person: MicrosoftPerson; change: Partial<MicrosoftAttendee> },
): void {
  const source = sourceOf(world, copy);
  if (source === null || source.event.isDeleted) return;
  const { calendar, event } = source;
  const attendees = event.fields.attendees.map((attendee) => {
    const { proposedNewTime: _earlier, ...rest } = attendee;
    return isAddressOf(reply.person, attendee.emailAddress.address) ? { ...rest, ...reply.change } : attendee;
  });
  changeAttendees(world, calendar, { event, attendees });
}

/** Puts other attendees on an organizer's event and lets the copies follow. */
export function changeAttendees(
  world: MicrosoftWorld,
  calendar: MicrosoftCalendar,
  { event, attendees }: { event: ResolvedEvent; attendees: MicrosoftAttendee[] },
): void {
  if (event.stamp === null) {
    event.stored.fields = { ...event.stored.fields, attendees };
    touchEvent(world, calendar, event.stored);
  } else {
    const exception = openException(world, calendar, { stored: event.stored, stamp: event.stamp, originalMs: event.originalMs ?? 0 });
    exception.overlay = { ...exception.overlay, attendees };
    touchEvent(world, calendar, exception);
  }
  propagateToGuests(world, calendar, event.stored);
}

/** The organizer's event behind a guest's copy. */
export function sourceOf(world: MicrosoftWorld, copy: ResolvedEvent): { calendar: MicrosoftCalendar; event: ResolvedEvent } | null {
  const source = copy.stored.copyOf;
  const calendar = source === null ? undefined : world.state.calendars.get(source.calendarId);
  const stored = source === null ? undefined : calendar?.events.get(source.key);
  if (calendar === undefined || stored === undefined) return null;
  const event = resolveAt(world, calendar, { stored, stamp: copy.stamp });
  return event === null ? null : { calendar, event };
}

function invites(attendees: readonly MicrosoftAttendee[] | undefined, person: MicrosoftPerson): boolean {
  return (attendees ?? []).some((attendee) => isAddressOf(person, attendee.emailAddress.address));
}
