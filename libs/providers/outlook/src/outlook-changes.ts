import { UTC, dateOf, formatInstant } from '@daymark/domain';
import type { Interval } from '@daymark/domain';
import type { ChangePage, ChangeRequest, EventChange, PageToken, SyncCursor } from '@daymark/provider-contract';
import { z } from 'zod';
import { graphEvent, graphPage } from './outlook-api.ts';
import type { GraphEvent } from './outlook-api.ts';
import { eventSource } from './outlook-calendars.ts';
import type { OutlookClient } from './outlook-client.ts';
import { cursorExpired, unexpectedAnswer } from './outlook-error.ts';
import { calendarPath } from './outlook-event-call.ts';
import { readChange } from './outlook-event.ts';
import { isSeries } from './outlook-events.ts';
import { EVENTS_PER_PAGE } from './outlook-manifest.ts';
import { concerns, holeId, holeIn, readExceptions } from './outlook-series.ts';
import type { Series } from './outlook-series.ts';
import { readMoment } from './outlook-time.ts';

/**
 * One page of calendarView/delta of one calendar. Series are told as masters with their rule and all that differs from it:
 * Graph's occurrences are without content, and come or not. The window stands in Graph's links, for all rounds to come; what
 * leaves it is told like what is deleted. https://learn.microsoft.com/en-us/graph/delta-query-events
 */
export async function listOutlookChanges(client: OutlookClient, { calendarId, from }: ChangeRequest): Promise<ChangePage> {
  const round = openRound(client, { calendarId, from });
  const page = await client.call({
    purpose: 'changes',
    ...(round.link === null ? wholeWindow(calendarId, from.window) : { path: round.link }),
    prefer: [`odata.maxpagesize=${EVENTS_PER_PAGE}`],
    answer: graphPage,
  });
  const [occurrences, others] = separate(page.value);
  const source = await eventSource(client, calendarId, others);
  const told = others.map((raw, position) => readChange(raw, { source, position }));
  const hasLosses = round.hasLosses || (!round.isFull && told.some(({ kind }) => kind === 'removed'));
  const isLast = page['@odata.nextLink'] == null;
  const about = { calendarId, window: from.window };
  const changes = [
    ...(round.isFull ? [] : occurrences.flatMap(asGiven)),
    ...told,
    ...(await exceptionsOf(client, seriesIn(told), about)),
    ...(isLast && hasLosses ? await exceptionsOf(client, await otherSeries(client, told, about), about) : []),
  ];
  return { changes: lastOfEach(changes), next: nextOf(page, { ...round, hasLosses }) };
}

/** Where a round is; Graph's links go back as they came. */
interface Round {
  readonly calendarId: string;
  readonly link: string | null;
  readonly isFull: boolean;
  /** Something is gone of which Graph does not say whether it was an occurrence. */
  readonly hasLosses: boolean;
}

/** Tells cursors of this reading from those of another access profile. */
const KIND = 'events';
const place = z.object({
  kind: z.literal(KIND),
  calendarId: z.string(),
  link: z.string(),
  isFull: z.boolean(),
  hasLosses: z.boolean(),
});

function openRound(client: OutlookClient, { calendarId, from }: ChangeRequest): Round {
  if (from.kind === 'start') return { calendarId, link: null, isFull: true, hasLosses: false };
  const round = readPlace(from.kind === 'page' ? from.page : from.cursor);
  if (round === null) throw cursorExpired('its place is not readable, or of another access profile');
  if (round.calendarId !== calendarId) throw cursorExpired('it belongs to another calendar');
  if (!client.owns(round.link)) throw cursorExpired('it was made at another address');
  return round;
}

