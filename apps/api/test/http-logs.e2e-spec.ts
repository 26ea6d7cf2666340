import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Secret } from '@daymark/domain';
import { ProviderError } from '@daymark/provider-contract';
import { UsersRepository } from '../src/identity/users.repository.ts';
import { makeTenant, makeUser, signIn, type TestTenant } from './support/tenants.ts';
import { startTestApp, type TestApp } from './support/test-app.ts';

let test: TestApp;
let acme: TestTenant;

/** Fails in a way that a test chooses, with everything on it that drivers and clients hang on their errors. */
class FailingUsers extends UsersRepository {
  failure: Error | null = null;

  override list(...given: Parameters<UsersRepository['list']>) {
    if (this.failure !== null) throw this.failure;
    return super.list(...given);
  }
}
const users = new FailingUsers();

beforeAll(async () => {
  test = await startTestApp({
    sandbox: 'start',
    configuration: { role: 'web', logLevel: 'debug', metricsToken: new Secret('canary-metrics-token') },
    overrides: [{ token: UsersRepository, value: users }],
  });
  acme = await makeTenant(test);
});
afterAll(() => test.close());

const lines = () => test.logs.map((line): Record<string, unknown> => JSON.parse(line));

describe('the log', () => {
  it('OBS-01 has one JSON line per request with tenant, request and operation', async () => {
    await test.request('GET', '/v1/users?q=who', { key: acme.key, headers: { 'X-Request-Id': 'req-to-look-for' } });
    const found = lines().filter(({ requestId }) => requestId === 'req-to-look-for');
    expect(found).toMatchObject([
      {
        level: 'info',
        msg: 'request',
        method: 'GET',
        path: '/v1/users',
        status: 200,
        tenantId: acme.id,
        operation: 'listUsers',
        service: 'daymark',
      },
    ]);
    expect(found[0]!['time']).toMatch(/^\d{4}-\d\d-\d\dT/);
  });

  it('SEC-07 F24 holds none of the secrets that went through, nor do the answers', async () => {
    const answers: string[] = [];
    const keep = async (promise: ReturnType<TestApp['request']>) => {
      const answer = await promise;
      answers.push(
        JSON.stringify(answer.body),
        JSON.stringify([...answer.headers].filter(([name]) => name !== 'set-cookie' && name !== 'location')),
      );
      return answer;
    };
    const session = await signIn(test, acme.owner);
    await makeUser(test, acme, { email: 'grace@acme.example' });
    test.sandbox!.google.addPerson({ email: 'grace@acme.example' });
    const start = await keep(test.request('GET', '/auth/google'));
    const consent = await fetch(start.headers.get('location')!, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ decision: 'allow', account: 'grace@acme.example' }),
    });
    const back = new URL(consent.headers.get('location')!);
    const cookie = start.headers.get('set-cookie')!.split(';')[0]!;
    const done = await keep(test.request('GET', `${back.pathname}${back.search}`, { headers: { cookie } }));
    expect(done.status).toBe(302);
    await keep(test.request('GET', `${back.pathname}${back.search}`, { headers: { cookie } }));
    const secrets = [
      acme.key,
      session.cookie.split('=')[1]!,
      cookie.split('=')[1]!,
      done.headers.get('set-cookie')!.split(';')[0]!.split('=')[1]!,
      back.searchParams.get('code')!,
      back.searchParams.get('state')!,
      'canary-metrics-token',
      ...test.configuration.google!.clientSecrets.map((secret) => secret.reveal()),
    ];
    await keep(test.request('GET', '/v1/session', { session }));
    await keep(test.request('GET', '/v1/users', { key: acme.key }));
    await keep(test.request('GET', `/v1/users?api_key=${acme.key}`));
    await keep(test.request('POST', '/v1/users', { key: acme.key, body: `{"email":"${acme.key}"` }));
    await keep(test.request('GET', '/metrics', { headers: { authorization: 'Bearer canary-metrics-token' } }));
    const failures = [
      Object.assign(new Error(`the vendor echoed ${acme.key}`), {
        config: { headers: { Authorization: 'Bearer ya29.canary-token' } },
        parameters: ['canary-parameter'],
      }),
      new ProviderError('invalid-response', 'The answer cannot be read.', {
        cause: new Error('body was {"refresh_token":"1//canary-refresh"}'),
      }),
      new Error('outer', {
        cause: Object.assign(new Error('POST /token?client_secret=canary-secret failed'), { response: { body: 'canary-body' } }),
      }),
    ];
    for (const failure of failures) {
      users.failure = failure;
      const answer = await keep(test.request('GET', '/v1/users', { key: acme.key }));
      expect(answer.status).toBeGreaterThanOrEqual(500);
    }
    users.failure = null;
    const logged = test.logs.join('');
    for (const secret of [...secrets, 'canary-token', 'canary-parameter', 'canary-refresh', 'canary-secret', 'canary-body']) {
      expect(logged.includes(secret), `${secret} in the log`).toBe(false);
      expect(answers.join('').includes(secret) && secret !== session.csrf, `${secret} in an answer`).toBe(false);
    }
    expect(logged).toContain('outer');
  });

  it('SEC-07 tells callers of an unexpected error nothing but its reference', async () => {
    users.failure = new Error('relation "users" has no column "canary"');
    const { status, body } = await test.request('GET', '/v1/users', { key: acme.key, headers: { 'X-Request-Id': 'req-of-failure' } });
    users.failure = null;
    expect(status).toBe(500);
    expect(body).toMatchObject({ code: 'internal', detail: 'An unexpected error occurred.', request_id: 'req-of-failure' });
    expect(JSON.stringify(body)).not.toContain('canary');
    const logged = lines().filter(({ requestId, level }) => requestId === 'req-of-failure' && level === 'error');
    expect(JSON.stringify(logged)).toContain('has no column');
  });

  it('F50 keeps line breaks of callers inside their line', async () => {
    await test.request('GET', '/v1/users/a%0A%7B%22level%22%3A%22fatal%22%7D', { key: acme.key });
    for (const line of test.logs) expect(line.trimEnd()).not.toContain('\n');
  });
});
