import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatId, instant, type Uuid } from '@daymark/domain';
import { Database } from '../src/database/database.ts';
import { PgBossJobs } from '../src/jobs/jobs.ts';
import { DEAD_LETTERS } from '../src/jobs/queues.ts';
import { inTenant, seedMeeting, type SeededMeeting } from './support/seeded-meetings.ts';
import { makeKey, makeTenant, makeUser, signIn, type TestTenant, type TestUser } from './support/tenants.ts';
import { startTestApp, type TestApp } from './support/test-app.ts';
import type { Json } from './support/request.ts';

const HOUR = 3_600_000;

let test: TestApp;
let acme: TestTenant;

beforeAll(async () => {
  // The web role: nothing works on what is seeded.
  test = await startTestApp({ configuration: { role: 'web' } });
  acme = await makeTenant(test);
});
afterAll(() => test?.close());

async function overview(by: { key?: string; session?: { cookie: string; csrf: string } } = { key: acme.key }): Promise<Json> {
  const { status, body } = await test.request('GET', '/v1/insights/overview', by);
  expect(status).toBe(200);
  return body;
}

interface ConnectionSeed {
  readonly user: TestUser;
  readonly status?: string;
  readonly provider?: string;
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly calendar?: Readonly<Record<string, unknown>>;
}

async function seedConnection(
  tenant: TestTenant,
  { user, status = 'active', provider = 'one', fields = {}, calendar = {} }: ConnectionSeed,
): Promise<{ id: Uuid; calendarId: Uuid }> {
  const [id, calendarId] = [randomUUID() as Uuid, randomUUID() as Uuid];
  const now = new Date(test.clock.now());
  await inTenant(test, tenant, async (tx) => {
    await insert(tx, 'connections', {
      id,
      tenant_id: tenant.tenantId,
      user_id: user.userId,
      provider,
      remote_account_id: id,
      account_email: `${status}@corp.example`,
      access_profile: 'read_write',
      status,
      created_at: now,
      updated_at: now,
      ...fields,
    });
    await insert(tx, 'calendars', {
      id: calendarId,
      tenant_id: tenant.tenantId,
      connection_id: id,
      remote_id: 'primary',
      name: 'Main',
      access_role: 'owner',
      created_at: now,
      updated_at: now,
      ...calendar,
    });
  });
  return { id, calendarId };
}

async function seedPlacement(
  tenant: TestTenant,
  meeting: SeededMeeting,
  calendarId: Uuid,
  fields: Readonly<Record<string, unknown>>,
): Promise<void> {
  const now = new Date(test.clock.now());
  await inTenant(test, tenant, (tx) =>
    insert(tx, 'placements', {
      id: randomUUID(),
      tenant_id: tenant.tenantId,
      thing_kind: 'meeting',
      thing_id: meeting.id,
      calendar_id: calendarId,
      role: 'organizer',
      marker: randomUUID(),
      wanted: '{}',
      created_at: now,
      updated_at: now,
      ...fields,
    }),
  );
}

type Tx = Parameters<Parameters<typeof inTenant>[2]>[0];

async function insert(tx: Tx, table: string, row: Readonly<Record<string, unknown>>): Promise<void> {
  const names = Object.keys(row);
  await tx.query(
    `INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map((_, place) => `$${place + 1}`).join(', ')})`,
    Object.values(row),
  );
}

function failure(code: string, message: string): string {
  const now = test.clock.now();
  return JSON.stringify({ code, message, providerStatus: null, providerReason: null, firstSeenAt: now - HOUR, lastSeenAt: now, count: 3 });
}

function later(hours: number) {
  return instant(test.clock.now() + hours * HOUR);
}

