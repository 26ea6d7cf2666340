import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startSandbox, type Sandbox } from '@daymark/sandbox';
import { auditsOf, connect, idle, passTime, query, syncNow, uuidOf } from './support/google-world.ts';
import type { Json, Received } from './support/request.ts';
import { makeTenant, type TestTenant } from './support/tenants.ts';
import { startTestApp, type TestApp } from './support/test-app.ts';

let sandbox: Sandbox;
let test: TestApp;
let tenant: TestTenant;

beforeAll(async () => {
  sandbox = await startSandbox();
  test = await startTestApp({ sandbox });
  tenant = await makeTenant(test);
}, 60_000);

afterEach(() => sandbox.faults.clear());

afterAll(async () => {
  await test?.close();
  await sandbox?.close();
});

let people = 0;

async function connected(): Promise<{ readonly email: string; readonly id: string }> {
  people += 1;
  const email = `person${people}@acme.example`;
  sandbox.google.addPerson({ email, timeZone: 'Europe/Berlin' });
  const { id } = await connect(test, tenant, { email });
  return { email, id };
}

async function expired(): Promise<{ readonly email: string; readonly id: string }> {
  const connection = await connected();
  sandbox.google.revokeGrants(connection.email);
  await syncNow(test, tenant, connection.id);
  expect((await get(connection.id)).status).toBe('expired');
  return connection;
}

const get = async (id: string): Promise<Json> => (await test.request('GET', `/v1/connections/${id}`, { key: tenant.key })).body;
const look = (id: string): Promise<Received> => test.request('POST', `/v1/connections/${id}/test`, { key: tenant.key });
const outcomes = ({ body }: Received): string[] => body.checks.map(({ check, outcome }: Json) => `${check} ${outcome}`);
/** For one account, as others may be read meanwhile; whose a token was that is not known any more cannot be told. */
const calls = (email: string): number => sandbox.journal.list().filter(({ account }) => account === email || account === null).length;
/** What must not change by looking. */
const stateOf = async (id: string): Promise<Json> => {
  const { status, version, last_error, conditions } = await get(id);
  return { status, version, last_error, conditions };
};
const setStatus = (id: string, status: string): Promise<unknown> =>
  query(test, tenant, `UPDATE connections SET status = $2 WHERE id = $1`, [uuidOf(id, 'connection'), status]);

const TOKEN_FAILED = ['token failed', 'scopes passed', 'calendar_list skipped', 'free_busy skipped', 'write skipped'];
const ALL_PASSED = ['token passed', 'scopes passed', 'calendar_list passed', 'free_busy passed', 'write passed'];

describe('testing a connection whose grant is lost', () => {
  it('names the token with cause and fix after one call, and leaves an expired connection as it is', async () => {
    const { id, email } = await expired();
    const [state, before] = [await stateOf(id), calls(email)];
    const answer = await look(id);
    expect([answer.status, answer.body.ok, outcomes(answer)]).toEqual([200, false, TOKEN_FAILED]);
    expect(answer.body.checks[0].problem).toMatchObject({
      code: 'reauthorization-required',
      cause: expect.stringMatching(/\w/),
      fix: expect.stringMatching(/\w/),
    });
    expect([calls(email) - before, answer.body.provider_requests]).toEqual([1, 1]);
    expect(await stateOf(id)).toEqual(state);
  });

  it.each(['active', 'error'])('finds a token that only looks valid in at most five calls, and leaves it %s', async (status) => {
    const { id, email } = await connected();
    await query(test, tenant, `UPDATE connections SET sync_enabled = false WHERE id = $1`, [uuidOf(id, 'connection')]);
    await setStatus(id, status);
    sandbox.google.revokeGrants(email);
    const [state, before, lost] = [await stateOf(id), calls(email), (await auditsOf(test, tenant, 'connection.grant-lost')).length];
    const answer = await look(id);
    expect(outcomes(answer)).toEqual(TOKEN_FAILED);
    expect(calls(email) - before).toBeLessThanOrEqual(5);
    expect(await stateOf(id)).toEqual(state);
    expect((await auditsOf(test, tenant, 'connection.grant-lost')).length).toBe(lost);
  });

  it('makes no call when there is nothing to ask with', async () => {
    const { id, email } = await expired();
    await query(test, tenant, `UPDATE grants SET sealed_tokens = NULL WHERE id = (SELECT grant_id FROM connections WHERE id = $1)`, [
      uuidOf(id, 'connection'),
    ]);
    const before = calls(email);
    expect(outcomes(await look(id))).toEqual(TOKEN_FAILED);
    expect(calls(email)).toBe(before);
  });
});

it('a connection in error whose token is good shows what else is wrong', async () => {
  const { id } = await connected();
  await setStatus(id, 'error');
  sandbox.faults.add({ operation: 'calendarList.list', answer: { kind: 'status', status: 500 }, times: 9 });
  const answer = await look(id);
  expect(outcomes(answer)).toEqual(['token passed', 'scopes passed', 'calendar_list failed', 'free_busy skipped', 'write skipped']);
  sandbox.faults.clear();
  expect(outcomes(await look(id))).toEqual(ALL_PASSED);
  expect((await get(id)).status).toBe('error');
});

it('the worst case costs five calls: the token has ended, the next one is refused', async () => {
  const { id, email } = await connected();
  // Every call counts, so that nobody's calendar may be read meanwhile.
  await query(test, tenant, `UPDATE connections SET sync_enabled = false`);
  passTime(test, 3_600_000 * 2);
  await idle(test);
  await setStatus(id, 'expired');
  sandbox.faults.add({ operation: 'calendarList.list', answer: { kind: 'status', status: 401 }, match: { account: email } });
  sandbox.faults.add({ operation: 'freebusy.*', answer: { kind: 'status', status: 401 }, times: 9, match: { account: email } });
  const before = calls(email);
  const answer = await look(id);
  expect(outcomes(answer)).toEqual(['token passed', 'scopes passed', 'calendar_list passed', 'free_busy failed', 'write passed']);
  expect([calls(email) - before, answer.body.provider_requests]).toEqual([5, 5]);
  expect((await get(id)).status).toBe('expired');
});

it('a disconnected one is not tested', async () => {
  const { id } = await connected();
  await test.request('DELETE', `/v1/connections/${id}`, { key: tenant.key });
  const answer = await look(id);
  expect([answer.status, answer.body.code]).toEqual([409, 'connection-not-active']);
});
