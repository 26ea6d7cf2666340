import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DAY_MS } from '@daymark/domain';
import { PgBossJobs } from '../src/jobs/jobs.ts';
import { DEAD_LETTERS } from '../src/jobs/queues.ts';
import { adminQuery } from './support/admin-query.ts';
import { numberChanges } from './support/sequence.ts';
import { makeKey, makeTenant, makeUser, signIn, type TestTenant } from './support/tenants.ts';
import { startTestApp, type TestApp } from './support/test-app.ts';

let test: TestApp;
let acme: TestTenant;

beforeAll(async () => {
  test = await startTestApp({ configuration: { role: 'web' } });
});
beforeEach(async () => {
  acme = await makeTenant(test);
});
afterAll(() => test.close());

const verify = async () => (await test.request('POST', '/v1/audit-events/verify', { key: acme.key })).body;

describe('the audit', () => {
  it('CMP-05 tells who did what with before and after and the id of the request', async () => {
    const created = await test.request('POST', '/v1/users', {
      key: acme.key,
      body: { email: 'grace@acme.example', name: 'Grace' },
      headers: { 'X-Request-Id': 'req_of_the_crm' },
    });
    await test.request('PATCH', `/v1/users/${created.body.id}`, { key: acme.key, body: { role: 'admin' } });
    await numberChanges(test, acme.tenantId);
    const { data } = (await test.request('GET', `/v1/audit-events?subject_id=${created.body.id}`, { key: acme.key })).body;
    expect(data).toMatchObject([
      { action: 'user.updated', before: { role: 'member' }, after: { role: 'admin' } },
      {
        action: 'user.created',
        actor: { kind: 'api_key', label: 'Test' },
        subject: { type: 'user', id: created.body.id },
        request_id: 'req_of_the_crm',
        after: { name: 'Grace' },
      },
    ]);
    expect((await test.request('GET', '/v1/audit-events?request_id=req_of_the_crm', { key: acme.key })).body.data).toHaveLength(1);
    const first = await test.request('GET', '/v1/audit-events?limit=2', { key: acme.key });
    const second = await test.request('GET', `/v1/audit-events?limit=2&cursor=${first.body.next_cursor}`, { key: acme.key });
    const numbers = [...first.body.data, ...second.body.data].map(({ sequence }) => sequence);
    expect(numbers).toEqual([4, 3, 2, 1]);
  });

  it('CMP-05 notices a changed entry, a changed detail, a missing entry and a cut-off end', async () => {
    for (const name of ['A', 'B', 'C'])
      await test.request('POST', '/v1/users', { key: acme.key, body: { email: `${name}@acme.example`, name } });
    await numberChanges(test, acme.tenantId);
    expect(await verify()).toMatchObject({ intact: true, checked: 5, first_broken_sequence: null });
    const event = (number: number) => [acme.tenantId, number];
    const tampering: [string, string, number][] = [
      [
        `UPDATE audit_events SET action = 'user.deleted' WHERE tenant_id = $1 AND number = $2`,
        `UPDATE audit_events SET action = 'user.created' WHERE tenant_id = $1 AND number = $2`,
        4,
      ],
      [
        `UPDATE audit_details SET after = after || '{"name":"X"}' WHERE audit_event_id = (SELECT id FROM audit_events WHERE tenant_id = $1 AND number = $2)`,
        `UPDATE audit_details SET after = after || '{"name":"A"}' WHERE audit_event_id = (SELECT id FROM audit_events WHERE tenant_id = $1 AND number = $2)`,
        3,
      ],
    ];
    for (const [tamper, undo, number] of tampering) {
      await adminQuery(test, tamper, event(number));
      expect(await verify()).toMatchObject({ intact: false, first_broken_sequence: number });
      await adminQuery(test, undo, event(number));
      expect(await verify()).toMatchObject({ intact: true });
    }
    await adminQuery(test, `DELETE FROM audit_events WHERE tenant_id = $1 AND number = $2`, event(5));
    expect(await verify()).toMatchObject({ intact: false, first_broken_sequence: 5 });
    await adminQuery(test, `DELETE FROM audit_events WHERE tenant_id = $1 AND number = $2`, event(2));
    expect(await verify()).toMatchObject({ intact: false, first_broken_sequence: 2 });
  });

  it('CMP-05 stays whole after an erasure, which takes out what it told about the person', async () => {
    const user = await makeUser(test, acme, { email: 'forget.me@acme.example' });
    const plan = await test.request('POST', '/v1/privacy/erasures?dry_run=true', { key: acme.key, body: { user_id: user.id } });
    expect(plan).toMatchObject({ body: { state: 'planned', dry_run: true, counts: { accounts: 1 } } });
    expect(await test.request('GET', `/v1/users/${user.id}`, { key: acme.key })).toMatchObject({ status: 200 });
    expect(await test.request('POST', '/v1/privacy/erasures', { key: acme.key, body: { user_id: user.id } })).toMatchObject({
      status: 202,
      body: { state: 'done', counts: { accounts: 1, audit_details: 2 } },
    });
    await numberChanges(test, acme.tenantId);
    expect(await verify()).toMatchObject({ intact: true, checked: 5 });
    const { data } = (await test.request('GET', '/v1/audit-events', { key: acme.key })).body;
    expect(data.map(({ action, erased }: { action: string; erased: boolean }) => [action, erased])).toEqual([
      ['privacy.erased', false],
      ['user.deleted', true],
      ['user.created', true],
      ['api_key.created', false],
      ['user.created', false],
    ]);
    expect(JSON.stringify(data)).not.toContain('forget.me');
    expect(await test.request('GET', `/v1/users/${user.id}`, { key: acme.key })).toMatchObject({ status: 404 });
    const left = await adminQuery(
      test,
      `SELECT FROM audit_details WHERE before::text ILIKE '%forget.me%' OR after::text ILIKE '%forget.me%'`,
    );
    expect(left).toEqual([]);
    expect(
      await adminQuery(
        test,
        `SELECT FROM accounts WHERE email ILIKE '%forget.me%' UNION ALL SELECT FROM users WHERE email ILIKE '%forget.me%'`,
      ),
    ).toEqual([]);
    expect(
      await test.request('POST', '/v1/users', { key: acme.key, body: { email: 'forget.me@acme.example', name: 'Back' } }),
    ).toMatchObject({ status: 201, body: { status: 'invited' } });
    expect(await test.request('POST', '/v1/privacy/erasures', { key: acme.key, body: { email: 'nobody@else.example' } })).toMatchObject({
      status: 404,
    });
    expect(await test.request('POST', '/v1/privacy/erasures', { key: acme.key, body: { user_id: acme.owner.id } })).toMatchObject({
      status: 409,
      body: { code: 'last-owner' },
    });
  });
});

