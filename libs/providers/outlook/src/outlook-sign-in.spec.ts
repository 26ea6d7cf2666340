import { generateKeyPairSync, createHash, createSign } from 'node:crypto';
import { Secret } from '@daymark/domain';
import type { PkceStateStore } from '@daymark/provider-contract';
import type { Strategy } from 'passport';
import { describe, expect, it } from 'vitest';
import { completeOptions } from './outlook-options.ts';
import { outlookSignIn } from './outlook-sign-in.ts';
import { aadsts, CLIENT_ID, ScriptedMicrosoft, TENANT } from './testing/scripted-microsoft.ts';
import type { Answer } from './testing/scripted-microsoft.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const strangers = generateKeyPairSync('rsa', { modulusLength: 2048 });
const me = { id: 'oid-1', displayName: 'Ada', mail: 'ada@acme.example', userPrincipalName: 'ada@acme.example' };
let places = 0;

/** Keeps the verifier under a handle as long as the host's, and gives it out once. */
class MemoryStore implements PkceStateStore {
  readonly verifiers = new Map<string, string>();
  readonly handle = 'h'.repeat(43);

  store(_request: unknown, verifier: string, _state: unknown, _meta: unknown, done: (error: Error | null, handle?: string) => void): void {
    this.verifiers.set(this.handle, verifier);
    done(null, this.handle);
  }

  verify(_request: unknown, handle: string, done: (error: Error | null, verifier?: string | false, state?: unknown) => void): void {
    const verifier = this.verifiers.get(handle);
    this.verifiers.delete(handle);
    done(null, verifier ?? false, { returnTo: '/meetings' });
  }
}

/** Microsoft at a place of its own: the library keeps configurations by their address. */
function world(tenant = 'common') {
  places += 1;
  const loginUrl = `https://login${places}.example`;
  const settings = completeOptions({
    clientId: CLIENT_ID,
    clientSecrets: [new Secret('new-secret'), new Secret('old-secret')],
    loginUrl,
    tenant,
  });
  const flow = outlookSignIn(settings);
  if (flow === undefined) throw new Error('expected a way to sign in');
  const store = new MemoryStore();
  const about: Answer[] = [
    {
      body: {
        issuer: `${loginUrl}/${tenant === 'common' ? '{tenantid}' : TENANT}/v2.0`,
        authorization_endpoint: `${loginUrl}/${tenant}/oauth2/v2.0/authorize`,
        token_endpoint: `${loginUrl}/${tenant}/oauth2/v2.0/token`,
        jwks_uri: `${loginUrl}/keys`,
        id_token_signing_alg_values_supported: ['RS256'],
      },
    },
    { body: { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'key-1' }] } },
  ];
  const strategyWith = (...answers: Answer[]) => {
    const microsoft = new ScriptedMicrosoft(...answers);
    const callbackUrl = 'https://daymark.example/auth/microsoft/callback';
    return { microsoft, strategy: flow.strategy({ callbackUrl, stateStore: store, fetch: microsoft.fetch, now: () => microsoft.now() }) };
  };
  /** Begins to sign in; what the person is sent away with. */
  const begin = async (): Promise<URLSearchParams> => {
    const outcome = await authenticate(strategyWith(...about).strategy, {});
    return new URL('redirect' in outcome ? outcome.redirect : 'about:blank').searchParams;
  };
  const tokenOf = (nonce: string | null, claims: object = {}): string => {
    const seconds = Math.floor(Date.now() / 1000);
    return signed({
      aud: CLIENT_ID,
      iss: `${loginUrl}/${TENANT}/v2.0`,
      tid: TENANT,
      oid: 'oid-1',
      sub: 'pairwise',
      nonce,
      iat: seconds,
      nbf: seconds,
      exp: seconds + 3600,
      ...claims,
    });
  };
  return { loginUrl, store, about, strategyWith, begin, tokenOf };
}

