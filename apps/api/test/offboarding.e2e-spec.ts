import { afterAll, beforeAll, expect, it } from 'vitest';
import { startSandbox, type Sandbox } from '@daymark/sandbox';
import { Database } from '../src/database/database.ts';
import { RetentionJob } from '../src/retention/retention.job.ts';
import { connect, until } from './support/google-world.ts';
import { makeTenant, makeUser, type TestTenant, type TestUser } from './support/tenants.ts';
import { startTestApp, type TestApp } from './support/test-app.ts';

let sandbox: Sandbox;
let test: TestApp;
let tenant: TestTenant;
let ada: TestUser;

beforeAll(async () => {
  sandbox = await startSandbox();
  test = await startTestApp({ sandbox });
  tenant = await makeTenant(test);
  ada = await makeUser(test, tenant, { email: 'ada@acme.example' });
  sandbox.google.addPerson({ email: ada.email, name: 'Ada', timeZone: 'UTC' });
  await connect(test, tenant, { user: ada, email: ada.email });
});

afterAll(async () => {
  await test?.close();
  await sandbox?.close();
});

it('withdraws every grant of a user who is deleted, and forgets the user when that is done', async () => {
  expect((await test.request('DELETE', `/v1/users/${ada.id}`, { key: tenant.key })).status).toBeLessThan(300);
  expect((await test.request('GET', `/v1/users/${ada.id}`, { key: tenant.key })).status).toBe(404);
  await until(async () => sandbox.journal.list({ operation: 'oauth.revoke' }).length === 1);
  const calls = sandbox.journal.list({}).length;
  await until(async () => {
    const [row] = await test
      .get(Database)
      .withTenant(tenant.tenantId, (tx) => tx.query<[{ count: string }]>(`SELECT count(*) FROM grants WHERE sealed_tokens IS NOT NULL`));
    return Number(row.count) === 0;
  });
  await test.get(RetentionJob).handle({ tenantId: tenant.tenantId }, new AbortController().signal);
  const [left] = await test
    .get(Database)
    .withTenant(tenant.tenantId, (tx) => tx.query<[{ count: string }]>(`SELECT count(*) FROM users WHERE id = $1`, [ada.userId]));
  expect(Number(left.count)).toBe(0);
  expect(sandbox.journal.list({}).length).toBe(calls);
});

it('withdraws a grant later when the service was down at the time', async () => {
  const leo = await makeUser(test, tenant, { email: 'leo@acme.example' });
  sandbox.google.addPerson({ email: leo.email, name: 'Leo', timeZone: 'UTC' });
  const connection = await connect(test, tenant, { user: leo, email: leo.email });
  await test
    .get(Database)
    .withTenant(tenant.tenantId, (tx) => tx.query(`UPDATE connections SET status = 'revoked' WHERE user_id = $1`, [leo.userId]));
  const before = sandbox.journal.list({ operation: 'oauth.revoke' }).length;
  await test.get(RetentionJob).handle({ tenantId: tenant.tenantId }, new AbortController().signal);
  await until(async () => sandbox.journal.list({ operation: 'oauth.revoke' }).length === before + 1);
  expect((await test.request('GET', `/v1/connections/${connection.id}`, { key: tenant.key })).body.status).toBe('revoked');
});
