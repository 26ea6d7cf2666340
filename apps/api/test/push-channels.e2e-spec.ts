import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { authorize, connect, consent, idle, passTime, query, tick, until, uuidOf } from './support/google-world.ts';
import { startPushWorld, type PushWorld } from './support/push-world.ts';
import type { Json } from './support/request.ts';
import { makeUser } from './support/tenants.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;

let world: PushWorld;
let test: PushWorld['test'];
let tenant: PushWorld['tenant'];
let sandbox: PushWorld['sandbox'];

beforeAll(async () => {
  world = await startPushWorld();
  ({ test, tenant, sandbox } = world);
}, 60_000);

beforeEach(() => sandbox.journal.clear());
afterEach(() => world.rest());
afterAll(() => world?.close());

const calls = (email: string, operation: string): Json[] => sandbox.journal.list({ account: email, operation }) as Json[];
const patch = (id: string, body: Json): Promise<Json> => test.request('PATCH', `/v1/connections/${id}`, { key: tenant.key, body });

describe('SYN-13 F26 channels', () => {
  it('are opened for every calendar that is read, and the connection says so', async () => {
    const { email, connection, channelId } = await world.watched();
    expect(world.atGoogle(email)).toEqual([channelId]);
    const seen = await world.connection(connection.id);
    expect(seen.push).toMatchObject({ state: 'on', reason: null, calendars_on: 1, calendars: 1, expires_at: expect.any(String) });
    expect(seen.conditions.map(({ condition }: Json) => condition)).not.toContain('polling');
    const [row] = await world.channels((await world.watched()).calendar);
    const life = row!.expires_at.getTime() - test.clock.now();
    const share = (row!.renew_at.getTime() - test.clock.now()) / life;
    expect(share).toBeGreaterThan(0.49);
    expect(share).toBeLessThan(0.81);
  });

  it('are renewed with overlap for a month: never none, never more than two', async () => {
    const { email, calendar } = await world.watched();
    const seen = new Set<string>();
    for (let day = 0; day < 30; day += 1) {
      await world.passDays(1);
      const ids = world.atGoogle(email);
      expect(ids.length).toBeGreaterThanOrEqual(1);
      expect(ids.length).toBeLessThanOrEqual(2);
      for (const id of ids) seen.add(id);
    }
    expect(seen.size).toBeGreaterThan(4);
    expect(seen.size).toBeLessThan(12);
    expect((await world.channels(calendar)).map(({ id }) => id).sort()).toEqual(world.atGoogle(email).sort());
    const opened = calls(email, 'events.watch').length;
    expect(calls(email, 'channels.stop')).toHaveLength(opened - 1);
    world.add(email, 'A month later', 32);
    await until(async () => (await world.titles(calendar)).includes('A month later'), 5000);
  }, 120_000);

  it('of which a notice is lost do not hide a change for more than five minutes, whatever the cadence', async () => {
    const { email, connection, calendar } = await world.watched();
    await patch(connection.id, { sync: { cadence_minutes: 120 } });
    sandbox.faults.add({ operation: 'push.deliver', answer: { kind: 'reset' }, times: 1000 });
    world.add(email, 'Untold', 5);
    for (let half = 0; half < 10 && !(await world.titles(calendar)).includes('Untold'); half += 1) {
      passTime(test, MINUTE / 2);
      await tick(test);
    }
    expect(await world.titles(calendar)).toContain('Untold');
    expect((await world.connection(connection.id)).push.state).toBe('on');
  });

  it('that the service does not give are asked for again later, and the calendar is polled meanwhile', async () => {
    sandbox.faults.add({ operation: 'events.watch', answer: { kind: 'status', status: 503 }, times: 2 });
    const { email, connection, calendar } = await world.connectedWith(1);
    await world.tend();
    await until(async () => (await world.connection(connection.id)).push.state === 'unavailable');
    const seen = await world.connection(connection.id);
    expect(seen).toMatchObject({
      status: 'active',
      last_error: null,
      push: { reason: { code: 'provider-unavailable', who: expect.any(String) } },
    });
    expect(seen.conditions.map(({ condition }: Json) => condition)).toContain('polling');
    world.add(email, 'Polled', 5);
    passTime(test, 6 * MINUTE);
    await tick(test);
    passTime(test, 2 * MINUTE);
    await tick(test);
    expect(await world.titles(calendar)).toContain('Polled');
    for (let hour = 0; hour < 3; hour += 1) {
      passTime(test, 60 * MINUTE);
      await world.tend();
    }
    expect((await world.connection(connection.id)).push.state).toBe('on');
    expect(world.atGoogle(email)).toHaveLength(1);
  });

  it('that the service never gives for a calendar leave the others alone', async () => {
    const { connection, email } = await world.connected({
      seed: (owner) => void sandbox.google.addCalendar(owner, { id: `holidays-${owner}@group.v.calendar.google.com`, summary: 'Holidays' }),
    });
    await world.tend();
    await until(async () => (await world.connection(connection.id)).push.calendars_on === 1);
    await idle(test);
    expect((await world.connection(connection.id)).push).toMatchObject({ state: 'on', calendars_on: 1, calendars: 2 });
    const asked = calls(email, 'events.watch').length;
    await world.tend();
    await world.tend();
    expect(calls(email, 'events.watch')).toHaveLength(asked);
  });

  it('whose answer was lost are ended as soon as they speak', async () => {
    sandbox.faults.add({ operation: 'events.watch', answer: { kind: 'reset' }, when: 'after' });
    const { email, calendar } = await world.connectedWith(1);
    await world.tend();
    await until(async () => (await world.channels(calendar)).some(({ state }) => state === 'ending'));
    const [orphan] = world.atGoogle(email);
    passTime(test, MINUTE);
    await world.tend();
    await until(async () => (await world.channels(calendar)).some(({ state }) => state === 'open'));
    expect(world.atGoogle(email)).toHaveLength(2);
    world.add(email, 'It speaks', 5);
    await until(async () => (await world.titles(calendar)).includes('It speaks'));
    await until(async () => {
      await world.tend();
      return world.atGoogle(email).length === 1;
    });
    expect(world.atGoogle(email)).not.toContain(orphan);
    expect(await world.channels(calendar)).toHaveLength(1);
  });

  it('are made again when the account is connected again', async () => {
    const { email, calendar, channelId } = await world.watched();
    await consent(test, (await authorize(test, tenant, { email })).authorize_url);
    await idle(test);
    await until(async () => {
      await world.tend();
      return !world.atGoogle(email).includes(channelId);
    });
    expect(world.atGoogle(email)).toEqual((await world.channels(calendar)).map(({ id }) => id));
  });
});

