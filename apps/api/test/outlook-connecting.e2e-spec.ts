import tls from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startSandbox, type Sandbox } from '@daymark/sandbox';
import { trustSandboxCa } from '../src/config/sandbox-ca.ts';
import { ConnectionsRepository } from '../src/connections/connections.repository.ts';
import { ProviderCalls } from '../src/connections/provider-calls.ts';
import { Database } from '../src/database/database.ts';
import { auditsOf, authorize, connect, consent, consentOnly, goBack, primaryOf, query, syncNow, uuidOf } from './support/google-world.ts';
import type { Json } from './support/request.ts';
import { makeTenant, makeUser, type TestTenant } from './support/tenants.ts';
import { startTestApp, type TestApp } from './support/test-app.ts';

const provider = 'outlook';
const trusted = tls.getCACertificates('default');

let sandbox: Sandbox;
let test: TestApp;
let tenant: TestTenant;

beforeAll(async () => {
  sandbox = await startSandbox({ microsoftTls: true });
  trustSandboxCa(sandbox.caPem);
  test = await startTestApp({ sandbox, outlook: {} });
  tenant = await makeTenant(test);
  for (const name of ['ada', 'bea', 'cem', 'dan', 'eve', 'fay', 'gil']) sandbox.microsoft.addPerson({ email: `${name}@acme.example` });
  sandbox.microsoft.addPerson({ email: 'kim@outlook.com' });
  for (const name of ['leo', 'mia']) sandbox.microsoft.addPerson({ email: `${name}@strict.example` });
  sandbox.microsoft.addPerson({ email: 'boss@strict.example', isAdmin: true });
}, 60_000);

afterEach(() => sandbox.faults.clear());

afterAll(async () => {
  await test?.close();
  await sandbox?.close();
  tls.setDefaultCACertificates(trusted);
});

const begin = (email: string, more: Json = {}): Promise<Json> => authorize(test, tenant, { email, provider, more });
const get = async (id: string): Promise<Json> => (await test.request('GET', `/v1/connections/${id}`, { key: tenant.key })).body;
const countOf = async (table: 'grants' | 'connections'): Promise<number> =>
  Number((await query(test, tenant, `SELECT count(*) AS count FROM ${table}`))[0].count);
const outcomeOf = (page: URL): Json => Object.fromEntries(page.searchParams);
const reconnectMails = async (email: string): Promise<number> =>
  (await query(test, tenant, `SELECT id FROM mails WHERE kind = 'reconnect' AND details ->> 'accountEmail' = $1`, [email])).length;

