import type { PageShape } from '../page-rules.ts';
import { GoogleApiError, badRequest, errorForReason, timeRangeEmpty } from './google-error.ts';
import type { ResolvedEvent, TimeWindow } from './google-event-store.ts';
import { instancesOf, isSeries, resolveException, resolveStored, startMsOf, touches } from './google-event-store.ts';
import type { EventViewer } from './google-event-view.ts';
import { reducedEvent, viewEvent } from './google-event-view.ts';
import { EXPANSION_HORIZON_MS } from './google-recurrence.ts';
import type { GoogleCalendar, GoogleStoredEvent } from './google-state.ts';
import { compareKeys, encodeToken, generationOf, parametersHash, readPageToken, readSyncToken } from './google-tokens.ts';
import type { GoogleEvent } from './google-types.ts';
import { isRoleAtLeast } from './google-types.ts';
import type { GoogleWorld } from './google-world.ts';

export interface EventListRequest {
  readonly calendar: GoogleCalendar;
  readonly viewer: EventViewer;
  readonly query: URLSearchParams;
  readonly shape: (page: number) => PageShape;
}

export interface EventListBody {
  kind: 'calendar#events';
  etag: string;
  summary: string;
  description?: string;
  updated: string;
  timeZone: string;
  accessRole: string;
  defaultReminders: { method: string; minutes: number }[];
  items?: GoogleEvent[];
  nextPageToken?: string;
  nextSyncToken?: string;
}

interface Filter {
  readonly singleEvents: boolean;
  readonly showDeleted: boolean;
  readonly window: TimeWindow;
  readonly updatedMinMs: number | null;
  readonly orderBy: string | null;
  readonly text: string | null;
  readonly iCalUID: string | null;
  readonly privateProperties: readonly string[];
  readonly sharedProperties: readonly string[];
  readonly eventTypes: readonly string[];
  /** Only what changed after this position; null for a full list. */
  readonly since: number | null;
}

interface Row {
  readonly event: ResolvedEvent;
  readonly key: readonly (string | number)[];
}

/** `events.list`: full or incremental, one page. */
export function listEvents(world: GoogleWorld, request: EventListRequest): EventListBody {
  const { calendar, viewer, query } = request;
  const seesOnlyBusy = viewer.seesOnlyBusy === true || viewer.role === 'freeBusyReader';
  const singleEvents = query.get('singleEvents') === 'true' || seesOnlyBusy;
  const eventTypes = query.getAll('eventTypes').sort();
  const syncIdentity = {
    scope: calendar.id,
    reader: viewer.account.email,
    generation: generationOf(calendar, viewer.account),
    parameters: parametersHash({ singleEvents, eventTypes }),
  };
  const syncToken = query.get('syncToken');
  checkCombination(query, { singleEvents });
  const since = syncToken === null ? null : readSyncToken(syncToken, syncIdentity).position;
  const filter = readFilter(query, { singleEvents, eventTypes, since });
  const page = startPage(query, calendar);
  const shape = request.shape(page.number);
  if (shape.failStatus !== null) throw errorForReason(shape.failStatus);

  let rows = collect(world, calendar, filter).filter(({ event }) => !seesOnlyBusy || (event.fields.transparency ?? 'opaque') === 'opaque');
  rows.sort((a, b) => compareKeys(a.key, b.key));
  if (shape.isEmptyList) rows = [];
  if (shape.dropShare > 0)
    rows = rows.filter((_row, index) => Math.floor((index + 1) * shape.dropShare) === Math.floor(index * shape.dropShare));
  const { items, next } = cutPage(rows, { page, shape, wanted: readMaxResults(query, { fallback: 250, most: 2500 }) });
  const canSync = ['orderBy', 'q', 'iCalUID', 'privateExtendedProperty', 'sharedExtendedProperty', 'updatedMin'].every(
    (name) => !query.has(name),
  );
  return {
    ...listHead(calendar, viewer),
    ...showItems(
      items.map(({ event }) => showRow(world, calendar, { event, viewer, isFull: filter.showDeleted && since === null })),
      shape,
    ),
    ...(next !== null
      ? {
          nextPageToken: encodeToken({
            kind: 'page',
            parameters: page.parameters,
            after: next,
            position: page.position,
            page: page.number + 1,
          }),
        }
      : canSync
        ? { nextSyncToken: encodeToken({ kind: 'sync', ...syncIdentity, position: page.position }) }
        : {}),
  };
}

