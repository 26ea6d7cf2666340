import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { agendaOf, auditsOf, connect, ended, idle, mirrorOf, passTime, query, syncNow, tick, uuidOf } from './support/google-world.ts';
import type { Json } from './support/request.ts';
import { makeTenant, makeUser, signIn } from './support/tenants.ts';
import { startSyncWorld, type SyncWorld } from './support/sync-world.ts';

const MINUTE = 60_000;

let base: SyncWorld;
let sandbox: SyncWorld['sandbox'];
let test: SyncWorld['test'];
let tenant: SyncWorld['tenant'];

beforeAll(async () => {
  base = await startSyncWorld();
  ({ sandbox, test, tenant } = base);
}, 60_000);

afterEach(() => base.rest());
afterAll(() => base?.close());

const calls = (email: string, operation = '*'): number => sandbox.journal.list({ account: email, operation }).length;

describe('runs', () => {
  it('are started for one calendar, one connection or everything, and tell what they did', async () => {
    const one = await base.connectedWith(3);
    const two = await base.connectedWith(2);
    base.add(one.email, 'More', 5);
    const ofCalendar = await test.request('POST', `/v1/calendars/${one.calendar.id}/sync`, { key: tenant.key, body: {} });
    expect(ofCalendar.status).toBe(202);
    expect(await ended(test, tenant, ofCalendar.body.run_id)).toMatchObject({
      state: 'succeeded',
      trigger: 'person',
      counts: { pulled: 1, created: 1, pushed: 0, updated: 0, deleted: 0 },
    });
    sandbox.google.deleteEvent({ as: two.email }, two.ids[0]!);
    const all = await test.request('POST', '/v1/sync/runs', { key: tenant.key, body: { scope: 'all' } });
    expect(all.status).toBe(202);
    const runs = await Promise.all(all.body.data.map(({ id }: Json) => ended(test, tenant, id)));
    expect(runs.map(({ connection_id }) => connection_id).sort()).toEqual([one.connection.id, two.connection.id].sort());
    expect(runs.find(({ connection_id }) => connection_id === two.connection.id).counts).toMatchObject({ deleted: 1 });
    expect(
      runs.every(
        ({ started_at, finished_at, duration_ms, provider_requests, requested_by }) =>
          started_at && finished_at && duration_ms >= 0 && provider_requests >= 1 && requested_by,
      ),
    ).toBe(true);
    const other = await makeTenant(test, { name: 'Other' });
    expect((await test.request('GET', `/v1/sync/runs/${runs[0].id}`, { key: other.key })).status).toBe(404);
    expect((await test.request('GET', `/v1/sync/runs`, { key: other.key })).body.data).toEqual([]);
    const member = await signIn(test, await makeUser(test, tenant));
    expect((await test.request('GET', `/v1/sync/runs/${runs[0].id}`, { session: member })).status).toBe(404);
    expect((await test.request('POST', `/v1/calendars/${one.calendar.id}/sync`, { session: member, body: {} })).status).toBe(404);
  });

  it('of one calendar that wait are one, for forty requests at once', async () => {
    const { calendar } = await base.connectedWith(1);
    sandbox.faults.add({ operation: 'events.list', answer: { kind: 'slow', delayMs: 2500 } });
    const before = (await query(test, tenant, `SELECT id FROM sync_runs`)).length;
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => test.request('POST', `/v1/calendars/${calendar.id}/sync`, { key: tenant.key, body: {} })),
    );
    expect(answers.every(({ status }) => status === 202)).toBe(true);
    await Promise.all([...new Set(answers.map(({ body }) => body.run_id))].map((id) => ended(test, tenant, id)));
    expect((await query(test, tenant, `SELECT id FROM sync_runs`)).length - before).toBe(2);
  });

  it('and their failures are logged with tenant, connection and run', async () => {
    const { connection } = await base.connectedWith(1);
    const [run] = await syncNow(test, tenant, connection.id);
    const lines = test.logs.map((line): Json => JSON.parse(line)).filter((line) => line.runId === uuidOf(run.id, 'run'));
    expect(lines).toContainEqual(
      expect.objectContaining({
        tenantId: tenant.tenantId,
        connectionId: uuidOf(connection.id, 'connection'),
        msg: 'a run ended',
        pulled: 0,
      }),
    );
  });

  it('can be followed while they go on', async () => {
    const { connection } = await base.connectedWith(3);
    const started = await test.request('POST', `/v1/connections/${connection.id}/sync`, { key: tenant.key, body: {} });
    const stream = await test.request('GET', `/v1/sync/runs/${started.body.run_id}/stream`, { key: tenant.key });
    const states = [...String(stream.body).matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data!).state);
    expect(states.at(-1)).toBe('succeeded');
  });

  it('that a dead worker left are closed as interrupted, and the next one repairs', async () => {
    const { connection, calendar, email } = await base.connectedWith(2);
    const calendarId = uuidOf(calendar.id, 'calendar');
    const [{ id }] = await query(
      test,
      tenant,
      `INSERT INTO sync_runs (id, tenant_id, connection_id, calendar_id, trigger, mode, state, queued_at, started_at) VALUES (gen_random_uuid(), $1, $2, $3, 'tick', 'incremental', 'running', now(), now()) RETURNING id`,
      [tenant.tenantId, uuidOf(connection.id, 'connection'), calendarId],
    );
    await query(test, tenant, `UPDATE calendars SET run_lease = gen_random_uuid(), lease_until = $2, run_id = $3 WHERE id = $1`, [
      calendarId,
      new Date(test.clock.now() + 60_000),
      id,
    ]);
    expect((await base.connection(connection.id)).running_run_id).not.toBeNull();
    base.add(email, 'Later', 5);
    passTime(test, 6 * MINUTE);
    await tick(test);
    passTime(test, MINUTE);
    await tick(test);
    const [dead] = await query(test, tenant, `SELECT state, ended_at FROM sync_runs WHERE id = $1`, [id]);
    expect(dead).toMatchObject({ state: 'interrupted', ended_at: expect.any(Date) });
    expect(await agendaOf(test, tenant, calendar)).toHaveLength(3);
    expect((await base.connection(connection.id)).running_run_id).toBeNull();
  });
});

