import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MINUTE_MS, type Uuid } from '@daymark/domain';
import { Database } from '../src/database/database.ts';
import { adminQuery } from './support/admin-query.ts';
import { makeTenant, type TestTenant } from './support/tenants.ts';
import { startTestApp, type TestApp } from './support/test-app.ts';

const AT_MOST = 50;

let test: TestApp;
let busy: TestTenant;
let quiet: TestTenant;

// Role web: no tick of its own takes what is due.
beforeAll(async () => {
  test = await startTestApp({ configuration: { role: 'web' } });
  [busy, quiet] = [await makeTenant(test, { name: 'Busy' }), await makeTenant(test, { name: 'Quiet' })];
}, 60_000);

afterAll(() => test?.close());

/** Rows of a tenant without what they belong to; they are due since so many minutes, each a second after the one before. */
type Seed = (of: { readonly tenant: TestTenant; readonly count: number; readonly dueSinceMinutes: number }) => Promise<unknown>;

const seed =
  (statement: string): Seed =>
  ({ tenant, count, dueSinceMinutes }) =>
    adminQuery(
      test,
      `SET session_replication_role = replica;
       ${statement
         .replaceAll(':tenant', `'${tenant.tenantId}'::uuid`)
         .replaceAll(':user', `'${tenant.owner.userId}'::uuid`)
         .replaceAll(
           ':due',
           `'${new Date(test.clock.now() - dueSinceMinutes * MINUTE_MS).toISOString()}'::timestamptz + n * interval '1 second'`,
         )
         .replaceAll(':rows', `generate_series(1, ${count}) AS n`)}`,
    );

const connections = seed(`
  INSERT INTO connections (id, tenant_id, user_id, provider, remote_account_id, account_email, access_profile, status, next_list_at, created_at, updated_at)
  SELECT gen_random_uuid(), :tenant, :user, 'google', gen_random_uuid()::text, 'x@acme.example', 'read', 'active', :due, now(), now() FROM :rows`);
const grants = seed(`
  WITH g AS (
    INSERT INTO grants (id, tenant_id, user_id, provider, remote_account_id, sealed_tokens, key_id, access_expires_at, created_at, updated_at)
    SELECT gen_random_uuid(), :tenant, :user, 'google', gen_random_uuid()::text, 'x', 'test', :due, now(), now() FROM :rows RETURNING *
  )
  INSERT INTO connections (id, tenant_id, user_id, grant_id, provider, remote_account_id, account_email, access_profile, status, created_at, updated_at)
  SELECT gen_random_uuid(), tenant_id, user_id, id, provider, remote_account_id, 'x@acme.example', 'read', 'active', now(), now() FROM g`);
const calendars = seed(`
  WITH n AS (
    INSERT INTO connections (id, tenant_id, user_id, provider, remote_account_id, account_email, access_profile, status, created_at, updated_at)
    VALUES (gen_random_uuid(), :tenant, :user, 'google', gen_random_uuid()::text, 'x@acme.example', 'read', 'active', now(), now()) RETURNING *
  )
  INSERT INTO calendars (id, tenant_id, connection_id, remote_id, name, access_role, synced_at, created_at, updated_at)
  SELECT gen_random_uuid(), :tenant, (SELECT id FROM n), n::text, 'x', 'owner', :due, now(), now() FROM :rows`);
const dues = seed(
  `INSERT INTO calendar_dues (calendar_id, tenant_id, due_at, trigger) SELECT gen_random_uuid(), :tenant, :due, 'tick' FROM :rows`,
);
const placements = seed(`
  INSERT INTO placements (id, tenant_id, thing_kind, thing_id, calendar_id, role, marker, wanted, next_try_at, created_at, updated_at)
  SELECT gen_random_uuid(), :tenant, 'meeting', gen_random_uuid(), gen_random_uuid(), 'copy', gen_random_uuid()::text, '{}', :due, now(), now() FROM :rows`);
const mails = seed(`
  INSERT INTO mails (id, tenant_id, kind, recipient, message_id, due_at, created_at)
  SELECT gen_random_uuid(), :tenant, 'test', 'x@acme.example', gen_random_uuid()::text, :due, now() FROM :rows`);
