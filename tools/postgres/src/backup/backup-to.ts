import { Client } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { writeArchive } from './archive.ts';
import { DEFAULTS, listTables, readSchemaVersion, requireFullView } from './catalog.ts';
import type { BackupOptions } from './catalog.ts';

export const FORMAT = 'daymark-backup';
export const FORMAT_VERSION = 1;

export interface BackupSummary {
  readonly tables: number;
  readonly rows: number;
}

export interface BackupHeader {
  readonly format: string;
  readonly formatVersion: number;
  readonly takenAt: string;
  readonly server: string;
  readonly schemaVersion: Record<string, string[]>;
}

/**
 * Saves all rows of one moment into a file, while the database is in use: one REPEATABLE READ transaction, table after table, never
 * in memory. The login must bypass row-level security. The encryption key is not in it: keep that apart.
 */
export async function backupTo(url: string, file: string, options: BackupOptions = {}): Promise<BackupSummary> {
  const { schemas, versionTables } = { ...DEFAULTS, ...options };
  const client = new Client({ connectionString: url, application_name: 'daymark backup' });
  // A lost connection is told by the query that was waiting for it.
  client.on('error', () => undefined);
  await client.connect();
  let archive: ReturnType<typeof writeArchive> | null = null;
  try {
    await requireFullView(client);
    await client.query(
      "SET DateStyle = 'ISO'; SET IntervalStyle = 'postgres'; SET extra_float_digits = 3; SET TimeZone = 'UTC'; SET row_security = off",
    );
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const { rows: moment } = await client.query<{ at: Date; server: string }>(
      "SELECT now() AS at, current_setting('server_version') AS server",
    );
    archive = writeArchive(file);
    await archive.record({
      format: FORMAT,
      formatVersion: FORMAT_VERSION,
      takenAt: moment[0]?.at.toISOString() ?? '',
      server: moment[0]?.server ?? '',
      schemaVersion: await readSchemaVersion(client, versionTables),
    } satisfies BackupHeader);

    const tables = (await listTables(client, schemas)).filter((table) => !versionTables.includes(table.name));
    let total = 0;
    for (const table of tables) {
      await archive.record({ table: table.name, columns: table.columns });
      const stream = client.query(copyTo(`COPY (SELECT ${table.columns.join(', ')} FROM ${table.sql}) TO STDOUT`));
      await archive.data(stream);
      total += stream.rowCount;
    }
    const sequences = await readSequences(client, schemas);
    await client.query('COMMIT');
    await archive.record({ end: true, tables: tables.length, rows: total, sequences });
    await archive.finish();
    return { tables: tables.length, rows: total };
  } catch (cause) {
    await archive?.abandon();
    throw cause;
  } finally {
    await client.end();
  }
}

/** Sequences are read after the rows and outside their moment: at least as far as any number that a saved row holds. */
async function readSequences(client: Client, schemas: readonly string[]): Promise<{ name: string; value: string; isCalled: boolean }[]> {
  const { rows } = await client.query<{ sql: string }>(
    `SELECT format('%I.%I', n.nspname, c.relname) AS sql FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind = 'S' AND n.nspname = ANY ($1) ORDER BY 1`,
    [schemas],
  );
  const sequences = [];
  for (const { sql } of rows) {
    const state = await client.query<{ value: string; called: boolean }>(
      `SELECT last_value::text AS value, is_called AS called FROM ${sql}`,
    );
    const row = state.rows[0];
    if (row) sequences.push({ name: sql, value: row.value, isCalled: row.called });
  }
  return sequences;
}