describe('the sync status', () => {
  it('tells state, last success, lag, next run and the last error with its first time and count', async () => {
    const { connection } = await base.connectedWith(1);
    const status = async (): Promise<Json> => (await test.request('GET', '/v1/sync/status', { key: tenant.key })).body;
    const line = async (): Promise<Json> => (await status()).data.find(({ connection_id }: Json) => connection_id === connection.id);
    expect(await line()).toMatchObject({
      status: 'active',
      activity: 'idle',
      last_error: null,
      last_success_at: expect.any(String),
      next_run_at: expect.any(String),
    });
    expect((await line()).lag_seconds).toBeLessThan(60);
    sandbox.faults.add({ operation: 'events.list', answer: { kind: 'status', status: 500 }, times: 2 });
    await syncNow(test, tenant, connection.id);
    const first = await line();
    expect(first.last_error).toMatchObject({ code: 'provider-unavailable', count: 1 });
    test.clock.advance(1000);
    await syncNow(test, tenant, connection.id);
    expect((await line()).last_error).toMatchObject({
      code: 'provider-unavailable',
      count: 2,
      first_seen_at: first.last_error.first_seen_at,
    });
    expect((await status()).summary).toMatchObject({ failing: 1, failed_runs_24h: 2 });
    await syncNow(test, tenant, connection.id);
    expect(await line()).toMatchObject({ last_error: null });
  });

  it('is late past its deadline, and a fault that does not heal ends in error; one good run by hand brings it back', async () => {
    const { connection } = await base.connectedWith(1);
    sandbox.faults.add({ operation: 'events.list', answer: { kind: 'status', status: 400 }, times: 1000 });
    for (let attempt = 0; attempt < 5; attempt += 1) await syncNow(test, tenant, connection.id);
    expect(await base.connection(connection.id)).toMatchObject({ status: 'error', last_error: { count: 5 } });
    expect(await base.changes('connection.failing')).toBe(1);
    test.clock.advance(16 * MINUTE);
    expect(await base.conditions(connection.id)).toContain('late');
    sandbox.faults.clear();
    const [run] = await syncNow(test, tenant, connection.id);
    expect(run.state).toBe('succeeded');
    expect(await base.connection(connection.id)).toMatchObject({ status: 'active', last_error: null });
    expect(await base.conditions(connection.id)).not.toContain('late');
    expect((await auditsOf(test, tenant, 'connection.failed-repeatedly')).length).toBe(1);
  });
});

