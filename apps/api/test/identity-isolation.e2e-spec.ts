import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { operations, type Operation } from '@daymark/api-contract';
import { formatId, type IdKind, type Uuid } from '@daymark/domain';
import { appRole, systemRole } from '../src/database/roles.ts';
import { adminQuery } from './support/admin-query.ts';
import { dropChecks, fillTables, insertStatement, tenantTables } from './support/fill-tables.ts';
import { makeTenant, signIn, makeUser, type TestTenant } from './support/tenants.ts';
import { startTestApp, type TestApp } from './support/test-app.ts';

let test: TestApp;
let acme: TestTenant;
let globex: TestTenant;
let tables: string[];

beforeAll(async () => {
  test = await startTestApp({ configuration: { role: 'web' } });
  acme = await makeTenant(test, { name: 'Acme' });
  globex = await makeTenant(test, { name: 'Globex' });
  tables = await tenantTables(test);
  await dropChecks(test);
  await fillTables(test, acme.tenantId);
});
afterAll(() => test.close());

/** Runs SQL as a role of the product, in a transaction that names a tenant or none, and rolls it back. */
async function as<Row>(role: string, tenantId: Uuid | null, text: string): Promise<{ rows: Row[]; rowCount: number | null }> {
  const client = new Client({ connectionString: test.database.url, options: `-c role=${role}` });
  await client.connect();
  try {
    await client.query('BEGIN');
    if (tenantId !== null) await client.query(`SELECT set_config('daymark.tenant_id', $1, true)`, [tenantId]);
    const { rows, rowCount } = await client.query(text);
    return { rows: rows as Row[], rowCount };
  } finally {
    await client.end();
  }
}

describe('SEC-03 F47 the database', () => {
  it('shows rows of a tenant to that tenant only, in every table, and to nobody without one', async () => {
    expect(tables.length).toBeGreaterThan(25);
    for (const table of tables) {
      const count = async (tenantId: Uuid | null) =>
        Number(
          (await as<{ n: string }>(appRole, tenantId, `SELECT count(*) AS n FROM ${table} WHERE tenant_id = '${acme.tenantId}'`)).rows[0]!
            .n,
        );
      expect([table, (await count(acme.tenantId)) > 0, await count(globex.tenantId), await count(null)]).toEqual([table, true, 0, 0]);
    }
  });

  it('shows nothing to the login that owns it, unless it takes a role', async () => {
    const owner = new Client({ connectionString: test.database.url });
    await owner.connect();
    for (const table of tables) {
      const { rows } = await owner.query<{ count: string }>(`SELECT count(*) FROM ${table}`);
      expect([table, rows[0]!.count]).toEqual([table, '0']);
    }
    await owner.end();
  });

  it('lets no tenant write into another', async () => {
    for (const table of tables) {
      const insert = await insertStatement(test, { table, tenantId: acme.tenantId });
      await expect(as(appRole, globex.tenantId, insert), table).rejects.toMatchObject({ code: '42501' });
      const change = as(appRole, globex.tenantId, `DELETE FROM ${table} WHERE tenant_id = '${acme.tenantId}'`);
      const outcome = await change.then(
        ({ rowCount }) => rowCount,
        (error: { code: string }) => error.code,
      );
      expect([table, outcome === 0 || outcome === '42501']).toEqual([table, true]);
    }
  });

  it('keeps what belongs to no tenant from the app altogether', async () => {
    const others = await adminQuery<{ table_name: string }>(
      test,
      `SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND NOT (table_name = ANY($1)) ORDER BY 1`,
      [tables],
    );
    expect(others.map(({ table_name }) => table_name)).toEqual(['account_identities', 'accounts', 'migrations', 'rate_limits', 'tenants']);
    for (const { table_name } of others.filter((one) => one.table_name !== 'tenants')) {
      await expect(as(appRole, acme.tenantId, `SELECT FROM ${table_name}`), table_name).rejects.toMatchObject({ code: '42501' });
    }
    expect((await as<{ id: string }>(appRole, acme.tenantId, 'SELECT id FROM tenants')).rows).toEqual([{ id: acme.tenantId }]);
    expect((await as(appRole, null, 'SELECT id FROM tenants')).rows).toEqual([]);
  });

  it('protects each table by force, so that its owner is bound too', async () => {
    const open = await adminQuery<{ relname: string }>(
      test,
      `SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT (relrowsecurity AND relforcerowsecurity) AND relname <> 'migrations'`,
    );
    expect(open).toEqual([]);
    const roles = await adminQuery<{ rolname: string }>(
      test,
      `SELECT rolname FROM pg_roles WHERE rolname LIKE 'daymark%' AND (rolsuper OR rolbypassrls OR rolcanlogin)`,
    );
    expect(roles.filter(({ rolname }) => [appRole, systemRole].includes(rolname))).toEqual([]);
  });

  it('lets the app neither rewrite the audit nor change tables nor open doors', async () => {
    const forbidden = [
      `UPDATE audit_events SET action = 'x'`,
      `DELETE FROM audit_events`,
      `DELETE FROM audit_details`,
      `CREATE TABLE mine (id int)`,
      `ALTER TABLE users DISABLE ROW LEVEL SECURITY`,
      `SELECT * FROM door_memberships(gen_random_uuid())`,
      `INSERT INTO tenants (id, name, slug, created_at) VALUES (gen_random_uuid(), 'x', 'x', now())`,
    ];
    for (const text of forbidden) await expect(as(appRole, acme.tenantId, text), text).rejects.toMatchObject({ code: '42501' });
  });

  it('has a counted number of doors, and nothing else for those who stand outside a tenant', async () => {
    const doors = await adminQuery<{ proname: string }>(
      test,
      `SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef ORDER BY 1`,
    );
    expect(doors.map(({ proname }) => proname)).toMatchInlineSnapshot(`
      [
        "door_account_of_email",
        "door_account_of_identity",
        "door_calendars_to_poll",
        "door_channels_to_tend",
        "door_connections_to_list",
        "door_count_channels",
        "door_count_grants_of",
        "door_due_calendars",
        "door_due_mails",
        "door_due_placements",
        "door_due_reminders",
        "door_due_setup_links",
        "door_erase_account",
        "door_find_api_key",
        "door_find_channels",
        "door_find_session",
        "door_find_setup_link",
        "door_forget_expired",
        "door_grants_sealed_otherwise",
        "door_grants_to_refresh",
        "door_hit_rate_limit",
        "door_kept_sealed_otherwise",
        "door_list_tenants",
        "door_memberships",
        "door_missing_keys",
        "door_placements_to_resume",
        "door_save_oauth_state",
        "door_take_notices",
        "door_tenants_to_number",
        "door_use_oauth_state",
        "door_use_sign_in_link",
      ]
    `);
    for (const table of [...tables, 'tenants', 'accounts'])
      await expect(as(systemRole, null, `SELECT FROM ${table}`), table).rejects.toMatchObject({ code: '42501' });
  });
});

