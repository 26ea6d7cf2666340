import { inspect } from 'node:util';
import { Secret } from '@daymark/domain';
import { describe, expect, it } from 'vitest';
import { outlookAuth } from './outlook-auth.ts';
import { completeOptions } from './outlook-options.ts';
import type { OutlookOptions } from './outlook-options.ts';
import { profileScopes } from './outlook-scopes.ts';
import { aadsts, CLIENT_ID, idToken, NOW, ScriptedMicrosoft, TENANT } from './testing/scripted-microsoft.ts';

const secrets = [new Secret('new-secret'), new Secret('old-secret')];
const authWith = (options: Partial<OutlookOptions> = {}) =>
  outlookAuth(completeOptions({ clientId: CLIENT_ID, clientSecrets: secrets, ...options }));
const auth = authWith();

const request = { redirectUri: 'https://daymark.example/callback', state: 'st', codeChallenge: 'ch' };
const exchange = { code: '1.A-canary', redirectUri: 'https://daymark.example/callback', codeVerifier: 'v'.repeat(43) };
const tokens = { token_type: 'Bearer', access_token: 'eyJ.canary', expires_in: 3736, scope: 'openid profile Calendars.ReadWrite' };
const me = { id: 'OID-1', displayName: 'Ada Lindqvist', mail: 'ada@acme.example', userPrincipalName: 'ada@acme.example' };

describe('where the person is sent', () => {
  it.each([
    ['free_busy', ['Calendars.ReadBasic']],
    ['read', ['Calendars.Read', 'Calendars.Read.Shared']],
    ['read_write', ['Calendars.ReadWrite', 'Calendars.ReadWrite.Shared']],
  ] as const)('asks for a refresh token, PKCE and only the scopes of %s', (profile, calendars) => {
    const url = new URL(auth.authorizeUrl({ ...request, profile }));
    expect(url.origin + url.pathname).toBe('https://login.microsoftonline.com/common/oauth2/v2.0/authorize');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      client_id: CLIENT_ID,
      redirect_uri: 'https://daymark.example/callback',
      response_type: 'code',
      response_mode: 'query',
      scope: ['openid', 'profile', 'offline_access', 'User.Read', ...calendars, 'MailboxSettings.Read'].join(' '),
      state: 'st',
      code_challenge: 'ch',
      code_challenge_method: 'S256',
      prompt: 'select_account',
    });
    expect(profileScopes[profile].map((entry) => entry.scope)).toEqual(auth.scopesFor(profile));
  });

  it('offers the account that is connected again, and passes on what was demanded of it', () => {
    const claims = '{"access_token":{"capolids":{"essential":true}}}';
    const url = new URL(auth.authorizeUrl({ ...request, profile: 'read', loginHint: 'ada@acme.example', claims }));
    expect(Object.fromEntries(url.searchParams)).toMatchObject({ login_hint: 'ada@acme.example', claims });
    expect(url.searchParams.has('prompt')).toBe(false);
  });

  it.each(['organizations', 'consumers', TENANT, 'acme.example'])('leads to the directory that is asked for: %s', (directory) => {
    expect(new URL(auth.authorizeUrl({ ...request, profile: 'read', directory })).pathname).toBe(`/${directory}/oauth2/v2.0/authorize`);
  });

  it.each([
    [TENANT, 'acme.example'],
    [TENANT, 'common'],
    ['organizations', 'consumers'],
    ['organizations', 'common'],
    ['consumers', TENANT],
    ['common', '../evil'],
    ['common', 'a/b'],
    ['common', ''],
  ])('with the setting %s never leads to %s', (tenant, directory) => {
    expect(() => authWith({ tenant }).authorizeUrl({ ...request, profile: 'read', directory })).toThrow(
      expect.objectContaining({ code: 'invalid-request', reason: 'directory-not-allowed' }),
    );
  });
});

