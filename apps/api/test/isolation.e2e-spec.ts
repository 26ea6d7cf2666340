import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasRole, operations, type Operation } from '@daymark/api-contract';
import { formatId, idPrefixes, type IdKind } from '@daymark/domain';
import { startSandbox, type Sandbox } from '@daymark/sandbox';
import { appRole, systemRole } from '../src/database/roles.ts';
import { PgBossJobs } from '../src/jobs/jobs.ts';
import { adminQuery } from './support/admin-query.ts';
import { tenantTables } from './support/fill-tables.ts';
import { callWith, idPlaces, ownCall, type Call, type IdPlace, type IdsOf } from './support/foreign-ids.ts';
import { connect, idle, primaryOf, until } from './support/google-world.ts';
import type { Json } from './support/request.ts';
import { makeKey, makeTenant, makeUser, signIn, type TestTenant } from './support/tenants.ts';
import { startTestApp, type TestApp } from './support/test-app.ts';

/** A word in everything of the tenant that nobody else may see. */
const SECRET = 'Quokka';

let sandbox: Sandbox;
let test: TestApp;
let acme: TestTenant;
let globex: TestTenant;
let theirs: IdsOf;
let own: IdsOf;

beforeAll(async () => {
  sandbox = await startSandbox();
  test = await startTestApp({ sandbox });
  acme = await makeTenant(test, { name: 'Acme' });
  globex = await makeTenant(test, { name: 'Globex' });
  theirs = await furnish(acme, SECRET);
  own = await furnish(globex, 'Plain');
  await idle(test);
}, 120_000);

afterAll(async () => {
  await test?.close();
  await sandbox?.close();
});

