import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testDatabases } from '../testing/test-databases.ts';
import type { TestDatabase } from '../testing/test-databases.ts';
import { backupTo } from './backup-to.ts';
import { requireWholeBackup, restoreFrom } from './restore-from.ts';

const TENANTS = ['6f1c7a52-1b7e-4b5c-9a51-6f0d5f3c0001', '6f1c7a52-1b7e-4b5c-9a51-6f0d5f3c0002'];

/** A cycle of foreign keys, a self reference, generated and identity columns, partitions, triggers, forced policies. */
const SCHEMA = `
  CREATE TABLE migrations (id serial PRIMARY KEY, "timestamp" bigint, name text);
  INSERT INTO migrations ("timestamp", name) VALUES (1, 'First1'), (2, 'Second2');
  CREATE TABLE a_children (id int PRIMARY KEY, parent_id int NOT NULL);
  CREATE TABLE z_parents (id int PRIMARY KEY, favourite_id int REFERENCES a_children);
  ALTER TABLE a_children ADD CONSTRAINT child_of FOREIGN KEY (parent_id) REFERENCES z_parents ON DELETE CASCADE;
  CREATE TABLE tree (id int PRIMARY KEY, above int REFERENCES tree DEFERRABLE INITIALLY DEFERRED);
  CREATE TABLE "Odd Names" (number bigint GENERATED ALWAYS AS IDENTITY, "a column" text, "select" text);
  CREATE TABLE events (
    tenant_id uuid NOT NULL, id uuid PRIMARY KEY, secret bytea, raw jsonb, range tstzrange, at timestamptz, share double precision, tags text[],
    starts_at timestamptz GENERATED ALWAYS AS (lower(range)) STORED);
  ALTER TABLE events ENABLE ROW LEVEL SECURITY;
  ALTER TABLE events FORCE ROW LEVEL SECURITY;
  CREATE POLICY own ON events USING (tenant_id = nullif(current_setting('daymark.tenant_id', true), '')::uuid);
  CREATE TABLE audit (entry text);
  CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO audit VALUES ('noted ' || NEW.id); RETURN NEW; END $$;
  CREATE TRIGGER note AFTER INSERT ON z_parents FOR EACH ROW EXECUTE FUNCTION note();
  CREATE TABLE parts (day date NOT NULL, n int) PARTITION BY RANGE (day);
  CREATE TABLE parts_2026 PARTITION OF parts FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
  CREATE SCHEMA pgboss;
  CREATE TABLE pgboss.queue (name text PRIMARY KEY, options jsonb);
  INSERT INTO pgboss.queue VALUES ('seeded', '{}');
`;

const CONTENT = `
  SET session_replication_role = replica;
  INSERT INTO z_parents VALUES (1, 11), (2, NULL);
  INSERT INTO a_children VALUES (11, 1), (12, 2);
  INSERT INTO tree VALUES (3, 2), (2, 1), (1, NULL);
  RESET session_replication_role;
  INSERT INTO "Odd Names" ("a column", "select") VALUES (E'tab\\t newline\\n back\\\\slash', NULL), ('\\\\N', ''), ('ünï ✓', E'\\r');
  INSERT INTO events
  SELECT t.id::uuid, gen_random_uuid(), decode(md5(i::text), 'hex'), jsonb_build_object('i', i, 'text', E'a "quote" and \\\\ '),
         tstzrange(timestamptz '2026-03-29 00:30Z' + i * interval '1 hour', NULL), timestamptz '0044-03-15 12:00Z BC' + i * interval '1 us',
         0.1 + i / 3.0, ARRAY['x,y', NULL, '{}']
    FROM unnest(ARRAY['${TENANTS.join("','")}']) AS t (id), generate_series(1, 3000) AS i;
  INSERT INTO parts VALUES ('2026-05-01', 1);
  INSERT INTO audit VALUES ('kept');
  UPDATE pgboss.queue SET options = '{"changed": true}';
  SELECT setval('migrations_id_seq', 40);
`;

const COMPARED = ['z_parents', 'a_children', 'tree', '"Odd Names"', 'events', 'audit', 'parts', 'pgboss.queue'];

let folder: string;
let file: string;
const open: TestDatabase[] = [];
const databases = testDatabases({ key: SCHEMA, migrate: async (url) => void (await query(url, SCHEMA)) });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'daymark-backup-spec-'));
  file = join(folder, 'daymark.backup');
});

afterEach(async () => {
  await Promise.all(open.splice(0).map((database) => database.drop()));
  await rm(folder, { recursive: true, force: true });
});

