import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSandbox, type Sandbox } from '@daymark/sandbox';
import { agendaOf, connect, mirrorOf, passTime, primaryOf, query, syncNow, tick, until, uuidOf } from './support/google-world.ts';
import type { Json } from './support/request.ts';
import { makeTenant, type TestTenant } from './support/tenants.ts';
import { startTestApp, type TestApp } from './support/test-app.ts';

const DAY = 86_400_000;

let sandbox: Sandbox;
let test: TestApp;
let tenant: TestTenant;

beforeAll(async () => {
  sandbox = await startSandbox();
  test = await startTestApp({ sandbox });
  tenant = await makeTenant(test);
}, 60_000);

afterAll(async () => {
  await test?.close();
  await sandbox?.close();
});

let people = 0;

/** A person with so many events, one a day from tomorrow on, connected. */
async function connected(count: number): Promise<{ email: string; connection: Json; calendar: Json; ids: string[] }> {
  people += 1;
  const email = `person${people}@acme.example`;
  sandbox.google.addPerson({ email, timeZone: 'Europe/Berlin' });
  const ids = Array.from({ length: count }, (_, n) => add(email, `Event ${n}`, (n % 300) + 1));
  const connection = await connect(test, tenant, { email });
  return { email, connection, calendar: await primaryOf(test, tenant, connection.id), ids };
}

function add(email: string, summary: string, day: number): string {
  return sandbox.google.createEvent({ as: email }, { summary, start: at(day, 9), end: at(day, 10) }).id!;
}

function at(days: number, hour: number): { dateTime: string } {
  const day = new Date(Math.floor(test.clock.now() / DAY + days) * DAY).toISOString().slice(0, 10);
  return { dateTime: `${day}T${String(hour).padStart(2, '0')}:00:00Z` };
}

/** Titles of what Google holds and of what the mirror shows. */
async function both(email: string, calendar: Json): Promise<{ google: string[]; mirror: string[] }> {
  const google = sandbox.google
    .events(email)
    .filter(({ status }) => status !== 'cancelled')
    .map(({ summary }) => summary ?? '')
    .sort();
  const mirror = (await agendaOf(test, tenant, calendar)).map((line) => line.replace(/ \S+ \S+$/, '')).sort();
  return { google, mirror };
}

async function expectSame(email: string, calendar: Json): Promise<void> {
  const { google, mirror } = await both(email, calendar);
  expect(mirror).toEqual(google);
}

const changesOfEvents = async (): Promise<Json[]> =>
  query(test, tenant, `SELECT type, resource_id FROM changes WHERE type LIKE 'event.%' ORDER BY id`);
const tagsOf = async (calendar: Json): Promise<string[][]> =>
  (await query(test, tenant, `SELECT tags FROM sync_runs WHERE calendar_id = $1 ORDER BY id DESC`, [uuidOf(calendar.id, 'calendar')])).map(
    ({ tags }) => tags,
  );

describe('the first import', () => {
  it('takes 2,000 events, tells counts and duration, and is one piece of news', async () => {
    const before = (await changesOfEvents()).length;
    const { email, connection, calendar } = await connected(2000);
    const runs = await test.request('GET', `/v1/sync/runs?connection_id=${connection.id}`, { key: tenant.key });
    expect(runs.body.data).toEqual([
      expect.objectContaining({
        state: 'succeeded',
        mode: 'full',
        trigger: 'connected',
        counts: expect.objectContaining({ pulled: 2000, created: 2000, updated: 0, deleted: 0, skipped: 0 }),
      }),
    ]);
    expect(runs.body.data[0].duration_ms).toBeGreaterThan(0);
    expect(calendar).toMatchObject({ events_count: 2000, running_run_id: null, last_error: null });
    expect((Date.parse(calendar.covered_until) - test.clock.now()) / DAY).toBeGreaterThan(364);
    expect((test.clock.now() - Date.parse(calendar.covered_from)) / DAY).toBeGreaterThanOrEqual(30);
    await expectSame(email, calendar);
    expect((await changesOfEvents()).length).toBe(before);
  });
});

