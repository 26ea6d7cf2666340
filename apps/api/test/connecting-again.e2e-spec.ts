import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSandbox, type Sandbox } from '@daymark/sandbox';
import { Accounts } from '../src/identity/accounts.ts';
import {
  agendaOf,
  auditsOf,
  authorize,
  connect,
  consent,
  consentOnly,
  goBack,
  primaryOf,
  query,
  syncNow,
  tick,
  until,
} from './support/google-world.ts';
import type { Json } from './support/request.ts';
import { makeTenant, makeUser, type TestTenant, type TestUser } from './support/tenants.ts';
import { startTestApp, type TestApp } from './support/test-app.ts';

let sandbox: Sandbox;
let test: TestApp;
let tenant: TestTenant;

beforeAll(async () => {
  sandbox = await startSandbox();
  test = await startTestApp({ sandbox });
  tenant = await makeTenant(test);
  for (const name of ['ada', 'bea', 'cem', 'dan', 'eve', 'fay', 'gil', 'hal', 'ida', 'kim', 'lea', 'mia'])
    sandbox.google.addPerson({ email: `${name}@acme.example`, timeZone: 'Europe/Berlin' });
}, 60_000);

afterAll(async () => {
  await test?.close();
  await sandbox?.close();
});

const revokes = (): number => sandbox.journal.list({ operation: 'oauth.revoke' }).length;
const get = async (id: string): Promise<Json> => (await test.request('GET', `/v1/connections/${id}`, { key: tenant.key })).body;
const disconnect = (id: string, key = tenant.key): Promise<Json> => test.request('DELETE', `/v1/connections/${id}`, { key });
const withdrawals = async (of = tenant): Promise<unknown[]> =>
  (await auditsOf(test, of, 'grant.withdrawn')).map(({ after }) => after.provider);
const tokensOf = async (of: TestTenant, account: string): Promise<boolean[]> =>
  (
    await query(
      test,
      of,
      `SELECT g.sealed_tokens IS NOT NULL AS held FROM grants g JOIN connections n ON n.grant_id = g.id WHERE n.account_email = $1`,
      [account],
    )
  ).map(({ held }) => held);

