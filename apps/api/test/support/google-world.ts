import { parseId, type Uuid } from '@daymark/domain';
import { Client } from 'pg';
import { Database } from '../../src/database/database.ts';
import { SyncTicks } from '../../src/sync/sync-ticks.ts';
import type { TestApp } from './test-app.ts';
import type { TestTenant, TestUser } from './tenants.ts';
import type { Json } from './request.ts';

/** Gives consent as a person would and hands the browser's last redirect to the app. */
export async function consent(test: TestApp, authorizeUrl: string, form: Readonly<Record<string, string>> = {}): Promise<URL> {
  return goBack(test, await consentOnly(authorizeUrl, form));
}

/** The browser's way back to the app; the page on which it ends. */
export async function goBack(test: TestApp, back: URL, cookie?: string): Promise<URL> {
  const answer = await test.request('GET', `${back.pathname}${back.search}`, { headers: cookie === undefined ? {} : { cookie } });
  return new URL(answer.headers.get('location') ?? '', test.baseUrl);
}

/** Begins an authorization with the tenant's key. */
export async function authorize(
  test: TestApp,
  tenant: TestTenant,
  {
    user = tenant.owner,
    email,
    profile = 'read_write',
    provider = 'google',
    more = {},
  }: { user?: TestUser; email: string; profile?: string; provider?: string; more?: Json },
): Promise<Json> {
  const asked = await test.request('POST', '/v1/connections/authorize', {
    key: tenant.key,
    body: { provider, user_id: user.id, login_hint: email, access_profile: profile, ...more },
  });
  if (asked.status !== 200) throw new Error(`authorize answered ${asked.status}: ${JSON.stringify(asked.body)}`);
  return asked.body.data[0];
}

/** Gives consent as a person would; where the browser would go back to, with code and state. */
export async function consentOnly(authorizeUrl: string, form: Readonly<Record<string, string>> = {}): Promise<URL> {
  const page = await fetch(authorizeUrl, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ decision: 'allow', ...form }),
  });
  const location = page.headers.get('location');
  if (location === null)
    throw new Error(`the consent page of ${authorizeUrl} stayed: ${page.status} ${(await page.text()).replace(/[\s\S]*<body>/, '')}`);
  return new URL(location);
}

/** Connects an account of the sandbox by the real flow and waits until its calendars were read once. */
export async function connect(
  test: TestApp,
  tenant: TestTenant,
  {
    user = tenant.owner,
    email,
    profile = 'read_write',
    provider = 'google',
    form = {},
  }: { user?: TestUser; email: string; profile?: string; provider?: string; form?: Readonly<Record<string, string>> },
): Promise<Json> {
  const end = await consent(test, (await authorize(test, tenant, { user, email, profile, provider })).authorize_url, form);
  const id = end.searchParams.get('connection_id');
  if (id === null) throw new Error(`connecting ended at ${end.toString()}`);
  return synced(test, tenant, id);
}

/** Waits until no calendar of a connection waits for its first run. */
export async function synced(test: TestApp, tenant: TestTenant, id: string): Promise<Json> {
  return until(async () => {
    const { body } = await test.request('GET', `/v1/connections/${id}`, { key: tenant.key });
    const calendars = await test.request('GET', `/v1/calendars?connection_id=${id}`, { key: tenant.key });
    const isRead =
      calendars.body.data.length > 0 && calendars.body.data.every((one: Json) => one.status !== 'active' || one.last_success_at !== null);
    return isRead && body.running_run_id === null ? body : null;
  });
}

/** Asks for a sync of a connection and waits until all its runs are over; the runs, primary calendar first. */
export async function syncNow(
  test: TestApp,
  tenant: TestTenant,
  connectionId: string,
  body: Json = { mode: 'incremental' },
): Promise<Json[]> {
  const started = await test.request('POST', `/v1/connections/${connectionId}/sync`, { key: tenant.key, body });
  if (started.status !== 202) throw new Error(`no run was started: ${JSON.stringify(started.body)}`);
  return Promise.all(started.body.data.map((run: Json) => ended(test, tenant, run.id)));
}

export async function ended(test: TestApp, tenant: TestTenant, runId: string): Promise<Json> {
  return until(async () => {
    const { body } = await test.request('GET', `/v1/sync/runs/${runId}`, { key: tenant.key });
    return body.state === 'queued' || body.state === 'running' ? null : body;
  });
}

