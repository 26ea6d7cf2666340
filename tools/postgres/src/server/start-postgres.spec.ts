import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findPostgres, startPostgres } from './start-postgres.ts';
import type { RunningPostgres } from './start-postgres.ts';

let folder: string;
let dataDir: string;
const running: RunningPostgres[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'daymark-postgres-spec-'));
  dataDir = join(folder, 'nested', 'postgres');
});

afterEach(async () => {
  await Promise.allSettled(running.splice(0).map((postgres) => postgres.stop()));
  await rm(folder, { recursive: true, force: true });
});

describe('the embedded database', () => {
  it('makes a database owned by a login that is bound by row-level security and may create roles', async () => {
    const postgres = await start();
    const { rows } = await query(
      postgres.url,
      `SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, pg_get_userbyid(datdba) AS owner, current_setting('server_version_num')::int AS version,
              current_setting('fsync') AS fsync, inet_server_addr()::text AS address, current_user
         FROM pg_roles, pg_database WHERE rolname = current_user AND datname = current_database()`,
    );
    expect(rows[0]).toMatchObject({
      rolsuper: false,
      rolbypassrls: false,
      rolcreaterole: true,
      rolcreatedb: true,
      owner: 'daymark',
      current_user: 'daymark',
    });
    expect(rows[0]).toMatchObject({ fsync: 'on', address: '127.0.0.1/32' });
    expect(Number(rows[0]?.['version'])).toBeGreaterThanOrEqual(180_000);
    await query(postgres.url, 'CREATE EXTENSION btree_gist');
    expect((await stat(join(dataDir, 'access.json'))).mode & 0o777).toBe(0o600);
    expect((await stat(dataDir)).mode & 0o777).toBe(0o700);
    expect(await readdir(dataDir)).not.toContain('password');
  });

  it('refuses a wrong password', async () => {
    const postgres = await start();
    const url = new URL(postgres.url);
    url.password = 'wrong';
    await expect(query(url.href, 'SELECT 1')).rejects.toThrow(/password authentication failed/);
  });

  it('keeps port and content over a stop and a start', async () => {
    const first = await start();
    await query(first.url, 'CREATE TABLE kept (a int); INSERT INTO kept VALUES (7)');
    await first.stop();
    expect(await first.isAlive()).toBe(false);
    const second = await start();
    expect([second.port, second.isAdopted]).toEqual([first.port, false]);
    expect((await query(second.url, 'SELECT a FROM kept')).rows).toEqual([{ a: 7 }]);
  });

  it('moves to another port when its own was taken meanwhile', async () => {
    const first = await start();
    await first.stop();
    const { createServer } = await import('node:net');
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(first.port, '127.0.0.1', resolve));
    const second = await start();
    expect(second.port).not.toBe(first.port);
    await new Promise((resolve) => squatter.close(resolve));
  });

  it('outlives a killed starter, is adopted by the next start with everything that was acknowledged', async () => {
    const starter = await startInOwnProcess();
    await query(starter.url, 'CREATE TABLE kept (a int); INSERT INTO kept VALUES (1)');
    starter.kill();
    await starter.gone;
    const adopted = await start();
    expect([adopted.pid, adopted.isAdopted]).toEqual([starter.pid, true]);
    expect((await query(adopted.url, 'SELECT a FROM kept')).rows).toEqual([{ a: 1 }]);
  });

  it('refuses a folder that another live Daymark uses, and names its process', async () => {
    const starter = await startInOwnProcess();
    await expect(startPostgres({ dataDir })).rejects.toThrow(`Another Daymark (process ${starter.starterPid}) uses the database`);
    expect(await findPostgres(dataDir)).toMatchObject({ url: starter.url });
    starter.kill();
    await starter.gone;
    await (await startPostgres({ dataDir })).stop();
  });

  it('lets exactly one of three simultaneous first starts win', async () => {
    const results = await Promise.allSettled([startPostgres({ dataDir }), startPostgres({ dataDir }), startPostgres({ dataDir })]);
    for (const result of results) if (result.status === 'fulfilled') running.push(result.value);
    expect(results.map((result) => result.status).toSorted()).toEqual(['fulfilled', 'rejected', 'rejected']);
    expect(await readdir(join(folder, 'nested'))).toEqual(['postgres']);
  });

  it('says that the server is gone when it is killed, and a new start brings everything back', async () => {
    const first = await start();
    await query(first.url, 'CREATE TABLE kept (a int); INSERT INTO kept VALUES (3)');
    process.kill(first.pid, 'SIGKILL');
    await first.whenDown();
    const second = await start();
    expect(second.pid).not.toBe(first.pid);
    expect((await query(second.url, 'SELECT a FROM kept')).rows).toEqual([{ a: 3 }]);
  });

  it('starts beside a lock file whose process number now belongs to another program', async () => {
    const first = await start();
    const lines = (await readFile(join(dataDir, 'data', 'postmaster.pid'), 'utf8')).split('\n');
    await first.stop();
    const stranger = spawn('sleep', ['60']);
    await writeFile(join(dataDir, 'data', 'postmaster.pid'), [String(stranger.pid), ...lines.slice(1)].join('\n'), { mode: 0o600 });
    try {
      const second = await start();
      expect((await query(second.url, 'SELECT 1 AS a')).rows).toEqual([{ a: 1 }]);
    } finally {
      stranger.kill();
    }
  });

  it('removes what a first start left that was killed half way', async () => {
    await mkdir(join(folder, 'nested', 'postgres.new-999999999-abc123', 'data'), { recursive: true });
    await start();
    expect(await readdir(join(folder, 'nested'))).toEqual(['postgres']);
  });

  it('does not touch a folder that holds something else, and says what to do', async () => {
    await mkdir(dataDir, { recursive: true });
    await writeFile(join(dataDir, 'notes.txt'), 'mine');
    await expect(startPostgres({ dataDir })).rejects.toThrow(/holds no database: move it away or set DAYMARK_DATA/);
    expect(await readdir(dataDir)).toEqual(['notes.txt']);
  });

  it('logs neither statements nor values of refused rows', async () => {
    const postgres = await start();
    await query(postgres.url, 'CREATE TABLE secrets (word text UNIQUE)');
    await query(postgres.url, "INSERT INTO secrets VALUES ('opensesame')");
    await expect(query(postgres.url, "INSERT INTO secrets VALUES ('opensesame')")).rejects.toThrow(/duplicate key/);
    await postgres.stop();
    const log = await readFile(join(dataDir, 'postgres.log'), 'utf8');
    expect(log).toContain('duplicate key');
    expect(log).not.toContain('opensesame');
  });
});

async function start(): Promise<RunningPostgres> {
  const postgres = await startPostgres({ dataDir });
  running.push(postgres);
  return postgres;
}

async function startInOwnProcess(): Promise<{ url: string; pid: number; starterPid: number; kill(): void; gone: Promise<unknown> }> {
  const module = new URL('./start-postgres.ts', import.meta.url).href;
  const script = `const { startPostgres } = await import(${JSON.stringify(module)});
    const { url, pid } = await startPostgres({ dataDir: ${JSON.stringify(dataDir)} });
    console.log(JSON.stringify({ url, pid }));`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString()));
    child.once('exit', () => reject(new Error('the starter left before it said where its database is')));
  });
  return { ...(JSON.parse(line) as { url: string; pid: number }), starterPid: Number(child.pid), kill: () => child.kill('SIGKILL'), gone };
}

async function query(url: string, text: string) {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await client.query<Record<string, unknown>>(text);
  } finally {
    await client.end();
  }
}
