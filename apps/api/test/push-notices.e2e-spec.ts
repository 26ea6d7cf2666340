import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ProviderRegistry, type CalendarProvider, type PushReading } from '@daymark/provider-contract';
import { register } from 'prom-client';
import { Database } from '../src/database/database.ts';
import { idle, query, until, uuidOf } from './support/google-world.ts';
import { startPushWorld, type PushWorld } from './support/push-world.ts';
import type { Json } from './support/request.ts';
import { makeTenant } from './support/tenants.ts';

let world: PushWorld;
let test: PushWorld['test'];
let sandbox: PushWorld['sandbox'];

/** What the provider of this test reads next. */
let reading: PushReading;

beforeAll(async () => {
  world = await startPushWorld();
  ({ test, sandbox } = world);
  const scripted = { id: 'scripted', capabilities: ['push'], push: { read: () => reading } } as unknown as CalendarProvider;
  test.get(ProviderRegistry).register(scripted);
}, 60_000);

afterEach(() => world.rest());
afterAll(() => world?.close());

const dues = (calendar: Json): Promise<Json[]> =>
  query(test, world.tenant, `SELECT trigger FROM calendar_dues WHERE calendar_id = $1`, [uuidOf(calendar.id, 'calendar')]);
const counted = async (outcome: string): Promise<number> =>
  (await register.getSingleMetric('notices_total')!.get()).values
    .filter(({ labels }) => labels['outcome'] === outcome)
    .reduce((sum, { value }) => sum + value, 0);
const genuine = (channelId: string): Record<string, string> => {
  const channel = sandbox.google.channels().find(({ id }) => id === channelId)!;
  return {
    'x-goog-channel-id': channelId,
    'x-goog-channel-token': channel.token!,
    'x-goog-resource-id': channel.resourceId,
    'x-goog-resource-state': 'exists',
  };
};

describe('SYN-13 a change at the service', () => {
  it('is told and shows without anybody looking for it', async () => {
    const { email, calendar } = await world.watched();
    world.add(email, 'Told', 5);
    await until(async () => (await world.titles(calendar)).includes('Told'), 5000);
    const [last] = (await test.request('GET', '/v1/sync/runs?limit=1', { key: world.tenant.key })).body.data;
    expect(last).toMatchObject({ trigger: 'notice', mode: 'incremental', counts: { created: 1 } });
  });

  it('F25 told two hundred times at once costs two runs at most', async () => {
    const { email, calendar, channelId } = await world.watched();
    const before = await world.runs(calendar);
    world.add(email, 'Once', 5);
    const statuses = await Promise.all(Array.from({ length: 200 }, () => sandbox.google.notify(channelId)));
    expect(new Set(statuses)).toEqual(new Set([202]));
    await until(async () => (await dues(calendar)).length === 0);
    await idle(test);
    expect((await world.runs(calendar)) - before).toBeLessThanOrEqual(2);
    expect(await world.titles(calendar)).toContain('Once');
  });

  it('told while the calendar is read leads to exactly one run more', async () => {
    const { email, calendar, channelId } = await world.watched();
    sandbox.faults.add({ operation: 'events.list', answer: { kind: 'slow', delayMs: 800 }, match: { account: email } });
    const before = await world.runs(calendar);
    await sandbox.google.notify(channelId);
    await until(async () => (await world.connection(calendar.connection_id)).running_run_id !== null);
    world.add(email, 'Meanwhile', 5);
    for (let again = 0; again < 5; again += 1) await sandbox.google.notify(channelId);
    await until(async () => (await world.titles(calendar)).includes('Meanwhile'));
    await until(async () => (await dues(calendar)).length === 0);
    await idle(test);
    expect((await world.runs(calendar)) - before).toBe(2);
  });
});

