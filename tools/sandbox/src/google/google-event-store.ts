import type { GoogleCalendar, GoogleStoredEvent, GoogleStoredException } from './google-state.ts';
import type { Occurrence } from './google-recurrence.ts';
import { EXPANSION_HORIZON_MS, MAX_OCCURRENCES, expandSeries, findOccurrence, momentOf } from './google-recurrence.ts';
import type { GoogleDateTime, GoogleEventFields, GoogleEventStatus, GooglePerson } from './google-types.ts';
import type { GoogleWorld } from './google-world.ts';
import { nextEtag, nextSeq, nowIso } from './google-world.ts';

/** An event as its calendar's owner would see it, whether stored, an exception or an instance made by the rule. */
export interface ResolvedEvent {
  readonly id: string;
  readonly status: GoogleEventStatus;
  readonly fields: GoogleEventFields;
  readonly creator: GooglePerson;
  readonly organizer: GooglePerson;
  readonly created: string;
  readonly updated: string;
  readonly etag: string;
  readonly seq: number;
  readonly order: number;
  /** The stored event: itself, or the master of an instance. */
  readonly stored: GoogleStoredEvent;
  readonly instance: { readonly stamp: string; readonly originalStartTime: GoogleDateTime } | null;
  readonly exception: GoogleStoredException | null;
}

export interface TimeWindow {
  readonly fromMs: number;
  readonly untilMs: number;
}

export function findEvent(calendar: GoogleCalendar, eventId: string): ResolvedEvent | null {
  const direct = calendar.events.get(eventId);
  if (direct !== undefined) return direct.hasOnlyExceptions ? null : resolveStored(direct);
  const cut = eventId.lastIndexOf('_');
  const master = cut < 0 ? undefined : calendar.events.get(eventId.slice(0, cut));
  if (master === undefined) return null;
  const stamp = eventId.slice(cut + 1);
  const exception = master.exceptions.get(stamp);
  if (exception !== undefined) return resolveException(master, { stamp, exception });
  if (!isSeries(master)) return null;
  try {
    const occurrence = findOccurrence(seriesOf(calendar, master), stamp);
    return occurrence === null ? null : resolveInstance(master, occurrence);
  } catch {
    return null;
  }
}

export function isSeries(stored: GoogleStoredEvent): boolean {
  return (stored.fields.recurrence ?? []).length > 0 && stored.fields.start !== undefined && !stored.hasOnlyExceptions;
}

export function seriesOf(calendar: GoogleCalendar, stored: GoogleStoredEvent): Parameters<typeof expandSeries>[0] {
  const { start = {}, end = {}, recurrence = [] } = stored.fields;
  return { start, end, recurrence, calendarZone: calendar.timeZone };
}

export function resolveStored(stored: GoogleStoredEvent): ResolvedEvent {
  const { id, status, fields, creator, organizer, created, updated, etag, seq, order } = stored;
  return { id, status, fields, creator, organizer, created, updated, etag, seq, order, stored, instance: null, exception: null };
}

export function resolveException(
  master: GoogleStoredEvent,
  { stamp, exception }: { stamp: string; exception: GoogleStoredException },
): ResolvedEvent {
  const { recurrence: _recurrence, ...inherited } = master.fields;
  const length = lengthOf(master.fields);
  const start = exception.originalStartTime;
  const merged = { ...inherited, start, end: addLength(start, length, master.fields.end), ...exception.overlay };
  const fields: GoogleEventFields = Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null && value !== undefined));
  return {
    id: `${master.id}_${stamp}`,
    status: master.status === 'cancelled' ? 'cancelled' : exception.status,
    fields,
    creator: master.creator,
    organizer: master.organizer,
    created: exception.created,
    updated: exception.updated,
    etag: exception.etag,
    seq: exception.seq,
    order: master.order,
    stored: master,
    instance: { stamp, originalStartTime: start },
    exception,
  };
}

export function resolveInstance(master: GoogleStoredEvent, occurrence: Occurrence): ResolvedEvent {
  const { recurrence: _recurrence, ...inherited } = master.fields;
  return {
    ...resolveStored(master),
    id: `${master.id}_${occurrence.stamp}`,
    fields: { ...inherited, start: occurrence.start, end: occurrence.end },
    instance: { stamp: occurrence.stamp, originalStartTime: occurrence.start },
  };
}

/** All instances of one series that touch the window, exceptions in their own place, cancelled ones too. */
export function instancesOf(
  world: GoogleWorld,
  calendar: GoogleCalendar,
  request: { master: GoogleStoredEvent; window: TimeWindow },
): ResolvedEvent[] {
  const { master, window } = request;
  const found: ResolvedEvent[] = [];
  for (const [stamp, exception] of master.exceptions) {
    const resolved = resolveException(master, { stamp, exception });
    if (exception.dropped !== null || touches(calendar, resolved, window)) found.push(resolved);
  }
  if (!isSeries(master)) return found;
  const untilMs = Math.min(window.untilMs, world.clock.now() + EXPANSION_HORIZON_MS);
  let occurrences: Occurrence[];
  try {
    occurrences = expandSeries(seriesOf(calendar, master), { fromMs: window.fromMs, untilMs, limit: MAX_OCCURRENCES });
  } catch {
    return [...found, resolveStored(master)];
  }
  for (const occurrence of occurrences) {
    const exception = master.exceptions.get(occurrence.stamp);
    if (exception === undefined || exception.dropped !== null) found.push(resolveInstance(master, occurrence));
  }
  return found;
}

