import { createHash } from 'node:crypto';
import { ProviderError } from '@daymark/provider-contract';
import type { EventDeletion, EventRef, EventUpdate, EventWriter, NewEvent, Notify, ProviderEvent } from '@daymark/provider-contract';
import type { calendar_v3 } from 'googleapis/build/src/apis/calendar/v3.js';
import { anything, googleEvent, nothing } from './google-api.ts';
import type { GoogleEvent } from './google-api.ts';
import type { GoogleClient } from './google-client.ts';
import { conflictError, eventGone, unexpectedAnswer, unfitRequest } from './google-error.ts';
import { callAboutEvent, getGoogleEvent, isGone } from './google-events.ts';
import { MARKER_PROPERTY, readChange, unknownSource, writeAttendees, writeFields } from './google-event.ts';

/** Writes to events.insert, patch and delete; https://developers.google.com/workspace/calendar/api/v3/reference/events */
export function googleWriter(client: GoogleClient): EventWriter {
  return {
    commentOnCancel: false,
    create: (event) => createEvent(client, event),
    update: (update) => updateEvent(client, update),
    remove: (deletion) => removeEvent(client, deletion),
  };
}

async function createEvent(client: GoogleClient, { calendarId, marker, fields, conference, notify }: NewEvent): Promise<ProviderEvent> {
  // The marker is the id, and Google takes only base32hex there; see the README.
  if (!/^[0-9a-f]{32}$/.test(marker)) throw unfitRequest('the marker is not 32 hex digits', 'creation');
  const { attendees, ...rest } = fields;
  const requestBody: calendar_v3.Schema$Event = {
    ...writeFields(rest, 'new'),
    id: marker,
    extendedProperties: { private: { [MARKER_PROPERTY]: marker } },
    ...(attendees.length === 0 ? {} : { attendees: writeAttendees(attendees, []) }),
    ...(conference ? { conferenceData: meetRequest(marker) } : {}),
  };
  try {
    const raw = await client.call({
      purpose: 'creation',
      answer: anything,
      send: (api) => api.events.insert({ calendarId, sendUpdates: sendUpdates[notify], conferenceDataVersion: 1, requestBody }),
    });
    return savedEvent(raw);
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    return await findCreated(client, { calendarId, eventId: marker });
  }
}

/** The id was taken before: by the lost reply to our own create, or by something else. */
async function findCreated(client: GoogleClient, ref: EventRef): Promise<ProviderEvent> {
  const found = await getGoogleEvent(client, ref);
  // Ids of deleted events stay taken, so only another marker can make the event again.
  if (found === null || found.status === 'cancelled') throw conflictError('marker-of-deleted-event');
  if (found.marker !== ref.eventId) throw conflictError('marker-taken');
  return found;
}

async function updateEvent(client: GoogleClient, update: EventUpdate): Promise<ProviderEvent> {
  const {
    ref,
    ifVersion,
    fields: { attendees, ...rest },
    notify,
  } = update;
  const requestBody: calendar_v3.Schema$Event = {
    ...writeFields(rest, 'changed'),
    ...(attendees === undefined ? {} : { attendees: writeAttendees(attendees, await knownAttendees(client, update)) }),
    ...conferenceChange(update),
  };
  const raw = await callAboutEvent(client, ref, {
    answer: anything,
    send: (api) =>
      api.events.patch(
        { ...ref, sendUpdates: sendUpdates[notify], conferenceDataVersion: 1, requestBody },
        { headers: { 'If-Match': ifVersion } },
      ),
  });
  return savedEvent(raw);
}

/** The list as it is now: what a list of addresses does not say (answers, rooms) must not be lost by replacing it. */
async function knownAttendees(client: GoogleClient, { ref, ifVersion }: EventUpdate): Promise<NonNullable<GoogleEvent['attendees']>> {
  const current = await callAboutEvent(client, ref, { answer: googleEvent, send: (api) => api.events.get({ ...ref }) });
  // A deleted event has another version too: gone counts before changed.
  if (current.status === 'cancelled') throw eventGone();
  if (current.etag !== ifVersion) throw conflictError('conditionNotMet');
  if (current.attendeesOmitted === true) throw unfitRequest('attendees-omitted', 'event');
  return current.attendees ?? [];
}

async function removeEvent(client: GoogleClient, { ref, ifVersion, notify }: EventDeletion): Promise<void> {
  const condition = ifVersion === undefined ? {} : { headers: { 'If-Match': ifVersion } };
  try {
    await callAboutEvent(client, ref, {
      answer: nothing,
      send: (api) => api.events.delete({ ...ref, sendUpdates: sendUpdates[notify] }, condition),
    });
  } catch (error) {
    if (isGone(error)) return;
    // A deleted event has another version too: gone counts before changed.
    if (error instanceof ProviderError && error.code === 'conflict' && (await hasGone(client, ref))) return;
    throw error;
  }
}

async function hasGone(client: GoogleClient, ref: EventRef): Promise<boolean> {
  const event = await getGoogleEvent(client, ref);
  return event === null || event.status === 'cancelled';
}

/** Always sent, because what Google does without it differs by method. */
const sendUpdates: Readonly<Record<Notify, string>> = { all: 'all', external: 'externalOnly', none: 'none' };

function conferenceChange({ conference, ref, ifVersion }: EventUpdate): calendar_v3.Schema$Event {
  if (conference === undefined) return {};
  if (conference === 'remove') return { conferenceData: null } as unknown as calendar_v3.Schema$Event;
  // Google ignores a request id that it has seen: the same for a repeated attempt, another for the next version.
  return { conferenceData: meetRequest(createHash('sha256').update(`${ref.eventId} ${ifVersion}`).digest('hex').slice(0, 32)) };
}

function meetRequest(requestId: string): calendar_v3.Schema$ConferenceData {
  return { createRequest: { requestId, conferenceSolutionKey: { type: 'hangoutsMeet' } } };
}

function savedEvent(raw: unknown): ProviderEvent {
  const change = readChange(raw, { ...unknownSource, position: 0 });
  if (change.kind === 'saved') return change.event;
  throw unexpectedAnswer(change.kind === 'removed' ? 'the event is cancelled' : change.reason, 'event');
}

function isDuplicate(error: unknown): boolean {
  return error instanceof ProviderError && error.status === 409 && error.reason === 'duplicate';
}