describe('disconnecting', () => {
  it('revokes once at the provider, deletes the tokens and makes no further call', async () => {
    const connection = await connect(test, tenant, { email: 'ada@acme.example' });
    const before = revokes();
    const answer = await disconnect(connection.id);
    expect(answer).toMatchObject({ status: 200, body: { status: 'revoked' } });
    await until(async () => (await withdrawals()).length === 1);
    expect(await withdrawals()).toEqual(['revoked']);
    expect(revokes()).toBe(before + 1);
    expect(await tokensOf(tenant, 'ada@acme.example')).toEqual([false]);
    const calls = sandbox.journal.list({ account: 'ada@acme.example' }).length;
    expect((await disconnect(connection.id)).status).toBe(200);
    for (const [path, code] of [
      ['sync', 'connection-not-active'],
      ['refresh', 'connection-not-active'],
      ['test', 'connection-not-active'],
    ] as const) {
      const refused = await test.request('POST', `/v1/connections/${connection.id}/${path}`, {
        key: tenant.key,
        body: path === 'sync' ? {} : undefined,
      });
      expect([path, refused.status, refused.body.code]).toEqual([path, 409, code]);
    }
    test.clock.advance(26 * 3_600_000);
    sandbox.clock.advance(26 * 3_600_000);
    await tick(test);
    expect([revokes(), sandbox.journal.list({ account: 'ada@acme.example' }).length]).toEqual([before + 1, calls]);
    expect((await test.request('GET', `/v1/calendars?connection_id=${connection.id}`, { key: tenant.key })).body.data).toEqual([]);
    expect((await auditsOf(test, tenant, 'connection.disconnected')).length).toBe(1);
  });

  it('leaves the provider alone while the same account lives on elsewhere, and says so', async () => {
    const second = await makeTenant(test, { name: 'Second' });
    const here = await connect(test, tenant, { email: 'bea@acme.example' });
    const there = await connect(test, second, { email: 'bea@acme.example' });
    const before = revokes();
    await disconnect(here.id);
    await until(async () => (await withdrawals()).length === 2);
    expect((await withdrawals())[1]).toBe('kept: the account is in use elsewhere');
    expect(await tokensOf(tenant, 'bea@acme.example')).toEqual([false]);
    expect(revokes()).toBe(before);
    expect((await syncNow(test, second, there.id))[0].state).toBe('succeeded');
    await disconnect(there.id, second.key);
    await until(async () => (await withdrawals(second)).length === 1);
    expect([await withdrawals(second), revokes()]).toEqual([['revoked'], before + 1]);
  });

  it('leaves the provider alone while somebody signs in with the account', async () => {
    const connection = await connect(test, tenant, { email: 'cem@acme.example' });
    const [{ remote_account_id: subject }] = await query(
      test,
      tenant,
      `SELECT remote_account_id FROM connections WHERE account_email = 'cem@acme.example'`,
    );
    const user = await makeUser(test, tenant);
    await signInIdentity(user, subject);
    const before = revokes();
    const count = (await withdrawals()).length;
    await disconnect(connection.id);
    await until(async () => (await withdrawals()).length === count + 1);
    expect([(await withdrawals())[count], revokes()]).toEqual(['kept: the account is in use elsewhere', before]);
  });

  it('happens to every account of a user who is removed', async () => {
    const user = await makeUser(test, tenant);
    const both = [
      await connect(test, tenant, { user, email: 'kim@acme.example' }),
      await connect(test, tenant, { user, email: 'lea@acme.example' }),
    ];
    const before = revokes();
    const removed = await test.request('DELETE', `/v1/users/${user.id}`, { key: tenant.key });
    expect(removed.status).toBe(200);
    await until(async () => revokes() === before + 2);
    await until(async () =>
      [...(await tokensOf(tenant, 'kim@acme.example')), ...(await tokensOf(tenant, 'lea@acme.example'))].every((held) => !held),
    );
    for (const { id } of both) expect((await get(id)).status).toBe('revoked');
  });

  it.each(['before', 'while'])('refuses a consent whose user is removed %s its code is exchanged, and stores no grant', async (when) => {
    const user = await makeUser(test, tenant);
    const asked = await authorize(test, tenant, { user, email: 'mia@acme.example' });
    const back = await consentOnly(asked.authorize_url);
    const remove = (): Promise<Json> => test.request('DELETE', `/v1/users/${user.id}`, { key: tenant.key });
    if (when === 'before') await remove();
    else sandbox.faults.add({ operation: 'oauth.token', answer: { kind: 'slow', delayMs: 800 } });
    const exchanges = sandbox.journal.list({ operation: 'oauth.token' }).length;
    const end = goBack(test, back);
    if (when === 'while') {
      await until(
        async () =>
          (await query(test, tenant, `SELECT id FROM oauth_states WHERE used_at IS NOT NULL AND details ->> 'userId' = $1`, [user.userId]))
            .length === 1,
      );
      expect(sandbox.journal.list({ operation: 'oauth.token' }).length).toBe(exchanges);
      await remove();
    }
    expect(Object.fromEntries((await end).searchParams)).toEqual({ outcome: 'failed', code: 'not-found' });
    sandbox.faults.clear();
    expect(await query(test, tenant, `SELECT id FROM grants WHERE user_id = $1`, [user.userId])).toEqual([]);
    expect(await query(test, tenant, `SELECT id FROM connections WHERE user_id = $1`, [user.userId])).toEqual([]);
    expect((await auditsOf(test, tenant, 'connection.authorization_refused')).at(-1)?.after).toEqual({ reason: 'not-found' });
  });

  it('deletes the tokens although they cannot be opened any more', async () => {
    const connection = await connect(test, tenant, { email: 'dan@acme.example' });
    await query(
      test,
      tenant,
      `UPDATE grants SET sealed_tokens = set_byte(sealed_tokens, length(sealed_tokens) - 1, 255 - get_byte(sealed_tokens, length(sealed_tokens) - 1)) WHERE id = (SELECT grant_id FROM connections WHERE account_email = 'dan@acme.example')`,
    );
    await disconnect(connection.id);
    await until(async () => (await tokensOf(tenant, 'dan@acme.example')).every((held) => !held));
    expect((await withdrawals()).at(-1)).toBe('failed');
  });
});

