import { closeSync, openSync } from 'node:fs';
import { readFile, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import type { PostgresBinaries } from './binaries.ts';
import type { ClusterAccess } from './cluster-access.ts';
import type { Launcher } from './launcher.ts';

const LOG_LIMIT_BYTES = 5_000_000;

export interface Launch {
  readonly binaries: PostgresBinaries;
  readonly launcher: Launcher;
  readonly folder: string;
  readonly data: string;
  readonly access: ClusterAccess;
  readonly isDurable: boolean;
  /** The process that the lock file names, when it is known not to be a postmaster of this cluster. */
  readonly stalePid: number | null;
}

/** Starts the server as a process of its own; `code` is set once it has left. */
export function launchPostmaster({ binaries, launcher, folder, data, access, isDurable, stalePid }: Launch): { code: number | null } {
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '200',
    shared_buffers: '64MB',
    max_wal_size: '512MB',
    max_wal_senders: '0',
    wal_level: 'replica',
    timezone: 'UTC',
    log_timezone: 'UTC',
    jit: 'off',
    // A log holds no content of people's calendars: neither statements nor the values of a refused row.
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    ...(isDurable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', shared_buffers: '128MB' }),
  };
  const log = openSync(logFile(folder), 'a', 0o600);
  const child = launcher.launch(
    binaries.postgres,
    ['-D', data, '-p', String(access.port), ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    {
      detached: true,
      stdio: ['ignore', log, log],
      env: {
        PATH: process.env['PATH'],
        LC_ALL: 'C',
        TZ: 'UTC',
        // PostgreSQL refuses while the process of an old lock file lives, also when its number went to a stranger. It trusts no
        // lock of a grandparent (CreateLockFile in miscinit.c), so that naming the stranger leaves the rest of its checks in force.
        ...(stalePid === null ? {} : { PG_GRANDPARENT_PID: String(stalePid) }),
      },
    },
  );
  closeSync(log);
  child.unref();
  const exit: { code: number | null } = { code: null };
  child.once('error', () => (exit.code = -1));
  child.once('exit', (code) => (exit.code = code ?? -1));
  return exit;
}

export async function trimLog(folder: string): Promise<void> {
  const size = await stat(logFile(folder)).then(
    (found) => found.size,
    () => 0,
  );
  if (size > LOG_LIMIT_BYTES) await truncate(logFile(folder), 0);
}

export async function logTail(folder: string): Promise<string> {
  const text = await readFile(logFile(folder), 'utf8').catch(() => '(no log)');
  return text.trimEnd().split('\n').slice(-12).join('\n');
}

function logFile(folder: string): string {
  return join(folder, 'postgres.log');
}