describe('F28 a provider that asks to slow down', () => {
  it.each([
    [403, 'rateLimitExceeded'],
    [403, 'userRateLimitExceeded'],
    [429, 'rateLimitExceeded'],
  ] as const)('(%i %s) is left alone until then, whoever asks, and nobody is disconnected', async (status, reason) => {
    const { email, connection, calendar } = await base.connectedWith(1);
    sandbox.faults.add({ operation: 'events.list', answer: { kind: 'status', status, reason, retryAfterSeconds: 600 } });
    const [run] = await syncNow(test, tenant, connection.id);
    expect(run).toMatchObject({ state: 'failed', error: { code: 'provider-rate-limited' } });
    expect((await base.connection(connection.id)).status).toBe('active');
    const limited = (await base.connection(connection.id)).conditions.find(({ condition }: Json) => condition === 'rate-limited');
    expect(Date.parse(limited.until) - test.clock.now()).toBeGreaterThan(590_000);
    const before = calls(email);
    const waiting = await test.request('POST', `/v1/calendars/${calendar.id}/sync`, { key: tenant.key, body: {} });
    const refused = await test.request('POST', `/v1/connections/${connection.id}/test`, { key: tenant.key });
    expect(refused.body.checks.find(({ check }: Json) => check === 'calendar_list')).toMatchObject({
      outcome: 'failed',
      problem: { code: 'provider-rate-limited' },
    });
    passTime(test, 9 * MINUTE);
    await tick(test);
    expect(calls(email)).toBe(before);
    passTime(test, MINUTE + 2000);
    await tick(test);
    expect(await ended(test, tenant, waiting.body.run_id)).toMatchObject({ state: 'succeeded' });
    expect(await base.conditions(connection.id)).not.toContain('rate-limited');
  });
});

describe('F34 rights that are taken away', () => {
  it('make a calendar read-only and come back by themselves; nothing is deleted', async () => {
    const owner = 'owner@acme.example';
    sandbox.google.addPerson({ email: owner, timeZone: 'Europe/Berlin' });
    const shared = sandbox.google.addCalendar(owner, { summary: 'Team' });
    sandbox.google.createEvent({ as: owner, calendarId: shared.id }, { summary: 'Standup', start: base.at(1, 9), end: base.at(1, 10) });
    const email = base.person();
    sandbox.google.setAccess(shared.id, email, 'writer');
    const connection = await connect(test, tenant, { email });
    const team = async (): Promise<Json> =>
      (await test.request('GET', `/v1/calendars?connection_id=${connection.id}`, { key: tenant.key })).body.data.find(
        ({ name }: Json) => name === 'Team',
      );
    const refresh = (): Promise<unknown> => test.request('POST', `/v1/connections/${connection.id}/refresh`, { key: tenant.key });
    await test.request('PATCH', `/v1/calendars/${(await team()).id}`, { key: tenant.key, body: { active: true } });
    await idle(test);
    expect(await team()).toMatchObject({ access_role: 'writer', writable: true, write_target: true });
    sandbox.google.setAccess(shared.id, email, 'reader');
    await refresh();
    expect(await team()).toMatchObject({ access_role: 'reader', writable: false, write_target: false, status: 'active' });
    const denied = await test.request('PATCH', `/v1/calendars/${(await team()).id}`, { key: tenant.key, body: { write_target: true } });
    expect([denied.status, denied.body.code]).toEqual([403, 'calendar-read-only']);
    expect((await syncNow(test, tenant, connection.id)).every(({ state }) => state === 'succeeded')).toBe(true);
    expect(await agendaOf(test, tenant, await team())).toHaveLength(1);
    sandbox.google.setAccess(shared.id, email, 'writer');
    await refresh();
    expect(await team()).toMatchObject({ access_role: 'writer', writable: true, write_target: true });
  });
});

