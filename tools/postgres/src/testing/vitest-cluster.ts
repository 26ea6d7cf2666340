import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isProcessAlive, readPostmaster } from '../server/postmaster.ts';
import { startPostgres } from '../server/start-postgres.ts';
import type { RunningPostgres } from '../server/start-postgres.ts';
import { TEST_CLUSTER } from './test-databases.ts';

const PREFIX = 'daymark-test-postgres-';
const SHARED = Symbol.for('daymark.test-postgres');

interface SharedCluster {
  users: number;
  started: Promise<{ postgres: RunningPostgres; folder: string }>;
}

/** Vitest global setup: one cluster for the whole run, shared by all projects that name this file, gone at the end of it. */
export async function setup(): Promise<() => Promise<void>> {
  const holder = globalThis as { [SHARED]?: SharedCluster };
  const shared = (holder[SHARED] ??= { users: 0, started: startCluster() });
  shared.users += 1;
  const { url, adminUrl } = (await shared.started).postgres;
  process.env[TEST_CLUSTER.url] = url;
  process.env[TEST_CLUSTER.adminUrl] = adminUrl;

  return async () => {
    shared.users -= 1;
    if (shared.users > 0) return;
    delete holder[SHARED];
    const { postgres, folder } = await shared.started;
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  };
}

async function startCluster(): Promise<{ postgres: RunningPostgres; folder: string }> {
  await sweep();
  const folder = await mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`));
  const postgres = await startPostgres({ dataDir: join(folder, 'postgres'), isDurable: false });
  return { postgres, folder };
}

/** Clusters of runs that were killed before they could stop them. */
async function sweep(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const maker = Number(new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1]);
    if (!Number.isInteger(maker) || isProcessAlive(maker)) continue;
    const folder = join(tmpdir(), name);
    const left = await readPostmaster(join(folder, 'postgres', 'data'));
    if (left && isProcessAlive(left.pid)) {
      const found = await startPostgres({ dataDir: join(folder, 'postgres'), isDurable: false }).catch(() => null);
      await found?.stop();
    }
    await rm(folder, { recursive: true, force: true });
  }
}
