import { UTC, addDays, findZone, formatInstant, instantOf, parseDate, parseInstant, parseWallTime, wallTimeOf } from '@daymark/domain';
import type { Instant, PlainDate, ZoneId } from '@daymark/domain';
import type {
  EventAttendee,
  EventChange,
  EventConference,
  EventFields,
  EventKind,
  EventPerson,
  EventRecurrence,
  EventReminders,
  EventTime,
  EventVisibility,
  OriginalStart,
  ProviderEvent,
  ResponseStatus,
} from '@daymark/provider-contract';
import type { calendar_v3 } from 'googleapis/build/src/apis/calendar/v3.js';
import { googleEvent, mismatch } from './google-api.ts';
import type { GoogleAttendee, GoogleConference, GoogleEvent, GoogleMoment, GooglePerson, GoogleReminders } from './google-api.ts';

/** Key of our marker among the private extended properties of an event. */
export const MARKER_PROPERTY = 'daymark';

/** What an event has to be read with. */
export interface EventSource {
  /** The calendar's, for times that come without one. */
  readonly zone: ZoneId;
  /** Google expanded the series itself, so that there are no masters (calendars of which only busy time is visible). */
  readonly isExpanded: boolean;
}

export const unknownSource: EventSource = { zone: UTC, isExpanded: false };

/** One item of a list as a change; `position` names an item that has no id. Never throws. */
export function readChange(raw: unknown, source: EventSource & { readonly position: number }): EventChange {
  const parsed = googleEvent.safeParse(raw);
  if (!parsed.success) {
    const { id, etag } = identify(raw);
    return { kind: 'unreadable', eventId: id ?? `without-id-${source.position}`, version: etag, reason: mismatch(parsed.error), raw };
  }
  const event = parsed.data;
  if (event.status === 'cancelled' && (!isPresent(event.recurringEventId) || source.isExpanded)) {
    return { kind: 'removed', eventId: event.id, why: 'deleted' };
  }
  try {
    return { kind: 'saved', event: readEvent(event, { source, raw }) };
  } catch (error) {
    if (!(error instanceof UnreadableEvent)) throw error;
    return { kind: 'unreadable', eventId: event.id, version: event.etag ?? null, reason: error.message, raw };
  }
}

/** The body of an insert (`new`) or a patch (`changed`: null clears, what is absent stays). */
export function writeFields(fields: Partial<Omit<EventFields, 'attendees'>>, form: 'new' | 'changed'): calendar_v3.Schema$Event {
  const body: calendar_v3.Schema$Event = {};
  if (fields.title !== undefined) body.summary = fields.title;
  if (fields.description !== undefined) body.description = fields.description;
  if (fields.location !== undefined) body.location = fields.location;
  if (fields.time !== undefined) [body.start, body.end] = writeTime(fields.time, form);
  if (fields.recurrence !== undefined) body.recurrence = [...fields.recurrence];
  if (fields.busy !== undefined) body.transparency = fields.busy ? 'opaque' : 'transparent';
  if (fields.visibility !== undefined) body.visibility = fields.visibility;
  if (fields.reminders !== undefined) body.reminders = writeReminders(fields.reminders);
  return form === 'new' ? withoutEmpty(body) : body;
}

/**
 * The whole list of attendees: Google replaces arrays. Answers, comments and rooms of those who stay are
 * kept from `current`, and the organiser's own entry always stays.
 */
export function writeAttendees(wanted: EventFields['attendees'], current: readonly GoogleAttendee[]): calendar_v3.Schema$EventAttendee[] {
  const known = new Map(current.flatMap((entry) => (isPresent(entry.email) ? [[entry.email.toLowerCase(), entry] as const] : [])));
  const wantedAddresses = new Set(wanted.map((attendee) => attendee.email.toLowerCase()));
  const organizers = current.filter((entry) => entry.organizer === true && !wantedAddresses.has(entry.email?.toLowerCase() ?? ''));
  const guests = wanted.map(({ email, name, optional }) => {
    const before = known.get(email.toLowerCase());
    return { ...before, email, optional, ...(name === null ? {} : { displayName: name }) };
  });
  return [...organizers, ...guests];
}

/** Something about an event that cannot be mapped; the message holds no content of it. */
class UnreadableEvent extends Error {}