describe('connecting an Outlook account', () => {
  it.each(['ada@acme.example', 'kim@outlook.com'])('ends with an active connection whose calendars are read: %s', async (email) => {
    const asked = new URL((await begin(email)).authorize_url);
    expect(asked.pathname).toBe('/common/oauth2/v2.0/authorize');
    expect(asked.searchParams.get('scope')?.split(' ')).toContain('offline_access');
    const connection = await connect(test, tenant, { email, provider });
    expect(connection).toMatchObject({ status: 'active', account_email: email, provider });
    expect(connection.granted_scopes).toContain('Calendars.ReadWrite');
    expect(connection.conditions.map(({ condition }: Json) => condition)).not.toContain('scope-missing');
    expect(await primaryOf(test, tenant, connection.id)).toMatchObject({ primary: true });
  });

  it('CON-02 leads to the directory that was asked for, also when the code is redeemed', async () => {
    const { authorize_url } = await begin('bea@acme.example', { directory: 'acme.example' });
    expect(new URL(authorize_url).pathname).toBe('/acme.example/oauth2/v2.0/authorize');
    expect(outcomeOf(await consent(test, authorize_url))).toMatchObject({ outcome: 'connected' });
    const [redeemed] = sandbox.journal.list({ operation: 'entra.token', account: 'bea@acme.example' });
    expect(redeemed).toMatchObject({ status: 200, key: { tenant: 'acme.example' } });
    for (const directory of ['', '../common', 'a b'])
      expect((await test.request('POST', '/v1/connections/authorize', askedBy({ directory }))).status).toBe(422);
  });

  it('CON-02 lets in no other directory than the one that is set', async () => {
    const strict = await startTestApp({ sandbox, outlook: { tenant: 'acme.example' }, database: test.database });
    try {
      const one = (directory: string) => strict.request('POST', '/v1/connections/authorize', askedBy({ directory }));
      expect((await one('acme.example')).status).toBe(200);
      expect(await one('strict.example')).toMatchObject({ status: 422, body: { errors: [{ pointer: '/directory' }] } });
    } finally {
      await strict.close();
    }
  });

  it('CON-03 is offered beside the others, which have no use for a directory', async () => {
    const { body } = await test.request('POST', '/v1/connections/authorize', askedBy({ provider: '*', directory: 'acme.example' }));
    expect(body.data.map((one: Json) => [one.provider, one.admin_consent_url !== null])).toEqual([
      ['google', false],
      ['outlook', true],
    ]);
  });

  it('tells a person who said no', async () => {
    const page = await consent(test, (await begin('cem@acme.example')).authorize_url, { decision: 'deny' });
    expect(outcomeOf(page)).toEqual({ outcome: 'denied', code: 'oauth-denied' });
    expect((await auditsOf(test, tenant, 'connection.authorization_refused')).at(-1)?.after).toEqual({ reason: 'AADSTS65004' });
  });

  it('tells when the provider was taken out meanwhile, also its audit', async () => {
    const without = await startTestApp({ sandbox, database: test.database });
    try {
      const forms: readonly Readonly<Record<string, string>>[] = [{}, { decision: 'deny' }];
      for (const form of forms) {
        const back = await consentOnly((await begin('cem@acme.example')).authorize_url, form);
        const before = (await auditsOf(test, tenant, 'connection.authorization_refused')).length;
        expect(outcomeOf(await goBack(without, back))).toEqual({ outcome: 'failed', code: 'provider-not-configured' });
        expect(await auditsOf(test, tenant, 'connection.authorization_refused')).toHaveLength(before + 1);
      }
    } finally {
      await without.close();
    }
  });

  it('tells a wrong secret from a refused account, and stores nothing', async () => {
    const { clientId } = test.configuration.outlook!;
    const redirectUris = ['oauth', 'auth'].map((way) => `${test.baseUrl}/${way}/outlook/callback`);
    const before = await countOf('grants');
    sandbox.microsoft.registerClient({ id: clientId, secrets: ['another'], redirectUris });
    const page = await consent(test, (await begin('cem@acme.example')).authorize_url);
    sandbox.microsoft.registerClient({ id: clientId, secrets: [`${clientId}-secret`], redirectUris });
    expect(outcomeOf(page)).toEqual({ outcome: 'failed', code: 'provider-client-invalid' });
    expect(await countOf('grants')).toBe(before);
  });

  it('F22 stores nothing when no calendar permission was granted', async () => {
    const back = await consentOnly((await begin('cem@acme.example')).authorize_url);
    const claims = { aud: test.configuration.outlook!.clientId, iss: 'i', tid: 't', oid: 'o' };
    const tokens = {
      token_type: 'Bearer',
      access_token: 'a',
      expires_in: 3600,
      scope: 'openid User.Read',
      id_token: `h.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.s`,
    };
    const user = { id: 'o', displayName: 'Cem', mail: null, userPrincipalName: 'cem@acme.example' };
    for (const [operation, body] of [
      ['entra.token', tokens],
      ['graph.user.get', user],
    ] as const)
      sandbox.faults.add({ operation, answer: { kind: 'status', status: 200, rawBody: JSON.stringify(body) } });
    const before = await countOf('grants');
    expect(outcomeOf(await goBack(test, back))).toEqual({ outcome: 'failed', code: 'scope-missing' });
    expect(await countOf('grants')).toBe(before);
  });

  it('tells that a policy of the organisation is in the way', async () => {
    const { authorize_url } = await begin('cem@acme.example');
    sandbox.faults.add({ operation: 'entra.token', answer: { kind: 'status', status: 400, reason: '53003' } });
    expect(outcomeOf(await consent(test, authorize_url))).toEqual({ outcome: 'failed', code: 'conditional-access-blocked' });
  });
});

