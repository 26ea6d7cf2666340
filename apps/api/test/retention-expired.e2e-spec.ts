import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS } from '@daymark/domain';
import { RetentionJob } from '../src/retention/retention.job.ts';
import { SessionsService } from '../src/identity/sessions.service.ts';
import { adminQuery } from './support/admin-query.ts';
import { numberChanges } from './support/sequence.ts';
import { makeTenant, signIn, type TestTenant } from './support/tenants.ts';
import { startTestApp, type TestApp } from './support/test-app.ts';

let test: TestApp;
let acme: TestTenant;

beforeAll(async () => {
  test = await startTestApp({ configuration: { role: 'web' }, sandbox: 'start' });
  acme = await makeTenant(test);
});
afterAll(() => test.close());

const left = async () => {
  const tables = ['sessions', 'sign_in_links', 'oauth_states', 'idempotency_keys', 'rate_limits', 'changes'];
  const rows = await adminQuery<{ name: string; n: number }>(
    test,
    tables.map((table) => `SELECT '${table}' AS name, count(*)::int AS n FROM ${table}`).join(' UNION ALL '),
  );
  return Object.fromEntries(rows.map(({ name, n }) => [name, n]));
};
const cleanUp = async () => {
  await test.get(RetentionJob).tick();
  await test.get(RetentionJob).handle({ tenantId: acme.tenantId }, new AbortController().signal);
};

describe('cleaning up', () => {
  it('keeps what still counts and deletes what has ended', async () => {
    await signIn(test, acme.owner);
    await test.get(SessionsService).makeLink(acme.owner);
    await test.request('GET', '/auth/google');
    await test.request('POST', '/v1/users', {
      key: acme.key,
      body: { email: 'x@acme.example', name: 'X' },
      headers: { 'Idempotency-Key': 'k' },
    });
    await numberChanges(test, acme.tenantId);
    const before = await left();
    expect(before).toMatchObject({ sessions: 1, sign_in_links: 1, oauth_states: 1, idempotency_keys: 1, changes: 2 });
    await cleanUp();
    expect(await left()).toEqual(before);
    test.clock.advance(2 * DAY_MS);
    await cleanUp();
    expect(await left()).toEqual({ sessions: 0, sign_in_links: 0, oauth_states: 0, idempotency_keys: 0, rate_limits: 0, changes: 2 });
    test.clock.advance(89 * DAY_MS);
    await cleanUp();
    expect(await left()).toMatchObject({ changes: 0 });
    const start = Buffer.from('[0]').toString('base64url');
    expect(await test.request('GET', `/v1/changes?since=${start}`, { key: acme.key })).toMatchObject({
      status: 410,
      body: { code: 'cursor-expired' },
    });
  });
});
