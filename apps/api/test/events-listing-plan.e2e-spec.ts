import { Client } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DAY_MS, instant, type Instant, type Uuid } from '@daymark/domain';
import { Database } from '../src/database/database.ts';
import { EventsRepository, listParameters, listSql, type ListFilter } from '../src/events/events.repository.ts';
import { SystemIds } from '../src/ports/system-ports.ts';
import { makeTenant, type TestTenant } from './support/tenants.ts';
import { startTestApp, type TestApp } from './support/test-app.ts';

const OCCURRENCES = 20_000;
const LONG_ONES = 20;
const now = Math.floor(Date.now() / DAY_MS) * DAY_MS;

let test: TestApp;
let tenant: TestTenant;

beforeAll(async () => {
  test = await startTestApp();
  tenant = await makeTenant(test);
  const ids = new SystemIds();
  const [connection, calendar]: Uuid[] = [ids.next(), ids.next()];
  await test.get(Database).withTenant(tenant.tenantId, async (tx) => {
    await tx.query(
      `INSERT INTO connections (id, tenant_id, user_id, provider, remote_account_id, account_email, access_profile, status, created_at, updated_at)
       VALUES ($1, $2, $3, 'google', 'many', 'many@acme.example', 'read_write', 'active', now(), now())`,
      [connection, tenant.tenantId, tenant.owner.userId],
    );
    await tx.query(
      `INSERT INTO calendars (id, tenant_id, connection_id, remote_id, name, zone, access_role, is_primary, created_at, updated_at)
       VALUES ($1, $2, $3, 'many', 'Many', 'Europe/Berlin', 'owner', true, now(), now())`,
      [calendar, tenant.tenantId, connection],
    );
    // 30 days back and 365 ahead, evenly; and some that last for 40 days.
    await tx.query(
      `WITH made AS (
         INSERT INTO events (id, tenant_id, calendar_id, remote_id, form, kind, status, visibility, is_busy, is_all_day, start_at, end_at, zone, remote_version, content_hash,
           generation, created_at, updated_at)
         SELECT gen_random_uuid(), $1, $2, 'many-' || n, 'single', 'default', 'confirmed', 'default', true, false, s, s + CASE WHEN n <= $4 THEN interval '40 days' ELSE interval '30 minutes' END,
           'Europe/Berlin', '1', '\\x00', 1, now(), now()
         FROM generate_series(1, $3) n CROSS JOIN LATERAL (SELECT $5::timestamptz - interval '30 days' + n * interval '395 days' / $3 AS s) t
         RETURNING id, tenant_id, calendar_id, start_at, end_at
       ), details AS (
         INSERT INTO event_details (event_id, tenant_id, title, description) SELECT id, tenant_id, 'Event', repeat('x', 500) FROM made
       )
       INSERT INTO occurrences (id, tenant_id, calendar_id, event_id, original_key, is_busy, is_all_day, start_at, end_at)
       SELECT gen_random_uuid(), tenant_id, calendar_id, id, extract(epoch FROM start_at)::text, true, false, start_at, end_at FROM made`,
      [tenant.tenantId, calendar, OCCURRENCES, LONG_ONES, new Date(now)],
    );
  });
  const owner = new Client({ connectionString: test.database.url });
  await owner.connect();
  await owner.query('ANALYZE');
  await owner.end();
});

afterAll(async () => {
  await test?.close();
});

function filterOf(from: number, to: number): ListFilter {
  return {
    tenantId: tenant.tenantId,
    from: instant(from),
    to: instant(to) as Instant,
    userId: null,
    calendarIds: null,
    connectionIds: null,
    text: null,
    includesDeleted: false,
    isUpcoming: false,
    after: null,
    limit: 50,
  };
}

it('EVT-08 a month of events is found by the range index, as the role that is bound by row-level security', async () => {
  const filter = filterOf(now + 200 * DAY_MS, now + 230 * DAY_MS);
  const { role, plan } = await test.get(Database).withTenant(tenant.tenantId, async (tx) => ({
    role: (await tx.query<{ current_user: string }[]>('SELECT current_user'))[0]!.current_user,
    plan: (await tx.query<Record<string, string>[]>(`EXPLAIN (ANALYZE, BUFFERS OFF, TIMING OFF) ${listSql}`, listParameters(filter))).map(
      (row) => row['QUERY PLAN']!,
    ),
  }));
  const text = plan.join('\n');
  expect(role).toBe('daymark_app');
  expect(text).toMatch(/Index.* (?:on|using) occurrences_(?:listing|range)/);
  expect(text).toMatch(/Index.* (?:on|using) occurrences_long/);
  expect(text).not.toMatch(/Seq Scan on (?:occurrences|events|event_details)/);
});

it('EVT-08 also what began long ago and still lasts is found', async () => {
  const rows = await test
    .get(Database)
    .withTenant(tenant.tenantId, (tx) => test.get(EventsRepository).list(tx, filterOf(now + 8 * DAY_MS, now + 8 * DAY_MS + 60_000)));
  expect(rows.filter(({ at_start: start }) => start!.getTime() < now - 20 * DAY_MS)).toHaveLength(LONG_ONES);
});
