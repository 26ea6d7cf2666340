import { createHash } from 'node:crypto';
import { createLocalJWKSet, jwtVerify } from 'jose';
import type { JSONWebKeySet } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TestWorld } from '../testing/google-caller.ts';
import { googleCaller, startTestWorld } from '../testing/google-caller.ts';

const REDIRECT = 'http://127.0.0.1:9/callback';
const VERIFIER = 'a-verifier-that-is-long-enough-0123456789-abcdef';
const CALENDAR = 'https://www.googleapis.com/auth/calendar';
const EVENTS = 'https://www.googleapis.com/auth/calendar.events';
const LIST = 'https://www.googleapis.com/auth/calendar.calendarlist.readonly';

let world: TestWorld;
beforeEach(async () => {
  world = await startTestWorld();
  world.sandbox.google.revokeGrants('ada@acme.example');
});
afterEach(() => world.sandbox.close());

function authorizeUrl(change: Readonly<Record<string, string | null>> = {}): string {
  const all: Record<string, string | null> = {
    client_id: 'client-1',
    redirect_uri: REDIRECT,
    response_type: 'code',
    scope: `openid email profile ${CALENDAR}`,
    access_type: 'offline',
    state: 'state-1',
    login_hint: 'ada@acme.example',
    nonce: 'nonce-1',
    code_challenge: createHash('sha256').update(VERIFIER).digest('base64url'),
    code_challenge_method: 'S256',
    ...change,
  };
  const query = new URLSearchParams(Object.entries(all).flatMap(([name, value]) => (value === null ? [] : [[name, value]])));
  return `${world.sandbox.googleUrl}/o/oauth2/v2/auth?${query.toString()}`;
}

