import { inspect } from 'node:util';
import { Secret, interval, parseInstant } from '@daymark/domain';
import { ProviderError } from '@daymark/provider-contract';
import type { AccessProfile, CalendarSession, ChangePage, PageToken, SyncCursor } from '@daymark/provider-contract';
import { describe, expect, it } from 'vitest';
import calendarList from './__fixtures__/calendar-list.json' with { type: 'json' };
import page from './__fixtures__/events-page.json' with { type: 'json' };
import { ScriptedGoogle, refusal } from './testing/scripted-google.ts';
import { GoogleProvider } from './google.provider.ts';

const provider = new GoogleProvider({ clientId: 'c', clientSecrets: [new Secret('s')] });
const window = interval(parseInstant('2026-08-01T00:00:00Z'), parseInstant('2027-08-01T00:00:00Z'));
const calendarId = 'en.usa#holiday@group.v.calendar.google.com';

function open(google: ScriptedGoogle, profile: AccessProfile = 'read'): CalendarSession {
  return provider.open(google.access(profile));
}

function start(session: CalendarSession): Promise<ChangePage> {
  return session.listChanges({ calendarId, from: { kind: 'start', window } });
}

function turn(session: CalendarSession, result: ChangePage): Promise<ChangePage> {
  const from =
    'page' in result.next
      ? ({ kind: 'page', page: result.next.page, window } as const)
      : ({ kind: 'cursor', cursor: result.next.cursor, window } as const);
  return session.listChanges({ calendarId, from });
}

const query = (google: ScriptedGoogle) => Object.fromEntries(google.last.url.searchParams);

describe('the list of calendars', () => {
  it('holds all pages, hidden calendars and the roles that are known', async () => {
    const google = new ScriptedGoogle(
      { body: { items: calendarList.items.slice(0, 2), nextPageToken: 'p2' } },
      { body: { nextPageToken: 'p3' } },
      { body: { items: calendarList.items.slice(2) } },
    );
    const calendars = await open(google).listCalendars();
    expect(google.calls.map((call) => call.url.searchParams.get('pageToken'))).toEqual([null, 'p2', 'p3']);
    expect(calendars.map(({ id, name, accessRole, selected, primary }) => [id, name, accessRole, selected, primary])).toEqual([
      ['ada@example.org', 'ada@example.org', 'owner', true, true],
      ['en.usa#holiday@group.v.calendar.google.com', 'US holidays', 'reader', false, false],
      ['c_1@group.calendar.google.com', 'c_1@group.calendar.google.com', 'writer', false, false],
      ['bob@example.org', 'bob@example.org', 'free-busy', true, false],
      ['new@example.org', 'new@example.org', 'free-busy', false, false],
    ]);
    expect(calendars[0]).toMatchObject({ zone: 'Europe/Berlin', color: '#9fe1e7', conferenceTypes: ['hangoutsMeet'] });
    expect(calendars[1]).toMatchObject({ zone: null, color: null });
  });

  it('is nothing at all when a later page fails, or when the pages go round', async () => {
    await expect(
      open(new ScriptedGoogle({ body: { items: calendarList.items, nextPageToken: 'p2' } }, refusal(500, 'backendError'))).listCalendars(),
    ).rejects.toMatchObject({ code: 'unavailable' });
    const circle = { body: { nextPageToken: 'same' } };
    await expect(open(new ScriptedGoogle(circle, circle)).listCalendars()).rejects.toMatchObject({ code: 'invalid-response' });
  });
});

