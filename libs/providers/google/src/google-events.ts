import { addDays, addMilliseconds, DAY_MS, formatInstant, startOfDate, UTC } from '@daymark/domain';
import type { PlainDate } from '@daymark/domain';
import { ProviderError } from '@daymark/provider-contract';
import type { EventRef, OccurrenceRef, ProviderEvent } from '@daymark/provider-contract';
import { anything, eventsPage } from './google-api.ts';
import type { GoogleCall, GoogleClient } from './google-client.ts';
import { unexpectedAnswer } from './google-error.ts';
import { readChange, unknownSource } from './google-event.ts';

/**
 * A call about one event. Google answers 404 alike for an event that is not there and for a calendar that
 * is not shared any more; only the first may be taken for gone, so the calendar is looked for.
 */
export async function callAboutEvent<T>(client: GoogleClient, { calendarId }: EventRef, call: Omit<GoogleCall<T>, 'purpose'>): Promise<T> {
  try {
    return await client.call({ purpose: 'event', ...call });
  } catch (error) {
    if (isGone(error) && error.status === 404) {
      await client.call({
        purpose: 'changes',
        answer: anything,
        send: (api) => api.events.list({ calendarId, maxResults: 1, fields: 'kind' }),
      });
    }
    throw error;
  }
}

/** Null when it was deleted or never was. @throws ProviderError `not-found` for the calendar when that is out of reach. */
export async function getGoogleEvent(client: GoogleClient, ref: EventRef): Promise<ProviderEvent | null> {
  let raw: unknown;
  try {
    raw = await callAboutEvent(client, ref, { answer: anything, send: (api) => api.events.get({ ...ref }) });
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
  const change = readChange(raw, { ...unknownSource, position: 0 });
  if (change.kind === 'removed') return null;
  if (change.kind === 'saved') return change.event;
  throw unexpectedAnswer(change.reason, 'event');
}

/**
 * An occurrence at its original start, by events.instances. Its `originalStart` takes a time only; of an all-day
 * series the days around are looked at, and then what stands under the id that Google gives to that day, wherever it
 * was moved to. How ids are made is not documented, so what comes back has to say itself which day it was.
 */
export async function getGoogleOccurrence(client: GoogleClient, wanted: OccurrenceRef): Promise<ProviderEvent | null> {
  const { calendarId, seriesId: eventId, originalStart } = wanted;
  const at = originalStart.kind === 'timed' ? { originalStart: formatInstant(originalStart.at) } : aroundDate(originalStart.date);
  try {
    const { items } = await callAboutEvent(
      client,
      { calendarId, eventId },
      { answer: eventsPage, send: (api) => api.events.instances({ calendarId, eventId, ...at }) },
    );
    const found = (items ?? []).map(occurrenceOf).find((event) => event !== null && isWanted(event, wanted));
    if (found !== undefined || originalStart.kind === 'timed') return found ?? null;
    const moved = await getGoogleEvent(client, { calendarId, eventId: `${eventId}_${originalStart.date.replaceAll('-', '')}` });
    return moved !== null && moved.status !== 'cancelled' && isWanted(moved, wanted) ? moved : null;
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
}

function aroundDate(date: PlainDate): { readonly timeMin: string; readonly timeMax: string } {
  const noon = (days: number) => formatInstant(addMilliseconds(startOfDate(addDays(date, days), UTC), DAY_MS / 2));
  return { timeMin: noon(-2), timeMax: noon(1) };
}

function isWanted({ recurrence }: ProviderEvent, { seriesId, originalStart: wanted }: OccurrenceRef): boolean {
  if (recurrence.kind !== 'exception' || recurrence.seriesId !== seriesId) return false;
  const found = recurrence.originalStart;
  if (found.kind === 'timed') return wanted.kind === 'timed' && found.at === wanted.at;
  return wanted.kind === 'all-day' && found.date === wanted.date;
}

function occurrenceOf(raw: unknown): ProviderEvent | null {
  const change = readChange(raw, { ...unknownSource, position: 0 });
  if (change.kind === 'unreadable') throw unexpectedAnswer(change.reason, 'event');
  return change.kind === 'removed' || change.event.status === 'cancelled' ? null : change.event;
}

/** Whether the error says that this event, and not its calendar, is gone. */
export function isGone(error: unknown): error is ProviderError {
  return error instanceof ProviderError && error.code === 'not-found' && error.subject === 'event';
}
