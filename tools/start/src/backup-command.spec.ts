import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { requireWholeBackup, startPostgres } from '@daymark/postgres';
import { Client } from 'pg';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runBackupCommand } from './backup-command.ts';

/** A product of one table stands in for the real one and its migrations. */
let root: string;
let said: string[];
const data = () => join(root, 'data');

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'daymark-backup-command-spec-'));
  said = [];
  write('node_modules/@daymark/domain/package.json', '{ "type": "module", "exports": "./index.js" }');
  write('node_modules/@daymark/domain/index.js', 'export class Secret { constructor(value) { this.value = value; } }');
  const source = new URL('../../../apps/api/src/config/database-fault.ts', import.meta.url).href;
  write('apps/api/dist/config/database-fault.js', `export * from ${JSON.stringify(source)};`);
  write(
    'apps/api/dist/database/migrate.js',
    `import { createRequire } from 'node:module';
     const { Client } = createRequire(${JSON.stringify(import.meta.filename)})('pg');
     export async function migrate({ value }) {
       const client = new Client({ connectionString: value });
       await client.connect();
       await client.query('CREATE TABLE IF NOT EXISTS meetings (title text)');
       await client.end();
     }`,
  );
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

it('a back-up taken from a running product brings its rows into an empty folder, and only there', { timeout: 60_000 }, async () => {
  const file = join(root, 'kept', 'daymark.backup');
  const product = await startPostgres({ dataDir: join(data(), 'postgres') });
  await query(product.url, "CREATE TABLE meetings (title text); INSERT INTO meetings VALUES ('First meeting')");
  await run('backup', file);
  expect(said.join('\n')).toMatch(/Saved 1 rows of 1 tables.*Keep .*secrets\.json/s);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  await expect(run('restore', file)).rejects.toMatchObject({ fix: 'stop the product first (Ctrl-C where it was started)' });
  await product.stop();

  await expect(run('restore', file)).rejects.toMatchObject({
    message: expect.stringContaining('The database is not empty (public.meetings)'),
  });
  rmSync(join(data(), 'postgres'), { recursive: true });
  await run('restore', file);
  expect(said.join('\n')).toMatch(/Brought back 1 rows.*secrets\.json is not there/s);
  const restored = await startPostgres({ dataDir: join(data(), 'postgres') });
  expect(await query(restored.url, 'SELECT title FROM meetings')).toEqual([{ title: 'First meeting' }]);
  await restored.stop();
});

it(
  'a back-up without a place goes below the data folder, named by its time, also when the product is stopped',
  { timeout: 60_000 },
  async () => {
    const product = await startPostgres({ dataDir: join(data(), 'postgres') });
    await product.stop();
    await run('backup');
    expect(statSync(join(data(), 'backups', 'daymark-2026-03-29T01-02-03Z.backup')).mode & 0o777).toBe(0o600);
  },
);

it('a back-up replaces a file only when told so, and then only by a whole one', { timeout: 60_000 }, async () => {
  const file = join(root, 'daymark.backup');
  writeFileSync(file, 'precious');
  const product = await startPostgres({ dataDir: join(data(), 'postgres') });
  await expect(run('backup', file)).rejects.toMatchObject({
    message: `${file} is there already, and a back-up would replace it`,
    fix: expect.stringContaining('--force'),
  });
  expect(readFileSync(file, 'utf8')).toBe('precious');
  await run('backup', file, '--force');
  await requireWholeBackup(file);
  await product.stop();
});

it('a file that is no whole back-up is refused before anything is made', async () => {
  const file = join(root, 'README.md');
  writeFileSync(file, 'Read me');
  await expect(run('restore', file)).rejects.toMatchObject({
    message: `${file} is not a whole back-up of Daymark`,
    fix: expect.stringContaining('nothing was changed'),
  });
  expect(existsSync(data())).toBe(false);
});

it('a database that cannot be reached is named, with an exit code', async () => {
  const url = 'postgres://someone:hidden@127.0.0.1:9/daymark';
  await expect(run('backup', join(root, 'new.backup'), { DATABASE_URL: url })).rejects.toMatchObject({
    message: 'DATABASE_URL leads nowhere: the database at 127.0.0.1:9 does not answer (ECONNREFUSED)',
    exitCode: 78,
  });
});

it('what cannot be done is said with the way out', async () => {
  await expect(run('backup')).rejects.toMatchObject({ fix: 'set DAYMARK_DATA to the folder of the product, or DATABASE_URL' });
  await expect(run('restore')).rejects.toMatchObject({ fix: 'use npm run backup -- [FILE] [--force], or npm run restore -- FILE' });
  await expect(run('restore', join(root, 'missing'))).rejects.toMatchObject({ message: `there is no file ${join(root, 'missing')}` });
});

/** Arguments as on the command line; settings besides may stand at the end. */
function run(...given: (string | Record<string, string>)[]): Promise<void> {
  const args = given.filter((one) => typeof one === 'string');
  const env = Object.assign({ DAYMARK_DATA: data() }, ...given.filter((one) => typeof one !== 'string'));
  return runBackupCommand(args, { root, env, now: new Date('2026-03-29T01:02:03Z'), say: (text) => said.push(text) });
}

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}