/** One of everything, made as people make it; the id of each. */
async function furnish(tenant: TestTenant, word: string): Promise<IdsOf> {
  const send = async (method: string, path: string, body?: Json): Promise<Json> => {
    const answer = await test.request(method, path, { key: tenant.key, body });
    if (answer.status >= 300) throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const first = async (path: string): Promise<string> => (await send('GET', path)).data[0].id;
  const user = await makeUser(test, tenant, { email: `${word.toLowerCase()}@${tenant.slug}.example` });
  sandbox.google.addPerson({ email: user.email, name: word, timeZone: 'UTC' });
  const [day, end] = [2, 3].map((days) => new Date(Date.now() + days * 86_400_000).toISOString());
  sandbox.google.createEvent({ as: user.email }, { summary: `${word} event`, start: { dateTime: day }, end: { dateTime: end } });
  const connection = await connect(test, tenant, { user, email: user.email });
  const calendar = await primaryOf(test, tenant, connection.id);
  const meeting = await send('POST', '/v1/meetings/quick-book', {
    title: `${word} meeting`,
    hosts: [user.id],
    attendees: [{ email: `${word}@client.example` }],
    notify: 'external',
  });
  await until(async () => (await send('GET', `/v1/meetings/${meeting.id}/steps`)).data.every((step: Json) => step.state === 'done'));
  const resource = await send('POST', '/v1/resources', { kind: 'room', name: `${word} room` });
  const key = await send('POST', '/v1/api-keys', { label: `${word} key`, scopes: ['meetings:read'], environment: 'test' });
  const link = await send('POST', '/v1/setup-links', { email: `${word.toLowerCase()}-guest@${tenant.slug}.example`, name: word });
  const letter = await test.get(PgBossJobs).boss.send('dead-letters', { tenantId: tenant.tenantId });
  const made: Partial<Record<IdKind, string>> = {
    tenant: tenant.id,
    user: user.id,
    connection: connection.id,
    calendar: calendar.id,
    event: await first('/v1/events?from=2020-01-01T00:00:00Z&to=2100-01-01T00:00:00Z').catch(() => first('/v1/events')),
    run: await first('/v1/sync/runs'),
    schedule: await first('/v1/schedules'),
    schedulingProfile: await first('/v1/scheduling-profiles'),
    meeting: meeting.id,
    resource: resource.id,
    apiKey: key.id,
    setupLink: link.id,
    job: formatId('job', letter!),
  };
  return { ...randomIds(), ...made };
}

function randomIds(): IdsOf {
  return Object.fromEntries(Object.keys(idPrefixes).map((kind) => [kind, formatId(kind as IdKind, randomUUID())])) as unknown as IdsOf;
}

const all = Object.values<Operation>(operations).filter(
  ({ access, media }) => access.kind === 'credential' && media !== 'text/event-stream',
);
const places = all.flatMap((operation) => idPlaces(operation).map((place) => ({ operation, place })));

interface Credential {
  readonly key?: string;
  readonly session?: { readonly cookie: string; readonly csrf: string };
}

function send({ method, path, body }: Call, credential: Credential) {
  return test.request(method, path, { ...credential, body, headers: method === 'GET' ? {} : { 'if-match': '"1"' } });
}

/** What a caller sees, without what differs from call to call. */
async function seen(call: Call, credential: Credential, id: string): Promise<{ status: number; text: string }> {
  const { status, body } = await send(call, credential);
  const text = JSON.stringify({ ...body, instance: '', request_id: '' })
    .replaceAll(id, '<id>')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>');
  return { status, text };
}

async function fingerprint(tenant: TestTenant): Promise<Json> {
  const left = new Set(['api_keys', 'sessions', 'audit_events', 'audit_details', 'sequences', 'changes']);
  const tables = (await tenantTables(test)).filter((table) => !left.has(table));
  const counted = tables.map(
    (table) =>
      `SELECT '${table}' AS name, count(*)::int AS rows, md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) AS sum FROM ${table} t WHERE tenant_id = '${tenant.tenantId}'`,
  );
  const jobs = `SELECT 'jobs', count(*)::int, '' FROM pgboss.job WHERE data ->> 'tenantId' = '${tenant.tenantId}' AND name <> 'number-changes'`;
  return adminQuery(test, [...counted, jobs].join(' UNION ALL '));
}

function nameOf({ operation, place }: { operation: Operation; place: IdPlace }): string {
  return `${operation.id} ${place.part} ${place.steps.join('/')}`;
}

describe('F47 SEC-03 ids of another tenant', () => {
  it('are known to every place that takes an id', () => {
    expect(places.length).toBeGreaterThan(80);
    expect(all.filter(({ path }) => /\{\w+_id\}/.test(path)).every((operation) => idPlaces(operation).length > 0)).toBe(true);
  });

  it('are answered like ids that nobody has, in path, query and body, for every role, and nothing happens', async () => {
    const member = await makeUser(test, globex, { role: 'member' });
    const credentials: Readonly<Record<string, Credential>> = {
      owner: { key: globex.key },
      member: { session: await signIn(test, member) },
      viewer: { key: await makeKey(test, globex.tenantId, { role: 'viewer' }) },
    };
    const before = [await fingerprint(acme), await fingerprint(globex)];
    const random = randomIds();
    const wrong: string[] = [];
    for (const [role, credential] of Object.entries(credentials)) {
      for (const { operation, place } of places) {
        const [foreign, nobodys] = [theirs[place.kind], random[place.kind]];
        const answer = await seen(callWith(operation, own, place, foreign), credential, foreign);
        const known = await seen(callWith(operation, own, place, nobodys), credential, nobodys);
        const name = `${role}: ${nameOf({ operation, place })}`;
        if (answer.status !== known.status || answer.text !== known.text)
          wrong.push(`${name} differs: ${answer.status} ${answer.text} / ${known.status} ${known.text}`);
        if (!isRefusal(operation, place, answer)) wrong.push(`${name} is answered with ${answer.status} ${answer.text.slice(0, 300)}`);
        if (answer.text.includes(SECRET)) wrong.push(`${name} tells of the other tenant`);
      }
    }
    expect(wrong).toEqual([]);
    expect([await fingerprint(acme), await fingerprint(globex)]).toEqual(before);
  }, 120_000);

  it('are in no list', async () => {
    const ids = Object.values(theirs);
    for (const operation of all.filter(({ method, path }) => method === 'get' && !path.includes('{'))) {
      const { body } = await send(ownCall(operation, own), { key: globex.key });
      const text = JSON.stringify(body);
      expect([operation.id, ids.filter((id) => text.includes(id)), text.includes(SECRET)]).toEqual([operation.id, [], false]);
    }
  });

  it('let nobody change over to the tenant', async () => {
    const session = await signIn(test, globex.owner);
    for (const id of [theirs.tenant, randomIds().tenant]) {
      const { status } = await test.request('POST', '/v1/session/tenant', { session, body: { tenant_id: id } });
      expect([403, 404]).toContain(status);
    }
  });
});

describe('SEC-03 the logins of the product', () => {
  async function run(role: string, text: string) {
    const client = new Client({ connectionString: test.database.url, options: `-c role=${role}` });
    await client.connect();
    try {
      await client.query('BEGIN');
      return await client.query(text);
    } finally {
      await client.end();
    }
  }

  it.each([
    'ALTER ROLE daymark_app BYPASSRLS',
    'CREATE ROLE intruder',
    'GRANT daymark_doors TO daymark_app',
    'CREATE POLICY everything ON meetings USING (true)',
    'DROP POLICY own_tenant ON meetings',
    'ALTER TABLE meetings NO FORCE ROW LEVEL SECURITY',
    'ALTER TABLE meetings OWNER TO daymark_app',
  ])('cannot say: %s', async (text) => {
    for (const role of [appRole, systemRole]) await expect(run(role, text)).rejects.toMatchObject({ code: '42501' });
  });
});

describe('SEC-03 a viewer', () => {
  it('changes nothing, not even of the own tenant', async () => {
    const key = await makeKey(test, globex.tenantId, { role: 'viewer' });
    const before = await fingerprint(globex);
    const forbidden = all.filter(({ access }) => access.kind === 'credential' && !hasRole('viewer', access.role));
    expect(forbidden.length).toBeGreaterThan(25);
    for (const operation of forbidden) {
      const { status, body } = await send(ownCall(operation, own), { key });
      const isOfOperator = operation.access.kind === 'credential' && operation.access.role === 'platform';
      expect([operation.id, status, body.code]).toEqual([operation.id, 403, isOfOperator ? 'operator-only' : 'forbidden-role']);
    }
    expect(await fingerprint(globex)).toEqual(before);
  });
});

/**
 * Refused as unknown or as not for this role. Where an id only narrows a list it is empty; strangers asked
 * through an unknown connection are unknown; a meeting that is not there is ignored by being ignored.
 */
function isRefusal({ id, method }: Operation, { part, steps }: IdPlace, { status, text }: { status: number; text: string }): boolean {
  if (status === 404 || status === 403) return true;
  if (id === 'readFreeBusy' && steps[0] === 'connection_id') return status === 200 && text.includes('"error":{');
  if (steps[0] === 'ignore_meeting_id') return status === 200;
  return status === 200 && method === 'get' && part === 'query' && JSON.parse(text).data.length === 0;
}
