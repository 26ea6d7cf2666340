import { UTC, addDays, addMilliseconds, startOfDate, wallTimeOf } from '@daymark/domain';
import type { PlainDate } from '@daymark/domain';
import type { CalendarSession, ChangePage, ChangeRequest, SyncCursor } from '../calendar-provider.ts';
import { ProviderError } from '../provider-error.ts';
import type { EventTime, ProviderEvent } from '../provider-event.ts';
import { inEvents, inFreeBusy, inSession } from './mutant.ts';
import type { Mutant } from './mutant.ts';

export const readingMutants: readonly Mutant[] = [
  inSession('drops every page but the first', (session) => ({
    async listChanges(request) {
      const page = await session.listChanges(request);
      return { changes: page.changes, next: { cursor: await cursorBehind(session, { request, page }) } };
    },
  })),
  inSession('takes an empty page for the end', (session) => ({
    async listChanges(request) {
      const page = await session.listChanges(request);
      return page.changes.length > 0 ? page : { changes: [], next: { cursor: await cursorBehind(session, { request, page }) } };
    },
  })),
  inSession('gives a cursor before the last page', (session) => ({
    async listChanges(request) {
      const page = await session.listChanges(request);
      return 'page' in page.next ? { ...page, next: { cursor: String(page.next.page) as SyncCursor } } : page;
    },
  })),
  inSession('takes an expired cursor for no changes', (session) => ({
    listChanges: (request) =>
      session.listChanges(request).catch((error: unknown): ChangePage => {
        if (request.from.kind !== 'cursor' || !isCode(error, 'cursor-expired')) throw error;
        return { changes: [], next: { cursor: request.from.cursor } };
      }),
  })),
  inSession('tells nothing of what was deleted', (session) => ({
    listChanges: (request) => filtered(session, { request, keeps: (change) => change.kind !== 'removed' }),
  })),
  inSession('leaves out occurrences that were taken out', (session) => ({
    listChanges: (request) =>
      filtered(session, { request, keeps: (change) => change.kind !== 'saved' || change.event.status !== 'cancelled' }),
  })),
  inSession('leaves out, without a word, what it cannot read', (session) => ({
    listChanges: (request) => filtered(session, { request, keeps: (change) => change.kind !== 'unreadable' }),
  })),
  inSession('fails a page for one event that it cannot read', (session) => ({
    async listChanges(request) {
      const page = await session.listChanges(request);
      if (page.changes.some((change) => change.kind === 'unreadable'))
        throw new ProviderError('invalid-response', 'The answer cannot be understood');
      return page;
    },
  })),
  inSession('tells an event twice in a page', (session) => ({
    async listChanges(request) {
      const page = await session.listChanges(request);
      return { ...page, changes: page.changes.flatMap((change) => [change, change]) };
    },
  })),
  inSession('reads everything again with every cursor', (session) => ({
    listChanges: ({ calendarId, from }) =>
      session.listChanges({ calendarId, from: from.kind === 'cursor' ? { kind: 'start', window: from.window } : from }),
  })),
  inSession('takes a calendar that is gone for an empty one', (session) => ({
    listChanges: (request) =>
      session.listChanges(request).catch((error: unknown): ChangePage => {
        if (!isCode(error, 'not-found')) throw error;
        return { changes: [], next: { cursor: 'gone' as SyncCursor } };
      }),
  })),
  inSession('throws for an event that is not there', (session) => ({
    async getEvent(ref) {
      const event = await session.getEvent(ref);
      if (event === null) throw new ProviderError('not-found', 'It is not there', { subject: 'event' });
      return event;
    },
  })),
  inSession('gives the series for each of its occurrences', (session) => ({
    getOccurrence: ({ calendarId, seriesId }) => session.getEvent({ calendarId, eventId: seriesId }),
  })),
  inSession('lists three calendars at most', (session) => ({
    listCalendars: async () => (await session.listCalendars()).slice(0, 3),
  })),
  inSession('takes every calendar for the primary one', (session) => ({
    listCalendars: async () => (await session.listCalendars()).map((calendar) => ({ ...calendar, primary: true })),
  })),
  inSession('takes everybody for the owner of every calendar', (session) => ({
    listCalendars: async () => (await session.listCalendars()).map((calendar) => ({ ...calendar, accessRole: 'owner' as const })),
  })),
  inEvents('tells the wall time by the offset of today', (event, access) =>
    withTime(event, (time) => withTodaysOffset(time, access.now())),
  ),
  inEvents('tells the end of all-day events as a day that belongs to them', (event) =>
    withTime(event, (time) => (time.kind === 'all-day' ? { ...time, endDate: addDays(time.endDate, -1) } : time)),
  ),
  inEvents('tells all-day events as midnight to midnight', (event) => withTime(event, asHours)),
  inEvents('forgets the zone in which an event was made', (event) =>
    withTime(event, (time) =>
      time.kind === 'all-day' ? time : { ...time, zone: UTC, startWall: wallTimeOf(time.start, UTC), endWall: wallTimeOf(time.end, UTC) },
    ),
  ),
  inEvents('tells exceptions as events of their own', (event) =>
    event.recurrence.kind === 'exception' ? { ...event, recurrence: { kind: 'single' } } : event,
  ),
  inEvents('takes every event for busy', (event) => ({ ...event, busy: true })),
  inEvents('tells nothing of what kind an event is', (event) => ({ ...event, kind: 'default', readOnlyReason: null })),
  inEvents('tells private events as ordinary ones', (event) => ({ ...event, visibility: 'default' })),
  inEvents('loses the marker of what we wrote', (event) => ({ ...event, marker: null })),
  inEvents('takes every guest for one who did not answer', (event) => ({
    ...event,
    attendees: event.attendees.map((attendee) => ({ ...attendee, response: 'needs-action' })),
  })),
  inEvents('cuts text after a thousand characters', (event) => ({ ...event, description: event.description?.slice(0, 1000) ?? null })),
  inEvents('loses guests after the first hundred', (event) => ({ ...event, attendees: event.attendees.slice(0, 100) })),
  inEvents('gives an event another id each time that it changes', (event) => ({ ...event, id: `${event.id}-${event.version}` })),
  inFreeBusy('answers in an order of its own', (reader) => ({
    read: async (request) => (await reader.read(request)).toSorted((one, other) => (one.subject < other.subject ? -1 : 1)),
  })),
  inFreeBusy('gives busy times as they come', (reader) => ({
    read: async (request) =>
      (await reader.read(request)).map((answer) => ('busy' in answer ? { ...answer, busy: answer.busy.toReversed() } : answer)),
  })),
  inFreeBusy('takes whom it does not know for free', (reader) => ({
    read: async (request) =>
      (await reader.read(request)).map((answer) => ('error' in answer ? { subject: answer.subject, busy: [] } : answer)),
  })),
  inFreeBusy('asks for two months whatever the question', (reader) => ({
    read: (request) => {
      const end = Math.min(request.window.end, addMilliseconds(request.window.start, 60 * 86_400_000));
      return reader.read({ ...request, window: { ...request.window, end: end as typeof request.window.end } });
    },
  })),
  inFreeBusy('takes a failure for free', (reader) => ({
    read: (request) => reader.read(request).catch(() => request.subjects.map((subject) => ({ subject, busy: [] }))),
  })),
];