function signed(claims: object, key = privateKey): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part({ alg: 'RS256', typ: 'JWT', kid: 'key-1' })}.${part(claims)}`;
  return `${text}.${createSign('RSA-SHA256').update(text).sign(key, 'base64url')}`;
}

type Outcome = { redirect: string } | { user: unknown; info: unknown } | { failure: unknown } | { error: unknown };

/** What Passport does with a strategy for one request. */
function authenticate(strategy: Strategy, query: Record<string, string>): Promise<Outcome> {
  return new Promise((resolve) => {
    const attempt = Object.assign(Object.create(strategy) as Strategy, {
      redirect: (redirect: string) => resolve({ redirect }),
      success: (user: unknown, info: unknown) => resolve({ user, info }),
      fail: (failure: unknown) => resolve({ failure }),
      error: (error: unknown) => resolve({ error }),
    });
    Reflect.apply(strategy.authenticate, attempt, [{ query }, {}]);
  });
}

const answerWith = (id_token: string): Answer => ({
  body: { access_token: 'eyJ.canary', expires_in: 3600, token_type: 'Bearer', id_token },
});

describe('signing in with Microsoft', () => {
  it('asks for identity only, with PKCE, a nonce and the state of the host', async () => {
    const { begin, store } = world();
    const asked = await begin();
    const verifier = store.verifiers.get(store.handle) ?? '';
    expect(Object.fromEntries(asked)).toEqual({
      client_id: CLIENT_ID,
      redirect_uri: 'https://daymark.example/auth/microsoft/callback',
      response_type: 'code',
      response_mode: 'query',
      scope: 'openid profile email User.Read',
      state: store.handle,
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
      prompt: 'select_account',
    });
    expect([...asked.values()].join()).not.toContain(verifier);
  });

  it.each(['common', TENANT])('yields the account by directory and number, over the host’s client: %s', async (tenant) => {
    const { about, begin, loginUrl, store, strategyWith, tokenOf } = world(tenant);
    const nonce = (await begin()).get('nonce');
    const verifier = store.verifiers.get(store.handle);
    const { strategy, microsoft } = strategyWith(aadsts(7000222, 'invalid_client', { status: 401 }), answerWith(tokenOf(nonce)), {
      body: me,
    });
    expect(await authenticate(strategy, { code: 'c', state: store.handle, session_state: 'x' })).toEqual({
      user: { id: `${TENANT}.oid-1`, email: 'ada@acme.example', emailVerified: true, name: 'Ada' },
      info: { state: { returnTo: '/meetings' } },
    });
    expect(about).toHaveLength(2);
    expect(microsoft.calls.map((call) => call.form.get('client_secret'))).toEqual(['new-secret', 'old-secret', null]);
    expect(microsoft.calls[1]?.form.get('code_verifier')).toBe(verifier);
    expect(microsoft.calls[0]?.url.href).toBe(`${loginUrl}/${tenant}/oauth2/v2.0/token`);
    expect(microsoft.calls.some((call) => call.url.href.includes('canary'))).toBe(false);
  });

  it('lets nobody in by a token that was signed by somebody else, for another sign-in, client, directory or time', async () => {
    const { begin, loginUrl, store, strategyWith, tokenOf } = world();
    const attempt = async (make: (nonce: string | null) => string): Promise<Outcome> => {
      const nonce = (await begin()).get('nonce');
      return authenticate(strategyWith(answerWith(make(nonce)), { body: me }).strategy, { code: 'c', state: store.handle });
    };
    expect(await attempt((nonce) => tokenOf(nonce))).toHaveProperty('user');
    for (const make of [
      (nonce: string | null) =>
        signed(JSON.parse(Buffer.from(tokenOf(nonce).split('.')[1] ?? '', 'base64url').toString()), strangers.privateKey),
      () => tokenOf('another'),
      (nonce: string | null) => tokenOf(nonce, { iss: `${loginUrl}/another/v2.0` }),
      (nonce: string | null) => tokenOf(nonce, { iss: `https://elsewhere.example/${TENANT}/v2.0` }),
      (nonce: string | null) => tokenOf(nonce, { exp: Math.floor(Date.now() / 1000) - 3600, nbf: 1 }),
    ])
      expect(await attempt(make)).toHaveProperty('failure');
    expect(await attempt((nonce) => tokenOf(nonce, { aud: 'another' }))).toMatchObject({ error: { code: 'invalid-response' } });
  });

  it('refuses a state that was used before, and asks nothing', async () => {
    const { store, strategyWith } = world();
    const { strategy, microsoft } = strategyWith();
    expect(await authenticate(strategy, { code: 'c', state: store.handle })).toHaveProperty('failure');
    expect(microsoft.calls).toHaveLength(0);
  });

  it('fails when the person says no, and says why when the organisation does', async () => {
    const { about, begin, store, strategyWith } = world();
    const back = async (error_description: string): Promise<Outcome> => {
      await begin();
      return authenticate(strategyWith(...about).strategy, { error: 'access_denied', error_description, state: store.handle });
    };
    expect(await back('AADSTS65004: declined')).toHaveProperty('failure');
    expect(await back('AADSTS90094: admin')).toMatchObject({ error: { problem: 'admin-consent-required' } });
  });

  it('is an error, not a refusal, when Microsoft is away', async () => {
    const { begin, store, strategyWith } = world();
    const away = { status: 503, text: '' };
    expect(await authenticate(strategyWith(away).strategy, {})).toMatchObject({ error: { code: 'unavailable' } });
    await begin();
    const outcome = await authenticate(strategyWith(away).strategy, { code: 'c', state: store.handle });
    expect(outcome).toMatchObject({ error: { code: 'unavailable' } });
  });

  it('is not offered over plain http, which the library refuses', () => {
    const settings = completeOptions({ clientId: CLIENT_ID, clientSecrets: [new Secret('s')], loginUrl: 'http://127.0.0.1:4010' });
    expect(outlookSignIn(settings)).toBeUndefined();
  });
});
