import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StartError } from './start-error.ts';

/** The start that runs on a data folder. */
export interface RunningStart {
  readonly pid: number;
  /** Where people reach it. */
  readonly url: string;
}

const FILE = 'running.json';
/** A start follows the npm that ended before it half a second later. */
const LEAVING_MS = 1_500;

export function noteRunning(dataDir: string, url: string): void {
  const file = join(dataDir, FILE);
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify({ pid: process.pid, url })}\n`, { mode: 0o600 });
  renameSync(draft, file);
}

export function forgetRunning(dataDir: string): void {
  if (read(dataDir)?.pid === process.pid) rmSync(join(dataDir, FILE), { force: true });
}

/** Null when none does, or when the one that was noted is gone, however that happened. */
export function findRunning(dataDir: string): RunningStart | null {
  const noted = read(dataDir);
  return noted !== null && noted.pid !== process.pid && isStart(noted.pid) ? noted : null;
}

/** The start that still runs on the folder after one that was just leaving had time to. */
export async function findStayingStart(dataDir: string): Promise<RunningStart | null> {
  const deadline = Date.now() + LEAVING_MS;
  for (;;) {
    const running = findRunning(dataDir);
    if (running === null || Date.now() > deadline) return running;
    await sleep(50);
  }
}

export function alreadyRunning({ pid, url }: RunningStart, dataDir: string): StartError {
  return new StartError(`Daymark is already running on this folder, at ${url} (process ${pid}, ${dataDir})`, {
    fix: 'use that one or stop it; for a second one set DAYMARK_DATA to another folder, and PORT to another port',
  });
}

function read(dataDir: string): RunningStart | null {
  try {
    return JSON.parse(readFileSync(join(dataDir, FILE), 'utf8')) as RunningStart;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT' || cause instanceof SyntaxError) return null;
    throw cause;
  }
}

/** The number may have gone to a stranger since; where there is /proc it tells. */
function isStart(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'EPERM';
  }
  if (process.platform !== 'linux') return true;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('start.mjs');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw cause;
  }
}
