import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Secret, type Uuid } from '@daymark/domain';
import { startSandbox, type Sandbox } from '@daymark/sandbox';
import type { Configuration, EncryptionKey } from '../src/config/config.ts';
import type { Connection } from '../src/connections/connection.ts';
import { ConnectionsRepository } from '../src/connections/connections.repository.ts';
import { ProviderCalls } from '../src/connections/provider-calls.ts';
import { Envelope } from '../src/crypto/envelope.ts';
import { ResealTicks } from '../src/crypto/reseal-ticks.ts';
import { Database } from '../src/database/database.ts';
import { authorize, connect, consentOnly, goBack, idle, primaryOf, query, until, uuidOf } from './support/google-world.ts';
import type { Json, Received } from './support/request.ts';
import { makeTenant, type TestTenant } from './support/tenants.ts';
import { startTestApp, type TestApp } from './support/test-app.ts';

/** More than go into one transaction. */
const MANY = 230;

let sandbox: Sandbox;
let test: TestApp;
let tenant: TestTenant;
let connection: Json;
let calendarId: Uuid;
let old: EncryptionKey;
const fresh = { id: 'fresh', bytes: new Secret(Buffer.from('0123456789abcdef0123456789abcdef')) };

beforeAll(async () => {
  sandbox = await startSandbox();
  test = await startTestApp({ sandbox });
  old = test.configuration.encryptionKeys[0]!;
  tenant = await makeTenant(test);
  for (const name of ['ada', 'bea']) sandbox.google.addPerson({ email: `${name}@acme.example`, timeZone: 'Europe/Berlin' });
  connection = await connect(test, tenant, { email: 'ada@acme.example' });
  calendarId = uuidOf((await primaryOf(test, tenant, connection.id)).id, 'calendar');
}, 60_000);

afterAll(async () => {
  await test?.close();
  await sandbox?.close();
});

async function withKeys(
  encryptionKeys: EncryptionKey[],
  work: (app: TestApp) => Promise<void>,
  more: Partial<Configuration> = {},
): Promise<void> {
  const configuration = { google: test.configuration.google, publicUrl: test.configuration.publicUrl, encryptionKeys, ...more };
  const app = await startTestApp({ sandbox, database: test.database, configuration });
  app.clock.moveTo(test.clock.now());
  try {
    await work(app);
  } finally {
    await app.close();
  }
}

const entityOf = (of: TestApp): Promise<Connection> =>
  of
    .get(Database)
    .withTenant(tenant.tenantId, async (tx) => (await of.get(ConnectionsRepository).find(tx, uuidOf(connection.id, 'connection')))!);
const listCalendars = async (of: TestApp): Promise<unknown> =>
  of.get(ProviderCalls).with(await entityOf(of), (session) => session.listCalendars());
const invite = (of: TestApp, key: string): Promise<Received> =>
  of.request('POST', '/v1/users', {
    key: tenant.key,
    body: { email: `${key}@acme.example`, name: 'X' },
    headers: { 'Idempotency-Key': key },
  });
/** What was logged with these words; the logger of all apps in a process is that of the first or of the last. */
const said = (app: TestApp, words: string): Json[] =>
  [...test.logs, ...app.logs].filter((line) => line.includes(words)).map((line) => JSON.parse(line));

/** An event that could not be read, kept with what the service said of it. */
async function setAside(of: TestApp, remoteId: string): Promise<void> {
  const answer = of.get(Envelope).seal(new Secret(`answer about ${remoteId}`), `set-aside:${calendarId}:${remoteId}`).bytes;
  await query(
    of,
    tenant,
    `INSERT INTO set_asides (id, tenant_id, calendar_id, remote_id, direction, reason, sealed_answer, created_at, expires_at)
     VALUES ($1, $2, $3, $4, 'read', 'odd', $5, $6, $7)`,
    [randomUUID(), tenant.tenantId, calendarId, remoteId, answer, new Date(of.clock.now()), new Date(of.clock.now() + 14 * 86_400_000)],
  );
}

async function readSetAsides(of: TestApp): Promise<string[]> {
  const rows = await query<{ remote_id: string; sealed_answer: Buffer }>(
    of,
    tenant,
    `SELECT remote_id, sealed_answer FROM set_asides ORDER BY remote_id`,
  );
  return rows.map((row) => of.get(Envelope).open(row.sealed_answer, `set-aside:${calendarId}:${row.remote_id}`).reveal());
}

const sealedOtherwise = (table: string): Promise<Json[]> => query(test, tenant, `SELECT * FROM ${table} WHERE key_id <> 'fresh'`);

/** A worker that does not know the new key yet may take the job, and leaves it to the next minute. */
async function resealUntil(app: TestApp, isDone: () => Promise<boolean>): Promise<void> {
  await until(async () => {
    await app.get(ResealTicks).reseal();
    await idle(app);
    return isDone();
  });
}

