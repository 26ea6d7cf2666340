import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomUUID } from 'node:crypto';
import { formatId } from '@daymark/domain';
import { inTenant } from './support/seeded-meetings.ts';
import { makeTenant, makeUser, signIn, type TestTenant, type TestUser } from './support/tenants.ts';
import { startTestApp, type TestApp } from './support/test-app.ts';
import type { Json } from './support/request.ts';

let test: TestApp;
let acme: TestTenant;

beforeAll(async () => {
  test = await startTestApp();
  acme = await makeTenant(test, { zone: 'Europe/Berlin' });
});
afterAll(() => test?.close());

const hours = { name: 'Evenings', time_zone: 'Europe/Berlin', weekly: [{ weekday: 1, start: '18:00', end: '20:00' }] };

async function schedulesOf(user: TestUser): Promise<Json[]> {
  return (await test.request('GET', `/v1/schedules?user_id=${user.id}`, { key: acme.key })).body.data;
}

async function profilesOf(user: TestUser): Promise<Json[]> {
  return (await test.request('GET', `/v1/scheduling-profiles?user_id=${user.id}`, { key: acme.key })).body.data;
}

async function defaults(list: Promise<Json[]>): Promise<string[]> {
  return (await list).filter(({ is_default }) => is_default).map(({ name }) => name);
}

describe('a new user', () => {
  it('can be booked at once: office hours in their zone and one kind of meeting', async () => {
    const invited = await test.request('POST', '/v1/users', {
      key: acme.key,
      body: { email: 'yuki@corp.example', name: 'Yuki', time_zone: 'Asia/Tokyo' },
    });
    const [schedule] = (await test.request('GET', `/v1/schedules?user_id=${invited.body.id}`, { key: acme.key })).body.data;
    expect(schedule).toMatchObject({ time_zone: 'Asia/Tokyo', is_default: true, version: 1 });
    expect(schedule.weekly).toEqual([1, 2, 3, 4, 5].map((weekday) => ({ weekday, start: '09:00', end: '17:00' })));
    const { body } = await test.request('GET', `/v1/scheduling-profiles?user_id=${invited.body.id}`, { key: acme.key });
    expect(body.data).toMatchObject([
      {
        name: 'Meeting',
        duration_minutes: 30,
        step_minutes: 15,
        notice_minutes: 60,
        is_default: true,
        schedule_id: null,
        reminders: [1440, 60],
      },
    ]);
  });

  it('is in the zone of the tenant when none is known', async () => {
    const user = await makeUser(test, acme);
    expect(await schedulesOf(user)).toMatchObject([{ time_zone: 'Europe/Berlin' }]);
    const [schedule] = await schedulesOf(acme.owner);
    expect(schedule).toMatchObject({ time_zone: 'Europe/Berlin' });
  });
});

