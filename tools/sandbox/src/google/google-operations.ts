import type { CallReply } from '../call-runner.ts';
import type { PageShape } from '../page-rules.ts';
import { addCalendar, deleteCalendar, openCalendar } from './google-accounts.ts';
import { changeListEntry, deleteListEntry, getListEntry, insertListEntry, listCalendars } from './google-calendar-list.ts';
import { allColors } from './google-colors.ts';
import { GoogleApiError, badRequest, needsRole, notFound } from './google-error.ts';
import { readEventBody } from './google-event-input.ts';
import { listEvents, listInstances } from './google-event-list.ts';
import type { EventViewer } from './google-event-view.ts';
import { viewEvent } from './google-event-view.ts';
import type { EventTarget, WrittenEvent } from './google-event-writer.ts';
import { changeEvent, deleteEvent, getEvent, importEvent, insertEvent, moveEvent } from './google-event-writer.ts';
import { queryFreeBusy } from './google-free-busy.ts';
import type { SendUpdates } from './google-guests.ts';
import { openChannel, stopChannel } from './google-push.ts';
import type { MethodScopes } from './google-scopes.ts';
import { checkCalendarScopes } from './google-scopes.ts';
import type { GoogleAccount, GoogleCalendar } from './google-state.ts';
import { isRoleAtLeast } from './google-types.ts';
import type { GoogleWorld } from './google-world.ts';
import { nextEtag } from './google-world.ts';

export interface OperationCall {
  readonly world: GoogleWorld;
  readonly account: GoogleAccount;
  readonly clientId: string | null;
  readonly scopes: readonly string[];
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: unknown;
  readonly ifMatch: string | undefined;
  readonly shape: (page: number) => PageShape;
}

export interface GoogleOperation {
  readonly name: string;
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  readonly path: string;
  readonly scopes: MethodScopes;
  readonly handle: (call: OperationCall) => CallReply;
}

const EVENTS = 'calendars/:calendarId/events';

