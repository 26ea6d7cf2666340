import { formatInstant } from '@daymark/domain';
import type { Interval, ZoneId } from '@daymark/domain';
import { ProviderError } from '@daymark/provider-contract';
import type { FreeBusyAnswer, FreeBusyReader } from '@daymark/provider-contract';
import { graphCalendar, graphEvent, schedules } from './outlook-api.ts';
import type { GraphSchedule } from './outlook-api.ts';
import { busyAnswer, busyTimeOf, busyTimesOf, partsOf, unknownAnswer } from './outlook-busy-times.ts';
import { findMailboxZone } from './outlook-calendars.ts';
import type { OutlookClient } from './outlook-client.ts';
import { isUnsupported } from './outlook-error.ts';
import { calendarPath } from './outlook-event-call.ts';
import { BUSY_TIMES_PER_PAGE, FREE_BUSY_SCHEDULES } from './outlook-manifest.ts';
import { UnreadableEvent } from './outlook-time.ts';

/** Busy times of people by getSchedule and of single calendars by their view, for any number of them, over any length. */
export function outlookFreeBusy(client: OutlookClient): FreeBusyReader {
  return {
    async read({ subjects, window, zone }) {
      const distinct = [...new Set(subjects)];
      const answers = new Map<string, FreeBusyAnswer>();
      const keep = (answer: FreeBusyAnswer) => answers.set(answer.subject, answer);
      const people = distinct.filter(isAddress);
      for (let first = 0; first < people.length; first += FREE_BUSY_SCHEDULES)
        (await readPeople(client, people.slice(first, first + FREE_BUSY_SCHEDULES), { window, zone })).forEach(keep);
      for (const calendarId of distinct.filter((subject) => !isAddress(subject)))
        keep(await readCalendar(client, { calendarId, subject: calendarId, window, zone }));
      return distinct.map((subject) => answers.get(subject) ?? unknownAnswer(subject, 'missing'));
    },
  };
}

/** Ids of calendars have no such letter. */
function isAddress(subject: string): boolean {
  return subject.includes('@');
}

interface Span {
  readonly window: Interval;
  /** For days of a mailbox that does not tell its own. */
  readonly zone: ZoneId;
}

/** At most as many as one call takes. What is unknown in part is unknown. */
async function readPeople(client: OutlookClient, people: readonly string[], span: Span): Promise<readonly FreeBusyAnswer[]> {
  const { window } = span;
  const parts: (readonly GraphSchedule[])[] = [];
  try {
    for (const part of partsOf(window)) parts.push(await askForSchedules(client, people, part));
  } catch (error) {
    if (!isUnsupported(error)) throw error;
    return await readWithoutSchedules(client, people, span);
  }
  return people.map((subject) => {
    const times: Interval[] = [];
    for (const part of parts) {
      const found = part.find(({ scheduleId }) => scheduleId?.toLowerCase() === subject.toLowerCase());
      if (found === undefined) return unknownAnswer(subject, 'missing');
      if (found.error != null) return unknownAnswer(subject, found.error.responseCode ?? 'error');
      const busy = busyTimesOf(found);
      if (busy === null) return unknownAnswer(subject, 'unreadable');
      times.push(...busy);
    }
    return busyAnswer(subject, { times, window });
  });
}

async function askForSchedules(client: OutlookClient, people: readonly string[], part: Interval): Promise<readonly GraphSchedule[]> {
  const moment = (at: Interval['start']) => ({ dateTime: formatInstant(at).replace('Z', ''), timeZone: 'UTC' });
  const { value } = await client.call({
    purpose: 'free-busy',
    method: 'POST',
    path: '/me/calendar/getSchedule',
    body: { schedules: people, startTime: moment(part.start), endTime: moment(part.end) },
    answer: schedules,
  });
  return value;
}

/** With a personal account: the account itself by its own calendar, and nothing of anybody else. */
async function readWithoutSchedules(client: OutlookClient, people: readonly string[], span: Span): Promise<readonly FreeBusyAnswer[]> {
  const query = { $select: 'id,owner' };
  const own = await client.call({ purpose: 'free-busy', path: '/me/calendar', query, answer: graphCalendar });
  const answers: FreeBusyAnswer[] = [];
  for (const subject of people) {
    const isOwn = subject.toLowerCase() === own.owner?.address?.toLowerCase();
    answers.push(isOwn ? await readCalendar(client, { calendarId: own.id, subject, ...span }) : unknownAnswer(subject, 'not-supported'));
  }
  return answers;
}

interface CalendarWish extends Span {
  readonly calendarId: string;
  readonly subject: string;
}

/** Nothing but times is asked for. */
const FIELDS = 'id,start,end,isAllDay,showAs,isCancelled,responseStatus';

async function readCalendar(client: OutlookClient, wish: CalendarWish): Promise<FreeBusyAnswer> {
  const { calendarId, subject, window } = wish;
  const zone = (await client.once('mailbox zone', () => findMailboxZone(client))) ?? wish.zone;
  const times: Interval[] = [];
  try {
    for (const part of partsOf(window)) {
      const query = {
        startDateTime: formatInstant(part.start),
        endDateTime: formatInstant(part.end),
        $select: FIELDS,
        $top: String(BUSY_TIMES_PER_PAGE),
      };
      for (const item of await client.list({ purpose: 'changes', path: `${calendarPath(calendarId)}/calendarView`, query })) {
        const { data } = graphEvent.safeParse(item);
        if (data === undefined) return unknownAnswer(subject, 'unreadable');
        times.push(...[busyTimeOf(data, zone) ?? []].flat());
      }
    }
  } catch (error) {
    if (error instanceof UnreadableEvent) return unknownAnswer(subject, 'unreadable');
    if (isOutOfReach(error)) return unknownAnswer(subject, error.reason ?? error.code, error.code);
    throw error;
  }
  return busyAnswer(subject, { times, window });
}

/** This calendar, and not the account. */
function isOutOfReach(error: unknown): error is ProviderError & { readonly code: 'forbidden' | 'not-found' } {
  if (!(error instanceof ProviderError) || error.subject !== 'calendar' || error.problem !== null) return false;
  return error.code === 'forbidden' || error.code === 'not-found';
}
