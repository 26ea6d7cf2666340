import type { CallReply } from '../call-runner.ts';
import { badRequest, itemNotFound } from './microsoft-error.ts';
import { listDelta } from './microsoft-delta.ts';
import { readEventBody } from './microsoft-event-input.ts';
import { listEvents, listInstances, listView, shapeEvent, viewExtension } from './microsoft-event-list.ts';
import type { FoundEvent } from './microsoft-event-writer.ts';
import { changeEvent, createEvent, deleteEvent, findForReader } from './microsoft-event-writer.ts';
import { touchEvent } from './microsoft-event-store.ts';
import { viewEvent } from './microsoft-event-view.ts';
import type { GraphCall, GraphOperation } from './microsoft-graph-call.ts';
import { checkShared, entity, openCallCalendar, readerOf, targetOf } from './microsoft-graph-call.ts';
import type { MeetingAction } from './microsoft-meeting-actions.ts';
import { answerMeeting, cancelMeeting, forwardMeeting } from './microsoft-meeting-actions.ts';
import { getPerson } from './microsoft-people.ts';
import type { MicrosoftRole } from './microsoft-types.ts';

const EVENT = 'events/:eventId';

/**
 * Events, their actions and extensions, and the views of a calendar. Delta below one calendar is in the metadata and in use,
 * though the reference knows it for the default calendar only.
 */
export const EVENT_OPERATIONS: readonly GraphOperation[] = [
  { name: 'events.list', method: 'GET', below: 'either', path: 'events', scopes: 'read', handle: (call) => answerList(call, listEvents) },
  {
    name: 'calendarView.list',
    method: 'GET',
    below: 'either',
    path: 'calendarView',
    scopes: 'read',
    handle: (call) => answerList(call, listView),
  },
  {
    name: 'calendarView.delta',
    method: 'GET',
    below: 'either',
    path: 'calendarView/delta',
    scopes: 'read',
    handle: (call) => {
      const { calendar, role } = openCallCalendar(call, 'read');
      const page = listDelta(call.world, { ...call, calendar, reader: readerOf(call, role) });
      return entity(call, page, { context: 'Collection(event)' });
    },
  },
  {
    name: 'events.create',
    method: 'POST',
    below: 'either',
    path: 'events',
    scopes: 'write',
    handle: (call) => {
      openCallCalendar(call, 'write');
      const found = createEvent(call.world, targetOf(call), readEventBody(call.body));
      return { ...show(call, found, 201), applied: true };
    },
  },
  {
    name: 'events.get',
    method: 'GET',
    below: 'either',
    path: EVENT,
    scopes: 'read',
    handle: (call) => show(call, find(call, 'read'), 200),
  },
  {
    name: 'events.update',
    method: 'PATCH',
    below: 'either',
    path: EVENT,
    scopes: 'write',
    handle: (call) => {
      find(call, 'write');
      const found = changeEvent(call.world, targetOf(call), { id: idOf(call), body: readEventBody(call.body) });
      return { ...show(call, found, 200), applied: true };
    },
  },
  {
    name: 'events.delete',
    method: 'DELETE',
    below: 'either',
    path: EVENT,
    scopes: 'write',
    handle: (call) => {
      find(call, 'write');
      deleteEvent(call.world, targetOf(call), { id: idOf(call) });
      return { status: 204, applied: true };
    },
  },
  {
    name: 'events.instances',
    method: 'GET',
    below: 'either',
    path: `${EVENT}/instances`,
    scopes: 'read',
    handle: (call) => {
      const { calendar, role, event } = find(call, 'read');
      const page = listInstances(call.world, { ...call, calendar, reader: readerOf(call, role) }, event);
      return entity(call, page, { context: 'Collection(event)' });
    },
  },
  action('accept', (call, about) => answerMeeting(call.world, about, 'accepted')),
  action('tentativelyAccept', (call, about) => answerMeeting(call.world, about, 'tentativelyAccepted')),
  action('decline', (call, about) => answerMeeting(call.world, about, 'declined')),
  action('cancel', (call, about) => cancelMeeting(call.world, about)),
  action('forward', (call, about) => forwardMeeting(call.world, about)),
  action('dismissReminder', () => undefined, 200),
  action('snoozeReminder', () => undefined, 200),
  // The success code is not confirmed.
  action('permanentDelete', (call) => deleteEvent(call.world, targetOf(call), { id: idOf(call) }), 204),
  {
    name: 'extensions.list',
    method: 'GET',
    below: 'either',
    path: `${EVENT}/extensions`,
    scopes: 'read',
    handle: (call) => {
      const { stored } = find(call, 'read').event;
      const value = Object.entries(stored.extensions).map(([name, extension]) => viewExtension(name, extension));
      return entity(call, { value }, { context: 'Collection(extension)' });
    },
  },
  {
    name: 'extensions.create',
    method: 'POST',
    below: 'either',
    path: `${EVENT}/extensions`,
    scopes: 'write',
    handle: (call) => {
      const { '@odata.type': _type, ...extension } = membersOf(call.body);
      const name = extension['extensionName'];
      if (typeof name !== 'string' || name === '') throw badRequest('ErrorInvalidRequest', 'An open extension needs an extensionName.');
      return { ...saveExtension(call, name, extension), status: 201 };
    },
  },
  {
    name: 'extensions.get',
    method: 'GET',
    below: 'either',
    path: `${EVENT}/extensions/:extensionId`,
    scopes: 'read',
    handle: (call) => {
      const name = call.parameters['extensionId'] ?? '';
      const extension = find(call, 'read').event.stored.extensions[name];
      if (extension === undefined) throw itemNotFound();
      return entity(call, viewExtension(name, extension), { context: 'extensions/$entity' });
    },
  },
  {
    name: 'extensions.update',
    method: 'PATCH',
    below: 'either',
    path: `${EVENT}/extensions/:extensionId`,
    scopes: 'write',
    handle: (call) => {
      const name = call.parameters['extensionId'] ?? '';
      const known = find(call, 'write').event.stored.extensions[name];
      if (known === undefined) throw itemNotFound();
      const { '@odata.type': _type, ...change } = membersOf(call.body);
      return saveExtension(call, name, { ...known, ...change });
    },
  },
  {
    name: 'extensions.delete',
    method: 'DELETE',
    below: 'either',
    path: `${EVENT}/extensions/:extensionId`,
    scopes: 'write',
    handle: (call) => {
      const { stored } = find(call, 'write').event;
      const name = call.parameters['extensionId'] ?? '';
      if (stored.extensions[name] === undefined) throw itemNotFound();
      delete stored.extensions[name];
      call.world.touch();
      return { status: 204, applied: true };
    },
  },
];

