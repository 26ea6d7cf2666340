import { DAY_MS, UTC, addMilliseconds, instantOf, overlaps, parseDate, parseWallTime, startOfDate } from '@daymark/domain';
import type { Interval, PlainDate } from '@daymark/domain';
import { ProviderError } from '@daymark/provider-contract';
import type { EventChange, EventRef, EventTime, OriginalStart, ProviderEvent } from '@daymark/provider-contract';
import { seriesDetails } from './outlook-api.ts';
import type { SeriesDetails } from './outlook-api.ts';
import { callTogether } from './outlook-batch.ts';
import type { TogetherCall } from './outlook-batch.ts';
import { eventSource } from './outlook-calendars.ts';
import type { OutlookClient } from './outlook-client.ts';
import { unexpectedAnswer } from './outlook-error.ts';
import { readChange } from './outlook-event.ts';
import { eventPath, isGone } from './outlook-event-call.ts';

/** A master as it was told, with its time. */
export type Series = ProviderEvent & { readonly time: EventTime };

/** What differs from the rule of a series now. */
export interface SeriesExceptions {
  readonly changed: readonly EventChange[];
  /** Where an occurrence was taken out. */
  readonly cancelled: readonly OriginalStart[];
}

/**
 * What differs from the rules of these series, in their order; null for one that is gone meanwhile. A master is the only one that
 * tells all of it: lists of changes leave out occurrences that were moved out of their window, and those that were taken out have
 * neither id nor time any more.
 * https://learn.microsoft.com/en-us/graph/api/event-get#example-4-get-a-series-master-event-with-exceptions-and-cancelled-occurrences
 */
export async function readExceptions(
  client: OutlookClient,
  { calendarId, all }: { readonly calendarId: string; readonly all: readonly Series[] },
): Promise<readonly (SeriesExceptions | null)[]> {
  const answers = await callTogether(
    client,
    all.map(({ id }) => detailsCall({ calendarId, eventId: id })),
  );
  const exceptions: (SeriesExceptions | null)[] = [];
  for (const [index, answer] of answers.entries()) {
    const series = all[index];
    if (series === undefined) throw unexpectedAnswer('there are more answers than questions', 'event');
    if (answer instanceof ProviderError && !isGone(answer)) throw answer;
    exceptions.push(answer instanceof ProviderError ? null : await exceptionsIn(client, answer, { calendarId, series }));
  }
  return exceptions;
}

function detailsCall(ref: EventRef): TogetherCall<SeriesDetails> {
  const query = { $select: 'id,type,exceptionOccurrences,cancelledOccurrences', $expand: 'exceptionOccurrences' };
  return { purpose: 'event', path: eventPath(ref), query, answer: seriesDetails };
}

async function exceptionsIn(
  client: OutlookClient,
  details: SeriesDetails,
  { calendarId, series }: { readonly calendarId: string; readonly series: Series },
): Promise<SeriesExceptions> {
  const further = details['exceptionOccurrences@odata.nextLink'];
  const raws = [
    ...(details.exceptionOccurrences ?? []),
    ...(further == null ? [] : await client.list({ purpose: 'event', path: further })),
  ];
  const source = await eventSource(client, calendarId, raws);
  return {
    changed: raws.map((raw, position) => readChange(raw, { source, position })),
    cancelled: (details.cancelledOccurrences ?? []).map((text) => slotOn(cancelledDate(text), series.time)),
  };
}

/** The id of what is there no more: only we use it, so that a hole in a series can be stored and asked for like an event. */
export function holeId(seriesId: string, originalStart: OriginalStart): string {
  return `${seriesId}${HOLE}${stampOf(originalStart)}`;
}

const HOLE = ':cancelled:';

/** The series and the place of a hole; null for the id of an event. */
export function readHoleId(id: string): { readonly seriesId: string; readonly stamp: string } | null {
  const at = id.lastIndexOf(HOLE);
  return at === -1 ? null : { seriesId: id.slice(0, at), stamp: id.slice(at + HOLE.length) };
}

export function stampOf(originalStart: OriginalStart): string {
  if (originalStart.kind === 'all-day') return originalStart.date.replaceAll('-', '');
  return new Date(originalStart.at).toISOString().replaceAll(/[-:]|\.\d{3}/g, '');
}

/** An occurrence that was taken out, as an event. */
export function holeIn(series: Series, originalStart: OriginalStart): ProviderEvent {
  return {
    ...series,
    id: holeId(series.id, originalStart),
    iCalUid: null,
    // Another place is another id: what stands under this one never changes.
    version: 'cancelled',
    recurrence: { kind: 'exception', seriesId: series.id, originalStart },
    time: null,
    status: 'cancelled',
    busy: false,
    title: null,
    description: null,
    location: null,
    attendees: [],
    attendeesOmitted: false,
    conference: null,
    reminders: null,
    marker: null,
    url: null,
    createdAt: null,
    updatedAt: null,
    raw: null,
  };
}

/** Whether an occurrence that stands or stood there has to do with the window; a margin covers zones and long events. */
export function concerns(window: Interval, event: ProviderEvent): boolean {
  const wide = { start: addMilliseconds(window.start, -2 * DAY_MS), end: addMilliseconds(window.end, 2 * DAY_MS) };
  const { recurrence, time } = event;
  if (!('originalStart' in recurrence)) return true;
  const at = recurrence.originalStart.kind === 'timed' ? recurrence.originalStart.at : startOfDate(recurrence.originalStart.date, UTC);
  if (at >= wide.start && at < wide.end) return true;
  return time !== null && overlaps(spanOf(time), wide);
}

function spanOf(time: EventTime): Interval {
  return time.kind === 'timed' ? time : { start: startOfDate(time.startDate, UTC), end: startOfDate(time.endDate, UTC) };
}

/** `OID.{master}.{date}`: the date by the clock of the series. */
function cancelledDate(text: string): PlainDate {
  try {
    return parseDate(text.slice(-10));
  } catch {
    throw unexpectedAnswer('cancelledOccurrences: not a date', 'event');
  }
}

/** The occurrence that the rule gives on this date. */
function slotOn(date: PlainDate, time: EventTime): OriginalStart {
  if (time.kind === 'all-day') return { kind: 'all-day', date };
  return { kind: 'timed', at: instantOf(parseWallTime(`${date}T${time.startWall.slice(11)}`), time.zone) };
}