describe('CON-09 channels are ended at the service', () => {
  it('before the access is given back, when the account is disconnected; after that nothing is asked', async () => {
    const { email, connection, calendar, channelId } = await world.watched();
    await test.request('DELETE', `/v1/connections/${connection.id}`, { key: tenant.key });
    await idle(test);
    const asked = sandbox.journal.list().filter(({ operation }) => operation === 'channels.stop' || operation === 'oauth.revoke');
    expect(asked.map(({ operation }) => operation)[0]).toBe('channels.stop');
    expect(world.atGoogle(email)).toEqual([]);
    expect(await world.channels(calendar)).toEqual([]);
    const [audit] = await query(
      test,
      tenant,
      `SELECT d.after FROM audit_events a JOIN audit_details d ON d.audit_event_id = a.id WHERE a.action = 'grant.withdrawn' AND a.subject_id = $1`,
      [uuidOf(connection.id, 'connection')],
    );
    expect(audit!.after).toMatchObject({ tokens: 'deleted', channels_stopped: 1 });
    const calls = sandbox.journal.list({ account: email }).length;
    expect((await world.deliver(channelId)).status).toBe(202);
    passTime(test, DAY);
    await tick(test);
    await world.tend();
    expect(sandbox.journal.list({ account: email })).toHaveLength(calls);
    expect((await world.connection(connection.id)).push).toMatchObject({ state: 'off', calendars_on: 0, expires_at: null });
  });

  it('also when the person leaves', async () => {
    const leo = await makeUser(test, tenant, { email: 'leo@acme.example' });
    sandbox.google.addPerson({ email: leo.email, timeZone: 'UTC' });
    await connect(test, tenant, { user: leo, email: leo.email });
    await world.tend();
    await until(async () => world.atGoogle(leo.email).length === 1);
    await idle(test);
    expect((await test.request('DELETE', `/v1/users/${leo.id}`, { key: tenant.key })).status).toBeLessThan(300);
    await until(async () => world.atGoogle(leo.email).length === 0);
    await idle(test);
    expect(calls(leo.email, 'channels.stop')).toHaveLength(1);
  });

  it.each<
    [string, (of: { connection: Json; calendar: Json }) => Promise<Json>, (of: { connection: Json; calendar: Json }) => Promise<Json>]
  >([
    [
      'the calendar is not read any more',
      ({ calendar }) => test.request('PATCH', `/v1/calendars/${calendar.id}`, { key: tenant.key, body: { active: false } }),
      ({ calendar }) => test.request('PATCH', `/v1/calendars/${calendar.id}`, { key: tenant.key, body: { active: true } }),
    ],
    [
      'the connection is paused',
      ({ connection }) => patch(connection.id, { sync: { enabled: false } }),
      ({ connection }) => patch(connection.id, { sync: { enabled: true } }),
    ],
    [
      'somebody switches it off',
      ({ connection }) => patch(connection.id, { sync: { push: 'off' } }),
      ({ connection }) => patch(connection.id, { sync: { push: 'auto' } }),
    ],
  ])('when %s, and opened again afterwards', async (_, stop, start) => {
    const found = await world.watched();
    expect((await stop(found)).status).toBe(200);
    await world.tend();
    await until(async () => (await world.channels(found.calendar)).length === 0);
    expect(world.atGoogle(found.email)).toEqual([]);
    expect((await world.connection(found.connection.id)).push.calendars_on).toBe(0);
    world.add(found.email, 'Meanwhile', 5);
    expect((await start(found)).status).toBe(200);
    await world.tend();
    await until(async () => world.atGoogle(found.email).length === 1);
    await until(async () => (await world.titles(found.calendar)).includes('Meanwhile'));
  });

  it('later, when the service cannot be asked at once', async () => {
    const { email, connection, calendar } = await world.watched();
    sandbox.faults.add({ operation: 'channels.stop', answer: { kind: 'status', status: 503 } });
    await patch(connection.id, { sync: { push: 'off' } });
    await world.tend();
    await until(async () => calls(email, 'channels.stop').length === 1);
    await idle(test);
    expect(await world.channels(calendar)).toHaveLength(1);
    passTime(test, MINUTE);
    await world.tend();
    expect(world.atGoogle(email)).toEqual([]);
    expect(await world.channels(calendar)).toEqual([]);
  });
});

