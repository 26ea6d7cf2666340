import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { StartError } from './start-error.ts';

/** What a start is told besides settings when it shall use the data of another mode. */
export const SWITCH_MODE = '--switch-mode';

const MODE_FILE = 'mode';
/** Written by every demo, also by those from before the mode was noted. */
const DEMO_FILE = 'demo-key';

/** The folder of everything that is kept; nobody else may look into it. @throws StartError when it cannot be made or written to */
export function ensureDataFolder(dataDir: string): void {
  try {
    makeFolder(dataDir);
    const probe = join(dataDir, `.probe-${process.pid}`);
    writeFileSync(probe, '', { mode: 0o600 });
    rmSync(probe);
  } catch (cause) {
    throw new StartError(`DAYMARK_DATA is ${dataDir}, which cannot be made or written to (${(cause as NodeJS.ErrnoException).code})`, {
      setting: 'DAYMARK_DATA',
      fix: 'set DAYMARK_DATA to a folder that you may write',
    });
  }
}

/** Step by step: `recursive` of Node never ends where a file system takes no folders, as below /proc. */
export function makeFolder(path: string): void {
  if (existsSync(path) && statSync(path).isDirectory()) return;
  const parent = dirname(path);
  if (parent !== path) makeFolder(parent);
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    // Somebody else made it meanwhile, or it is no folder.
    if (!statSync(path).isDirectory()) throw Object.assign(new Error(`${path} is no folder`, { cause }), { code: 'ENOTDIR' });
  }
}

/** The mode that the folder was made in; null for a new one. */
export function modeOfFolder(dataDir: string): string | null {
  const file = join(dataDir, MODE_FILE);
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  return existsSync(join(dataDir, DEMO_FILE)) ? 'demo' : null;
}

export function rememberMode(dataDir: string, mode: string): void {
  writeFileSync(join(dataDir, MODE_FILE), `${mode}\n`, { mode: 0o600 });
}

/** A demo has invented people, keys and owners, which nobody wants among their own; and the other way round. @throws StartError */
export function requireFolderOfMode(dataDir: string, mode: string): void {
  const made = modeOfFolder(dataDir);
  if (made === null || (made === 'demo') === (mode === 'demo')) return;
  const same = made === 'demo' ? 'DAYMARK_MODE=demo' : `DAYMARK_MODE=${made}`;
  throw new StartError(`DAYMARK_DATA is ${dataDir}, which was made in mode ${made}, but this start is in mode ${mode}`, {
    setting: 'DAYMARK_DATA',
    fix: `set DAYMARK_DATA to another folder, or ${same} to go on as before; to take what is in the folder over: npm start -- ${SWITCH_MODE}`,
  });
}
