import { itemNotFound, malformedId } from './microsoft-error.ts';
import { eventId, newICalUId, occurrenceICalUId, readEventId } from './microsoft-ids.ts';
import type { Occurrence, TimeWindow } from './microsoft-recurrence.ts';
import { expandSeries, findOccurrence } from './microsoft-recurrence.ts';
import type { MicrosoftCalendar, MicrosoftStoredEvent, MicrosoftStoredException } from './microsoft-state.ts';
import { dateTimeAt, spanOf } from './microsoft-times.ts';
import type { MicrosoftEmailAddress, MicrosoftEventFields, MicrosoftEventType, MicrosoftResponseStatus } from './microsoft-types.ts';
import { NO_TIME } from './microsoft-types.ts';
import type { MicrosoftWorld } from './microsoft-world.ts';
import { nextChangeKey, nextSeq, nowInstant } from './microsoft-world.ts';

/** An event as its calendar holds it, whether stored, an exception or an occurrence made by the rule. */
export interface ResolvedEvent {
  readonly stored: MicrosoftStoredEvent;
  readonly stamp: string | null;
  /** When the slot that the rule made begins; null but for occurrences and exceptions. */
  readonly originalMs: number | null;
  readonly exception: MicrosoftStoredException | null;
  readonly type: MicrosoftEventType;
  readonly fields: MicrosoftEventFields;
  readonly response: MicrosoftResponseStatus;
  readonly isCancelled: boolean;
  readonly isDeleted: boolean;
  readonly created: string;
  readonly modified: string;
  readonly changeKey: string;
  readonly seq: number;
}

export function mailboxZoneOf(world: MicrosoftWorld, calendar: MicrosoftCalendar): string {
  return world.state.people.get(calendar.ownerEmail)?.timeZone ?? 'UTC';
}

/** @throws GraphError 400 for an id of no mailbox like this, 404 for one that names nothing here */
export function openEvent(
  world: MicrosoftWorld,
  calendars: readonly MicrosoftCalendar[],
  id: string,
): { calendar: MicrosoftCalendar; event: ResolvedEvent } {
  let isReadable = false;
  for (const calendar of calendars) {
    const reference = readEventId(calendar.ownerEmail, id);
    isReadable ||= reference !== null;
    const stored = reference === null ? undefined : calendar.events.get(reference.key);
    if (stored === undefined || reference === null || (reference.moves !== null && reference.moves !== stored.moves)) continue;
    const event = resolveAt(world, calendar, { stored, stamp: reference.stamp });
    if (event === null || event.isDeleted) continue;
    return { calendar, event };
  }
  throw isReadable ? itemNotFound() : malformedId();
}

export function resolveAt(
  world: MicrosoftWorld,
  calendar: MicrosoftCalendar,
  { stored, stamp }: { stored: MicrosoftStoredEvent; stamp: string | null },
): ResolvedEvent | null {
  if (stamp === null) return stored.hasOnlyExceptions ? null : resolveStored(stored);
  const exception = stored.exceptions.get(stamp);
  if (exception !== undefined) return resolveException(stored, { stamp, exception });
  if (stored.fields.recurrence === null || stored.hasOnlyExceptions) return null;
  const occurrence = findOccurrence(stored.fields, { stamp, mailboxZone: mailboxZoneOf(world, calendar) });
  return occurrence === null ? null : resolveOccurrence(stored, occurrence);
}

export function resolveStored(stored: MicrosoftStoredEvent): ResolvedEvent {
  const { fields, response, isCancelled, isDeleted, created, modified, changeKey, seq } = stored;
  const type = fields.recurrence === null ? 'singleInstance' : 'seriesMaster';
  return {
    stored,
    stamp: null,
    originalMs: null,
    exception: null,
    type,
    fields,
    response,
    isCancelled,
    isDeleted,
    created,
    modified,
    changeKey,
    seq,
  };
}

export function resolveException(
  stored: MicrosoftStoredEvent,
  { stamp, exception }: { stamp: string; exception: MicrosoftStoredException },
): ResolvedEvent {
  const { originalMs, isDeleted, isCancelled, created, modified, changeKey, seq } = exception;
  return {
    ...resolveStored(stored),
    ...{ stamp, originalMs, exception, type: 'exception', created, modified, changeKey, seq },
    fields: { ...stored.fields, recurrence: null, ...slotOf(stored.fields, { stamp, originalMs }), ...exception.overlay },
    response: exception.response ?? stored.response,
    isCancelled: stored.isCancelled || isCancelled,
    isDeleted: stored.isDeleted || isDeleted,
  };
}

function resolveOccurrence(stored: MicrosoftStoredEvent, occurrence: Occurrence): ResolvedEvent {
  const { stamp, start, end, startMs } = occurrence;
  return {
    ...resolveStored(stored),
    stamp,
    originalMs: startMs,
    type: 'occurrence',
    fields: { ...stored.fields, recurrence: null, start, end },
  };
}