function readPlace(text: string): z.infer<typeof place> | null {
  try {
    return place.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

function nextOf(page: z.infer<typeof graphPage>, round: Round): ChangePage['next'] {
  const { '@odata.nextLink': next, '@odata.deltaLink': delta } = page;
  if (next != null && next === round.link) throw unexpectedAnswer('the pages go round in a circle', 'changes');
  if (next != null) return { page: JSON.stringify({ kind: KIND, ...round, link: next }) as PageToken };
  // The mark of the last page. Without it nobody knows whether the list is whole.
  if (delta == null) throw unexpectedAnswer('the last page has no delta link', 'changes');
  return { cursor: JSON.stringify({ kind: KIND, ...round, link: delta, isFull: false, hasLosses: false }) as SyncCursor };
}

function wholeWindow(calendarId: string, window: Interval) {
  return {
    path: `${calendarPath(calendarId)}/calendarView/delta`,
    query: { startDateTime: formatInstant(window.start), endDateTime: formatInstant(window.end) },
  };
}

/** Occurrences that are as their rule gives them, and everything else. */
function separate(items: readonly unknown[]): readonly [occurrences: readonly GraphEvent[], others: readonly unknown[]] {
  const occurrences: GraphEvent[] = [];
  const others: unknown[] = [];
  for (const item of items) {
    const { data } = graphEvent.safeParse(item);
    if (data?.type === 'occurrence' && data['@removed'] == null) occurrences.push(data);
    else others.push(item);
  }
  return [occurrences, others];
}

/** The rule gives it, so nothing may stand for it that was told before: an exception under its id, or a hole in its place. */
function asGiven({ id, seriesMasterId, start, end }: GraphEvent): readonly EventChange[] {
  const removed = (eventId: string): EventChange => ({ kind: 'removed', eventId, why: 'deleted' });
  if (seriesMasterId == null || start == null || end == null) return [removed(id)];
  const at = readMoment(start);
  // Graph does not say here whether it is all-day.
  const isMaybeAllDay = [start, end].every(({ dateTime }) => /T00:00(:00(\.0+)?)?$/.test(dateTime));
  return [
    removed(id),
    removed(holeId(seriesMasterId, { kind: 'timed', at })),
    ...(isMaybeAllDay ? [removed(holeId(seriesMasterId, { kind: 'all-day', date: dateOf(at, UTC) }))] : []),
  ];
}

function seriesIn(changes: readonly EventChange[]): readonly Series[] {
  const series = changes.flatMap((change) => (change.kind === 'saved' && isSeries(change.event) ? [change.event] : []));
  return [...new Map(series.map((one) => [one.id, one])).values()];
}

interface About {
  readonly calendarId: string;
  readonly window: Interval;
}

/** What differs from the rules of these series in the window. Of one that was deleted meanwhile the next round tells. */
async function exceptionsOf(client: OutlookClient, all: readonly Series[], { calendarId, window }: About): Promise<readonly EventChange[]> {
  const exceptions = await readExceptions(client, { calendarId, all });
  return all.flatMap((series, index) => {
    const { changed = [], cancelled = [] } = exceptions[index] ?? {};
    const holes = cancelled.map((originalStart): EventChange => ({ kind: 'saved', event: holeIn(series, originalStart) }));
    return [...changed, ...holes].filter((change) => change.kind !== 'saved' || concerns(window, change.event));
  });
}

/**
 * The series of which this page does not tell. Whether an occurrence was taken out of one of them is not said anywhere: its id
 * is merely told as gone, and an occurrence that was never changed has not been told under it.
 */
async function otherSeries(client: OutlookClient, told: readonly EventChange[], { calendarId, window }: About): Promise<readonly Series[]> {
  const raws = await client.list({
    purpose: 'changes',
    path: `${calendarPath(calendarId)}/events`,
    query: { $filter: "type eq 'seriesMaster'", $select: MASTER_FIELDS, $top: String(EVENTS_PER_PAGE) },
  });
  const known = new Set(seriesIn(told).map(({ id }) => id));
  const masters = raws.map((raw, position) => readChange(raw, { source: { owner: null, hidesPrivate: true }, position }));
  return seriesIn(masters).filter((series) => !known.has(series.id) && !isOver(series, window));
}

/** As many as are needed to know where its occurrences are. */
const MASTER_FIELDS = 'id,type,start,end,isAllDay,originalStartTimeZone,recurrence';

/** Whether its last date is before the window. */
function isOver({ recurrence }: Series, window: Interval): boolean {
  const until = recurrence.kind === 'series' ? /;UNTIL=(\d{4})(\d\d)(\d\d)/.exec(recurrence.rules.join('\n')) : null;
  return until !== null && Date.UTC(Number(until[1]), Number(until[2]) - 1, Number(until[3]) + 2) < window.start;
}

/** What was changed while the page was made may stand in it twice: the later one counts. */
function lastOfEach(changes: readonly EventChange[]): readonly EventChange[] {
  const byId = new Map<string, EventChange>();
  for (const change of changes) {
    const id = change.kind === 'saved' ? change.event.id : change.eventId;
    byId.delete(id);
    byId.set(id, change);
  }
  return [...byId.values()];
}
