import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { chmodSync, chownSync, readFileSync, statSync } from 'node:fs';
import type { PostgresBinaries } from './binaries.ts';

/** Starts PostgreSQL's programs as somebody who is not root, which they insist on. */
export interface Launcher {
  launch(program: string, args: readonly string[], options: SpawnOptions): ChildProcess;
  /** Gives a folder to whoever the programs run as. */
  own(path: string): void;
}

const UNSHARE = ['--user', '--map-user=1000', '--map-group=1000'];

/**
 * Not root: directly. Root: in a user namespace, where the files of root stay reachable (also below /root). Where those are
 * forbidden, as in most containers: as the system user `postgres` or `nobody`, which needs a folder that user can reach.
 */
export function findLauncher({ binaries, folder }: { binaries: PostgresBinaries; folder: string }): Launcher {
  if (process.getuid?.() !== 0) return { launch: (program, args, options) => spawn(program, args, options), own: () => undefined };

  if (spawnSync('unshare', [...UNSHARE, binaries.postgres, '--version'], { stdio: 'ignore' }).status === 0) {
    return { launch: (program, args, options) => spawn('unshare', [...UNSHARE, program, ...args], options), own: () => undefined };
  }

  const tried: string[] = [];
  for (const { name, uid, gid } of systemUsers(['postgres', 'nobody'])) {
    const canRun = spawnSync(binaries.postgres, ['--version'], { uid, gid, stdio: 'ignore', cwd: '/' }).status === 0;
    const canReach = canRun && letThrough(folder, { uid, gid });
    if (canRun && canReach) {
      return {
        launch: (program, args, options) => spawn(program, args, { ...options, uid, gid }),
        own: (path) => chownSync(path, uid, gid),
      };
    }
    tried.push(`${name} cannot ${canRun ? `reach ${folder}` : 'run the installed programs'}`);
  }
  throw new Error(
    `PostgreSQL does not run as root, and user namespaces are not allowed here${tried.length > 0 ? ` (${tried.join('; ')})` : ''}. ` +
      'Run Daymark as an ordinary user, set DAYMARK_DATA to a folder outside /root, or set DATABASE_URL.',
  );
}

/** Others may pass through the folder, not list it: what is in it keeps its own mode. Undone when something above it is closed. */
function letThrough(folder: string, { uid, gid }: { uid: number; gid: number }): boolean {
  const isReachable = () => spawnSync('test', ['-x', folder], { uid, gid, stdio: 'ignore', cwd: '/' }).status === 0;
  if (isReachable()) return true;
  const before = statSync(folder).mode;
  chmodSync(folder, before | 0o011);
  if (isReachable()) return true;
  chmodSync(folder, before);
  return false;
}

function systemUsers(names: readonly string[]): { name: string; uid: number; gid: number }[] {
  const lines = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  return names.flatMap((name) =>
    lines.filter((line) => line[0] === name).map((line) => ({ name, uid: Number(line[2]), gid: Number(line[3]) })),
  );
}
