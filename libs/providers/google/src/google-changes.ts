import { UTC, findZone, formatInstant } from '@daymark/domain';
import type { ChangePage, ChangeRequest, EventChange, PageToken, SyncCursor } from '@daymark/provider-contract';
import { z } from 'zod';
import { eventsPage } from './google-api.ts';
import type { GoogleClient } from './google-client.ts';
import { cursorExpired, unexpectedAnswer } from './google-error.ts';
import { readChange } from './google-event.ts';
import { EVENTS_PER_PAGE } from './google-manifest.ts';

/**
 * One page of events.list, masters and exceptions unexpanded. With a sync token Google allows no window,
 * so increments also tell of events outside of it; they are passed on.
 * https://developers.google.com/workspace/calendar/api/guides/sync
 */
export async function listGoogleChanges(client: GoogleClient, { calendarId, from }: ChangeRequest): Promise<ChangePage> {
  const round = roundOf(from);
  const page = await client.call({
    purpose: 'changes',
    answer: eventsPage,
    send: (api) =>
      api.events.list({
        calendarId,
        maxResults: EVENTS_PER_PAGE,
        singleEvents: false,
        ...(round.syncToken === null
          ? { timeMin: formatInstant(from.window.start), timeMax: formatInstant(from.window.end) }
          : { syncToken: round.syncToken }),
        ...(round.pageToken === null ? {} : { pageToken: round.pageToken }),
      }),
  });
  const source = { zone: findZone(page.timeZone ?? '') ?? UTC, isExpanded: page.accessRole === 'freeBusyReader' };
  const changes = lastOfEach((page.items ?? []).map((item, position) => readChange(item, { ...source, position })));
  if (page.nextPageToken === round.pageToken && round.pageToken !== null)
    throw unexpectedAnswer('the pages go round in a circle', 'changes');
  if (typeof page.nextPageToken === 'string') return { changes, next: { page: pageOf({ ...round, pageToken: page.nextPageToken }) } };
  // The mark of the last page. Without it nobody knows whether the list is whole.
  if (typeof page.nextSyncToken !== 'string') throw unexpectedAnswer('the last page has no sync token', 'changes');
  return { changes, next: { cursor: `${CURSOR}${page.nextSyncToken}` as SyncCursor } };
}

interface Round {
  /** Null: everything within the window. */
  readonly syncToken: string | null;
  readonly pageToken: string | null;
}

/** Tells cursors of this reading from those of another access profile. */
const CURSOR = 'events:';

const roundSchema = z.object({ syncToken: z.string().nullable(), pageToken: z.string().nullable() });

function roundOf(from: ChangeRequest['from']): Round {
  if (from.kind === 'start') return { syncToken: null, pageToken: null };
  const text = from.kind === 'page' ? from.page : from.cursor;
  if (!text.startsWith(CURSOR)) throw cursorExpired('it was made with another access profile');
  const content = text.slice(CURSOR.length);
  if (from.kind === 'cursor') return { syncToken: content, pageToken: null };
  try {
    return roundSchema.parse(JSON.parse(content));
  } catch {
    throw cursorExpired('its place is not readable');
  }
}

function pageOf(round: Round): PageToken {
  return `${CURSOR}${JSON.stringify(round)}` as PageToken;
}

/** An event that changed while the page was made may stand in it twice: the later one counts. */
function lastOfEach(changes: readonly EventChange[]): readonly EventChange[] {
  const byId = new Map<string, EventChange>();
  for (const change of changes) {
    const id = change.kind === 'saved' ? change.event.id : change.eventId;
    byId.delete(id);
    byId.set(id, change);
  }
  return [...byId.values()];
}
