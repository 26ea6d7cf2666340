import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSandbox, type Sandbox } from '@daymark/sandbox';
import { AccessTokens } from '../src/connections/access-tokens.ts';
import { ProviderCalls } from '../src/connections/provider-calls.ts';
import type { Connection } from '../src/connections/connection.ts';
import { GrantsRepository } from '../src/connections/grants.repository.ts';
import { ConnectionsRepository } from '../src/connections/connections.repository.ts';
import { Database } from '../src/database/database.ts';
import { SyncTicks } from '../src/sync/sync-ticks.ts';
import { auditsOf, connect, ended, idle, passTime, query, syncNow, tick, until, uuidOf } from './support/google-world.ts';
import type { Json } from './support/request.ts';
import { makeTenant, type TestTenant } from './support/tenants.ts';
import { startTestApp, type TestApp } from './support/test-app.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let sandbox: Sandbox;
let test: TestApp;
let tenant: TestTenant;

beforeAll(async () => {
  sandbox = await startSandbox();
  test = await startTestApp({ sandbox });
  tenant = await makeTenant(test);
  for (const name of ['ada', 'bea', 'cem', 'dan', 'eve', 'fay', 'gil', 'hal', 'ida', 'jon'])
    sandbox.google.addPerson({ email: `${name}@acme.example`, timeZone: 'Europe/Berlin' });
}, 60_000);

afterAll(async () => {
  await test?.close();
  await sandbox?.close();
});

/** For one account, since the clock makes those of other tests due; whose a token was that is not known any more cannot be told. */
const callsOf = (email: string, operation?: string) =>
  sandbox.journal.list({ operation }).filter(({ account }) => account === email || account === null);
const refreshes = (email: string): number => callsOf(email, 'oauth.token').length;
const refused = (email: string): number => callsOf(email).filter(({ status }) => status === 401).length;
const get = async (id: string): Promise<Json> => (await test.request('GET', `/v1/connections/${id}`, { key: tenant.key })).body;
const entityOf = (of: TestApp, id: string): Promise<Connection> =>
  of.get(Database).withTenant(tenant.tenantId, async (tx) => (await of.get(ConnectionsRepository).find(tx, uuidOf(id, 'connection')))!);
const listCalendars = (of: TestApp, connection: Connection): Promise<unknown> =>
  of.get(ProviderCalls).with(connection, (session) => session.listCalendars());
const grantOf = async (id: string): Promise<Json> =>
  (
    await query(test, tenant, `SELECT g.* FROM grants g JOIN connections n ON n.grant_id = g.id WHERE n.id = $1`, [
      uuidOf(id, 'connection'),
    ])
  )[0];
const reconnectMails = async (email: string): Promise<number> =>
  (await query(test, tenant, `SELECT id FROM mails WHERE kind = 'reconnect' AND details ->> 'accountEmail' = $1`, [email])).length;
/** As a process that died in the middle of a refresh leaves it. */
const leaveLease = (id: string, until: number): Promise<unknown> =>
  query(
    test,
    tenant,
    `UPDATE grants SET refresh_lease = gen_random_uuid(), lease_until = $2 WHERE id = (SELECT grant_id FROM connections WHERE id = $1)`,
    [uuidOf(id, 'connection'), new Date(until)],
  );

