import type { PageShape } from '../page-rules.ts';
import { GraphError, badRequest, errorForStatus } from './microsoft-error.ts';
import { readWindow } from './microsoft-event-list.ts';
import type { ResolvedEvent } from './microsoft-event-store.ts';
import { idOf, instancesOf, mailboxZoneOf, resolveException, resolveStored, touches } from './microsoft-event-store.ts';
import type { EventReader } from './microsoft-event-view.ts';
import { viewEvent, viewSkeleton } from './microsoft-event-view.ts';
import { decodeToken, encodeToken, isDropped } from './microsoft-paging.ts';
import type { TimeWindow } from './microsoft-recurrence.ts';
import type { MicrosoftCalendar, MicrosoftPerson, MicrosoftStoredEvent } from './microsoft-state.ts';
import { spanOf } from './microsoft-times.ts';
import type { MicrosoftEvent } from './microsoft-types.ts';
import type { MicrosoftWorld } from './microsoft-world.ts';

export interface DeltaRequest {
  readonly calendar: MicrosoftCalendar;
  readonly person: MicrosoftPerson;
  readonly reader: EventReader;
  readonly query: URLSearchParams;
  /** The address that was called, without its query. */
  readonly address: string;
  readonly shape: (page: number) => PageShape;
}

/** The round that a token belongs to. The window is fixed in it. */
interface Round extends TimeWindow {
  readonly calendarId: string;
  readonly generation: string;
  /** The change log after which changes are told; null: everything. */
  readonly since: number | null;
  /** The change log when the round began, for the delta link at its end. */
  readonly until: number;
  readonly after: string | null;
  readonly page: number;
}

interface Row {
  readonly key: string;
  readonly shown: MicrosoftEvent;
}

const REFUSED = ['$select', '$filter', '$expand', '$orderby', '$search'];
const DEFAULT_SIZE = 10;

/** `calendarView/delta`: one page of a full or an incremental round. @throws GraphError */
export function listDelta(
  world: MicrosoftWorld,
  request: DeltaRequest,
): { value: readonly MicrosoftEvent[]; '@odata.nextLink'?: string; '@odata.deltaLink'?: string } {
  const { query, calendar } = request;
  const refused = REFUSED.find((name) => query.has(name));
  if (refused !== undefined)
    throw badRequest(
      'ErrorInvalidUrlQuery',
      `The following parameters are not supported with change tracking over the 'CalendarView' resource: '${refused}'.`,
    );
  const round = openRound(world, request);
  const shape = request.shape(round.page);
  if (shape.failStatus !== null) throw errorForStatus(shape.failStatus);
  const all = shape.isEmptyList ? [] : rowsOf(world, request, round).filter((_row, index) => !isDropped(index, shape.dropShare));
  const { after } = round;
  const begin = after === null ? 0 : all.filter((row) => row.key <= after).length;
  const wanted = request.reader.preferences.maxPageSize ?? DEFAULT_SIZE;
  const rows = shape.isEmptyPage ? [] : all.slice(begin, begin + Math.min(wanted, shape.size ?? wanted));
  const repeated = shape.repeatsIds ? all.slice(Math.max(0, begin - 1), begin) : [];
  const value = [...repeated, ...rows].map(({ shown }) => ({ '@odata.type': '#microsoft.graph.event', ...shown }));
  const last = rows.at(-1);
  if (shape.isEmptyPage || begin + rows.length < all.length) {
    const next: Round = { ...round, after: last?.key ?? after, page: round.page + 1 };
    return { value, '@odata.nextLink': linkOf(request, '$skiptoken', next) };
  }
  const done: Round = { ...round, since: round.until, until: round.until, after: null, page: 1, calendarId: calendar.id };
  return { value, '@odata.deltaLink': linkOf(request, '$deltatoken', done) };
}

function openRound(world: MicrosoftWorld, request: DeltaRequest): Round {
  const { query, calendar } = request;
  const generation = `${calendar.tokenGeneration}.${calendar.readerGenerations.get(request.person.email) ?? 0}`;
  const text = query.get('$skiptoken') ?? query.get('$deltatoken');
  if (text === null || text === '') {
    return { ...readWindow(query), calendarId: calendar.id, generation, since: null, until: calendar.lastSeq, after: null, page: 1 };
  }
  const token = decodeToken(text) as Round | null;
  if (token === null || token.calendarId !== calendar.id || token.generation !== generation) throw deadToken(world, request, token);
  // A delta link begins a new round: it ends where the log is now.
  return query.has('$deltatoken') ? { ...token, until: calendar.lastSeq } : token;
}