/** `events.instances` of one series. */
export function listInstances(world: GoogleWorld, request: EventListRequest & { master: GoogleStoredEvent }): EventListBody {
  const { calendar, viewer, query, master } = request;
  const window = readWindow(query);
  const page = startPage(query, calendar);
  const shape = request.shape(page.number);
  if (shape.failStatus !== null) throw errorForReason(shape.failStatus);
  const originalStart = query.get('originalStart');
  const wanted = originalStart === null ? null : readMoment(originalStart, 'originalStart');
  const rows = instancesOf(world, calendar, { master, window: { ...window, fromMs: window.fromMs - 1 } })
    .filter((event) => event.exception?.dropped == null)
    .filter((event) => query.get('showDeleted') === 'true' || event.status !== 'cancelled')
    .filter((event) => wanted === null || originalMsOf(calendar, event) === wanted)
    .map((event): Row => ({ event, key: [startMsOf(calendar, event), event.id] }))
    .sort((a, b) => compareKeys(a.key, b.key));
  const { items, next } = cutPage(rows, { page, shape, wanted: readMaxResults(query, { fallback: 250, most: 2500 }) });
  return {
    ...listHead(calendar, viewer),
    ...showItems(
      items.map(({ event }) => showRow(world, calendar, { event, viewer, isFull: false })),
      shape,
    ),
    ...(next === null
      ? {}
      : {
          nextPageToken: encodeToken({
            kind: 'page',
            parameters: page.parameters,
            after: next,
            position: page.position,
            page: page.number + 1,
          }),
        }),
  };
}

function listHead(calendar: GoogleCalendar, viewer: EventViewer): EventListBody {
  return {
    kind: 'calendar#events',
    etag: calendar.etag,
    summary: calendar.summary,
    ...(calendar.description === undefined ? {} : { description: calendar.description }),
    updated: calendar.updated,
    timeZone: viewer.timeZone ?? calendar.timeZone,
    accessRole: viewer.role,
    defaultReminders: isRoleAtLeast(viewer.role, 'reader') ? (viewer.account.calendarList.get(calendar.id)?.defaultReminders ?? []) : [],
  };
}

function showItems(items: GoogleEvent[], shape: PageShape): Pick<EventListBody, 'items'> {
  return items.length === 0 && shape.omitsEmptyItems ? {} : { items };
}

function showRow(
  world: GoogleWorld,
  calendar: GoogleCalendar,
  row: { event: ResolvedEvent; viewer: EventViewer; isFull: boolean },
): GoogleEvent {
  const { event, viewer } = row;
  if (event.status === 'cancelled' && !row.isFull) return reducedEvent(event, viewer.timeZone ?? calendar.timeZone);
  return viewEvent(world, calendar, { event, viewer });
}

function collect(world: GoogleWorld, calendar: GoogleCalendar, filter: Filter): Row[] {
  const rows: Row[] = [];
  for (const stored of calendar.events.values()) {
    for (const event of candidates(world, calendar, { stored, filter })) {
      if (isListed(calendar, event, filter)) rows.push({ event, key: keyOf(calendar, event, filter) });
    }
  }
  return rows;
}