describe('SEC-03 F47 the API', () => {
  const kinds: Readonly<Record<string, readonly [IdKind, string]>> = {
    user_id: ['user', 'users'],
    connection_id: ['connection', 'connections'],
    calendar_id: ['calendar', 'calendars'],
    event_id: ['event', 'events'],
    run_id: ['run', 'sync_runs'],
    meeting_id: ['meeting', 'meetings'],
    schedule_id: ['schedule', 'schedules'],
    scheduling_profile_id: ['schedulingProfile', 'scheduling_profiles'],
    resource_id: ['resource', 'resources'],
    api_key_id: ['apiKey', 'api_keys'],
    set_aside_id: ['setAside', 'set_asides'],
    setup_link_id: ['setupLink', 'setup_links'],
  };
  const withIds = Object.values<Operation>(operations).filter(
    ({ path, access, media }) =>
      access.kind === 'credential' && media !== 'text/event-stream' && Object.keys(kinds).some((name) => path.includes(`{${name}}`)),
  );

  const fingerprint = async () => {
    const counted = tables
      .filter((table) => table !== 'api_keys')
      .map(
        (table) =>
          `SELECT '${table}' AS name, md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) AS sum FROM ${table} t WHERE tenant_id = '${acme.tenantId}'`,
      );
    return adminQuery(test, counted.join(' UNION ALL '));
  };

  it('answers an id of another tenant like one that nobody has, and does nothing', async () => {
    const before = await fingerprint();
    const session = await signIn(test, await makeUser(test, globex, { role: 'member' }));
    for (const operation of withIds) {
      const [name] = /\{(\w+)\}/.exec(operation.path)!.slice(1);
      const kind = kinds[name!];
      if (kind === undefined) continue;
      const [row] = await adminQuery<{ id: Uuid }>(test, `SELECT id FROM ${kind[1]} WHERE tenant_id = $1 LIMIT 1`, [acme.tenantId]);
      const send = async (id: string, by: { key: string } | { session: { cookie: string; csrf: string } }) => {
        const answer = await test.request(
          operation.method.toUpperCase(),
          operation.path.replace(`{${name}}`, id).replaceAll(/\{\w+\}/g, 'x'),
          {
            ...by,
            ...(operation.body === undefined ? {} : { body: operation.example?.body ?? {} }),
            headers: { 'If-Match': '"1"' },
          },
        );
        return { status: answer.status, body: { ...answer.body, instance: '', request_id: '' } };
      };
      for (const by of [{ key: globex.key }, { session }]) {
        const foreign = await send(formatId(kind[0], row!.id), by);
        expect(foreign, operation.id).toEqual(await send(formatId(kind[0], '01a1f8b3-0000-7000-8000-00000000dead'), by));
        expect([404, 403], operation.id).toContain(foreign.status);
      }
    }
    expect(await fingerprint()).toEqual(before);
  });
});
