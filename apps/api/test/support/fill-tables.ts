import type { Uuid } from '@daymark/domain';
import { adminQuery } from './admin-query.ts';
import type { TestApp } from './test-app.ts';

interface Column {
  readonly table_name: string;
  readonly column_name: string;
  readonly data_type: string;
}

const values: Readonly<Record<string, string>> = {
  uuid: 'gen_random_uuid()',
  text: `'x' || gen_random_uuid()`,
  'timestamp with time zone': 'now()',
  date: 'current_date',
  integer: '1',
  smallint: '1',
  bigint: '1',
  bytea: `decode(md5(random()::text), 'hex')`,
  jsonb: `'{}'`,
  boolean: 'true',
  tstzrange: `tstzrange(now(), now() + interval '1 hour')`,
  ARRAY: `'{}'`,
};

/** Tables whose rows belong to a tenant, by the database's own catalogue. */
export async function tenantTables(test: TestApp): Promise<string[]> {
  const rows = await adminQuery<{ table_name: string }>(
    test,
    `SELECT c.table_name FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
     WHERE c.table_schema = 'public' AND c.column_name = 'tenant_id' AND t.table_type = 'BASE TABLE' ORDER BY 1`,
  );
  return rows.map(({ table_name }) => table_name);
}

/** Takes the checks off this copy of the database, so that rows can be made of nothing but types. */
export async function dropChecks(test: TestApp): Promise<void> {
  await adminQuery(
    test,
    `DO $$ DECLARE c record; BEGIN
       FOR c IN SELECT conname, conrelid::regclass AS rel FROM pg_constraint WHERE contype = 'c' AND connamespace = 'public'::regnamespace AND conrelid <> 0 LOOP
         EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', c.rel, c.conname);
       END LOOP;
     END $$`,
  );
}

/** The insert of one row of the tenant, with a value of its type in every column that needs one. */
export async function insertStatement(
  test: TestApp,
  { table, tenantId }: { readonly table: string; readonly tenantId: Uuid },
): Promise<string> {
  const columns = await adminQuery<Column>(
    test,
    `SELECT table_name, column_name, data_type FROM information_schema.columns
     WHERE table_schema = 'public' AND table_name = $1 AND is_nullable = 'NO' AND column_default IS NULL AND is_generated = 'NEVER'`,
    [table],
  );
  const named = columns.filter(({ column_name }) => column_name !== 'tenant_id');
  const names = ['tenant_id', ...named.map(({ column_name }) => column_name)].join(', ');
  const filled = [
    `'${tenantId}'`,
    ...named.map(({ data_type, column_name }) => values[data_type] ?? unknown(table, column_name, data_type)),
  ].join(', ');
  return `INSERT INTO ${table} (${names}) VALUES (${filled})`;
}

/** A row in each table of a tenant, whatever they refer to. */
export async function fillTables(test: TestApp, tenantId: Uuid): Promise<void> {
  const statements = await Promise.all((await tenantTables(test)).map((table) => insertStatement(test, { table, tenantId })));
  await adminQuery(
    test,
    `SET session_replication_role = replica; ${statements.map((statement) => `${statement} ON CONFLICT DO NOTHING`).join('; ')}`,
  );
}

function unknown(table: string, column: string, type: string): never {
  throw new Error(`${table}.${column} has the type ${type}: say in fill-tables.ts how to make one`);
}
