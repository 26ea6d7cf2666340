import { HOUR_MS, Secret, instant, interval, parseDate } from '@daymark/domain';
import type { Instant } from '@daymark/domain';
import type { AccessProfile, CalendarSession, TokenSet } from '@daymark/provider-contract';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { googleProviderFor, openGoogleWorld } from './testing/google-world.ts';

/** What only Google does, on the sandbox; what every provider has to do is in the conformance kit. */
const NOW = instant(Date.UTC(2027, 2, 10, 9));
const window = interval(instant(NOW - 30 * 24 * HOUR_MS), instant(NOW + 365 * 24 * HOUR_MS));

let world: Awaited<ReturnType<typeof openGoogleWorld>>;
beforeAll(async () => {
  world = await openGoogleWorld();
});
afterAll(() => world.close());
beforeEach(() => world.reset(NOW));

const ports = { fetch, now: (): Instant => world.clock.now() };
const start = () => ({ calendarId: world.people.owner.calendarId, from: { kind: 'start', window } }) as const;

/** Tokens without the way through the browser. */
function grant(...scopes: string[]): Pick<TokenSet, 'accessToken' | 'refreshToken'> {
  const tokens = world.sandbox.google.connect(world.people.owner.email, scopes.length === 0 ? {} : { scopes });

  return { accessToken: new Secret(tokens.accessToken), refreshToken: new Secret(tokens.refreshToken) };
}

function open(profile: AccessProfile = 'read_write', { accessToken } = grant()): CalendarSession {
  return world.provider.open({ ...ports, profile, credentials: () => Promise.resolve({ accessToken }) });
}

describe('Google on the sandbox', () => {
  it('F21 refreshes with an older client secret while a new one is brought in', async () => {
    const { refreshToken } = grant();
    if (refreshToken === null) throw new Error('expected a refresh token');
    const provider = googleProviderFor(world.sandbox, ['wrong-secret', 'right-secret']);
    const { accessToken } = await provider.auth.refresh(refreshToken, ports);
    expect(await open('read', { accessToken, refreshToken }).listCalendars()).toHaveLength(1);
  });

  it.each([
    [403, 'userRateLimitExceeded', 7, { code: 'rate-limited', retryAfterMs: 7000 }],
    [429, 'rateLimitExceeded', 2, { code: 'rate-limited', retryAfterMs: 2000 }],
    [403, 'quotaExceeded', undefined, { code: 'rate-limited', retryAfterMs: HOUR_MS }],
    [403, 'forbidden', undefined, { code: 'forbidden', subject: 'calendar' }],
    [503, undefined, 3, { code: 'unavailable', retryAfterMs: 3000 }],
  ])('F28 tells %i %s apart after a single call', async (status, reason, retryAfterSeconds, expected) => {
    const session = open('read');
    world.sandbox.faults.add({ operation: 'events.list', answer: { kind: 'status', status, reason, retryAfterSeconds } });
    await expect(session.listChanges(start())).rejects.toMatchObject(expected);
    expect(world.faults.calls('changes')).toBe(1);
  });

  it('SEC-05 reads busy times in parts, never events, and always from the start', async () => {
    const session = open('free_busy', grant('calendar.freebusy', 'calendar.calendarlist.readonly'));
    let page = await session.listChanges(start());
    let pages = 1;
    for (; 'page' in page.next; pages += 1)
      page = await session.listChanges({ ...start(), from: { kind: 'page', page: page.next.page, window } });
    expect(pages).toBeGreaterThan(6);
    expect(world.sandbox.journal.list({ operation: 'events.*' })).toEqual([]);
    const { cursor } = page.next;
    await expect(session.listChanges({ ...start(), from: { kind: 'cursor', cursor, window } })).rejects.toMatchObject({
      code: 'cursor-expired',
    });
  });

  it('SCH-03 makes Google Meet links, on calendars that allow them', async () => {
    const session = open();
    expect(await session.listCalendars()).toMatchObject([{ conferenceTypes: ['hangoutsMeet'] }]);
    const created = await session.writer?.create({ ...draft(), conference: true });
    expect(created?.conference).toMatchObject({
      platform: 'Google Meet',
      joinUrl: expect.stringMatching(/^https:\/\/meet\.google\.com\//),
    });
  });

  it('F02 does not take an event of somebody else for its own because it has the id', async () => {
    const { owner } = world.people;
    const { marker } = draft();
    world.sandbox.google.createEvent({ as: owner.email }, { id: marker, summary: 'theirs', start: at(1), end: at(2) });
    await expect(open().writer?.create(draft())).rejects.toMatchObject({ code: 'conflict', reason: 'marker-taken' });
  });
});

const at = (hours: number) => ({ dateTime: new Date(NOW + hours * HOUR_MS).toISOString(), timeZone: 'UTC' });

function draft() {
  const time = { kind: 'all-day', startDate: parseDate('2027-03-15'), endDate: parseDate('2027-03-16') } as const;
  const text = { title: 'ours', description: null, location: null };
  const fields = { ...text, time, recurrence: [], attendees: [], busy: true, visibility: 'default', reminders: null } as const;
  return { calendarId: world.people.owner.calendarId, marker: '0'.repeat(31) + '1', fields, conference: false, notify: 'none' } as const;
}
