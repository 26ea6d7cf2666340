import { spawnSync } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';

/** The process that PostgreSQL's own lock file names; it may be gone, or a stranger that got the number since. */
export interface RecordedPostmaster {
  readonly pid: number;
  readonly port: number | null;
}

export async function readPostmaster(data: string): Promise<RecordedPostmaster | null> {
  const text = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => null);
  const lines = text?.split('\n') ?? [];
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return null;
  const port = Number(lines[3]);
  return { pid, port: Number.isInteger(port) && port > 0 ? port : null };
}

export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** False once the process is gone, and also when its number was given to a program that is not this cluster's postmaster. */
export async function isPostmaster(pid: number, data: string): Promise<boolean> {
  if (!isProcessAlive(pid)) return false;
  if (process.platform === 'linux') {
    // A postmaster works in its data folder. A zombie has no folder any more.
    try {
      return readlinkSync(`/proc/${pid}/cwd`) === (await realpath(data));
    } catch (cause) {
      return (cause as NodeJS.ErrnoException).code === 'EACCES';
    }
  }
  if (process.platform === 'win32') return true;
  return spawnSync('ps', ['-o', 'comm=', '-p', String(pid)], { encoding: 'utf8' }).stdout.includes('postgres');
}