describe('schedules', () => {
  it('are made, read, changed and deleted', async () => {
    const user = await makeUser(test, acme);
    const made = await test.request('POST', '/v1/schedules', {
      key: acme.key,
      body: { ...hours, user_id: user.id, overrides: [{ date: '2027-12-24', hours: [] }] },
    });
    expect(made).toMatchObject({
      status: 201,
      body: { ...hours, user_id: user.id, is_default: false, overrides: [{ date: '2027-12-24', hours: [] }], version: 1 },
    });
    expect(made.headers.get('etag')).toBe('"1"');
    const path = `/v1/schedules/${made.body.id}`;
    expect((await test.request('GET', path, { key: acme.key })).body).toEqual(made.body);
    const changed = await test.request('PATCH', path, {
      key: acme.key,
      body: { name: 'Late', weekly: [] },
      headers: { 'If-Match': '"1"' },
    });
    expect(changed).toMatchObject({ status: 200, body: { name: 'Late', weekly: [], overrides: [{ date: '2027-12-24' }], version: 2 } });
    expect(await test.request('PATCH', path, { key: acme.key, body: { name: 'X' }, headers: { 'If-Match': '"1"' } })).toMatchObject({
      status: 412,
      body: { current_version: 2 },
    });
    expect(await test.request('DELETE', path, { key: acme.key, headers: { 'If-Match': '"1"' } })).toMatchObject({ status: 412 });
    expect(await test.request('DELETE', path, { key: acme.key })).toMatchObject({ status: 204 });
    expect(await test.request('GET', path, { key: acme.key })).toMatchObject({ status: 404 });
  });

  it('keep exactly one default: another one takes it over, none can be unchosen', async () => {
    const user = await makeUser(test, acme);
    const [first] = await schedulesOf(user);
    const second = await test.request('POST', '/v1/schedules', { key: acme.key, body: { ...hours, user_id: user.id, is_default: true } });
    expect(await defaults(schedulesOf(user))).toEqual(['Evenings']);
    expect(await test.request('PATCH', `/v1/schedules/${second.body.id}`, { key: acme.key, body: { is_default: false } })).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/is_default' }] },
    });
    expect(await test.request('PATCH', `/v1/schedules/${first.id}`, { key: acme.key, body: { is_default: true } })).toMatchObject({
      status: 200,
    });
    expect(await defaults(schedulesOf(user))).toEqual(['Working hours']);
    expect(await test.request('DELETE', `/v1/schedules/${first.id}`, { key: acme.key })).toMatchObject({ status: 204 });
    expect(await defaults(schedulesOf(user))).toEqual(['Evenings']);
  });

  it('keep one default when two are chosen at the same moment', async () => {
    const user = await makeUser(test, acme);
    const made = await Promise.all(
      [1, 2, 3, 4].map((n) =>
        test.request('POST', '/v1/schedules', { key: acme.key, body: { ...hours, name: `S${n}`, user_id: user.id, is_default: true } }),
      ),
    );
    expect(made.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    expect(await defaults(schedulesOf(user))).toHaveLength(1);
  });

  it('keep one default when the first ones of the tenant are made at the same moment', async () => {
    const fresh = await makeTenant(test, { name: 'Initech' });
    const made = await Promise.all(
      [1, 2, 3, 4].map((n) => test.request('POST', '/v1/schedules', { key: fresh.key, body: { ...hours, name: `S${n}`, user_id: null } })),
    );
    expect(made.map(({ body }) => body.is_default).sort()).toEqual([false, false, false, true]);
  });

  it('in use by a profile cannot be deleted, and it is named', async () => {
    const user = await makeUser(test, acme);
    const [usual] = await schedulesOf(user);
    expect(await test.request('DELETE', `/v1/schedules/${usual.id}`, { key: acme.key })).toMatchObject({
      status: 409,
      body: { code: 'in-use', detail: expect.stringContaining('Meeting') },
    });
    const own = await test.request('POST', '/v1/schedules', { key: acme.key, body: { ...hours, user_id: user.id } });
    const profile = await test.request('POST', '/v1/scheduling-profiles', {
      key: acme.key,
      body: { name: 'Evening call', user_id: user.id, schedule_id: own.body.id },
    });
    expect(await test.request('DELETE', `/v1/schedules/${own.body.id}`, { key: acme.key })).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('Evening call') },
    });
    await test.request('DELETE', `/v1/scheduling-profiles/${profile.body.id}`, { key: acme.key });
    expect(await test.request('DELETE', `/v1/schedules/${own.body.id}`, { key: acme.key })).toMatchObject({ status: 204 });
  });

  it('come back in order, with touching spans joined', async () => {
    const weekly = [
      { weekday: 2, start: '13:00', end: '17:00' },
      { weekday: 1, start: '12:00', end: '13:00' },
      { weekday: 1, start: '09:00', end: '12:00' },
    ];
    const { body } = await test.request('POST', '/v1/schedules', { key: acme.key, body: { ...hours, user_id: acme.owner.id, weekly } });
    expect(body.weekly).toEqual([
      { weekday: 1, start: '09:00', end: '13:00' },
      { weekday: 2, start: '13:00', end: '17:00' },
    ]);
  });

  it('SEC-04 of others are not seen by members, those of the tenant are seen and not changed', async () => {
    const member = await makeUser(test, acme);
    const session = await signIn(test, member);
    const [foreign] = await schedulesOf(acme.owner);
    expect(await test.request('GET', `/v1/schedules/${foreign.id}`, { session })).toMatchObject({ status: 404 });
    expect(await test.request('PATCH', `/v1/schedules/${foreign.id}`, { session, body: { name: 'Mine' } })).toMatchObject({ status: 404 });
    expect(await test.request('GET', `/v1/schedules?user_id=${acme.owner.id}`, { session })).toMatchObject({ status: 404 });
    expect(await test.request('POST', '/v1/schedules', { session, body: { ...hours, user_id: acme.owner.id } })).toMatchObject({
      status: 404,
    });
    expect(await test.request('POST', '/v1/schedules', { session, body: { ...hours, user_id: null } })).toMatchObject({ status: 403 });
    const shared = await test.request('POST', '/v1/schedules', { key: acme.key, body: { ...hours, name: 'Support', user_id: null } });
    expect(shared.body).toMatchObject({ user_id: null, is_default: true });
    expect(await test.request('GET', `/v1/schedules/${shared.body.id}`, { session })).toMatchObject({ status: 200 });
    expect(await test.request('PATCH', `/v1/schedules/${shared.body.id}`, { session, body: { name: 'Mine' } })).toMatchObject({
      status: 403,
    });
    const list = await test.request('GET', '/v1/schedules', { session });
    expect(list.body.data.map(({ user_id }: Json) => user_id)).toEqual([member.id, null]);
    const own = await test.request('POST', '/v1/schedules', { session, body: hours });
    expect(own).toMatchObject({ status: 201, body: { user_id: member.id } });
    const globex = await makeTenant(test, { name: 'Globex' });
    expect(await test.request('GET', `/v1/schedules/${shared.body.id}`, { key: globex.key })).toMatchObject({ status: 404 });
  });

  it('repeat the first answer for the same Idempotency-Key', async () => {
    const sent = { key: acme.key, body: { ...hours, user_id: acme.owner.id, name: 'Once' }, headers: { 'Idempotency-Key': 'schedule-1' } };
    const [first, second] = [await test.request('POST', '/v1/schedules', sent), await test.request('POST', '/v1/schedules', sent)];
    expect(second.body).toEqual(first.body);
    expect((await schedulesOf(acme.owner)).filter(({ name }) => name === 'Once')).toHaveLength(1);
  });
});

