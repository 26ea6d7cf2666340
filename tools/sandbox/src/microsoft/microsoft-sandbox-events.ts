import { itemNotFound } from './microsoft-error.ts';
import { newFields, readEventBody } from './microsoft-event-input.ts';
import type { ResolvedEvent } from './microsoft-event-store.ts';
import {
  instancesOf,
  idOf,
  openEvent,
  resolveAt,
  resolveException,
  resolveStored,
  storeEvent,
  touchEvent,
} from './microsoft-event-store.ts';
import type { EventReader } from './microsoft-event-view.ts';
import { viewEvent } from './microsoft-event-view.ts';
import type { FoundEvent } from './microsoft-event-writer.ts';
import { changeEvent, createEvent, deleteEvent, findForReader } from './microsoft-event-writer.ts';
import { copyKeyFor } from './microsoft-guests.ts';
import { defaultCalendarOf } from './microsoft-calendars.ts';
import { newEventKey } from './microsoft-ids.ts';
import type { MailboxTarget } from './microsoft-mailbox-access.ts';
import type { MeetingAnswer } from './microsoft-meeting-actions.ts';
import { answerMeeting, cancelMeeting } from './microsoft-meeting-actions.ts';
import { settleOnlineMeetings } from './microsoft-online-meeting.ts';
import { getPerson } from './microsoft-people.ts';
import { NO_PREFERENCES } from './microsoft-prefer.ts';
import { HORIZON_MS } from './microsoft-recurrence.ts';
import type { MicrosoftCalendar } from './microsoft-state.ts';
import { atWall, wallOf } from './microsoft-times.ts';
import type { MicrosoftEvent, MicrosoftEventFields } from './microsoft-types.ts';
import type { MicrosoftWorld } from './microsoft-world.ts';

export interface MicrosoftEdit extends MicrosoftIdWish {
  /** Who edits; a person, by address. */
  readonly as: string;
  /** Default: the person's default calendar for what is new, any of theirs for what is there. */
  readonly calendarId?: string;
}

/** Which form of id is given back; default the one that moves change. */
export interface MicrosoftIdWish {
  readonly isImmutable?: boolean;
}

/** Events as the calendar's owner sees them, in UTC; either form of id is taken. */
export interface MicrosoftEvents {
  /** Singles, masters and exceptions; deleted ones left out. */
  events(calendarId: string, wish?: MicrosoftIdWish): MicrosoftEvent[];
  getEvent(calendarId: string, eventId: string, wish?: MicrosoftIdWish): MicrosoftEvent | null;
  /** The times of a series two years around now: exceptions in their place, cancelled ones left out; none of one that is gone. */
  instances(calendarId: string, eventId: string, wish?: MicrosoftIdWish): MicrosoftEvent[];
  /** An edit by a person, with all side effects that Exchange has. Takes the body of a POST to Graph. */
  createEvent(edit: MicrosoftEdit, body: unknown): MicrosoftEvent;
  patchEvent(edit: MicrosoftEdit, eventId: string, body: unknown): MicrosoftEvent;
  deleteEvent(edit: MicrosoftEdit, eventId: string): void;
  cancelEvent(edit: MicrosoftEdit, eventId: string, comment?: string): void;
  /** Drags an event to another calendar of the same mailbox, as Outlook can and Graph cannot: its id changes, its immutable id stays. */
  moveEvent(edit: MicrosoftEdit, eventId: string, destination: string): MicrosoftEvent;
  respond(edit: MicrosoftEdit, eventId: string, response: MeetingAnswer): void;
  /** The id of a guest's own copy of an organizer's event; null without a copy. */
  findGuestCopy(email: string, event: { readonly calendarId: string; readonly eventId: string }, wish?: MicrosoftIdWish): string | null;
  /** Stores fields over the defaults; only times have to be readable. For the odd events that real calendars hold. */
  addRawEvent(calendarId: string, fields: Partial<MicrosoftEventFields>, wish?: MicrosoftIdWish): string;
}

