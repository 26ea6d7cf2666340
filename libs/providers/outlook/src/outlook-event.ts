import { UTC } from '@daymark/domain';
import type { ZoneId } from '@daymark/domain';
import type {
  EventAttendee,
  EventChange,
  EventConference,
  EventPerson,
  EventRecurrence,
  EventReminders,
  EventTime,
  ProviderEvent,
  ResponseStatus,
} from '@daymark/provider-contract';
import { graphEvent, mismatch } from './outlook-api.ts';
import type { GraphAttendee, GraphEvent, GraphRecipient } from './outlook-api.ts';
import { firstOccurrence } from './outlook-first-occurrence.ts';
import { rulesOf } from './outlook-recurrence.ts';
import { UnreadableEvent, findInstant, readOriginalStart, readTime, unreadable } from './outlook-time.ts';
import { zoneOf } from './outlook-zones.ts';

/** The single-value extended property that carries our marker, besides `transactionId`. */
export const MARKER_PROPERTY = 'String {6f2c9d1e-5b0a-4c37-9e84-d4a7b1c0f352} Name daymark';

/** What is to be known of the calendar in order to read its events. */
export interface EventSource {
  /** Address of whose calendar it is; null when it is not known. */
  readonly owner: string | null;
  /** Private events come without details, under a title that the service makes up. */
  readonly hidesPrivate: boolean;
}

/** Whether the event cannot be read without {@link EventSource}. */
export function needsSource(raw: unknown): boolean {
  const { success, data } = graphEvent.safeParse(raw);
  return success && ((data.attendees ?? []).length > 0 || data.isOrganizer === false || isPrivate(data));
}

/** One item of a list as a change; `position` names an item that has no id. Never throws. */
export function readChange(raw: unknown, { source, position }: { readonly source: EventSource; readonly position: number }): EventChange {
  const parsed = graphEvent.safeParse(raw);
  if (!parsed.success) {
    const { id, etag } = identify(raw);
    return { kind: 'unreadable', eventId: id ?? `without-id-${position}`, version: etag, reason: mismatch(parsed.error), raw };
  }
  const event = parsed.data;
  // Also what has merely left the window, and occurrences that nobody was told of.
  if (event['@removed'] != null) return { kind: 'removed', eventId: event.id, why: 'unknown' };
  try {
    return { kind: 'saved', event: readEvent(event, { source, raw }) };
  } catch (error) {
    if (!(error instanceof UnreadableEvent)) throw error;
    return { kind: 'unreadable', eventId: event.id, version: event['@odata.etag'] ?? null, reason: error.message, raw };
  }
}

function readEvent(event: GraphEvent, { source, raw }: { readonly source: EventSource; readonly raw: unknown }): ProviderEvent {
  const { time, recurrence } = readPlace(event);
  const isCancelled = event.isCancelled === true;
  const isHidden = source.hidesPrivate && isPrivate(event);
  return {
    id: event.id,
    iCalUid: event.iCalUId ?? null,
    version: event['@odata.etag'] ?? unreadable('it has no version'),
    recurrence,
    time,
    status: isCancelled ? 'cancelled' : event.showAs === 'tentative' ? 'tentative' : 'confirmed',
    kind: 'default',
    busy: !isCancelled && !freeWords.has(event.showAs ?? '') && event.responseStatus?.response !== 'declined',
    visibility: event.sensitivity == null || event.sensitivity === 'normal' ? 'default' : 'private',
    title: isHidden ? null : textOrNull(event.subject),
    description: isHidden ? null : textOrNull(event.body?.content?.trimEnd()),
    location: isHidden ? null : textOrNull(event.location?.displayName),
    organizer: readOrganizer(event, source),
    attendees: readAttendees(event, source),
    attendeesOmitted: isHidden || (event.hideAttendees === true && event.isOrganizer !== true) || hasNameless(event),
    conference: readConference(event),
    reminders: readReminders(event),
    colorId: null,
    marker: readMarker(event),
    url: webAddress(event.webLink),
    sequence: 0,
    createdAt: findInstant(event.createdDateTime),
    updatedAt: findInstant(event.lastModifiedDateTime),
    readOnlyReason: event.isOrganizer === false ? 'not-organizer' : null,
    raw,
  };
}

/** How an event is shown that takes nobody's time; a word that is not known takes it. */
const freeWords: ReadonlySet<string> = new Set(['free', 'workingElsewhere']);

function isPrivate({ sensitivity }: GraphEvent): boolean {
  return sensitivity === 'private';
}

/** A series runs by the clock of its own zone; a single event is told in the one that it was made in. */
function readPlace(event: GraphEvent): { readonly time: EventTime; readonly recurrence: EventRecurrence } {
  const zone = zoneOf(event.originalStartTimeZone ?? '');
  if (event.recurrence != null) {
    const time = readTime(event, zoneOfSeries(event, zone));
    const rules = rulesOf(event.recurrence, { start: time }) ?? unreadable('its recurrence cannot be told');
    return { time: firstOccurrence(time, rules), recurrence: { kind: 'series', rules } };
  }
  if (event.type === 'seriesMaster') unreadable('it does not tell how it repeats');
  const time = readTime(event, zone ?? UTC);
  if (event.seriesMasterId == null) return { time, recurrence: { kind: 'single' } };
  // The rule gives what was never changed as well; as an exception it stands in its own place.
  return { time, recurrence: { kind: 'exception', seriesId: event.seriesMasterId, originalStart: readOriginalStart(event, time) } };
}

