import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Secret } from '@daymark/domain';
import { ProviderRegistry } from '@daymark/provider-contract';
import { startSandbox, type Sandbox } from '@daymark/sandbox';
import { connect } from './support/google-world.ts';
import type { Json } from './support/request.ts';
import { makeKey, makeTenant, makeUser, signIn, type TestTenant } from './support/tenants.ts';
import { startTestApp, type TestApp } from './support/test-app.ts';

let sandbox: Sandbox;
let test: TestApp;
let tenant: TestTenant;
let clientId: string;
let redirectUris: string[];

/** Two secrets: the one that is coming, which the service does not know yet, and the one in use. */
const [NEXT, CURRENT] = ['next-canary-secret', 'current-canary-secret'];

beforeAll(async () => {
  sandbox = await startSandbox();
  const plain = await startTestApp({ sandbox });
  const google = { ...plain.configuration.google!, clientSecrets: [new Secret(NEXT), new Secret(CURRENT)] };
  clientId = google.clientId;
  await plain.close();
  test = await startTestApp({ sandbox, configuration: { google } });
  redirectUris = ['oauth', 'auth'].map((way) => `${test.baseUrl}/${way}/google/callback`);
  register(CURRENT);
  tenant = await makeTenant(test);
  sandbox.google.addPerson({ email: 'ada@acme.example', name: 'Ada', timeZone: 'UTC' });
  test.get(ProviderRegistry).registerUnconfigured({ id: 'elsewhere', name: 'Elsewhere', reason: 'ELSEWHERE_CLIENT_ID is not set' });
}, 60_000);

afterAll(async () => {
  await test?.close();
  await sandbox?.close();
});

function register(...secrets: string[]): void {
  sandbox.google.registerClient({ id: clientId, secrets, redirectUris });
}

const check = async (id = 'google') => test.request('POST', `/v1/providers/${id}/check`, { key: tenant.key });
const outcomes = ({ steps }: Json): Json => Object.fromEntries(steps.map(({ step, outcome }: Json) => [step, outcome]));

describe('the providers', () => {
  it('tell what has to be registered with the service, and what is asked for', async () => {
    const { body } = await test.request('GET', '/v1/providers', { key: tenant.key });
    const google = body.data.find(({ id }: Json) => id === 'google');
    expect(google).toMatchObject({ client_id: clientId, redirect_uri: redirectUris[0], sign_in: { redirect_uri: redirectUris[1] } });
    expect(google.capabilities).toContain('write');
    expect(body.data.find(({ id }: Json) => id === 'elsewhere').client_id).toBeNull();
    const config = await test.request('GET', '/v1/providers/google/config', { key: tenant.key });
    expect(config.body).toMatchObject({ configured: true, client_id: clientId, has_client_secret: true, redirect_uris: redirectUris });
    expect(config.body.scopes).toContain('https://www.googleapis.com/auth/calendar.events');
    const none = await test.request('GET', '/v1/providers/elsewhere/config', { key: tenant.key });
    expect(none.body).toMatchObject({ configured: false, reason: 'ELSEWHERE_CLIENT_ID is not set', has_client_secret: false });
    const unknown = await test.request('GET', '/v1/providers/nowhere/config', { key: tenant.key });
    expect([unknown.status, unknown.body.code]).toEqual([404, 'not-found']);
  });

  it('CON-19 never tell a secret, wherever one looks', async () => {
    register('another-secret');
    const seen = [
      await test.request('GET', '/v1/providers', { key: tenant.key }),
      await test.request('GET', '/v1/providers/google/config', { key: tenant.key }),
      await check(),
    ];
    register(CURRENT);
    expect(JSON.stringify([seen.map(({ body }) => body), test.logs])).not.toContain('canary-secret');
  });
});

describe('the check of a registration', () => {
  it('passes when the service knows the client, and says what it cannot tell', async () => {
    const { status, body } = await check();
    expect([status, body.ok, body.failed_step, body.redirect_uri]).toEqual([200, true, null, redirectUris[0]]);
    expect(outcomes(body)).toEqual({ reachable: 'passed', 'client-id': 'passed', 'client-secret': 'passed', 'redirect-uri': 'unknown' });
    expect(body.steps.at(-1).detail).toContain(redirectUris[0]);
  });

  it('names the step that failed, with cause, fix and who', async () => {
    register('another-secret');
    const { status, body } = await check();
    register(CURRENT);
    expect([status, body.ok, body.failed_step]).toEqual([200, false, 'client-id']);
    expect(body.steps[1]).toMatchObject({ outcome: 'failed', who: 'operator', detail: expect.stringContaining('client id') });
    for (const step of body.steps.filter(({ outcome }: Json) => outcome === 'failed')) {
      expect(step.cause).toEqual(expect.any(String));
      expect(step.fix).toEqual(expect.any(String));
    }
  });

  it('is for the owner and the operator, and for what is set up', async () => {
    for (const role of ['admin', 'member'] as const) {
      const session = await signIn(test, await makeUser(test, tenant, { role }));
      const refused = await test.request('POST', '/v1/providers/google/check', { session });
      expect([refused.status, refused.body.code]).toEqual([403, 'forbidden-role']);
    }
    const operator = await makeKey(test, tenant.tenantId, { role: 'platform' });
    expect((await test.request('POST', '/v1/providers/google/check', { key: operator })).status).toBe(200);
    expect((await check('elsewhere')).body).toMatchObject({ code: 'provider-not-configured', detail: 'ELSEWHERE_CLIENT_ID is not set' });
    expect((await check('nowhere')).body.code).toBe('not-found');
  });
});

describe('CON-19 two client secrets at once', () => {
  it('connect with the old one and go on with the new one: replacing it disconnects nobody', async () => {
    const connection = await connect(test, tenant, { email: 'ada@acme.example' });
    for (const secrets of [[CURRENT, NEXT], [NEXT]]) {
      register(...secrets);
      const refreshed = await test.request('POST', `/v1/connections/${connection.id}/refresh`, { key: tenant.key });
      expect([refreshed.status, refreshed.body.connection?.status, refreshed.body.token_renewed]).toEqual([200, 'active', true]);
    }
    expect((await check()).body.ok).toBe(true);
  });
});