export function createMicrosoftEvents(world: MicrosoftWorld): MicrosoftEvents {
  const getCalendar = (calendarId: string): MicrosoftCalendar => {
    const calendar = world.state.calendars.get(calendarId);
    if (calendar === undefined) throw itemNotFound();
    return calendar;
  };
  const target = ({ as, calendarId }: MicrosoftEdit): MailboxTarget => {
    const actor = getPerson(world, as);
    return { actor, mailbox: actor, calendarId: calendarId ?? null };
  };
  const show = (calendar: MicrosoftCalendar, event: ResolvedEvent, wish: MicrosoftIdWish = {}): MicrosoftEvent => {
    const reader: EventReader = { role: 'owner', preferences: { ...NO_PREFERENCES, isImmutable: wish.isImmutable ?? false } };
    return viewEvent(world, calendar, { event, reader });
  };
  const find = (calendarId: string, id: string): ResolvedEvent | null => {
    try {
      return openEvent(world, [getCalendar(calendarId)], id).event;
    } catch {
      return null;
    }
  };
  const shown = ({ calendar, event }: FoundEvent, wish: MicrosoftIdWish): MicrosoftEvent => show(calendar, event, wish);
  const action = (edit: MicrosoftEdit, eventId: string, body: unknown) => {
    const { calendar, event } = findForReader(world, target(edit), { id: eventId, least: 'write' });
    return { calendar, event, owner: getPerson(world, calendar.ownerEmail), body };
  };
  return {
    events: (calendarId, wish) => {
      settleOnlineMeetings(world);
      const calendar = getCalendar(calendarId);
      return [...calendar.events.values()].flatMap((stored) => {
        const exceptions = [...stored.exceptions].map(([stamp, exception]) => resolveException(stored, { stamp, exception }));
        const all = [...(stored.hasOnlyExceptions ? [] : [resolveStored(stored)]), ...exceptions];
        return all.filter(({ isDeleted }) => !isDeleted).map((event) => show(calendar, event, wish));
      });
    },
    getEvent: (calendarId, eventId, wish) => {
      settleOnlineMeetings(world);
      const event = find(calendarId, eventId);
      return event === null ? null : show(getCalendar(calendarId), event, wish);
    },
    instances: (calendarId, eventId, wish) => {
      const master = find(calendarId, eventId);
      if (master?.type !== 'seriesMaster') return [];
      const now = world.clock.now();
      const calendar = getCalendar(calendarId);
      const window = { fromMs: now - HORIZON_MS, untilMs: now + HORIZON_MS };
      const all = instancesOf(world, calendar, { stored: master.stored, window });
      return all.filter(({ isCancelled }) => !isCancelled).map((event) => show(calendar, event, wish));
    },
    createEvent: (edit, body) => shown(createEvent(world, target(edit), readEventBody(body)), edit),
    patchEvent: (edit, id, body) => shown(changeEvent(world, target(edit), { id, body: readEventBody(body) }), edit),
    deleteEvent: (edit, id) => deleteEvent(world, target(edit), { id }),
    cancelEvent: (edit, id, comment) => cancelMeeting(world, action(edit, id, { comment })),
    moveEvent: (edit, id, destination) => {
      const { calendar, event } = findForReader(world, target(edit), { id, least: 'write' });
      const to = getCalendar(destination);
      if (to.ownerEmail !== calendar.ownerEmail) throw new RangeError('an event moves inside one mailbox only');
      const { stored } = event;
      const moved = { ...stored, moves: stored.moves + 1, exceptions: new Map(stored.exceptions), lost: new Map<string, number>() };
      Object.assign(stored, { isDeleted: true });
      touchEvent(world, calendar, stored);
      to.lastOrder += 1;
      Object.assign(moved, { order: to.lastOrder, createdSeq: to.lastSeq + 1 });
      for (const exception of moved.exceptions.values()) touchEvent(world, to, exception);
      touchEvent(world, to, moved);
      to.events.set(moved.key, moved);
      for (const { events } of world.state.calendars.values()) {
        for (const copy of events.values()) if (copy.copyOf?.key === moved.key) copy.copyOf = { calendarId: to.id, key: moved.key };
      }
      return show(to, resolveStored(moved), edit);
    },
    respond: (edit, id, response) => answerMeeting(world, action(edit, id, {}), response),
    findGuestCopy: (email, { calendarId, eventId }, wish = {}) => {
      const original = find(calendarId, eventId);
      if (original === null) return null;
      const person = getPerson(world, email);
      const calendar = defaultCalendarOf(world, person);
      const stored = calendar.events.get(copyKeyFor(person, original.stored));
      const copy = stored === undefined ? null : resolveAt(world, calendar, { stored, stamp: original.stamp });
      return copy === null || copy.isDeleted ? null : idOf(calendar, copy, { isImmutable: wish.isImmutable ?? false });
    },
    addRawEvent: (calendarId, fields, wish = {}) => {
      const calendar = getCalendar(calendarId);
      const owner = getPerson(world, calendar.ownerEmail);
      const organizer = { name: owner.name, address: owner.email };
      const whole = { ...newFields(), ...fields };
      for (const at of [whole.start, whole.end]) if (Number.isNaN(wallOf(at))) throw new RangeError(`not a date and time: ${at.dateTime}`);
      whole.start = atWall(wallOf(whole.start), whole.start.timeZone);
      whole.end = atWall(wallOf(whole.end), whole.end.timeZone);
      const stored = storeEvent(world, calendar, { key: newEventKey(), fields: whole, organizer });
      return idOf(calendar, { stored, stamp: null }, { isImmutable: wish.isImmutable ?? false });
    },
  };
}