const reminders = seed(`
  INSERT INTO reminders (id, tenant_id, meeting_id, sequence, recipient, channel, lead_minutes, due_at, message_id, created_at)
  SELECT gen_random_uuid(), :tenant, gen_random_uuid(), 0, 'x@acme.example', 'mail', 10, :due, gen_random_uuid()::text, now() FROM :rows`);

const now = (): Date => new Date(test.clock.now());
const ask = (name: `door_${string}`, ...args: unknown[]): Promise<{ tenant_id: Uuid }[]> => test.get(Database).door(name, ...args, AT_MOST);

beforeEach(() =>
  adminQuery(test, `SET session_replication_role = replica; DELETE FROM calendar_dues; DELETE FROM calendars; DELETE FROM connections`),
);

describe.each<[string, Seed, () => Promise<{ tenant_id: Uuid }[]>]>([
  ['due calendars', dues, () => ask('door_due_calendars', now())],
  ['calendars to poll', calendars, () => ask('door_calendars_to_poll', now())],
  ['lists of calendars', connections, () => ask('door_connections_to_list', now())],
  ['tokens to refresh', grants, () => ask('door_grants_to_refresh', now(), now())],
  ['due placements', placements, () => ask('door_due_placements', now())],
  ['due mails', mails, () => ask('door_due_mails', now())],
  ['due reminders', reminders, () => ask('door_due_reminders', now())],
])('the backlog of one tenant of %s', (_, make, due) => {
  it('does not delay the others, and fills what they leave', async () => {
    await make({ tenant: busy, count: 2 * AT_MOST, dueSinceMinutes: 60 });
    await make({ tenant: quiet, count: 2, dueSinceMinutes: 10 });
    const tenants = (await due()).map(({ tenant_id }) => (tenant_id === quiet.tenantId ? 'quiet' : 'busy'));
    expect(tenants.slice(0, 4)).toEqual(['busy', 'quiet', 'busy', 'quiet']);
    expect(tenants).toHaveLength(AT_MOST);
    expect(tenants.filter((one) => one === 'busy')).toHaveLength(AT_MOST - 2);
  });
});

describe.each<[string, Seed, `door_${string}`]>([
  ['mails', mails, 'door_due_mails'],
  ['reminders', reminders, 'door_due_reminders'],
  ['placements', placements, 'door_due_placements'],
  ['calendar_dues', dues, 'door_due_calendars'],
])('100,000 due rows of one tenant in %s', (table, make, door) => {
  it('cost a look at no more than a batch of them', async () => {
    await adminQuery(test, `DELETE FROM ${table}`);
    await make({ tenant: busy, count: 100_000, dueSinceMinutes: 3000 });
    await adminQuery(test, `ANALYZE ${table}`);
    const scans = scansOf(await planOf(door), table);
    expect(scans).toHaveLength(1);
    expect(scans[0]).toMatchObject({ 'Node Type': expect.stringMatching(/^Index (Only )?Scan$/), 'Index Name': `${table}_due` });
    expect(scans[0]!['Actual Rows'] * scans[0]!['Actual Loops']).toBeLessThanOrEqual(2 * AT_MOST);
  });
});

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly Plans?: readonly PlanNode[];
}

/** How a door finds its rows, planned as in a function: before the arguments are known. */
async function planOf(door: string): Promise<PlanNode> {
  const client = new Client({ connectionString: test.database.adminUrl });
  await client.connect();
  try {
    const found = await client.query<{ prosrc: string }>('SELECT prosrc FROM pg_proc WHERE proname = $1', [door]);
    const body = found.rows[0]!.prosrc.replaceAll(/\bat_most\b/g, '$2').replaceAll(/\bat\b/g, '$1');
    await client.query(`SET plan_cache_mode = force_generic_plan; PREPARE door (timestamptz, integer) AS ${body}`);
    const { rows } = await client.query(`EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE door ('${now().toISOString()}', ${AT_MOST})`);
    return rows[0]['QUERY PLAN'][0].Plan;
  } finally {
    await client.end();
  }
}

function scansOf(node: PlanNode, table: string): PlanNode[] {
  return [...(node['Relation Name'] === table ? [node] : []), ...(node.Plans ?? []).flatMap((plan) => scansOf(plan, table))];
}