describe('F35 a calendar that disappears', () => {
  it.each(['deleted', 'unshared'] as const)(
    '(%s) is removed from the list; its copies stay, unread and no longer busy, and come back with it',
    async (how) => {
      const owner = `boss${how}@acme.example`;
      sandbox.google.addPerson({ email: owner, timeZone: 'Europe/Berlin' });
      const shared = sandbox.google.addCalendar(owner, { summary: 'Team' });
      for (let n = 0; n < 20; n += 1)
        sandbox.google.createEvent(
          { as: owner, calendarId: shared.id },
          { summary: `Event ${n}`, start: base.at(n + 1, 9), end: base.at(n + 1, 10) },
        );
      const email = base.person();
      sandbox.google.setAccess(shared.id, email, 'writer');
      const connection = await connect(test, tenant, { email });
      const team = async (): Promise<Json> =>
        (await test.request('GET', `/v1/calendars?connection_id=${connection.id}`, { key: tenant.key })).body.data.find(
          ({ name }: Json) => name === 'Team',
        );
      await test.request('PATCH', `/v1/calendars/${(await team()).id}`, { key: tenant.key, body: { active: true } });
      await idle(test);
      expect(await agendaOf(test, tenant, await team())).toHaveLength(20);
      if (how === 'deleted') sandbox.google.deleteCalendar(shared.id);
      else sandbox.google.setAccess(shared.id, email, null);
      const runs = await syncNow(test, tenant, connection.id);
      expect(runs.map(({ state }) => state).sort()).toEqual(['failed', 'succeeded']);
      await tick(test);
      expect(await team()).toMatchObject({ status: 'removed' });
      expect((await base.connection(connection.id)).status).toBe('active');
      expect((await mirrorOf(test, tenant, await team())).filter(({ deleted }) => !deleted)).toHaveLength(20);
      const refused = await test.request('POST', `/v1/calendars/${(await team()).id}/sync`, { key: tenant.key, body: {} });
      expect([refused.status, refused.body.code]).toEqual([409, 'calendar-removed']);
      expect((await auditsOf(test, tenant, 'calendar.removed')).length).toBe(how === 'deleted' ? 1 : 2);
      if (how === 'deleted') return;
      sandbox.google.setAccess(shared.id, email, 'writer');
      await test.request('POST', `/v1/connections/${connection.id}/refresh`, { key: tenant.key });
      await idle(test);
      expect(await team()).toMatchObject({ status: 'active', last_error: null });
      expect(await agendaOf(test, tenant, await team())).toHaveLength(20);
    },
  );
});

describe('settings of a calendar', () => {
  it('busy_only forgets every detail at once, also of deleted events', async () => {
    const world = await base.connectedWith(3);
    sandbox.google.deleteEvent({ as: world.email }, world.ids[0]!);
    await syncNow(test, tenant, world.connection.id);
    const answer = await test.request('PATCH', `/v1/calendars/${world.calendar.id}`, { key: tenant.key, body: { privacy: 'busy_only' } });
    expect(answer.status).toBe(200);
    expect((await mirrorOf(test, tenant, world.calendar)).map(({ title }) => title)).toEqual([null, null, null]);
    await idle(test);
    expect(await agendaOf(test, tenant, world.calendar)).toEqual([expect.stringMatching(/^null /), expect.stringMatching(/^null /)]);
    await test.request('PATCH', `/v1/calendars/${world.calendar.id}`, { key: tenant.key, body: { privacy: 'full' } });
    await idle(test);
    expect(await agendaOf(test, tenant, world.calendar)).toEqual([expect.stringMatching(/^Event 1 /), expect.stringMatching(/^Event 2 /)]);
  });
});
