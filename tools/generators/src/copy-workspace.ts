import { constants, copyFileSync, cpSync, linkSync, lstatSync, mkdirSync, readdirSync, readlinkSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';

const LEFT_OUT = new Set(['node_modules', 'dist', '.git', '.nx', '.daymark', 'coverage', 'test-results']);

/** The workspace once more, with packages of its own to which npm can add: what is installed is linked where the disk allows it. */
export function copyWorkspace(root: string, to: string): void {
  cpSync(root, to, { recursive: true, filter: (path) => !LEFT_OUT.has(basename(path)) });
  copyPackages(join(root, 'node_modules'), join(to, 'node_modules'));
}

/** Files of tools (`.package-lock.json`, caches) are written in place, so of those at the top each side has its own, or none. */
function copyPackages(from: string, to: string): void {
  mkdirSync(to);
  for (const name of readdirSync(from)) {
    const path = join(from, name);
    if (lstatSync(path).isFile()) copyFileSync(path, join(to, name));
    else if (!name.startsWith('.') || name === '.bin') linkTree(path, join(to, name));
  }
}

function linkTree(from: string, to: string): void {
  mkdirSync(to);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target);
    else if (entry.isDirectory()) linkTree(source, target);
    else linkFile(source, target);
  }
}

function linkFile(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    copyFileSync(from, to, constants.COPYFILE_FICLONE);
  }
}
