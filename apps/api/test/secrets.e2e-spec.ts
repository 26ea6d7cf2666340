import { Client } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startSandbox, type Sandbox } from '@daymark/sandbox';
import { Database } from '../src/database/database.ts';
import { GrantsRepository } from '../src/connections/grants.repository.ts';
import { connect } from './support/google-world.ts';
import { makeTenant, signIn, type TestTenant } from './support/tenants.ts';
import { startTestApp, type TestApp } from './support/test-app.ts';

let sandbox: Sandbox;
let test: TestApp;
let tenant: TestTenant;
let secrets: string[];
const answers: string[] = [];

beforeAll(async () => {
  sandbox = await startSandbox();
  test = await startTestApp({ sandbox });
  tenant = await makeTenant(test);
  sandbox.google.addPerson({ email: 'ada@acme.example', name: 'Ada', timeZone: 'UTC' });
  const connection = await connect(test, tenant, { email: 'ada@acme.example' });
  const session = await signIn(test, tenant.owner);
  for (const path of [
    '/v1/connections',
    `/v1/connections/${connection.id}`,
    '/v1/calendars',
    '/v1/providers',
    '/v1/audit-events',
    '/v1/sync/runs',
    '/v1/api-keys',
    '/v1/session',
  ]) {
    answers.push(JSON.stringify((await test.request('GET', path, path === '/v1/session' ? { session } : { key: tenant.key })).body));
  }
  answers.push(JSON.stringify((await test.request('POST', `/v1/connections/${connection.id}/test`, { key: tenant.key, body: {} })).body));
  const [grant] = await test.get(Database).withTenant(tenant.tenantId, (tx) => tx.query<{ id: never }[]>('SELECT id FROM grants'));
  const live = await test.get(Database).withTenant(tenant.tenantId, (tx) => test.get(GrantsRepository).findLive(tx, grant!.id));
  secrets = [
    live!.tokens.accessToken.reveal(),
    live!.tokens.refreshToken!.reveal(),
    test.configuration.google!.clientSecrets[0]!.reveal(),
    tenant.key,
    session.cookie.slice(session.cookie.indexOf('=') + 1),
  ];
});

afterAll(async () => {
  await test?.close();
  await sandbox?.close();
});

it('SEC-01 SEC-07 no token, key or client secret stands in any table, answer or log line', async () => {
  const admin = new Client({ connectionString: test.database.adminUrl });
  await admin.connect();
  const { rows: tables } = await admin.query<{ name: string }>(
    `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables WHERE table_schema IN ('public', 'pgboss') AND table_type = 'BASE TABLE'`,
  );
  let read = 0;
  for (const { name } of tables) {
    const { rows } = await admin.query<{ text: string }>(`SELECT t::text AS text FROM ${name} t`);
    read += rows.length;
    for (const secret of secrets) {
      const hex = Buffer.from(secret).toString('hex');
      expect(
        rows.some(({ text }) => text.includes(secret) || text.includes(hex)),
        name,
      ).toBe(false);
    }
  }
  await admin.end();
  expect(read).toBeGreaterThan(20);
  for (const secret of secrets) {
    expect(answers.some((answer) => answer.includes(secret))).toBe(false);
    expect(test.logs.some((line) => line.includes(secret))).toBe(false);
  }
  expect(secrets.every((secret) => secret.length >= 16)).toBe(true);
});