describe('an organisation whose administrator has to approve', () => {
  it('CON-15 ends on a page that says so, and connects once they have', async () => {
    sandbox.microsoft.setTenant('strict.example', { requiresAdminConsent: true });
    const returnUrl = `${test.baseUrl}/somewhere`;
    const asked = await begin('leo@strict.example', { return_url: returnUrl });
    const refused = await consent(test, asked.authorize_url, { decision: 'return' });
    expect(outcomeOf(refused)).toMatchObject({ outcome: 'admin-consent', code: 'admin-consent-required' });
    const adminUrl = refused.searchParams.get('admin_consent_url') ?? '';
    expect(new URL(adminUrl).pathname).toBe('/organizations/v2.0/adminconsent');

    const before = [await countOf('grants'), await countOf('connections')];
    const back = await consentOnly(adminUrl, { account: 'boss@strict.example' });
    expect(back.searchParams.get('admin_consent')).toBe('True');
    test.clock.advance(6 * 86_400_000);
    expect(outcomeOf(await goBack(test, back))).toEqual({ outcome: 'approved' });
    expect(outcomeOf(await goBack(test, back))).toEqual({ outcome: 'approved' });
    test.clock.advance(-6 * 86_400_000);
    expect([await countOf('grants'), await countOf('connections')]).toEqual(before);
    expect((await auditsOf(test, tenant, 'connection.approval_reported')).map(({ after }) => after)).toEqual([{ provider }]);

    expect(outcomeOf(await consent(test, (await begin('leo@strict.example')).authorize_url))).toMatchObject({ outcome: 'connected' });
  });

  it('leads nowhere else with what the administrator’s way back carries', async () => {
    const { admin_consent_url: url, authorize_url } = await begin('mia@strict.example');
    const state = new URL(url).searchParams.get('state');
    const exchange = (body: Json): Promise<Json> => test.request('POST', '/v1/oauth/exchange', { key: tenant.key, body });
    expect(await exchange({ code: 'c', state })).toMatchObject({ status: 400, body: { code: 'oauth-state-invalid' } });
    const made = new URL(`${test.baseUrl}/oauth/outlook/callback?admin_consent=True&tenant=t&state=never-issued-here`);
    expect(outcomeOf(await goBack(test, made))).toEqual({ outcome: 'failed', code: 'oauth-state-invalid' });
    const back = await consentOnly(authorize_url);
    back.searchParams.set('admin_consent', 'True');
    const before = await countOf('grants');
    expect(outcomeOf(await goBack(test, back))).toEqual({ outcome: 'failed', code: 'oauth-state-invalid' });
    expect(await countOf('grants')).toBe(before);
  });

  it('names the address in the problem that a program gets', async () => {
    const back = await consentOnly((await begin('dan@acme.example')).authorize_url);
    sandbox.faults.add({ operation: 'entra.token', answer: { kind: 'status', status: 400, reason: '65001' } });
    const body = { code: back.searchParams.get('code'), state: back.searchParams.get('state') };
    const answer = await test.request('POST', '/v1/oauth/exchange', { key: tenant.key, body });
    expect(answer).toMatchObject({ status: 403, body: { code: 'admin-consent-required', provider: { code: 'AADSTS65001' } } });
    const url = new URL(answer.body.admin_consent_url);
    expect(url.searchParams.get('redirect_uri')).toBe(`${test.baseUrl}/oauth/outlook/callback`);
    expect(outcomeOf(await goBack(test, await consentOnly(url.href, { decision: 'deny' })))).toMatchObject({ outcome: 'denied' });
  });
});