function readEvent(event: GoogleEvent, { source, raw }: { readonly source: EventSource; readonly raw: unknown }): ProviderEvent {
  const isCancelled = event.status === 'cancelled';
  const kind = kinds[event.eventType ?? 'default'] ?? 'other';
  const people = (event.attendees ?? []).flatMap(readAttendee);
  const self = people.find((attendee) => attendee.self);
  const marker = event.extendedProperties?.private?.[MARKER_PROPERTY];
  return {
    id: event.id,
    iCalUid: event.iCalUID ?? null,
    version: event.etag ?? event.updated ?? (isCancelled ? 'cancelled' : unreadable('it has no version')),
    recurrence: readRecurrence(event, source),
    time: readTime(event, source),
    status: isCancelled ? 'cancelled' : event.status === 'tentative' ? 'tentative' : 'confirmed',
    kind,
    busy:
      !isCancelled &&
      event.transparency !== 'transparent' &&
      kind !== 'working-location' &&
      kind !== 'birthday' &&
      self?.response !== 'declined',
    visibility: readVisibility(event.visibility),
    title: event.summary ?? null,
    description: event.description ?? null,
    location: event.location ?? null,
    organizer: readPerson(event.organizer),
    attendees: people,
    // An entry without an address cannot be told here, so the list is not whole either.
    attendeesOmitted: event.attendeesOmitted === true || people.length < (event.attendees?.length ?? 0),
    conference: readConference(event),
    reminders: readReminders(event.reminders),
    colorId: event.colorId ?? null,
    marker: typeof marker === 'string' ? marker : null,
    url: webAddress(event.htmlLink),
    sequence: event.sequence ?? 0,
    createdAt: findInstant(event.created),
    updatedAt: findInstant(event.updated),
    readOnlyReason: readOnlyReason(event, kind),
    raw,
  };
}

const kinds: Readonly<Record<string, EventKind>> = {
  default: 'default',
  outOfOffice: 'out-of-office',
  focusTime: 'focus-time',
  workingLocation: 'working-location',
  birthday: 'birthday',
  fromGmail: 'from-mail',
};

function readRecurrence(event: GoogleEvent, { isExpanded }: EventSource): EventRecurrence {
  if (isPresent(event.recurringEventId)) {
    const originalStart = readOriginalStart(event.originalStartTime);
    return { kind: isExpanded ? 'occurrence' : 'exception', seriesId: event.recurringEventId, originalStart };
  }
  const rules = event.recurrence ?? [];
  if (rules.length === 0) return { kind: 'single' };
  const zone = event.start?.timeZone;
  // Its occurrences would be guessed.
  if (isPresent(zone) && findZone(zone) === null) unreadable('it repeats in an unknown time zone');
  return { kind: 'series', rules };
}

function readOriginalStart(moment: GoogleMoment | null | undefined): OriginalStart {
  if (isPresent(moment?.date)) return { kind: 'all-day', date: readDate(moment.date) };
  if (isPresent(moment?.dateTime)) return { kind: 'timed', at: readInstant(moment, zoneOf(moment, UTC)) };
  return unreadable('it does not tell which occurrence it replaces');
}

/** Times that a service may leave out are filled in by RFC 5545 §3.6.1; times that contradict are not guessed. */
function readTime({ start, end, status }: GoogleEvent, source: EventSource): EventTime | null {
  if (isPresent(start?.date)) {
    if (isPresent(end?.dateTime)) unreadable('it starts with a date and ends with a time');
    const startDate = readDate(start.date);
    const endDate = isPresent(end?.date) ? readDate(end.date) : startDate;
    if (endDate < startDate) unreadable('it ends before it starts');
    return { kind: 'all-day', startDate, endDate: endDate === startDate ? addDays(startDate, 1) : endDate };
  }
  if (isPresent(start?.dateTime)) {
    if (isPresent(end?.date)) unreadable('it starts with a time and ends with a date');
    const zone = zoneOf(start, source.zone);
    const startAt = readInstant(start, zone);
    const endAt = isPresent(end?.dateTime) ? readInstant(end, zoneOf(end, zone)) : startAt;
    if (endAt < startAt) unreadable('it ends before it starts');
    return { kind: 'timed', start: startAt, end: endAt, startWall: wallTimeOf(startAt, zone), endWall: wallTimeOf(endAt, zone), zone };
  }
  return status === 'cancelled' ? null : unreadable('it has no start');
}

function zoneOf(moment: GoogleMoment, otherwise: ZoneId): ZoneId {
  return (isPresent(moment.timeZone) ? findZone(moment.timeZone) : null) ?? otherwise;
}

function readInstant({ dateTime }: GoogleMoment, zone: ZoneId): Instant {
  const text = dateTime ?? '';
  try {
    return /(?:z|[+-]\d\d:?\d\d)$/i.test(text) ? parseInstant(text) : instantOf(parseWallTime(text), zone);
  } catch {
    return unreadable('its time cannot be read');
  }
}

function readDate(text: string): PlainDate {
  try {
    return parseDate(text);
  } catch {
    return unreadable('its date cannot be read');
  }
}

function findInstant(text: string | null | undefined): Instant | null {
  if (!isPresent(text)) return null;
  try {
    return parseInstant(text);
  } catch {
    return null;
  }
}