describe('an erasure', () => {
  it('is of nobody who has a higher role than who asks', async () => {
    const second = await makeUser(test, acme, { role: 'owner' });
    const key = await makeKey(test, acme.tenantId, { role: 'admin' });
    expect(await test.request('POST', '/v1/privacy/erasures', { key, body: { user_id: second.id } })).toMatchObject({
      status: 403,
      body: { code: 'forbidden-role' },
    });
    expect(await test.request('GET', `/v1/users/${second.id}`, { key: acme.key })).toMatchObject({ status: 200 });
  });
});

describe('the feed of changes', () => {
  const read = async (since: string, more = '') => (await test.request('GET', `/v1/changes?since=${since}${more}`, { key: acme.key })).body;

  it('gives every committed change once, without gaps, also when they are made at the same time', async () => {
    const { next_cursor: start } = (await test.request('GET', '/v1/changes', { key: acme.key })).body;
    await Promise.all(
      Array.from({ length: 12 }, async (_, index) => {
        await test.request('POST', '/v1/users', { key: acme.key, body: { email: `user${index}@acme.example`, name: `User ${index}` } });
        await numberChanges(test, acme.tenantId);
      }),
    );
    await numberChanges(test, acme.tenantId);
    const seen: { sequence: number; type: string }[] = [];
    let cursor = start;
    for (let hasMore = true; hasMore;) {
      const page = await read(cursor, '&limit=5');
      seen.push(...page.data);
      ({ next_cursor: cursor, has_more: hasMore } = page);
    }
    expect(seen.map(({ sequence }) => sequence)).toEqual(Array.from({ length: seen.length }, (_, index) => index + 1));
    expect(seen.filter(({ type }) => type === 'user.created')).toHaveLength(13);
    expect((await read(cursor)).data).toEqual([]);
  });

  it('takes a choice of types, and refuses cursors that are old or not its own', async () => {
    const start = Buffer.from('[0]').toString('base64url');
    const created = await test.request('POST', '/v1/users', { key: acme.key, body: { email: 'x@acme.example', name: 'X' } });
    await test.request('DELETE', `/v1/users/${created.body.id}`, { key: acme.key });
    await numberChanges(test, acme.tenantId);
    expect((await read(start, '&types=user.deleted')).data).toMatchObject([
      { type: 'user.deleted', resource: { type: 'user', id: created.body.id }, version: 2 },
    ]);
    expect((await read(start, '&types=user.*')).data).toHaveLength(3);
    expect((await read(start, '&types=meeting.*')).data).toEqual([]);
    for (const cursor of ['nonsense', Buffer.from('[999999]').toString('base64url'), Buffer.from('["1"]').toString('base64url')]) {
      expect(await read(cursor)).toMatchObject({ status: 400, code: 'cursor-invalid' });
    }
    test.clock.advance(91 * DAY_MS);
    expect(await read(start)).toMatchObject({ status: 410, code: 'cursor-expired' });
    test.clock.advance(-91 * DAY_MS);
  });
});

