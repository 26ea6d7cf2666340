import { ProviderError } from '@daymark/provider-contract';
import type { EventRef } from '@daymark/provider-contract';
import { anything } from './outlook-api.ts';
import type { GraphCall, OutlookClient } from './outlook-client.ts';

/** Where a calendar is, as a path of Graph. */
export function calendarPath(calendarId: string): string {
  return `/me/calendars/${encodeURIComponent(calendarId)}`;
}

/** Where an event is. By its calendar, so that one that was moved to another is not found in the old one. */
export function eventPath({ calendarId, eventId }: EventRef): string {
  return `${calendarPath(calendarId)}/events/${encodeURIComponent(eventId)}`;
}

/**
 * A call about one event. Graph answers 404 alike for an event that is not there and for a calendar that is not shared any
 * more; only the first may be taken for gone, so the calendar is looked for.
 */
export async function callAboutEvent<T>(client: OutlookClient, { calendarId }: EventRef, call: Omit<GraphCall<T>, 'purpose'>): Promise<T> {
  try {
    return await client.call({ purpose: 'event', ...call });
  } catch (error) {
    if (isGone(error))
      await client.call({ purpose: 'changes', path: calendarPath(calendarId), query: { $select: 'id' }, answer: anything });
    throw error;
  }
}

/** Whether the error says that this event, and not its calendar, is gone. */
export function isGone(error: unknown): error is ProviderError {
  return error instanceof ProviderError && error.code === 'not-found' && error.subject === 'event';
}
