import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { operations, problemsOf, type Operation } from '@daymark/api-contract';
import { problemCodes, problemDefinition } from '@daymark/domain';
import { mountedOperation } from '../src/http/mount.decorator.ts';
import { makeKey, makeTenant, signIn, type TestTenant } from './support/tenants.ts';
import { startTestApp, type TestApp } from './support/test-app.ts';

/** Operations whose feature is still being built. Empty, the contract is mounted whole. */
const NOT_BUILT_YET: readonly string[] = ['getOverview'];

const built = Object.values<Operation>(operations).filter(({ id }) => !NOT_BUILT_YET.includes(id));

let test: TestApp;
let acme: TestTenant;

beforeAll(async () => {
  test = await startTestApp({ configuration: { role: 'web', corsOrigins: ['https://crm.example'] } });
  acme = await makeTenant(test);
});
afterAll(() => test.close());

describe('the contract', () => {
  it('API-01 is mounted, every operation once', () => {
    const mounted = test
      .get(DiscoveryService)
      .getControllers()
      .flatMap(({ instance }) => {
        const prototype: Record<string, object> = Object.getPrototypeOf(instance);
        return test
          .get(MetadataScanner)
          .getAllMethodNames(prototype)
          .map((name) => mountedOperation(prototype[name]!)?.id);
      })
      .filter((id) => id !== undefined);
    const served = [...mounted, 'getOpenApi'];
    expect(
      served.filter((id, index) => served.indexOf(id) !== index),
      'mounted twice',
    ).toEqual([]);
    const missing = Object.keys(operations).filter((id) => !served.includes(id));
    expect(
      missing.filter((id) => !NOT_BUILT_YET.includes(id)),
      'missing',
    ).toEqual([]);
  });

  it('API-01 is shown as a document and as pages that load nothing from elsewhere', async () => {
    const document = await test.request('GET', '/openapi.json');
    expect(document.body).toMatchObject({ openapi: '3.1.0', servers: [{ url: test.baseUrl }] });
    const page = await test.request('GET', '/docs', { headers: { accept: 'text/html' } });
    expect(page.status).toBe(200);
    const assets = [...String(page.body).matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path!);
    expect(assets.length).toBeGreaterThan(3);
    for (const asset of assets) expect(await fetch(new URL(asset, `${test.baseUrl}/docs`)).then(({ status }) => status), asset).toBe(200);
    const policy = page.headers.get('content-security-policy')!;
    expect(policy).toContain("script-src 'self'");
    expect(String(page.body)).not.toMatch(/<script>[^<]+<\/script>/);
  });

  it.each(built.filter(({ access }) => access.kind !== 'public').map((operation) => [operation.id, operation] as const))(
    'lets nobody call %s without a credential',
    async (_, operation) => {
      const path = operation.path.replaceAll(/\{\w+\}/g, 'x');
      const answer = await test.request(operation.method.toUpperCase(), path);
      expect(answer.status).toBe(401);
      expect(problemsOf(operation)).toContain('unauthenticated');
    },
  );
});