describe('dead letters', () => {
  it('are shown to their tenant only, and done again once', async () => {
    const other = await makeTenant(test, { name: 'Other' });
    await adminQuery(
      test,
      `INSERT INTO pgboss.job (name, data, source_name, source_id, source_retry_count, keep_until) VALUES ($1, $2, 'number-changes', gen_random_uuid(), 3, now() + interval '1 day')`,
      [DEAD_LETTERS, JSON.stringify({ tenantId: acme.tenantId })],
    );
    const { data } = (await test.request('GET', '/v1/dead-letters', { key: acme.key })).body;
    expect(data).toMatchObject([{ queue: 'number-changes', attempts: 4, state: 'failed' }]);
    expect((await test.request('GET', '/v1/dead-letters', { key: other.key })).body.data).toEqual([]);
    const path = `/v1/dead-letters/${data[0].id}/replay`;
    expect(await test.request('POST', path, { key: other.key })).toMatchObject({ status: 404 });
    expect(await test.request('POST', path, { key: acme.key })).toMatchObject({ status: 202, body: { state: 'replayed' } });
    expect(await test.request('POST', path, { key: acme.key })).toMatchObject({ status: 409, body: { code: 'already-replayed' } });
    const queued = await test.get(PgBossJobs).boss.findJobs('number-changes', { data: { tenantId: acme.tenantId } });
    expect(queued).toHaveLength(1);
    expect((await test.request('GET', '/v1/dead-letters?state=failed', { key: acme.key })).body.data).toEqual([]);
  });
});

describe('API keys', () => {
  it('show their secret once, open nothing after being revoked, and are never more than their maker', async () => {
    const made = await test.request('POST', '/v1/api-keys', {
      key: acme.key,
      body: { label: 'CRM', scopes: ['users:read'], role: 'viewer', environment: 'test' },
    });
    expect(made).toMatchObject({ status: 201, body: { environment: 'test', secret: expect.stringMatching(/^sk_test_[\w-]{43}$/) } });
    const { secret, id } = made.body;
    const list = await test.request('GET', '/v1/api-keys', { key: acme.key });
    expect(JSON.stringify(list.body)).not.toContain(secret);
    expect(await test.request('GET', '/v1/users', { key: secret })).toMatchObject({ status: 200 });
    expect(await test.request('GET', '/v1/settings', { key: secret })).toMatchObject({ status: 403, body: { code: 'forbidden-scope' } });
    expect(await test.request('DELETE', `/v1/api-keys/${id}`, { key: acme.key })).toMatchObject({ status: 204 });
    expect(await test.request('GET', '/v1/users', { key: secret })).toMatchObject({ status: 401, body: { code: 'key-revoked' } });
    const admin = await makeKey(test, acme.tenantId, { role: 'admin', only: ['keys:write', 'users:read'] });
    expect(
      await test.request('POST', '/v1/api-keys', { key: admin, body: { label: 'X', scopes: ['users:read'], role: 'owner' } }),
    ).toMatchObject({ status: 403, body: { code: 'forbidden-role' } });
    expect(await test.request('POST', '/v1/api-keys', { key: admin, body: { label: 'X', scopes: ['users:write'] } })).toMatchObject({
      status: 403,
      body: { code: 'forbidden-scope' },
    });
    const hashes = await adminQuery<{ all: string }>(test, `SELECT string_agg(k::text, ' ') AS all FROM api_keys k`);
    expect(hashes[0]!.all).not.toContain(secret);
  });

  it.each([
    ['owner', ['users:read', 'tenants:read', 'tenants:write'], ['/scopes/1', '/scopes/2'], 'only to a key with the role platform'],
    ['viewer', ['meetings:write'], ['/scopes/0'], 'only to a key with the role member or higher'],
    ['member', ['meetings:write', 'audit:read'], ['/scopes/1'], 'only to a key with the role admin or higher'],
  ])('of the role %s are not made with %j, some of which would open nothing', async (role, scopes, pointers, why) => {
    const { status, body } = await test.request('POST', '/v1/api-keys', { key: acme.key, body: { label: 'Useless', role, scopes } });
    expect([status, body.code]).toEqual([422, 'validation-failed']);
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(pointers);
    expect(body.errors[0].message).toContain(why);
  });

  it('end at the date they were given', async () => {
    const made = await test.request('POST', '/v1/api-keys', {
      key: acme.key,
      body: { label: 'Short', scopes: ['users:read'], expires_at: new Date(test.clock.now() + 60_000).toISOString() },
    });
    test.clock.advance(61_000);
    expect(await test.request('GET', '/v1/users', { key: made.body.secret })).toMatchObject({ status: 401, body: { code: 'key-expired' } });
    test.clock.advance(-61_000);
  });
});