describe('connecting again', () => {
  it('keeps ids, settings and cursors: the next sync is incremental and catches up by itself', async () => {
    const connection = await connect(test, tenant, { email: 'eve@acme.example' });
    await test.request('PATCH', `/v1/connections/${connection.id}`, {
      key: tenant.key,
      body: { label: 'Work', sync: { cadence_minutes: 60 } },
    });
    const calendar = await primaryOf(test, tenant, connection.id);
    sandbox.google.revokeGrants('eve@acme.example');
    await syncNow(test, tenant, connection.id);
    expect((await get(connection.id)).status).toBe('expired');
    sandbox.google.createEvent({ as: 'eve@acme.example' }, { summary: 'Meanwhile', start: at(2, 9), end: at(2, 10) });
    const asked = await test.request('POST', `/v1/connections/${connection.id}/reauthorize`, { key: tenant.key, body: {} });
    expect(new URL(asked.body.authorize_url).searchParams.get('login_hint')).toBe('eve@acme.example');
    const page = await consent(test, asked.body.authorize_url);
    expect(page.searchParams.get('connection_id')).toBe(connection.id);
    await until(async () => (await agendaOf(test, tenant, calendar)).some((line) => line.startsWith('Meanwhile')));
    const again = await get(connection.id);
    expect(again).toMatchObject({ id: connection.id, status: 'active', label: 'Work', last_error: null, sync: { cadence_minutes: 60 } });
    expect((await primaryOf(test, tenant, connection.id)).id).toBe(calendar.id);
    const runs = await test.request('GET', `/v1/sync/runs?calendar_id=${calendar.id}`, { key: tenant.key });
    expect(runs.body.data[0]).toMatchObject({ mode: 'incremental', state: 'succeeded', trigger: 'connected' });
    expect((await auditsOf(test, tenant, 'connection.reauthorized')).length).toBe(1);
  });

  it('refuses another account than the connection’s, and changes nothing', async () => {
    const connection = await connect(test, tenant, { email: 'fay@acme.example' });
    const asked = await test.request('POST', `/v1/connections/${connection.id}/reauthorize`, { key: tenant.key, body: {} });
    const page = await consent(test, asked.body.authorize_url, { account: 'gil@acme.example' });
    expect(Object.fromEntries(page.searchParams)).toMatchObject({ outcome: 'failed', code: 'account-mismatch' });
    expect(await get(connection.id)).toMatchObject({ account_email: 'fay@acme.example', status: 'active', version: connection.version });
    expect((await auditsOf(test, tenant, 'connection.authorization_refused')).map(({ after }) => after.reason)).toContain(
      'account-mismatch',
    );
  });

  it('works after a disconnect, with the same id', async () => {
    const connection = await connect(test, tenant, { email: 'gil@acme.example' });
    await disconnect(connection.id);
    await until(async () => (await tokensOf(tenant, 'gil@acme.example')).every((held) => !held));
    const again = await connect(test, tenant, { email: 'gil@acme.example' });
    expect(again).toMatchObject({ id: connection.id, status: 'active' });
    expect((await syncNow(test, tenant, again.id))[0].state).toBe('succeeded');
  });

  it('with more rights reads what was hidden, and is not held for the busy blocks that go', async () => {
    for (let n = 0; n < 14; n += 1)
      sandbox.google.createEvent({ as: 'hal@acme.example' }, { summary: `Event ${n}`, start: at(n + 1, 9), end: at(n + 1, 10) });
    const connection = await connect(test, tenant, { email: 'hal@acme.example', profile: 'free_busy' });
    const calendar = await primaryOf(test, tenant, connection.id);
    expect(await agendaOf(test, tenant, calendar)).toHaveLength(14);
    const asked = await test.request('POST', `/v1/connections/${connection.id}/reauthorize`, {
      key: tenant.key,
      body: { access_profile: 'read' },
    });
    await consent(test, asked.body.authorize_url);
    await until(async () => {
      const agenda = await agendaOf(test, tenant, calendar);
      return agenda.length === 14 && agenda.every((line) => line.startsWith('Event'));
    });
    expect((await get(connection.id)).access_profile).toBe('read');
  });
});

