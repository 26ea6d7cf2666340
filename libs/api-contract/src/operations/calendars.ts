import { z } from 'zod';
import { needs } from '../access.ts';
import { exampleId, idField, idParam } from '../fields/ids.ts';
import { dryRunQuery, pageOf, pageQuery, queryBoolean, queryInteger, queryList, wholePage } from '../fields/lists.ts';
import { text } from '../fields/text.ts';
import { instantIn, isSpanOrdered, originalStartIn, spanBackwards } from '../fields/times.ts';
import { operation } from '../operation.ts';
import { calendar, calendarExample, calendarPatch, calendarStates } from '../resources/calendar.ts';
import { event, eventCreate, eventExample, eventPatch, notifyField, recurrenceScope } from '../resources/event.ts';
import { calendarSyncIn, startedRuns, startedRunsExample } from '../resources/sync.ts';

const calendarParams = z.object({ calendar_id: idParam('calendar') });
const calendarParamsExample = { calendar_id: exampleId('calendar') };
const eventParams = z.object({ event_id: idParam('event') });
const eventParamsExample = { event_id: exampleId('event') };

const readCalendars = { tag: 'Calendars', access: needs('calendars:read', 'viewer'), isIdempotent: false } as const;
const writeCalendars = { tag: 'Calendars', access: needs('calendars:write', 'member'), isIdempotent: true } as const;
const readEvents = { tag: 'Events', access: needs('events:read', 'viewer'), isIdempotent: false } as const;
const writeEvents = { tag: 'Events', access: needs('events:write', 'member'), isIdempotent: true } as const;

const eventPage = pageOf(event).meta({ id: 'EventPage' });
const notify = { notify: notifyField.default('none') };
const inSeries = {
  scope: recurrenceScope.default('this'),
  original_start: originalStartIn.optional().meta({
    description:
      'Which occurrence, by its `recurrence.original_start`; needed where the id names a whole series and the scope is not `all`.',
  }),
};
const written = [
  'calendar-read-only',
  'calendar-removed',
  'calendar-inactive',
  'connection-not-active',
  'reauthorization-required',
  'provider-unavailable',
  'provider-rate-limited',
  'provider-rejected',
] as const;

export const calendarOperations = {
  listCalendars: operation({
    ...readCalendars,
    id: 'listCalendars',
    method: 'get',
    path: '/v1/calendars',
    summary: 'Calendars of all connections',
    query: z.strictObject({
      ...pageQuery,
      connection_id: queryList(idField('connection')).optional(),
      user_id: idField('user').optional(),
      status: queryList(z.enum(calendarStates)).optional(),
      writable: queryBoolean.optional(),
    }),
    status: 200,
    response: pageOf(calendar).meta({ id: 'CalendarPage' }),
    problems: ['cursor-invalid'],
    example: { query: { connection_id: exampleId('connection') }, response: wholePage(calendarExample) },
  }),
  getCalendar: operation({
    ...readCalendars,
    id: 'getCalendar',
    method: 'get',
    path: '/v1/calendars/{calendar_id}',
    summary: 'One calendar',
    params: calendarParams,
    status: 200,
    response: calendar,
    problems: [],
    example: { params: calendarParamsExample, response: calendarExample },
  }),
  updateCalendar: operation({
    ...writeCalendars,
    id: 'updateCalendar',
    method: 'patch',
    path: '/v1/calendars/{calendar_id}',
    summary: 'What it is used for here',
    description: 'Answers about time follow at once.',
    params: calendarParams,
    body: calendarPatch,
    status: 200,
    response: calendar,
    ifMatch: 'optional',
    problems: ['calendar-read-only', 'calendar-removed'],
    example: { params: calendarParamsExample, body: { read_busy: false }, response: { ...calendarExample, read_busy: false } },
  }),
  syncCalendar: operation({
    ...writeCalendars,
    access: needs('sync:write', 'member'),
    id: 'syncCalendar',
    method: 'post',
    path: '/v1/calendars/{calendar_id}/sync',
    summary: 'Sync one calendar now',
    params: calendarParams,
    body: calendarSyncIn,
    status: 202,
    response: startedRuns,
    problems: ['connection-not-active', 'reauthorization-required', 'calendar-inactive', 'calendar-removed'],
    example: { params: calendarParamsExample, body: { mode: 'incremental' }, response: startedRunsExample },
  }),
};

