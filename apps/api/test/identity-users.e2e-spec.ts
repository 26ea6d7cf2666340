import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adminQuery } from './support/admin-query.ts';
import { startTestApp, type TestApp } from './support/test-app.ts';
import { makeKey, makeTenant, makeUser, signIn, type TestTenant } from './support/tenants.ts';

let test: TestApp;
let acme: TestTenant;

beforeAll(async () => {
  test = await startTestApp();
  acme = await makeTenant(test);
});
afterAll(() => test.close());

describe('users', () => {
  it('are invited by address, listed, changed and removed', async () => {
    const created = await test.request('POST', '/v1/users', {
      key: acme.key,
      body: { email: 'Grace@corp.example', name: 'Grace', role: 'member' },
    });
    expect(created).toMatchObject({ status: 201, body: { role: 'member', status: 'invited', version: 1 } });
    expect(created.headers.get('location')).toBe(`/v1/users/${created.body.id}`);
    expect(created.headers.get('etag')).toBe('"1"');
    const again = await test.request('POST', '/v1/users', { key: acme.key, body: { email: 'grace@corp.example', name: 'G' } });
    expect(again).toMatchObject({ status: 409, body: { code: 'user-exists' } });
    const list = await test.request('GET', '/v1/users', { key: acme.key });
    expect(list.body.data.map((user: { email: string }) => user.email)).toEqual([acme.owner.email, 'Grace@corp.example']);
    const changed = await test.request('PATCH', `/v1/users/${created.body.id}`, {
      key: acme.key,
      body: { role: 'admin' },
      headers: { 'If-Match': '"1"' },
    });
    expect(changed).toMatchObject({ status: 200, body: { role: 'admin', version: 2 } });
    const stale = await test.request('PATCH', `/v1/users/${created.body.id}`, {
      key: acme.key,
      body: { name: 'X' },
      headers: { 'If-Match': '"1"' },
    });
    expect(stale).toMatchObject({ status: 412, body: { code: 'precondition-failed', current_version: 2 } });
    expect(await test.request('DELETE', `/v1/users/${created.body.id}`, { key: acme.key })).toMatchObject({
      status: 200,
      body: { sessions_ended: 0 },
    });
    expect(await test.request('GET', `/v1/users/${created.body.id}`, { key: acme.key })).toMatchObject({ status: 404 });
  });

  it('that were removed can be invited again', async () => {
    const body = { email: 'again@acme.example', name: 'First' };
    const first = await test.request('POST', '/v1/users', { key: acme.key, body });
    await test.request('DELETE', `/v1/users/${first.body.id}`, { key: acme.key });
    const second = await test.request('POST', '/v1/users', { key: acme.key, body: { ...body, name: 'Second' } });
    expect(second).toMatchObject({ status: 201, body: { name: 'Second', status: 'invited' } });
    expect((await test.request('GET', '/v1/users?q=again', { key: acme.key })).body.data).toHaveLength(1);
  });

  it('are told what a request cost at providers', async () => {
    expect((await test.request('GET', '/v1/users', { key: acme.key })).headers.get('x-provider-requests')).toBe('0');
  });

  it('keep the last owner', async () => {
    const path = `/v1/users/${acme.owner.id}`;
    expect(await test.request('DELETE', path, { key: acme.key })).toMatchObject({ status: 409, body: { code: 'last-owner' } });
    expect(await test.request('PATCH', path, { key: acme.key, body: { role: 'viewer' } })).toMatchObject({
      status: 409,
      body: { code: 'last-owner' },
    });
  });

  it('SEC-04 see only themselves as members and viewers, and change nobody', async () => {
    for (const role of ['member', 'viewer'] as const) {
      const user = await makeUser(test, acme, { role });
      const session = await signIn(test, user);
      const list = await test.request('GET', '/v1/users', { session });
      expect(list.body.data.map(({ id }: { id: string }) => id)).toEqual([user.id]);
      expect(await test.request('GET', `/v1/users/${acme.owner.id}`, { session })).toMatchObject({ status: 404 });
      expect(await test.request('POST', '/v1/users', { session, body: { email: 'x@y.example', name: 'X' } })).toMatchObject({
        status: 403,
        body: { code: 'forbidden-role' },
      });
    }
  });

  it('cannot be made owners by an admin', async () => {
    const admin = await makeUser(test, acme, { role: 'admin' });
    const session = await signIn(test, admin);
    expect(await test.request('PATCH', `/v1/users/${admin.id}`, { session, body: { role: 'owner' } })).toMatchObject({
      status: 403,
      body: { code: 'forbidden-role' },
    });
    const key = await makeKey(test, acme.tenantId, { role: 'admin' });
    expect(await test.request('DELETE', `/v1/users/${acme.owner.id}`, { key })).toMatchObject({
      status: 403,
      body: { code: 'forbidden-role' },
    });
  });

  it('lose their sessions at once when they are removed', async () => {
    const user = await makeUser(test, acme, { role: 'admin' });
    const session = await signIn(test, user);
    expect(await test.request('GET', '/v1/session', { session })).toMatchObject({ status: 200, body: { role: 'admin' } });
    expect(await test.request('DELETE', `/v1/users/${user.id}`, { key: acme.key })).toMatchObject({
      status: 200,
      body: { sessions_ended: 1 },
    });
    expect(await test.request('GET', '/v1/session', { session })).toMatchObject({ status: 401, body: { code: 'session-expired' } });
  });

  it('have preferences, with the reminders of the tenant until they choose their own', async () => {
    const user = await makeUser(test, acme);
    const session = await signIn(test, user);
    const path = `/v1/users/${user.id}/preferences`;
    expect(await test.request('GET', path, { session })).toMatchObject({
      status: 200,
      body: { reminders: [1440, 60], default_calendar_id: null },
    });
    expect(await test.request('PATCH', path, { session, body: { reminders: [10] } })).toMatchObject({
      status: 200,
      body: { reminders: [10], version: 2 },
    });
    expect(
      await test.request('PATCH', path, { session, body: { default_calendar_id: 'cal_00000000000000000000000000000000' } }),
    ).toMatchObject({ status: 404 });
    expect(await test.request('PATCH', `/v1/users/${acme.owner.id}/preferences`, { session, body: { reminders: [] } })).toMatchObject({
      status: 404,
    });
  });
});

