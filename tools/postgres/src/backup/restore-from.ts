import { isDeepStrictEqual } from 'node:util';
import { pipeline } from 'node:stream/promises';
import { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { BrokenBackup, createTableReader, readArchive } from './archive.ts';
import { FORMAT, FORMAT_VERSION } from './backup-to.ts';
import type { BackupHeader, BackupSummary } from './backup-to.ts';
import { DEFAULTS, listForeignKeys, listTables, readSchemaVersion, requireFullView } from './catalog.ts';
import type { BackupOptions, ForeignKey, Table } from './catalog.ts';

type ArchiveRecord =
  | { readonly table: string; readonly columns: readonly string[] }
  | {
      readonly end: true;
      readonly tables: number;
      readonly rows: number;
      readonly sequences: readonly { name: string; value: string; isCalled: boolean }[];
    };

/**
 * Brings a saved file back into a freshly migrated, empty database of the same schema version, whole or not at all. The login must
 * own the tables or be a superuser, and bypass row-level security.
 */
export async function restoreFrom(file: string, url: string, options: BackupOptions = {}): Promise<BackupSummary> {
  const { schemas, versionTables, seededTables } = { ...DEFAULTS, ...options };
  const frames = readArchive(file);
  const reader = createTableReader(frames);
  const header = checkHeader(await reader.next(), file);
  const client = new Client({ connectionString: url, application_name: 'daymark restore' });
  // A lost connection is told by the query that was waiting for it.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await requireFullView(client);
    await requireSameVersion(client, { header, versionTables });
    await client.query('BEGIN');
    const tables = (await listTables(client, schemas)).filter((table) => !versionTables.includes(table.name));
    await lockAndRequireEmpty(client, { tables, seededTables });
    const restoreChecks = await suspendChecks(client, { tables, schemas });
    const summary = await loadTables(client, { reader, tables: new Map(tables.map((table) => [table.name, table])) });
    await restoreChecks();
    await client.query('COMMIT');
    await client.query('ANALYZE');
    return summary;
  } finally {
    await frames.return(undefined);
    await client.end();
  }
}

/** Reads the file to its end and keeps nothing: so that one of no use is refused before a database is made for it. @throws BrokenBackup */
export async function requireWholeBackup(file: string): Promise<void> {
  let last: unknown = null;
  let isFirst = true;
  for await (const frame of readArchive(file)) {
    if (frame.kind === 'record') last = frame.value;
    if (isFirst) checkHeader(last, file);
    isFirst = false;
  }
  if (last === null || typeof last !== 'object' || !('end' in last))
    throw new BrokenBackup(`${file} is not a whole back-up of Daymark: it was cut`);
}

function checkHeader(value: unknown, file: string): BackupHeader {
  const header = value as BackupHeader | null;
  if (header?.format !== FORMAT) throw new BrokenBackup(`${file} is not a back-up of Daymark`);
  if (header.formatVersion !== FORMAT_VERSION)
    throw new BrokenBackup(`This backup has format ${header.formatVersion}; this version of Daymark reads ${FORMAT_VERSION}.`);
  return header;
}

async function requireSameVersion(
  client: Client,
  { header, versionTables }: { header: BackupHeader; versionTables: readonly string[] },
): Promise<void> {
  const present = await readSchemaVersion(client, versionTables);
  if (isDeepStrictEqual(present, header.schemaVersion)) return;
  throw new Error(
    `The backup was taken with another schema version (${describe(header.schemaVersion)}) than the database has (${describe(present)}). ` +
      'Restore it with the version of Daymark that took it, then update.',
  );
}

function describe(version: Record<string, string[]>): string {
  return (
    Object.entries(version)
      .map(([table, names]) => `${table}: ${names.length}, last ${names.at(-1) ?? 'none'}`)
      .join('; ') || 'not migrated'
  );
}