describe('where an administrator is sent', () => {
  const adminUrl = (options: Partial<OutlookOptions>, directory?: string): URL =>
    new URL(authWith(options).adminConsentUrl?.({ ...request, profile: 'free_busy', directory }) ?? 'about:blank');

  it('names the application, every scope with its resource, and the state', () => {
    const url = adminUrl({});
    expect(url.origin + url.pathname).toBe('https://login.microsoftonline.com/organizations/v2.0/adminconsent');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      client_id: CLIENT_ID,
      redirect_uri: request.redirectUri,
      state: 'st',
      scope:
        'openid profile offline_access https://graph.microsoft.com/User.Read https://graph.microsoft.com/Calendars.ReadBasic https://graph.microsoft.com/MailboxSettings.Read',
    });
  });

  it('is the directory that was asked for or is set, and nowhere for personal accounts', () => {
    expect(adminUrl({}, TENANT).pathname).toBe(`/${TENANT}/v2.0/adminconsent`);
    expect(adminUrl({ tenant: 'acme.example' }).pathname).toBe('/acme.example/v2.0/adminconsent');
    expect(authWith({ tenant: 'consumers' }).adminConsentUrl).toBeUndefined();
  });

  it('names the resource of a national cloud', () => {
    const url = adminUrl({ loginUrl: 'https://login.microsoftonline.us', graphUrl: 'https://graph.microsoft.us' });
    expect(url.searchParams.get('scope')).toContain('https://graph.microsoft.us/Calendars.ReadBasic');
  });
});

describe('F22 what was not granted', () => {
  const zone = 'know the time zone of the calendars';
  it.each([
    ['all of it', ['Calendars.ReadWrite', 'Calendars.ReadWrite.Shared', 'MailboxSettings.Read'], []],
    [
      'all of it with the resource, in any case',
      ['https://graph.microsoft.com/calendars.readwrite', 'https://graph.microsoft.us/Calendars.ReadWrite.Shared', 'MAILBOXSETTINGS.READ'],
      [],
    ],
    ['only signing in', ['openid', 'User.Read'], ['read and write events', 'read and write calendars of colleagues', zone]],
    [
      'reading instead of writing',
      ['Calendars.Read', 'Calendars.ReadWrite.Shared', 'MailboxSettings.ReadWrite'],
      ['read and write events'],
    ],
  ])('is named in plain words: %s', (_what, granted, expected) => {
    expect(auth.missing('read_write', granted).map((scope) => scope.capability)).toEqual(expected);
  });

  it('is nothing when more was granted than asked for', () => {
    expect(auth.missing('read', ['Calendars.ReadWrite', 'Calendars.ReadWrite.Shared', 'MailboxSettings.Read'])).toEqual([]);
    expect(auth.missing('free_busy', ['Calendars.Read', 'MailboxSettings.Read'])).toEqual([]);
  });
});

describe('the code exchange', () => {
  const exchanged = (claims: object, user: object = me) => {
    const microsoft = new ScriptedMicrosoft(
      { body: { ...tokens, refresh_token: '0.AX-canary', id_token: idToken(claims) } },
      { body: user },
    );
    return { microsoft, result: auth.exchangeCode(exchange, microsoft) };
  };

  it('gives tokens as secrets, and the account by its directory and its number there', async () => {
    const { microsoft, result } = exchanged({});
    const { tokens: set, account } = await result;
    expect(account).toEqual({ id: `${TENANT}.oid-1`, email: 'ada@acme.example', emailVerified: true, name: 'Ada Lindqvist' });
    expect(set).toMatchObject({ expiresAt: NOW + 3_736_000, scopes: ['openid', 'profile', 'Calendars.ReadWrite'] });
    expect(set.refreshToken?.reveal()).toBe('0.AX-canary');
    expect(`${JSON.stringify(await result)} ${inspect(await result)}`).not.toContain('canary');
    expect(Object.fromEntries(microsoft.calls[0]?.form ?? [])).toEqual({
      grant_type: 'authorization_code',
      code: '1.A-canary',
      redirect_uri: exchange.redirectUri,
      code_verifier: exchange.codeVerifier,
      client_id: CLIENT_ID,
      client_secret: 'new-secret',
    });
    expect(microsoft.last.url.href).toBe('https://graph.microsoft.com/v1.0/me?$select=id%2CdisplayName%2Cmail%2CuserPrincipalName');
    expect(microsoft.last.headers.get('authorization')).toBe('Bearer eyJ.canary');
  });

  it('happens at the directory that the code was asked for with', async () => {
    const microsoft = new ScriptedMicrosoft({ body: { ...tokens, id_token: idToken() } }, { body: me });
    await auth.exchangeCode({ ...exchange, directory: TENANT }, microsoft);
    expect(microsoft.calls[0]?.url.pathname).toBe(`/${TENANT}/oauth2/v2.0/token`);
  });

  it.each([
    ['the sign-in name', {}, me, 'ada@acme.example', true],
    ['the sign-in name where there is no mailbox address', {}, { ...me, mail: null }, 'ada@acme.example', true],
    ['an address that a foreign administrator wrote down', {}, { ...me, userPrincipalName: 'x@evil.example' }, 'ada@acme.example', false],
    [
      'an address whose domain is proven',
      { email: 'ADA@acme.example', xms_edov: true },
      { ...me, userPrincipalName: 'a1@acme.onmicrosoft.com' },
      'ada@acme.example',
      true,
    ],
    [
      'an address whose domain is not',
      { email: 'ada@acme.example', xms_edov: '0' },
      { ...me, userPrincipalName: 'a1@acme.onmicrosoft.com' },
      'ada@acme.example',
      false,
    ],
    [
      'a guest',
      {},
      { ...me, mail: null, userPrincipalName: 'ada_acme.example#EXT#@globex.example' },
      'ada_acme.example#EXT#@globex.example',
      false,
    ],
  ])('shows the address, and confirms it only where it is proven: %s', async (_what, claims, user, email, emailVerified) => {
    expect((await exchanged(claims, user).result).account).toMatchObject({ email, emailVerified });
  });

  it.each([
    ['no ID token', { ...tokens }],
    ['an ID token for another client', { ...tokens, id_token: idToken({ aud: 'someone-else' }) }],
    ['no number of the person', { ...tokens, id_token: idToken({ oid: undefined }) }],
    ['an ID token that is none', { ...tokens, id_token: 'canary' }],
    ['a token that is a number', { ...tokens, access_token: 42, refresh_token: '0.canary' }],
  ])('refuses an answer with %s, and quotes nothing of it', async (_what, body) => {
    const error = await auth.exchangeCode(exchange, new ScriptedMicrosoft({ body })).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'invalid-response' });
    expect(inspect(error, { depth: 9 })).not.toContain('canary');
  });
});

