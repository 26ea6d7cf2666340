import { existsSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { RunningPostgres } from '@daymark/postgres';
import { ensureBuild } from './build.ts';
import { ensureDataFolder } from './data-folder.ts';
import { readSettings } from './settings.ts';
import type { Environment, StartSettings } from './settings.ts';
import { StartError } from './start-error.ts';

const USAGE = 'npm run backup -- [FILE], or npm run restore -- FILE';

interface Command {
  readonly root: string;
  readonly env: Environment;
  readonly now: Date;
  say(text: string): void;
}

/** `backup [FILE]` saves the rows of this moment, also while the product runs; `restore FILE` fills an empty database with them. */
export async function runBackupCommand(args: readonly string[], command: Command): Promise<void> {
  const [verb, file] = args;
  const settings = readSettings(command.env, { root: command.root });
  const path = file === undefined ? null : resolve(command.env['INIT_CWD'] ?? '.', file);
  if (verb === 'backup') return backup(settings, { ...command, file: path });
  if (verb !== 'restore' || path === null) throw new StartError('it is not said what to do', { fix: `use ${USAGE}` });
  if (!existsSync(path)) throw new StartError(`there is no file ${path}`, { fix: `name the file that a back-up wrote: ${USAGE}` });
  await restore(settings, { ...command, file: path });
}

async function backup(settings: StartSettings, { root, say, now, file }: Command & { readonly file: string | null }): Promise<void> {
  const { backupTo, findPostgres } = await loadPostgres(root, { say });
  const folder = join(settings.dataDir, 'postgres');
  if (settings.databaseUrl === null && !existsSync(folder)) {
    throw new StartError(`there is no database in ${settings.dataDir}`, {
      fix: 'set DAYMARK_DATA to the folder of the product, or DATABASE_URL',
    });
  }
  const target = file ?? join(settings.dataDir, 'backups', `daymark-${now.toISOString().slice(0, 19).replaceAll(':', '-')}Z.backup`);
  mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
  const running = settings.databaseUrl ?? (await findPostgres(folder))?.adminUrl ?? null;
  const saved =
    running === null
      ? await withDatabase(settings, { root, say }, ({ adminUrl }) => backupTo(adminUrl, target))
      : await backupTo(running, target).catch(refused);
  say(`Saved ${saved.rows} rows of ${saved.tables} tables in ${target}\n\n${whatElseToKeep(settings)}`);
}

async function restore(settings: StartSettings, { root, say, file }: Command & { readonly file: string }): Promise<void> {
  ensureDataFolder(settings.dataDir);
  await ensureBuild(root, { say });
  const { restoreFrom } = await loadPostgres(root, { say });
  const fill = async ({ url, adminUrl }: { url: string; adminUrl: string }) => {
    await migrateDatabase(root, url);
    return restoreFrom(file, adminUrl).catch(refused);
  };
  const { databaseUrl } = settings;
  const filled =
    databaseUrl === null ? await withDatabase(settings, { root, say }, fill) : await fill({ url: databaseUrl, adminUrl: databaseUrl });
  say(`Brought back ${filled.rows} rows of ${filled.tables} tables from ${file}`);
  const secrets = join(settings.dataDir, 'secrets.json');
  if (settings.mode !== 'production' && !existsSync(secrets)) {
    say(
      `\n${secrets} is not there. Put the one that was kept with the back-up there before the next start,\nelse every account has to be connected again.`,
    );
  }
}

/** The embedded database for the time of one task; a running product keeps it to itself. */
async function withDatabase<T>(
  { dataDir }: StartSettings,
  options: { root: string; say(text: string): void },
  task: (database: RunningPostgres) => Promise<T>,
): Promise<T> {
  const { startPostgres } = await loadPostgres(options.root, options);
  const database = await startPostgres({ dataDir: join(dataDir, 'postgres') }).catch((cause: Error) => {
    throw new StartError(cause.message, { fix: 'stop the product first (Ctrl-C where it was started)' });
  });
  try {
    return await task(database).catch(refused);
  } finally {
    await database.stop();
  }
}

function refused(cause: unknown): never {
  if (cause instanceof StartError) throw cause;
  const { message } = cause as Error;
  throw new StartError(message, {
    fix: /not empty/.test(message)
      ? 'stop the product and move its postgres folder away (or name an empty database in DATABASE_URL), then try again'
      : 'do what is said above; nothing was changed',
  });
}

function whatElseToKeep({ mode, dataDir, sandbox }: StartSettings): string {
  if (mode === 'production') return 'Keep DAYMARK_ENCRYPTION_KEYS in another place: without the keys the tokens in the file are of no use.';
  const more = sandbox === null ? '' : `\nThe simulated accounts of the demo are in ${join(dataDir, 'sandbox')}.`;
  return `Keep ${join(dataDir, 'secrets.json')} too, in another place: without the keys in it the tokens in the file are of no use.${more}`;
}

async function loadPostgres(root: string, { say }: { say(text: string): void }) {
  try {
    return await import('@daymark/postgres');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw cause;
    await ensureBuild(root, { say });
    return import('@daymark/postgres');
  }
}

/** The product's own migrations, as it was built. */
async function migrateDatabase(root: string, url: string): Promise<void> {
  const main = join(root, 'apps', 'api', 'dist', 'main.js');
  const domain = pathToFileURL(createRequire(main).resolve('@daymark/domain')).href;
  const { Secret } = (await import(domain)) as { Secret: new (value: string) => unknown };
  const { migrate } = (await import(new URL('database/migrate.js', pathToFileURL(main)).href)) as { migrate(url: unknown): Promise<void> };
  await migrate(new Secret(url));
}