describe('SYN-14 the choice', () => {
  it('is shown with the connection, audited, and looked at the cadence when off', async () => {
    const { email, connection, calendar } = await world.watched();
    const answer = await patch(connection.id, { sync: { push: 'off', cadence_minutes: 10 } });
    expect(answer.body).toMatchObject({ sync: { push: 'off', cadence_minutes: 10 }, push: { state: 'off', reason: null } });
    const [audit] = await query(
      test,
      tenant,
      `SELECT d.before, d.after FROM audit_events a JOIN audit_details d ON d.audit_event_id = a.id WHERE a.action = 'connection.updated' AND a.subject_id = $1 ORDER BY a.id DESC LIMIT 1`,
      [uuidOf(connection.id, 'connection')],
    );
    expect(audit).toMatchObject({ before: { push: 'auto' }, after: { push: 'off' } });
    await world.tend();
    await until(async () => (await world.channels(calendar)).length === 0);
    await idle(test);
    world.add(email, 'Looked for', 5);
    passTime(test, 6 * MINUTE);
    await tick(test);
    expect(await world.titles(calendar)).not.toContain('Looked for');
    passTime(test, 5 * MINUTE);
    await tick(test);
    passTime(test, 2 * MINUTE);
    await tick(test);
    expect(await world.titles(calendar)).toContain('Looked for');
    expect((await patch(connection.id, { sync: { push: 'sometimes' } })).status).toBe(422);
  });

  it('of a tenant is that of its new connections', async () => {
    const { body: settings } = await test.request('GET', '/v1/settings', { key: tenant.key });
    const { version: _, ...given } = settings;
    const put = (sync: Json): Promise<Json> => test.request('PUT', '/v1/settings', { key: tenant.key, body: { ...given, sync } });
    expect((await put({ ...settings.sync, push: 'off', cadence_minutes: 7 })).status).toBe(200);
    const { connection } = await world.connectedWith(1);
    expect((await world.connection(connection.id)).sync).toMatchObject({ push: 'off', cadence_minutes: 7 });
    expect((await put(settings.sync)).status).toBe(200);
  });
});
