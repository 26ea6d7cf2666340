import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { DemoConnectionView, DemoUserView } from './demo-api.ts';
import { fillDemo, restoreDemoFaults } from './fill-demo.ts';

type Json = Record<string, unknown>;
interface FakeTenant {
  readonly users: DemoUserView[];
  readonly connections: { -readonly [K in keyof DemoConnectionView]: DemoConnectionView[K] }[];
  readonly meetings: Json[];
}

/** The few answers of product and sandbox that filling the demo needs, in one server. */
let server: Server;
let url: string;
let dataDir: string;
let tenants: Map<string, FakeTenant>;
let writes: string[];
let withdrawn: Set<string>;
let failing: Set<string>;
let granted: Map<string, string[]>;
let providers: string[];
/** Accounts that came back without consent, and the one that the consent page fails for. */
let refusals: string[];
let broken: string;
let writesUntilDeath: number;

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'daymark-fill-demo-spec-'));
  tenants = new Map();
  for (const [file, email] of [
    ['demo-key', 'ada@acme.example'],
    ['demo-key-globex', 'sam@globex.example'],
  ] as const) {
    writeFileSync(join(dataDir, file), `${file}\n`);
    tenants.set(file, { users: [{ id: `usr_${email}`, email, role: 'owner' }], connections: [], meetings: [] });
  }
  [writes, withdrawn, failing, granted, writesUntilDeath] = [[], new Set(), new Set(), new Map(), Infinity];
  [providers, refusals, broken] = [['google', 'outlook'], [], ''];
  server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const [path = '', query = ''] = (request.url ?? '').split('?');
      const answer = reply(`${request.method} ${path}`, {
        query: new URLSearchParams(query),
        text,
        key: request.headers.authorization?.slice(7) ?? '',
      });
      if ('needsAdmin' in answer) response.writeHead(403).end();
      else if ('location' in answer) response.writeHead(302, { location: String(answer.location) }).end();
      else response.writeHead(writesUntilDeath < 0 ? 500 : 200).end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(() => {
  server.close();
  rmSync(dataDir, { recursive: true, force: true });
});

it('ends with a connection in each state, and with people, meetings and permissions as planned', async () => {
  await fill();
  expect(states()).toEqual({
    'ada@acme.example': 'active',
    'ada.lindqvist@mail.example': 'active',
    'mia@acme.example': 'active',
    'mia.okafor@mail.example': 'revoked',
    'jonas@acme.example': 'active',
    'priya@acme.example': 'active',
    'leo@acme.example': 'expired',
    'nina@acme.example': 'paused',
    'kenji@acme.example': 'error',
    'sam@globex.example': 'active',
    'rosa@globex.example': 'active',
    'elena@globex.example': 'active',
    'omar@globex.example': 'expired',
    'ada@acme-studio.example': 'active',
    'mia.okafor@outlook.example': 'active',
    'lena@acme-studio.example': 'active',
    'tariq@acme-studio.example': 'active',
    'greta@globex-freight.example': 'active',
  });
  expect([...tenants.values()].map(({ users, meetings }) => [users.length, meetings.length])).toEqual([
    [9, 5],
    [6, 1],
  ]);
  expect(granted.get('priya@acme.example')).toEqual(['calendar.events']);
  expect(granted.get('mia@acme.example')).toEqual([]);
});

it('leaves out whom a calendar service would be needed for that the product does not offer', async () => {
  providers = ['google'];
  await fill();
  expect(Object.keys(states())).toHaveLength(13);
  expect([...tenants.values()].map(({ users, meetings }) => [users.length, meetings.length])).toEqual([
    [7, 4],
    [4, 1],
  ]);
  providers.push('outlook');
  await fill();
  expect(Object.keys(states())).toHaveLength(18);
});

it('asks an account that needs an administrator once, and leaves its user without a calendar', async () => {
  await fill();
  expect(tenants.get('demo-key-globex')?.users.map(({ email }) => email)).toContain('viktor@globex-freight.example');
  expect(refusals).toEqual(['viktor@globex-freight.example']);
  await fill();
  expect(refusals).toEqual(['viktor@globex-freight.example']);
});

it('says which account could not be connected, and does everything else', async () => {
  broken = 'lena@acme-studio.example';
  await expect(fill()).rejects.toThrow('lena@acme-studio.example could not be connected');
  expect(Object.keys(states())).toHaveLength(17);
  expect(tenants.get('demo-key')?.meetings).toHaveLength(4);
  broken = '';
  await fill();
  expect(tenants.get('demo-key')?.meetings).toHaveLength(5);
});

it('leaves what somebody changed since as it is', async () => {
  await fill();
  for (const connection of tenants.get('demo-key')?.connections ?? []) if (connection.status === 'expired') connection.status = 'active';
  tenants.get('demo-key')?.connections.splice(0, 1);
  tenants.get('demo-key')?.users.splice(6, 1);
  writes = [];
  await fill();
  expect(writes).toEqual([]);
});

