import { createHash } from 'node:crypto';
import type { JSONWebKeySet } from 'jose';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Sandbox } from '../start-sandbox.ts';
import { MICROSOFT_CLIENT, startMicrosoftSandbox } from '../testing/microsoft-world.ts';
import { PERSONAL_TENANT_ID } from './microsoft-people.ts';

const REDIRECT = MICROSOFT_CLIENT.redirectUris[0] ?? '';
const VERIFIER = 'a-verifier-that-is-long-enough-0123456789-abcdef';
const SCOPES = 'openid profile email offline_access https://graph.microsoft.com/Calendars.ReadWrite user.read';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await startMicrosoftSandbox();
});
afterEach(() => sandbox.close());

type Change = Readonly<Record<string, string | null>>;

function addressOf(path: string, all: Change): string {
  const query = new URLSearchParams(Object.entries(all).flatMap(([name, value]) => (value === null ? [] : [[name, value]])));
  return `${sandbox.microsoftUrl}/${path}?${query.toString()}`;
}

function authorizeUrl(change: Change = {}, tenant = 'common'): string {
  return addressOf(`${tenant}/oauth2/v2.0/authorize`, {
    client_id: MICROSOFT_CLIENT.id,
    redirect_uri: REDIRECT,
    response_type: 'code',
    scope: SCOPES,
    state: 'state-1',
    nonce: 'nonce-1',
    login_hint: 'ada@acme.example',
    code_challenge: createHash('sha256').update(VERIFIER).digest('base64url'),
    code_challenge_method: 'S256',
    ...change,
  });
}

async function answerOf(url: string, form?: Readonly<Record<string, string>>): Promise<Response> {
  return fetch(url, { redirect: 'manual', ...(form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) }) });
}

async function decide(url: string, form: Readonly<Record<string, string>> = { decision: 'allow' }): Promise<URLSearchParams> {
  const response = await answerOf(url, form);
  expect(response.status).toBe(302);
  return new URL(response.headers.get('location') ?? '').searchParams;
}

interface TokenAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

async function token(form: Readonly<Record<string, string>>, tenant = 'common'): Promise<TokenAnswer> {
  const body = new URLSearchParams({ client_id: MICROSOFT_CLIENT.id, client_secret: 'secret-1', ...form });
  const response = await fetch(`${sandbox.microsoftUrl}/${tenant}/oauth2/v2.0/token`, { method: 'POST', body });
  return { status: response.status, body: (await response.json()) as TokenAnswer['body'] };
}

function exchange(code: string | null, change: Readonly<Record<string, string>> = {}, tenant = 'common'): Promise<TokenAnswer> {
  const form = { grant_type: 'authorization_code', code: code ?? '', redirect_uri: REDIRECT, code_verifier: VERIFIER, ...change };
  return token(form, tenant);
}

function refresh(refreshToken: unknown, change: Readonly<Record<string, string>> = {}): Promise<TokenAnswer> {
  return token({ grant_type: 'refresh_token', refresh_token: String(refreshToken), ...change });
}