/** Every method of Calendar v3 that the sandbox answers. */
export const GOOGLE_OPERATIONS: readonly GoogleOperation[] = [
  {
    name: 'calendarList.list',
    method: 'get',
    path: 'users/me/calendarList',
    scopes: 'calendarList.list',
    handle: (call) => ok(listCalendars(call.world, call)),
  },
  {
    name: 'calendarList.insert',
    method: 'post',
    path: 'users/me/calendarList',
    scopes: 'calendarList.write',
    handle: (call) => written(insertListEntry(call.world, call.account, textOf(call.body, 'id') ?? '')),
  },
  {
    name: 'calendarList.get',
    method: 'get',
    path: 'users/me/calendarList/:calendarId',
    scopes: 'calendarList.get',
    handle: (call) => ok(getListEntry(call.world, call.account, call.parameters.calendarId ?? '')),
  },
  {
    name: 'calendarList.patch',
    method: 'patch',
    path: 'users/me/calendarList/:calendarId',
    scopes: 'calendarList.write',
    handle: changeEntry,
  },
  {
    name: 'calendarList.update',
    method: 'put',
    path: 'users/me/calendarList/:calendarId',
    scopes: 'calendarList.write',
    handle: changeEntry,
  },
  {
    name: 'calendarList.delete',
    method: 'delete',
    path: 'users/me/calendarList/:calendarId',
    scopes: 'calendarList.write',
    handle: (call) => {
      deleteListEntry(call.world, call.account, call.parameters.calendarId ?? '');
      return { status: 204, applied: true };
    },
  },
  { name: 'calendars.insert', method: 'post', path: 'calendars', scopes: 'calendars.write', handle: insertCalendar },
  {
    name: 'calendars.get',
    method: 'get',
    path: 'calendars/:calendarId',
    scopes: 'calendars.get',
    handle: (call) => ok(showCalendar(openCalendar(call.world, call.account, call.parameters.calendarId ?? '').calendar)),
  },
  { name: 'calendars.patch', method: 'patch', path: 'calendars/:calendarId', scopes: 'calendars.write', handle: changeCalendar },
  { name: 'calendars.update', method: 'put', path: 'calendars/:calendarId', scopes: 'calendars.write', handle: changeCalendar },
  { name: 'calendars.delete', method: 'delete', path: 'calendars/:calendarId', scopes: 'calendars.write', handle: removeCalendar },
  {
    name: 'events.list',
    method: 'get',
    path: EVENTS,
    scopes: 'events.read',
    handle: (call) => {
      const { calendar, viewer } = openForReading(call);
      return ok(listEvents(call.world, { calendar, viewer, query: call.query, shape: call.shape }));
    },
  },
  {
    name: 'events.insert',
    method: 'post',
    path: EVENTS,
    scopes: 'events.write',
    handle: (call) => showWritten(call, insertEvent(call.world, targetOf(call), readEventBody(call.body))),
  },
  {
    name: 'events.import',
    method: 'post',
    path: `${EVENTS}/import`,
    scopes: 'events.write',
    handle: (call) => showWritten(call, importEvent(call.world, targetOf(call), readEventBody(call.body))),
  },
  {
    name: 'events.get',
    method: 'get',
    path: `${EVENTS}/:eventId`,
    scopes: 'events.read',
    handle: (call) => {
      const { calendar, viewer } = openForReading(call);
      return ok(viewEvent(call.world, calendar, { event: getEvent(calendar, call.parameters.eventId ?? ''), viewer }));
    },
  },
  {
    name: 'events.instances',
    method: 'get',
    path: `${EVENTS}/:eventId/instances`,
    scopes: 'events.read',
    handle: (call) => {
      const { calendar, viewer } = openForReading(call);
      const { stored, instance } = getEvent(calendar, call.parameters.eventId ?? '');
      if (instance !== null) throw notFound();
      return ok(listInstances(call.world, { calendar, viewer, query: call.query, shape: call.shape, master: stored }));
    },
  },
  {
    name: 'events.patch',
    method: 'patch',
    path: `${EVENTS}/:eventId`,
    scopes: 'events.write',
    handle: (call) =>
      showWritten(
        call,
        changeEvent(call.world, targetOf(call), { eventId: call.parameters.eventId ?? '', body: readEventBody(call.body), kind: 'merge' }),
      ),
  },
  {
    name: 'events.update',
    method: 'put',
    path: `${EVENTS}/:eventId`,
    scopes: 'events.write',
    handle: (call) =>
      showWritten(
        call,
        changeEvent(call.world, targetOf(call), {
          eventId: call.parameters.eventId ?? '',
          body: readEventBody(call.body),
          kind: 'replace',
        }),
      ),
  },
  {
    name: 'events.delete',
    method: 'delete',
    path: `${EVENTS}/:eventId`,
    scopes: 'events.write',
    handle: (call) => {
      deleteEvent(call.world, targetOf(call), call.parameters.eventId ?? '');
      return { status: 204, applied: true };
    },
  },
  {
    name: 'events.move',
    method: 'post',
    path: `${EVENTS}/:eventId/move`,
    scopes: 'events.move',
    handle: (call) => {
      const destination = call.query.get('destination');
      if (destination === null) throw badRequest('Missing destination.', { reason: 'required', location: 'destination' });
      return showWritten(call, moveEvent(call.world, targetOf(call), { eventId: call.parameters.eventId ?? '', destination }));
    },
  },
  {
    name: 'freebusy.query',
    method: 'post',
    path: 'freeBusy',
    scopes: 'freebusy.query',
    handle: (call) => ok(queryFreeBusy(call.world, call.account, call.body)),
  },
  {
    name: 'settings.list',
    method: 'get',
    path: 'users/me/settings',
    scopes: 'settings.read',
    handle: ({ account }) =>
      ok({
        kind: 'calendar#settings',
        etag: `"s${account.listSeq}"`,
        items: Object.keys(account.settings).map((id) => showSetting(account, id)),
      }),
  },
  {
    name: 'settings.get',
    method: 'get',
    path: 'users/me/settings/:setting',
    scopes: 'settings.read',
    handle: ({ account, parameters }) => ok(showSetting(account, parameters.setting ?? '')),
  },
  { name: 'colors.get', method: 'get', path: 'colors', scopes: 'colors.get', handle: () => ok(allColors()) },
  {
    name: 'events.watch',
    method: 'post',
    path: `${EVENTS}/watch`,
    scopes: 'events.read',
    handle: (call) => {
      const { calendar } = openForReading(call);
      return written(openChannel(call.world, { ...call, calendar, email: call.account.email }));
    },
  },
  {
    name: 'channels.stop',
    method: 'post',
    path: 'channels/stop',
    scopes: 'channels.stop',
    handle: (call) => {
      stopChannel(call.world, { ...call, email: call.account.email });
      return { status: 204, applied: true };
    },
  },
];

function ok(body: unknown): CallReply {
  return { status: 200, body };
}

function written(body: unknown): CallReply {
  return { status: 200, body, applied: true };
}

function openForReading(call: OperationCall): { calendar: GoogleCalendar; viewer: EventViewer } {
  const { calendar, role } = openCalendar(call.world, call.account, call.parameters.calendarId ?? '');
  const { seesOnlyBusy } = checkCalendarScopes(call.scopes, { calendar, role, clientId: call.clientId, isWrite: false });
  const timeZone = call.query.get('timeZone') ?? undefined;
  const maxAttendees = call.query.get('maxAttendees');
  if (timeZone !== undefined) checkZone(timeZone);
  return {
    calendar,
    viewer: { account: call.account, role, timeZone, seesOnlyBusy, maxAttendees: maxAttendees === null ? undefined : Number(maxAttendees) },
  };
}

