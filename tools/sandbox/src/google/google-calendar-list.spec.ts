import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TestWorld } from '../testing/google-caller.ts';
import { startTestWorld } from '../testing/google-caller.ts';

let world: TestWorld;
beforeEach(async () => {
  world = await startTestWorld();
});
afterEach(() => world.sandbox.close());

const LIST = 'users/me/calendarList';

describe('calendarList', () => {
  it('pages, then tells what changed: new, renamed for oneself, unshared', async () => {
    const { google } = world.sandbox;
    const side = google.addCalendar('leo@acme.example', { summary: 'Side' });
    google.setAccess(side.id, 'ada@acme.example', 'reader');
    const one = await world.ada('GET', `${LIST}?maxResults=1`);
    expect([one.body.items?.length, one.body.nextSyncToken]).toEqual([1, undefined]);
    const two = await world.ada('GET', `${LIST}?maxResults=1&pageToken=${one.body.nextPageToken}`);
    expect(two.body.items?.[0]).toMatchObject({ id: side.id, accessRole: 'reader', dataOwner: 'leo@acme.example' });
    const added = google.addCalendar('ada@acme.example', { summary: 'New' });
    google.setAccess(side.id, 'ada@acme.example', null);
    await world.ada('PATCH', `${LIST}/primary`, { body: { summaryOverride: 'Me' } });
    const changes = await world.ada('GET', `${LIST}?syncToken=${two.body.nextSyncToken}`);
    expect(changes.body.items?.map(({ id, deleted, summaryOverride }) => [id, deleted, summaryOverride])).toEqual([
      [added.id, undefined, undefined],
      [side.id, true, undefined],
      ['ada@acme.example', undefined, 'Me'],
    ]);
    google.expireSyncTokens();
    expect((await world.ada('GET', `${LIST}?syncToken=${two.body.nextSyncToken}`)).reason).toBe('fullSyncRequired');
  });

  it('filters by role and refuses that with a token', async () => {
    const side = world.sandbox.google.addCalendar('leo@acme.example', { summary: 'Side' });
    world.sandbox.google.setAccess(side.id, 'ada@acme.example', 'reader');
    const { body } = await world.ada('GET', `${LIST}?minAccessRole=writer`);
    expect(body.items?.map(({ id }) => id)).toEqual(['ada@acme.example']);
    expect((await world.ada('GET', `${LIST}?minAccessRole=writer&syncToken=${body.nextSyncToken}`)).status).toBe(400);
  });
});

describe('calendars', () => {
  it('F35 a created calendar can be read and deleted; then it is 404 everywhere', async () => {
    const made = await world.ada('POST', 'calendars', { body: { summary: 'Bookings', timeZone: 'Europe/Berlin' } });
    const path = `calendars/${encodeURIComponent(String(made.body.id))}`;
    expect((await world.ada('GET', path)).body).toMatchObject({ summary: 'Bookings', dataOwner: 'ada@acme.example' });
    expect((await world.leo('DELETE', path)).status).toBe(404);
    expect((await world.ada('DELETE', path)).status).toBe(204);
    expect((await world.ada('GET', `${path}/events`)).reason).toBe('notFound');
    expect((await world.ada('DELETE', 'calendars/primary')).status).toBe(403);
  });

  it('an application may reach only the calendars that it made, by the narrow scope', async () => {
    const { accessToken } = world.sandbox.google.connect('ada@acme.example', { scopes: ['calendar.app.created'] });
    const { googleCaller } = await import('../testing/google-caller.ts');
    const call = googleCaller(world.sandbox, accessToken);
    const made = await call('POST', 'calendars', { body: { summary: 'Ours' } });
    expect((await call('GET', `calendars/${encodeURIComponent(String(made.body.id))}/events`)).status).toBe(200);
    expect((await call('GET', 'calendars/primary/events')).reason).toBe('insufficientPermissions');
  });

  it('gives settings and colours', async () => {
    expect((await world.ada('GET', 'users/me/settings/timezone')).body.value).toBe('Europe/Berlin');
    expect((await world.ada('GET', 'users/me/settings')).body.items).not.toHaveLength(0);
    expect((await world.ada('GET', 'colors')).status).toBe(200);
  });
});
