import { DAY_MS, UTC, addDays, addMilliseconds, formatInstant, startOfDate } from '@daymark/domain';
import type { Instant } from '@daymark/domain';
import { ProviderError } from '@daymark/provider-contract';
import type { EventRef, OccurrenceRef, OriginalStart, ProviderEvent } from '@daymark/provider-contract';
import { anything, graphPage } from './outlook-api.ts';
import { eventSource } from './outlook-calendars.ts';
import type { OutlookClient } from './outlook-client.ts';
import { unexpectedAnswer } from './outlook-error.ts';
import { callAboutEvent, eventPath, isGone } from './outlook-event-call.ts';
import { readChange } from './outlook-event.ts';
import { holeIn, readExceptions, readHoleId, stampOf } from './outlook-series.ts';
import type { Series } from './outlook-series.ts';

/** An event as Graph gave it. @throws ProviderError `invalid-response` when it cannot be read */
export async function readAnsweredEvent(client: OutlookClient, calendarId: string, raw: unknown): Promise<ProviderEvent> {
  const change = readChange(raw, { source: await eventSource(client, calendarId, [raw]), position: 0 });
  if (change.kind === 'saved') return change.event;
  throw unexpectedAnswer(change.kind === 'unreadable' ? change.reason : 'the event is told as removed', 'event');
}

/** Null when it was deleted or never was. @throws ProviderError `not-found` for the calendar when that is out of reach. */
export async function getOutlookEvent(client: OutlookClient, ref: EventRef): Promise<ProviderEvent | null> {
  const hole = readHoleId(ref.eventId);
  if (hole !== null) return findHole(client, { ...ref, ...hole });
  try {
    const raw = await callAboutEvent(client, ref, { path: eventPath(ref), answer: anything });
    return await readAnsweredEvent(client, ref.calendarId, raw);
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
}

/**
 * An occurrence at its original start, among the instances around it; one that was moved away from there is known to the master.
 */
export async function getOutlookOccurrence(client: OutlookClient, wanted: OccurrenceRef): Promise<ProviderEvent | null> {
  const ref = { calendarId: wanted.calendarId, eventId: wanted.seriesId };
  try {
    const query = { ...around(wanted.originalStart), $top: '50' };
    const { value } = await callAboutEvent(client, ref, { path: `${eventPath(ref)}/instances`, query, answer: graphPage });
    for (const raw of value) {
      const event = await readAnsweredEvent(client, wanted.calendarId, raw);
      if (isWanted(event, wanted)) return event.status === 'cancelled' ? null : event;
    }
    return await findMoved(client, wanted);
  } catch (error) {
    if (isGone(error) || (await isNoSeries(client, { ref, error }))) return null;
    throw error;
  }
}

async function findMoved(client: OutlookClient, wanted: OccurrenceRef): Promise<ProviderEvent | null> {
  const series = await findSeries(client, { calendarId: wanted.calendarId, eventId: wanted.seriesId });
  if (series === null) return null;
  const [exceptions] = await readExceptions(client, { calendarId: wanted.calendarId, all: [series] });
  for (const change of exceptions?.changed ?? []) {
    if (change.kind === 'saved' && isWanted(change.event, wanted)) return change.event.status === 'cancelled' ? null : change.event;
  }
  return null;
}

/** Graph does not say that an event has no instances: it refuses the question. */
async function isNoSeries(client: OutlookClient, { ref, error }: { readonly ref: EventRef; readonly error: unknown }): Promise<boolean> {
  if (!(error instanceof ProviderError) || error.code !== 'invalid-request') return false;
  return (await findSeries(client, ref)) === null;
}

/** A hole that is there still; null where the occurrence is back, or its series gone. */
async function findHole(
  client: OutlookClient,
  { calendarId, seriesId, stamp }: { readonly calendarId: string; readonly seriesId: string; readonly stamp: string },
): Promise<ProviderEvent | null> {
  const series = await findSeries(client, { calendarId, eventId: seriesId });
  if (series === null) return null;
  const [exceptions] = await readExceptions(client, { calendarId, all: [series] });
  const found = exceptions?.cancelled.find((originalStart) => stampOf(originalStart) === stamp);
  return found === undefined ? null : holeIn(series, found);
}

async function findSeries(client: OutlookClient, ref: EventRef): Promise<Series | null> {
  const event = await getOutlookEvent(client, ref);
  return event !== null && isSeries(event) ? event : null;
}

export function isSeries(event: ProviderEvent): event is Series {
  return event.recurrence.kind === 'series' && event.time !== null;
}

/** An occurrence can stand a day beside its original start without leaving this, and no zone is further away. */
function around(originalStart: OriginalStart): { readonly startDateTime: string; readonly endDateTime: string } {
  const at = (moment: Instant) => formatInstant(moment);
  if (originalStart.kind === 'timed')
    return { startDateTime: at(addMilliseconds(originalStart.at, -DAY_MS)), endDateTime: at(addMilliseconds(originalStart.at, DAY_MS)) };
  const { date } = originalStart;
  return { startDateTime: at(startOfDate(addDays(date, -1), UTC)), endDateTime: at(startOfDate(addDays(date, 2), UTC)) };
}

function isWanted({ recurrence }: ProviderEvent, { seriesId, originalStart: wanted }: OccurrenceRef): boolean {
  if (!('originalStart' in recurrence) || recurrence.seriesId !== seriesId) return false;
  return recurrence.originalStart.kind === wanted.kind && stampOf(recurrence.originalStart) === stampOf(wanted);
}