describe('a backup', () => {
  it('brings back every row of every tenant and type into a freshly migrated database', async () => {
    const source = await filled();
    const saved = await backupTo(source.adminUrl, file);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['daymark.backup']);

    const target = await empty();
    expect(await restoreFrom(file, target.adminUrl)).toEqual(saved);
    expect(saved).toEqual({ tables: 8, rows: 2 + 2 + 3 + 3 + 6000 + 1 + 1 + 1 });
    for (const table of COMPARED) expect(await content(target, table), table).toEqual(await content(source, table));
  });

  it('leaves keys, triggers, policies and number series working as before', async () => {
    const source = await filled();
    await backupTo(source.adminUrl, file);
    const target = await empty();
    await restoreFrom(file, target.adminUrl);

    await expect(query(target.url, 'INSERT INTO a_children VALUES (99, 77)')).rejects.toThrow(/child_of/);
    await query(target.url, 'INSERT INTO z_parents VALUES (5, NULL)');
    expect((await query(target.url, 'SELECT entry FROM audit ORDER BY 1')).rows).toEqual([{ entry: 'kept' }, { entry: 'noted 5' }]);
    expect((await query(target.url, 'SELECT count(*)::int AS n FROM events')).rows).toEqual([{ n: 0 }]);
    expect((await query(target.url, "SELECT nextval('migrations_id_seq')::int AS n")).rows).toEqual([{ n: 41 }]);
    const added = await query(target.url, `INSERT INTO "Odd Names" ("a column") VALUES ('next') RETURNING number::int`);
    expect(added.rows).toEqual([{ number: 4 }]);
  });

  it('holds one moment, whatever is written meanwhile', async () => {
    const source = await filled();
    let isWriting = true;
    const writer = (async () => {
      while (isWriting)
        await query(
          source.adminUrl,
          "BEGIN; INSERT INTO tree (id) SELECT max(id) + 1 FROM tree; INSERT INTO audit VALUES ('pair'); COMMIT",
        );
    })();
    await backupTo(source.adminUrl, file);
    isWriting = false;
    await writer;
    const target = await empty();
    await restoreFrom(file, target.adminUrl);
    const { rows } = await query(
      target.adminUrl,
      'SELECT (SELECT count(*) FROM tree)::int - 3 AS trees, (SELECT count(*) FROM audit)::int - 1 AS notes',
    );
    expect(rows[0]?.['trees']).toBe(rows[0]?.['notes']);
  });

  it('refuses a login that row-level security binds, because it would save only a part', async () => {
    const source = await filled();
    await expect(backupTo(source.url, file)).rejects.toThrow(/bound by row-level security.*BYPASSRLS/s);
    expect(await readdir(folder)).toEqual([]);
  });

  it('leaves an older file as it was when it fails half way', async () => {
    const source = await filled();
    await query(source.adminUrl, 'INSERT INTO audit SELECT repeat(md5(i::text), 20) FROM generate_series(1, 100000) AS i');
    await writeFile(file, 'older backup');
    const killer = (async () => {
      const found =
        "SELECT pg_terminate_backend(pid) AS done FROM pg_stat_activity WHERE application_name = 'daymark backup' AND state <> 'idle' AND xact_start IS NOT NULL";
      while ((await query(source.adminUrl, found)).rows.length === 0);
    })();
    await expect(backupTo(source.adminUrl, file)).rejects.toThrow();
    await killer;
    expect(await readFile(file, 'utf8')).toBe('older backup');
    expect(await readdir(folder)).toEqual(['daymark.backup']);
  });
});

describe('a restore', () => {
  it('refuses a database that holds rows, and changes nothing', async () => {
    const source = await filled();
    await backupTo(source.adminUrl, file);
    const target = await empty();
    await query(target.adminUrl, "INSERT INTO audit VALUES ('mine')");
    await expect(restoreFrom(file, target.adminUrl)).rejects.toThrow(/not empty \(public\.audit\)/);
    expect((await query(target.adminUrl, 'SELECT * FROM audit')).rows).toEqual([{ entry: 'mine' }]);
    expect((await query(target.adminUrl, 'SELECT * FROM pgboss.queue')).rows).toEqual([{ name: 'seeded', options: {} }]);
  });

  it('refuses a database of another schema version', async () => {
    const source = await filled();
    await backupTo(source.adminUrl, file);
    const target = await empty();
    await query(target.adminUrl, 'INSERT INTO migrations ("timestamp", name) VALUES (3, \'Third3\')');
    await expect(restoreFrom(file, target.adminUrl)).rejects.toThrow(/another schema version.*last Second2.*last Third3/s);
  });

  it('refuses a file that was cut, whole or not at all', async () => {
    const source = await filled();
    await backupTo(source.adminUrl, file);
    const target = await empty();
    const { size } = await stat(file);
    for (const length of [size - 1, size - 40, Math.floor(size / 2)]) {
      await truncate(file, length);
      for (const attempt of [() => restoreFrom(file, target.adminUrl), () => requireWholeBackup(file)])
        await expect(attempt(), `cut to ${length} of ${size}`).rejects.toThrow(`${file} is not a whole back-up of Daymark`);
      for (const table of ['z_parents', 'events', 'audit']) expect(await content(target, table)).toEqual([]);
    }
  });

  it('refuses a file that is something else', async () => {
    await writeFile(file, 'hello');
    const target = await empty();
    for (const attempt of [() => restoreFrom(file, target.adminUrl), () => requireWholeBackup(file)])
      await expect(attempt()).rejects.toThrow(`${file} is not a whole back-up of Daymark`);
    await writeFile(file, gzipSync('J\0\0\0\x02{}'));
    await expect(requireWholeBackup(file)).rejects.toThrow(`${file} is not a back-up of Daymark`);
    await expect(restoreFrom(join(folder, 'missing'), target.adminUrl)).rejects.toThrow(/ENOENT/);
  });
});

async function empty(): Promise<TestDatabase> {
  const database = await databases.cloneDatabase();
  open.push(database);
  return database;
}

async function filled(): Promise<TestDatabase> {
  const database = await empty();
  await query(database.adminUrl, CONTENT);
  return database;
}

async function content(database: TestDatabase, table: string): Promise<unknown[]> {
  return (await query(database.adminUrl, `SELECT t::text AS row FROM ${table} t ORDER BY 1`)).rows;
}

async function query(url: string, text: string) {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await client.query<Record<string, unknown>>(text);
  } finally {
    await client.end();
  }
}