describe('the consent page', () => {
  it('offers the people, the hinted one chosen, and all that is asked for without boxes to untick', async () => {
    const response = await answerOf(authorizeUrl());
    const html = await response.text();
    expect(response.status).toBe(200);
    expect(html).toContain('value="ada@acme.example" checked');
    expect(html).toContain('Have full access to your calendars');
    expect(html).not.toMatch(/type="checkbox"|<script/);
  });

  it('sends the person back with code, state and session', async () => {
    const back = await decide(authorizeUrl());
    expect([...back.keys()].sort()).toEqual(['code', 'session_state', 'state']);
    expect(back.get('state')).toBe('state-1');
  });

  it('sends a refusal back as access_denied, cancelled by the person', async () => {
    const back = await decide(authorizeUrl(), { decision: 'deny' });
    expect([back.get('error'), back.get('error_subcode'), back.get('state')]).toEqual(['access_denied', 'cancel', 'state-1']);
    expect(back.get('error_description')).toMatch(/^AADSTS65004: /);
  });

  it('makes a person for an address that nobody has', async () => {
    await decide(authorizeUrl({ login_hint: null }), { decision: 'allow', new_account: 'zoe@new.example' });
    expect(sandbox.microsoft.people().map(({ email }) => email)).toContain('zoe@new.example');
  });

  it('answers in the fragment or by a form when asked to', async () => {
    const fragment = await answerOf(authorizeUrl({ response_mode: 'fragment' }), { decision: 'allow' });
    expect(fragment.headers.get('location')).toMatch(/callback#code=/);
    const post = await (await answerOf(authorizeUrl({ response_mode: 'form_post' }), { decision: 'allow' })).text();
    expect(post).toContain(`action="${REDIRECT}"`);
    expect(post).toContain('name="code"');
  });

  it.each([
    ['a redirect URI that differs in a slash', { redirect_uri: `${REDIRECT}/` }, 'common', 50011],
    ['an unknown application', { client_id: '99999999-2222-4333-8444-555555555555' }, 'common', 700016],
    ['a tenant that nobody has', {}, 'aaaaaaaa-0000-4000-a000-aaaaaaaaaaaa', 90002],
  ])('shows its own page, with no way back, for %s', async (_name, change, tenant, code) => {
    const response = await answerOf(authorizeUrl(change, tenant));
    expect(response.status).toBe(400);
    expect(await response.text()).toContain(`AADSTS${code}`);
  });

  it.each([
    ['an unknown scope', { scope: 'openid Calendars.Imagined' }, 'invalid_scope', 'AADSTS70011'],
    ['a response type other than code', { response_type: 'token' }, 'unsupported_response_type', 'AADSTS70007'],
    ['a challenge that is too short', { code_challenge: 'short' }, 'invalid_request', 'AADSTS9002313'],
  ])('sends back %s', async (_name, change, error, code) => {
    const response = await answerOf(authorizeUrl(change));
    const back = new URL(response.headers.get('location') ?? '').searchParams;
    expect(back.get('error')).toBe(error);
    expect(back.get('error_description')).toContain(code);
  });

  it('with prompt none, answers without a page or says why not', async () => {
    const silent = async (change: Change = {}): Promise<URLSearchParams> =>
      new URL((await answerOf(authorizeUrl({ prompt: 'none', ...change }))).headers.get('location') ?? '').searchParams;
    expect((await silent({ login_hint: null })).get('error')).toBe('login_required');
    expect((await silent()).get('error')).toBe('consent_required');
    await decide(authorizeUrl());
    expect((await silent()).get('code')).not.toBeNull();
  });
});

describe('tenants', () => {
  it.each([
    ['organizations', 'ada@acme.example', true],
    ['organizations', 'kim@outlook.com', false],
    ['consumers', 'kim@outlook.com', true],
    ['consumers', 'ada@acme.example', false],
    ['acme.example', 'leo@acme.example', true],
    ['acme.example', 'rosa@globex.example', false],
  ])('%s with %s: let in %s', async (tenant, account, isLetIn) => {
    const response = await answerOf(authorizeUrl({}, tenant), { decision: 'allow', account });
    expect(response.status).toBe(isLetIn ? 302 : 400);
    if (!isLetIn) expect(await response.text()).toContain('AADSTS50020');
  });

  it('an application of one tenant is refused at the common endpoint, and taken at its own', async () => {
    const tenant = sandbox.microsoft.people()[0]?.tenantId ?? '';
    sandbox.microsoft.registerClient({ ...MICROSOFT_CLIENT, audience: tenant });
    expect(await (await answerOf(authorizeUrl())).text()).toContain('AADSTS50194');
    const back = await decide(authorizeUrl({}, tenant));
    expect((await exchange(back.get('code'), {}, tenant)).status).toBe(200);
  });

  it('a code is good only where it was given', async () => {
    const back = await decide(authorizeUrl({}, 'organizations'));
    expect((await exchange(back.get('code'))).body).toMatchObject({ error: 'invalid_grant', error_codes: [700005] });
  });

  it('where consent is kept to administrators, others need approval until one has granted it for all', async () => {
    sandbox.microsoft.setTenant('acme.example', { requiresAdminConsent: true });
    const blocked = await answerOf(authorizeUrl(), { decision: 'allow', account: 'leo@acme.example' });
    expect(blocked.status).toBe(403);
    expect(await blocked.text()).toContain('AADSTS90094');
    expect((await decide(authorizeUrl(), { decision: 'allow', account: 'ada@acme.example' })).get('code')).not.toBeNull();
    const returned = await decide(authorizeUrl(), { decision: 'return', account: 'leo@acme.example' });
    expect(returned.get('error')).toBe('access_denied');
    const admin = addressOf('organizations/v2.0/adminconsent', {
      client_id: MICROSOFT_CLIENT.id,
      redirect_uri: REDIRECT,
      scope: 'https://graph.microsoft.com/.default',
      state: 'state-2',
    });
    expect((await decide(admin, { decision: 'deny' })).get('error')).toBe('consent_required');
    const granted = await decide(admin, { decision: 'allow', account: 'ada@acme.example' });
    expect([granted.get('admin_consent'), granted.get('state')]).toEqual(['True', 'state-2']);
    expect(granted.get('tenant')).toBe(sandbox.microsoft.people()[0]?.tenantId);
    expect((await decide(authorizeUrl(), { decision: 'allow', account: 'leo@acme.example' })).get('code')).not.toBeNull();
  });

  it('only an administrator grants for everybody', async () => {
    const url = addressOf('organizations/v2.0/adminconsent', { client_id: MICROSOFT_CLIENT.id, redirect_uri: REDIRECT });
    const response = await answerOf(url, { decision: 'allow', account: 'leo@acme.example' });
    expect(await response.text()).toContain('AADSTS90094');
  });
});

describe('the token endpoint', () => {
  it('exchanges a code once, with an ID token that the published keys verify', async () => {
    const back = await decide(authorizeUrl());
    const { status, body } = await exchange(back.get('code'));
    expect(status).toBe(200);
    expect(body).toMatchObject({ token_type: 'Bearer', scope: 'openid profile email Calendars.ReadWrite User.Read' });
    expect(Number(body.expires_in)).toBeGreaterThanOrEqual(3600);
    const document = (await (await fetch(`${sandbox.microsoftUrl}/common/v2.0/.well-known/openid-configuration`)).json()) as Record<
      string,
      string
    >;
    expect(document.issuer).toBe(`${sandbox.microsoftUrl}/{tenantid}/v2.0`);
    const keys = (await (await fetch(document.jwks_uri ?? '')).json()) as JSONWebKeySet;
    const ada = sandbox.microsoft.people()[0];
    const { payload } = await jwtVerify(String(body.id_token), createLocalJWKSet(keys), {
      issuer: document.issuer?.replace('{tenantid}', ada?.tenantId ?? ''),
      audience: MICROSOFT_CLIENT.id,
      currentDate: new Date(sandbox.clock.now()),
    });
    expect(payload).toMatchObject({ oid: ada?.oid, tid: ada?.tenantId, ver: '2.0', nonce: 'nonce-1', email: 'ada@acme.example' });
    expect((await exchange(back.get('code'))).body).toMatchObject({ error: 'invalid_grant', error_codes: [54005] });
  });

  it('names personal accounts by their own tenant', async () => {
    const document = (await (await fetch(`${sandbox.microsoftUrl}/consumers/v2.0/.well-known/openid-configuration`)).json()) as {
      issuer: string;
    };
    expect(document.issuer).toBe(`${sandbox.microsoftUrl}/${PERSONAL_TENANT_ID}/v2.0`);
  });

  it('gives no refresh token without offline_access and no ID token without openid', async () => {
    const back = await decide(authorizeUrl({ scope: 'Calendars.Read' }));
    const { body } = await exchange(back.get('code'));
    expect([body.refresh_token, body.id_token, body.scope]).toEqual([undefined, undefined, 'Calendars.Read']);
  });

  it.each([
    ['a wrong verifier', { code_verifier: 'x'.repeat(50) }, 400, 'invalid_grant', 501481],
    ['another redirect URI', { redirect_uri: 'http://127.0.0.1:9/other' }, 400, 'invalid_grant', 50011],
    ['an unknown code', { code: 'made-up' }, 400, 'invalid_grant', 70000],
    ['a wrong secret', { client_secret: 'secret-2' }, 401, 'invalid_client', 7000215],
    ['no secret', { client_secret: '' }, 401, 'invalid_client', 7000218],
    ['an unknown application', { client_id: 'nobody' }, 400, 'unauthorized_client', 700016],
    ['an unknown grant', { grant_type: 'password' }, 400, 'unsupported_grant_type', 70003],
    ['a scope that was not asked for', { scope: 'Mail.Send' }, 400, 'invalid_scope', 70011],
  ])('refuses %s', async (_name, change, status, error, code) => {
    const back = await decide(authorizeUrl());
    const answer = await exchange(back.get('code'), change);
    expect([answer.status, answer.body.error, answer.body.error_codes]).toEqual([status, error, [code]]);
    expect(answer.body.error_description).toMatch(new RegExp(`^AADSTS${code}: .+ Trace ID: .+ Correlation ID: .+ Timestamp: `));
    expect(answer.body.timestamp).toBe('2026-11-20 08:00:00Z');
  });

  it('refuses a code after ten minutes', async () => {
    const back = await decide(authorizeUrl());
    sandbox.clock.advance(601_000);
    expect((await exchange(back.get('code'))).body.error_codes).toEqual([70008]);
  });

  it('takes two secrets at once, and none after its end', async () => {
    const secrets = ['new', { value: 'old', expiresAt: '2026-11-20T09:00:00Z' }];
    sandbox.microsoft.registerClient({ ...MICROSOFT_CLIENT, secrets });
    const { refreshToken } = sandbox.microsoft.connect('ada@acme.example');
    const old = (): Promise<TokenAnswer> => refresh(refreshToken, { client_secret: 'old' });
    expect([(await old()).status, (await refresh(refreshToken, { client_secret: 'new' })).status]).toEqual([200, 200]);
    sandbox.clock.advance(3_600_000);
    expect((await old()).body).toMatchObject({ error: 'invalid_client', error_codes: [7000222] });
  });
});

describe('refresh tokens', () => {
  it('each refresh brings a new one, and the old one stays good', async () => {
    const { refreshToken } = sandbox.microsoft.connect('ada@acme.example', { scopes: ['offline_access', 'Calendars.Read'] });
    const first = await refresh(refreshToken);
    const second = await refresh(refreshToken);
    expect(new Set([refreshToken, first.body.refresh_token, second.body.refresh_token]).size).toBe(3);
    expect((await refresh(first.body.refresh_token)).status).toBe(200);
  });

  it('die after 90 days without use', async () => {
    const { refreshToken } = sandbox.microsoft.connect('ada@acme.example');
    sandbox.clock.advance(60 * 86_400_000);
    const next = await refresh(refreshToken);
    sandbox.clock.advance(31 * 86_400_000);
    expect((await refresh(refreshToken)).body).toMatchObject({ error: 'invalid_grant', error_codes: [700082] });
    expect((await refresh(next.body.refresh_token)).status).toBe(200);
  });

  it('give a part of what was consented to, in the spelling that was asked, and never more', async () => {
    const { refreshToken } = sandbox.microsoft.connect('ada@acme.example', { scopes: ['Calendars.Read', 'User.Read'] });
    const part = await refresh(refreshToken, { scope: 'https://graph.microsoft.com/Calendars.Read' });
    expect(part.body.scope).toBe('https://graph.microsoft.com/Calendars.Read');
    expect((await refresh(part.body.refresh_token)).body.scope).toBe('Calendars.Read User.Read');
    expect((await refresh(refreshToken, { scope: 'Mail.Send' })).body).toMatchObject({
      error: 'invalid_grant',
      suberror: 'consent_required',
    });
  });

  it.each([
    ['the person removed the application', (): void => sandbox.microsoft.revokeGrants('ada@acme.example'), 65001],
    ['an administrator ended the sessions', (): void => sandbox.microsoft.revokeSessions('ada@acme.example'), 50173],
    ['the account was disabled', (): void => sandbox.microsoft.setSignIn('ada@acme.example', { isDisabled: true }), 50057],
    ['a policy blocks', (): void => sandbox.microsoft.setSignIn('ada@acme.example', { blockedBy: 53003 }), 53003],
    ['it expired by inactivity', (): void => sandbox.microsoft.expireRefreshTokens('ada@acme.example', 70008), 70008],
  ])('are refused when %s', async (_name, act, code) => {
    const { refreshToken } = sandbox.microsoft.connect('ada@acme.example');
    act();
    const { status, body } = await refresh(refreshToken);
    expect([status, body.error, body.error_codes]).toEqual([400, 'invalid_grant', [code]]);
  });

  it('come with a challenge when stronger sign-in is required', async () => {
    const { refreshToken } = sandbox.microsoft.connect('ada@acme.example');
    sandbox.microsoft.setSignIn('ada@acme.example', { blockedBy: 50076 });
    const { body } = await refresh(refreshToken);
    expect(JSON.parse(String(body.claims))).toHaveProperty('access_token.capolids');
  });

  it('meet the rules of the control side, by AADSTS number', async () => {
    const { refreshToken } = sandbox.microsoft.connect('ada@acme.example');
    sandbox.faults.add({
      operation: 'entra.token',
      answer: { kind: 'status', status: 400, reason: '700082' },
      match: { account: 'ada@acme.example' },
    });
    expect((await refresh(refreshToken)).body).toMatchObject({ error: 'invalid_grant', error_codes: [700082] });
    expect((await refresh(refreshToken)).status).toBe(200);
  });
});

it('the person’s page of applications withdraws consent', async () => {
  const { refreshToken } = sandbox.microsoft.connect('ada@acme.example', { scopes: ['Calendars.Read'] });
  const page = `${sandbox.microsoftUrl}/connections`;
  expect(await (await fetch(page)).text()).toContain('Read your calendars');
  await answerOf(page, { account: 'ada@acme.example', client_id: MICROSOFT_CLIENT.id });
  expect(await (await fetch(page)).text()).toContain('No application has access');
  expect((await refresh(refreshToken)).body.error).toBe('invalid_grant');
});
