import { afterAll, beforeAll, expect, it } from 'vitest';
import { adminQuery } from './support/admin-query.ts';
import { CrashPoints } from './support/crash-points.ts';
import { until } from './support/google-world.ts';
import { makeTenant, makeUser, type TestTenant } from './support/tenants.ts';
import { startTestApp, type TestApp } from './support/test-app.ts';

let test: TestApp;
let acme: TestTenant;

beforeAll(async () => {
  test = await startTestApp();
  acme = await makeTenant(test);
});
afterAll(() => test.close());

it('CMP-05 an erasure forgets the account of the person, though the process dies when the rest has committed', async () => {
  const user = await makeUser(test, acme, { email: 'forget.me@acme.example' });
  const crashes = new CrashPoints(test);
  crashes.crashAt({ operation: 'createErasure transaction', nth: 1, when: 'after' });
  expect(await test.request('POST', '/v1/privacy/erasures', { key: acme.key, body: { user_id: user.id } })).toMatchObject({ status: 500 });
  crashes.revive();
  expect(await test.request('GET', `/v1/users/${user.id}`, { key: acme.key })).toMatchObject({ status: 404 });
  await until(async () => (await adminQuery(test, `SELECT FROM accounts WHERE email ILIKE 'forget.me@%'`)).length === 0);
});