function checkZone(timeZone: string): void {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(timeZone);
  } catch {
    throw badRequest(`Invalid time zone: ${timeZone}`, { location: 'timeZone' });
  }
}

function targetOf(call: OperationCall): EventTarget {
  const calendarId = call.parameters.calendarId ?? '';
  const { calendar, role } = openCalendar(call.world, call.account, calendarId);
  checkCalendarScopes(call.scopes, { calendar, role, clientId: call.clientId, isWrite: true });
  return {
    actor: call.account,
    calendarId,
    options: {
      sendUpdates: readSendUpdates(call.query),
      conferenceDataVersion: Number(call.query.get('conferenceDataVersion') ?? 0),
      ifMatch: call.ifMatch,
    },
  };
}

function readSendUpdates(query: URLSearchParams): SendUpdates {
  const text = query.get('sendUpdates');
  if (text === null) return query.get('sendNotifications') === 'true' ? 'all' : 'none';
  if (text === 'all' || text === 'externalOnly' || text === 'none') return text;
  throw badRequest(`Invalid value for sendUpdates: ${text}`, { location: 'sendUpdates' });
}

function showWritten(call: OperationCall, { calendar, role, event }: WrittenEvent): CallReply {
  return written(viewEvent(call.world, calendar, { event, viewer: { account: call.account, role } }));
}

function changeEntry(call: OperationCall): CallReply {
  const { body } = call;
  const change = {
    summaryOverride: textOf(body, 'summaryOverride'),
    colorId: textOf(body, 'colorId'),
    hidden: flagOf(body, 'hidden'),
    selected: flagOf(body, 'selected'),
  };
  return written(changeListEntry(call.world, call.account, { calendarId: call.parameters.calendarId ?? '', change }));
}

function insertCalendar(call: OperationCall): CallReply {
  const summary = textOf(call.body, 'summary');
  if (summary === undefined || summary === '') throw badRequest('Missing title.', { reason: 'required', location: 'summary' });
  const calendar = addCalendar(call.world, call.account, {
    summary,
    description: textOf(call.body, 'description'),
    location: textOf(call.body, 'location'),
    timeZone: textOf(call.body, 'timeZone') ?? 'UTC',
    createdByClientId: call.clientId,
  });
  return written(showCalendar(calendar));
}

function changeCalendar(call: OperationCall): CallReply {
  const { calendar, role } = openCalendar(call.world, call.account, call.parameters.calendarId ?? '');
  if (!isRoleAtLeast(role, 'owner')) throw needsRole('owner');
  for (const name of ['summary', 'description', 'location', 'timeZone'] as const) {
    const value = textOf(call.body, name);
    if (value !== undefined) calendar[name] = value;
  }
  calendar.etag = nextEtag(call.world);
  call.world.touch();
  return written(showCalendar(calendar));
}

function removeCalendar(call: OperationCall): CallReply {
  const { calendar } = openCalendar(call.world, call.account, call.parameters.calendarId ?? '');
  if (calendar.ownerEmail !== call.account.email) throw needsRole('owner');
  if (calendar.isPrimary)
    throw new GoogleApiError({ status: 403, reason: 'cannotDeletePrimaryCalendar', message: 'Primary calendars cannot be deleted.' });
  deleteCalendar(call.world, calendar);
  return { status: 204, applied: true };
}

function showCalendar(calendar: GoogleCalendar): Record<string, unknown> {
  const { etag, id, summary, description, location, timeZone } = calendar;
  return {
    kind: 'calendar#calendar',
    etag,
    id,
    summary,
    ...(description === undefined ? {} : { description }),
    ...(location === undefined ? {} : { location }),
    timeZone,
    ...(calendar.isPrimary ? {} : { dataOwner: calendar.ownerEmail }),
    conferenceProperties: { allowedConferenceSolutionTypes: ['hangoutsMeet'] },
  };
}

function showSetting(account: GoogleAccount, id: string): Record<string, unknown> {
  const value = account.settings[id];
  if (value === undefined) throw notFound();
  return { kind: 'calendar#setting', etag: `"${id}-${value}"`, id, value };
}

function textOf(body: unknown, name: string): string | undefined {
  const value: unknown = typeof body === 'object' && body !== null && name in body ? body[name as keyof typeof body] : undefined;
  return typeof value === 'string' ? value : undefined;
}

function flagOf(body: unknown, name: string): boolean | undefined {
  const value: unknown = typeof body === 'object' && body !== null && name in body ? body[name as keyof typeof body] : undefined;
  return typeof value === 'boolean' ? value : undefined;
}
