import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TenantsService } from '../src/identity/tenants.service.ts';
import { adminQuery } from './support/admin-query.ts';
import { CrashPoints, pointsOf } from './support/crash-points.ts';
import { makeKey, makeTenant, type TestTenant } from './support/tenants.ts';
import { startTestApp, type TestApp } from './support/test-app.ts';

let test: TestApp;
let operator: TestTenant;
let key: string;
let made = 0;

beforeAll(async () => {
  test = await startTestApp({ configuration: { role: 'web' } });
  operator = await makeTenant(test, { name: 'Operator' });
  key = await makeKey(test, operator.tenantId, { role: 'platform' });
});
afterAll(() => test.close());

function wanted(slug: string) {
  return { name: 'Corp', slug, time_zone: 'Europe/Berlin', owner: { email: `owner@${slug}.example`, name: 'Owner' } };
}

function create(slug: string) {
  return test.request('POST', '/v1/tenants', { key, body: wanted(slug), headers: { 'Idempotency-Key': `make-${slug}` } });
}

/** Tenants with this short name, and how many owners and notes in the audit each has. */
function found(slug: string) {
  return adminQuery(
    test,
    `SELECT (SELECT count(*)::int FROM users u WHERE u.tenant_id = t.id AND u.role = 'owner') AS owners,
       (SELECT count(*)::int FROM audit_events a WHERE a.tenant_id = $2 AND a.subject_id = t.id AND a.action = 'tenant.created') AS noted
     FROM tenants t WHERE t.slug = $1`,
    [slug, operator.tenantId],
  );
}

function nextSlug(): string {
  made += 1;
  return `corp-${made}`;
}

describe('a new tenant', () => {
  it('answers with what it is, and its owner can be reached', async () => {
    const slug = nextSlug();
    const { body, status } = await create(slug);
    expect(status).toBe(201);
    expect(body).toMatchObject({ slug, name: 'Corp', status: 'active', time_zone: 'Europe/Berlin', users_count: 1, connections_count: 0 });
    expect((await test.request('GET', `/v1/tenants?q=${slug}`, { key })).body.data).toEqual([body]);
    const users = await test.request('GET', '/v1/users', { key, headers: { 'X-Tenant-Id': body.id } });
    expect(users.body.data).toMatchObject([{ email: `owner@${slug}.example`, role: 'owner' }]);
  });

  it('is there with its owner or not at all when the process dies, and the same request makes it once', async () => {
    const crashes = new CrashPoints(test);
    await create(nextSlug());
    const points = pointsOf(crashes.calls('createTenant'));
    expect(points.length).toBeGreaterThan(0);
    for (const point of points) {
      const slug = nextSlug();
      crashes.crashAt(point);
      expect((await create(slug)).status).toBe(500);
      crashes.revive();
      expect([[], [{ owners: 1, noted: 1 }]]).toContainEqual(await found(slug));
      expect(await create(slug)).toMatchObject({ status: 201, body: { slug } });
      expect(await found(slug)).toEqual([{ owners: 1, noted: 1 }]);
    }
  });

  it('has one owner when two ask for the same short name at once', async () => {
    const slug = nextSlug();
    const tenants = test.get(TenantsService);
    const asked = ['one', 'two', 'three'].map((name) =>
      tenants.establish({ ...wanted(slug), owner: { email: `${name}@${slug}.example`, name } } as Parameters<typeof tenants.establish>[0]),
    );
    const answers = await Promise.allSettled(asked);
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(answers.filter((one) => one.status === 'rejected').map(({ reason }) => reason.code)).toEqual(['tenant-exists', 'tenant-exists']);
    expect(await found(slug)).toMatchObject([{ owners: 1 }]);
  });
});