/** A word that is not known hides more rather than less. */
function readVisibility(visibility: string | null | undefined): EventVisibility {
  if (!isPresent(visibility) || visibility === 'default') return 'default';
  return visibility === 'public' ? 'public' : 'private';
}

function readPerson(person: GooglePerson | null | undefined): EventPerson | null {
  return isPresent(person?.email) ? { email: person.email, name: person.displayName ?? null, self: person.self === true } : null;
}

function readAttendee(attendee: GoogleAttendee): readonly EventAttendee[] {
  const person = readPerson(attendee);
  if (person === null) return [];
  const response = responses[attendee.responseStatus ?? 'needsAction'] ?? 'needs-action';
  const { optional, resource, organizer } = attendee;
  return [{ ...person, response, optional: optional === true, resource: resource === true, organizer: organizer === true }];
}

const responses: Readonly<Record<string, ResponseStatus>> = {
  needsAction: 'needs-action',
  accepted: 'accepted',
  tentative: 'tentative',
  declined: 'declined',
};

function readConference({ conferenceData, hangoutLink }: GoogleEvent): EventConference | null {
  const link = webAddress(hangoutLink);
  if (!isPresent(conferenceData))
    return link === null ? null : { status: 'ready', platform: 'Google Meet', joinUrl: link, conferenceId: null };
  const entryPoints = conferenceData.entryPoints ?? [];
  const video = entryPoints.find((entry) => entry.entryPointType === 'video');
  const joinUrl = webAddress(video?.uri) ?? link;
  return {
    status: joinUrl !== null || entryPoints.length > 0 ? 'ready' : requestState(conferenceData),
    platform: conferenceData.conferenceSolution?.name ?? 'Google Meet',
    joinUrl,
    conferenceId: conferenceData.conferenceId ?? null,
  };
}

/** Nothing to join yet: is it still being made? */
function requestState({ createRequest }: GoogleConference): 'pending' | 'failed' {
  return createRequest?.status?.statusCode === 'failure' || !isPresent(createRequest) ? 'failed' : 'pending';
}

function readReminders(reminders: GoogleReminders | null | undefined): EventReminders | null {
  if (!isPresent(reminders)) return null;
  const overrides = (reminders.overrides ?? []).flatMap(({ method, minutes }) =>
    method === 'email' || method === 'popup' ? [{ method, minutes } as const] : [],
  );
  return { useDefault: reminders.useDefault === true, overrides };
}

function readOnlyReason(event: GoogleEvent, kind: EventKind): ProviderEvent['readOnlyReason'] {
  if (event.locked === true) return 'locked';
  if (kind !== 'default') return 'special-kind';
  const isOurs = !isPresent(event.organizer) || event.organizer.self === true || event.guestsCanModify === true;
  return isOurs ? null : 'not-organizer';
}

function writeTime(time: EventTime, form: 'new' | 'changed'): [calendar_v3.Schema$EventDateTime, calendar_v3.Schema$EventDateTime] {
  // A patch merges, so what an all-day event has instead must be cleared, and the other way round.
  if (time.kind === 'all-day') {
    const cleared = form === 'changed' ? { dateTime: null, timeZone: null } : {};
    return [
      { date: time.startDate, ...cleared },
      { date: time.endDate, ...cleared },
    ];
  }
  const cleared = form === 'changed' ? { date: null } : {};
  return [
    { dateTime: formatInstant(time.start), timeZone: time.zone, ...cleared },
    { dateTime: formatInstant(time.end), timeZone: time.zone, ...cleared },
  ];
}

/** Google takes overrides only without the default. */
function writeReminders(reminders: EventReminders | null): calendar_v3.Schema$Event['reminders'] {
  if (reminders === null || reminders.useDefault) return { useDefault: true, overrides: [] };
  return { useDefault: false, overrides: [...reminders.overrides] };
}

function withoutEmpty(body: calendar_v3.Schema$Event): calendar_v3.Schema$Event {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null && !(Array.isArray(value) && value.length === 0)));
}

/** Links are shown to people: whatever is not a web page is not one. */
function webAddress(text: string | null | undefined): string | null {
  return isPresent(text) && /^https?:\/\//i.test(text) && URL.canParse(text) ? text : null;
}

function identify(raw: unknown): { readonly id: string | null; readonly etag: string | null } {
  if (typeof raw !== 'object' || raw === null) return { id: null, etag: null };
  const id = 'id' in raw && typeof raw.id === 'string' && raw.id !== '' ? raw.id : null;
  const etag = 'etag' in raw && typeof raw.etag === 'string' ? raw.etag : null;
  return { id, etag };
}

function isPresent<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}

function unreadable(reason: string): never {
  throw new UnreadableEvent(reason);
}
