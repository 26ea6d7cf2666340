import { ProviderError } from '@daymark/provider-contract';
import type { EventRef, ProviderEvent } from '@daymark/provider-contract';
import { nothing } from './google-api.ts';
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
        answer: nothing,
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
    raw = await callAboutEvent(client, ref, { answer: nothing, send: (api) => api.events.get({ ...ref }) });
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
  const change = readChange(raw, { ...unknownSource, position: 0 });
  if (change.kind === 'removed') return null;
  if (change.kind === 'saved') return change.event;
  throw unexpectedAnswer(change.reason, 'event');
}

/** Whether the error says that this event, and not its calendar, is gone. */
export function isGone(error: unknown): error is ProviderError {
  return error instanceof ProviderError && error.code === 'not-found' && error.subject === 'event';
}
