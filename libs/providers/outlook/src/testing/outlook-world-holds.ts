import { findZone, instant, startOfDate } from '@daymark/domain';
import type { Interval, PlainDate, ZoneId } from '@daymark/domain';
import type { ResponseStatus } from '@daymark/provider-contract';
import type { HeldEvent, HeldTime, ProviderWorld, SeenTime, WorldHolds } from '@daymark/provider-contract/testing';
import type { MicrosoftEvent, MicrosoftMail, Sandbox } from '@daymark/sandbox';
import { findIana } from 'windows-iana';

/** What the sandbox holds, in the kit's words. Nothing of the provider is used here, on purpose. */
export function outlookWorldHolds(
  { microsoft }: Sandbox,
  { people, byHand }: { readonly people: ProviderWorld['people']; readonly byHand: ReadonlySet<MicrosoftMail> },
): WorldHolds {
  const there = (calendarId: string) =>
    microsoft.events(calendarId, { isImmutable: true }).filter(({ isCancelled }) => isCancelled !== true);
  return {
    async events(calendarId) {
      return there(calendarId).map(heldEvent);
    },
    async times(calendarId, window) {
      const all = there(calendarId);
      const ids = new Set(all.map(({ id }) => id));
      // Who is invited to one occurrence only has no series that it could be expanded from.
      const shown = all.filter(({ seriesMasterId }) => seriesMasterId == null || !ids.has(seriesMasterId));
      const { zone } = people.owner;
      return shown
        .flatMap((event) => (event.recurrence == null ? [event] : microsoft.instances(calendarId, event.id, { isImmutable: true })))
        .map((event) => ({ title: titleOf(event), ...spanOf(heldTime(event)) }))
        .filter((time) => touches(time, { window, zone }));
    },
    async mails() {
      return microsoft.mails().filter((mail) => !byHand.has(mail));
    },
  };
}

/** Outlook knows no difference between no title and an empty one. */
function titleOf({ subject }: MicrosoftEvent): string | null {
  return subject == null || subject === '' ? null : subject;
}

/** What changes with every write, or is told under another name. */
const told = [
  ...['@odata.etag', 'changeKey', 'createdDateTime', 'lastModifiedDateTime', 'webLink', 'type', 'start', 'end', 'isAllDay'],
  ...['originalStart', 'originalStartTimeZone', 'originalEndTimeZone', 'subject', 'body', 'bodyPreview', 'location', 'locations'],
  ...['recurrence', 'showAs', 'sensitivity', 'isReminderOn', 'reminderMinutesBeforeStart', 'organizer', 'attendees', 'responseStatus'],
  ...['id', 'iCalUId', 'seriesMasterId', 'transactionId', 'onlineMeeting', 'isOnlineMeeting', 'onlineMeetingProvider'],
];

function heldEvent(event: MicrosoftEvent): HeldEvent {
  const { recurrence, showAs = 'busy', sensitivity = 'normal', isReminderOn, reminderMinutesBeforeStart, responseStatus } = event;
  return {
    id: event.id,
    iCalUid: event.iCalUId ?? null,
    seriesId: event.seriesMasterId ?? null,
    title: titleOf(event),
    description: textOf(event.body?.content ?? ''),
    location: event.location?.displayName === '' ? null : (event.location?.displayName ?? null),
    time: heldTime(event),
    rules: recurrence == null ? [] : [JSON.stringify(recurrence)],
    status: showAs === 'tentative' ? 'tentative' : 'confirmed',
    busy: showAs !== 'free' && showAs !== 'workingElsewhere' && responseStatus?.response !== 'declined',
    visibility: sensitivity === 'normal' ? 'default' : 'private',
    reminderMinutes: isReminderOn === true ? [reminderMinutesBeforeStart ?? 0] : [],
    organizer: event.organizer?.emailAddress.address ?? null,
    guests: (event.attendees ?? []).map(({ emailAddress, status, type }) => ({
      email: emailAddress.address,
      response: responses[status.response] ?? 'needs-action',
      optional: type === 'optional',
    })),
    marker: event.transactionId?.replaceAll('-', '').toLowerCase() ?? null,
    joinUrl: event.onlineMeeting?.joinUrl ?? null,
    extras: Object.fromEntries(Object.entries(event).filter(([name]) => !told.includes(name))),
  };
}

const responses: Readonly<Record<string, ResponseStatus>> = {
  accepted: 'accepted',
  tentativelyAccepted: 'tentative',
  declined: 'declined',
};

function heldTime({ start, end, isAllDay, originalStartTimeZone = '' }: MicrosoftEvent): HeldTime {
  const [from = '', until = ''] = [start?.dateTime, end?.dateTime];
  if (isAllDay === true) return { kind: 'all-day', startDate: from.slice(0, 10) as PlainDate, endDate: until.slice(0, 10) as PlainDate };
  const at = (dateTime: string) => instant(Date.parse(`${dateTime.slice(0, 19)}Z`));
  return { kind: 'timed', start: at(from), end: at(until), zone: heldZone(originalStartTimeZone) };
}

function heldZone(name: string): ZoneId | null {
  return findZone(currentNames[name] ?? name) ?? findZone(findIana(name)[0] ?? '');
}

/** Cities that the table knows by an older name. */
const currentNames: Readonly<Record<string, string>> = { 'Nepal Standard Time': 'Asia/Kathmandu' };

function textOf(html: string): string | null {
  const text = html
    .replaceAll(/<br\s*\/?>|<\/(?:p|div)>/gi, '\n')
    .replaceAll(/<[^>]+>/g, '')
    .replaceAll(/&(lt|gt|quot|nbsp|amp|#39);/g, (entity) => entities[entity] ?? entity)
    .trim();
  return text === '' ? null : text;
}

const entities: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&nbsp;': ' ', '&amp;': '&', '&#39;': "'" };

function spanOf(time: HeldTime): Pick<SeenTime, 'start' | 'end'> {
  return time.kind === 'timed' ? { start: time.start, end: time.end } : { start: time.startDate, end: time.endDate };
}

function touches({ start, end }: SeenTime, { window, zone }: { readonly window: Interval; readonly zone: ZoneId }): boolean {
  const at = (moment: SeenTime['start']) => (typeof moment === 'number' ? moment : startOfDate(moment, zone));
  return at(end) > window.start && at(start) < window.end;
}
