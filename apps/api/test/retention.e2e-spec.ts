import { afterAll, beforeAll, expect, it } from 'vitest';
import { DAY_MS } from '@daymark/domain';
import { Database } from '../src/database/database.ts';
import { RetentionJob } from '../src/retention/retention.job.ts';
import { makeTenant, type TestTenant } from './support/tenants.ts';
import { startTestApp, type TestApp } from './support/test-app.ts';
import { until } from './support/google-world.ts';

let test: TestApp;
let tenant: TestTenant;

beforeAll(async () => {
  test = await startTestApp();
  tenant = await makeTenant(test);
});

afterAll(() => test?.close());

async function count(table: string): Promise<number> {
  const [row] = await test
    .get(Database)
    .withTenant(tenant.tenantId, (tx) => tx.query<[{ count: string }]>(`SELECT count(*) FROM ${table}`));
  return Number(row.count);
}

it('forgets keys after a day and changes after the days of the tenant, and says so in an audit that still verifies', async () => {
  const invite = {
    key: tenant.key,
    headers: { 'idempotency-key': 'once' },
    body: { email: 'new@acme.example', name: 'New', role: 'member' },
  };
  expect((await test.request('POST', '/v1/users', invite)).status).toBe(201);
  await until(async () => (await test.request('GET', '/v1/audit-events', { key: tenant.key })).body.data.length > 0);
  await test.get(RetentionJob).handle({ tenantId: tenant.tenantId }, new AbortController().signal);
  expect(await count('idempotency_keys')).toBe(1);
  const changes = await count('changes');
  expect(changes).toBeGreaterThan(0);
  test.clock.advance(2 * DAY_MS);
  await test.get(RetentionJob).handle({ tenantId: tenant.tenantId }, new AbortController().signal);
  expect(await count('idempotency_keys')).toBe(0);
  expect(await count('changes')).toBe(changes);
  test.clock.advance(100 * DAY_MS);
  await test.get(RetentionJob).handle({ tenantId: tenant.tenantId }, new AbortController().signal);
  expect(await count('changes')).toBe(0);
  await until(async () =>
    (await test.request('GET', '/v1/audit-events?limit=200', { key: tenant.key })).body.data.some(
      (one: { action: string }) => one.action === 'retention.applied',
    ),
  );
  expect((await test.request('POST', '/v1/audit-events/verify', { key: tenant.key, body: {} })).body).toMatchObject({ intact: true });
});
