import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ensureBuild } from './build.ts';
import { ensureDataFolder, requireFolderOfMode, SWITCH_MODE } from './data-folder.ts';
import { requireFreePorts } from './ports.ts';
import { alreadyRunning, findStayingStart } from './running-start.ts';
import { apiEnvironment, makeSecrets } from './settings.ts';
import type { Environment, StartSettings } from './settings.ts';
import { StartError, StartErrors } from './start-error.ts';

export interface Start {
  readonly root: string;
  readonly env: Environment;
  /** What stands behind the command. */
  readonly args: readonly string[];
  say(text: string): void;
}

/** As the product's own check prints it. */
interface SettingFault {
  readonly setting: string;
  readonly cause: string;
  readonly fix: string;
}

/** Everything that keeps Daymark from starting and can be known before anything runs, at once. @throws StartError */
export async function requireStartable(settings: StartSettings, start: Start): Promise<void> {
  const found = [...settings.faults, ...(await findObstacles(settings, start))];
  if (found.length === 0) return;
  const known = new Set(found.map(({ setting }) => setting));
  const more = (await askProduct(settings, { ...start, mayBuild: found.some(({ setting }) => setting !== null) }))
    .filter(({ setting }) => !known.has(setting))
    .map(({ setting, cause, fix }) => new StartError(`${setting} ${cause}`, { setting, fix }));
  const errors = [...found, ...more];
  throw errors.length === 1 ? errors[0] : new StartErrors(errors);
}

async function findObstacles(settings: StartSettings, { args }: Start): Promise<StartError[]> {
  const { dataDir, host, port, databaseUrl } = settings;
  const unusable = await refusalOf(() => ensureDataFolder(dataDir));
  if (unusable !== null) return [unusable];
  const running = await findStayingStart(dataDir);
  const ours = running && alreadyRunning(running, dataDir);
  // The embedded database serves one start; with a server of their own several may share a folder.
  if (ours !== null && databaseUrl === null) return [ours];
  const steps = [
    () => (args.includes(SWITCH_MODE) ? undefined : requireFolderOfMode(dataDir, settings.mode)),
    () => (settings.faults.length > 0 ? undefined : requireFreePorts(wantedPorts(settings), { host, basePort: port, ours })),
  ];
  const found = [];
  for (const step of steps) found.push(await refusalOf(step));
  return found.filter((refusal) => refusal !== null);
}

async function refusalOf(step: () => unknown): Promise<StartError | null> {
  try {
    await step();
    return null;
  } catch (cause) {
    if (cause instanceof StartError) return cause;
    throw cause;
  }
}

function wantedPorts({ port, sandbox }: StartSettings) {
  return [
    { port, use: 'Daymark' },
    ...(sandbox
      ? [
          { port: sandbox.google, use: 'the simulated Google' },
          { port: sandbox.smtp, use: 'the simulated mail server' },
          { port: sandbox.control, use: 'the pages of the sandbox' },
          { port: sandbox.microsoft, use: 'the simulated Microsoft' },
        ]
      : []),
  ];
}

/** What the product would refuse, had it been started; building takes a minute, so only where settings are wrong anyway. */
async function askProduct(
  settings: StartSettings,
  { root, env, say, mayBuild }: Start & { readonly mayBuild: boolean },
): Promise<readonly SettingFault[]> {
  const script = join(root, 'apps', 'api', 'dist', 'check-settings.js');
  if (mayBuild) await ensureBuild(root, { say });
  if (!existsSync(script)) return [];
  const secrets = settings.mode === 'production' ? null : makeSecrets();
  const given = apiEnvironment(settings, { env, secrets, databaseUrl: settings.databaseUrl ?? '' });
  const { stdout } = await promisify(execFile)(process.execPath, [script], { cwd: root, env: given });
  const faults = JSON.parse(stdout) as SettingFault[];
  // The embedded database has no address before it runs, and the sandbox no certificate.
  const comesLater = new Set([
    ...(settings.databaseUrl === null ? ['DATABASE_URL'] : []),
    ...(settings.sandbox && !env['DAYMARK_SANDBOX_CA_FILE'] ? ['DAYMARK_SANDBOX_CA_FILE'] : []),
  ]);
  return faults.filter(({ setting }) => !comesLater.has(setting));
}
