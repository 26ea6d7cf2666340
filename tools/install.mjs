/**
 * Runs before `npm start` and `npm test`: installs what package-lock.json says when node_modules does not hold it. Needs no
 * package itself, runs on any Node from 20 on, and says nothing when nothing is to do.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const STAMP = '.daymark-install.json';

/** Why an install is needed, in words; null when node_modules holds exactly what the lockfile says for this platform. */
export function findReasonToInstall(root) {
  const modules = join(root, 'node_modules');
  if (!existsSync(modules)) return 'node_modules is missing';
  const installed = readJson(join(modules, '.package-lock.json'));
  if (!installed) return 'the last install was not finished';
  for (const path of Object.keys(installed.packages)) {
    if (!existsSync(join(root, path))) return `${path} is missing`;
  }
  const print = fingerprint(root);
  if (readJson(join(modules, STAMP))?.fingerprint === print) return null;

  const difference = findDifference({ wanted: readJson(join(root, 'package-lock.json')).packages, installed: installed.packages });
  if (difference) return difference;
  writeFileSync(join(modules, STAMP), JSON.stringify({ fingerprint: print }));
  return null;
}

function findDifference({ wanted, installed }) {
  for (const [path, entry] of Object.entries(wanted)) {
    if (!path.startsWith('node_modules/') && !path.includes('/node_modules/')) continue;
    const name = path.split('node_modules/').at(-1);
    const present = installed[path];
    if (!present) {
      if (entry.optional && !isMadeForThisPlatform(entry)) continue;
      return `${name} was added since the last install`;
    }
    if (present.version !== entry.version || present.integrity !== entry.integrity || present.resolved !== entry.resolved) {
      return `${name} changed since the last install`;
    }
  }
  return Object.keys(installed).find((path) => !(path in wanted)) ? 'packages were removed since the last install' : null;
}

/** Of the optional packages npm installs those that name this platform, and leaves out what only others need. */
function isMadeForThisPlatform({ os, cpu, libc }) {
  if (!os && !cpu) return false;
  const names = (list, value) => !list || [list].flat().includes(value);
  return names(os, process.platform) && names(cpu, process.arch) && names(libc, ownLibc());
}

function ownLibc() {
  if (process.platform !== 'linux') return null;
  return process.report.getReport().header.glibcVersionRuntime ? 'glibc' : 'musl';
}

function fingerprint(root) {
  return createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .update(`${process.platform} ${process.arch}`)
    .digest('hex');
}

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

const CAUSES = [
  [
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|network/i,
    'the package registry cannot be reached',
    'check the network and proxy (`npm config get registry`), then try again',
  ],
  [
    /EUSAGE|can only install packages when your package\.json/i,
    'package.json and package-lock.json do not agree',
    'run `npm install` once and commit the lockfile',
  ],
  [/ENOSPC/i, 'the disk is full', 'free about 1.5 GB, then try again'],
  [/EACCES|EPERM/i, 'files in node_modules belong to somebody else', 'remove node_modules and run the command as the owner of this folder'],
  [/EINTEGRITY/i, 'a downloaded package is not the one that was locked', 'run `npm cache clean --force`, then try again'],
];

function install(root, reason) {
  console.log(`Installing packages, because ${reason}. This takes about a minute.`);
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = process.env.npm_execpath;
  const options = { cwd: root, stdio: ['ignore', 'inherit', 'pipe'], encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 };
  const result = npm?.endsWith('.js')
    ? spawnSync(process.execPath, [npm, ...args], options)
    : spawnSync('npm', args, { ...options, shell: process.platform === 'win32' });
  if (result.status === 0) {
    findReasonToInstall(root);
    return 0;
  }
  const output = `${result.stderr ?? ''}${result.error?.message ?? ''}`;
  const [, cause, fix] = CAUSES.find(([pattern]) => pattern.test(output)) ?? [
    null,
    'npm ci failed',
    'read its message above, then run `npm ci` yourself',
  ];
  console.error(`${output.trim().split('\n').slice(0, 15).join('\n')}\n\nThe packages could not be installed: ${cause}.\nFix: ${fix}.`);
  return result.status || 1;
}

if (process.argv[1] && pathToFileURL(resolve(process.argv[1])).href === import.meta.url) {
  const root = dirname(dirname(fileURLToPath(import.meta.url)));
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    console.error(
      `Daymark needs Node 20.19 or newer to install itself; this is ${process.version}.\nFix: install Node 22 or newer from https://nodejs.org.`,
    );
    process.exit(1);
  }
  const reason = findReasonToInstall(root);
  if (reason) process.exitCode = install(root, reason);
}