function* candidates(
  world: GoogleWorld,
  calendar: GoogleCalendar,
  { stored, filter }: { stored: GoogleStoredEvent; filter: Filter },
): Generator<ResolvedEvent> {
  const { since } = filter;
  if (filter.singleEvents && (isSeries(stored) || stored.hasOnlyExceptions)) {
    const window =
      since === null
        ? filter.window
        : { fromMs: world.clock.now() - EXPANSION_HORIZON_MS, untilMs: world.clock.now() + EXPANSION_HORIZON_MS };
    const isWholeChanged = since !== null && stored.seq > since;
    const isAnyChanged = since === null || isWholeChanged || [...stored.exceptions.values()].some((exception) => exception.seq > since);
    if (!isAnyChanged) return;
    for (const event of instancesOf(world, calendar, { master: stored, window })) {
      if (event.exception?.dropped != null && (since === null || event.exception.seq <= since)) continue;
      if (since === null || isWholeChanged || event.seq > since) yield event;
    }
    return;
  }
  if (!stored.hasOnlyExceptions && (since === null || stored.seq > since)) yield resolveStored(stored);
  // Who knows only single instances learns of a deleted series through these.
  if (stored.status === 'cancelled' && (since === null || !stored.hasOnlyExceptions)) return;
  const isWholeChanged = since !== null && stored.hasOnlyExceptions && stored.seq > since;
  for (const [stamp, exception] of stored.exceptions) {
    if (exception.dropped === 'instance' || (exception.dropped === 'exception' && since === null)) continue;
    if (since === null || isWholeChanged || exception.seq > since) yield resolveException(stored, { stamp, exception });
  }
}

function isListed(calendar: GoogleCalendar, event: ResolvedEvent, filter: Filter): boolean {
  const { fields } = event;
  const isHole = !filter.singleEvents && event.instance !== null;
  const isShown = event.status !== 'cancelled' || filter.showDeleted || filter.since !== null || filter.updatedMinMs !== null || isHole;
  if (!isShown) return false;
  if (filter.eventTypes.length > 0 && !filter.eventTypes.includes(fields.eventType ?? 'default')) return false;
  if (filter.since !== null) return true;
  if (filter.updatedMinMs !== null && Date.parse(event.updated) < filter.updatedMinMs) return false;
  if (filter.iCalUID !== null && fields.iCalUID !== filter.iCalUID) return false;
  if (!hasProperties(fields.extendedProperties?.private, filter.privateProperties)) return false;
  if (!hasProperties(fields.extendedProperties?.shared, filter.sharedProperties)) return false;
  if (filter.text !== null && !searchText(event).includes(filter.text)) return false;
  return touches(calendar, event, filter.window);
}

function hasProperties(properties: Readonly<Record<string, string>> | undefined, wanted: readonly string[]): boolean {
  return wanted.every((pair) => properties?.[pair.slice(0, pair.indexOf('='))] === pair.slice(pair.indexOf('=') + 1));
}

function searchText(event: ResolvedEvent): string {
  const { summary, description, location, attendees } = event.fields;
  return [summary, description, location, ...(attendees ?? []).flatMap(({ email, displayName }) => [email, displayName])]
    .join('\n')
    .toLowerCase();
}

function keyOf(calendar: GoogleCalendar, event: ResolvedEvent, filter: Filter): readonly (string | number)[] {
  if (filter.since === null && filter.orderBy === null && event.instance === null) return [event.order, 0, event.id];
  const start = startMsOf(calendar, event);
  if (filter.since !== null) return [Math.max(event.seq, event.stored.seq > filter.since ? event.stored.seq : 0), start, event.id];
  if (filter.orderBy === 'startTime') return [start, event.order, event.id];
  if (filter.orderBy === 'updated') return [Date.parse(event.updated), event.order, event.id];
  return [event.order, start, event.id];
}

interface Page {
  readonly number: number;
  readonly parameters: string;
  readonly after: readonly (string | number)[] | null;
  readonly position: number;
}

function startPage(query: URLSearchParams, calendar: GoogleCalendar): Page {
  const relevant = [...query.entries()].filter(
    ([name]) => !['pageToken', 'maxResults', 'fields', 'prettyPrint', 'alt', 'quotaUser', 'key'].includes(name),
  );
  const parameters = parametersHash({ calendar: calendar.id, query: relevant.map(([name, value]) => `${name}=${value}`).sort() });
  const pageToken = query.get('pageToken');
  if (pageToken === null) return { number: 1, parameters, after: null, position: calendar.lastSeq };
  const token = readPageToken(pageToken, parameters);
  return { number: token.page, parameters, after: token.after, position: token.position };
}

