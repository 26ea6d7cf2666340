import { inspect } from 'node:util';
import { Secret } from '@daymark/domain';
import type { HostPorts } from '@daymark/provider-contract';
import { describe, expect, it } from 'vitest';
import { NOW, ScriptedGoogle } from './testing/scripted-google.ts';
import { GoogleProvider } from './google.provider.ts';

const CALENDAR = 'https://www.googleapis.com/auth/calendar';
const provider = new GoogleProvider({
  clientId: 'client.apps.googleusercontent.com',
  clientSecrets: [new Secret('new-secret'), new Secret('old-secret')],
});
const { auth } = provider;

const tokens = { access_token: 'ya29.canary', expires_in: 3599, scope: `openid ${CALENDAR}.events`, token_type: 'Bearer' };
const exchange = { code: '4/0A-canary', redirectUri: 'https://daymark.example/callback', codeVerifier: 'v'.repeat(43) };

function ports(google: ScriptedGoogle): HostPorts {
  return { fetch: google.fetch, now: () => NOW };
}

describe('where the person is sent', () => {
  const request = { redirectUri: 'https://daymark.example/callback', state: 'st', codeChallenge: 'ch' };

  it.each([
    ['free_busy', [`${CALENDAR}.calendarlist.readonly`, `${CALENDAR}.freebusy`]],
    ['read', [`${CALENDAR}.calendarlist.readonly`, `${CALENDAR}.events.readonly`, `${CALENDAR}.freebusy`]],
    ['read_write', [`${CALENDAR}.calendarlist.readonly`, `${CALENDAR}.events`, `${CALENDAR}.freebusy`]],
  ] as const)('asks for offline access, consent, PKCE and only the scopes of %s', (profile, scopes) => {
    const url = new URL(auth.authorizeUrl({ ...request, profile }));
    expect(url.origin + url.pathname).toBe('https://accounts.google.com/o/oauth2/v2/auth');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      client_id: 'client.apps.googleusercontent.com',
      redirect_uri: 'https://daymark.example/callback',
      response_type: 'code',
      scope: ['openid', 'email', 'profile', ...scopes].join(' '),
      access_type: 'offline',
      prompt: 'consent',
      include_granted_scopes: 'true',
      state: 'st',
      code_challenge: 'ch',
      code_challenge_method: 'S256',
    });
    expect(provider.manifest.profiles[profile].scopes.map((entry) => entry.scope)).toEqual(auth.scopesFor(profile));
  });

  it('offers the account that is connected again first', () => {
    const url = new URL(auth.authorizeUrl({ ...request, profile: 'read', loginHint: 'ada@example.org' }));
    expect(url.searchParams.get('login_hint')).toBe('ada@example.org');
  });
});

describe('F22 what was not granted', () => {
  const list = `${CALENDAR}.calendarlist.readonly`;
  it.each([
    ['all of it', [list, `${CALENDAR}.events`, `${CALENDAR}.freebusy`], []],
    ['a wider scope', [CALENDAR], []],
    [
      'only signing in',
      ['openid', 'https://www.googleapis.com/auth/userinfo.email'],
      ['list the calendars', 'read and write events', 'see busy times'],
    ],
    ['reading instead of writing', [list, `${CALENDAR}.events.readonly`, `${CALENDAR}.freebusy`], ['read and write events']],
    ['no list', [`${CALENDAR}.events`, `${CALENDAR}.freebusy`], ['list the calendars']],
  ])('is named in plain words: %s', (_what, granted, expected) => {
    expect(auth.missing('read_write', granted).map((scope) => scope.capability)).toEqual(expected);
  });

  it('is nothing when events may be written where only reading was asked for', () => {
    expect(auth.missing('read', [list, `${CALENDAR}.events`, `${CALENDAR}.freebusy`])).toEqual([]);
  });
});

describe('the code exchange', () => {
  it('gives tokens as secrets and the account by its stable number', async () => {
    const google = new ScriptedGoogle(
      { body: { ...tokens, refresh_token: '1//0g-canary' } },
      { body: { sub: '1076915', email: 'ada@example.org', email_verified: true, name: 'Ada' } },
    );
    const result = await auth.exchangeCode(exchange, ports(google));
    expect(result.account).toEqual({ id: '1076915', email: 'ada@example.org', emailVerified: true, name: 'Ada' });
    expect(result.tokens.expiresAt).toBe(NOW + 3_599_000);
    expect(result.tokens.scopes).toEqual(['openid', `${CALENDAR}.events`]);
    expect(result.tokens.refreshToken?.reveal()).toBe('1//0g-canary');
    expect(`${JSON.stringify(result)} ${inspect(result)}`).not.toContain('canary');
    expect(Object.fromEntries(google.calls[0]?.form ?? [])).toEqual({
      grant_type: 'authorization_code',
      code: '4/0A-canary',
      redirect_uri: exchange.redirectUri,
      code_verifier: exchange.codeVerifier,
      client_id: 'client.apps.googleusercontent.com',
      client_secret: 'new-secret',
    });
    expect(google.last.headers.get('authorization')).toBe('Bearer ya29.canary');
    expect(google.last.url.search).toBe('');
  });

  it('does with one account per address what it does with none: an answer without `sub` is refused', async () => {
    const google = new ScriptedGoogle({ body: tokens }, { body: { email: 'ada@example.org' } });
    await expect(auth.exchangeCode(exchange, ports(google))).rejects.toMatchObject({ code: 'invalid-response' });
  });

  it('quotes no token when the answer cannot be read', async () => {
    const google = new ScriptedGoogle({ body: { ...tokens, access_token: 42, refresh_token: '1//canary' } });
    const error = await auth.exchangeCode(exchange, ports(google)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'invalid-response' });
    expect(inspect(error, { depth: 9 })).not.toContain('canary');
  });
});

