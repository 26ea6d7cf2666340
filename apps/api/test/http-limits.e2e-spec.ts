import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Secret } from '@daymark/domain';
import { adminQuery } from './support/admin-query.ts';
import { makeKey, makeTenant, signIn, type TestTenant } from './support/tenants.ts';
import { startTestApp, type TestApp } from './support/test-app.ts';

let test: TestApp;
let acme: TestTenant;

beforeAll(async () => {
  test = await startTestApp({ configuration: { role: 'web', rateLimitPerMinute: 5, metricsToken: new Secret('scrape-me-please-1') } });
  acme = await makeTenant(test);
});
afterAll(() => test.close());

describe('the limit of requests', () => {
  it('API-04 is told with every answer and ends in 429 with the time to wait, in every process', async () => {
    const second = await startTestApp({ database: test.database, configuration: { role: 'web', rateLimitPerMinute: 5 } });
    const key = await makeKey(test, acme.tenantId);
    const answers = [];
    for (let sent = 0; sent < 6; sent += 1) answers.push(await (sent % 2 === 0 ? test : second).request('GET', '/v1/users', { key }));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 429]);
    expect(answers[0]!.headers.get('ratelimit-policy')).toBe('"credential";q=5;w=60, "tenant";q=50;w=60');
    expect(answers[0]!.headers.get('ratelimit')).toMatch(/^"credential";r=4;t=60, "tenant";r=\d+;t=\d+$/);
    const refused = answers[5]!;
    expect(refused.body).toMatchObject({ code: 'rate-limited', limited_by: 'platform', retryable: true });
    expect(Number(refused.headers.get('retry-after'))).toBe(refused.body.retry_after);
    test.clock.advance(61_000);
    expect(await test.request('GET', '/v1/users', { key })).toMatchObject({ status: 200 });
    test.clock.advance(-61_000);
    await second.close();
  });

  it('API-04 of one key leaves the others alone, and a key may have its own', async () => {
    const [busy, calm, small] = [
      await makeKey(test, acme.tenantId),
      await makeKey(test, acme.tenantId),
      await makeKey(test, acme.tenantId),
    ];
    await adminQuery(test, `UPDATE api_keys SET rate_limit_per_minute = 1 WHERE id = (SELECT id FROM api_keys ORDER BY id DESC LIMIT 1)`);
    for (let sent = 0; sent < 6; sent += 1) await test.request('GET', '/v1/users', { key: busy });
    expect(await test.request('GET', '/v1/users', { key: calm })).toMatchObject({ status: 200 });
    expect(await test.request('GET', '/v1/users', { key: small })).toMatchObject({ status: 200 });
    expect(await test.request('GET', '/v1/users', { key: small })).toMatchObject({ status: 429 });
  });

  it('API-04 what a key sends beyond its own limit costs its tenant nothing', async () => {
    const other = await makeTenant(test, { name: 'Loop' });
    const [looping, calm] = [await makeKey(test, other.tenantId), await makeKey(test, other.tenantId)];
    await Promise.all(Array.from({ length: 60 }, () => test.request('GET', '/v1/users', { key: looping })));
    expect(await test.request('GET', '/v1/users', { key: calm })).toMatchObject({ status: 200 });
  });

  it('API-04 holds for a tenant as a whole', async () => {
    const other = await makeTenant(test, { name: 'Many' });
    const keys = await Promise.all(Array.from({ length: 11 }, () => makeKey(test, other.tenantId)));
    const answers = await Promise.all(keys.flatMap((key) => Array.from({ length: 5 }, () => test.request('GET', '/v1/users', { key }))));
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(5);
    expect(await test.request('GET', '/v1/users', { session: await signIn(test, acme.owner) })).toMatchObject({ status: 200 });
  });

  it('API-04 holds for requests without a credential too', async () => {
    const answers = [];
    for (let sent = 0; sent < 7; sent += 1) answers.push((await test.request('GET', '/auth/link?token=guess')).status);
    expect(answers.slice(-2)).toEqual([429, 429]);
    expect(await test.request('GET', '/healthz')).toMatchObject({ status: 200 });
  });

  it('API-04 holds for those who come with a setup link, or guess one', async () => {
    const other = await startTestApp({ configuration: { role: 'web', rateLimitPerMinute: 4 } });
    const statuses = [];
    for (const path of ['/v1/setup/open', '/v1/setup/authorize', '/v1/setup/open', '/v1/setup/authorize', '/v1/setup/open'])
      statuses.push(
        (await other.request('POST', path, { body: { token: 'guess', ...(path.endsWith('open') ? {} : { provider: 'google' }) } })).status,
      );
    await other.close();
    expect(statuses).toEqual([404, 404, 404, 404, 429]);
  });

  it('API-04 believes an address told by a header only when a proxy in front may tell it', async () => {
    const guesses = async (trustedProxies: TestApp['configuration']['trustedProxies']) => {
      const other = await startTestApp({ configuration: { role: 'web', rateLimitPerMinute: 3, trustedProxies } });
      const statuses = [];
      for (let sent = 0; sent < 5; sent += 1) {
        const headers = { 'X-Forwarded-For': `198.51.100.${sent}` };
        statuses.push((await other.request('GET', '/auth/link?token=guess', { headers })).status);
      }
      await other.close();
      return statuses;
    };
    expect(await guesses(0)).toEqual([404, 404, 404, 429, 429]);
    expect(await guesses(['10.0.0.0/8'])).toEqual([404, 404, 404, 429, 429]);
    expect(await guesses(1)).toEqual([404, 404, 404, 404, 404]);
  });
});

