import { mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { findBinaries } from './binaries.ts';
import type { PostgresBinaries } from './binaries.ts';
import { connectionUrl, DATABASE, findFreePort, isPortFree, OWNER, readAccess, writeAccess } from './cluster-access.ts';
import type { ClusterAccess } from './cluster-access.ts';
import { clusterData, ensureCluster } from './cluster-folder.ts';
import { findLauncher } from './launcher.ts';
import { launchPostmaster, logTail, trimLog } from './launch-postmaster.ts';
import type { Launcher } from './launcher.ts';
import { isPostmaster, readPostmaster } from './postmaster.ts';

export interface PostgresOptions {
  /** Folder of this cluster, made if missing; everything of it lies inside. */
  readonly dataDir: string;
  /** False trades safety against power loss for speed: for tests only. */
  readonly isDurable?: boolean;
  /** How long a start may take, recovery after a crash included. */
  readonly startTimeoutMs?: number;
}

export interface RunningPostgres {
  /** Login of the owner of the database: may create roles and databases, is bound by row-level security. */
  readonly url: string;
  /** Login of the superuser, for back-ups and repair. */
  readonly adminUrl: string;
  readonly pid: number;
  readonly port: number;
  /** True when it was running already, left behind by a start that was killed. */
  readonly isAdopted: boolean;
  isAlive(): Promise<boolean>;
  /** Settles when the server is gone, however that happened. */
  whenDown(): Promise<void>;
  stop(): Promise<void>;
}

const LOCK = 'SELECT pg_try_advisory_lock(7236450001) AS locked';
const LAUNCHES = 5;

/**
 * Starts the database of a folder, or adopts it if a killed start left it running; it outlives this process unless stopped. Throws
 * when another live Daymark uses the folder: who uses it holds a session lock inside, which no crash can leave behind.
 */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const folder = resolve(options.dataDir);
  const data = clusterData(folder);
  const deadline = Date.now() + (options.startTimeoutMs ?? 60_000);
  let launch: { binaries: PostgresBinaries; launcher: Launcher } | null = null;
  let launches = 0;

  for (;;) {
    const found = await connectToRunning(folder, data);
    if (found) return await takeOver(found, { data, isAdopted: launches === 0 });
    if (Date.now() > deadline || launches >= LAUNCHES)
      throw new Error(`PostgreSQL did not start. Its log ends with:\n${await logTail(folder)}`);

    const recorded = await readPostmaster(data);
    if (recorded && (await isPostmaster(recorded.pid, data))) {
      // Starting, recovering or shutting down: it holds the folder until it answers or is gone.
      await sleep(25);
      continue;
    }

    if (!launch) {
      const binaries = await findBinaries();
      await mkdir(dirname(folder), { recursive: true, mode: 0o700 });
      launch = { binaries, launcher: findLauncher({ binaries, folder: dirname(folder) }) };
      await ensureCluster(folder, launch);
      await trimLog(folder);
    }
    launches += 1;
    const access = await choosePort(folder);
    const exit = launchPostmaster({
      ...launch,
      folder,
      data,
      access,
      isDurable: options.isDurable ?? true,
      stalePid: recorded?.pid ?? null,
    });
    await untilAnswering(access, { exit, deadline });
  }
}

/** The logins of a folder's database if it runs now, whoever started it; null otherwise. */
export async function findPostgres(dataDir: string): Promise<{ url: string; adminUrl: string } | null> {
  const folder = resolve(dataDir);
  const found = await connectToRunning(folder, clusterData(folder));
  if (!found) return null;
  await found.client.end();
  return urls(found.access);
}

interface Connected {
  readonly client: Client;
  readonly access: ClusterAccess;
  readonly pid: number;
}

async function connectToRunning(folder: string, data: string): Promise<Connected | null> {
  const access = await readAccess(folder);
  const recorded = await readPostmaster(data);
  if (!access || !recorded?.port) return null;
  const current = { ...access, port: recorded.port };
  const client = await connect(current);
  if (!client) return null;
  const answer = await client.query<{ data_directory: string }>('SHOW data_directory').catch(() => null);
  if (answer?.rows[0]?.data_directory === data || (await isPostmaster(recorded.pid, data)))
    return { client, access: current, pid: recorded.pid };
  await client.end();
  return null;
}

