import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** Lets npm link the new workspace and enter it into the lockfile, without the network. Gives what npm said when it could not. */
export function installOffline(root: string): string | null {
  const args = ['install', '--offline', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = process.env['npm_execpath'];
  const options = { cwd: root, encoding: 'utf8' } as const;
  const { status, stderr, error } = npm?.endsWith('.js')
    ? spawnSync(process.execPath, [npm, ...args], options)
    : spawnSync('npm', args, { ...options, shell: process.platform === 'win32' });
  if (status === 0) return null;
  return (stderr ?? '').trim() || (error?.message ?? 'npm gave no reason');
}

/** The link that npm would make, so that everything compiles at once; the lockfile does not know it yet. */
export function linkByHand(root: string, { id, folder }: { readonly id: string; readonly folder: string }): void {
  const link = join(root, 'node_modules', '@daymark', `provider-${id}`);
  if (existsSync(link)) return;
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(relative(dirname(link), join(root, folder)), link, 'junction');
}