async function lockAndRequireEmpty(
  client: Client,
  { tables, seededTables }: { tables: readonly Table[]; seededTables: readonly string[] },
): Promise<void> {
  const filled: string[] = [];
  for (const table of tables) {
    await client.query(`LOCK TABLE ${table.sql} IN SHARE ROW EXCLUSIVE MODE`);
    if (seededTables.includes(table.name)) continue;
    const { rowCount } = await client.query(`SELECT FROM ${table.sql} LIMIT 1`);
    if (rowCount !== 0) filled.push(table.name);
  }
  if (filled.length > 0) {
    throw new Error(`The database is not empty (${filled.slice(0, 5).join(', ')}): restore into a new one that was only migrated.`);
  }
  for (const table of tables) if (seededTables.includes(table.name)) await client.query(`DELETE FROM ${table.sql}`);
}

/**
 * Triggers would react to old rows as to new ones, and foreign keys would want an order that cycles may not have: both are taken
 * out within the transaction and put back before its end, which checks every row. (session_replication_role would need a
 * superuser and check nothing.)
 */
async function suspendChecks(
  client: Client,
  { tables, schemas }: { tables: readonly Table[]; schemas: readonly string[] },
): Promise<() => Promise<void>> {
  const keys = await listForeignKeys(client, schemas);
  for (const key of keys) await client.query(`ALTER TABLE ${key.tableSql} DROP CONSTRAINT ${key.constraint}`);
  const { rows: triggers } = await client.query<{ sql: string; name: string }>(
    `SELECT format('%I.%I', n.nspname, c.relname) AS sql, quote_ident(t.tgname) AS name FROM pg_trigger t
       JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE NOT t.tgisinternal AND t.tgenabled = 'O' AND t.tgparentid = 0 AND n.nspname || '.' || c.relname = ANY ($1)`,
    [tables.map((table) => table.name)],
  );
  for (const { sql, name } of triggers) await client.query(`ALTER TABLE ${sql} DISABLE TRIGGER ${name}`);
  return async () => {
    // A table with deferred checks still open cannot be altered.
    await client.query('SET CONSTRAINTS ALL IMMEDIATE');
    for (const { sql, name } of triggers) await client.query(`ALTER TABLE ${sql} ENABLE TRIGGER ${name}`);
    for (const key of keys) await addBack(client, key);
  };
}

async function addBack(client: Client, key: ForeignKey): Promise<void> {
  await client.query(`ALTER TABLE ${key.tableSql} ADD CONSTRAINT ${key.constraint} ${key.definition}`);
}

async function loadTables(
  client: Client,
  { reader, tables }: { reader: ReturnType<typeof createTableReader>; tables: ReadonlyMap<string, Table> },
): Promise<BackupSummary> {
  let count = 0;
  let rows = 0;
  for (;;) {
    const record = (await reader.next()) as ArchiveRecord | null;
    if (!record) throw new BrokenBackup('The backup file ends in the middle: it was cut.');
    if ('end' in record) {
      if (record.tables !== count || record.rows !== rows)
        throw new BrokenBackup('The backup file does not hold what its end says: it is damaged.');
      if ((await reader.next()) !== null) throw new BrokenBackup('The backup file goes on after its end: it is damaged.');
      for (const { name, value, isCalled } of record.sequences)
        await client.query('SELECT setval($1::regclass, $2, $3)', [name, value, isCalled]);
      return { tables: count, rows };
    }
    const table = tables.get(record.table);
    if (!table) throw new Error(`The database has no table ${record.table}.`);
    const unknown = record.columns.filter((column) => !table.columns.includes(column));
    if (unknown.length > 0) throw new Error(`The database has no column ${unknown.join(', ')} in ${record.table}.`);
    const stream = client.query(copyFrom(`COPY ${table.sql} (${record.columns.join(', ')}) FROM STDIN`));
    await pipeline(reader.data(), stream);
    rows += stream.rowCount;
    count += 1;
  }
}
