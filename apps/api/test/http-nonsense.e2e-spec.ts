import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { operations, type Operation } from '@daymark/api-contract';
import { SessionsService } from '../src/identity/sessions.service.ts';
import type { Json, Received } from './support/request.ts';
import { makeKey, makeTenant, signIn, type TestTenant } from './support/tenants.ts';
import { startTestApp, type TestApp } from './support/test-app.ts';

let test: TestApp;
let acme: TestTenant;
let platformKey: string;
let session: { readonly cookie: string; readonly csrf: string };

beforeAll(async () => {
  test = await startTestApp({ sandbox: 'start', configuration: { role: 'web' } });
  acme = await makeTenant(test);
  platformKey = await makeKey(test, acme.tenantId, { role: 'platform' });
  session = await signIn(test, acme.owner);
});
afterAll(() => test.close());

const all = Object.values<Operation>(operations);

/** Calls an operation with all rights; ids in its path are those of nobody. */
function call(operation: Operation, { query = '', body, id }: { query?: string; body?: Json; id?: string }): Promise<Received> {
  const credential = operation.access.kind === 'session' ? { session } : operation.access.kind === 'public' ? {} : { key: platformKey };
  const path = operation.path.replace('{provider}', id ?? 'google').replaceAll(/\{\w+\}/g, id ?? 'x');
  const headers: Record<string, string> = operation.ifMatch === undefined ? {} : { 'if-match': '"1"' };
  return test.request(operation.method.toUpperCase(), path + query, { ...credential, body, headers });
}

function pointersOf({ body }: Received): string[] {
  return (body.errors ?? []).map(({ pointer }: { pointer: string }) => pointer);
}

describe('text that the database does not take', () => {
  const withBody = all.filter(({ body }) => body !== undefined);

  it.each(withBody.map((operation) => [operation.id, operation] as const))('is refused in the body of %s', async (_, operation) => {
    const body = { ...(operation.example?.body as object | undefined), 'half \ud83d': 1, nul: 'a\0b', deep: [{ text: '\udc00' }] };
    const answer = await call(operation, { body: JSON.stringify(body) });
    expect(answer).toMatchObject({ status: 422, body: { code: 'validation-failed' } });
    expect(pointersOf(answer)).toEqual(expect.arrayContaining(['/half \ud83d', '/nul', '/deep/0/text']));
  });

  const parameters = all.flatMap((operation) => Object.keys(operation.query?.shape ?? {}).map((name) => ({ operation, name })));

  it.each(parameters.map(({ operation, name }) => [name, operation.id, operation] as const))(
    'is refused in ?%s of %s',
    async (name, _, operation) => {
      const answer = await call(operation, { query: `?${name}=a%00b` });
      expect(answer).toMatchObject({ status: 422, body: { code: 'validation-failed' } });
      expect(pointersOf(answer)).toContain(`?${name}`);
    },
  );

  it.each(all.filter(({ path }) => /\{\w+\}/.test(path)).map((operation) => [operation.id, operation] as const))(
    'is an id that nobody has in the path of %s',
    async (_, operation) => {
      const query = operation.path.startsWith('/v1/') ? '' : '?code=c&state=s';
      expect(await call(operation, { id: 'a%00b', query, body: operation.example?.body })).toMatchObject({
        status: 404,
        body: { code: 'not-found' },
      });
    },
  );
});

describe('a cursor that somebody made up', () => {
  const id = '01a1f931-6ed2-7f6b-9a6c-ca399247f726';
  const positions = [{}, null, [], ['x'], ['\0'], [1e300], [1.5], [1, 2], [1, 'x'], ['a', 'b'], [id, 1], [-8e15, id], [1, id, 1], [-1, 0]];
  const lists = all.filter(({ method, query }) => method === 'get' && query?.shape['cursor'] !== undefined);

  it.each(lists.map((operation) => [operation.id, operation] as const))('is refused by %s', async (_, operation) => {
    for (const position of positions) {
      const cursor = Buffer.from(JSON.stringify(position)).toString('base64url');
      const answer = await call(operation, { query: `?cursor=${cursor}&from=2027-01-01T00:00:00Z&to=2027-01-02T00:00:00Z` });
      const expected = operation.path.includes('{') ? [400, 404, 422] : [400, 422];
      expect(expected, JSON.stringify(position)).toContain(answer.status);
    }
  });

  it('is refused by lists that know neither from nor to', async () => {
    for (const path of ['/v1/users', '/v1/audit-events', '/v1/meetings', '/v1/dead-letters', '/v1/calendars', '/v1/sync/runs']) {
      for (const position of positions) {
        const cursor = Buffer.from(JSON.stringify(position)).toString('base64url');
        const answer = await test.request('GET', `${path}?cursor=${cursor}`, { key: acme.key });
        expect(answer, `${path} ${JSON.stringify(position)}`).toMatchObject({ status: 400, body: { code: 'cursor-invalid' } });
      }
    }
    const swapped = Buffer.from(JSON.stringify([id])).toString('base64url');
    for (const path of [`/v1/audit-events?cursor=${swapped}`, `/v1/changes?since=${swapped}`])
      expect(await test.request('GET', path, { key: acme.key })).toMatchObject({ status: 400, body: { code: 'cursor-invalid' } });
  });
});