function action(name: string, act: (call: GraphCall, about: MeetingAction) => void, status = 202): GraphOperation {
  return {
    name: `events.${name}`,
    method: 'POST',
    below: 'either',
    path: `${EVENT}/${name}`,
    scopes: 'write',
    handle: (call) => {
      const { calendar, event } = find(call, 'write');
      act(call, { calendar, event, owner: getPerson(call.world, calendar.ownerEmail), body: call.body });
      return { status, applied: status !== 200 };
    },
  };
}

function answerList(call: GraphCall, list: typeof listEvents): CallReply {
  const { calendar, role } = openCallCalendar(call, 'read');
  return entity(call, list(call.world, { ...call, calendar, reader: readerOf(call, role) }), { context: 'Collection(event)' });
}

function find(call: GraphCall, least: MicrosoftRole): FoundEvent {
  const found = findForReader(call.world, targetOf(call), { id: idOf(call), least });
  checkShared(call, found.calendar, { isWrite: least === 'write' });
  return found;
}

function show(call: GraphCall, { calendar, role, event }: FoundEvent, status: number): CallReply {
  const reader = readerOf(call, role);
  const shown = viewEvent(call.world, calendar, { event, reader });
  const body = shapeEvent(call.world, shown, { query: call.query, calendar, event, reader });
  return entity(call, body, { context: 'events/$entity', status });
}

/** Custom data is not change-tracked: the change key moves, the change log does not tell why. */
function saveExtension(call: GraphCall, name: string, extension: Readonly<Record<string, unknown>>): CallReply {
  const { calendar, event } = find(call, 'write');
  event.stored.extensions[name] = { ...extension };
  touchEvent(call.world, calendar, event.stored);
  return { ...entity(call, viewExtension(name, extension), { context: 'extensions/$entity' }), applied: true };
}

function membersOf(body: unknown): Record<string, unknown> {
  return typeof body === 'object' && body !== null ? { ...body } : {};
}

function idOf(call: GraphCall): string {
  return call.parameters['eventId'] ?? '';
}