describe('what changed since', () => {
  it('is read from the cursor and told once in the changes', async () => {
    const { email, connection, calendar, ids } = await connected(5);
    const before = (await changesOfEvents()).length;
    add(email, 'New', 3);
    sandbox.google.patchEvent({ as: email }, ids[0]!, { summary: 'Renamed' });
    sandbox.google.deleteEvent({ as: email }, ids[1]!);
    const [run] = await syncNow(test, tenant, connection.id);
    expect(run).toMatchObject({ mode: 'incremental', counts: { pulled: 3, created: 1, updated: 1, deleted: 1, skipped: 0, pushed: 0 } });
    await expectSame(email, calendar);
    expect(
      (await changesOfEvents())
        .slice(before)
        .map(({ type }) => type)
        .sort(),
    ).toEqual(['event.created', 'event.deleted', 'event.updated']);
    const tombstone = (await mirrorOf(test, tenant, calendar)).find(({ remote_id }) => remote_id === ids[1]);
    expect(tombstone).toMatchObject({ deleted: true, title: 'Event 1' });
  });

  it('makes no write when nothing changed, however often a page is read', async () => {
    const { connection, calendar } = await connected(30);
    const rows = (): Promise<Json[]> =>
      query(
        test,
        tenant,
        `SELECT 'e', e.xmin::text, e.version, e.updated_at FROM events e WHERE calendar_id = $1 UNION ALL SELECT 'o', o.xmin::text, 0, NULL FROM occurrences o WHERE calendar_id = $1`,
        [uuidOf(calendar.id, 'calendar')],
      );
    const first = await rows();
    await syncNow(test, tenant, connection.id);
    expect(await rows()).toEqual(first);
    const [full] = await syncNow(test, tenant, connection.id, { mode: 'full' });
    expect(full.counts).toMatchObject({ pulled: 30, skipped: 30, created: 0, updated: 0, deleted: 0 });
    expect((await mirrorOf(test, tenant, calendar)).map(({ version }) => version)).toEqual(Array.from({ length: 30 }, () => 1));
    expect((await rows()).filter((row) => row['?column?'] === 'o')).toEqual(first.filter((row) => row['?column?'] === 'o'));
    // The cursor of a page that was committed is played back.
    await query(
      test,
      tenant,
      `UPDATE calendars SET cursor = (SELECT cursor_before FROM sync_runs WHERE calendar_id = $1 AND cursor_before IS NOT NULL ORDER BY id LIMIT 1) WHERE id = $1`,
      [uuidOf(calendar.id, 'calendar')],
    );
    await syncNow(test, tenant, connection.id);
    expect(await mirrorOf(test, tenant, calendar)).toHaveLength(30);
  });

  it('F07 is found by reading everything when the cursor is too old: nothing twice, no delete lost, no dip for readers', async () => {
    const { email, connection, calendar, ids } = await connected(100);
    for (const id of ids.slice(0, 10)) sandbox.google.deleteEvent({ as: email }, id);
    for (const id of ids.slice(10, 20)) sandbox.google.patchEvent({ as: email }, id, { summary: `Edited ${id}` });
    for (let n = 0; n < 10; n += 1) add(email, `Added ${n}`, n + 1);
    sandbox.google.expireSyncTokens(email);
    sandbox.pages.add({ operation: 'events.list', size: 20, failPage: 2, failTimes: 1, match: { account: email } });
    let least = Number.POSITIVE_INFINITY;
    let isOver = false;
    const watcher = (async () => {
      while (!isOver) least = Math.min(least, (await agendaOf(test, tenant, calendar)).length);
    })();
    const before = (await changesOfEvents()).length;
    const [failed] = await syncNow(test, tenant, connection.id);
    expect(failed).toMatchObject({ state: 'failed', mode: 'full', error: { code: 'provider-unavailable' } });
    expect((await both(email, calendar)).mirror.length).toBeGreaterThanOrEqual(100);
    const [run] = await syncNow(test, tenant, connection.id);
    isOver = true;
    await watcher;
    sandbox.pages.clear();
    expect(run.state).toBe('succeeded');
    expect(await tagsOf(calendar)).toEqual([expect.anything(), ['full:token_invalid'], []]);
    await expectSame(email, calendar);
    expect(least).toBeGreaterThanOrEqual(100);
    const types = (await changesOfEvents()).slice(before).map(({ type }) => type);
    expect([
      types.filter((type) => type === 'event.created').length,
      types.filter((type) => type === 'event.updated').length,
      types.filter((type) => type === 'event.deleted').length,
    ]).toEqual([10, 10, 10]);
    const [again] = await syncNow(test, tenant, connection.id);
    expect(again.mode).toBe('incremental');
  });
});

