import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { ensureBuild } from './build.ts';
import { builtFile, withDatabase } from './command-database.ts';
import { modeOfFolder } from './data-folder.ts';
import { findRunning } from './running-start.ts';
import { apiEnvironment, hasOwnClient, makeSecrets, readSettings } from './settings.ts';
import type { Environment } from './settings.ts';

interface Command {
  readonly root: string;
  readonly env: Environment;
  say(text: string): void;
}

/**
 * `sign-in ADDRESS [--tenant SHORT-NAME]`: has the product print a link that signs the address in, while it runs or not. What is not
 * set is taken from the data folder. @returns the exit code
 */
export async function runSignIn(args: readonly string[], { root, env: given, say }: Command): Promise<number> {
  const env = withFolder(given, root);
  const settings = readSettings(env, { root });
  const script = builtFile(root, 'sign-in.js');
  if (!existsSync(script)) await ensureBuild(root, { say });
  // Nothing is sealed or opened, so any keys do.
  const secrets = settings.mode === 'production' ? null : makeSecrets();
  return withDatabase(settings, { root, say }, ({ url }) =>
    run(script, args, { cwd: root, env: apiEnvironment(settings, { env, secrets, databaseUrl: url }) }),
  );
}

/** The mode that the folder was made in, and the address under which the product runs on it. */
function withFolder(env: Environment, root: string): Environment {
  const { dataDir } = readSettings(env, { root });
  const mode = env['DAYMARK_MODE'] || hasOwnClient(env) ? null : modeOfFolder(dataDir);
  const running = env['DAYMARK_PUBLIC_URL'] || env['PORT'] ? null : findRunning(dataDir);
  return { ...env, ...(mode !== null && { DAYMARK_MODE: mode }), ...(running !== null && { DAYMARK_PUBLIC_URL: running.url }) };
}

function run(script: string, args: readonly string[], { cwd, env }: { cwd: string; env: Environment }): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--enable-source-maps', script, ...args], { cwd, env, stdio: ['ignore', 'inherit', 'inherit'] });
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
