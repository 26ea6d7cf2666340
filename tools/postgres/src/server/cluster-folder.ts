import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { PostgresBinaries } from './binaries.ts';
import { createAccess, SUPERUSER, writeAccess } from './cluster-access.ts';
import type { Launcher } from './launcher.ts';
import { isProcessAlive } from './postmaster.ts';

export function clusterData(folder: string): string {
  return join(folder, 'data');
}

/**
 * Makes the cluster if the folder has none. It is made beside and moved in whole: a crash leaves nothing half made, and of two
 * that try at once one wins and the other uses the winner's.
 */
export async function ensureCluster(
  folder: string,
  { binaries, launcher }: { binaries: PostgresBinaries; launcher: Launcher },
): Promise<void> {
  if (existsSync(join(clusterData(folder), 'PG_VERSION'))) return;
  const parent = dirname(folder);
  await removeLeftovers(folder);

  const draft = await mkdtemp(join(parent, `${basename(folder)}.new-${process.pid}-`));
  const access = await createAccess();
  const passwordFile = join(draft, 'password');
  await writeFile(passwordFile, access.superuserPassword, { mode: 0o600 });
  await mkdir(clusterData(draft), { mode: 0o700 });
  for (const path of [draft, passwordFile, clusterData(draft)]) launcher.own(path);

  await run(launcher, binaries.initdb, [
    ...['--pgdata', clusterData(draft), '--username', SUPERUSER, '--auth', 'scram-sha-256', '--pwfile', passwordFile],
    ...['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--data-checksums', '--no-instructions'],
  ]);
  await rm(passwordFile);
  await writeAccess(draft, access);

  await rename(draft, folder).catch(async (cause: NodeJS.ErrnoException) => {
    await rm(draft, { recursive: true, force: true });
    if (!existsSync(join(clusterData(folder), 'PG_VERSION'))) {
      throw new Error(`${folder} is not empty and holds no database: move it away or set DAYMARK_DATA to another folder.`, { cause });
    }
  });
}

async function removeLeftovers(folder: string): Promise<void> {
  await mkdir(dirname(folder), { recursive: true, mode: 0o700 });
  for (const name of await readdir(dirname(folder))) {
    const match = /^(.+)\.new-(\d+)-\w+$/.exec(name);
    if (match?.[1] !== basename(folder)) continue;
    if (!isProcessAlive(Number(match[2]))) await rm(join(dirname(folder), name), { recursive: true, force: true });
  }
}

function run(launcher: Launcher, program: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = launcher.launch(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' },
    });
    let output = '';
    child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${basename(program)} failed (${code}): ${output.trim()}`));
    });
  });
}
