import { badRequest } from './microsoft-error.ts';
import type { ResolvedEvent } from './microsoft-event-store.ts';
import { idOf, instancesOf, mailboxZoneOf, resolveException, resolveStored, touches } from './microsoft-event-store.ts';
import type { EventReader } from './microsoft-event-view.ts';
import { viewEvent } from './microsoft-event-view.ts';
import type { FilterRow } from './microsoft-filter.ts';
import { readEventFilter } from './microsoft-filter.ts';
import type { ListRequest } from './microsoft-paging.ts';
import { pageOf } from './microsoft-paging.ts';
import { NO_PREFERENCES } from './microsoft-prefer.ts';
import type { TimeWindow } from './microsoft-recurrence.ts';
import type { MicrosoftCalendar, MicrosoftStoredEvent, MicrosoftStoredException } from './microsoft-state.ts';
import { dateTimeAt, readMoment, spanOf } from './microsoft-times.ts';
import type { MicrosoftEvent } from './microsoft-types.ts';
import type { MicrosoftWorld } from './microsoft-world.ts';

export interface EventListRequest extends ListRequest {
  readonly calendar: MicrosoftCalendar;
  readonly reader: EventReader;
}

export type EventPage = ReturnType<typeof pageOf<MicrosoftEvent>>;

const MAX_WINDOW_MS = 1825 * 86_400_000;

/** Single events and masters of series, none of their occurrences. */
export function listEvents(world: MicrosoftWorld, request: EventListRequest): EventPage {
  const rows = [...request.calendar.events.values()].filter((stored) => !stored.isDeleted && !stored.hasOnlyExceptions).map(resolveStored);
  return answer(world, request, rows);
}

/** Single events, occurrences and exceptions in the window, none of the masters. */
export function listView(world: MicrosoftWorld, request: EventListRequest): EventPage {
  const rows = instancesIn(world, request.calendar, readWindow(request.query));
  return answer(world, request, rows, { ignores: ['createdDateTime', 'lastModifiedDateTime'] });
}

/** Occurrences and exceptions of one series in the window. */
export function listInstances(world: MicrosoftWorld, request: EventListRequest, master: ResolvedEvent): EventPage {
  if (master.type !== 'seriesMaster') throw badRequest('ErrorInvalidRequest', 'The event is not the master of a series.');
  return answer(world, request, instancesOf(world, request.calendar, { stored: master.stored, window: readWindow(request.query) }));
}

export function instancesIn(world: MicrosoftWorld, calendar: MicrosoftCalendar, window: TimeWindow): ResolvedEvent[] {
  const mailboxZone = mailboxZoneOf(world, calendar);
  const all = [...calendar.events.values()].flatMap((stored) => {
    if (stored.isDeleted) return [];
    if (stored.fields.recurrence !== null || stored.hasOnlyExceptions) return instancesOf(world, calendar, { stored, window });
    const event = resolveStored(stored);
    return touches(event, { window, mailboxZone }) ? [event] : [];
  });
  return sortByStart(world, calendar, all);
}

/** Both bounds are required; without an offset they are UTC. @throws GraphError 400 */
export function readWindow(query: URLSearchParams): TimeWindow {
  const bound = (name: string): string => [...query].find(([candidate]) => candidate.toLowerCase() === name.toLowerCase())?.[1] ?? '';
  const [start, end] = [bound('startDateTime'), bound('endDateTime')];
  if (start === '' || end === '') {
    throw badRequest(
      'ErrorInvalidRequest',
      'This request requires a time window specified by the query string parameters StartDateTime and EndDateTime.',
    );
  }
  const window = { fromMs: readMoment(start, 'startDateTime'), untilMs: readMoment(end, 'endDateTime') };
  if (window.untilMs < window.fromMs) throw badRequest('ErrorInvalidRequest', 'The end of the window is before its start.');
  if (window.untilMs - window.fromMs > MAX_WINDOW_MS)
    throw badRequest('ErrorInvalidRequest', 'Requested date range is too long: at most 1825 days.');
  return window;
}

/** What `$select` and `$expand` leave of an event and add to it. */
export function shapeEvent(
  world: MicrosoftWorld,
  shown: MicrosoftEvent,
  about: { query: URLSearchParams; calendar: MicrosoftCalendar; event: ResolvedEvent; reader: EventReader; ignores?: readonly string[] },
): MicrosoftEvent {
  const { query, event, calendar, reader } = about;
  const { stored } = event;
  const selected =
    query
      .get('$select')
      ?.split(',')
      .map((name) => name.trim())
      .filter((name) => about.ignores?.includes(name) !== true) ?? null;
  const whole: MicrosoftEvent = { ...shown };
  if (selected?.includes('cancelledOccurrences') === true && event.type === 'seriesMaster') {
    const cancelled = [...stored.exceptions].filter(([, exception]) => exception.isDeleted);
    const id = idOf(calendar, event, reader.preferences);
    whole.cancelledOccurrences = cancelled.map(([stamp, exception]) => `OID.${id}.${slotDay(stored, { stamp, exception })}`);
  }
  const kept =
    selected === null
      ? whole
      : {
          '@odata.etag': whole['@odata.etag'],
          id: whole.id,
          ...Object.fromEntries(selected.filter((name) => name in whole).map((name) => [name, whole[name]])),
        };
  return { ...kept, ...expanded(world, about) };
}

