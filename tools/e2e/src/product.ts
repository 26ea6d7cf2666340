import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from './until.ts';

const ROOT = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
/** The first start of a fresh copy builds everything. */
const LONGEST_START_MS = 300_000;
const LONGEST_STOP_MS = 20_000;
/** The product, and in demo mode the simulated Google, the mail server, the sandbox's pages and the simulated Microsoft. */
const PORTS = 5;
const USUAL_PORT = 3000;

/** What the product writes into `demo.json` when it is ready. */
interface DemoFacts {
  readonly api_url: string;
  readonly admin_url: string;
  readonly sign_in_url: string;
  readonly api_key: string;
  readonly sandbox_control_url: string;
}

export interface ConsentOrigins {
  readonly google: string;
  /** Behind a certificate of the sandbox's own authority. */
  readonly outlook: string;
}

export interface Product {
  /** Origin of the admin app. */
  readonly url: string;
  readonly apiUrl: string;
  readonly apiKey: string;
  readonly controlUrl: string;
  /** Origins of the simulated services, where consent is given. */
  readonly consentOrigins: ConsentOrigins;
  readonly signInUrl: string;
  /** What must never reach a page: keys, client secrets, and all tokens that the simulated services know of by now. */
  secrets(): readonly string[];
  stop(): Promise<void>;
}

/** Starts the demo as `npm start` does, on free ports and with data of its own; with `wantsUsualPorts` on those of `npm start`, if free. */
export async function startProduct({ wantsUsualPorts }: { readonly wantsUsualPorts: boolean }): Promise<Product> {
  const folder = mkdtempSync(join(tmpdir(), 'daymark-e2e-'));
  const data = join(folder, 'data');
  const logFile = join(folder, 'start.log');
  const port = await freePorts({ startingWith: wantsUsualPorts ? USUAL_PORT : somePort() });
  const log = openSync(logFile, 'a');
  const child = spawn(process.execPath, ['--enable-source-maps', join(ROOT, 'tools/start/start.mjs')], {
    cwd: ROOT,
    env: { ...withoutSettings(process.env), PORT: String(port), DAYMARK_DATA: data },
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  const stop = async () => {
    await stopProcess(child);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const facts = await until(
      async () => {
        if (child.exitCode !== null) throw new Error(`the product ended with ${child.exitCode}:\n${lastLines(logFile)}`);
        return readJson<DemoFacts>(join(data, 'demo.json'));
      },
      { what: `the product is up; it said\n${lastLines(logFile)}`, withinMs: LONGEST_START_MS },
    );
    return {
      url: new URL(facts.admin_url).origin,
      apiUrl: facts.api_url,
      apiKey: facts.api_key,
      controlUrl: facts.sandbox_control_url,
      consentOrigins: { google: `http://127.0.0.1:${port + 1}`, outlook: `https://127.0.0.1:${port + 4}` },
      signInUrl: facts.sign_in_url,
      secrets: () => secretsIn(data, facts),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function secretsIn(data: string, { api_key: apiKey, sign_in_url: signInUrl }: DemoFacts): readonly string[] {
  const started = readJson<{ encryptionKeys: string; googleClientSecret: string; outlookClientSecret: string }>(join(data, 'secrets.json'));
  const simulated = readText(join(data, 'sandbox', 'sandbox-state.json'));
  const tokens = simulated.match(/(ya29\.|1\/\/0|eyJ0eXAi[\w-]+\.|1\.A[AX])[\w.-]{20,}/g) ?? [];
  const known = [
    apiKey,
    readText(join(data, 'demo-key-globex')).trim(),
    new URL(signInUrl).searchParams.get('token') ?? '',
    started?.googleClientSecret ?? '',
    started?.outlookClientSecret ?? '',
    started?.encryptionKeys.split(':')[1] ?? '',
    ...tokens,
  ];
  return [...new Set(known)].filter((secret) => secret.length >= 16);
}

async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), LONGEST_STOP_MS);
  await ended;
  clearTimeout(timer);
}

/** What somebody set for an installation of their own shall not reach this one. */
function withoutSettings(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => !/^(DAYMARK_|npm_lifecycle_event$|DATABASE_URL$|SMTP_URL$|HOST$|PG)/.test(name)),
  );
}

async function freePorts({ startingWith }: { readonly startingWith: number }): Promise<number> {
  for (let first = startingWith; ; first = somePort()) {
    const free = await Promise.all(Array.from({ length: PORTS }, (_, offset) => isFree(first + offset)));
    if (free.every(Boolean)) return first;
  }
}

function somePort(): number {
  return 20_000 + Math.floor(Math.random() * 12_000);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

function readJson<T>(file: string): T | null {
  const text = readText(file);
  return text === '' ? null : (JSON.parse(text) as T);
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function lastLines(file: string): string {
  return readText(file).trimEnd().split('\n').slice(-15).join('\n');
}