describe('reading everything', () => {
  it('asks for masters in the window with the calendar id encoded', async () => {
    const google = new ScriptedGoogle({ body: page });
    const result = await start(open(google));
    expect(google.last.url.pathname).toBe('/calendar/v3/calendars/en.usa%23holiday%40group.v.calendar.google.com/events');
    expect(query(google)).toEqual({
      maxResults: '1000',
      singleEvents: 'false',
      timeMin: '2026-08-01T00:00:00Z',
      timeMax: '2027-08-01T00:00:00Z',
    });
    expect(google.last.headers.get('authorization')).toBe('Bearer ya29.canary');
    expect(result.changes.map((change) => change.kind)).toEqual(['saved', 'saved', 'saved', 'saved', 'saved', 'removed']);
  });

  it('F09 goes on after short and empty pages with the same question, and ends with a cursor', async () => {
    const google = new ScriptedGoogle(
      { body: { ...page, nextSyncToken: undefined, nextPageToken: 'p2' } },
      { body: { timeZone: 'UTC', nextPageToken: 'p3' } },
      { body: { ...page, items: [] } },
    );
    const session = open(google);
    const first = await start(session);
    const second = await turn(session, first);
    expect(query(google)).toMatchObject({ timeMin: '2026-08-01T00:00:00Z', pageToken: 'p2' });
    expect(second.changes).toEqual([]);
    const third = await turn(session, second);
    expect(query(google)).toMatchObject({ pageToken: 'p3' });
    expect('cursor' in third.next).toBe(true);
  });

  it('F08 is not whole without Google’s own mark of the last page', async () => {
    await expect(start(open(new ScriptedGoogle({ body: {} })))).rejects.toMatchObject({ code: 'invalid-response' });
    await expect(start(open(new ScriptedGoogle({ text: '' })))).rejects.toMatchObject({ code: 'invalid-response' });
  });

  it('F09 does not turn the same page for ever', async () => {
    const session = open(new ScriptedGoogle({ body: { nextPageToken: 'same' } }, { body: { nextPageToken: 'same' } }));
    await expect(turn(session, await start(session))).rejects.toMatchObject({ code: 'invalid-response' });
  });

  it('F09 takes the later one of an id that stands twice', async () => {
    const one = { ...page.items[0], summary: 'before' };
    const google = new ScriptedGoogle({ body: { ...page, items: [one, page.items[1], { ...one, summary: 'after' }] } });
    const { changes } = await start(open(google));
    expect(changes).toHaveLength(2);
    expect(changes[1]).toMatchObject({ event: { title: 'after' } });
  });

  it('F14 sets one odd event aside and keeps the others', async () => {
    const google = new ScriptedGoogle({
      body: { ...page, items: [page.items[0], { id: 'odd', etag: '"x"', start: { date: 'never' } }, 'nonsense', page.items[1]] },
    });
    expect((await start(open(google))).changes.map((change) => change.kind)).toEqual(['saved', 'unreadable', 'unreadable', 'saved']);
  });

  it('reads occurrences where only busy time is visible', async () => {
    const google = new ScriptedGoogle({
      body: { ...page, accessRole: 'freeBusyReader', items: [{ ...page.items[3], summary: undefined }] },
    });
    expect((await start(open(google))).changes[0]).toMatchObject({ event: { title: null, recurrence: { kind: 'occurrence' } } });
  });
});

describe('reading changes', () => {
  it('asks with the sync token alone, on every page', async () => {
    const google = new ScriptedGoogle({ body: page }, { body: { nextPageToken: 'p2' } }, { body: { nextSyncToken: 'next' } });
    const session = open(google);
    const second = await turn(session, await start(session));
    expect(query(google)).toEqual({ maxResults: '1000', singleEvents: 'false', syncToken: page.nextSyncToken });
    const third = await turn(session, second);
    expect(query(google)).toEqual({ maxResults: '1000', singleEvents: 'false', syncToken: page.nextSyncToken, pageToken: 'p2' });
    expect(third.changes).toEqual([]);
  });

  it('F07 says that the cursor expired instead of showing nothing', async () => {
    const google = new ScriptedGoogle({ body: page }, refusal(410, 'fullSyncRequired'));
    const session = open(google);
    await expect(turn(session, await start(session))).rejects.toMatchObject({ code: 'cursor-expired', subject: 'calendar' });
  });

  it('F07 cannot go on with what another access profile left', async () => {
    const session = open(new ScriptedGoogle());
    const foreign = { cursor: 'busy:read-all' as SyncCursor, page: 'busy:1' as PageToken, damaged: 'events:{' as PageToken };
    await expect(session.listChanges({ calendarId, from: { kind: 'cursor', cursor: foreign.cursor, window } })).rejects.toMatchObject({
      code: 'cursor-expired',
    });
    for (const token of [foreign.page, foreign.damaged]) {
      await expect(session.listChanges({ calendarId, from: { kind: 'page', page: token, window } })).rejects.toMatchObject({
        code: 'cursor-expired',
      });
    }
  });
});

