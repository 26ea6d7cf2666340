import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuild } from './build.ts';
import { faultOfDatabase, loadPostgres, migrateDatabase, withDatabase, withOwnDatabase } from './command-database.ts';
import type { Logins } from './command-database.ts';
import { ensureDataFolder, makeFolder } from './data-folder.ts';
import { readSettings } from './settings.ts';
import type { Environment, StartSettings } from './settings.ts';
import { StartError } from './start-error.ts';

const USAGE = 'npm run backup -- [FILE] [--force], or npm run restore -- FILE';

interface Command {
  readonly root: string;
  readonly env: Environment;
  readonly now: Date;
  say(text: string): void;
}

/** `backup [FILE]` saves the rows of this moment, also while the product runs; `restore FILE` fills an empty database with them. */
export async function runBackupCommand(args: readonly string[], command: Command): Promise<void> {
  const { verb, file, isForced } = readArguments(args);
  const settings = readSettings(command.env, { root: command.root });
  const path = file === undefined ? null : resolve(command.env['INIT_CWD'] ?? '.', file);
  if (verb === 'backup') return backup(settings, { ...command, file: path, isForced });
  if (verb !== 'restore' || path === null) throw new StartError('it is not said what to do', { fix: `use ${USAGE}` });
  if (!existsSync(path)) throw new StartError(`there is no file ${path}`, { fix: `name the file that a back-up wrote: ${USAGE}` });
  await restore(settings, { ...command, file: path });
}

function readArguments(args: readonly string[]): { verb: string | undefined; file: string | undefined; isForced: boolean } {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options: { force: { type: 'boolean' } }, allowPositionals: true });
    const [verb, file, ...more] = positionals;
    if (more.length === 0) return { verb, file, isForced: values.force === true };
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
  }
  throw new StartError(`'${args.join(' ')}' is not understood`, { fix: `use ${USAGE}` });
}

async function backup(
  settings: StartSettings,
  { root, say, now, file, isForced }: Command & { readonly file: string | null; readonly isForced: boolean },
): Promise<void> {
  const { backupTo } = await loadPostgres({ root, say });
  const target = file ?? join(settings.dataDir, 'backups', `daymark-${now.toISOString().slice(0, 19).replaceAll(':', '-')}Z.backup`);
  if (existsSync(target) && !isForced) {
    throw new StartError(`${target} is there already, and a back-up would replace it`, {
      fix: 'name another file, or add --force to replace this one',
    });
  }
  const saved = await withDatabase(settings, { root, say }, async ({ adminUrl }) => {
    try {
      makeFolder(dirname(target));
      return await backupTo(adminUrl, target);
    } catch (cause) {
      throw await inWords(cause, {
        root,
        url: settings.databaseUrl,
        fix: `look whether ${dirname(target)} can be written to; no file was changed`,
      });
    }
  });
  say(`Saved ${saved.rows} rows of ${saved.tables} tables in ${target}\n\n${whatElseToKeep(settings)}`);
}

async function restore(settings: StartSettings, { root, say, file }: Command & { readonly file: string }): Promise<void> {
  await ensureBuild(root, { say });
  const { restoreFrom, requireWholeBackup } = await loadPostgres({ root, say });
  const refusedFile = { root, url: null, fix: 'name a file that npm run backup wrote to its end; nothing was changed' };
  await requireWholeBackup(file).catch(async (cause) => Promise.reject(await inWords(cause, refusedFile)));
  ensureDataFolder(settings.dataDir);
  const fill = async ({ url, adminUrl }: Logins) => {
    try {
      await migrateDatabase(root, url);
      return await restoreFrom(file, adminUrl);
    } catch (cause) {
      throw await inWords(cause, { root, url: settings.databaseUrl, fix: fixOfRestore((cause as Error).message) });
    }
  };
  const { databaseUrl } = settings;
  const filled =
    databaseUrl === null ? await withOwnDatabase(settings, { root, say }, fill) : await fill({ url: databaseUrl, adminUrl: databaseUrl });
  say(`Brought back ${filled.rows} rows of ${filled.tables} tables from ${file}`);
  const secrets = join(settings.dataDir, 'secrets.json');
  if (settings.mode !== 'production' && !existsSync(secrets)) {
    say(
      `\n${secrets} is not there. Put the one that was kept with the back-up there before the next start,\nelse every account has to be connected again.`,
    );
  }
}

/** What went wrong, and what to do about it: the product's own words for a database that cannot be used, else `fix`. */
async function inWords(cause: unknown, { root, url, fix }: { root: string; url: string | null; fix: string }): Promise<unknown> {
  if (cause instanceof StartError || !(cause instanceof Error)) return cause;
  const fault = url === null ? null : await faultOfDatabase(cause, { root, url });
  if (fault !== null) return fault;
  if (/row-level security/.test(cause.message)) return new StartError(cause.message, { fix: 'use such a login in DATABASE_URL' });
  return new StartError(cause.message, { fix });
}

function fixOfRestore(message: string): string {
  if (/not empty/.test(message))
    return 'stop the product and move its postgres folder away (or name an empty database in DATABASE_URL), then try again';
  if (/schema version/.test(message)) return 'put the version of Daymark in place that took the back-up, restore, then update';
  return 'name another back-up, or an empty database; of the file nothing was brought back';
}

function whatElseToKeep({ mode, dataDir, sandbox }: StartSettings): string {
  if (mode === 'production') return 'Keep DAYMARK_ENCRYPTION_KEYS in another place: without the keys the tokens in the file are of no use.';
  const more =
    sandbox === null
      ? ''
      : `\nThe simulated accounts of the demo are in ${join(dataDir, 'sandbox')}, its API keys in ${join(dataDir, 'demo-key')} and demo-key-globex.`;
  return `Keep ${join(dataDir, 'secrets.json')} too, in another place: without the keys in it the tokens in the file are of no use.${more}`;
}