async function connect(access: ClusterAccess): Promise<Client | null> {
  const client = new Client({
    connectionString: connectionUrl(access, { as: 'superuser', database: 'postgres' }),
    application_name: `daymark ${process.pid}`,
    connectionTimeoutMillis: 2_000,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch {
    await client.end().catch(() => undefined);
    return null;
  }
}

async function takeOver(found: Connected, { data, isAdopted }: { data: string; isAdopted: boolean }): Promise<RunningPostgres> {
  const { client, access, pid } = found;
  const { rows } = await client.query<{ locked: boolean }>(LOCK);
  if (rows[0]?.locked !== true) {
    const owner = await client.query<{ name: string }>(
      "SELECT a.application_name AS name FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid WHERE l.locktype = 'advisory' AND l.granted LIMIT 1",
    );
    await client.end();
    throw new Error(
      `Another Daymark (process ${owner.rows[0]?.name.split(' ')[1] ?? 'unknown'}) uses the database in ${data}. ` +
        'Stop it, or set DAYMARK_DATA to another folder for this one.',
    );
  }
  await ensureOwner(client, access);

  let isStopping = false;
  const down = new Promise<void>((resolve) => client.once('end', () => resolve()));
  return {
    ...urls(access),
    pid,
    port: access.port,
    isAdopted,
    isAlive: () => isPostmaster(pid, data),
    whenDown: () => down,
    async stop() {
      if (isStopping) return await untilGone(pid, data);
      isStopping = true;
      await client.end().catch(() => undefined);
      // Fast shutdown: open transactions are rolled back, nothing that was acknowledged is lost.
      signal(pid, 'SIGINT');
      await untilGone(pid, data);
    },
  };
}

async function ensureOwner(client: Client, access: ClusterAccess): Promise<void> {
  const { rows } = await client.query<{ ready: boolean }>('SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1) AS ready', [
    DATABASE,
  ]);
  if (rows[0]?.ready === true) return;
  const hasRole = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [OWNER]);
  if (hasRole.rowCount === 0) {
    await client.query(`CREATE ROLE ${OWNER} LOGIN NOSUPERUSER CREATEROLE CREATEDB PASSWORD ${client.escapeLiteral(access.ownerPassword)}`);
  }
  await client.query(`CREATE DATABASE ${DATABASE} OWNER ${OWNER}`);
}

async function choosePort(folder: string): Promise<ClusterAccess> {
  const access = await readAccess(folder);
  if (!access) throw new Error(`${folder} holds a database whose access.json is missing: restore the file or move the folder away.`);
  if (await isPortFree(access.port)) return access;
  const moved = { ...access, port: await findFreePort() };
  await writeAccess(folder, moved);
  return moved;
}

async function untilAnswering(
  access: ClusterAccess,
  { exit, deadline }: { exit: { code: number | null }; deadline: number },
): Promise<void> {
  while (exit.code === null && Date.now() < deadline) {
    const client = await connect(access);
    if (client) return await client.end();
    await sleep(20);
  }
  // It left at once: another one holds the folder, or the port was taken between choosing and listening. The caller looks again.
  await sleep(100);
}

async function untilGone(pid: number, data: string): Promise<void> {
  const started = Date.now();
  let isForced = false;
  while (await isPostmaster(pid, data)) {
    const waitedMs = Date.now() - started;
    if (waitedMs > 30_000) throw new Error(`PostgreSQL (process ${pid}) does not stop.`);
    if (waitedMs > 15_000 && !isForced) {
      isForced = true;
      signal(pid, 'SIGQUIT');
    }
    await sleep(20);
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ESRCH') throw cause;
  }
}

function urls(access: ClusterAccess): { url: string; adminUrl: string } {
  return {
    url: connectionUrl(access, { as: 'owner', database: DATABASE }),
    adminUrl: connectionUrl(access, { as: 'superuser', database: DATABASE }),
  };
}
