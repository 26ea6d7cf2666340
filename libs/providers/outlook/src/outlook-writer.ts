import { ProviderError } from '@daymark/provider-contract';
import type { EventDeletion, EventFields, EventRef, EventUpdate, EventWriter, NewEvent, ProviderEvent } from '@daymark/provider-contract';
import { anything, graphEvent, nothing } from './outlook-api.ts';
import type { OutlookClient } from './outlook-client.ts';
import { belongsToOrganizer, conflictError, eventGone, unfitRequest } from './outlook-error.ts';
import { writeAttendees, writeFields } from './outlook-event-body.ts';
import type { GraphEventBody } from './outlook-event-body.ts';
import { calendarPath, callAboutEvent, eventPath, isGone } from './outlook-event-call.ts';
import { MARKER_PROPERTY } from './outlook-event.ts';
import { getOutlookEvent, readAnsweredEvent } from './outlook-events.ts';
import { refuseQuietly } from './outlook-guests.ts';
import { replaceTextBeside } from './outlook-meeting-block.ts';
import { allowsTeams, failedMeeting, TEAMS } from './outlook-online-meeting.ts';
import { followedRules } from './outlook-recurrence-writing.ts';

/**
 * Writes by events POST, PATCH, DELETE and cancel; https://learn.microsoft.com/en-us/graph/api/resources/event. Outlook mails
 * the guests of every meeting that changes, so a write that concerns guests and is to be quiet is refused.
 */
export function outlookWriter(client: OutlookClient): EventWriter {
  return {
    commentOnCancel: true,
    create: (event) => createEvent(client, event),
    update: (update) => updateEvent(client, update),
    remove: (deletion) => removeEvent(client, deletion),
  };
}

async function createEvent(client: OutlookClient, event: NewEvent): Promise<ProviderEvent> {
  const { calendarId, marker, fields, conference, notify } = event;
  if (!/^[0-9a-f]{32}$/.test(marker)) throw unfitRequest('the marker is not 32 hex digits', 'creation');
  const { attendees, reminders, ...rest } = fields;
  await refuseQuietly(client, { calendarId, notify, guests: attendees.map(({ email }) => email) });
  const hasMeeting = conference && (await allowsTeams(client, calendarId));
  const body: GraphEventBody = {
    // Without a wish the mailbox's own reminder.
    ...writeFields(reminders === null || reminders.useDefault ? rest : { ...rest, reminders }),
    ...(attendees.length === 0 ? {} : { attendees: writeAttendees(attendees, []) }),
    ...(hasMeeting ? TEAMS : {}),
    transactionId: marker.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
    singleValueExtendedProperties: [{ id: MARKER_PROPERTY, value: marker }],
  };
  const created = await createOnce(client, { calendarId, marker, body });
  return conference && !hasMeeting ? failedMeeting(created) : created;
}

interface Creation {
  readonly calendarId: string;
  readonly marker: string;
  readonly body: GraphEventBody;
}

/** Graph answers a repeated create with the first event, or refuses it: also where the first was changed, or deleted. */
async function createOnce(client: OutlookClient, { calendarId, marker, body }: Creation): Promise<ProviderEvent> {
  try {
    const path = `${calendarPath(calendarId)}/events`;
    const raw = await client.call({ purpose: 'creation', method: 'POST', path, body, answer: anything });
    return await readAnsweredEvent(client, calendarId, raw);
  } catch (error) {
    if (!isRepetition(error)) throw error;
    const found = await findByMarker(client, { calendarId, marker });
    if (found !== null) return found;
    // Known to Graph, and not on the calendar any more: only another marker makes the event again.
    throw isDuplicate(error) ? conflictError('marker-of-deleted-event') : error;
  }
}

/** `ErrorDuplicateTransactionId` comes with 400 or 409; other conflicts do not say whether the event was made. */
function isRepetition(error: unknown): boolean {
  return isDuplicate(error) || (error instanceof ProviderError && error.status === 409);
}

function isDuplicate(error: unknown): boolean {
  return error instanceof ProviderError && error.reason?.toLowerCase() === 'errorduplicatetransactionid';
}

async function findByMarker(client: OutlookClient, { calendarId, marker }: Omit<Creation, 'body'>): Promise<ProviderEvent | null> {
  const $filter = `singleValueExtendedProperties/Any(ep: ep/id eq '${MARKER_PROPERTY}' and ep/value eq '${marker}')`;
  const [raw] = await client.list({ purpose: 'creation', path: `${calendarPath(calendarId)}/events`, query: { $filter } });
  return raw === undefined ? null : readAnsweredEvent(client, calendarId, raw);
}

async function updateEvent(client: OutlookClient, update: EventUpdate): Promise<ProviderEvent> {
  const { ref, ifVersion, fields } = update;
  const current = asksForCurrent(update) ? await readCurrent(client, { ref, ifVersion }) : null;
  if (current !== null) await refuseQuietUpdate(client, update, current.event);
  const joins = current !== null && update.conference === 'add' && current.event.conference === null;
  const hasMeeting = joins && (await allowsTeams(client, ref.calendarId));
  const body = { ...changedFields(fields, current), ...(hasMeeting ? TEAMS : {}) };
  const after = await patch(client, { ref, ifVersion, body, current });
  return joins && !hasMeeting ? failedMeeting(after) : after;
}

