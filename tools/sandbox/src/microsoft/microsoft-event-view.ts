import { escapeHtml } from '../html.ts';
import { canViewPrivate } from './microsoft-calendars.ts';
import type { ResolvedEvent } from './microsoft-event-store.ts';
import { idOf, mailboxZoneOf, uidOf } from './microsoft-event-store.ts';
import { isAddressOf } from './microsoft-people.ts';
import type { Preferences } from './microsoft-prefer.ts';
import type { MicrosoftCalendar, MicrosoftPerson } from './microsoft-state.ts';
import { dateTimeAt, spanOf } from './microsoft-times.ts';
import type { GraphDateTime, MicrosoftAttendee, MicrosoftEvent, MicrosoftEventFields, MicrosoftRole } from './microsoft-types.ts';
import type { MicrosoftWorld } from './microsoft-world.ts';
import { etagOf, graphInstant } from './microsoft-world.ts';

/** Who reads, with which rights, and how they like it. */
export interface EventReader {
  readonly role: MicrosoftRole;
  readonly preferences: Preferences;
  /** With `Calendars.ReadBasic` alone. */
  readonly seesOnlyBasics?: boolean;
}

/** An event as this reader sees it. The organizer is not repeated among the attendees; that Exchange never does is not confirmed. */
export function viewEvent(
  world: MicrosoftWorld,
  calendar: MicrosoftCalendar,
  { event, reader }: { event: ResolvedEvent; reader: EventReader },
): MicrosoftEvent {
  const { stored, changeKey } = event;
  const { preferences } = reader;
  const owner = world.state.people.get(calendar.ownerEmail) ?? null;
  const isHidden = event.fields.sensitivity === 'private' && !canViewPrivate(reader.role);
  const fields = isHidden ? withoutDetails(event.fields) : event.fields;
  const id = idOf(calendar, event, preferences);
  const html = htmlOf(fields.body);
  const text = textOf(html);
  const isOrganizer = stored.copyOf === null && stored.response.response === 'organizer';
  const { recurrence, body: _body, attendees, start, end, ...plain } = fields;
  return {
    '@odata.etag': etagOf(changeKey),
    id,
    createdDateTime: event.created,
    lastModifiedDateTime: event.modified,
    changeKey,
    ...plain,
    ...(stored.transactionId === null || event.stamp !== null ? {} : { transactionId: stored.transactionId }),
    originalStartTimeZone: start.timeZone,
    originalEndTimeZone: end.timeZone,
    ...(event.originalMs === null ? {} : { originalStart: graphInstant(event.originalMs) }),
    iCalUId: uidOf(event),
    hasAttachments: false,
    isCancelled: event.isCancelled,
    isOrganizer,
    isDraft: false,
    seriesMasterId: event.stamp === null ? null : idOf(calendar, { stored, stamp: null }, preferences),
    webLink: `https://outlook.office365.com/owa/?itemid=${encodeURIComponent(id)}&exvsurl=1&path=/calendar/item`,
    onlineMeetingUrl: null,
    type: event.type,
    responseStatus: event.response,
    ...viewTimes(event.fields, { preferences, mailboxZone: mailboxZoneOf(world, calendar) }),
    recurrence,
    attendees: shownAttendees(attendees, { owner, fields, isOrganizer }),
    organizer: { emailAddress: stored.organizer },
    ...(reader.seesOnlyBasics === true
      ? {}
      : {
          bodyPreview: text.slice(0, 255),
          body: preferences.bodyType === 'text' ? { contentType: 'text', content: text } : { contentType: 'html', content: html },
        }),
  };
}

/** The few members that delta answers give of an occurrence. */
export function viewSkeleton(
  world: MicrosoftWorld,
  calendar: MicrosoftCalendar,
  { event, reader }: { event: ResolvedEvent; reader: EventReader },
): MicrosoftEvent {
  const { preferences } = reader;
  return {
    '@odata.etag': etagOf(event.changeKey),
    id: idOf(calendar, event, preferences),
    seriesMasterId: idOf(calendar, { stored: event.stored, stamp: null }, preferences),
    type: event.type,
    ...viewTimes(event.fields, { preferences, mailboxZone: mailboxZoneOf(world, calendar) }),
  };
}

/** In the reader's zone; all-day ones as midnights of their days, whatever the zone. */
function viewTimes(
  fields: MicrosoftEventFields,
  { preferences, mailboxZone }: { preferences: Preferences; mailboxZone: string },
): { start: GraphDateTime; end: GraphDateTime } {
  const { timeZone } = preferences;
  if (fields.isAllDay) return { start: { ...fields.start, timeZone }, end: { ...fields.end, timeZone } };
  const { startMs, endMs } = spanOf(fields, mailboxZone);
  return { start: dateTimeAt(startMs, timeZone), end: dateTimeAt(endMs, timeZone) };
}

/** With `hideAttendees` a guest sees only themselves. */
function shownAttendees(
  attendees: readonly MicrosoftAttendee[],
  { owner, fields, isOrganizer }: { owner: MicrosoftPerson | null; fields: MicrosoftEventFields; isOrganizer: boolean },
): MicrosoftAttendee[] {
  if (!fields.hideAttendees || isOrganizer || owner === null) return [...attendees];
  return attendees.filter((attendee) => isAddressOf(owner, attendee.emailAddress.address));
}

/** What others see of a private event; the text is not confirmed. */
function withoutDetails(fields: MicrosoftEventFields): MicrosoftEventFields {
  return {
    ...fields,
    subject: 'Private appointment',
    body: { contentType: 'html', content: '' },
    location: { displayName: '', locationType: 'default' },
    locations: [],
    attendees: [],
    categories: [],
    isOnlineMeeting: false,
    onlineMeeting: null,
  };
}

export function htmlOf(body: MicrosoftEventFields['body']): string {
  return body.contentType === 'html' ? body.content : `<html><body>${escapeHtml(body.content).replaceAll('\n', '<br>')}</body></html>`;
}

export function textOf(html: string): string {
  const text = html
    .replaceAll(/<(style|head)[\s\S]*?<\/\1>/gi, '')
    .replaceAll(/<br\s*\/?>|<\/(p|div)>/gi, '\n')
    .replaceAll(/<[^>]+>/g, '');
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&nbsp;', ' ')
    .replaceAll('&amp;', '&')
    .trim();
}
