import type { EventFields, EventKind, EventTime, OriginalStart } from '@daymark/provider-contract';
import type { ProviderWorld, WorldActs } from '@daymark/provider-contract/testing';
import type { GoogleAccessRole, Sandbox } from '@daymark/sandbox';

/** What people do in Google Calendar, written in Google's words without the provider's mapper. */
export function googleWorldActs({ google }: Sandbox, { owner, colleague, outsider }: ProviderWorld['people']): WorldActs {
  /** The person who writes by hand: whose calendar it is. */
  const by = (calendarId: string) => ({ as: calendarId === colleague.calendarId ? colleague.email : owner.email, calendarId });
  const create = (calendarId: string, body: object) => google.createEvent(by(calendarId), body);
  return {
    async addCalendar({ name, zone }) {
      return google.addCalendar(owner.email, { summary: name, timeZone: zone }).id;
    },
    async removeCalendar(calendarId) {
      google.deleteCalendar(calendarId);
    },
    async share(role) {
      google.setAccess(colleague.calendarId, owner.email, role === null ? null : roles[role]);
    },
    async create(calendarId, seed) {
      return create(calendarId, bodyOf(seed)).id;
    },
    async change({ calendarId, eventId }, fields) {
      google.patchEvent(by(calendarId), eventId, bodyOf(fields));
    },
    async remove({ calendarId, eventId }) {
      google.deleteEvent(by(calendarId), eventId);
    },
    async changeOccurrence({ calendarId, eventId }, at, fields) {
      google.patchEvent(by(calendarId), `${eventId}_${stampOf(at)}`, bodyOf(fields));
    },
    async removeOccurrence({ calendarId, eventId }, at) {
      google.deleteEvent(by(calendarId), `${eventId}_${stampOf(at)}`);
    },
    async move({ calendarId, eventId }, toCalendarId) {
      google.moveEvent(by(calendarId), eventId, toCalendarId);
    },
    async invite(seed) {
      const attendees = [{ email: owner.email }, { email: outsider.email }];
      const { id: eventId } = create(colleague.calendarId, { ...bodyOf(seed), attendees });
      return copyOf(google, owner.email, { calendarId: colleague.calendarId, eventId });
    },
    async inviteToOccurrence(series, at) {
      const { id } = create(colleague.calendarId, bodyOf(series));
      google.patchEvent(by(colleague.calendarId), `${id}_${stampOf(at)}`, { attendees: [{ email: owner.email }] });
    },
    async respond({ calendarId, eventId }, response) {
      google.respond(by(calendarId), eventId, responses[response]);
    },
    async colleagueResponds(occasion, response) {
      google.respond(by(colleague.calendarId), copyOf(google, colleague.email, occasion), responses[response]);
    },
    async createSpecial(kind, seed) {
      const { summary, start, end } = bodyOf(seed);
      // Google makes these from mails itself; nobody can enter one.
      if (kind === 'from-mail')
        return google.addRawEvent(owner.calendarId, { summary: seed.title ?? '', start, end, eventType: 'fromGmail' });
      return create(owner.calendarId, { summary, start, end, ...specials[kind] }).id;
    },
    async createUnreadable(calendarId, title) {
      const [start, end] = ['2027-03-12T12:00:00Z', '2027-03-12T09:00:00Z'].map((dateTime) => ({ dateTime, timeZone: 'Europe/Berlin' }));
      return google.addRawEvent(calendarId, { summary: title, start, end });
    },
    async mendUnreadable({ calendarId, eventId }, seed) {
      google.patchEvent(by(calendarId), eventId, bodyOf(seed));
    },
  };
}

const roles: Readonly<Record<Exclude<Parameters<WorldActs['share']>[0], null>, GoogleAccessRole>> = {
  owner: 'owner',
  writer: 'writer',
  reader: 'reader',
  'free-busy': 'freeBusyReader',
};

const responses = { 'needs-action': 'needsAction', accepted: 'accepted', tentative: 'tentative', declined: 'declined' } as const;

const specials: Readonly<Partial<Record<EventKind, object>>> = {
  'out-of-office': { eventType: 'outOfOffice' },
  'focus-time': { eventType: 'focusTime' },
  'working-location': { eventType: 'workingLocation', workingLocationProperties: { type: 'homeOffice', homeOffice: {} } },
  birthday: { eventType: 'birthday' },
};

/** Guests hold copies with ids of their own. */
function copyOf(google: Sandbox['google'], email: string, event: { readonly calendarId: string; readonly eventId: string }): string {
  const copy = google.findGuestCopy(email, event);
  if (copy === null) throw new Error(`${email} has no copy`);
  return copy;
}

/** What ids of instances end with. */
function stampOf(at: OriginalStart): string {
  return at.kind === 'all-day' ? at.date.replaceAll('-', '') : new Date(at.at).toISOString().replaceAll(/[-:]|\.000/g, '');
}

function bodyOf(fields: Partial<EventFields>) {
  const { title, description, location, time, recurrence, attendees, busy, visibility, reminders } = fields;
  return {
    ...(title === undefined ? {} : { summary: title }),
    ...(description === undefined ? {} : { description }),
    ...(location === undefined ? {} : { location }),
    ...(time === undefined ? {} : { start: momentOf(time, 'start'), end: momentOf(time, 'end') }),
    ...(recurrence === undefined ? {} : { recurrence: [...recurrence] }),
    ...(attendees === undefined
      ? {}
      : { attendees: attendees.map(({ email, name, optional }) => ({ email, displayName: name ?? undefined, optional })) }),
    ...(busy === undefined ? {} : { transparency: busy ? 'opaque' : 'transparent' }),
    ...(visibility === undefined ? {} : { visibility }),
    ...(reminders === undefined || reminders === null
      ? {}
      : { reminders: { useDefault: reminders.useDefault, overrides: [...reminders.overrides] } }),
  };
}

function momentOf(time: EventTime, side: 'start' | 'end') {
  if (time.kind === 'all-day') return { date: side === 'start' ? time.startDate : time.endDate, dateTime: undefined, timeZone: undefined };
  return { dateTime: new Date(time[side]).toISOString(), timeZone: time.zone as string };
}
