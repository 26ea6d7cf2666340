import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the whole repository. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

export interface Manifest {
  readonly name: string;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly workspaces?: readonly string[];
  readonly nx?: { readonly name?: string; readonly tags?: readonly string[] };
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

export interface Project {
  /** Relative to the root, with slashes. */
  readonly path: string;
  readonly manifest: Manifest;
}

export function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}

/** Every workspace package, found the way npm finds them. */
export function listProjects(): Project[] {
  return (readManifest(root).workspaces ?? [])
    .map((pattern) => pattern.replace(/\/\*$/, ''))
    .flatMap((folder) => (existsSync(join(root, folder)) ? readdirSync(join(root, folder)).map((name) => `${folder}/${name}`) : []))
    .filter((path) => existsSync(join(root, path, 'package.json')))
    .map((path) => ({ path, manifest: readManifest(join(root, path)) }));
}

export function listLibs(): Project[] {
  return listProjects().filter(({ path }) => path.startsWith('libs/'));
}

const SKIPPED = new Set(['node_modules', 'dist', '.git', '.nx', '.daymark', 'coverage', '.vite', 'test-results']);

/** All files below a folder, relative to the root, without what is installed, built or kept at run time. */
export function listFiles(folder = root): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !SKIPPED.has(entry.name))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? listFiles(path) : entry.isFile() ? [relative(root, path)] : [];
    });
}

export function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}