/** The spellings under which a dead token has been seen. */
function deadToken(world: MicrosoftWorld, { address }: DeltaRequest, token: Partial<Round> | null): GraphError {
  const text = 'The sync state generation is not found; full sync required.';
  switch (world.state.deltaReset) {
    case 'gone':
      return new GraphError(410, 'SyncStateNotFound', text);
    case 'gone-with-location': {
      const query = new URLSearchParams({ $deltatoken: '' });
      if (token?.fromMs !== undefined) query.set('startDateTime', isoOf(token.fromMs));
      if (token?.untilMs !== undefined) query.set('endDateTime', isoOf(token.untilMs));
      return new GraphError(410, 'resyncRequired', 'Resync required. Replace any local items with the server’s version.', {
        headers: { location: `${address}?${query.toString()}` },
      });
    }
    case 'not-found':
      return new GraphError(404, 'syncStateNotFound', text);
    case 'invalid':
      return new GraphError(400, 'SyncStateInvalid', 'The sync state is not valid.');
    case 'nested':
      return new GraphError(400, 'BadRequest', 'Badly formed token.', { innerCode: 'syncStateNotFound' });
  }
}

/** What the round has to tell, in a fixed order. */
function rowsOf(world: MicrosoftWorld, request: DeltaRequest, round: Round): Row[] {
  const rows = [...request.calendar.events.values()].flatMap((stored) =>
    round.since === null
      ? wholeRows(world, request, { stored, round })
      : changedRows(world, request, { stored, round, since: round.since }),
  );
  return rows.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
}

interface StoredIn {
  readonly stored: MicrosoftStoredEvent;
  readonly round: Round;
}

/** An event that lies in the window, a series with all its occurrences there; nothing else. */
function wholeRows(world: MicrosoftWorld, request: DeltaRequest, { stored, round }: StoredIn): Row[] {
  const { calendar } = request;
  if (stored.isDeleted) return [];
  const isSeries = stored.fields.recurrence !== null;
  if (!isSeries) {
    const event = resolveStored(stored);
    return touches(event, { window: round, mailboxZone: mailboxZoneOf(world, calendar) }) ? [fullRow(world, request, event)] : [];
  }
  const instances = instancesOf(world, calendar, { stored, window: round });
  const rows = instances.map((event) => fullRow(world, request, event));
  return rows.length === 0 || stored.hasOnlyExceptions ? rows : [fullRow(world, request, resolveStored(stored)), ...rows];
}

/** What changed since: in full, or `@removed` when it is deleted, left the window, or is outside of it anyway. */
function changedRows(world: MicrosoftWorld, request: DeltaRequest, { stored, round, since }: StoredIn & { since: number }): Row[] {
  const lost = [...stored.lost].filter(([, seq]) => seq > since).map(([stamp]) => removedRow(world, request, { stored, stamp }));
  const mailboxZone = mailboxZoneOf(world, request.calendar);
  const gone = [...stored.exceptions].flatMap(([stamp, exception]) => {
    if (exception.seq <= since) return [];
    const event = resolveException(stored, { stamp, exception });
    return !event.isDeleted && touches(event, { window: round, mailboxZone }) ? [] : [removedRow(world, request, { stored, stamp })];
  });
  if (stored.seq > since) {
    const rows = wholeRows(world, request, { stored, round });
    if (rows.length > 0) return [...rows, ...gone, ...lost];
    return [removedRow(world, request, { stored, stamp: null }), ...(stored.isDeleted ? [] : [...gone, ...lost])];
  }
  if (stored.isDeleted) return [];
  const changed = [...stored.exceptions].flatMap(([stamp, exception]) => {
    const event = resolveException(stored, { stamp, exception });
    const isShown = exception.seq > since && !event.isDeleted && touches(event, { window: round, mailboxZone });
    return isShown ? [fullRow(world, request, event)] : [];
  });
  return [...changed, ...gone, ...lost];
}

function fullRow(world: MicrosoftWorld, request: DeltaRequest, event: ResolvedEvent): Row {
  const { calendar, reader } = request;
  const view = event.type === 'occurrence' ? viewSkeleton : viewEvent;
  const { startMs } = spanOf(event.fields, mailboxZoneOf(world, calendar));
  return {
    key: keyOf(event.stored, event.stamp === null ? '' : `${String(startMs + 1e15).padStart(17, '0')} ${event.stamp}`),
    shown: view(world, calendar, { event, reader }),
  };
}

function removedRow(
  _world: MicrosoftWorld,
  { calendar, reader }: DeltaRequest,
  event: { stored: MicrosoftStoredEvent; stamp: string | null },
): Row {
  const id = idOf(calendar, event, reader.preferences);
  return { key: keyOf(event.stored, `~${event.stamp ?? ''}`), shown: { id, '@removed': { reason: 'deleted' } } };
}

function keyOf(stored: MicrosoftStoredEvent, rest: string): string {
  return `${String(stored.order).padStart(9, '0')} ${rest}`;
}

function linkOf({ address }: DeltaRequest, name: string, round: Round): string {
  return `${address}?${new URLSearchParams({ [name]: encodeToken({ ...round }) }).toString()}`;
}

function isoOf(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