function zoneOfSeries({ recurrence, isAllDay }: GraphEvent, zoneOfStart: ZoneId | null): ZoneId {
  if (isAllDay === true) return UTC;
  // Without one its occurrences would be guessed.
  return zoneOf(recurrence?.range.recurrenceTimeZone ?? '') ?? zoneOfStart ?? unreadable('it repeats in an unknown time zone');
}

function readOrganizer({ organizer, isOrganizer }: GraphEvent, { owner }: EventSource): EventPerson | null {
  const person = readPerson(organizer);
  return person === null ? null : { ...person, self: isOrganizer ?? isSame(person.email, owner) };
}

/** The organizer may stand among them or not, and an address twice: each is told once. */
function readAttendees(event: GraphEvent, source: EventSource): readonly EventAttendee[] {
  const organizer = readPerson(event.organizer);
  const byAddress = new Map<string, EventAttendee>();
  for (const entry of event.attendees ?? []) {
    const person = readPerson(entry);
    if (person === null || byAddress.has(person.email.toLowerCase())) continue;
    const self = isSame(person.email, source.owner);
    const isOrganizer = isSame(person.email, organizer?.email ?? null);
    byAddress.set(person.email.toLowerCase(), {
      ...person,
      self,
      // What the owner answered stands on the event itself; the list is brought up to date by the organizer.
      response: readResponse((self ? event.responseStatus?.response : null) ?? entry.status?.response),
      optional: entry.type === 'optional',
      resource: entry.type === 'resource',
      organizer: isOrganizer,
    });
  }
  return [...byAddress.values()];
}

/** An entry without an address cannot be told, so the list is not whole. */
function hasNameless({ attendees }: GraphEvent): boolean {
  return (attendees ?? []).some((entry: GraphAttendee) => readPerson(entry) === null);
}

function readPerson(entry: GraphRecipient | null | undefined): { readonly email: string; readonly name: string | null } | null {
  const { address, name } = entry?.emailAddress ?? {};
  return address == null || address === '' ? null : { email: address, name: textOrNull(name) };
}

function isSame(email: string, other: string | null): boolean {
  return email.toLowerCase() === other?.toLowerCase();
}

/** Not answered is `none` in one view and `notResponded` in another. */
function readResponse(word: string | null | undefined): ResponseStatus {
  return responses[word ?? ''] ?? 'needs-action';
}

const responses: Readonly<Record<string, ResponseStatus>> = {
  organizer: 'accepted',
  accepted: 'accepted',
  tentativelyAccepted: 'tentative',
  declined: 'declined',
};

/** The join address may come some time after the meeting. */
function readConference({ isOnlineMeeting, onlineMeeting, onlineMeetingUrl, onlineMeetingProvider }: GraphEvent): EventConference | null {
  const joinUrl = webAddress(onlineMeeting?.joinUrl) ?? webAddress(onlineMeetingUrl);
  if (isOnlineMeeting !== true && joinUrl === null) return null;
  return {
    status: joinUrl === null ? 'pending' : 'ready',
    platform: platforms[onlineMeetingProvider ?? ''] ?? 'Online meeting',
    joinUrl,
    conferenceId: onlineMeeting?.conferenceId ?? null,
  };
}

const platforms: Readonly<Record<string, string>> = {
  teamsForBusiness: 'Microsoft Teams',
  skypeForBusiness: 'Skype for Business',
  skypeForConsumer: 'Skype',
};

function readReminders({ isReminderOn, reminderMinutesBeforeStart: minutes }: GraphEvent): EventReminders | null {
  if (isReminderOn == null) return null;
  return { useDefault: false, overrides: isReminderOn && minutes != null ? [{ method: 'popup', minutes }] : [] };
}

/** A create carries it twice: Graph gives `transactionId` with every reading, the property only to who asks for it. */
function readMarker({ transactionId, singleValueExtendedProperties }: GraphEvent): string | null {
  const property = singleValueExtendedProperties?.find(({ id }) => id.toLowerCase() === MARKER_PROPERTY.toLowerCase())?.value;
  if (property != null && /^[0-9a-f]{32}$/i.test(property)) return property.toLowerCase();
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(transactionId ?? '')
    ? (transactionId ?? '').replaceAll('-', '').toLowerCase()
    : null;
}

/** Links are shown to people: whatever is not a web page is not one. */
function webAddress(text: string | null | undefined): string | null {
  return text != null && /^https?:\/\//i.test(text) && URL.canParse(text) ? text : null;
}

/** Graph has an empty text where there is none. */
function textOrNull(text: string | null | undefined): string | null {
  return text == null || text === '' ? null : text;
}

function identify(raw: unknown): { readonly id: string | null; readonly etag: string | null } {
  if (typeof raw !== 'object' || raw === null) return { id: null, etag: null };
  const id = 'id' in raw && typeof raw.id === 'string' && raw.id !== '' ? raw.id : null;
  const etag = '@odata.etag' in raw && typeof raw['@odata.etag'] === 'string' ? raw['@odata.etag'] : null;
  return { id, etag };
}
