import { spawn } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SupervisedProcess } from './supervised-process.ts';

let folder: string;
let said: string[];
let supervised: SupervisedProcess | null = null;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'daymark-supervised-'));
  said = [];
});

afterEach(async () => {
  await supervised?.stop();
  supervised = null;
  rmSync(folder, { recursive: true, force: true });
});

describe('a supervised process', () => {
  it('comes back after it was killed, and says so', async () => {
    const process = supervise(APPENDS_ITS_PID);
    await process.start();
    const [first] = pids();
    globalThis.process.kill(first ?? 0, 'SIGKILL');
    await vi.waitFor(() => expect(pids()).toHaveLength(2), { timeout: 10_000 });
    expect(said).toEqual(['The part stopped (signal SIGKILL); starting it again in 0.25 s.']);
    expect(isAlive(pids()[1] ?? 0)).toBe(true);
  });

  it('waits longer each time', async () => {
    const process = supervise(`${APPENDS_ITS_PID}; process.kill(process.pid, 'SIGKILL')`);
    await process.start();
    await vi.waitFor(() => expect(said).toHaveLength(3), { timeout: 10_000 });
    expect(said.map((line) => line.match(/again in (.*) s/)?.[1])).toEqual(['0.25', '0.5', '1']);
  });

  it('is not tried again when it leaves before it ever answered', async () => {
    const process = supervise('globalThis.process.exit(7)', { isReady: async () => false });
    await expect(process.start()).rejects.toMatchObject({
      message: 'The part left while it was starting (exit code 7)',
      fix: 'read the log',
    });
    expect(said).toEqual([]);
  });

  it('may finish what it does when it is stopped, and does not come back', async () => {
    const process = supervise(
      `process.on('SIGTERM', () => setTimeout(() => { append('done'); process.exit(0); }, 50)); ${APPENDS_ITS_PID}`,
    );
    await process.start();
    await process.stop();
    expect(readFileSync(join(folder, 'out'), 'utf8').split('\n').filter(Boolean).slice(1)).toEqual(['done']);
    expect(said).toEqual([]);
  });

  it('stops by itself when the process that started it is killed', async () => {
    const script = join(folder, 'child.mjs');
    writeFileSync(script, source(APPENDS_ITS_PID));
    const starter = spawn(
      globalThis.process.execPath,
      [
        '--input-type=module',
        '-e',
        `import { SupervisedProcess } from ${JSON.stringify(new URL('./supervised-process.ts', import.meta.url).href)};
         import { existsSync } from 'node:fs';
         await new SupervisedProcess({ name: 'x', script: ${JSON.stringify(script)}, args: [], environment: () => process.env, cwd: '/', output: ['inherit', 'inherit'],
           isReady: async () => existsSync(${JSON.stringify(join(folder, 'out'))}), say() {}, fix: '' }).start();
         console.log('ready');`,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    await new Promise((resolve) => starter.stdout.once('data', resolve));
    const [child] = pids();
    expect(isAlive(child ?? 0)).toBe(true);
    starter.kill('SIGKILL');
    await vi.waitFor(() => expect(isAlive(child ?? 0)).toBe(false), { timeout: 10_000 });
  });
});

const APPENDS_ITS_PID = 'append(process.pid); setInterval(() => {}, 1000)';

function source(body: string): string {
  return `import { appendFileSync } from 'node:fs';
    const append = (line) => appendFileSync(${JSON.stringify(join(folder, 'out'))}, line + '\\n');
    ${body}`;
}

function supervise(body: string, options: { isReady?: () => Promise<boolean> } = {}): SupervisedProcess {
  const script = join(folder, 'child.mjs');
  writeFileSync(script, source(body));
  const log = openSync(join(folder, 'log'), 'a');
  supervised = new SupervisedProcess({
    name: 'The part',
    script,
    args: [],
    environment: () => globalThis.process.env,
    cwd: folder,
    output: [log, log],
    isReady: async () => pids().length > 0,
    say: (text) => said.push(text),
    fix: 'read the log',
    ...options,
  });
  return supervised;
}

function pids(): number[] {
  try {
    return readFileSync(join(folder, 'out'), 'utf8')
      .split('\n')
      .map(Number)
      .filter((pid) => pid > 0);
  } catch {
    return [];
  }
}

function isAlive(pid: number): boolean {
  try {
    globalThis.process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