/** Titles and the like are sent without a look, unless somebody must not be mailed because of them. */
function asksForCurrent({ fields, conference, notify }: EventUpdate): boolean {
  const names = Object.keys(fields);
  const needsIt = ['attendees', 'description', 'time', 'recurrence'].some((name) => names.includes(name));
  return needsIt || names.length === 0 || conference !== undefined || (notify !== 'all' && concernsGuests({ fields }));
}

/** Reminders and busy time are everybody's own; all else is told to guests. */
function concernsGuests({ fields, conference }: Pick<EventUpdate, 'fields' | 'conference'>): boolean {
  return conference === 'add' || Object.keys(fields).some((name) => name !== 'reminders' && name !== 'busy');
}

async function refuseQuietUpdate(client: OutlookClient, update: EventUpdate, event: ProviderEvent): Promise<void> {
  const { ref, fields, notify, conference } = update;
  // https://learn.microsoft.com/en-us/graph/outlook-calendar-online-meetings: once on, it stays on.
  if (conference === 'remove' && event.conference !== null) throw unfitRequest('online-meeting-stays', 'event');
  if (!concernsGuests(update)) return;
  if (event.readOnlyReason === 'not-organizer') throw belongsToOrganizer();
  const guests = [...guestsOf(event), ...(fields.attendees ?? []).map(({ email }) => email)];
  await refuseQuietly(client, { calendarId: ref.calendarId, notify, guests });
}

interface CurrentEvent {
  readonly event: ProviderEvent;
  readonly html: string;
}

/** As it is now, in the version that the caller knows. */
async function readCurrent(
  client: OutlookClient,
  { ref, ifVersion }: { readonly ref: EventRef; readonly ifVersion: string },
): Promise<CurrentEvent> {
  const prefer = ['outlook.body-content-type="html"'];
  const raw = await callAboutEvent(client, ref, { path: eventPath(ref), prefer, answer: anything });
  const event = await readAnsweredEvent(client, ref.calendarId, raw);
  if (event.version !== ifVersion) throw conflictError('changed-meanwhile');
  return { event, html: graphEvent.safeParse(raw).data?.body?.content ?? '' };
}

function changedFields({ attendees, ...rest }: Partial<EventFields>, current: CurrentEvent | null): GraphEventBody {
  if (current === null) return writeFields(rest);
  const { event, html } = current;
  const { time: earlier, recurrence } = event;
  const rules = rest.recurrence === undefined && recurrence.kind === 'series' ? recurrence.rules : null;
  const moved =
    rules === null || earlier === null || rest.time === undefined ? null : followedRules(rules, { from: earlier, to: rest.time });
  const body = writeFields(moved === null ? rest : { ...rest, recurrence: moved }, { time: earlier ?? undefined });
  if (attendees !== undefined && event.attendeesOmitted) throw unfitRequest('attendees-omitted', 'event');
  return {
    ...body,
    ...(rest.description === undefined ? {} : keptBlock(event, { html, text: rest.description ?? '' })),
    ...(attendees === undefined ? {} : { attendees: writeAttendees(attendees, event.attendees) }),
  };
}

function keptBlock({ conference }: ProviderEvent, body: { readonly html: string; readonly text: string }): GraphEventBody {
  const joinUrl = conference?.joinUrl ?? null;
  const content = joinUrl === null ? null : replaceTextBeside(joinUrl, body);
  return content === null ? {} : { body: { contentType: 'html', content } };
}

interface Patch {
  readonly ref: EventRef;
  readonly ifVersion: string;
  readonly body: GraphEventBody;
  readonly current: CurrentEvent | null;
}

async function patch(client: OutlookClient, { ref, ifVersion, body, current }: Patch): Promise<ProviderEvent> {
  if (Object.keys(body).length === 0 && current !== null) return (await getOutlookEvent(client, ref)) ?? gone();
  const call = { method: 'PATCH', path: eventPath(ref), headers: { 'If-Match': ifVersion }, body, answer: anything } as const;
  return readAnsweredEvent(client, ref.calendarId, await callAboutEvent(client, ref, call));
}

async function removeEvent(client: OutlookClient, deletion: EventDeletion): Promise<void> {
  const { ref, ifVersion, notify, comment } = deletion;
  const headers: Record<string, string> = ifVersion === undefined ? {} : { 'If-Match': ifVersion };
  try {
    const guests = notify === 'all' && comment === undefined ? [] : await invitedGuests(client, { ref, ifVersion });
    await refuseQuietly(client, { calendarId: ref.calendarId, notify, guests });
    const path = eventPath(ref);
    await callAboutEvent(
      client,
      ref,
      comment !== undefined && guests.length > 0
        ? { method: 'POST', path: `${path}/cancel`, headers, body: { comment }, answer: nothing }
        : { method: 'DELETE', path, headers, answer: nothing },
    );
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

/** Whom a cancellation would be mailed to: guests of an event of ours. */
async function invitedGuests(
  client: OutlookClient,
  { ref, ifVersion }: { readonly ref: EventRef; readonly ifVersion: string | undefined },
): Promise<readonly string[]> {
  const event = await getOutlookEvent(client, ref);
  if (event === null) throw eventGone();
  // Cancelling takes no condition.
  if (ifVersion !== undefined && event.version !== ifVersion) throw conflictError('changed-meanwhile');
  return event.readOnlyReason === 'not-organizer' ? [] : guestsOf(event);
}

function guestsOf({ attendees }: ProviderEvent): readonly string[] {
  return attendees.filter(({ organizer, self }) => !organizer && !self).map(({ email }) => email);
}

function gone(): never {
  throw eventGone();
}
