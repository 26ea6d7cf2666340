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
