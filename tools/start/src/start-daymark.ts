import { X509Certificate } from 'node:crypto';
import { existsSync, openSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setInterval as ticks } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ensureBuild } from './build.ts';
import { rememberMode } from './data-folder.ts';
import { fillDemo, restoreDemoFaults } from './demo/fill-demo.ts';
import { answers, isAnyAddress } from './ports.ts';
import { requireStartable } from './preflight.ts';
import { forgetRunning, noteRunning } from './running-start.ts';
import { apiEnvironment, ensureSecrets, publicUrlOf, readSettings, sandboxArguments, sandboxCaFile } from './settings.ts';
import type { SandboxPorts, Secrets, StartSettings } from './settings.ts';
import { StartError } from './start-error.ts';
import { superviseDatabase } from './supervised-database.ts';
import type { SupervisedDatabase } from './supervised-database.ts';
import { SupervisedProcess } from './supervised-process.ts';

const ROOT = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
const LOOPBACK = '127.0.0.1';
/** A demo is one person's: less room for young objects, 40 MB less memory for each part. */
const SMALL = ['--max-semi-space-size=4'];

const TWO_YEARS_MS = 730 * 86_400_000;

interface Stoppable {
  stop(): Promise<void>;
}

/** Everything that runs, in the order of its start: stopped from the last to the first. */
const running: Stoppable[] = [];
let stopping: Promise<void> | null = null;
/** The folder in which this start is noted. */
let noted: string | null = null;

export async function start(): Promise<void> {
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  process.on('SIGHUP', onSignal);
  void stopWhenNpmIsGone();
  try {
    await startAll();
  } catch (cause) {
    if (stopping) return await stopping;
    console.error(cause instanceof StartError ? `\n${cause.describe()}` : cause);
    await stopAll();
    process.exit(cause instanceof StartError ? cause.exitCode : 1);
  }
}

async function startAll(): Promise<void> {
  const settings = readSettings(process.env, { root: ROOT });
  await requireStartable(settings, { root: ROOT, env: process.env, args: process.argv.slice(2), say });
  await ensureBuild(ROOT, { say });
  rememberMode(settings.dataDir, settings.mode);
  noteRunning(settings.dataDir, publicUrlOf(settings, process.env));
  noted = settings.dataDir;
  const secrets = settings.mode === 'production' ? null : ensureSecrets(settings.dataDir);

  const api: { process: SupervisedProcess | null } = { process: null };
  const database = settings.databaseUrl ? null : await superviseDatabase(settings.dataDir, { say, onMoved: () => api.process?.restart() });
  if (database) running.push(database);
  // What an earlier start wrote there when it was ready would be taken for this one's.
  rmSync(join(settings.dataDir, 'demo.json'), { force: true });

  const sandbox = settings.sandbox && secrets ? createSandbox(settings, secrets) : null;
  api.process = createApi(settings, { secrets, database });
  const processes = [sandbox, api.process].filter((process) => process !== null);
  running.push(...processes);
  if (stopping) return;
  const demo = settings.sandbox && beginDemo(settings, settings.sandbox);
  const sandboxRuns = sandbox?.start().then(demo?.restoreFaults);
  // The product reads once, as it starts, whom it has to trust for the sandbox.
  if (!isTrustSettled(sandboxCaFile(settings))) await sandboxRuns;
  if (stopping) return;
  await Promise.all([sandboxRuns, api.process.start()]);
  void demo?.fill();
}

/** Whether the sandbox's certificate is there and will not be renewed at this start, which happens in its last 400 days. */
function isTrustSettled(caFile: string): boolean {
  return existsSync(caFile) && new X509Certificate(readFileSync(caFile)).validToDate.getTime() - Date.now() > TWO_YEARS_MS;
}

/** The people of the sandbox as users with connected calendars, while the product runs already. */
function beginDemo({ host, port, dataDir }: StartSettings, sandbox: SandboxPorts) {
  const ending = new AbortController();
  running.push({ stop: async () => ending.abort() });
  const place = {
    productUrl: `http://${isAnyAddress(host) ? LOOPBACK : host}:${port}`,
    controlUrl: `http://${LOOPBACK}:${sandbox.control}`,
    dataDir,
    signal: ending.signal,
  };
  const complain = (cause: unknown) => {
    if (!ending.signal.aborted) say(`The demo data is not complete: ${(cause as Error).message}\nThe next start goes on with it.`);
  };
  return { restoreFaults: () => restoreDemoFaults(place).catch(complain), fill: () => fillDemo(place).catch(complain) };
}

function createSandbox(settings: StartSettings, secrets: Secrets): SupervisedProcess {
  const ports = settings.sandbox;
  const logFile = join(settings.dataDir, 'sandbox.log');
  const log = openSync(logFile, 'a', 0o600);
  return new SupervisedProcess({
    name: 'The sandbox',
    script: join(ROOT, 'tools', 'sandbox', 'dist', 'main.js'),
    nodeOptions: SMALL,
    args: sandboxArguments(settings, { env: process.env, secrets }),
    environment: () => ({ ...process.env, TZ: 'UTC' }),
    cwd: ROOT,
    output: [log, log],
    isReady: async () => {
      for (const port of ports === null ? [] : [ports.google, ports.microsoft, ports.control])
        if (!(await answers(port, LOOPBACK))) return false;
      return true;
    },
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
    nodeOptions: settings.mode === 'demo' ? SMALL : [],
    environment: () => ({
      ...(existsSync(admin) && { DAYMARK_ADMIN_DIR: admin }),
      ...apiEnvironment(settings, { env: process.env, secrets, databaseUrl: settings.databaseUrl ?? database?.url() ?? '' }),
    }),
    cwd: ROOT,
    output: ['inherit', 'inherit'],
    isReady: () => answers(settings.port, settings.host),
    say,
    fix: 'look for the first error in the lines above; docs/how-to/troubleshoot.md names common causes',
    onRefusal: (exitCode) => {
      stopping ??= stopAll().then(() => process.exit(exitCode));
    },
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
  if (noted !== null) forgetRunning(noted);
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