describe('renewing tokens', () => {
  it('F19 is done once for 20 calls at a time over two processes, and nobody sees a refusal', async () => {
    const connection = await connect(test, tenant, { email: 'ada@acme.example' });
    const second = await startTestApp({ sandbox, database: test.database, configuration: { google: test.configuration.google } });
    try {
      const soon = (await grantOf(connection.id)).access_expires_at.getTime() - 50_000;
      passTime(test, soon - test.clock.now());
      second.clock.moveTo(test.clock.now());
      const [before, refusedBefore] = [refreshes('ada@acme.example'), refused('ada@acme.example')];
      sandbox.faults.add({ operation: 'oauth.token', answer: { kind: 'slow', delayMs: 300 }, times: 99 });
      const entity = await entityOf(test, connection.id);
      await Promise.all(Array.from({ length: 20 }, (_, index) => listCalendars(index % 2 === 0 ? test : second, entity)));
      sandbox.faults.clear();
      expect([refreshes('ada@acme.example') - before, refused('ada@acme.example') - refusedBefore]).toEqual([1, 0]);
      expect((await grantOf(connection.id)).access_expires_at.getTime() - test.clock.now()).toBeGreaterThan(50 * MINUTE);
    } finally {
      await second.close();
    }
  });

  it('F19 is taken over within 30 seconds when the process that began it died', async () => {
    const connection = await connect(test, tenant, { email: 'bea@acme.example' });
    const entity = await entityOf(test, connection.id);
    passTime(test, (await grantOf(connection.id)).access_expires_at.getTime() - test.clock.now() - 1000);
    await leaveLease(connection.id, test.clock.now() + 20_000);
    const before = refreshes('bea@acme.example');
    const answer = listCalendars(test, entity);
    await query(test, tenant, 'SELECT pg_sleep(0.5)');
    expect(refreshes('bea@acme.example')).toBe(before);
    passTime(test, 21_000);
    expect(await answer).toHaveLength(1);
    expect(refreshes('bea@acme.example')).toBe(before + 1);
  });

  it('F19 survives a refusal of a token that looks valid: one renewal, one repeat', async () => {
    const connection = await connect(test, tenant, { email: 'bea@acme.example' });
    sandbox.google.expireAccessTokens('bea@acme.example');
    const before = refreshes('bea@acme.example');
    await Promise.all([1, 2, 3, 4].map(async () => listCalendars(test, await entityOf(test, connection.id))));
    expect(refreshes('bea@acme.example') - before).toBe(1);
    expect((await get(connection.id)).status).toBe('active');
  });

  it('is done ahead by the sweep for what ends within 20 minutes, and for nothing else', async () => {
    const connection = await connect(test, tenant, { email: 'cem@acme.example' });
    const expiry = async (): Promise<number> => (await grantOf(connection.id)).access_expires_at.getTime();
    const first = await expiry();
    passTime(test, first - test.clock.now() - 25 * MINUTE);
    await sweep();
    expect(await expiry()).toBe(first);
    passTime(test, 6 * MINUTE);
    await sweep();
    expect(await expiry()).toBeGreaterThan(first);
    const after = refreshes('cem@acme.example');
    await sweep();
    expect(refreshes('cem@acme.example')).toBe(after);
  });

  it('F21 keeps the refresh token when the answer has none', async () => {
    const connection = await connect(test, tenant, { email: 'dan@acme.example' });
    const tokens = test.get(AccessTokens);
    const grant = await grantOf(connection.id);
    for (let round = 0; round < 3; round += 1) await tokens.renew(tenant.tenantId, grant.id);
    expect((await syncNow(test, tenant, connection.id))[0].state).toBe('succeeded');
  });

  it('F21 loses nothing when the answer of the token endpoint is lost', async () => {
    const connection = await connect(test, tenant, { email: 'dan@acme.example' });
    sandbox.google.expireAccessTokens('dan@acme.example');
    sandbox.faults.add({ operation: 'oauth.token', when: 'after', answer: { kind: 'reset' }, match: { account: 'dan@acme.example' } });
    // A run that was due anyway may be the one whose answer is lost.
    const lost = () =>
      sandbox.journal.list({ operation: 'oauth.token', account: 'dan@acme.example' }).filter(({ status }) => status === null);
    await syncNow(test, tenant, connection.id);
    expect(lost()).toHaveLength(1);
    const [again] = await syncNow(test, tenant, connection.id);
    expect(again.state).toBe('succeeded');
    expect((await get(connection.id)).status).toBe('active');
  });
});