describe('scheduling profiles', () => {
  it('are made with what is usual, changed field by field and deleted', async () => {
    const user = await makeUser(test, acme);
    const made = await test.request('POST', '/v1/scheduling-profiles', {
      key: acme.key,
      body: { name: 'Demo call', user_id: user.id, buffer_after: 5, prep_minutes: 10, location: 'Room 4' },
    });
    expect(made).toMatchObject({
      status: 201,
      body: {
        name: 'Demo call',
        duration_minutes: 30,
        round_to: 15,
        buffer_before: 0,
        buffer_after: 5,
        prep_minutes: 10,
        notice_minutes: 120,
        is_default: false,
        version: 1,
      },
    });
    const path = `/v1/scheduling-profiles/${made.body.id}`;
    const changed = await test.request('PATCH', path, {
      key: acme.key,
      body: { max_per_day: 4, location: null, conference: { required: true } },
      headers: { 'If-Match': '"1"' },
    });
    expect(changed.body).toEqual({ ...made.body, max_per_day: 4, location: null, conference: { required: true }, version: 2 });
    expect((await test.request('GET', path, { key: acme.key })).body).toEqual(changed.body);
    expect(await test.request('PATCH', path, { key: acme.key, body: { name: 'X' }, headers: { 'If-Match': '"1"' } })).toMatchObject({
      status: 412,
    });
    expect(await test.request('PATCH', path, { key: acme.key, body: { duration_minutes: 1 } })).toMatchObject({ status: 422 });
    expect(await test.request('DELETE', path, { key: acme.key })).toMatchObject({ status: 204 });
    expect(await test.request('GET', path, { key: acme.key })).toMatchObject({ status: 404 });
  });

  it('keep exactly one default per user', async () => {
    const user = await makeUser(test, acme);
    const made = await test.request('POST', '/v1/scheduling-profiles', {
      key: acme.key,
      body: { name: 'Demo', user_id: user.id, is_default: true },
    });
    expect(await defaults(profilesOf(user))).toEqual(['Demo']);
    expect(
      await test.request('PATCH', `/v1/scheduling-profiles/${made.body.id}`, { key: acme.key, body: { is_default: false } }),
    ).toMatchObject({ status: 422 });
    await test.request('DELETE', `/v1/scheduling-profiles/${made.body.id}`, { key: acme.key });
    expect(await defaults(profilesOf(user))).toEqual(['Meeting']);
  });

  it('name only calendars and schedules of their user, and put meetings only where they can be put', async () => {
    const [user, other] = [await makeUser(test, acme), await makeUser(test, acme)];
    const [writable, readable] = await makeCalendars(user);
    const [foreign] = await makeCalendars(other);
    const [foreignHours] = await schedulesOf(other);
    const make = (body: object) =>
      test.request('POST', '/v1/scheduling-profiles', { key: acme.key, body: { name: 'P', user_id: user.id, ...body } });
    expect(await make({ calendar_id: writable, read_calendar_ids: [writable, readable] })).toMatchObject({
      status: 201,
      body: { calendar_id: writable, read_calendar_ids: [writable, readable] },
    });
    expect(await make({ calendar_id: readable })).toMatchObject({ status: 403, body: { code: 'calendar-read-only' } });
    expect(await make({ calendar_id: foreign })).toMatchObject({ status: 404 });
    expect(await make({ read_calendar_ids: [foreign] })).toMatchObject({ status: 404 });
    expect(await make({ schedule_id: foreignHours.id })).toMatchObject({ status: 404 });
  });

  it('SEC-04 of others are not seen by members', async () => {
    const session = await signIn(test, await makeUser(test, acme));
    const [foreign] = await profilesOf(acme.owner);
    for (const method of ['GET', 'DELETE'])
      expect(await test.request(method, `/v1/scheduling-profiles/${foreign.id}`, { session })).toMatchObject({ status: 404 });
    expect((await test.request('GET', '/v1/scheduling-profiles', { session })).body.data).toHaveLength(1);
    expect(await test.request('POST', '/v1/scheduling-profiles', { session, body: { name: 'X', user_id: acme.owner.id } })).toMatchObject({
      status: 404,
    });
  });

  it('need to be told whose they are when a key belongs to nobody', async () => {
    expect(await test.request('POST', '/v1/scheduling-profiles', { key: acme.key, body: { name: 'X' } })).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/user_id' }] },
    });
  });
});

/** A calendar that can be written and one that cannot, as wire ids. */
async function makeCalendars(user: TestUser): Promise<[string, string]> {
  const [connectionId, writable, readable] = [randomUUID(), randomUUID(), randomUUID()];
  await inTenant(test, acme, async (tx) => {
    await tx.query(
      `INSERT INTO connections (id, tenant_id, user_id, provider, remote_account_id, account_email, access_profile, status, created_at, updated_at)
       VALUES ($1, $2, $3, 'any', 'remote', $4, 'read_write', 'paused', now(), now())`,
      [connectionId, acme.tenantId, user.userId, user.email],
    );
    for (const [id, role] of [
      [writable, 'owner'],
      [readable, 'reader'],
    ]) {
      await tx.query(
        `INSERT INTO calendars (id, tenant_id, connection_id, remote_id, name, access_role, created_at, updated_at) VALUES ($1, $2, $3, $4, 'C', $5, now(), now())`,
        [id, acme.tenantId, connectionId, role, role],
      );
    }
  });
  return [formatId('calendar', writable), formatId('calendar', readable)];
}