describe('SEC-05 a connection that may see busy time only', () => {
  const busy = (start: string, end: string) => ({ body: { calendars: { [calendarId]: { busy: [{ start, end }] } } } });

  it('shows spans without details, in pages of at most 60 days, and asks for no event', async () => {
    const half = interval(parseInstant('2026-08-01T00:00:00Z'), parseInstant('2026-10-15T00:00:00Z'));
    const google = new ScriptedGoogle(
      busy('2026-08-03T08:00:00Z', '2026-08-03T09:00:00Z'),
      busy('2026-10-02T10:00:00+02:00', '2026-10-02T11:00:00+02:00'),
    );
    const session = open(google, 'free_busy');
    const first = await session.listChanges({ calendarId, from: { kind: 'start', window: half } });
    if (!('page' in first.next)) throw new Error('expected a second page');
    const second = await session.listChanges({ calendarId, from: { kind: 'page', page: first.next.page, window: half } });
    expect([...first.changes, ...second.changes]).toMatchObject([
      {
        kind: 'saved',
        event: {
          id: 'busy-1785744000000-1785747600000',
          busy: true,
          title: null,
          kind: 'other',
          time: { start: 1785744000000, end: 1785747600000 },
        },
      },
      { kind: 'saved', event: { title: null, time: { startWall: '2026-10-02T08:00:00' } } },
    ]);
    expect(google.calls.every((call) => call.url.pathname === '/calendar/v3/freeBusy')).toBe(true);
    const spans = google.calls.map((call) => call.body as { timeMin: string; timeMax: string });
    expect(spans[0]?.timeMax).toBe(spans[1]?.timeMin);
    expect(spans[1]?.timeMax).toBe('2026-10-15T00:00:00Z');
    if (!('cursor' in second.next)) throw new Error('expected the end');
    await expect(
      session.listChanges({ calendarId, from: { kind: 'cursor', cursor: second.next.cursor, window: half } }),
    ).rejects.toMatchObject({ code: 'cursor-expired' });
  });

  it.each([
    ['notFound', 'not-found'],
    ['internalError', 'unavailable'],
  ])('F08 counts a calendar with the error %s as unknown, not as free', async (reason, code) => {
    const google = new ScriptedGoogle({ body: { calendars: { [calendarId]: { busy: [], errors: [{ domain: 'global', reason }] } } } });
    await expect(start(open(google, 'free_busy'))).rejects.toMatchObject({ code, subject: 'calendar' });
  });

  it('offers neither events nor writing', async () => {
    const session = open(new ScriptedGoogle(), 'free_busy');
    expect(session.writer).toBeUndefined();
    expect(open(new ScriptedGoogle(), 'read').writer).toBeUndefined();
    await expect(session.getEvent({ calendarId, eventId: 'e' })).rejects.toMatchObject({ code: 'forbidden', problem: 'scope-missing' });
  });
});

describe('reading one event', () => {
  const ref = { calendarId, eventId: 'e' };

  it('is null when it is gone, whatever way Google says so', async () => {
    const google = new ScriptedGoogle(refusal(404, 'notFound'), { body: {} }, refusal(410, 'deleted'), { body: page.items[5] });
    const session = open(google);
    for (let time = 0; time < 3; time += 1) expect(await session.getEvent(ref)).toBeNull();
  });

  it('F35 is not called gone when its calendar is out of reach', async () => {
    const google = new ScriptedGoogle(refusal(404, 'notFound'), refusal(404, 'notFound'));
    await expect(open(google).getEvent(ref)).rejects.toMatchObject({ code: 'not-found', subject: 'calendar' });
  });

  it('shows the hole that a cancelled occurrence leaves', async () => {
    expect(await open(new ScriptedGoogle({ body: page.items[4] })).getEvent(ref)).toMatchObject({
      status: 'cancelled',
      recurrence: { kind: 'exception' },
    });
  });

  it('F14 says so when it cannot be read', async () => {
    await expect(open(new ScriptedGoogle({ body: { id: 'e', etag: '"1"' } })).getEvent(ref)).rejects.toMatchObject({
      code: 'invalid-response',
      reason: 'it has no start',
    });
  });
});

describe('whatever goes wrong on the way', () => {
  it.each([
    ['a broken line', new TypeError('fetch failed', { cause: new Error('ECONNRESET') }), 'unavailable'],
    ['a page of HTML', { status: 502, text: '<html>Bad gateway</html>' }, 'unavailable'],
    ['what the host’s own client says', new ProviderError('rate-limited', 'the budget is used up', { retryAfterMs: 5 }), 'rate-limited'],
  ])('is one ProviderError after one call: %s', async (_what, answer, code) => {
    const google = new ScriptedGoogle(answer);
    const error = await start(open(google)).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ProviderError);
    expect(error).toMatchObject({ code });
    expect(google.calls).toHaveLength(1);
    expect(inspect(error, { depth: 12 })).not.toContain('canary');
  });

  it('F28 leaves every repetition to the host', async () => {
    for (const answer of [refusal(429, 'rateLimitExceeded'), refusal(403, 'userRateLimitExceeded'), refusal(503, 'backendError')]) {
      const google = new ScriptedGoogle(answer);
      await expect(start(open(google))).rejects.toBeInstanceOf(ProviderError);
      expect(google.calls).toHaveLength(1);
    }
  });

  it('tells what the host says about credentials as it is', async () => {
    const gone = new ProviderError('unauthorized', 'reconnect');
    const session = provider.open({ ...new ScriptedGoogle().access(), credentials: () => Promise.reject(gone) });
    await expect(session.listCalendars()).rejects.toBe(gone);
  });

  it('lets no id leave its place in the address', async () => {
    const google = new ScriptedGoogle();
    await expect(open(google).getEvent({ calendarId: '..', eventId: 'x' })).rejects.toMatchObject({ code: 'invalid-request' });
    expect(google.calls).toHaveLength(0);
  });
});
