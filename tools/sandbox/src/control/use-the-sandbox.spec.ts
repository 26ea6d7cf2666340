import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Router } from 'express';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Sandbox } from '../start-sandbox.ts';
import { startSandbox } from '../start-sandbox.ts';
import type { ControlledSandbox } from './control-api.ts';
import { controlRoutes } from './control-api.ts';
import { controlGoogleRoutes } from './control-google.ts';
import { controlMicrosoftRoutes } from './control-microsoft.ts';

const page = readFileSync(join(import.meta.dirname, '../../../../docs/how-to/use-the-sandbox.md'), 'utf8');
const blocks = [...page.matchAll(/^```bash\n([\s\S]*?)^```$/gm)].map(([, code = '']) => code);

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await startSandbox();
});
afterEach(() => sandbox.close());

describe('docs/how-to/use-the-sandbox.md', () => {
  it('shows commands that work, in this order, with the answers that it says', async () => {
    const { exitCode, output } = await runInOneShell(blocks.map(withPortsOf(sandbox)));
    expect(exitCode, output.slice(-2000)).toBe(0);
    const told = blocks.flatMap((block) => [...block.matchAll(/^(?:google|graph) .*# (\d{3})$/gm)].map(([, status]) => status));
    expect(told.length).toBeGreaterThan(10);
    expect([...output.matchAll(/^(\d{3})$/gm)].map(([, status]) => status)).toEqual(told);
  });

  it('has a command for everything that the control side does', () => {
    const shown = blocks.flatMap((block) => [...block.matchAll(/control (GET|POST|DELETE) ["']?([\w/:@.$-]+)/g)]);
    const calls = shown.map(([, method, path = '']) => `${method} ${path.replace(/\?.*/, '')}`);
    const missing = controls().filter(({ method, path }) => {
      const pattern = new RegExp(`^${method} ${path.replaceAll(/:\w+/g, '[^/]+')}$`);
      // One caught mail has no id before it is caught.
      return path !== 'mail/:id' && !calls.some((call) => pattern.test(call));
    });
    expect(missing).toEqual([]);
  });

  it('lists each known fault once, with verbs that exist', () => {
    const rows = [...page.matchAll(/^\| (F\d\d) [^|]+\| (.+) \|$/gm)].map(([, id = '', cause = '']) => ({ id, cause }));
    expect(rows.map(({ id }) => id)).toEqual(Array.from({ length: 50 }, (_, index) => `F${String(index + 1).padStart(2, '0')}`));
    const known = new Set(controls().map(({ path }) => path.replaceAll(/:\w+/g, ':id')));
    const named = rows.flatMap(({ cause }) => [...cause.matchAll(/`(?:DELETE )?([gm]\/[\w/:-]+)`/g)].map(([, verb = '']) => verb));
    const unknown = named.map((verb) => verb.replace(/^g\//, 'google/').replace(/^m\//, 'microsoft/')).filter((verb) => !known.has(verb));
    expect([named.length > 40, unknown]).toEqual([true, []]);
  });
});

/** Every call of the control API, below `/control/`. */
function controls(): { method: string; path: string }[] {
  const of = (router: Router, prefix: string) =>
    router.stack.flatMap(({ route }) =>
      route === undefined ? [] : route.stack.map(({ method }) => ({ method: method.toUpperCase(), path: prefix + route.path.slice(1) })),
    );
  const { google, microsoft } = sandbox;
  const all = controlRoutes({ ...sandbox, touch: () => undefined } satisfies ControlledSandbox);
  return [...of(all, ''), ...of(controlGoogleRoutes(google), 'google/'), ...of(controlMicrosoftRoutes(microsoft), 'microsoft/')];
}

/** The page speaks of the usual ports. */
function withPortsOf({ googleUrl, microsoftUrl, controlUrl }: Sandbox): (block: string) => string {
  return (block) =>
    block
      .replaceAll('http://127.0.0.1:4010', googleUrl)
      .replaceAll('http://127.0.0.1:4013', microsoftUrl)
      .replaceAll('http://127.0.0.1:4012', controlUrl);
}

async function runInOneShell(code: readonly string[]): Promise<{ exitCode: number | null; output: string }> {
  const shell = spawn('bash', ['-c', ['set -euo pipefail', ...code].join('\n')], {
    env: { PATH: process.env['PATH'], NO_PROXY: '127.0.0.1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [shell.stdout, shell.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [exitCode] = (await once(shell, 'close')) as [number | null];
  return { exitCode, output };
}
