import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { answers } from './ports.ts';

/** A repository of its own with the real start script and database, where stand-ins play the product and the sandbox. */
let root: string;
let port: number;
const started: ChildProcess[] = [];

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'daymark-start-spec-'));
  cpSync(join(import.meta.dirname, '..', 'start.mjs'), join(root, 'tools/start/start.mjs'), { recursive: true });
  cpSync(import.meta.dirname, join(root, 'tools/start/src'), { recursive: true });
  symlinkSync(join(import.meta.dirname, '../../../node_modules'), join(root, 'node_modules'));
  write('package.json', '{ "type": "module" }');
  write('apps/api/dist/main.js', STAND_IN('api', '[Number(process.env.PORT)]'));
  write(
    'tools/sandbox/dist/main.js',
    STAND_IN('sandbox', '[0, 2, 3].map((offset) => Number(process.argv[process.argv.indexOf("--port") + 1]) + offset)'),
  );
  port = await freePorts();
});

afterEach(async () => {
  await Promise.all(started.splice(0).map((child) => stop(child)));
  rmSync(root, { recursive: true, force: true });
});

describe('npm start', () => {
  it('brings up database, sandbox and product, and takes them down again', async () => {
    const run = start();
    await run.untilReady();
    const environment = log('api')[0];
    expect(environment).toMatchObject({
      DAYMARK_MODE: 'demo',
      PORT: String(port),
      DAYMARK_SANDBOX_CONTROL_URL: `http://127.0.0.1:${port + 3}`,
      DAYMARK_OUTLOOK_GRAPH_URL: `https://127.0.0.1:${port + 4}`,
    });
    expect(environment?.['DATABASE_URL']).toMatch(/^postgres:\/\/daymark:[^@]+@127\.0\.0\.1:\d+\/daymark$/);
    expect(statSync(join(root, '.daymark')).mode & 0o777).toBe(0o700);

    run.child.kill('SIGTERM');
    expect(await run.exit).toBe(0);
    expect(log('api').at(-1)).toMatchObject({ event: 'stopped in order' });
    expect(log('sandbox').at(-1)).toMatchObject({ event: 'stopped in order' });
    expect(await answers(databasePort(environment), '127.0.0.1')).toBe(false);
  });

  it('starts a known folder with the secrets and the database that it has, without building', async () => {
    const first = start();
    await first.untilReady();
    first.child.kill('SIGTERM');
    await first.exit;
    const second = start();
    await second.untilReady();
    const [one, other] = log('api').filter(({ event }) => event === 'started');
    expect(other).toMatchObject({ DAYMARK_ENCRYPTION_KEYS: one?.['DAYMARK_ENCRYPTION_KEYS'], DATABASE_URL: one?.['DATABASE_URL'] });
    expect(second.output()).toBe('');
  });

  it('starts the database, the product and the sandbox again when they are killed, and says so', async () => {
    const run = start();
    await run.untilReady();
    const [api, sandbox] = [log('api')[0], log('sandbox')[0]];
    process.kill(Number(api?.['pid']), 'SIGKILL');
    process.kill(Number(sandbox?.['pid']), 'SIGKILL');
    process.kill(postmasterPid(), 'SIGKILL');
    await vi.waitFor(() => expect([startsOf('api'), startsOf('sandbox')]).toEqual([2, 2]), { timeout: 10_000 });
    await vi.waitFor(async () => expect(await answers(databasePort(api), '127.0.0.1')).toBe(true), { timeout: 10_000 });
    await vi.waitFor(() => expect(run.output()).toContain('The database runs again.'), { timeout: 10_000 });
    expect(run.output()).toContain('Daymark stopped (signal SIGKILL); starting it again');
    expect(run.output()).toContain('The sandbox stopped (signal SIGKILL); starting it again');
  });

  it('leaves no product behind when it is killed itself, and the next start takes the living database over', async () => {
    const first = start();
    await first.untilReady();
    const pid = postmasterPid();
    first.child.kill('SIGKILL');
    await first.exit;
    const second = start();
    await second.untilReady();
    expect(postmasterPid()).toBe(pid);
    expect([startsOf('api'), startsOf('sandbox')]).toEqual([2, 2]);
  });

  it('names a port that is taken and how to move, and leaves nothing running', async () => {
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(port + 1, '127.0.0.1', resolve));
    const run = start();
    expect(await run.exit).toBe(1);
    expect(run.output()).toContain(
      `Daymark did not start: port ${port + 1} (the simulated Google) is used by another program\nFix: stop that program, or choose others: PORT=${port + 100} npm start.`,
    );
    await new Promise((resolve) => squatter.close(resolve));
  });

  it('ends with the exit code of the product when that refuses to start, and takes the rest down', async () => {
    for (const exitCode of [78, 69]) {
      write('apps/api/dist/main.js', `console.error("DAYMARK_PUBLIC_URL is not set"); process.exit(${exitCode});`);
      const run = start();
      expect(await run.exit).toBe(exitCode);
      expect(run.output()).toContain('DAYMARK_PUBLIC_URL is not set');
      expect(run.output()).toContain(`Daymark did not start (exit code ${exitCode}).`);
      expect(run.output()).not.toContain('Fix:');
      expect(await answers(port + 1, '127.0.0.1')).toBe(false);
    }
  });

  it('ends, too, when the product finds out about a wrong setting after it answered', async () => {
    write('apps/api/dist/main.js', STAND_IN('api', '[Number(process.env.PORT)]') + 'setTimeout(() => process.exit(78), 200);');
    const run = start();
    expect(await run.exit).toBe(78);
    expect(startsOf('api')).toBe(1);
    expect(await answers(port + 1, '127.0.0.1')).toBe(false);
  });

  it('says that it runs already when it is started on its folder again, whether its port is the same or another', async () => {
    await start().untilReady();
    for (const wanted of [port, await freePorts()]) {
      const other = start({ PORT: String(wanted) });
      expect(await other.exit).toBe(1);
      expect(other.output()).toContain(`Daymark did not start: Daymark is already running on this folder, at http://localhost:${port} (`);
      expect(other.output()).toMatch(/Fix: .*set DAYMARK_DATA to another folder/);
    }
  });

  it('tells everything that is wrong at once, also what the product would find, and does nothing', async () => {
    write('apps/api/dist/check-settings.js', CHECK);
    const run = start({ PORT: 'abc', DAYMARK_DATA: '/dev/null/data', DAYMARK_PUBLIC_URL: 'nowhere' });
    expect(await run.exit).toBe(78);
    expect(run.output()).toContain('Daymark did not start, for 3 reasons:\n  PORT is abc. Fix: set PORT');
    expect(run.output()).toContain('\n  DAYMARK_DATA is /dev/null/data, which cannot be made or written to (ENOTDIR). Fix: ');
    expect(run.output()).toContain('\n  DAYMARK_PUBLIC_URL is no address. Fix: set another.');
    expect(startsOf('api')).toBe(0);
    const alone = start({ PORT: 'abc' });
    expect(await alone.exit).toBe(78);
    expect(alone.output()).toContain('Daymark did not start: PORT is abc\nFix: set PORT');
  });

  it('names a folder that no file system makes, instead of trying for ever', async () => {
    const run = start({ DAYMARK_DATA: '/proc/x' });
    expect(await run.exit).toBe(78);
    expect(run.output()).toContain('DAYMARK_DATA is /proc/x, which cannot be made or written to (ENOENT)');
  });

  it('uses no folder of a demo for anything else, nor the other way round, unless told so', async () => {
    const own = { DAYMARK_GOOGLE_CLIENT_ID: 'mine', DAYMARK_GOOGLE_CLIENT_SECRET: 'mine' };
    write('.daymark/demo-key', 'of a demo from before modes were noted');
    const refused = start(own);
    expect(await refused.exit).toBe(78);
    expect(refused.output()).toContain(
      'which was made in mode demo, but this start is in mode development\nFix: set DAYMARK_DATA to another',
    );

    const told = start(own, ['--switch-mode']);
    await told.untilReady();
    expect(log('api').at(-1)).toMatchObject({ DAYMARK_MODE: 'development' });
    await stop(told.child);

    const back = start();
    expect(await back.exit).toBe(78);
    expect(back.output()).toContain('which was made in mode development, but this start is in mode demo');
    const again = start({ ...own, DAYMARK_MODE: 'production' });
    await again.untilReady();
  });

  it('neither starts a sandbox nor makes secrets up in production', async () => {
    const run = start({ DAYMARK_MODE: 'production' });
    await run.untilReady();
    expect(log('sandbox')).toEqual([]);
    expect(log('api')[0]).not.toHaveProperty('DAYMARK_ENCRYPTION_KEYS');
  });
});