/** The day of a slot in the zone of the series. */
function slotDay(stored: MicrosoftStoredEvent, { stamp, exception }: { stamp: string; exception: MicrosoftStoredException }): string {
  const zone = stored.fields.recurrence?.range.recurrenceTimeZone ?? 'UTC';
  if (!stamp.includes('T')) return `${stamp.slice(0, 4)}-${stamp.slice(4, 6)}-${stamp.slice(6, 8)}`;
  return dateTimeAt(exception.originalMs, zone).dateTime.slice(0, 10);
}

function expanded(
  world: MicrosoftWorld,
  about: { query: URLSearchParams; calendar: MicrosoftCalendar; event: ResolvedEvent; reader: EventReader },
): Partial<MicrosoftEvent> {
  const { calendar, event, reader } = about;
  const text = about.query.get('$expand') ?? '';
  const { stored } = event;
  const wantedId = (name: string): string | null =>
    new RegExp(`${name}\\(\\s*\\$filter\\s*=\\s*id eq '([^']+)'`, 'i').exec(text)?.[1] ?? null;
  const found: Partial<MicrosoftEvent> = {};
  const propertyId = wantedId('singleValueExtendedProperties');
  const value = propertyId === null ? undefined : stored.extendedProperties[propertyId];
  if (propertyId !== null && value !== undefined) found.singleValueExtendedProperties = [{ id: propertyId, value }];
  if (/(^|,)\s*extensions/i.test(text)) {
    const only = wantedId('extensions');
    const all = Object.entries(stored.extensions).filter(([name]) => only === null || name === only);
    found.extensions = all.map(([name, extension]) => viewExtension(name, extension));
  }
  if (/exceptionOccurrences/i.test(text) && event.type === 'seriesMaster') {
    const exceptions = [...stored.exceptions].map(([stamp, exception]) => resolveException(stored, { stamp, exception }));
    found.exceptionOccurrences = exceptions
      .filter(({ isDeleted }) => !isDeleted)
      .map((exception) => viewEvent(world, calendar, { event: exception, reader }));
  }
  return found;
}

export function viewExtension(name: string, extension: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return { '@odata.type': '#microsoft.graph.openTypeExtension', ...extension, extensionName: name, id: name };
}

function answer(
  world: MicrosoftWorld,
  request: EventListRequest,
  rows: readonly ResolvedEvent[],
  more: { ignores?: readonly string[] } = {},
): EventPage {
  const { calendar, reader, query } = request;
  const filter = readEventFilter(query.get('$filter'));
  const inUtc = { ...reader, preferences: { ...NO_PREFERENCES, isImmutable: reader.preferences.isImmutable } };
  const candidates: FilterRow[] = rows.map((event) => ({ event, shown: viewEvent(world, calendar, { event, reader: inUtc }) }));
  const sorted = sortRows(candidates.filter(filter), query.get('$orderby'));
  const page = pageOf(sorted, request);
  const value = page.value.map(({ event }) =>
    shapeEvent(world, viewEvent(world, calendar, { event, reader }), { query, calendar, event, reader, ...more }),
  );
  return { ...page, value };
}

const ORDERS: Readonly<Record<string, (row: FilterRow) => string>> = {
  'start/dateTime': ({ shown }) => shown.start?.dateTime ?? '',
  'end/dateTime': ({ shown }) => shown.end?.dateTime ?? '',
  createdDateTime: ({ shown }) => shown.createdDateTime ?? '',
  lastModifiedDateTime: ({ shown }) => shown.lastModifiedDateTime ?? '',
  subject: ({ shown }) => shown.subject ?? '',
};

function sortRows(rows: FilterRow[], text: string | null): FilterRow[] {
  if (text === null) return rows;
  const [path = '', direction = 'asc'] = text.trim().split(/\s+/);
  const keyOf = ORDERS[path];
  if (keyOf === undefined) throw badRequest('ErrorInvalidUrlQuery', `The property '${path}' does not support ordering.`);
  const sign = direction.toLowerCase() === 'desc' ? -1 : 1;
  return rows.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -sign : keyOf(a) > keyOf(b) ? sign : 0));
}

function sortByStart(world: MicrosoftWorld, calendar: MicrosoftCalendar, events: readonly ResolvedEvent[]): ResolvedEvent[] {
  const mailboxZone = mailboxZoneOf(world, calendar);
  return events
    .map((event) => ({ event, startMs: spanOf(event.fields, mailboxZone).startMs }))
    .sort((a, b) => a.startMs - b.startMs || a.event.stored.order - b.event.stored.order)
    .map(({ event }) => event);
}
