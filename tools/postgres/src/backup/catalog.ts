import type { Client } from 'pg';

export interface BackupOptions {
  /** Default: public and pgboss. */
  readonly schemas?: readonly string[];
  /** Tables that say which migrations ran, as schema.table: compared, never restored. A missing one counts as empty. */
  readonly versionTables?: readonly string[];
  /** Tables that a freshly migrated database already fills (queue definitions, seeds): emptied before they are restored. */
  readonly seededTables?: readonly string[];
}

export const DEFAULTS = {
  schemas: ['public', 'pgboss'],
  versionTables: ['public.migrations', 'public.typeorm_metadata', 'pgboss.version'],
  seededTables: ['pgboss.queue', 'pgboss.schedule', 'pgboss.subscription'],
} as const satisfies Required<BackupOptions>;

export interface Table {
  /** schema.table, unquoted. */
  readonly name: string;
  /** Quoted for SQL. */
  readonly sql: string;
  /** Columns that can be written, quoted. */
  readonly columns: readonly string[];
}

/** Tables with rows of their own or with partitions, without those of extensions; generated columns are computed again. */
export async function listTables(client: Client, schemas: readonly string[]): Promise<Table[]> {
  const { rows } = await client.query<{ name: string; sql: string; columns: string[] | null }>(
    `SELECT n.nspname || '.' || c.relname AS name, format('%I.%I', n.nspname, c.relname) AS sql,
            (SELECT array_agg(quote_ident(a.attname) ORDER BY a.attnum) FROM pg_attribute a
              WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '') AS columns
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = ANY ($1) AND c.relkind IN ('r', 'p') AND NOT c.relispartition
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
      ORDER BY 1`,
    [schemas],
  );
  return rows.flatMap((row) => (row.columns ? [{ name: row.name, sql: row.sql, columns: row.columns }] : []));
}

export interface ForeignKey {
  readonly constraint: string;
  readonly definition: string;
  readonly table: string;
  readonly tableSql: string;
  readonly references: string;
}

/** Foreign keys between different tables: within one, COPY checks them after its last row. */
export async function listForeignKeys(client: Client, schemas: readonly string[]): Promise<ForeignKey[]> {
  const { rows } = await client.query<ForeignKey>(
    `SELECT quote_ident(k.conname) AS constraint, pg_get_constraintdef(k.oid) AS definition,
            n.nspname || '.' || c.relname AS table, format('%I.%I', n.nspname, c.relname) AS "tableSql", rn.nspname || '.' || r.relname AS references
       FROM pg_constraint k
       JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
       JOIN pg_class r ON r.oid = k.confrelid JOIN pg_namespace rn ON rn.oid = r.relnamespace
      WHERE k.contype = 'f' AND k.conparentid = 0 AND n.nspname = ANY ($1) AND k.conrelid <> k.confrelid
      ORDER BY 1, 3`,
    [schemas],
  );
  return rows;
}

/** Rows of the version tables as text, in order: equal means that the same migrations made both databases. */
export async function readSchemaVersion(client: Client, versionTables: readonly string[]): Promise<Record<string, string[]>> {
  const version: Record<string, string[]> = {};
  for (const name of versionTables) {
    const sql = name
      .split('.')
      .map((part) => client.escapeIdentifier(part))
      .join('.');
    const { rows } = await client.query<{ oid: string | null }>('SELECT to_regclass($1) AS oid', [sql]);
    if (rows[0]?.oid == null) continue;
    version[name] = await readNames(client, sql);
  }
  return version;
}

/** What identifies a migration, without ids and times that differ between installations. */
async function readNames(client: Client, sql: string): Promise<string[]> {
  const { rows } = await client.query<{ row: Record<string, unknown> }>(`SELECT to_jsonb(t) AS row FROM ${sql} t`);
  return rows.map(({ row }) => String(row['name'] ?? row['version'] ?? '')).toSorted();
}

/**
 * Back-up and restore must see and write every row of every tenant. A login that is bound by row-level security would silently
 * save a part, so anything less than a bypass is refused.
 */
export async function requireFullView(client: Client): Promise<void> {
  const { rows } = await client.query<{ name: string; sees: boolean; is_super: string }>(
    'SELECT rolname AS name, rolsuper OR rolbypassrls AS sees FROM pg_roles WHERE rolname = current_user',
  );
  const role = rows[0];
  if (role?.sees === true) return;
  throw new Error(
    `The login ${role?.name ?? ''} is bound by row-level security and sees only a part of the rows. Use a superuser, or let one run: ` +
      `ALTER ROLE "${role?.name ?? ''}" BYPASSRLS`,
  );
}
