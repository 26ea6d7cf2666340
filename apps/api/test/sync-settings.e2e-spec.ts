import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { Uuid } from '@daymark/domain';
import { startSandbox, type Sandbox } from '@daymark/sandbox';
import { ListCalendarsJob } from '../src/connections/list-calendars.job.ts';
import { Database } from '../src/database/database.ts';
import { Dues } from '../src/sync/dues.ts';
import { SyncCalendarJob } from '../src/sync/sync-calendar.job.ts';
import { authorize, consent, mirrorOf, primaryOf, query, until, uuidOf } from './support/google-world.ts';
import type { Json } from './support/request.ts';
import { makeTenant, type TestTenant } from './support/tenants.ts';
import { startTestApp, type TestApp } from './support/test-app.ts';

const DAY = 86_400_000;
const PAGE = 3;
const COUNT = 9;

let sandbox: Sandbox;
let test: TestApp;
let tenant: TestTenant;
let people = 0;

// Role web: no worker and no tick of its own, so that every run is the test's.
beforeAll(async () => {
  sandbox = await startSandbox();
  test = await startTestApp({ sandbox, configuration: { role: 'web' } });
  tenant = await makeTenant(test);
}, 60_000);

afterEach(() => {
  sandbox.faults.clear();
  sandbox.pages.clear();
});

afterAll(async () => {
  await test?.close();
  await sandbox?.close();
});

interface World {
  readonly email: string;
  readonly calendar: Json;
  readonly calendarId: Uuid;
}

async function imported(): Promise<World> {
  people += 1;
  const email = `person${people}@acme.example`;
  sandbox.google.addPerson({ email, timeZone: 'Europe/Berlin' });
  const page = await consent(test, (await authorize(test, tenant, { email })).authorize_url);
  const connectionId = page.searchParams.get('connection_id')!;
  await test.get(ListCalendarsJob).handle({ tenantId: tenant.tenantId, connectionId: uuidOf(connectionId, 'connection') });
  const calendar = await primaryOf(test, tenant, connectionId);
  const world = { email, calendar, calendarId: uuidOf(calendar.id, 'calendar') };
  await run(world);
  return world;
}

function run({ calendarId }: World): Promise<void> {
  return test.get(SyncCalendarJob).handle({ tenantId: tenant.tenantId, calendarId }, new AbortController().signal);
}

function due({ calendarId }: World): Promise<void> {
  return test
    .get(Database)
    .withTenant(tenant.tenantId, (tx) => test.get(Dues).add(tx, { tenantId: tenant.tenantId, calendarId, trigger: 'person' }));
}

function addPrivate({ email }: World, n: number): void {
  const day = new Date(Math.floor(test.clock.now() / DAY + n + 1) * DAY).toISOString().slice(0, 10);
  sandbox.google.createEvent(
    { as: email },
    { summary: `Doctor ${n}`, visibility: 'private', start: { dateTime: `${day}T09:00:00Z` }, end: { dateTime: `${day}T10:00:00Z` } },
  );
}

const titles = async ({ calendar }: World): Promise<(string | null)[]> =>
  (await mirrorOf(test, tenant, calendar)).map(({ title }) => title).sort();

it.each([
  ['privacy', { privacy: 'busy_only' }, Array.from({ length: PAGE }, () => null)],
  ['filters', { filters: { exclude_private: true } }, ['Doctor', 'Doctor', 'Doctor']],
])('a run under way stores nothing more by the old rules once the %s of its calendar change', async (_, patch, kept) => {
  const world = await imported();
  for (let n = 0; n < COUNT; n += 1) addPrivate(world, n);
  sandbox.pages.add({ operation: 'events.list', size: PAGE });
  sandbox.faults.add({ operation: 'events.list', nth: 2, answer: { kind: 'slow', delayMs: 800 } });
  await due(world);
  const old = run(world);
  await until(async () => (await titles(world)).length === PAGE);
  const answer = await test.request('PATCH', `/v1/calendars/${world.calendar.id}`, { key: tenant.key, body: patch });
  expect(answer.status).toBe(200);
  await old;
  expect((await titles(world)).map((title) => title?.replace(/ \d+$/, '') ?? null)).toEqual(kept);

  await run(world);
  expect(await titles(world)).toEqual(Array.from({ length: COUNT }, () => null));
  const runs = await query(test, tenant, `SELECT state, mode FROM sync_runs WHERE calendar_id = $1 ORDER BY id`, [world.calendarId]);
  expect(runs.slice(-2)).toEqual([
    { state: 'interrupted', mode: 'incremental' },
    { state: 'succeeded', mode: 'full' },
  ]);
});