it('goes on where a killed start ended, without doing anything twice', async () => {
  for (const deadline of [3, 5, 4, 6]) {
    writesUntilDeath = deadline;
    await expect(fill()).rejects.toThrow('answered 500');
  }
  writesUntilDeath = Infinity;
  await fill();
  expect(Object.keys(states())).toHaveLength(18);
  expect([...tenants.values()].flatMap(({ connections }) => connections)).toHaveLength(18);
  expect([...tenants.values()].flatMap(({ meetings }) => meetings)).toHaveLength(6);
});

it('makes the account that fails on purpose fail again after the sandbox forgot it', async () => {
  const place = { controlUrl: url, dataDir, signal: new AbortController().signal };
  await restoreDemoFaults(place);
  expect(failing).toEqual(new Set());
  await fill();
  failing.clear();
  await restoreDemoFaults(place);
  expect(failing).toEqual(new Set(['kenji@acme.example']));
});

function fill(): Promise<void> {
  return fillDemo({ productUrl: url, controlUrl: url, dataDir, signal: new AbortController().signal });
}

function states(): Record<string, string> {
  const all = [...tenants.values()].flatMap(({ connections }) => connections);
  return Object.fromEntries(all.map(({ account_email, status }) => [account_email, status]));
}

function reply(call: string, { query, text, key }: { query: URLSearchParams; text: string; key: string }): object {
  if (call === 'POST /consent') return consent(query, new URLSearchParams(text));
  if (call === 'GET /callback') return connected(query);
  if (call === 'GET /refused') return { location: `${url}/connect/result?outcome=admin-consent` };
  const body = (text === '' ? {} : JSON.parse(text)) as Json;
  if (!call.startsWith('GET') && !call.endsWith('/authorize')) {
    writesUntilDeath -= 1;
    if (writesUntilDeath < 0) return {};
    writes.push(call);
  }
  if (/^GET \/control\/(google|microsoft)\/people$/.test(call)) return { items: [] };
  if (call === 'POST /control/google/grants') withdrawn.add(String(body['email']));
  if (call === 'POST /control/faults') failing.add((body['match'] as { account: string }).account);
  const tenant = tenants.get(key);
  return tenant === undefined ? {} : asProduct(tenant, call, { body, key });
}

function asProduct(tenant: FakeTenant, call: string, { body, key }: { body: Json; key: string }): object {
  const { users, connections, meetings } = tenant;
  if (call === 'GET /v1/users') return { data: users };
  if (call === 'POST /v1/users') {
    const user = { id: `usr_${String(body['email'])}`, email: String(body['email']), role: String(body['role']) };
    users.push(user);
    return user;
  }
  if (call === 'GET /v1/providers') return { data: ['google', 'outlook'].map((id) => ({ id, configured: providers.includes(id) })) };
  if (call === 'GET /v1/connections') return { data: connections };
  if (call === 'POST /v1/meetings') return { number: meetings.push(body) };
  if (call === 'POST /v1/connections/authorize') {
    const state = new URLSearchParams({ key, user: String(body['user_id']), account: String(body['login_hint']) });
    return { data: [{ authorize_url: `${url}/consent?scope=calendar.events+calendar.freebusy&${state}` }] };
  }
  const connection = connections.find(({ id }) => call.includes(`/v1/connections/${id}`));
  if (connection === undefined) return {};
  const account = connection.account_email;
  if (call.startsWith('PATCH')) connection.status = 'paused';
  if (call.startsWith('DELETE')) connection.status = 'revoked';
  if (call.endsWith('/sync') && withdrawn.has(account)) connection.status = 'expired';
  if (call.endsWith('/sync') && failing.has(account)) connection.status = 'error';
  return connection;
}

function consent(query: URLSearchParams, form: URLSearchParams): Json {
  const account = query.get('account') ?? '';
  if (account === broken) return { page: 'out of order' };
  if (account.startsWith('viktor@')) {
    if (form.get('decision') === 'allow') return { needsAdmin: true };
    refusals.push(account);
    return { location: `${url}/refused` };
  }
  granted.set(account, form.getAll('scope'));
  return { location: `${url}/callback?${query}` };
}

function connected(query: URLSearchParams): Json {
  const [account, user] = [query.get('account') ?? '', query.get('user') ?? ''];
  const { connections } = tenants.get(query.get('key') ?? '')!;
  connections.push({
    id: `conn_${account}.`,
    account_email: account,
    user_id: user,
    status: 'active',
    calendars_count: 1,
    lag_seconds: 0,
  });
  return { location: `${url}/connect/result?outcome=connected` };
}