/** Whether any part of the event lies in the window; a series does when one of its instances does. */
export function touches(calendar: GoogleCalendar, event: ResolvedEvent, window: TimeWindow): boolean {
  if (window.fromMs === Number.NEGATIVE_INFINITY && window.untilMs === Number.POSITIVE_INFINITY) return true;
  try {
    if (event.instance === null && isSeries(event.stored)) {
      if (window.fromMs === Number.NEGATIVE_INFINITY) return startMsOf(calendar, event) < window.untilMs;
      const untilMs = Math.min(window.untilMs, window.fromMs + 5 * 366 * 86_400_000);
      return expandSeries(seriesOf(calendar, event.stored), { fromMs: window.fromMs, untilMs, limit: 1 }).length > 0;
    }
    const { start, end } = spanOf(calendar, event);
    return end > window.fromMs && start < window.untilMs;
  } catch {
    return true;
  }
}

/** When the event starts and ends, in epoch milliseconds. @throws RangeError for dates that cannot be read. */
export function spanOf(calendar: GoogleCalendar, event: ResolvedEvent): { start: number; end: number } {
  const start = event.fields.start ?? event.instance?.originalStartTime ?? {};
  return { start: momentOf(start, calendar.timeZone), end: momentOf(event.fields.end ?? start, calendar.timeZone) };
}

export function startMsOf(calendar: GoogleCalendar, event: ResolvedEvent): number {
  try {
    return spanOf(calendar, event).start;
  } catch {
    return 0;
  }
}

export interface NewStoredEvent {
  readonly id: string;
  readonly fields: GoogleEventFields;
  readonly creator: GooglePerson;
  readonly organizer: GooglePerson;
  readonly status?: GoogleEventStatus;
  readonly copyOf?: { calendarId: string; eventId: string };
}

export function storeEvent(world: GoogleWorld, calendar: GoogleCalendar, event: NewStoredEvent): GoogleStoredEvent {
  const now = nowIso(world);
  calendar.lastOrder += 1;
  const stored: GoogleStoredEvent = {
    id: event.id,
    status: event.status ?? 'confirmed',
    fields: event.fields,
    creator: event.creator,
    organizer: event.organizer,
    created: now,
    updated: now,
    etag: nextEtag(world),
    seq: nextSeq(world, calendar),
    order: calendar.lastOrder,
    exceptions: new Map(),
    copyOf: event.copyOf ?? null,
    hasOnlyExceptions: false,
    isRemovedByGuest: false,
    isShell: false,
  };
  calendar.events.set(stored.id, stored);
  return stored;
}

/** Marks the event as changed: new etag, new place in the change log. `updated` stays when only reminders changed. */
export function touchEvent(
  world: GoogleWorld,
  calendar: GoogleCalendar,
  changed: { etag: string; seq: number; updated: string },
  wish: { keepsUpdated?: boolean } = {},
): void {
  changed.etag = nextEtag(world);
  changed.seq = nextSeq(world, calendar);
  if (wish.keepsUpdated !== true) changed.updated = nowIso(world);
}

/** The exception record of an instance, made when there is none yet. */
export function openException(
  world: GoogleWorld,
  calendar: GoogleCalendar,
  instance: { master: GoogleStoredEvent; stamp: string; originalStartTime: GoogleDateTime },
): GoogleStoredException {
  const existing = instance.master.exceptions.get(instance.stamp);
  if (existing !== undefined) {
    existing.dropped = null;
    return existing;
  }
  const made: GoogleStoredException = {
    status: instance.master.status === 'cancelled' ? 'confirmed' : instance.master.status,
    originalStartTime: instance.originalStartTime,
    overlay: {},
    created: instance.master.created,
    updated: nowIso(world),
    etag: nextEtag(world),
    seq: nextSeq(world, calendar),
    dropped: null,
    isRemovedByGuest: false,
  };
  instance.master.exceptions.set(instance.stamp, made);
  return made;
}

type Length = { readonly days: number } | { readonly ms: number };

function lengthOf(fields: GoogleEventFields): Length {
  const { start = {}, end = {} } = fields;
  const ms = momentOf(end, 'UTC') - momentOf(start, 'UTC');
  return start.date === undefined ? { ms } : { days: Math.round(ms / 86_400_000) };
}

function addLength(start: GoogleDateTime, length: Length, end: GoogleDateTime | undefined): GoogleDateTime {
  if ('days' in length && start.date !== undefined)
    return { date: Temporal.PlainDate.from(start.date).add({ days: length.days }).toString() };
  const ms = momentOf(start, 'UTC') + ('ms' in length ? length.ms : length.days * 86_400_000);
  return {
    dateTime: Temporal.Instant.fromEpochMilliseconds(ms).toString({ smallestUnit: 'second' }),
    timeZone: end?.timeZone ?? start.timeZone,
  };
}