describe('refreshing', () => {
  const token = new Secret('1//0g-canary');

  it('F21 tells a refresh token that came from one that did not, and scopes too', async () => {
    const { scope: _scope, ...bare } = tokens;
    const google = new ScriptedGoogle({ body: bare }, { body: { ...tokens, refresh_token: '1//next' } });
    expect(await auth.refresh(token, ports(google))).toMatchObject({ refreshToken: null, scopes: [] });
    expect((await auth.refresh(token, ports(google))).refreshToken?.reveal()).toBe('1//next');
    expect(google.last.form.get('grant_type')).toBe('refresh_token');
  });

  it('tries the next client secret when Google refuses the first', async () => {
    const google = new ScriptedGoogle({ status: 401, body: { error: 'invalid_client' } }, { body: tokens });
    await auth.refresh(token, ports(google));
    expect(google.calls.map((call) => call.form.get('client_secret'))).toEqual(['new-secret', 'old-secret']);
  });

  it('blames our client, not the account, when no secret is accepted', async () => {
    const no = { status: 401, body: { error: 'invalid_client' } };
    await expect(auth.refresh(token, ports(new ScriptedGoogle(no, no)))).rejects.toMatchObject({
      code: 'forbidden',
      problem: 'provider-client-invalid',
    });
  });

  it('F20 calls only `invalid_grant` the end, once, and an outage an outage', async () => {
    const google = new ScriptedGoogle({
      status: 400,
      body: { error: 'invalid_grant', error_description: 'Token has been expired or revoked.' },
    });
    await expect(auth.refresh(token, ports(google))).rejects.toMatchObject({ code: 'unauthorized', reason: 'invalid_grant' });
    expect(google.calls).toHaveLength(1);
    await expect(auth.refresh(token, ports(new ScriptedGoogle({ status: 503, text: 'busy' })))).rejects.toMatchObject({
      code: 'unavailable',
    });
    await expect(auth.refresh(token, ports(new ScriptedGoogle(new TypeError('fetch failed'))))).rejects.toMatchObject({
      code: 'unavailable',
    });
  });
});

describe('revoking', () => {
  it('succeeds also when nothing is left to revoke, and never on an outage', async () => {
    const token = new Secret('1//0g');
    const google = new ScriptedGoogle({ body: {} }, { status: 400, body: { error: 'invalid_token' } }, { status: 503, text: '' });
    await auth.revoke(token, ports(google));
    await auth.revoke(token, ports(google));
    expect(google.last.form.get('token')).toBe('1//0g');
    await expect(auth.revoke(token, ports(google))).rejects.toMatchObject({ code: 'unavailable' });
    expect(auth.revokesWholeAccount).toBe(true);
  });
});

describe('the addresses of Google', () => {
  it('can all be replaced', async () => {
    const base = 'http://127.0.0.1:4010/google';
    const replaced = new GoogleProvider({
      clientId: 'c',
      clientSecrets: [new Secret('s')],
      authorizeUrl: `${base}/auth`,
      tokenUrl: `${base}/token`,
      revokeUrl: `${base}/revoke`,
      userInfoUrl: `${base}/userinfo`,
      apiUrl: `${base}/api/`,
    });
    const google = new ScriptedGoogle(
      { body: tokens },
      { body: { sub: '1', email: 'a@example.org' } },
      { body: {} },
      { body: { items: [] } },
    );
    await replaced.auth.exchangeCode(exchange, ports(google));
    await replaced.auth.revoke(new Secret('t'), ports(google));
    await replaced.open(google.access()).listCalendars();
    const asked = [
      replaced.auth.authorizeUrl({ redirectUri: 'x', state: 's', codeChallenge: 'c', profile: 'read' }),
      ...google.calls.map((call) => call.url.href),
    ];
    expect(asked.map((url) => url.split('?')[0])).toEqual([
      `${base}/auth`,
      `${base}/token`,
      `${base}/userinfo`,
      `${base}/revoke`,
      `${base}/api/calendar/v3/users/me/calendarList`,
    ]);
  });

  it('need a client', () => {
    expect(() => new GoogleProvider({ clientId: '', clientSecrets: [new Secret('s')] })).toThrow('client id');
    expect(() => new GoogleProvider({ clientId: 'c', clientSecrets: [] })).toThrow('client secret');
  });
});