describe('a request that is wrong everywhere', () => {
  it('is answered shortly', async () => {
    const body = Object.fromEntries(Array.from({ length: 60_000 }, (_, index) => [`f${index}`, 0]));
    const answer = await test.request('POST', '/v1/meetings', { key: acme.key, body });
    expect(answer).toMatchObject({ status: 422, body: { detail: '100 fields or more are not valid.' } });
    expect(answer.body.errors).toHaveLength(100);
  });
});

describe('a query that an operation does not have', () => {
  it('is refused, so that nobody takes a write for a dry run', async () => {
    const body = { email: 'dry@run.example', name: 'Dry' };
    const answer = await test.request('POST', '/v1/users?dry_run=true', { key: acme.key, body });
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ pointer: '?dry_run', code: 'unknown_field' }] } });
    expect((await test.request('GET', '/v1/users?q=dry@run', { key: acme.key })).body.data).toEqual([]);
  });

  it('is borne by probes', async () => {
    for (const path of ['/healthz?probe=1', '/readyz?probe=1']) expect(await test.request('GET', path)).toMatchObject({ status: 200 });
  });
});

describe('a body that is not UTF-8', () => {
  it('is refused instead of stored with other characters', async () => {
    const bytes = Buffer.from([...Buffer.from('{"email":"l@atin.example","name":"'), 0xfc, ...Buffer.from('"}')]);
    const headers = { authorization: `Bearer ${acme.key}`, 'content-type': 'application/json' };
    const answer = await fetch(`${test.baseUrl}/v1/users`, { method: 'POST', headers, body: bytes });
    expect([answer.status, await answer.json()]).toMatchObject([400, { code: 'invalid-json' }]);
  });
});

describe('a cookie that is no text of ours', () => {
  it('is no session, and no sign-in that was begun here', async () => {
    for (const value of ['j%3A%7B%22a%22%3A1%7D', 'j:[1]', '%00', 's%3Ax.y']) {
      const headers = { cookie: `daymark_session=${value}; daymark_sign_in=${value}`, 'x-csrf-token': 'x' };
      expect(await test.request('GET', '/v1/session', { headers })).toMatchObject({ status: 401 });
      expect(await test.request('DELETE', '/v1/session', { headers })).toMatchObject({ status: 401 });
      const back = await test.request('GET', '/auth/google/callback?code=c&state=s', { headers });
      expect(back).toMatchObject({ status: 400, body: { code: 'oauth-state-invalid' } });
    }
  });
});

describe('HEAD', () => {
  it('uses up no link to sign in', async () => {
    const { tenantId, userId } = acme.owner;
    const link = new URL((await test.get(SessionsService).makeLink({ tenantId, userId })).reveal());
    const looked = await test.request('HEAD', link.pathname + link.search);
    expect([looked.status, looked.headers.get('allow'), looked.headers.get('set-cookie')]).toEqual([405, 'GET', null]);
    expect(await test.request('GET', link.pathname + link.search)).toMatchObject({ status: 302 });
  });

  it('is answered where GET only reads', async () => {
    for (const path of ['/v1/users', '/healthz', '/openapi.json'])
      expect((await test.request('HEAD', path, { key: acme.key })).status).toBe(200);
  });
});

describe('the document of the API', () => {
  it('is read, and answers to nothing else', async () => {
    expect(await test.request('GET', '/openapi.json')).toMatchObject({ status: 200 });
    for (const method of ['POST', 'PUT', 'DELETE']) expect((await test.request(method, '/openapi.json')).status).toBeGreaterThan(403);
    expect(await test.request('GET', '/openapi.json/more')).toMatchObject({ status: 404 });
  });
});
