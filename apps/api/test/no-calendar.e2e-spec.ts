import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startBookingWorld, type BookingWorld } from './support/booking-world.ts';
import { connect, query } from './support/google-world.ts';
import type { Json, Received } from './support/request.ts';
import { makeUser, signIn, type TestUser } from './support/tenants.ts';

let world: BookingWorld;
let nobody: TestUser;
let day = '';

beforeAll(async () => {
  world = await startBookingWorld();
  nobody = await makeUser(world.test, world.tenant, { email: 'nobody@acme.example' });
});

afterAll(async () => {
  await world?.close();
});

beforeEach(() => {
  day = world.nextDay();
});

/** A user who has connected an account of the sandbox. */
async function connected(name: string, profile = 'read_write'): Promise<TestUser & { readonly connectionId: string }> {
  const { sandbox, test, tenant } = world;
  const user = await makeUser(test, tenant, { email: `${name}@acme.example` });
  sandbox.google.addPerson({ email: user.email, name, timeZone: 'Europe/Berlin' });
  const { id } = await connect(test, tenant, { user, email: user.email, profile });
  return { ...user, connectionId: id };
}

const bookFor = (user: TestUser): Promise<Received> => world.book({ hosts: [user.id], start: `${day}T10:00:00Z` });

describe('a host without a calendar to write to', () => {
  it('is to connect one, where none is connected', async () => {
    const { status, body } = await bookFor(nobody);
    expect([status, body.code, body.who]).toEqual([422, 'no-default-calendar', 'person']);
    expect(body.detail).toMatch(/has not connected a calendar/);
    expect(body.fix).toMatch(/connect a calendar/);
  });

  it('is to connect again, where access was lost', async () => {
    const { test, tenant } = world;
    const lost = await connected('lost');
    await query(test, tenant, `UPDATE connections SET status = 'expired' WHERE user_id = $1`, [lost.userId]);
    const { body } = await bookFor(lost);
    expect([body.code, body.who]).toEqual(['no-default-calendar', 'person']);
    expect(body.detail).toContain('lost@acme.example has to be connected again');
    expect(body.fix).toContain('Reconnect lost@acme.example');
  });

  it('is to allow writing, where the calendars may only be read; a colleague does not learn which account it is', async () => {
    const reader = await connected('reader', 'read');
    const { body } = await bookFor(reader);
    expect([body.code, body.who, body.fix]).toEqual(['no-default-calendar', 'person', expect.stringMatching(/^Allow writing/)]);
    expect(body.detail).toContain('reader@acme.example was connected for reading only');
    const seen = await world.test.request('POST', '/v1/meetings', {
      session: await signIn(world.test, world.leo),
      body: { title: 'Demo', duration_minutes: 30, hosts: [reader.id], start: `${day}T10:00:00Z` },
    });
    expect([seen.body.code, seen.body.fix]).toEqual(['no-default-calendar', expect.stringMatching(/^Allow writing/)]);
    expect(JSON.stringify(seen.body)).not.toContain('reader@acme.example');
  });

  it('hears the same when writing an event of their own', async () => {
    const body: Json = { title: 'Where?', start: `${day}T10:00:00Z`, end: `${day}T11:00:00Z` };
    const answer = await world.test.request('POST', '/v1/events', { session: await signIn(world.test, nobody), body });
    expect(answer.body).toMatchObject({ code: 'no-default-calendar', who: 'person', fix: expect.stringMatching(/connect a calendar/) });
  });
});

describe('the time of somebody without a calendar', () => {
  const ask = (members: readonly Json[], body: Json = {}): Promise<Received> =>
    world.test.request('POST', '/v1/availability/slots', {
      key: world.tenant.key,
      body: {
        participants: [{ members }],
        window: { start: `${day}T10:00:00Z`, end: `${day}T11:00:00Z` },
        duration_minutes: 30,
        step_minutes: 30,
        ...body,
      },
    });
  const startsOf = ({ body }: Received): string[] => body.data.map(({ start }: Json) => start.slice(11, 16));

  it('is known by the meetings of this platform only, and the answer says so', async () => {
    const { data } = (await world.test.request('GET', `/v1/calendars?user_id=${world.ada.id}&writable=true`, { key: world.tenant.key }))
      .body;
    const booked = await world.book({ hosts: [nobody.id], start: `${day}T10:00:00Z`, calendar_id: data[0].id });
    expect(booked.status).toBe(201);
    const answer = await ask([{ user_id: nobody.id }]);
    expect(startsOf(answer)).toEqual(['10:30']);
    const status = {
      calendar_id: null,
      member: nobody.id,
      state: 'unknown',
      synced_at: null,
      reason: 'no_calendar',
      applied: 'claims_only',
    };
    expect(answer.body.calendar_statuses).toMatchObject([status]);
    expect(booked.body.calendar_statuses).toMatchObject([status]);
    expect((await ask([{ user_id: world.ada.id }])).body.calendar_statuses).toMatchObject([{ calendar_id: data[0].id, member: null }]);
  });

  it('is no answer for who asks for fresh calendars only', async () => {
    const { status, body } = await ask([{ user_id: nobody.id }], { freshness: { policy: 'fail_closed' } });
    expect([status, body.code]).toEqual([503, 'freshness-unmet']);
    expect(body.calendar_statuses).toMatchObject([{ member: nobody.id, reason: 'no_calendar' }]);
  });

  it('is not free while the calendars of a connected account are not listed yet', async () => {
    const { test, tenant } = world;
    const fresh = await connected('fresh');
    expect(startsOf(await ask([{ user_id: fresh.id }]))).toEqual(['10:00', '10:30']);
    await query(test, tenant, `DELETE FROM calendars WHERE connection_id IN (SELECT id FROM connections WHERE user_id = $1)`, [
      fresh.userId,
    ]);
    const answer = await ask([{ user_id: fresh.id }]);
    expect(startsOf(answer)).toEqual([]);
    expect(answer.body.calendar_statuses).toMatchObject([{ member: fresh.id, reason: 'not_read_yet', applied: 'treated_as_busy' }]);
  });

  it('is busy where nobody of the tenant has the address, and a room needs no calendar', async () => {
    const stranger = await ask([{ email: 'stranger@elsewhere.example' }]);
    expect(startsOf(stranger)).toEqual([]);
    expect(stranger.body.calendar_statuses).toMatchObject([
      { calendar_id: null, member: 'stranger@elsewhere.example', reason: 'mailbox_unknown', applied: 'treated_as_busy' },
    ]);
    const room = await world.test.request('POST', '/v1/resources', { key: world.tenant.key, body: { kind: 'room', name: 'Room 4' } });
    expect(room.status).toBe(201);
    const free = await ask([{ resource_id: room.body.id }]);
    expect([startsOf(free), free.body.calendar_statuses]).toEqual([['10:00', '10:30'], []]);
  });
});