describe('F27 what comes to the address of a channel', () => {
  it('with another secret, on no channel, or to no service is answered and nothing follows', async () => {
    const { calendar, channelId } = await world.watched();
    const runs = await world.runs(calendar);
    const [forged, unknown, unreadable] = [await counted('forged'), await counted('unknown'), await counted('unreadable')];
    const headers = { ...genuine(channelId), 'x-goog-channel-token': 'guessed' };
    expect((await world.deliver(channelId, headers)).status).toBe(202);
    expect((await world.deliver('0198c3f0-8a4e-7c3b-9d52-6f1a2b3c4d5e', genuine(channelId))).status).toBe(202);
    expect((await world.deliver('nonsense', genuine(channelId))).status).toBe(202);
    expect((await world.deliver(channelId)).status).toBe(202);
    expect((await test.request('POST', `/ingress/nobody/${channelId}`)).body).toMatchObject({ status: 404, code: 'not-found' });
    // Genuine, but through the address of another service.
    reading = { kind: 'claims', claims: [{ secret: genuine(channelId)['x-goog-channel-token']!, says: 'changed', remoteId: null }] };
    expect((await test.request('POST', `/ingress/scripted/${channelId}`)).status).toBe(202);
    expect([await counted('forged'), await counted('unknown'), await counted('unreadable')]).toEqual([
      forged + 1,
      unknown + 3,
      unreadable + 1,
    ]);
    expect(await dues(calendar)).toEqual([]);
    expect(await world.runs(calendar)).toBe(runs);
  });

  it('is asked whether somebody is there, and answers with the very text, as text', async () => {
    reading = { kind: 'challenge', answer: '<b>Validation: Testing &amp; 1+1</b>' };
    const answer = await fetch(`${test.baseUrl}/ingress/scripted/any?validationToken=x`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: 'not json {',
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(await answer.text()).toBe('<b>Validation: Testing &amp; 1+1</b>');
  });

  it('is bounded, and taken by POST only', async () => {
    const { channelId } = await world.watched();
    const long = await test.request('POST', `/ingress/google/${channelId}`, { body: JSON.stringify('x'.repeat(300_000)) });
    expect(long).toMatchObject({ status: 413, body: { code: 'payload-too-large' } });
    expect((await test.request('GET', `/ingress/google/${channelId}`)).status).toBe(405);
  });

  it('is known by a digest of its secret only', async () => {
    const { calendar, channelId } = await world.watched();
    const [{ secret_hash }] = await query(test, world.tenant, `SELECT secret_hash FROM channels WHERE id = $1`, [channelId]);
    const token = genuine(channelId)['x-goog-channel-token']!;
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(secret_hash.equals(createHash('sha256').update(token).digest())).toBe(true);
    expect(test.logs.some((line) => line.includes(token))).toBe(false);
    expect(JSON.stringify(await world.connection(calendar.connection_id))).not.toContain(channelId);
  });

  it('SEC-03 makes due what is of its own tenant only', async () => {
    const { calendar, channelId } = await world.watched();
    const other = await makeTenant(test, { name: 'Other' });
    expect(await query(test, other, `SELECT id FROM channels`)).toEqual([]);
    const before = await world.runs(calendar);
    expect((await world.deliver(channelId, genuine(channelId))).status).toBe(202);
    await until(async () => (await world.runs(calendar)) === before + 1);
    const runs = await query(test, other, `SELECT id FROM sync_runs`);
    expect(runs).toEqual([]);
  });

  it('is refused when it cannot be written down, so that the service repeats it', async () => {
    const { email, calendar, channelId } = await world.watched();
    const database = test.get(Database);
    const door = database.door.bind(database);
    let isDown = true;
    database.door = (name, ...args) =>
      isDown && name === 'door_take_notices' ? Promise.reject(new Error('the database restarts')) : door(name, ...args);
    try {
      expect(await world.deliver(channelId, genuine(channelId))).toMatchObject({
        status: 503,
        body: { code: 'not-ready', retryable: true },
      });
      expect(await dues(calendar)).toEqual([]);
      world.add(email, 'Repeated', 5);
      await until(async () => sandbox.journal.list({ operation: 'push.deliver', account: email }).some(({ status }) => status === 503));
      isDown = false;
      await until(async () => (await world.titles(calendar)).includes('Repeated'));
    } finally {
      database.door = door;
    }
  });

  it('is written down together with what came meanwhile', async () => {
    const { channelId } = await world.watched();
    const database = test.get(Database);
    const door = database.door.bind(database);
    let writes = 0;
    database.door = (name, ...args) => {
      if (name === 'door_take_notices') writes += 1;
      return door(name, ...args);
    };
    try {
      const headers = genuine(channelId);
      const answers = await Promise.all(Array.from({ length: 300 }, () => world.deliver(channelId, headers)));
      expect(answers.every(({ status }) => status === 202)).toBe(true);
      expect(writes).toBeLessThan(150);
    } finally {
      database.door = door;
    }
  });
});