describe('looking at a connection', () => {
  it('tells which calendars came, went and were renamed, and renews the token', async () => {
    const side = sandbox.google.addCalendar('ida@acme.example', { summary: 'Side' });
    const gone = sandbox.google.addCalendar('ida@acme.example', { summary: 'Going' });
    const connection = await connect(test, tenant, { email: 'ida@acme.example' });
    sandbox.google.addCalendar('ida@acme.example', { summary: 'New' });
    sandbox.google.deleteCalendar(gone.id);
    await rename('ida@acme.example', side.id, 'Sidelined');
    const tokens = sandbox.journal.list({ operation: 'oauth.token' }).length;
    const answer = await test.request('POST', `/v1/connections/${connection.id}/refresh`, { key: tenant.key });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      token_renewed: true,
      added: [{ name: 'New' }],
      removed: [{ name: 'Going', status: 'removed' }],
      renamed: [{ from: 'Side', to: 'Sidelined' }],
    });
    expect(sandbox.journal.list({ operation: 'oauth.token' }).length).toBe(tokens + 1);
    const changes = async (): Promise<number> =>
      (await query(test, tenant, `SELECT id FROM changes WHERE resource_kind = 'calendar'`)).length;
    const told = await changes();
    const again = await test.request('POST', `/v1/connections/${connection.id}/refresh`, { key: tenant.key });
    expect(again.body).toMatchObject({ added: [], removed: [], renamed: [] });
    expect(await changes()).toBe(told);
  });

  it('tests every part with at most five calls and changes nothing', async () => {
    const connection = (await test.request('GET', '/v1/connections', { key: tenant.key })).body.data.find(
      (one: Json) => one.account_email === 'ida@acme.example',
    );
    const applied = sandbox.journal.list({ applied: true, operation: 'events.*' }).length;
    const before = sandbox.journal.list().length;
    const good = await test.request('POST', `/v1/connections/${connection.id}/test`, { key: tenant.key });
    expect(good.body.ok).toBe(true);
    expect(good.body.checks.map(({ check, outcome }: Json) => `${check} ${outcome}`)).toEqual([
      'token passed',
      'scopes passed',
      'calendar_list passed',
      'free_busy passed',
      'write passed',
    ]);
    expect(good.body.provider_requests).toBe(sandbox.journal.list().length - before);
    expect(good.headers.get('x-provider-requests')).toBe(String(good.body.provider_requests));

    // The worst case: every token is refused once.
    sandbox.google.expireAccessTokens('ida@acme.example');
    const worst = sandbox.journal.list().length;
    expect((await test.request('POST', `/v1/connections/${connection.id}/test`, { key: tenant.key })).body.ok).toBe(true);
    expect(sandbox.journal.list().length - worst).toBeLessThanOrEqual(5);

    sandbox.faults.add({ operation: 'freebusy.*', answer: { kind: 'status', status: 503 }, times: 9 });
    const bad = await test.request('POST', `/v1/connections/${connection.id}/test`, { key: tenant.key });
    sandbox.faults.clear();
    expect(bad.body.ok).toBe(false);
    expect(bad.body.checks.filter(({ outcome }: Json) => outcome === 'failed')).toEqual([
      expect.objectContaining({ check: 'free_busy', problem: expect.objectContaining({ code: 'provider-unavailable' }) }),
    ]);
    expect(sandbox.journal.list({ applied: true, operation: 'events.*' })).toHaveLength(applied);
  });
});

/** As signing in with the provider stores it. */
async function signInIdentity(user: TestUser, subject: string): Promise<void> {
  await test.get(Accounts).ofRemote('google', { id: subject, email: user.email, emailVerified: true, name: 'Cem' });
}

async function rename(email: string, calendarId: string, summary: string): Promise<void> {
  const { accessToken } = sandbox.google.connect(email, { scopes: ['calendar'] });
  const answer = await fetch(`${sandbox.googleUrl}/calendar/v3/calendars/${calendarId}`, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ summary }),
  });
  if (!answer.ok) throw new Error(`renaming answered ${answer.status}`);
}

/** A moment some days from now, on a full hour UTC. */
function at(days: number, hour: number): { dateTime: string } {
  const day = new Date(Math.floor(test.clock.now() / 86_400_000 + days) * 86_400_000).toISOString().slice(0, 10);
  return { dateTime: `${day}T${String(hour).padStart(2, '0')}:00:00Z` };
}