async function decide(
  url: string,
  form: Readonly<Record<string, string>> | URLSearchParams = { decision: 'allow' },
): Promise<URLSearchParams> {
  const response = await fetch(url, { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' });
  expect(response.status).toBe(302);
  const location = response.headers.get('location') ?? '';
  expect(location.startsWith(REDIRECT)).toBe(true);
  return new URL(location).searchParams;
}

interface TokenAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

async function token(form: Readonly<Record<string, string>>): Promise<TokenAnswer> {
  const body = new URLSearchParams({ client_id: 'client-1', client_secret: 'secret-1', ...form });
  const response = await fetch(`${world.sandbox.googleUrl}/token`, { method: 'POST', body });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

function exchange(code: string, change: Readonly<Record<string, string>> = {}): Promise<TokenAnswer> {
  return token({ grant_type: 'authorization_code', code, redirect_uri: REDIRECT, code_verifier: VERIFIER, ...change });
}

async function connect(change: Readonly<Record<string, string | null>> = {}): Promise<TokenAnswer> {
  return exchange((await decide(authorizeUrl(change))).get('code') ?? '');
}

describe('the consent page', () => {
  it('offers the people, the hinted one chosen, and a box for each calendar scope', async () => {
    const response = await fetch(authorizeUrl({ scope: `openid ${EVENTS} ${LIST}` }));
    const html = await response.text();
    expect(response.status).toBe(200);
    expect(html).toContain('value="ada@acme.example" checked');
    expect(html.match(/type="checkbox"/g)).toHaveLength(2);
    expect(html).not.toMatch(/<script/);
  });

  it('sends the person back with code, state and the granted scopes', async () => {
    const back = await decide(authorizeUrl());
    expect(back.get('state')).toBe('state-1');
    expect(back.get('scope')).toBe(
      `openid https://www.googleapis.com/auth/userinfo.email https://www.googleapis.com/auth/userinfo.profile ${CALENDAR}`,
    );
    expect(back.get('hd')).toBe('acme.example');
  });

  it('sends a refusal back as access_denied', async () => {
    const back = await decide(authorizeUrl(), { decision: 'deny' });
    expect([back.get('error'), back.get('state'), back.get('code')]).toEqual(['access_denied', 'state-1', null]);
  });

  it('grants only the ticked scopes, and sign-in scopes always', async () => {
    const form = new URLSearchParams([
      ['decision', 'allow'],
      ['granular', '1'],
      ['account', 'leo@acme.example'],
      ['scope', LIST],
    ]);
    const back = await decide(authorizeUrl({ scope: `openid ${EVENTS} ${LIST}` }), form);
    expect(back.get('scope')).toBe(`openid ${LIST}`);
    expect((await exchange(back.get('code') ?? '')).body.scope).toBe(`openid ${LIST}`);
  });

  it('makes a person for an address that nobody has', async () => {
    await decide(authorizeUrl({ login_hint: null }), { decision: 'allow', new_account: 'zoe@new.example' });
    expect(world.sandbox.google.people().map(({ email }) => email)).toContain('zoe@new.example');
  });

  it.each([
    ['a redirect URI that differs in a slash', { redirect_uri: `${REDIRECT}/` }, 400, 'redirect_uri_mismatch'],
    ['an unknown client', { client_id: 'nobody' }, 401, 'invalid_client'],
    ['an unknown scope', { scope: 'openid https://www.googleapis.com/auth/nothing' }, 400, 'invalid_scope'],
    ['prompt none with another', { prompt: 'none consent' }, 400, 'invalid_request'],
  ])('shows its own page, with no way back, for %s', async (_name, change, status, code) => {
    const response = await fetch(authorizeUrl(change), { redirect: 'manual' });
    expect(response.status).toBe(status);
    expect(await response.text()).toContain(code);
  });

  it('with prompt none, answers without a page or says why not', async () => {
    const silent = async (): Promise<URLSearchParams> => {
      const response = await fetch(authorizeUrl({ prompt: 'none' }), { redirect: 'manual' });
      return new URL(response.headers.get('location') ?? '').searchParams;
    };
    expect((await silent()).get('error')).toBe('consent_required');
    await decide(authorizeUrl());
    expect((await silent()).get('code')).not.toBeNull();
  });
});

describe('the token endpoint', () => {
  it('exchanges a code once, with an ID token that the published keys verify', async () => {
    const back = await decide(authorizeUrl());
    const { status, body } = await exchange(back.get('code') ?? '');
    expect(status).toBe(200);
    expect(body).toMatchObject({ expires_in: 3599, token_type: 'Bearer' });
    expect(typeof body.refresh_token).toBe('string');
    const discovery = (await (await fetch(`${world.sandbox.googleUrl}/.well-known/openid-configuration`)).json()) as Record<string, string>;
    const keys = (await (await fetch(discovery.jwks_uri ?? '')).json()) as JSONWebKeySet;
    const verified = await jwtVerify(String(body.id_token), createLocalJWKSet(keys), {
      issuer: discovery.issuer,
      audience: 'client-1',
      currentDate: new Date(world.sandbox.clock.now()),
    });
    expect(verified.payload).toMatchObject({
      email: 'ada@acme.example',
      email_verified: true,
      nonce: 'nonce-1',
      hd: 'acme.example',
      name: 'Ada Lindqvist',
    });
    expect(verified.protectedHeader.alg).toBe('RS256');
    expect((await exchange(back.get('code') ?? '')).body).toEqual({
      error: 'invalid_grant',
      error_description: 'Code was already redeemed.',
    });
  });

  it.each([
    ['another redirect URI', { redirect_uri: 'http://127.0.0.1:9/other' }, 400, 'redirect_uri_mismatch'],
    ['a wrong verifier', { code_verifier: 'x'.repeat(50) }, 400, 'invalid_grant'],
    ['a wrong secret', { client_secret: 'wrong' }, 401, 'invalid_client'],
    ['another grant type', { grant_type: 'password' }, 400, 'unsupported_grant_type'],
  ])('refuses a code with %s', async (_name, change, status, error) => {
    const back = await decide(authorizeUrl());
    const answer = await exchange(back.get('code') ?? '', change);
    expect([answer.status, answer.body.error]).toEqual([status, error]);
  });

  it('refuses a code after ten minutes', async () => {
    const back = await decide(authorizeUrl());
    world.sandbox.clock.advance(10 * 60_000);
    expect((await exchange(back.get('code') ?? '')).body.error).toBe('invalid_grant');
  });

  it('gives a refresh token at the first consent, later only when consent is forced', async () => {
    expect((await connect()).body.refresh_token).toBeDefined();
    expect((await connect()).body.refresh_token).toBeUndefined();
    expect((await connect({ prompt: 'consent' })).body.refresh_token).toBeDefined();
    expect((await connect({ prompt: 'consent', access_type: 'online' })).body.refresh_token).toBeUndefined();
  });

  it('F21 refreshes without a new refresh token, and the access token dies after its time', async () => {
    const first = await connect();
    const refreshed = await token({ grant_type: 'refresh_token', refresh_token: String(first.body.refresh_token) });
    expect(refreshed.status).toBe(200);
    expect(refreshed.body.refresh_token).toBeUndefined();
    const call = googleCaller(world.sandbox, String(refreshed.body.access_token));
    expect((await call('GET', 'users/me/calendarList')).status).toBe(200);
    world.sandbox.clock.advance(3600_000);
    const late = await call('GET', 'users/me/calendarList');
    expect([late.status, late.reason]).toEqual([401, 'authError']);
    expect(late.headers.get('www-authenticate')).toContain('error="invalid_token"');
  });

  it('accepts every active secret of a client, and no retired one', async () => {
    world.sandbox.google.registerClient({ id: 'client-1', secrets: ['old', 'new'], redirectUris: [REDIRECT] });
    const refresh_token = world.sandbox.google.connect('ada@acme.example', { clientId: 'client-1' }).refreshToken;
    const statuses = await Promise.all(
      ['old', 'new', 'secret-1'].map(
        async (client_secret) => (await token({ grant_type: 'refresh_token', refresh_token, client_secret })).status,
      ),
    );
    expect(statuses).toEqual([200, 200, 401]);
  });

  it('F21 rotates refresh tokens when the client is set so, and the old one dies', async () => {
    world.sandbox.google.registerClient({ id: 'client-1', secrets: ['secret-1'], redirectUris: [REDIRECT], rotatesRefreshTokens: true });
    const old = world.sandbox.google.connect('ada@acme.example').refreshToken;
    const first = await token({ grant_type: 'refresh_token', refresh_token: old });
    expect(typeof first.body.refresh_token).toBe('string');
    expect((await token({ grant_type: 'refresh_token', refresh_token: old })).body.error).toBe('invalid_grant');
    expect((await token({ grant_type: 'refresh_token', refresh_token: String(first.body.refresh_token) })).status).toBe(200);
  });

  it('covers earlier grants only with include_granted_scopes', async () => {
    await connect({ scope: LIST });
    expect((await connect({ scope: EVENTS })).body.scope).toBe(EVENTS);
    expect((await connect({ scope: EVENTS, include_granted_scopes: 'true' })).body.scope).toBe(`${EVENTS} ${LIST}`);
  });

  it('lets the oldest of more than a hundred refresh tokens die', async () => {
    const first = world.sandbox.google.connect('ada@acme.example').refreshToken;
    for (let count = 0; count < 100; count += 1) world.sandbox.google.connect('ada@acme.example');
    expect((await token({ grant_type: 'refresh_token', refresh_token: first })).body.error).toBe('invalid_grant');
  });

  it('ends the refresh tokens of a client in testing after seven days', async () => {
    world.sandbox.google.registerClient({ id: 'client-1', secrets: ['secret-1'], redirectUris: [REDIRECT], isTesting: true });
    const first = await connect();
    expect(first.body.refresh_token_expires_in).toBe(604_799);
    world.sandbox.clock.advance(8 * 86_400_000);
    expect((await token({ grant_type: 'refresh_token', refresh_token: String(first.body.refresh_token) })).body.error).toBe(
      'invalid_grant',
    );
  });
});

describe('withdrawing access', () => {
  it('revoking one token kills every token of that person and client', async () => {
    const first = await connect();
    const second = await connect({ prompt: 'consent' });
    const body = new URLSearchParams({ token: String(first.body.access_token) });
    expect((await fetch(`${world.sandbox.googleUrl}/revoke`, { method: 'POST', body })).status).toBe(200);
    expect((await token({ grant_type: 'refresh_token', refresh_token: String(second.body.refresh_token) })).body.error).toBe(
      'invalid_grant',
    );
    const call = googleCaller(world.sandbox, String(second.body.access_token));
    expect((await call('GET', 'users/me/calendarList')).status).toBe(401);
    const again = await fetch(`${world.sandbox.googleUrl}/revoke`, { method: 'POST', body });
    expect([again.status, ((await again.json()) as { error: string }).error]).toEqual([400, 'invalid_token']);
  });

  it('the person can remove the application on the page of connections', async () => {
    const first = await connect();
    const url = `${world.sandbox.googleUrl}/connections`;
    expect(await (await fetch(url)).text()).toContain('client-1');
    await fetch(url, { method: 'POST', body: new URLSearchParams({ account: 'ada@acme.example', client_id: 'client-1' }) });
    expect((await token({ grant_type: 'refresh_token', refresh_token: String(first.body.refresh_token) })).body.error).toBe(
      'invalid_grant',
    );
  });

  it('lists what userinfo may tell by scope', async () => {
    const { accessToken } = world.sandbox.google.connect('ada@acme.example', { scopes: ['openid', 'email'] });
    const response = await fetch(`${world.sandbox.googleUrl}/v1/userinfo`, { headers: { authorization: `Bearer ${accessToken}` } });
    expect(Object.keys((await response.json()) as object).sort()).toEqual(['email', 'email_verified', 'hd', 'sub']);
  });
});