describe('F09 paging', () => {
  it('reads every page, also after an empty one with a token, and counts a repeated id once', async () => {
    sandbox.google.addPerson({ email: 'paging@acme.example', timeZone: 'Europe/Berlin' });
    for (let n = 0; n < 60; n += 1) add('paging@acme.example', `Event ${n}`, n + 1);
    sandbox.pages.add({ operation: 'events.list', size: 7, emptyPage: 3, repeatIds: true, match: { account: 'paging@acme.example' } });
    const connection = await connect(test, tenant, { email: 'paging@acme.example' });
    const calendar = await primaryOf(test, tenant, connection.id);
    sandbox.pages.clear();
    await expectSame('paging@acme.example', calendar);
    expect(await mirrorOf(test, tenant, calendar)).toHaveLength(60);
  });

  it('does not take a list for whole whose fifth page fails three times', async () => {
    const { email, connection, calendar } = await connected(50);
    sandbox.pages.add({ operation: 'events.list', size: 7, failPage: 5, failTimes: 3, match: { account: email } });
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const [run] = await syncNow(test, tenant, connection.id, { mode: attempt === 0 ? 'full' : 'incremental' });
      expect(run).toMatchObject({ state: 'failed', counts: { deleted: 0 } });
      expect((await both(email, calendar)).mirror).toHaveLength(50);
    }
    const [run] = await syncNow(test, tenant, connection.id);
    sandbox.pages.clear();
    expect(run).toMatchObject({ state: 'succeeded', counts: { deleted: 0 } });
    await expectSame(email, calendar);
  });

  it('takes the last word on an event that changes between pages', async () => {
    const { email, connection, calendar, ids } = await connected(30);
    sandbox.pages.add({ operation: 'events.list', size: 5, match: { account: email } });
    sandbox.faults.add({ operation: 'events.list', answer: { kind: 'slow', delayMs: 150 }, times: 99, match: { account: email } });
    const running = syncNow(test, tenant, connection.id, { mode: 'full' });
    await until(async () => sandbox.journal.list({ operation: 'events.list', account: email }).length > 3);
    sandbox.google.patchEvent({ as: email }, ids[0]!, { summary: 'Changed meanwhile' });
    sandbox.google.deleteEvent({ as: email }, ids[29]!);
    await running;
    sandbox.faults.clear();
    sandbox.pages.clear();
    await syncNow(test, tenant, connection.id);
    await expectSame(email, calendar);
  });
});

describe('coverage', () => {
  it('moves on with the daily full read; what enters or leaves it is no news', async () => {
    const { email, connection, calendar } = await connected(0);
    add(email, 'Past', -29);
    add(email, 'Beyond', 368);
    sandbox.google.createEvent(
      { as: email },
      {
        summary: 'Weekly',
        start: { ...at(1, 12), timeZone: 'Europe/Berlin' },
        end: { ...at(1, 13), timeZone: 'Europe/Berlin' },
        recurrence: ['RRULE:FREQ=WEEKLY'],
      },
    );
    await syncNow(test, tenant, connection.id, { mode: 'full' });
    const before = (await changesOfEvents()).length;
    const last = (await agendaOf(test, tenant, calendar)).findLast((line) => line.startsWith('Weekly'));
    expect((await both(email, calendar)).mirror).toContain('Past');
    expect((await both(email, calendar)).mirror).not.toContain('Beyond');
    await query(test, tenant, `UPDATE connections SET sync_enabled = false WHERE id <> $1`, [uuidOf(connection.id, 'connection')]);
    for (let day = 0; day < 8; day += 1) {
      passTime(test, DAY + 3_600_000);
      await tick(test);
      // Polls are spread over a minute.
      passTime(test, 61_000);
      await tick(test);
      expect(Date.parse((await primaryOf(test, tenant, connection.id)).covered_until) - test.clock.now()).toBeGreaterThan(365 * DAY);
    }
    const agenda = await agendaOf(test, tenant, calendar);
    expect(agenda.some((line) => line.startsWith('Beyond'))).toBe(true);
    expect(agenda.some((line) => line.startsWith('Past'))).toBe(false);
    expect(agenda.findLast((line) => line.startsWith('Weekly'))).not.toBe(last);
    expect((await changesOfEvents()).slice(before)).toEqual([]);
    const runs = await test.request('GET', `/v1/sync/runs?calendar_id=${calendar.id}&trigger=reconcile`, { key: tenant.key });
    expect(runs.body.data.length).toBeGreaterThanOrEqual(8);
    expect(runs.body.data.every(({ mode, state, counts }: Json) => mode === 'full' && state === 'succeeded' && counts.deleted === 0)).toBe(
      true,
    );
  }, 60_000);
});
