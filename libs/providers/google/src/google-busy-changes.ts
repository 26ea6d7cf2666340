import { UTC, instant, interval, wallTimeOf } from '@daymark/domain';
import type { Interval } from '@daymark/domain';
import type { ChangePage, ChangeRequest, EventChange, PageToken, ProviderEvent, SyncCursor } from '@daymark/provider-contract';
import type { GoogleClient } from './google-client.ts';
import { cursorExpired, unexpectedAnswer, unknownBusyTime } from './google-error.ts';
import { chunksOf, queryFreeBusy } from './google-free-busy.ts';

/**
 * What a calendar looks like when events may not be listed: each busy span is an event without details,
 * whose id is made from its times. Google tells no changes of it, so its cursor is never good for more
 * than making the host read everything again.
 */
export async function listGoogleBusyChanges(client: GoogleClient, { calendarId, from }: ChangeRequest): Promise<ChangePage> {
  const [chunk, next] = chunksOf(restOf(from));
  if (chunk === undefined) return { changes: [], next: { cursor: CURSOR } };
  const [answer] = await queryFreeBusy(client, { subjects: [calendarId], window: chunk, zone: UTC });
  if (answer === undefined) throw unexpectedAnswer('the calendar is missing in the answer', 'changes');
  if ('error' in answer) throw unknownBusyTime(answer.error);
  return {
    changes: answer.busy.map(busyEvent),
    next: next === undefined ? { cursor: CURSOR } : { page: `${PREFIX}${next.start}` as PageToken },
  };
}

const PREFIX = 'busy:';
const CURSOR = `${PREFIX}read-all` as SyncCursor;

function restOf(from: ChangeRequest['from']): Interval {
  if (from.kind === 'start') return from.window;
  if (from.kind === 'cursor') throw cursorExpired('busy times have no changes');
  if (!from.page.startsWith(PREFIX)) throw cursorExpired('it was made with another access profile');
  return interval(instant(Number(from.page.slice(PREFIX.length))), from.window.end);
}

function busyEvent({ start, end }: Interval): EventChange {
  const id = `busy-${start}-${end}`;
  const event: ProviderEvent = {
    id,
    iCalUid: null,
    // Another time is another id: what stands under this one never changes.
    version: '1',
    recurrence: { kind: 'single' },
    time: { kind: 'timed', start, end, startWall: wallTimeOf(start, UTC), endWall: wallTimeOf(end, UTC), zone: UTC },
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
  return { kind: 'saved', event };
}