export const eventOperations = {
  listEvents: operation({
    ...readEvents,
    id: 'listEvents',
    method: 'get',
    path: '/v1/events',
    summary: 'What is on the calendars in a span of time, in order of start',
    description: 'Series are given as the single times at which they take place.',
    query: z
      .strictObject({
        ...pageQuery,
        from: instantIn,
        to: instantIn,
        calendar_id: queryList(idField('calendar')).optional(),
        connection_id: queryList(idField('connection')).optional(),
        user_id: idField('user').optional(),
        q: z.string().max(200).optional().meta({ description: 'Part of the title.' }),
        include_deleted: queryBoolean.default(false).meta({ override: { type: 'boolean' } }),
      })
      .refine(isSpanOrdered, spanBackwards),
    status: 200,
    response: eventPage,
    problems: ['cursor-invalid'],
    example: { query: { from: '2027-03-08T00:00:00Z', to: '2027-03-15T00:00:00Z' }, response: wholePage(eventExample) },
  }),
  listUpcomingEvents: operation({
    ...readEvents,
    id: 'listUpcomingEvents',
    method: 'get',
    path: '/v1/events/upcoming',
    summary: 'What comes next',
    query: z.strictObject({
      days: queryInteger({ min: 1, max: 365, fallback: 7 }),
      limit: queryInteger({ min: 1, max: 200, fallback: 10 }),
      calendar_id: queryList(idField('calendar')).optional(),
      user_id: idField('user').optional(),
    }),
    status: 200,
    response: eventPage,
    problems: [],
    example: { query: { days: 7, limit: 10 }, response: wholePage(eventExample) },
  }),
  createEvent: operation({
    ...writeEvents,
    id: 'createEvent',
    method: 'post',
    path: '/v1/events',
    summary: 'Put an event on a calendar as it is; nobody else’s time is looked at',
    query: z.strictObject({ ...notify, ...dryRunQuery }),
    body: eventCreate,
    status: 201,
    response: event,
    takesDryRun: true,
    problems: [...written, 'no-default-calendar', 'recurrence-unreadable', 'conference-unavailable', 'guests-are-always-mailed'],
    example: {
      body: {
        calendar_id: exampleId('calendar'),
        title: 'Design review',
        start: '2027-03-08T15:00:00+01:00',
        end: '2027-03-08T16:00:00+01:00',
        time_zone: 'Europe/Berlin',
      },
      response: { ...eventExample, occurrence_id: null },
    },
  }),
  getEvent: operation({
    ...readEvents,
    id: 'getEvent',
    method: 'get',
    path: '/v1/events/{event_id}',
    summary: 'One event',
    params: eventParams,
    status: 200,
    response: event,
    problems: [],
    example: { params: eventParamsExample, response: { ...eventExample, occurrence_id: null } },
  }),
  updateEvent: operation({
    ...writeEvents,
    id: 'updateEvent',
    method: 'patch',
    path: '/v1/events/{event_id}',
    summary: 'Change an event at the provider; of a series one occurrence or all',
    params: eventParams,
    query: z.strictObject({ ...notify, ...inSeries, ...dryRunQuery }),
    body: eventPatch,
    status: 200,
    response: event,
    ifMatch: 'required',
    takesDryRun: true,
    problems: [...written, 'event-read-only', 'conference-unavailable', 'guests-are-always-mailed'],
    example: { params: eventParamsExample, body: { location: 'Room 4' }, response: { ...eventExample, occurrence_id: null } },
  }),
  deleteEvent: operation({
    ...writeEvents,
    isIdempotent: false,
    id: 'deleteEvent',
    method: 'delete',
    path: '/v1/events/{event_id}',
    summary: 'Delete an event at the provider; of a series one occurrence, those from one on, or all',
    params: eventParams,
    query: z.strictObject({ ...notify, ...inSeries, ...dryRunQuery, comment: text(2000).optional() }),
    status: 204,
    response: null,
    ifMatch: 'required',
    takesDryRun: true,
    problems: [...written, 'event-read-only', 'guests-are-always-mailed'],
    example: { params: eventParamsExample, query: { notify: 'all', comment: 'We meet next week instead.' } },
  }),
  listEventInstances: operation({
    ...readEvents,
    id: 'listEventInstances',
    method: 'get',
    path: '/v1/events/{event_id}/instances',
    summary: 'The times at which a series takes place',
    params: eventParams,
    query: z.strictObject({ ...pageQuery, from: instantIn.optional(), to: instantIn.optional() }).refine(isSpanOrdered, spanBackwards),
    status: 200,
    response: eventPage,
    problems: ['cursor-invalid'],
    example: { params: eventParamsExample, response: wholePage(eventExample) },
  }),
};
