import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join, relative } from 'node:path';
import { StartError } from './start-error.ts';

const SOURCES = ['apps', 'libs', 'tools/sandbox', 'tools/postgres'];
const SHARED = ['package-lock.json', 'tsconfig.base.json', 'nx.json'];
const NOT_SOURCE = new Set(['node_modules', 'dist', 'coverage', '.vite']);
const TEST = /\.(e2e-)?spec\.tsx?$/;

/** Builds what changed since the last start; when nothing did, asking takes some milliseconds and Nx is not started. */
export async function ensureBuild(root: string, { say }: { say(text: string): void }): Promise<void> {
  const stamp = join(root, '.nx', 'daymark-start.json');
  const projects = findProjects(root);
  if (projects.length === 0) return;
  const print = fingerprint(root);
  if (readStamp(stamp) === print && projects.every((project) => project.outputs.every((output) => existsSync(output)))) return;
  say(existsSync(stamp) ? 'Building what changed …' : 'Building for the first time, which takes about a minute …');
  await runNx(
    root,
    projects.map((project) => project.name),
  );
  // Of no use for what was built now, and never cleared by Node itself.
  rmSync(join(root, '.nx', 'node-compile-cache'), { recursive: true, force: true });
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, JSON.stringify({ fingerprint: print }));
}

interface BuiltProject {
  readonly name: string;
  /** One file of each result, to notice that somebody removed it. */
  readonly outputs: readonly string[];
}

const FOLDERS = ['apps', 'libs', 'libs/providers', 'tools'];
const NEEDED_TOOLS = new Set(['sandbox', 'postgres']);

function findProjects(root: string): BuiltProject[] {
  return FOLDERS.flatMap((folder) => {
    const names = existsSync(join(root, folder)) ? readdirSync(join(root, folder)) : [];
    return names.flatMap((name) => {
      const file = join(root, folder, name, 'package.json');
      if (!existsSync(file) || (folder === 'tools' && !NEEDED_TOOLS.has(name))) return [];
      const manifest = JSON.parse(readFileSync(file, 'utf8')) as { nx?: { name?: string }; scripts?: { build?: string } };
      return manifest.scripts?.build ? [{ name: manifest.nx?.name ?? name, outputs: [join(dirname(file), 'dist')] }] : [];
    });
  });
}

/** Names, sizes and times of all sources: no file is read. */
function fingerprint(root: string): string {
  const hash = createHash('sha256');
  const add = (path: string) => {
    const { size, mtimeMs } = statSync(path);
    hash.update(`${relative(root, path)}\0${size}\0${mtimeMs}\n`);
  };
  for (const name of SHARED) if (existsSync(join(root, name))) add(join(root, name));
  const walk = (folder: string) => {
    for (const entry of readdirSync(folder, { withFileTypes: true }).toSorted((one, other) => (one.name < other.name ? -1 : 1))) {
      if (NOT_SOURCE.has(entry.name) || TEST.test(entry.name)) continue;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) walk(path);
      else if (entry.isFile()) add(path);
    }
  };
  for (const folder of SOURCES) if (existsSync(join(root, folder))) walk(join(root, folder));
  return hash.digest('hex');
}

function readStamp(stamp: string): string | null {
  try {
    return (JSON.parse(readFileSync(stamp, 'utf8')) as { fingerprint: string }).fingerprint;
  } catch {
    return null;
  }
}

function runNx(root: string, projects: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      [
        join(root, 'node_modules', 'nx', 'dist', 'bin', 'nx.js'),
        'run-many',
        '-t',
        'build',
        '-p',
        projects.join(','),
        '--output-style=static',
      ],
      {
        cwd: root,
        stdio: ['ignore', 'pipe', 'pipe'],
        // The scripts of the projects shall run on this very Node, not on whatever the machine calls `node`.
        env: {
          ...process.env,
          PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`,
          NX_TUI: 'false',
          FORCE_COLOR: '0',
        },
      },
    );
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new StartError(`the build failed:\n${onlyFailed(output)}`, { fix: 'correct what is named above, then start again' }));
    });
  });
}

/** Of everything that Nx tells, what the failed tasks wrote themselves. */
function onlyFailed(output: string): string {
  const [, list = ''] = output.split('Failed tasks:');
  const failed = [...list.matchAll(/^- (\S+)$/gm)].map(([, task]) => task);
  const sections = output.split(/^(?=> nx run )/m).filter((section) => failed.some((task) => section.startsWith(`> nx run ${task}`)));
  const lines = sections.flatMap((section) => section.split(/^.*NX /m)[0]?.split('\n') ?? []);
  return (sections.length === 0 ? output : lines.filter((line) => line !== '' && !/^(npm |> @)/.test(line)).join('\n')).trim();
}