describe('a grant that has ended', () => {
  it('CON-13 asks its owner once, and CON-14 keeps ids and answers what was demanded when it is connected again', async () => {
    const email = 'eve@acme.example';
    const connection = await connect(test, tenant, { email, provider });
    const calendar = await primaryOf(test, tenant, connection.id);
    sandbox.microsoft.setSignIn(email, { blockedBy: 50076 });
    sandbox.microsoft.expireAccessTokens(email);
    for (let run = 0; run < 2; run += 1) await test.request('POST', `/v1/connections/${connection.id}/refresh`, { key: tenant.key });
    await syncNow(test, tenant, connection.id);
    expect(await get(connection.id)).toMatchObject({ status: 'expired', last_error: { code: 'reauthorization-required' } });
    expect(await reconnectMails(email)).toBe(1);

    const asked = await test.request('POST', `/v1/connections/${connection.id}/reauthorize`, { key: tenant.key, body: {} });
    const url = new URL(asked.body.authorize_url);
    expect(url.searchParams.get('login_hint')).toBe(email);
    expect(JSON.parse(url.searchParams.get('claims') ?? '{}')).toMatchObject({ access_token: { capolids: { essential: true } } });
    sandbox.microsoft.setSignIn(email, { blockedBy: null });
    const page = await consent(test, url.href);
    expect(page.searchParams.get('connection_id')).toBe(connection.id);
    expect(await get(connection.id)).toMatchObject({ id: connection.id, status: 'active', last_error: null });
    expect((await primaryOf(test, tenant, connection.id)).id).toBe(calendar.id);
    const again = await test.request('POST', `/v1/connections/${connection.id}/reauthorize`, { key: tenant.key, body: {} });
    expect(new URL(again.body.authorize_url).searchParams.has('claims')).toBe(false);
  });

  it('is withdrawn here when the account is disconnected, without a call', async () => {
    const connection = await connect(test, tenant, { email: 'fay@acme.example', provider });
    const calls = sandbox.journal.list({ account: 'fay@acme.example' }).length;
    expect((await test.request('DELETE', `/v1/connections/${connection.id}`, { key: tenant.key })).body.status).toBe('revoked');
    await expect
      .poll(() => query(test, tenant, `SELECT id FROM grants g WHERE sealed_tokens IS NULL AND remote_account_id LIKE '%.%'`))
      .toHaveLength(1);
    expect(sandbox.journal.list({ account: 'fay@acme.example' })).toHaveLength(calls);
  });
});

describe('the limit of calls at the same time', () => {
  it('is kept for an account, however many things are done for it at once', async () => {
    const email = 'gil@acme.example';
    const { id } = await connect(test, tenant, { email, provider });
    const connection = await test
      .get(Database)
      .withTenant(tenant.tenantId, async (tx) => (await test.get(ConnectionsRepository).find(tx, uuidOf(id, 'connection')))!);
    const before = sandbox.journal.list({ account: email, operation: 'graph.*' }).length;
    sandbox.faults.add({ operation: 'graph.*', answer: { kind: 'slow', delayMs: 60 }, times: 99, match: { account: email } });
    const all = Array.from({ length: 12 }, () => test.get(ProviderCalls).with(connection, (session) => session.listCalendars()));
    expect((await Promise.all(all)).every((calendars) => calendars.length > 0)).toBe(true);
    const calls = sandbox.journal.list({ account: email, operation: 'graph.*' });
    expect(calls.length - before).toBeGreaterThanOrEqual(12);
    expect(calls.filter(({ status }) => status !== 200)).toEqual([]);
  });
});

describe('signing in with Microsoft', () => {
  it('lets in whom a tenant has invited by their sign-in name, once', async () => {
    const user = await makeUser(test, tenant, { email: 'ada@acme.example' });
    const start = await test.request('GET', '/auth/outlook?return_to=%2Fmeetings');
    const cookie = start.headers.get('set-cookie')!.split(';')[0]!;
    const back = await consentOnly(start.headers.get('location')!, { account: 'ada@acme.example' });
    const path = `${back.pathname}${back.search}`;
    const end = await test.request('GET', path, { headers: { cookie } });
    expect([end.status, end.headers.get('location')]).toEqual([302, '/meetings']);
    const session = end.headers.get('set-cookie')!.split(';')[0]!;
    expect((await test.request('GET', '/v1/session', { headers: { cookie: session } })).body.user.id).toBe(user.id);
    expect((await test.request('GET', path, { headers: { cookie } })).body.code).toBe('oauth-state-used');
  });
});

function askedBy(body: Json): Json {
  return { key: tenant.key, body: { provider, user_id: tenant.owner.id, ...body } };
}
