import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Connection } from '../src/connections/connection.ts';
import { ConnectionsRepository } from '../src/connections/connections.repository.ts';
import { ProviderCalls } from '../src/connections/provider-calls.ts';
import { Database } from '../src/database/database.ts';
import { agendaOf, auditsOf, consent, passTime, primaryOf, query, syncNow, tick, until, uuidOf } from './support/google-world.ts';
import { startOutlookWorld, type OutlookWorld } from './support/outlook-world.ts';
import type { Json } from './support/request.ts';

const HOUR_MS = 3_600_000;

let world: OutlookWorld;

beforeAll(async () => {
  world = await startOutlookWorld();
}, 60_000);

afterEach(() => world.rest());
afterAll(() => world?.close());

const request = (method: string, path: string, body?: Json) => world.test.request(method, path, { key: world.tenant.key, body });
const get = async (id: string): Promise<Json> => (await request('GET', `/v1/connections/${id}`)).body;
const callsOf = (account: string, operation?: string) => world.sandbox.journal.list({ account, operation });
const refreshes = (account: string): number => callsOf(account, 'entra.token').length;
const refused = (account: string): number =>
  world.sandbox.journal.list().filter((call) => call.account === account && call.status === 401).length;
const stored = (id: string): Promise<Connection> =>
  world.test
    .get(Database)
    .withTenant(world.tenant.tenantId, async (tx) => (await world.test.get(ConnectionsRepository).find(tx, uuidOf(id, 'connection')))!);
const reconnectMails = async (email: string): Promise<number> =>
  (await query(world.test, world.tenant, `SELECT id FROM mails WHERE kind = 'reconnect' AND details ->> 'accountEmail' = $1`, [email]))
    .length;
const lostGrants = async (): Promise<number> => (await auditsOf(world.test, world.tenant, 'connection.grant-lost')).length;
const twenty = async (id: string): Promise<PromiseSettledResult<unknown>[]> => {
  const connection = await stored(id);
  return Promise.allSettled(
    Array.from({ length: 20 }, () => world.test.get(ProviderCalls).with(connection, (session) => session.listCalendars())),
  );
};

describe('renewing tokens of Outlook', () => {
  it('F19 is done once for 20 jobs at a time on a token that has ended', async () => {
    const { email, connection } = await world.member();
    passTime(world.test, 2 * HOUR_MS);
    world.sandbox.faults.add({ operation: 'entra.token', answer: { kind: 'slow', delayMs: 300 }, times: 9 });
    const before = refreshes(email);
    expect((await twenty(connection.id)).map(({ status }) => status)).toEqual(Array(20).fill('fulfilled'));
    expect([refreshes(email) - before, refused(email)]).toEqual([1, 0]);
  });

  it('F19 is done once for 20 jobs at a time on a token that only looks valid', async () => {
    const { email, connection } = await world.member();
    world.sandbox.microsoft.expireAccessTokens(email);
    const before = refreshes(email);
    expect((await twenty(connection.id)).map(({ status }) => status)).toEqual(Array(20).fill('fulfilled'));
    expect(refreshes(email) - before).toBe(1);
    expect((await get(connection.id)).status).toBe('active');
  });
});

describe('a grant that was taken back', () => {
  it('F20 expires the connection, asks its owner once, and is left alone', async () => {
    const { email, connection } = await world.member();
    await query(world.test, world.tenant, `UPDATE connections SET sync_enabled = false`);
    const lost = await lostGrants();
    world.sandbox.microsoft.revokeGrants(email);
    world.sandbox.microsoft.expireAccessTokens(email);
    const before = refreshes(email);
    expect((await twenty(connection.id)).map(({ status }) => status)).toEqual(Array(20).fill('rejected'));
    expect(await get(connection.id)).toMatchObject({ status: 'expired', last_error: { code: 'reauthorization-required' } });
    expect([refreshes(email) - before, await reconnectMails(email), (await lostGrants()) - lost]).toEqual([1, 1, 1]);

    await query(world.test, world.tenant, `UPDATE connections SET sync_enabled = true WHERE id = $1`, [
      uuidOf(connection.id, 'connection'),
    ]);
    const calls = callsOf(email).length;
    for (let hour = 0; hour < 48; hour += 6) {
      passTime(world.test, 6 * HOUR_MS);
      await tick(world.test);
    }
    for (const path of ['sync', 'refresh'])
      expect((await request('POST', `/v1/connections/${connection.id}/${path}`, path === 'sync' ? {} : undefined)).body.code).toBe(
        'reauthorization-required',
      );
    expect([callsOf(email).length, await reconnectMails(email), (await lostGrants()) - lost]).toEqual([calls, 1, 1]);
  }, 60_000);

  it('CON-14 is given again for the same connection and calendars, and the next run goes on from the last one', async () => {
    const { email, connection, calendar } = await world.member({
      seed: (person) => void world.add(person, 'Before', world.at(0, '09:00', '10:00')),
    });
    world.sandbox.microsoft.revokeGrants(email);
    world.sandbox.microsoft.expireAccessTokens(email);
    expect((await syncNow(world.test, world.tenant, connection.id))[0]).toMatchObject({ error: { code: 'reauthorization-required' } });
    world.add(email, 'Meanwhile', world.at(1, '09:00', '10:00'));

    const asked = await request('POST', `/v1/connections/${connection.id}/reauthorize`, {});
    const page = await consent(world.test, asked.body.authorize_url);
    expect(page.searchParams.get('connection_id')).toBe(connection.id);
    await until(async () => (await agendaOf(world.test, world.tenant, calendar)).length === 2);
    expect(await get(connection.id)).toMatchObject({ id: connection.id, status: 'active', last_error: null });
    expect((await primaryOf(world.test, world.tenant, connection.id)).id).toBe(calendar.id);
    const run = await until(async () => {
      const { body } = await request('GET', `/v1/sync/runs?calendar_id=${calendar.id}`);
      return body.data.find((one: Json) => one.state === 'succeeded' && one.trigger === 'connected' && one.mode === 'incremental') ?? null;
    });
    expect(run.counts).toMatchObject({ created: 1, updated: 0, deleted: 0 });
  });
});
