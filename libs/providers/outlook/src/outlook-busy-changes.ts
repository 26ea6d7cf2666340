import { UTC, formatInstant } from '@daymark/domain';
import type { ChangePage, ChangeRequest, EventChange, PageToken, ProviderEvent, SyncCursor } from '@daymark/provider-contract';
import { z } from 'zod';
import { graphPage } from './outlook-api.ts';
import type { OutlookClient } from './outlook-client.ts';
import { cursorExpired } from './outlook-error.ts';
import { calendarPath } from './outlook-event-call.ts';
import { readChange } from './outlook-event.ts';
import { BUSY_TIMES_PER_PAGE } from './outlook-manifest.ts';

/** No more is asked for than when somebody is busy. */
const FIELDS = 'id,start,end,isAllDay,showAs,isCancelled,responseStatus';

/**
 * What a calendar looks like when only busy time may be seen: each time as an event without details. Lists of changes cannot
 * be told to leave out titles and guests, so that everything is read anew each time.
 */
export async function listOutlookBusyChanges(client: OutlookClient, { calendarId, from }: ChangeRequest): Promise<ChangePage> {
  const link = linkOf(client, { calendarId, from });
  const page = await client.call({
    purpose: 'changes',
    ...(link === null
      ? {
          path: `${calendarPath(calendarId)}/calendarView`,
          query: {
            startDateTime: formatInstant(from.window.start),
            endDateTime: formatInstant(from.window.end),
            $select: FIELDS,
            $top: String(BUSY_TIMES_PER_PAGE),
          },
        }
      : { path: link }),
    answer: graphPage,
  });
  const next = page['@odata.nextLink'];
  return {
    changes: [...new Map(page.value.flatMap(busyTime).map((change) => [idOf(change), change])).values()],
    next: next == null ? { cursor: CURSOR } : { page: JSON.stringify({ kind: KIND, calendarId, link: next }) as PageToken },
  };
}

const KIND = 'busy';
const CURSOR = JSON.stringify({ kind: KIND }) as SyncCursor;
const place = z.object({ kind: z.literal(KIND), calendarId: z.string(), link: z.string() });

function linkOf(client: OutlookClient, { calendarId, from }: ChangeRequest): string | null {
  if (from.kind === 'start') return null;
  if (from.kind === 'cursor') throw cursorExpired('busy times are read anew each time');
  try {
    const round = place.parse(JSON.parse(from.page));
    if (round.calendarId === calendarId && client.owns(round.link)) return round.link;
  } catch {
    // Falls through: a place that cannot be read is none.
  }
  throw cursorExpired('its place is not readable, or of another access profile');
}

function busyTime(raw: unknown, position: number): readonly EventChange[] {
  const change = readChange(raw, { source: { owner: null, hidesPrivate: true }, position });
  if (change.kind === 'unreadable') return [{ ...change, raw: null }];
  if (change.kind !== 'saved' || !change.event.busy) return [];
  return [{ kind: 'saved', event: bare(change.event) }];
}

function bare({ id, version, time }: ProviderEvent): ProviderEvent {
  return {
    id,
    iCalUid: null,
    version,
    recurrence: { kind: 'single' },
    time: time?.kind === 'timed' ? { ...time, zone: UTC } : time,
    status: 'confirmed',
    kind: 'other',
    busy: true,
    visibility: 'private',
    title: null,
    description: null,
    location: null,
    organizer: null,
    attendees: [],
    attendeesOmitted: false,
    conference: null,
    reminders: null,
    colorId: null,
    marker: null,
    url: null,
    sequence: 0,
    createdAt: null,
    updatedAt: null,
    readOnlyReason: 'special-kind',
    raw: null,
  };
}

function idOf(change: EventChange): string {
  return change.kind === 'saved' ? change.event.id : change.eventId;
}