/** Reads on to the end of the round and keeps nothing but its cursor. */
async function cursorBehind(
  session: CalendarSession,
  from: { readonly request: ChangeRequest; readonly page: ChangePage },
): Promise<SyncCursor> {
  let { page } = from;
  while ('page' in page.next) {
    const { calendarId, from: first } = from.request;
    page = await session.listChanges({ calendarId, from: { kind: 'page', page: page.next.page, window: first.window } });
  }
  return page.next.cursor;
}

async function filtered(
  session: CalendarSession,
  { request, keeps }: { readonly request: ChangeRequest; readonly keeps: (change: ChangePage['changes'][number]) => boolean },
): Promise<ChangePage> {
  const page = await session.listChanges(request);
  return { ...page, changes: page.changes.filter(keeps) };
}

function isCode(error: unknown, code: ProviderError['code']): boolean {
  return error instanceof ProviderError && error.code === code;
}

function withTime(event: ProviderEvent, change: (time: EventTime) => EventTime): ProviderEvent {
  return event.time === null ? event : { ...event, time: change(event.time) };
}

function withTodaysOffset(time: EventTime, now: Parameters<typeof wallTimeOf>[0]): EventTime {
  if (time.kind === 'all-day') return time;
  const offsetMs = Date.parse(`${wallTimeOf(now, time.zone)}Z`) - Math.floor(now / 1000) * 1000;
  const wall = (at: typeof time.start) => wallTimeOf(addMilliseconds(at, offsetMs), UTC);
  return { ...time, startWall: wall(time.start), endWall: wall(time.end) };
}

function asHours(time: EventTime): EventTime {
  if (time.kind === 'timed') return time;
  const at = (date: PlainDate) => startOfDate(date, UTC);
  const wall = (date: PlainDate) => wallTimeOf(at(date), UTC);
  const { startDate, endDate } = time;
  return { kind: 'timed', start: at(startDate), end: at(endDate), startWall: wall(startDate), endWall: wall(endDate), zone: UTC };
}