function cutPage(
  rows: readonly Row[],
  cut: { page: Page; shape: PageShape; wanted: number },
): { items: readonly Row[]; next: readonly (string | number)[] | null } {
  const { page, shape } = cut;
  const after = page.after;
  const begin = after === null ? 0 : rows.findIndex((row) => compareKeys(row.key, after) > 0);
  const rest = begin < 0 ? [] : rows.slice(begin);
  if (shape.isEmptyPage) return { items: [], next: after ?? [] };
  const items = rest.slice(0, Math.min(cut.wanted, shape.size ?? cut.wanted));
  const repeated = shape.repeatsIds && begin > 0 ? rows[begin - 1] : undefined;
  const last = items.at(-1);
  return {
    items: repeated === undefined ? items : [repeated, ...items],
    next: items.length < rest.length && last !== undefined ? last.key : null,
  };
}

function checkCombination(query: URLSearchParams, { singleEvents }: { singleEvents: boolean }): void {
  const orderBy = query.get('orderBy');
  if (orderBy !== null && orderBy !== 'startTime' && orderBy !== 'updated')
    throw badRequest(`Invalid value for orderBy: ${orderBy}`, { location: 'orderBy' });
  if (orderBy === 'startTime' && !singleEvents) {
    throw badRequest('The requested ordering is not available for the particular query.', { location: 'orderBy', reason: 'badRequest' });
  }
  if (!query.has('syncToken')) return;
  const refused = ['timeMin', 'timeMax', 'updatedMin', 'orderBy', 'q', 'iCalUID', 'privateExtendedProperty', 'sharedExtendedProperty'].find(
    (name) => query.has(name),
  );
  if (refused !== undefined) throw badRequest('Sync token cannot be used together with other filters.', { location: refused });
  if (query.get('showDeleted') === 'false')
    throw badRequest('showDeleted may not be false with a sync token.', { location: 'showDeleted' });
}

function readFilter(query: URLSearchParams, known: { singleEvents: boolean; eventTypes: readonly string[]; since: number | null }): Filter {
  const updatedMin = query.get('updatedMin');
  const updatedMinMs = updatedMin === null ? null : readMoment(updatedMin, 'updatedMin');
  return {
    ...known,
    showDeleted: query.get('showDeleted') === 'true',
    window: readWindow(query),
    updatedMinMs,
    orderBy: query.get('orderBy'),
    text: query.get('q')?.toLowerCase() ?? null,
    iCalUID: query.get('iCalUID'),
    privateProperties: query.getAll('privateExtendedProperty'),
    sharedProperties: query.getAll('sharedExtendedProperty'),
  };
}

function readWindow(query: URLSearchParams): TimeWindow {
  const timeMin = query.get('timeMin');
  const timeMax = query.get('timeMax');
  const fromMs = timeMin === null ? Number.NEGATIVE_INFINITY : readMoment(timeMin, 'timeMin');
  const untilMs = timeMax === null ? Number.POSITIVE_INFINITY : readMoment(timeMax, 'timeMax');
  if (timeMin !== null && timeMax !== null && untilMs <= fromMs) throw timeRangeEmpty();
  return { fromMs, untilMs };
}

/** RFC 3339 with an offset. @throws GoogleApiError 400 */
export function readMoment(text: string, name: string): number {
  try {
    return Temporal.Instant.from(text).epochMilliseconds;
  } catch {
    throw new GoogleApiError({ status: 400, reason: 'badRequest', message: 'Bad Request', location: name });
  }
}

export function readMaxResults(query: URLSearchParams, { fallback, most }: { fallback: number; most: number }): number {
  const text = query.get('maxResults');
  if (text === null) return fallback;
  const wanted = Number(text);
  if (!Number.isInteger(wanted) || wanted < 1) throw badRequest(`Invalid value for maxResults: ${text}`, { location: 'maxResults' });
  return Math.min(wanted, most);
}

function originalMsOf(calendar: GoogleCalendar, event: ResolvedEvent): number {
  const at = event.instance?.originalStartTime ?? {};
  return at.dateTime === undefined
    ? startMsOf(calendar, { ...event, fields: { start: at } })
    : Temporal.Instant.from(at.dateTime).epochMilliseconds;
}
