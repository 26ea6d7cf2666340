import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startPostgres } from '@daymark/postgres';
import { startSandbox, type Sandbox } from '@daymark/sandbox';

/** Answers are looked at freely. */
export type Json = ReturnType<typeof JSON.parse>;
type Role = 'web' | 'worker' | 'all';

/** The built product in processes of its own, with its database and the sandbox in this one. */
export interface NoticeWorld {
  readonly sandbox: Sandbox;
  call(method: string, path: string, body?: unknown): Promise<Json>;
  /** Connects somebody new and waits until their calendar was read; the connection. */
  connect(email: string): Promise<Json>;
  close(): Promise<void>;
}

const MAIN = fileURLToPath(new URL('../../../apps/api/dist/main.js', import.meta.url));
/** Makes a process leave when the benchmark is gone. */
const WATCHER = new URL('../../start/src/leave-with-parent.mjs', import.meta.url).href;
const PATIENCE_MS = 60_000;
const client = { id: 'bench.apps.googleusercontent.com', secret: randomBytes(24).toString('base64url') };

export async function openNoticeWorld(roles: readonly Role[]): Promise<NoticeWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'daymark-bench-'));
  const ports = await Promise.all(roles.map(freePort));
  const url = `http://127.0.0.1:${ports[0]}`;
  const [postgres, sandbox] = await Promise.all([
    startPostgres({ dataDir: join(folder, 'postgres') }),
    startSandbox({ clients: [{ id: client.id, secrets: [client.secret], redirectUris: [`${url}/oauth/google/callback`] }] }),
  ]);
  const children: ChildProcess[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(children.map(stopped));
    await Promise.all([postgres.stop(), sandbox.close()]);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const environment = environmentOf({ folder, url, databaseUrl: postgres.url, sandbox });
    for (const [index, role] of roles.entries()) {
      children.push(await start({ ...environment, DAYMARK_ROLE: role, PORT: String(ports[index]) }, join(folder, `${index}.log`)));
      await until(async () => (await fetch(`http://127.0.0.1:${ports[index]}/readyz`).catch(() => null))?.ok === true);
    }
  } catch (error) {
    await close();
    throw error;
  }
  const key = readFileSync(join(folder, 'data', 'demo-key'), 'utf8').trim();
  const call: NoticeWorld['call'] = async (method, path, body) => {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${await answer.text()}`);
    return answer.json();
  };
  return { sandbox, call, close, connect: (email) => connect({ sandbox, call }, email) };
}

/** Looks again until it is so. @throws Error when it takes longer. */
export async function until(look: () => Promise<boolean>, { withinMs = PATIENCE_MS, everyMs = 50 } = {}): Promise<void> {
  for (const end = Date.now() + withinMs; !(await look()); await sleep(everyMs)) {
    if (Date.now() > end) throw new Error('it did not come about in time');
  }
}

async function connect({ sandbox, call }: Pick<NoticeWorld, 'sandbox' | 'call'>, email: string): Promise<Json> {
  sandbox.google.addPerson({ email, timeZone: 'UTC' });
  const user = await call('POST', '/v1/users', { email, name: email, time_zone: 'UTC' });
  const asked = await call('POST', '/v1/connections/authorize', { provider: 'google', user_id: user.id, login_hint: email });
  const page = await fetch(asked.data[0].authorize_url, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ decision: 'allow' }),
  });
  const back = page.headers.get('location')!;
  const end = (await fetch(back, { redirect: 'manual' })).headers.get('location')!;
  const id = new URL(end, back).searchParams.get('connection_id');
  await until(async () => {
    const { data } = await call('GET', `/v1/calendars?connection_id=${id}`);
    return data.length > 0 && data.every((calendar: Json) => calendar.last_success_at !== null);
  });
  return call('GET', `/v1/connections/${id}`);
}

function environmentOf(of: { folder: string; url: string; databaseUrl: string; sandbox: Sandbox }): Record<string, string> {
  const { googleUrl, controlUrl, smtpPort } = of.sandbox;
  return {
    PATH: process.env['PATH'] ?? '',
    TZ: 'UTC',
    HOST: '127.0.0.1',
    DAYMARK_MODE: 'demo',
    DAYMARK_LOG_LEVEL: 'warn',
    DAYMARK_DATA: join(of.folder, 'data'),
    DAYMARK_PUBLIC_URL: of.url,
    DAYMARK_ENCRYPTION_KEYS: `bench:${randomBytes(32).toString('base64url')}`,
    DAYMARK_RATE_LIMIT_PER_MINUTE: '1000000',
    DAYMARK_SANDBOX_CONTROL_URL: controlUrl,
    DAYMARK_GOOGLE_CLIENT_ID: client.id,
    DAYMARK_GOOGLE_CLIENT_SECRET: client.secret,
    DAYMARK_GOOGLE_AUTHORIZE_URL: `${googleUrl}/o/oauth2/v2/auth`,
    DAYMARK_GOOGLE_TOKEN_URL: `${googleUrl}/token`,
    DAYMARK_GOOGLE_REVOKE_URL: `${googleUrl}/revoke`,
    DAYMARK_GOOGLE_USERINFO_URL: `${googleUrl}/v1/userinfo`,
    DAYMARK_GOOGLE_API_URL: `${googleUrl}/`,
    SMTP_URL: `smtp://127.0.0.1:${smtpPort}`,
    DATABASE_URL: of.databaseUrl,
  };
}

async function start(env: Record<string, string>, log: string): Promise<ChildProcess> {
  const output = await open(log, 'a');
  const child = spawn(process.execPath, ['--enable-source-maps', '--import', WATCHER, MAIN], {
    env,
    stdio: ['ignore', output.fd, output.fd, 'ipc'],
  });
  await output.close();
  return child;
}

async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await gone;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