/** Start and end of a slot, as long as the master is now. */
function slotOf(fields: MicrosoftEventFields, slot: { stamp: string; originalMs: number }): Pick<MicrosoftEventFields, 'start' | 'end'> {
  const { startMs, endMs } = spanOf(fields, 'UTC');
  if (!fields.isAllDay) {
    return {
      start: dateTimeAt(slot.originalMs, fields.start.timeZone),
      end: dateTimeAt(slot.originalMs + endMs - startMs, fields.end.timeZone),
    };
  }
  const [, year, month, day] = /^(\d{4})(\d\d)(\d\d)/.exec(slot.stamp) ?? [];
  const at = (ms: number, zone: string) => ({ ...dateTimeAt(ms, 'UTC'), timeZone: zone });
  const wall = Date.parse(`${year}-${month}-${day}T00:00:00Z`);
  return { start: at(wall, fields.start.timeZone), end: at(wall + endMs - startMs, fields.end.timeZone) };
}

/** All occurrences and exceptions of a series that touch the window, in order; with `isEverything` also cancelled and deleted ones. */
export function instancesOf(
  world: MicrosoftWorld,
  calendar: MicrosoftCalendar,
  { stored, window }: { stored: MicrosoftStoredEvent; window: TimeWindow },
): ResolvedEvent[] {
  const mailboxZone = mailboxZoneOf(world, calendar);
  const exceptions = [...stored.exceptions].map(([stamp, exception]) => resolveException(stored, { stamp, exception }));
  const found = exceptions.filter((event) => !event.isDeleted && touches(event, { window, mailboxZone }));
  if (stored.fields.recurrence === null || stored.hasOnlyExceptions || stored.isDeleted) return found;
  for (const occurrence of expandSeries(stored.fields, { ...window, mailboxZone })) {
    if (!stored.exceptions.has(occurrence.stamp)) found.push(resolveOccurrence(stored, occurrence));
  }
  return found.sort((a, b) => spanOf(a.fields, mailboxZone).startMs - spanOf(b.fields, mailboxZone).startMs);
}

/** Whether any part of the event lies in the window. */
export function touches(event: ResolvedEvent, { window, mailboxZone }: { window: TimeWindow; mailboxZone: string }): boolean {
  const { startMs, endMs } = spanOf(event.fields, mailboxZone);
  return (endMs > window.fromMs || (endMs === startMs && startMs >= window.fromMs)) && startMs < window.untilMs;
}

export function idOf(calendar: MicrosoftCalendar, event: Pick<ResolvedEvent, 'stored' | 'stamp'>, wish: { isImmutable: boolean }): string {
  const { key, moves } = event.stored;
  return eventId(calendar.ownerEmail, { key, moves, stamp: event.stamp }, wish);
}

export function uidOf(event: ResolvedEvent): string {
  return event.stamp === null ? event.stored.iCalUId : occurrenceICalUId(event.stored.iCalUId, event.stamp);
}

export interface NewStoredEvent {
  readonly key: string;
  readonly fields: MicrosoftEventFields;
  readonly organizer: MicrosoftEmailAddress;
  readonly iCalUId?: string;
  readonly transactionId?: string | null;
  readonly response?: MicrosoftResponseStatus;
  readonly copyOf?: { calendarId: string; key: string };
}

export function storeEvent(world: MicrosoftWorld, calendar: MicrosoftCalendar, event: NewStoredEvent): MicrosoftStoredEvent {
  const now = nowInstant(world);
  const seq = nextSeq(world, calendar);
  calendar.lastOrder += 1;
  const stored: MicrosoftStoredEvent = {
    key: event.key,
    moves: 0,
    fields: event.fields,
    iCalUId: event.iCalUId ?? newICalUId(event.key),
    transactionId: event.transactionId ?? null,
    organizer: event.organizer,
    response: event.response ?? { response: 'organizer', time: NO_TIME },
    isCancelled: false,
    isDeleted: false,
    isRemovedByGuest: false,
    created: now,
    modified: now,
    changeKey: nextChangeKey(world),
    seq,
    createdSeq: seq,
    order: calendar.lastOrder,
    exceptions: new Map(),
    lost: new Map(),
    copyOf: event.copyOf ?? null,
    hasOnlyExceptions: false,
    extendedProperties: {},
    extensions: {},
  };
  calendar.events.set(stored.key, stored);
  return stored;
}

/** Marks as changed: new change key, new place in the change log. */
export function touchEvent(
  world: MicrosoftWorld,
  calendar: MicrosoftCalendar,
  changed: { changeKey: string; seq: number; modified: string },
): void {
  changed.changeKey = nextChangeKey(world);
  changed.seq = nextSeq(world, calendar);
  changed.modified = nowInstant(world);
}

/** The exception record of an occurrence, made when there is none yet. */
export function openException(
  world: MicrosoftWorld,
  calendar: MicrosoftCalendar,
  slot: { stored: MicrosoftStoredEvent; stamp: string; originalMs: number },
): MicrosoftStoredException {
  const existing = slot.stored.exceptions.get(slot.stamp);
  if (existing !== undefined) return existing;
  const made: MicrosoftStoredException = {
    originalMs: slot.originalMs,
    overlay: {},
    response: null,
    isCancelled: false,
    isDeleted: false,
    isRemovedByGuest: false,
    created: slot.stored.created,
    modified: nowInstant(world),
    changeKey: nextChangeKey(world),
    seq: nextSeq(world, calendar),
  };
  slot.stored.exceptions.set(slot.stamp, made);
  return made;
}