describe('the overview', () => {
  it('of an empty tenant is all zero and says where to begin', async () => {
    const fresh = await makeTenant(test, { name: 'Globex' });
    const body = await overview({ key: fresh.key });
    expect(body).toMatchObject({
      connections: { total: 0, by_status: { active: 0, expired: 0 }, by_provider: [] },
      needs_you: [],
      recovering: [],
      sync: { runs_24h: 0, success_rate_24h: null, lag_seconds_p50: null, lag_seconds_max: null },
      meetings: { next_7_days: 0, booked_24h: 0, cancelled_24h: 0 },
      reminders: { due_24h: 0, sent_24h: 0, failed_24h: 0 },
      next_meetings: [],
    });
    expect(Object.fromEntries(body.checklist.map(({ step, done }: Json) => [step, done]))).toEqual({
      provider_configured: false,
      account_connected: false,
      first_sync: false,
      hours_set: true,
      first_meeting: false,
      api_key_made: true,
    });
  });

  it('API-07 counts, sorts by meetings affected, and groups what has one cause', async () => {
    const member = await makeUser(test, acme);
    const synced = (secondsAgo: number) => ({ synced_at: new Date(test.clock.now() - secondsAgo * 1000) });
    const good = await seedConnection(acme, { user: acme.owner, calendar: synced(30) });
    await seedConnection(acme, { user: acme.owner, calendar: synced(40) });
    await seedConnection(acme, {
      user: acme.owner,
      calendar: synced(240),
      fields: { failure_count: 2, last_error: failure('provider-unavailable', 'Does not answer.'), rate_limited_until: new Date(later(1)) },
    });
    await seedConnection(acme, {
      user: acme.owner,
      status: 'expired',
      fields: { label: 'Work', last_error: failure('reauthorization-required', 'Access was withdrawn.') },
    });
    await seedConnection(acme, { user: member, status: 'expired' });
    await seedConnection(acme, {
      user: member,
      status: 'error',
      provider: 'two',
      fields: { last_error: failure('provider-answer-unreadable', 'Not JSON.') },
    });
    await seedConnection(acme, { user: member, status: 'paused', fields: { missing_scopes: '[{"scope":"x","capability":"writing"}]' } });
    const lacking = await seedConnection(acme, {
      user: member,
      fields: { missing_scopes: '[{"scope":"x","capability":"writing"}]' },
      calendar: { held: JSON.stringify({ since: test.clock.now() - HOUR / 2, wouldDelete: 40, ofLive: 90, runId: null }) },
    });
    const conference = { status: 'ready', platform: 'Meet', join_url: 'https://meet.example/abc', required: false };
    const next = await seedMeeting(test, acme, {
      title: 'Next',
      start: later(2),
      conference,
      guests: [{ email: 'lena@customer.example' }],
    });
    const broken = await seedMeeting(test, acme, { title: 'Broken', start: later(48) });
    const waiting = await seedMeeting(test, acme, { title: 'Waiting', start: later(24 * 10) });
    await seedMeeting(test, acme, { title: 'Gone', start: later(30), status: 'cancelled' }, (tx, { id }) =>
      tx.query(`UPDATE meetings SET cancelled_at = $2 WHERE id = $1`, [id, new Date(test.clock.now())]),
    );
    await seedPlacement(acme, next, good.calendarId, { state: 'written' });
    await seedPlacement(acme, broken, good.calendarId, { state: 'failed', last_error: failure('provider-rejected', 'Refused.') });
    await seedPlacement(acme, waiting, good.calendarId, {
      state: 'waiting',
      attempts: 4,
      next_try_at: new Date(later(1)),
      last_error: failure('provider-unavailable', 'Busy.'),
    });
    await inTenant(test, acme, async (tx) => {
      const now = new Date(test.clock.now());
      for (const [state, trigger] of [
        ['succeeded', 'tick'],
        ['succeeded', 'tick'],
        ['succeeded', 'tick'],
        ['failed', 'tick'],
      ]) {
        await insert(tx, 'sync_runs', {
          id: randomUUID(),
          tenant_id: acme.tenantId,
          connection_id: good.id,
          calendar_id: good.calendarId,
          trigger,
          mode: 'incremental',
          state,
          queued_at: now,
        });
      }
      for (const [state, error] of [
        ['failed', '550 No such mailbox'],
        ['failed', '550 Mailbox full'],
        ['sending', '451 Later'],
      ]) {
        await insert(tx, 'mails', {
          id: randomUUID(),
          tenant_id: acme.tenantId,
          meeting_id: next.id,
          kind: 'confirmation',
          recipient: `${error!.slice(4, 6)}@x.example`,
          message_id: randomUUID(),
          state,
          error,
          attempts: 1,
          due_at: now,
          lease_until: new Date(later(1)),
          created_at: now,
        });
      }
      for (const [state, dueAt] of [
        ['due', later(1)],
        ['due', later(30)],
        ['sent', later(-1)],
        ['failed', later(-1)],
      ] as const) {
        await insert(tx, 'reminders', {
          id: randomUUID(),
          tenant_id: acme.tenantId,
          meeting_id: next.id,
          sequence: 0,
          recipient: `${state}${dueAt}`,
          channel: 'email',
          lead_minutes: 10,
          due_at: new Date(dueAt),
          state,
          message_id: randomUUID(),
          sent_at: state === 'sent' ? now : null,
          error: state === 'failed' ? '550 No such mailbox' : null,
          created_at: now,
        });
      }
    });
    const jobs = test.get(PgBossJobs);
    await jobs.boss.send(DEAD_LETTERS, { tenantId: acme.tenantId, calendarId: good.calendarId });
    await seedConnection(acme, { user: acme.owner, status: 'revoked' });

    const body = await overview();
    expect(body.connections).toEqual({
      total: 8,
      by_status: { pending: 0, active: 4, paused: 1, expired: 2, error: 1, revoked: 1 },
      by_provider: [
        { provider: 'one', count: 7 },
        { provider: 'two', count: 1 },
      ],
    });
    const platform = await makeKey(test, acme.tenantId, { role: 'platform' });
    const tenants = await test.request('GET', `/v1/tenants?q=${acme.slug}`, { key: platform });
    expect(tenants.body.data).toMatchObject([{ connections_count: body.connections.total }]);
    expect(body.needs_you.map(({ id, count, meetings_affected }: Json) => [id, count, meetings_affected])).toEqual([
      ['connection:reauthorization-required:one', 2, 3],
      ['meeting:provider-rejected:one', 1, 1],
      ['mail:mail-failed', 3, 1],
      ['connection:provider-answer-unreadable:two', 1, 0],
      ['calendar:sync-held:one', 1, 0],
      ['connection:scope-missing:one', 1, 0],
      ['job:internal', 1, 0],
    ]);
    expect(body.needs_you[0]).toMatchObject({
      subject: { type: 'connection', id: null, label: 'Work and 1 more' },
      who: 'person',
      title: 'The account has to be connected again',
    });
    expect(body.needs_you[1]).toMatchObject({ subject: { type: 'meeting', id: broken.wireId, label: 'Broken' }, message: 'Refused.' });
    expect(body.needs_you.find(({ code }: Json) => code === 'scope-missing').subject.id).toBe(formatId('connection', lacking.id));
    expect(body.recovering).toMatchObject([
      { subject: { type: 'connection' }, code: 'provider-rate-limited', attempts: 2, next_try_at: expect.any(String) },
      {
        subject: { type: 'meeting', id: waiting.wireId, label: 'Waiting' },
        code: 'provider-unavailable',
        attempts: 4,
        next_try_at: expect.any(String),
      },
      { subject: { type: 'mail' }, code: 'mail-failed', message: '451 Later' },
    ]);
    expect(body.sync).toMatchObject({ runs_24h: 4, failed_runs_24h: 1, success_rate_24h: 0.75 });
    expect(body.sync.lag_seconds_p50).toBeGreaterThanOrEqual(40);
    expect(body.sync.lag_seconds_p50).toBeLessThan(100);
    expect(body.sync.lag_seconds_max).toBeGreaterThanOrEqual(240);
    expect(body.meetings).toEqual({ next_7_days: 2, booked_24h: 4, cancelled_24h: 1 });
    expect(body.reminders).toEqual({ due_24h: 1, sent_24h: 1, failed_24h: 1 });
    expect(body.next_meetings.map(({ title }: Json) => title)).toEqual(['Next', 'Broken', 'Waiting']);
    expect(body.next_meetings[0]).toMatchObject({
      id: next.wireId,
      attendees_count: 1,
      join_url: 'https://meet.example/abc',
      placements_written: 1,
      placements_total: 1,
    });
  });

  it('SEC-04 of a member holds their own things only', async () => {
    const member = await makeUser(test, acme);
    await seedConnection(acme, { user: member, status: 'expired', fields: { label: 'Mine' } });
    const body = await overview({ session: await signIn(test, member) });
    expect(body.connections.total).toBe(1);
    expect(body.needs_you).toMatchObject([{ subject: { label: 'Mine' }, count: 1 }]);
    expect(body).toMatchObject({
      recovering: [],
      next_meetings: [],
      meetings: { next_7_days: 0, booked_24h: 0 },
      reminders: { due_24h: 0, sent_24h: 0 },
    });
  });

  it('SEC-01 tells nothing of another tenant', async () => {
    const other = await makeTenant(test, { name: 'Hooli' });
    expect(await overview({ key: other.key })).toMatchObject({
      connections: { total: 0 },
      needs_you: [],
      recovering: [],
      next_meetings: [],
    });
  });

  it('asks a fixed number of questions, however much there is', async () => {
    const small = await makeTenant(test, { name: 'Small' });
    const large = await makeTenant(test, { name: 'Large' });
    for (let n = 0; n < 12; n += 1)
      await seedConnection(large, { user: large.owner, status: n % 2 === 0 ? 'expired' : 'active', provider: `p${n}` });
    for (let n = 0; n < 8; n += 1) await seedMeeting(test, large, { start: later(n + 1) });
    const [few, many] = [await statementsOf(small), await statementsOf(large)];
    expect(many - few).toBeLessThanOrEqual(1);
  });
});

/** How many statements a transaction of the overview makes. */
async function statementsOf(tenant: TestTenant): Promise<number> {
  const database = test.get(Database);
  const original = database.withTenant.bind(database);
  let count = 0;
  database.withTenant = (tenantId, work) =>
    original(tenantId, (tx) =>
      work(
        new Proxy(tx, {
          get: (target, name) => {
            if (name === 'query') count += 1;
            const value: unknown = Reflect.get(target, name);
            return typeof value === 'function' ? (value as (...given: unknown[]) => unknown).bind(target) : value;
          },
        }),
      ),
    );
  try {
    await overview({ key: tenant.key });
  } finally {
    database.withTenant = original;
  }
  return count;
}