/** The calendar of a connection whose id at Google is the address of its account. */
export async function primaryOf(test: TestApp, tenant: TestTenant, connectionId: string): Promise<Json> {
  const { body } = await test.request('GET', `/v1/calendars?connection_id=${connectionId}`, { key: tenant.key });
  const calendar = body.data.find((one: Json) => one.primary);
  if (calendar === undefined) throw new Error('there is no primary calendar');
  return calendar;
}

/** Rows of a tenant, read as the product reads them. */
export function query<Row extends object = Json>(
  test: TestApp,
  tenant: Pick<TestTenant, 'tenantId'>,
  text: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  return test.get(Database).withTenant(tenant.tenantId, (tx) => tx.query<Row[]>(text, [...values]));
}

export interface MirroredEvent {
  readonly title: string | null;
  readonly remote_id: string;
  readonly status: string;
  readonly deleted: boolean;
  readonly version: number;
}

/** The stored events of a calendar by their remote id. */
export function mirrorOf(test: TestApp, tenant: TestTenant, calendar: Json): Promise<MirroredEvent[]> {
  return query<MirroredEvent>(
    test,
    tenant,
    `SELECT d.title, e.remote_id, e.status, e.deleted_at IS NOT NULL AS deleted, e.version
     FROM events e JOIN event_details d ON d.event_id = e.id WHERE e.calendar_id = $1 ORDER BY e.remote_id`,
    [uuidOf(calendar.id, 'calendar')],
  );
}

/** What is on a calendar, as `title start end` (dates when all-day), by start. */
export async function agendaOf(test: TestApp, tenant: TestTenant, calendar: Json): Promise<string[]> {
  const rows = await query<{ title: string | null; start_at: Date; end_at: Date; start_date: string | null; end_date: string | null }>(
    test,
    tenant,
    `SELECT d.title, o.start_at, o.end_at, o.start_date::text, o.end_date::text FROM occurrences o JOIN event_details d ON d.event_id = o.event_id
     WHERE o.calendar_id = $1 ORDER BY o.start_at, d.title`,
    [uuidOf(calendar.id, 'calendar')],
  );
  return rows.map((row) => `${row.title} ${row.start_date ?? row.start_at.toISOString()} ${row.end_date ?? row.end_at.toISOString()}`);
}

export interface Audited {
  readonly action: string;
  readonly outcome: string;
  readonly after: Json;
}

export function auditsOf(test: TestApp, tenant: TestTenant, action?: string): Promise<Audited[]> {
  return query<Audited>(
    test,
    tenant,
    `SELECT a.action, a.outcome, d.after FROM audit_events a LEFT JOIN audit_details d ON d.audit_event_id = a.id WHERE $1::text IS NULL OR a.action = $1 ORDER BY a.id`,
    [action ?? null],
  );
}

export function uuidOf(id: string, kind: Parameters<typeof parseId>[0]): Uuid {
  const uuid = parseId(kind, id);
  if (uuid === null) throw new Error(`'${id}' is not the id of a ${kind}`);
  return uuid;
}

/** Does what the clock makes due, as often as that leads to more, until nothing waits. */
export async function tick(test: TestApp): Promise<void> {
  const ticks = test.get(SyncTicks);
  for (let round = 0; round < 2; round += 1) {
    await ticks.refreshTokens();
    await ticks.listCalendars();
    await ticks.poll();
    await ticks.enqueueDue();
    await idle(test);
  }
}

/** Waits until no job of connecting or syncing is waiting or in work. */
export async function idle(test: TestApp): Promise<void> {
  const client = new Client({ connectionString: test.database.url });
  await client.connect();
  try {
    await until(async () => {
      const { rows } = await client.query<{ count: string }>(
        `SELECT count(*) FROM pgboss.job WHERE state < 'completed' AND name = ANY($1)`,
        [['sync-calendar', 'list-calendars', 'refresh-grant', 'tend-channels', 'end-connection', 'reseal-grants', 'reseal-kept']],
      );
      return rows[0]?.count === '0';
    });
  } finally {
    await client.end();
  }
}

/** Time passes for the app and for Google alike. */
export function passTime(test: TestApp, ms: number): void {
  test.clock.advance(ms);
  test.sandbox?.clock.advance(ms);
}

/** Looks again until there is something. @throws Error when it does not come about. */
export async function until<T>(look: () => Promise<T | null | false>, withinMs = 25_000): Promise<T> {
  const end = Date.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== null && found !== false) return found;
    if (Date.now() > end) throw new Error('it did not come about in time');
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
}