describe('keys', () => {
  it('F24 rotate while everything runs: both work meanwhile, afterwards the old one can go and nothing is lost', async () => {
    const answers: Received[] = [];
    for (let n = 0; n < 3; n += 1) answers.push(await invite(test, `guest${n}`));
    for (let n = 100; n < 100 + MANY; n += 1) await setAside(test, `event${n}`);
    const begun = await consentOnly((await authorize(test, tenant, { email: 'bea@acme.example' })).authorize_url);
    await withKeys([fresh, old], async (rotated) => {
      await listCalendars(rotated);
      expect((await sealedOtherwise('grants')).length).toBeGreaterThan(0);
      expect(await sealedOtherwise('set_asides')).toHaveLength(MANY);
      expect((await invite(rotated, 'guest0')).body).toEqual(answers[0]!.body);
      const ticks = rotated.get(ResealTicks);
      await resealUntil(rotated, async () => {
        const left = await Promise.all(['grants', 'set_asides', 'idempotency_keys'].map(sealedOtherwise));
        return left.every((rows) => rows.length === 0);
      });
      await ticks.reseal();
      // Somebody is still on the consent page.
      expect(said(rotated, 'keep the older keys').at(-1)).toMatchObject({ waiting: { grants: 0, kept: 0, states: 1 }, key: 'fresh' });
      expect(said(rotated, 'can be taken away')).toEqual([]);
      expect((await goBack(rotated, begun)).searchParams.get('outcome')).toBe('connected');
      await ticks.reseal();
      await ticks.reseal();
      expect(said(rotated, 'can be taken away')).toHaveLength(1);
      await listCalendars(rotated);
    });
    await withKeys(
      [fresh],
      async (later) => {
        expect(await listCalendars(later)).toHaveLength(1);
        expect(await readSetAsides(later)).toEqual(Array.from({ length: MANY }, (_, n) => `answer about event${n + 100}`));
        for (const [n, answer] of answers.entries()) {
          const again = await invite(later, `guest${n}`);
          expect([again.status, again.headers.get('idempotency-replayed'), again.body]).toEqual([answer.status, 'true', answer.body]);
        }
      },
      { role: 'web' },
    );
  }, 60_000);

  it('F24 leave what cannot be opened, and seal the rest anew', async () => {
    await query(test, tenant, `DELETE FROM set_asides`);
    for (let n = 100; n < 105; n += 1) await setAside(test, `event${n}`);
    await query(
      test,
      tenant,
      `UPDATE set_asides SET sealed_answer = set_byte(sealed_answer, 60, 255 - get_byte(sealed_answer, 60)) WHERE remote_id = 'event102'`,
    );
    await withKeys([fresh, old], async (rotated) => {
      await resealUntil(rotated, async () => (await sealedOtherwise('set_asides')).length === 1);
      expect((await sealedOtherwise('set_asides')).map(({ remote_id }) => remote_id)).toEqual(['event102']);
      expect(said(rotated, 'a kept value cannot be sealed anew')).toContainEqual(expect.objectContaining({ table: 'set_asides' }));
    });
  });

  it('F24 are not asked for what they could not open', async () => {
    await withKeys([fresh], async (later) => {
      const words = ['keep the older keys', 'can be taken away'];
      const before = words.map((one) => said(later, one).length);
      await later.get(ResealTicks).reseal();
      await idle(later);
      expect((await sealedOtherwise('set_asides')).map(({ remote_id }) => remote_id)).toEqual(['event102']);
      expect(words.map((one) => said(later, one).length)).toEqual(before);
    });
  });

  it('F24 that are missing are told at the start, by name, and blame neither provider nor person; put back, all goes on', async () => {
    const other = { id: 'other', bytes: fresh.bytes };
    await withKeys([other], async (poor) => {
      expect(said(poor, 'put the keys back').at(-1)).toMatchObject({ missing: [{ key: 'fresh', accounts: 2 }] });
      const refused = await poor.request('POST', `/v1/connections/${connection.id}/refresh`, { key: tenant.key, body: {} });
      expect(refused).toMatchObject({
        status: 503,
        body: { code: 'encryption-key-missing', who: 'operator', detail: expect.stringContaining("'fresh'") },
      });
      for (let tries = 0; tries < 7; tries += 1) {
        await poor.request('POST', `/v1/connections/${connection.id}/sync`, { key: tenant.key, body: {} });
        poor.clock.advance(3_600_000);
        await idle(poor);
      }
      const shown = await poor.request('GET', `/v1/connections/${connection.id}`, { key: tenant.key });
      expect(shown.body).toMatchObject({ status: 'active', last_error: { code: 'encryption-key-missing' } });
    });
    await withKeys([other, fresh], async (whole) => {
      expect(await listCalendars(whole)).toHaveLength(1);
    });
  });
});