describe('metrics', () => {
  it('OBS-04 count requests by route and outbound calls by purpose, for those with the token', async () => {
    expect(await test.request('GET', '/metrics')).toMatchObject({ status: 401 });
    const { body, status } = await test.request('GET', '/metrics', { headers: { authorization: 'Bearer scrape-me-please-1' } });
    expect(status).toBe(200);
    expect(body).toMatch(/http_request_duration_seconds_count\{method="GET",route="\/v1\/users",status="200"\} \d+/);
    expect(body).toContain('# TYPE provider_request_duration_seconds histogram');
    expect(body).toContain('nodejs_eventloop_lag_seconds');
    expect(body).not.toContain('usr_');
  });

  it('OBS-04 are not shown in production without a token', async () => {
    const production = await startTestApp({
      database: test.database,
      configuration: { role: 'web', mode: 'production', metricsToken: null },
    });
    expect(await production.request('GET', '/metrics')).toMatchObject({ status: 404 });
    await production.close();
  });
});

describe('a worker', () => {
  it('answers probes and nothing else', async () => {
    const worker = await startTestApp({ database: test.database, configuration: { role: 'worker' } });
    expect(await worker.request('GET', '/healthz')).toMatchObject({ status: 200 });
    expect(await worker.request('GET', '/readyz')).toMatchObject({ status: 200 });
    expect(await worker.request('GET', '/v1/users', { key: acme.key })).toMatchObject({ status: 404 });
    expect(await worker.request('GET', '/docs')).toMatchObject({ status: 404 });
    await worker.close();
  });
});

describe('a process without its database', () => {
  it('lives but is not ready, and says so instead of failing', async () => {
    const lonely = await startTestApp({ configuration: { role: 'web' } });
    await lonely.database.drop();
    expect(await lonely.request('GET', '/healthz')).toMatchObject({ status: 200 });
    const ready = await lonely.request('GET', '/readyz');
    expect(ready).toMatchObject({ status: 503, body: { code: 'not-ready', detail: expect.stringContaining('database') } });
    expect(await lonely.request('GET', '/v1/users', { key: acme.key })).toMatchObject({
      status: 503,
      body: { code: 'not-ready', retryable: true },
    });
    await lonely.close().catch(() => undefined);
  });
});