describe('problems', () => {
  it.each(problemCodes.map((code) => [code]))('UXD-01 %s has a page with cause and fix', async (code) => {
    const { cause, fix } = problemDefinition(code);
    const page = await test.request('GET', `/problems/${code}`, { headers: { accept: 'text/html' } });
    expect(page.status).toBe(200);
    const text = String(page.body).replaceAll(/&#(\d+);/g, (_, sign: string) => String.fromCharCode(Number(sign)));
    expect(text).toContain(cause);
    expect(text).toContain(fix);
    expect((await test.request('GET', `/problems/${code}`, { headers: { accept: 'application/json' } })).body).toMatchObject({
      code,
      cause,
      fix,
    });
  });

  it('are listed, and one that does not exist is not found', async () => {
    const list = await test.request('GET', '/problems', { headers: { accept: 'text/html' } });
    for (const code of problemCodes) expect(list.body).toContain(`/problems/${code}`);
    expect(await test.request('GET', '/problems/nonsense')).toMatchObject({ status: 404, body: { code: 'not-found' } });
  });

  it('name the page, the request and what to do', async () => {
    const answer = await test.request('GET', '/v1/users', { headers: { 'X-Request-Id': 'given-by-caller' } });
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(answer.headers.get('x-request-id')).toBe('given-by-caller');
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    expect(answer.body).toMatchObject({
      type: `${test.baseUrl}/problems/unauthenticated`,
      status: 401,
      instance: '/v1/users',
      request_id: 'given-by-caller',
      who: 'caller',
      retryable: false,
    });
    const odd = await test.request('GET', '/v1/users', { headers: { 'X-Request-Id': 'a b\u00e4"{}' } });
    expect(odd.headers.get('x-request-id')).toMatch(/^req_[0-9a-f]{32}$/);
  });
});

describe('input', () => {
  const send = (body: unknown, headers: Record<string, string> = {}) => test.request('POST', '/v1/users', { key: acme.key, body, headers });

  it('that is not JSON is refused as such', async () => {
    expect(await send('{"email":')).toMatchObject({ status: 400, body: { code: 'invalid-json' } });
    expect(await send('email=x', { 'content-type': 'text/plain' })).toMatchObject({
      status: 415,
      body: { code: 'unsupported-media-type' },
    });
    expect(await send({ email: 'x@y.example', name: 'x'.repeat(1_100_000) })).toMatchObject({
      status: 413,
      body: { code: 'payload-too-large' },
    });
  });

  it('API-03 is refused by field, all fields at once', async () => {
    const answer = await send({ email: 'nobody', role: 'emperor', nickname: 'X' });
    expect(answer).toMatchObject({ status: 422, body: { code: 'validation-failed' } });
    expect(answer.body.errors.map(({ pointer }: { pointer: string }) => pointer).sort()).toEqual(['/email', '/name', '/nickname', '/role']);
    for (const body of [[], '"text"', 7, 'null']) expect(await send(body)).toMatchObject({ status: 422 });
    const query = await test.request('GET', '/v1/users?limit=1000&sort=x', { key: acme.key });
    expect(query.body.errors.map(({ pointer }: { pointer: string }) => pointer).sort()).toEqual(['?limit', '?sort']);
  });

  it('with an id that is not one answers like an id that nobody has', async () => {
    const of = async (id: string) => {
      const { status, body } = await test.request('GET', `/v1/users/${id}`, { key: acme.key });
      return { status, ...body, instance: null, request_id: null };
    };
    const unknown = await of('usr_00000000000000000000000000000000');
    expect(unknown).toMatchObject({ status: 404, code: 'not-found' });
    for (const id of ['x', 'cal_00000000000000000000000000000000', "usr_'; DROP TABLE users", '%F0%9F%92%A9'])
      expect(await of(encodeURI(id))).toEqual(unknown);
    expect(await test.request('GET', '/v1/users/%E0%A4%A', { key: acme.key })).toMatchObject({ status: 404 });
  });
});

describe('addresses', () => {
  it('that do not exist are problems; a method that does not exist says which do', async () => {
    expect(await test.request('GET', '/v1/nonsense', { key: acme.key })).toMatchObject({ status: 404, body: { code: 'not-found' } });
    const answer = await test.request('DELETE', '/v1/users', { key: acme.key });
    expect(answer).toMatchObject({ status: 405, body: { code: 'method-not-allowed' } });
    expect(answer.headers.get('allow')).toBe('GET, POST');
  });

  it('API-06 get CORS headers for listed origins only', async () => {
    const ask = async (origin: string) =>
      (await test.request('OPTIONS', '/v1/users', { headers: { origin, 'access-control-request-method': 'POST' } })).headers;
    expect((await ask('https://crm.example')).get('access-control-allow-origin')).toBe('https://crm.example');
    const corsHeaders = (headers: Headers) => [...headers.keys()].filter((name) => name.startsWith('access-control-'));
    expect(corsHeaders(await ask('https://evil.example'))).toEqual([]);
    const plain = await test.request('GET', '/v1/users', { key: acme.key, headers: { origin: 'https://evil.example' } });
    expect(corsHeaders(plain.headers)).toEqual([]);
    expect(plain.headers.get('vary')).toContain('Origin');
    const listed = await test.request('GET', '/v1/users', { key: acme.key, headers: { origin: 'https://crm.example' } });
    expect(listed.headers.get('access-control-expose-headers')).toContain('Retry-After');
  });

  it('F50 come with headers that keep scripts of others out', async () => {
    const { headers } = await test.request('GET', '/', { headers: { accept: 'text/html' } });
    expect(headers.get('content-security-policy')).toMatch(/default-src 'none';script-src 'self';/);
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-powered-by')).toBeNull();
  });
});

describe('credentials', () => {
  it('API-05 without the scope or the role are refused', async () => {
    const reader = await makeKey(test, acme.tenantId, { only: ['users:read'] });
    const body = { email: 'x@y.example', name: 'X' };
    expect(await test.request('POST', '/v1/users', { key: reader, body })).toMatchObject({
      status: 403,
      body: { code: 'forbidden-scope', detail: expect.stringContaining('users:write') },
    });
    const viewer = await makeKey(test, acme.tenantId, { role: 'viewer' });
    for (const operation of built.filter(
      ({ access, method }) => access.kind === 'credential' && method !== 'get' && access.role !== 'viewer',
    )) {
      const answer = await test.request(operation.method.toUpperCase(), operation.path.replaceAll(/\{\w+\}/g, 'x'), {
        key: viewer,
        body: {},
      });
      const isOfOperator = operation.access.kind === 'credential' && operation.access.role === 'platform';
      expect(answer.body.code, operation.id).toBe(isOfOperator ? 'operator-only' : 'forbidden-role');
    }
  });

  it('in the address are refused, whatever else comes along', async () => {
    expect(await test.request('GET', `/v1/users?api_key=${acme.key}`)).toMatchObject({ status: 401 });
    expect(await test.request('GET', `/v1/users?api_key=${acme.key}`, { key: acme.key })).toMatchObject({
      status: 401,
      body: { detail: expect.stringContaining('address') },
    });
  });

  it('that are no keys of ours are not looked up', async () => {
    for (const authorization of ['Bearer', 'Bearer x', 'Basic YTpi', `Bearer ${acme.key}x`, `bearer sk_test_${'A'.repeat(43)}`]) {
      expect(await test.request('GET', '/v1/users', { headers: { authorization } }), authorization).toMatchObject({
        status: 401,
        body: { code: 'unauthenticated' },
      });
    }
  });

  it('of a suspended tenant open nothing', async () => {
    const { adminQuery } = await import('./support/admin-query.ts');
    const other = await makeTenant(test, { name: 'Late' });
    const session = await signIn(test, other.owner);
    await adminQuery(test, `UPDATE tenants SET status = 'suspended' WHERE id = $1`, [other.tenantId]);
    expect(await test.request('GET', '/v1/users', { key: other.key })).toMatchObject({ status: 403, body: { code: 'tenant-suspended' } });
    expect(await test.request('GET', '/v1/users', { session })).toMatchObject({ status: 403, body: { code: 'tenant-suspended' } });
  });
});
