import { dateOf, instant, wallTimeOf } from '@daymark/domain';
import type { Instant, PlainDate, ZoneId } from '@daymark/domain';
import type { EventTime, OriginalStart } from '@daymark/provider-contract';
import type { ProviderWorld, WorldActs } from '@daymark/provider-contract/testing';
import type { MicrosoftEvent, MicrosoftRole, Sandbox } from '@daymark/sandbox';
import { bodyOf } from './outlook-world-words.ts';

/** Ids as the provider reads them. */
const wish = { isImmutable: true } as const;

/** What people do in Outlook. What Exchange mails because of it is none of the kit's mails. */
export function outlookWorldActs({ microsoft }: Sandbox, { owner, colleague, outsider }: ProviderWorld['people']): WorldActs {
  const personOf = (calendarId: string) => (calendarId === colleague.calendarId ? colleague : owner);
  /** The person who writes by hand: whose calendar it is. */
  const by = (calendarId: string) => ({ as: personOf(calendarId).email, calendarId, ...wish });
  const words = (calendarId: string, fields: Parameters<typeof bodyOf>[0]) => bodyOf(fields, personOf(calendarId).zone);
  const create = (calendarId: string, body: object) => microsoft.createEvent(by(calendarId), body).id;

  /** A rule is entered together with the time that it begins at. */
  const change = ({ calendarId, eventId }: { calendarId: string; eventId: string }, fields: Parameters<typeof bodyOf>[0]) => {
    const { time, recurrence } = fields;
    const current = microsoft.getEvent(calendarId, eventId, wish);
    if (current === null) throw new Error('it is not there');
    if (recurrence === undefined || recurrence.length === 0 || time !== undefined) {
      microsoft.patchEvent(by(calendarId), eventId, words(calendarId, fields));
      return;
    }
    const { recurrence: asked } = words(calendarId, { ...fields, time: timeOf(current) });
    microsoft.patchEvent(by(calendarId), eventId, { ...words(calendarId, { ...fields, recurrence: undefined }), recurrence: asked });
  };

  const occurrenceId = ({ calendarId, eventId }: { calendarId: string; eventId: string }, at: OriginalStart): string => {
    const found = microsoft.instances(calendarId, eventId, wish).find(({ originalStart }) => {
      const stood = instant(Date.parse(originalStart ?? ''));
      return at.kind === 'timed' ? stood === at.at : dateOf(stood, personOf(calendarId).zone) === at.date;
    });
    if (found === undefined) throw new Error('the series has no such occurrence');
    return found.id;
  };

  return {
    async addCalendar({ name }) {
      return microsoft.addCalendar(owner.email, { name }).id;
    },
    async removeCalendar(calendarId) {
      microsoft.deleteCalendar(calendarId);
    },
    async share(role) {
      microsoft.setAccess(colleague.calendarId, owner.email, role === null ? null : roles[role]);
    },
    async create(calendarId, seed) {
      return create(calendarId, words(calendarId, seed));
    },
    async change(occasion, fields) {
      change(occasion, fields);
    },
    async remove({ calendarId, eventId }) {
      microsoft.deleteEvent(by(calendarId), eventId);
    },
    async changeOccurrence(occasion, at, fields) {
      change({ ...occasion, eventId: occurrenceId(occasion, at) }, fields);
    },
    async removeOccurrence(occasion, at) {
      microsoft.deleteEvent(by(occasion.calendarId), occurrenceId(occasion, at));
    },
    async move({ calendarId, eventId }, toCalendarId) {
      microsoft.moveEvent(by(calendarId), eventId, toCalendarId);
    },
    async invite(seed) {
      const attendees = [owner, outsider].map(({ email }) => ({ emailAddress: { address: email } }));
      const eventId = create(colleague.calendarId, { ...words(colleague.calendarId, seed), attendees });
      return copyOf(microsoft, owner.email, { calendarId: colleague.calendarId, eventId });
    },
    async inviteToOccurrence(series, at) {
      const { calendarId } = colleague;
      const eventId = create(calendarId, words(calendarId, series));
      const attendees = [{ emailAddress: { address: owner.email } }];
      microsoft.patchEvent(by(calendarId), occurrenceId({ calendarId, eventId }, at), { attendees });
    },
    async respond({ calendarId, eventId }, response) {
      microsoft.respond(by(calendarId), eventId, answerOf(response));
    },
    async colleagueResponds(occasion, response) {
      microsoft.respond(by(colleague.calendarId), copyOf(microsoft, colleague.email, occasion), answerOf(response));
    },
    async createSpecial(kind) {
      throw new Error(`nobody makes a ${kind} in Outlook`);
    },
    async createUnreadable(calendarId, title) {
      const [start, end] = ['2027-03-12T12:00:00', '2027-03-12T09:00:00'].map((dateTime) => ({ dateTime, timeZone: 'Europe/Berlin' }));
      return microsoft.addRawEvent(calendarId, { subject: title, start, end }, wish);
    },
    async mendUnreadable(occasion, seed) {
      change(occasion, seed);
    },
  };
}

const roles: Readonly<Record<Exclude<Parameters<WorldActs['share']>[0], null>, MicrosoftRole>> = {
  owner: 'delegateWithPrivateEventAccess',
  writer: 'write',
  reader: 'read',
  'free-busy': 'freeBusyRead',
};

function timeOf({ start, end, isAllDay, originalStartTimeZone }: MicrosoftEvent): EventTime {
  const [from = '', until = ''] = [start?.dateTime, end?.dateTime];
  if (isAllDay === true) return { kind: 'all-day', startDate: from.slice(0, 10) as PlainDate, endDate: until.slice(0, 10) as PlainDate };
  const zone = (originalStartTimeZone ?? 'UTC') as ZoneId;
  const [startAt, endAt] = [from, until].map((dateTime) => instant(Date.parse(`${dateTime.slice(0, 19)}Z`))) as [Instant, Instant];
  return { kind: 'timed', start: startAt, end: endAt, startWall: wallTimeOf(startAt, zone), endWall: wallTimeOf(endAt, zone), zone };
}

function answerOf(response: Parameters<WorldActs['respond']>[1]): 'accepted' | 'tentativelyAccepted' | 'declined' {
  if (response === 'needs-action') throw new Error('nobody takes an answer back in Outlook');
  return response === 'tentative' ? 'tentativelyAccepted' : response;
}

/** Guests hold copies with ids of their own. */
function copyOf(microsoft: Sandbox['microsoft'], email: string, event: { readonly calendarId: string; readonly eventId: string }): string {
  const copy = microsoft.findGuestCopy(email, event, wish);
  if (copy === null) throw new Error(`${email} has no copy`);
  return copy;
}