describe('a grant that is lost', () => {
  it('F20 expires the connection within one run, asks its owner once, and makes no call for two days', async () => {
    sandbox.google.addCalendar('eve@acme.example', { summary: 'Second' });
    const connection = await connect(test, tenant, { email: 'eve@acme.example' });
    sandbox.google.revokeGrants('eve@acme.example');
    const before = refreshes('eve@acme.example');
    const [run] = await syncNow(test, tenant, connection.id);
    expect(run).toMatchObject({ state: 'failed', error: { code: 'reauthorization-required' } });
    expect(await get(connection.id)).toMatchObject({ status: 'expired', last_error: { code: 'reauthorization-required' } });
    // Runs of several calendars may have been under way at once.
    expect(refreshes('eve@acme.example') - before).toBeLessThanOrEqual(2);
    expect(await reconnectMails('eve@acme.example')).toBe(1);
    const changes = await query(
      test,
      tenant,
      `SELECT type FROM changes WHERE resource_id = $1 AND type = 'connection.reauthorization_required'`,
      [uuidOf(connection.id, 'connection')],
    );
    expect(changes).toHaveLength(1);
    const calls = sandbox.journal.list({ account: 'eve@acme.example' }).length;
    const others = await query(
      test,
      tenant,
      `UPDATE connections SET sync_enabled = false WHERE account_email <> 'eve@acme.example' AND status = 'active' RETURNING id`,
    );
    for (let hour = 0; hour < 48; hour += 6) {
      passTime(test, 6 * HOUR);
      await tick(test);
    }
    expect(sandbox.journal.list({ account: 'eve@acme.example' })).toHaveLength(calls);
    expect(await reconnectMails('eve@acme.example')).toBe(1);
    for (const path of ['sync', 'refresh']) {
      const answer = await test.request('POST', `/v1/connections/${connection.id}/${path}`, {
        key: tenant.key,
        body: path === 'sync' ? {} : undefined,
      });
      expect([path, answer.body.code]).toEqual([path, 'reauthorization-required']);
    }
    await query(test, tenant, `UPDATE connections SET sync_enabled = true WHERE id = ANY($1)`, [
      (others as Json)[0].map(({ id }: Json) => id),
    ]);
    expect((await auditsOf(test, tenant, 'connection.grant-lost')).length).toBe(1);
  }, 90_000);

  it('F20 is not told by a token endpoint that is down for two hours', async () => {
    const connection = await connect(test, tenant, { email: 'fay@acme.example' });
    sandbox.faults.add({ operation: 'oauth.token', answer: { kind: 'status', status: 503 }, times: 10_000 });
    sandbox.google.expireAccessTokens('fay@acme.example');
    const started = await test.request('POST', `/v1/connections/${connection.id}/sync`, { key: tenant.key, body: {} });
    expect((await ended(test, tenant, started.body.data[0].id)).error.code).toBe('provider-unavailable');
    for (let minutes = 0; minutes < 120; minutes += 30) {
      passTime(test, 30 * MINUTE);
      await tick(test);
      expect((await get(connection.id)).status).toBe('active');
    }
    sandbox.faults.clear();
    passTime(test, 31 * MINUTE);
    await tick(test);
    await until(async () => (await get(connection.id)).last_error === null);
    expect(await reconnectMails('fay@acme.example')).toBe(0);
  }, 60_000);

  it('F24 that cannot be opened concerns its account only, and a new consent mends it', async () => {
    const [broken, good] = [
      await connect(test, tenant, { email: 'gil@acme.example' }),
      await connect(test, tenant, { email: 'hal@acme.example' }),
    ];
    await query(
      test,
      tenant,
      `UPDATE grants SET sealed_tokens = set_byte(sealed_tokens, 60, 255 - get_byte(sealed_tokens, 60)) WHERE id = $1`,
      [(await grantOf(broken.id)).id],
    );
    const [run] = await syncNow(test, tenant, broken.id);
    expect(run).toMatchObject({
      state: 'failed',
      error: { code: 'reauthorization-required', message: expect.stringContaining('cannot be opened') },
    });
    expect((await test.request('POST', `/v1/connections/${broken.id}/refresh`, { key: tenant.key })).body.code).toBe(
      'reauthorization-required',
    );
    expect((await test.request('POST', `/v1/connections/${broken.id}/test`, { key: tenant.key })).body.checks[0]).toMatchObject({
      check: 'token',
      outcome: 'failed',
    });
    expect((await syncNow(test, tenant, good.id))[0].state).toBe('succeeded');
    expect((await test.request('GET', '/v1/connections', { key: tenant.key })).status).toBe(200);
    const again = await connect(test, tenant, { email: 'gil@acme.example' });
    expect(again.id).toBe(broken.id);
    expect((await syncNow(test, tenant, broken.id))[0].state).toBe('succeeded');
  });
});