describe('keys of the platform', () => {
  let operator: TestTenant;
  let ours: TestApp;

  beforeAll(async () => {
    operator = await makeTenant(test);
    ours = await startTestApp({ database: test.database, configuration: { ownerEmail: operator.owner.email } });
  });
  afterAll(() => ours?.close());

  it('are made, seen and revoked by the operator alone, and stand above all tenants', async () => {
    const session = await signIn(ours, operator.owner);
    const wanted = { label: 'Provisioning', role: 'platform', scopes: ['tenants:read', 'tenants:write', 'users:read'] };
    const refused = { status: 403, body: { code: 'operator-only', who: 'operator' } };
    for (const caller of [{ key: operator.key }, { session: await signIn(ours, acme.owner) }])
      expect(await ours.request('POST', '/v1/api-keys', { ...caller, body: wanted })).toMatchObject(refused);
    const made = await ours.request('POST', '/v1/api-keys', { session, body: wanted });
    expect(made).toMatchObject({ status: 201, body: { role: 'platform' } });
    const key = made.body.secret;
    expect((await ours.request('GET', '/v1/tenants', { key })).status).toBe(200);
    expect((await ours.request('GET', '/v1/users', { key, headers: { 'X-Tenant-Id': acme.id } })).status).toBe(200);
    const seen = async (caller: object): Promise<string[]> =>
      (await ours.request('GET', '/v1/api-keys', caller)).body.data.map(({ id }: { id: string }) => id);
    expect(await seen({ session })).toContain(made.body.id);
    expect(await seen({ key: operator.key })).not.toContain(made.body.id);
    expect((await ours.request('DELETE', `/v1/api-keys/${made.body.id}`, { key: operator.key })).status).toBe(404);
    expect((await ours.request('DELETE', `/v1/api-keys/${made.body.id}`, { session })).status).toBe(204);
    expect((await ours.request('GET', '/v1/tenants', { key })).status).toBe(401);
  });
});

describe('tenants', () => {
  it('are made by the platform with their first owner, and entered by naming them', async () => {
    const platform = await makeKey(test, acme.tenantId, { role: 'platform' });
    const slug = `tenant-${acme.slug}`;
    const body = { name: 'New Tenant', slug, time_zone: 'Europe/Berlin', owner: { email: `boss@${slug}.example`, name: 'Boss' } };
    const made = await test.request('POST', '/v1/tenants', { key: platform, body });
    expect(made).toMatchObject({ status: 201, body: { slug, users_count: 1, time_zone: 'Europe/Berlin' } });
    expect(await test.request('POST', '/v1/tenants', { key: platform, body })).toMatchObject({
      status: 409,
      body: { code: 'tenant-exists' },
    });
    const inside = await test.request('GET', '/v1/users', { key: platform, headers: { 'X-Tenant-Id': made.body.id } });
    expect(inside.body.data).toMatchObject([{ email: `boss@${slug}.example`, role: 'owner' }]);
    expect(
      await test.request('GET', '/v1/users', { key: platform, headers: { 'X-Tenant-Id': 'ten_00000000000000000000000000000000' } }),
    ).toMatchObject({ status: 404 });
    expect(await test.request('GET', '/v1/users', { key: acme.key, headers: { 'X-Tenant-Id': made.body.id } })).toMatchObject({
      status: 403,
    });
    expect(await test.request('GET', '/v1/tenants', { key: acme.key })).toMatchObject({
      status: 403,
      body: { code: 'operator-only', who: 'operator', fix: expect.stringContaining('DAYMARK_OWNER_EMAIL') },
    });
    expect((await test.request('GET', `/v1/tenants?q=${slug}`, { key: platform })).body.data).toHaveLength(1);
  });

  it('have settings that are replaced as a whole', async () => {
    const { body } = await test.request('GET', '/v1/settings', { key: acme.key });
    const { version, ...settings } = body;
    const replaced = await test.request('PUT', '/v1/settings', {
      key: acme.key,
      body: { ...settings, locale: 'de' },
      headers: { 'If-Match': `"${version}"` },
    });
    expect(replaced).toMatchObject({ status: 200, body: { locale: 'de', version: version + 1 } });
    expect(
      await test.request('PUT', '/v1/settings', { key: acme.key, body: settings, headers: { 'If-Match': `"${version}"` } }),
    ).toMatchObject({ status: 412 });
  });
});
