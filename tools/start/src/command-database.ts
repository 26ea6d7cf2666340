import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureBuild } from './build.ts';
import type { StartSettings } from './settings.ts';
import { StartError } from './start-error.ts';

/** Both logins of a database; on a server of somebody's own they are one. */
export interface Logins {
  /** Owner of the database, bound by row-level security. */
  readonly url: string;
  /** Superuser, where there is one. */
  readonly adminUrl: string;
}

export interface CommandPlace {
  readonly root: string;
  say(text: string): void;
}

/** Does a task with the database of the product: the one that runs already, else the embedded one for the time of the task. */
export async function withDatabase<T>(settings: StartSettings, place: CommandPlace, task: (logins: Logins) => Promise<T>): Promise<T> {
  const { databaseUrl, dataDir } = settings;
  const folder = join(dataDir, 'postgres');
  if (databaseUrl === null && !existsSync(folder)) {
    throw new StartError(`there is no database in ${dataDir}`, {
      fix: 'set DAYMARK_DATA to the folder of the product, or DATABASE_URL',
    });
  }
  const running = databaseUrl === null ? await (await loadPostgres(place)).findPostgres(folder) : null;
  if (databaseUrl === null && running === null) return withOwnDatabase(settings, place, task);
  return task(running ?? { url: databaseUrl!, adminUrl: databaseUrl! });
}

/** The embedded database for the time of one task, made if there is none; a running product keeps it to itself. */
export async function withOwnDatabase<T>(
  { dataDir }: StartSettings,
  place: CommandPlace,
  task: (logins: Logins) => Promise<T>,
): Promise<T> {
  const { startPostgres } = await loadPostgres(place);
  const database = await startPostgres({ dataDir: join(dataDir, 'postgres') }).catch((cause: Error) => {
    throw new StartError(cause.message, { fix: 'stop the product first (Ctrl-C where it was started)' });
  });
  try {
    return await task(database);
  } finally {
    await database.stop();
  }
}

export async function loadPostgres(place: CommandPlace) {
  try {
    return await import('@daymark/postgres');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw cause;
    await ensureBuild(place.root, place);
    return import('@daymark/postgres');
  }
}

/** The product's own migrations, as it was built. */
export async function migrateDatabase(root: string, url: string): Promise<void> {
  const domain = pathToFileURL(createRequire(builtFile(root, 'main.js')).resolve('@daymark/domain')).href;
  const { Secret } = (await import(domain)) as { Secret: new (value: string) => unknown };
  const built = pathToFileURL(builtFile(root, 'database/migrate.js')).href;
  const { migrate } = (await import(built)) as { migrate(url: unknown): Promise<void> };
  await migrate(new Secret(url));
}

/** What keeps somebody from a server of their own, in the words of the product; null for any other error. */
export async function faultOfDatabase(cause: unknown, { root, url }: { root: string; url: string }): Promise<StartError | null> {
  const built = pathToFileURL(builtFile(root, 'config/database-fault.js')).href;
  const { databaseFault } = (await import(built)) as {
    databaseFault(error: unknown, url: string): { setting: string; cause: string; fix: string } | null;
  };
  const fault = databaseFault(cause, url);
  return fault === null ? null : new StartError(`${fault.setting} ${fault.cause}`, fault);
}

/** A file of the product as it was built. */
export function builtFile(root: string, path: string): string {
  return join(root, 'apps', 'api', 'dist', path);
}