/** Writes what it was given to a log, listens where the real one would, and says that it was stopped in order. */
function STAND_IN(name: string, ports: string): string {
  return `import { appendFileSync } from 'node:fs';
    import { createServer } from 'node:net';
    const note = (entry) => appendFileSync(${JSON.stringify(join(root, `${name}.log`))}, JSON.stringify(entry) + '\\n');
    for (const port of ${ports}) await new Promise((resolve) => createServer().listen(port, '127.0.0.1', resolve));
    note({ event: 'started', pid: process.pid, ...process.env });
    process.on('SIGTERM', () => { note({ event: 'stopped in order' }); process.exit(0); });`;
}

/** Finds one fault of its own, and one that the start knows as well. */
const CHECK = `const faults = [{ setting: 'DAYMARK_PUBLIC_URL', cause: 'is no address', fix: 'set another' }, { setting: 'PORT', cause: 'is NaN', fix: 'set it' }];
  console.log(JSON.stringify(process.env.DAYMARK_PUBLIC_URL ? faults : faults.slice(1)));`;

interface Run {
  readonly child: ChildProcess;
  readonly exit: Promise<number | null>;
  output(): string;
  untilReady(): Promise<void>;
}

function start(env: Record<string, string> = {}, args: readonly string[] = []): Run {
  const child = spawn(process.execPath, [join(root, 'tools/start/start.mjs'), ...args], {
    cwd: root,
    env: { PATH: process.env['PATH'], PORT: String(port), NODE_OPTIONS: '--conditions=@daymark/source', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const exit = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  const own = Number(env['PORT'] ?? port);
  const before = startsOf('api');
  return {
    child,
    exit,
    output: () => output,
    untilReady: () =>
      vi.waitFor(
        async () => {
          expect(child.exitCode, output).toBeNull();
          expect(await answers(own, '127.0.0.1')).toBe(true);
          if (env['DAYMARK_MODE'] !== 'production' && !env['DAYMARK_GOOGLE_CLIENT_ID'])
            expect(await answers(own + 3, '127.0.0.1')).toBe(true);
          expect(startsOf('api')).toBeGreaterThan(before);
        },
        { timeout: 25_000, interval: 20 },
      ),
  };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await gone;
}

function log(name: string): Record<string, unknown>[] {
  try {
    return readFileSync(join(root, `${name}.log`), 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  } catch {
    return [];
  }
}

function startsOf(name: string): number {
  return log(name).filter(({ event }) => event === 'started').length;
}

function databasePort(environment: Record<string, unknown> | undefined): number {
  return Number(new URL(String(environment?.['DATABASE_URL'])).port);
}

function postmasterPid(): number {
  return Number(readFileSync(join(root, '.daymark/postgres/data/postmaster.pid'), 'utf8').split('\n')[0]);
}

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** The first of five free ports in a row, below those that the system hands out by itself. */
async function freePorts(): Promise<number> {
  for (;;) {
    const first = 12_000 + Math.floor(Math.random() * 20_000);
    const taken = await Promise.all([0, 1, 2, 3, 4].map((offset) => answers(first + offset, '127.0.0.1')));
    if (!taken.includes(true)) return first;
  }
}