describe('permissions', () => {
  it('F22 that are taken back later are named after the next renewal', async () => {
    const connection = await connect(test, tenant, { email: 'jon@acme.example' });
    const { version } = await get(connection.id);
    await test.request('POST', `/v1/connections/${connection.id}/refresh`, { key: tenant.key });
    expect((await get(connection.id)).version).toBe(version);
    sandbox.google.narrowGrants('jon@acme.example', ['calendar.freebusy']);
    await test.request('POST', `/v1/connections/${connection.id}/refresh`, { key: tenant.key });
    const after = await get(connection.id);
    expect(after.status).toBe('active');
    expect(after.conditions).toContainEqual(
      expect.objectContaining({ condition: 'scope-missing', text: 'Not permitted: see busy times.' }),
    );
  });
});

describe('secrets', () => {
  it('F24 stand nowhere in the database, in logs or in answers, also when the provider fails', async () => {
    const connection = await connect(test, tenant, { email: 'ida@acme.example' });
    const answers: string[] = [];
    for (const status of [400, 401, 403, 404, 500]) {
      sandbox.faults.add({
        operation: 'events.list',
        answer: { kind: 'status', status },
        times: 2,
        match: { account: 'ida@acme.example' },
      });
      answers.push(JSON.stringify(await syncNow(test, tenant, connection.id)));
      sandbox.faults.clear();
      answers.push(JSON.stringify(await connect(test, tenant, { email: 'ida@acme.example' })));
    }
    const grantId = (await grantOf(connection.id)).id;
    const held = await test.get(Database).withTenant(tenant.tenantId, (tx) => test.get(GrantsRepository).findLive(tx, grantId));
    const secrets = [
      held!.tokens.accessToken.reveal(),
      held!.tokens.refreshToken!.reveal(),
      test.configuration.google!.clientSecrets[0]!.reveal(),
    ];
    expect(secrets.every((secret) => secret.length > 10)).toBe(true);
    const everything = [await dump(), test.logs.join(), ...answers].join();
    expect(everything).toContain('ida@acme.example');
    for (const secret of secrets)
      for (const form of [secret, Buffer.from(secret).toString('hex'), Buffer.from(secret).toString('base64')])
        expect(everything.includes(form)).toBe(false);
  });
});

async function sweep(): Promise<void> {
  await test.get(SyncTicks).refreshTokens();
  await idle(test);
}

/** Every row of the database as text, as somebody with a copy of it sees it. */
async function dump(): Promise<string> {
  const client = new Client({ connectionString: test.database.adminUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables WHERE table_schema IN ('public', 'pgboss') AND table_type = 'BASE TABLE'`,
    );
    const parts: string[] = [];
    for (const { name } of rows)
      parts.push(
        (await client.query<{ text: string | null }>(`SELECT string_agg(t::text, ' ') AS text FROM ${name} t`)).rows[0]?.text ?? '',
      );
    return parts.join('\n');
  } finally {
    await client.end();
  }
}
