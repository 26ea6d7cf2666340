import { existsSync, openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setInterval as ticks } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ensureBuild } from './build.ts';
import { answers, requireFreePorts } from './ports.ts';
import { apiEnvironment, ensureDataFolder, ensureSecrets, readSettings, sandboxArguments } from './settings.ts';
import type { Secrets, StartSettings } from './settings.ts';
import { StartError } from './start-error.ts';
import { superviseDatabase } from './supervised-database.ts';
import type { SupervisedDatabase } from './supervised-database.ts';
import { SupervisedProcess } from './supervised-process.ts';

const ROOT = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
const LOOPBACK = '127.0.0.1';

interface Stoppable {
  stop(): Promise<void>;
}

/** Everything that runs, in the order of its start: stopped from the last to the first. */
const running: Stoppable[] = [];
let stopping: Promise<void> | null = null;

export async function start(): Promise<void> {
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  process.on('SIGHUP', onSignal);
  void stopWhenNpmIsGone();
  try {
    await startAll();
  } catch (cause) {
    if (stopping) return await stopping;
    console.error(cause instanceof StartError ? `\nDaymark did not start: ${cause.message}\nFix: ${cause.fix}.` : cause);
    await stopAll();
    process.exit(1);
  }
}

async function startAll(): Promise<void> {
  const settings = readSettings(process.env, { root: ROOT });
  ensureDataFolder(settings.dataDir);
  await ensureBuild(ROOT, { say });
  await requireFreePorts(wantedPorts(settings), { host: settings.host, basePort: settings.port });
  const secrets = settings.mode === 'production' ? null : ensureSecrets(settings.dataDir);

  const api: { process: SupervisedProcess | null } = { process: null };
  const database = settings.databaseUrl ? null : await superviseDatabase(settings.dataDir, { say, onMoved: () => api.process?.restart() });
  if (database) running.push(database);

  const sandbox = settings.sandbox && secrets ? createSandbox(settings, secrets) : null;
  api.process = createApi(settings, { secrets, database });
  const processes = [sandbox, api.process].filter((process) => process !== null);
  running.push(...processes);
  if (stopping) return;
  await Promise.all(processes.map((process) => process.start()));
}

function wantedPorts({ port, sandbox }: StartSettings) {
  return [
    { port, use: 'Daymark' },
    ...(sandbox
      ? [
          { port: sandbox.google, use: 'the simulated Google' },
          { port: sandbox.smtp, use: 'the simulated mail server' },
          { port: sandbox.control, use: 'the pages of the sandbox' },
        ]
      : []),
  ];
}

function createSandbox(settings: StartSettings, secrets: Secrets): SupervisedProcess {
  const ports = settings.sandbox;
  const logFile = join(settings.dataDir, 'sandbox.log');
  const log = openSync(logFile, 'a', 0o600);
  return new SupervisedProcess({
    name: 'The sandbox',
    script: join(ROOT, 'tools', 'sandbox', 'dist', 'main.js'),
    args: sandboxArguments(settings, { env: process.env, secrets }),
    environment: () => ({ ...process.env, TZ: 'UTC' }),
    cwd: ROOT,
    output: [log, log],
    isReady: async () => ports !== null && (await answers(ports.google, LOOPBACK)) && (await answers(ports.control, LOOPBACK)),
    say,
    fix: `read ${logFile}`,
  });
}

function createApi(
  settings: StartSettings,
  { secrets, database }: { secrets: Secrets | null; database: SupervisedDatabase | null },
): SupervisedProcess {
  const admin = join(ROOT, 'apps', 'admin', 'dist');
  return new SupervisedProcess({
    name: 'Daymark',
    script: join(ROOT, 'apps', 'api', 'dist', 'main.js'),
    args: [],
    environment: () => ({
      ...(existsSync(admin) && { DAYMARK_ADMIN_DIR: admin }),
      ...apiEnvironment(settings, { env: process.env, secrets, databaseUrl: settings.databaseUrl ?? database?.url() ?? '' }),
    }),
    cwd: ROOT,
    output: ['inherit', 'inherit'],
    isReady: () => answers(settings.port, settings.host),
    say,
    fix: 'do what is said above',
  });
}

function onSignal(): void {
  if (stopping) {
    console.error('Stopping at once.');
    for (const part of running) if (part instanceof SupervisedProcess) part.kill();
    process.exit(1);
  }
  stopping = stopAll().then(() => process.exit(0));
}

async function stopAll(): Promise<void> {
  for (const part of running.toReversed()) {
    await part.stop().catch((cause: unknown) => console.error(`While stopping: ${(cause as Error).message}`));
  }
}

/** A signal sent to `npm start` ends npm and its shell without reaching this process: it follows them. */
async function stopWhenNpmIsGone(): Promise<void> {
  if (process.env['npm_lifecycle_event'] !== 'start' || process.platform === 'win32') return;
  const parent = process.ppid;
  for await (const _ of ticks(500, undefined, { ref: false })) {
    if (process.ppid !== parent && !stopping) return onSignal();
  }
}

function say(text: string): void {
  console.log(text);
}