describe('refreshing', () => {
  const token = new Secret('0.AX-canary');

  it('F21 takes the new refresh token, and keeps the old one where none came', async () => {
    const { scope: _scope, ...bare } = tokens;
    const microsoft = new ScriptedMicrosoft({ body: { ...tokens, refresh_token: '0.AX-next' } }, { body: bare });
    expect((await auth.refresh(token, microsoft)).refreshToken?.reveal()).toBe('0.AX-next');
    expect(await auth.refresh(token, microsoft)).toMatchObject({ refreshToken: null, scopes: [] });
    expect(Object.fromEntries(microsoft.last.form)).toMatchObject({ grant_type: 'refresh_token', refresh_token: '0.AX-canary' });
  });

  it.each([7000215, 7000222])('CON-19 tries the next client secret when the first is refused (%i)', async (number) => {
    const microsoft = new ScriptedMicrosoft(aadsts(number, 'invalid_client', { status: 401 }), { body: tokens });
    await auth.refresh(token, microsoft);
    expect(microsoft.calls.map((call) => call.form.get('client_secret'))).toEqual(['new-secret', 'old-secret']);
  });

  it('blames our client, not the account, when no secret is accepted', async () => {
    const no = aadsts(7000215, 'invalid_client', { status: 401 });
    await expect(auth.refresh(token, new ScriptedMicrosoft(no, no))).rejects.toMatchObject({
      code: 'forbidden',
      problem: 'provider-client-invalid',
      reason: 'AADSTS7000215',
    });
  });

  it('F20 tells the end of a grant from an outage, and asks once', async () => {
    const microsoft = new ScriptedMicrosoft(aadsts(700082, 'invalid_grant'));
    await expect(auth.refresh(token, microsoft)).rejects.toMatchObject({ code: 'unauthorized', reason: 'AADSTS700082' });
    expect(microsoft.calls).toHaveLength(1);
    await expect(auth.refresh(token, new ScriptedMicrosoft(new TypeError('fetch failed')))).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('keeps what the next consent has to answer', async () => {
    const claims = '{"access_token":{"capolids":{"essential":true,"values":["c1"]}}}';
    await expect(auth.refresh(token, new ScriptedMicrosoft(aadsts(50076, 'invalid_grant', { claims })))).rejects.toMatchObject({
      code: 'unauthorized',
      claims,
    });
  });
});

describe('revoking', () => {
  it('succeeds without a call, for there is nothing to call', async () => {
    const microsoft = new ScriptedMicrosoft();
    await auth.revoke(new Secret('0.AX'), microsoft);
    expect(microsoft.calls).toEqual([]);
    expect(auth.revokesWholeAccount).toBe(false);
  });
});