describe('resources', () => {
  it('are the people of the tenant and its rooms', async () => {
    const made = await test.request('POST', '/v1/resources', {
      key: acme.key,
      body: { name: 'Room 4', email: 'room4@acme.example' },
    });
    expect(made).toMatchObject({ status: 201, body: { kind: 'room', time_zone: 'UTC' } });
    expect((await test.request('GET', '/v1/resources?kind=room', { key: acme.key })).body.data).toEqual([made.body]);
    const people = (await test.request('GET', '/v1/resources?kind=person', { key: acme.key })).body.data;
    expect(people).toContainEqual(expect.objectContaining({ user_id: acme.owner.id }));
    expect(
      await test.request('POST', '/v1/resources', { key: acme.key, body: { name: 'Twin', email: 'ROOM4@acme.example' } }),
    ).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/email' }] },
    });
    expect(await test.request('DELETE', `/v1/resources/${people[0].id}`, { key: acme.key })).toMatchObject({ status: 404 });
    await adminQuery(
      test,
      `INSERT INTO claims (id, tenant_id, resource_id, meeting_id, start_at, end_at, before_ms, after_ms, with_before, with_after)
       SELECT gen_random_uuid(), tenant_id, id, gen_random_uuid(), now(), now() + interval '1 hour', 0, 0, tstzrange(now(), now() + interval '1 hour'), tstzrange(now(), now() + interval '1 hour')
       FROM resources WHERE name = 'Room 4'`,
    );
    expect(await test.request('DELETE', `/v1/resources/${made.body.id}`, { key: acme.key })).toMatchObject({
      status: 409,
      body: { code: 'in-use' },
    });
    test.clock.advance(7_200_000);
    expect(await test.request('DELETE', `/v1/resources/${made.body.id}`, { key: acme.key })).toMatchObject({ status: 204 });
    test.clock.advance(-7_200_000);
  });
});
