import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DataSource } from 'typeorm';
import type { Uuid } from '@daymark/domain';
import { startSandbox, type Sandbox } from '@daymark/sandbox';
import { ListCalendarsJob } from '../src/connections/list-calendars.job.ts';
import { PlainTransactionRunner, TransactionRunner, type Transaction } from '../src/database/database.ts';
import { OutboundHttp } from '../src/outbound/outbound-http.ts';
import { Dues } from '../src/sync/dues.ts';
import { SyncCalendarJob } from '../src/sync/sync-calendar.job.ts';
import { Database } from '../src/database/database.ts';
import { agendaOf, authorize, consent, mirrorOf, primaryOf, query, until, uuidOf } from './support/google-world.ts';
import type { Json } from './support/request.ts';
import { makeTenant, type TestTenant } from './support/tenants.ts';
import { startTestApp, type TestApp } from './support/test-app.ts';

const DAY = 86_400_000;
const PAGES = 10;

/** Dies before or after the nth transaction: from then on nothing works, as in a process that was killed. */
class MortalRunner extends TransactionRunner {
  readonly #plain = new PlainTransactionRunner();
  #left = Number.POSITIVE_INFINITY;
  #isBefore = true;
  #isDead = false;
  count = 0;

  override async run<T>(dataSource: DataSource, work: (tx: Transaction) => Promise<T>): Promise<T> {
    if (this.#isDead) throw new Error('this process is dead');
    this.count += 1;
    this.#left -= 1;
    if (this.#left === 0 && this.#isBefore) this.#die();
    const result = await this.#plain.run(dataSource, work);
    if (this.#left === 0) this.#die();
    return result;
  }

  dieAt(nth: number, when: 'before' | 'after'): void {
    this.#left = nth;
    this.#isBefore = when === 'before';
  }

  revive(): void {
    this.#left = Number.POSITIVE_INFINITY;
    this.#isDead = false;
  }

  #die(): never {
    this.#isDead = true;
    throw new Error('this process is dead');
  }
}

const runner = new MortalRunner();
let sandbox: Sandbox;
let test: TestApp;
let tenant: TestTenant;
let calendar: Json;
let calendarId: Uuid;
let golden: { agenda: string[]; mirror: unknown[] };

// Role web: no worker and no tick of its own, so that every step is the test's.
beforeAll(async () => {
  sandbox = await startSandbox();
  test = await startTestApp({ sandbox, configuration: { role: 'web' }, overrides: [{ token: TransactionRunner, value: runner }] });
  tenant = await makeTenant(test);
  sandbox.google.addPerson({ email: 'ada@acme.example', timeZone: 'Europe/Berlin' });
  for (let n = 0; n < 26; n += 1)
    sandbox.google.createEvent({ as: 'ada@acme.example' }, { summary: `Event ${n}`, start: at(n + 1, 9), end: at(n + 1, 10) });
  for (let n = 0; n < 3; n += 1) {
    sandbox.google.createEvent(
      { as: 'ada@acme.example' },
      {
        summary: `Series ${n}`,
        start: { ...at(n + 1, 14), timeZone: 'Europe/Berlin' },
        end: { ...at(n + 1, 15), timeZone: 'Europe/Berlin' },
        recurrence: ['RRULE:FREQ=WEEKLY'],
      },
    );
  }
  sandbox.pages.add({ operation: 'events.list', size: 3 });
  const page = await consent(test, (await authorize(test, tenant, { email: 'ada@acme.example' })).authorize_url);
  const connectionId = page.searchParams.get('connection_id')!;
  await test.get(ListCalendarsJob).handle({ tenantId: tenant.tenantId, connectionId: uuidOf(connectionId, 'connection') });
  calendar = await primaryOf(test, tenant, connectionId);
  calendarId = uuidOf(calendar.id, 'calendar');
  await run();
  golden = await state();
  expect(golden.agenda.length).toBeGreaterThan(26 + 3 * 50);
}, 60_000);

afterAll(async () => {
  await test?.close();
  await sandbox?.close();
});

beforeEach(async () => {
  await query(test, tenant, `DELETE FROM calendar_dues`);
});

function at(days: number, hour: number): { dateTime: string } {
  const day = new Date(Math.floor(test.clock.now() / DAY + days) * DAY).toISOString().slice(0, 10);
  return { dateTime: `${day}T${String(hour).padStart(2, '0')}:00:00Z` };
}

function run(signal = new AbortController().signal): Promise<void> {
  return test.get(SyncCalendarJob).handle({ tenantId: tenant.tenantId, calendarId }, signal);
}

function due(mode: 'incremental' | 'full' = 'incremental'): Promise<void> {
  return test
    .get(Database)
    .withTenant(tenant.tenantId, (tx) => test.get(Dues).add(tx, { tenantId: tenant.tenantId, calendarId, trigger: 'person', mode }));
}

async function state(): Promise<typeof golden> {
  return { agenda: await agendaOf(test, tenant, calendar), mirror: await mirrorOf(test, tenant, calendar) };
}

/** As before the first import. */
async function wipe(): Promise<void> {
  await query(test, tenant, `DELETE FROM events`);
  await query(test, tenant, `DELETE FROM sync_runs`);
  await query(
    test,
    tenant,
    `UPDATE calendars SET cursor = NULL, page = NULL, full_read_at = NULL, synced_at = NULL, covered_from = NULL, covered_to = NULL, run_lease = NULL, lease_until = NULL, run_id = NULL`,
  );
  await query(test, tenant, `DELETE FROM calendar_dues`);
  await due();
}

const runs = (): Promise<Json[]> => query(test, tenant, `SELECT state, mode, trigger, pulled, pages, error FROM sync_runs ORDER BY id`);

describe('F10 a process that is killed in an import', () => {
  it('is followed by one that ends with the same, whenever it happens', async () => {
    await wipe();
    const before = runner.count;
    await run();
    const steps = runner.count - before;
    expect(steps).toBeGreaterThan(PAGES * 2);
    let repaired = 0;
    for (const when of ['before', 'after'] as const) {
      for (let step = 1; step <= steps; step += 1) {
        await wipe();
        runner.dieAt(step, when);
        await run().catch(() => undefined);
        runner.revive();
        // The queue repeats the job of a process whose heartbeat stopped, first while the lease still holds.
        await run();
        test.clock.advance(61_000);
        await run();
        expect([when, step, await state()]).toEqual([when, step, { agenda: golden.agenda, mirror: golden.mirror }]);
        const [{ cursor, run_lease }] = await query(test, tenant, `SELECT cursor, run_lease FROM calendars WHERE id = $1`, [calendarId]);
        expect([when, step, cursor === null, run_lease]).toEqual([when, step, false, null]);
        const all = await runs();
        expect(all.filter((one) => one.state === 'running')).toEqual([]);
        if (all.some((one) => one.state === 'interrupted')) repaired += 1;
      }
    }
    expect(repaired).toBeGreaterThan(PAGES * 2);
  }, 240_000);

  it('resumes at its page and does not read again what was committed', async () => {
    await wipe();
    sandbox.journal.clear();
    // begin, window; then a token and a page for each page.
    runner.dieAt(2 + 2 * 6, 'after');
    await run().catch(() => undefined);
    runner.revive();
    const read = sandbox.journal.list({ operation: 'events.list' }).length;
    test.clock.advance(61_000);
    await run();
    expect(read).toBe(6);
    expect(sandbox.journal.list({ operation: 'events.list' }).length - read).toBe(PAGES - 6);
    expect((await runs()).map(({ state: one, trigger }) => [one, trigger])).toEqual([
      ['interrupted', 'person'],
      ['succeeded', 'retry'],
    ]);
  });
});

describe('F31 a worker that was paused past its lease', () => {
  it('commits nothing once another one took over', async () => {
    await due('full');
    sandbox.faults.add({ operation: 'events.list', nth: 4, answer: { kind: 'slow', delayMs: 4000 } });
    const reads = sandbox.journal.list({ operation: 'events.list' }).length;
    const paused = run();
    await until(
      async () =>
        (await query(test, tenant, `SELECT page FROM calendars WHERE id = $1 AND page IS NOT NULL`, [calendarId])).length > 0 &&
        sandbox.journal.list({ operation: 'events.list' }).length >= reads + 3,
    );
    test.clock.advance(61_000);
    sandbox.google.createEvent({ as: 'ada@acme.example' }, { summary: 'Seen by the second', start: at(5, 20), end: at(5, 21) });
    await due();
    await run();
    const after = await state();
    const rows = await query(test, tenant, `SELECT xmin::text FROM events ORDER BY id`);
    const [ended] = await query(test, tenant, `SELECT cursor, generation, run_id FROM calendars WHERE id = $1`, [calendarId]);
    await paused;
    expect(await state()).toEqual(after);
    expect(await query(test, tenant, `SELECT xmin::text FROM events ORDER BY id`)).toEqual(rows);
    expect(await query(test, tenant, `SELECT cursor, generation, run_id FROM calendars WHERE id = $1`, [calendarId])).toEqual([ended]);
    expect((await runs()).slice(-2).map(({ state: one }) => one)).toEqual(['interrupted', 'succeeded']);
    sandbox.faults.clear();
  });

  it('says nothing of a call that failed once another one took over', async () => {
    const http = test.get(OutboundHttp);
    const fetchFor = http.fetchFor.bind(http);
    const failing = Promise.withResolvers<never>();
    let isCalled = false;
    http.fetchFor = () => () => {
      isCalled = true;
      return failing.promise;
    };
    await due();
    const paused = run();
    await until(async () => isCalled);
    http.fetchFor = fetchFor;
    test.clock.advance(61_000);
    await due();
    await run();
    const rows = (): Promise<Json[]> =>
      query(
        test,
        tenant,
        `SELECT 'calendar' AS what, xmin::text FROM calendars UNION ALL SELECT 'connection', xmin::text FROM connections
         UNION ALL SELECT 'due', xmin::text FROM calendar_dues UNION ALL SELECT 'run', xmin::text FROM sync_runs`,
      );
    const before = await rows();
    failing.reject(new TypeError('fetch failed'));
    await paused;
    expect(await rows()).toEqual(before);
    expect((await runs()).slice(-2).map(({ state: one, error }) => [one, error])).toEqual([
      ['interrupted', null],
      ['succeeded', null],
    ]);
  });

  it('leaves a calendar alone that another run holds', async () => {
    await due();
    sandbox.faults.add({ operation: 'events.list', answer: { kind: 'slow', delayMs: 500 } });
    const before = (await runs()).length;
    const first = run();
    await until(async () => (await query(test, tenant, `SELECT id FROM calendars WHERE run_lease IS NOT NULL`)).length > 0);
    const reads = sandbox.journal.list({ operation: 'events.list' }).length;
    await Promise.all([run(), run(), run()]);
    expect(sandbox.journal.list({ operation: 'events.list' }).length - reads).toBeLessThanOrEqual(1);
    await first;
    expect((await runs()).length).toBe(before + 1);
    sandbox.faults.clear();
  });

  it('makes one run of a burst, and one more of what came meanwhile', async () => {
    const before = (await runs()).length;
    await Promise.all(Array.from({ length: 20 }, () => due()));
    sandbox.faults.add({ operation: 'events.list', answer: { kind: 'slow', delayMs: 300 } });
    const first = run();
    await until(async () => (await query(test, tenant, `SELECT id FROM calendars WHERE run_lease IS NOT NULL`)).length > 0);
    await Promise.all(Array.from({ length: 20 }, () => due()));
    await first;
    for (let n = 0; n < 5; n += 1) await run();
    expect((await runs()).length).toBe(before + 2);
    sandbox.faults.clear();
  });

  it('gives its calendar back when its process is asked to stop, and another one goes on', async () => {
    await due('full');
    const stopping = new AbortController();
    sandbox.faults.add({ operation: 'events.list', nth: 2, answer: { kind: 'slow', delayMs: 200 } });
    const first = run(stopping.signal);
    await until(
      async () => (await query(test, tenant, `SELECT page FROM calendars WHERE id = $1 AND page IS NOT NULL`, [calendarId])).length > 0,
    );
    stopping.abort();
    await first;
    expect((await runs()).at(-1)).toMatchObject({ state: 'interrupted' });
    await run();
    expect((await runs()).at(-1)).toMatchObject({ state: 'succeeded', mode: 'full' });
    sandbox.faults.clear();
  });
});
