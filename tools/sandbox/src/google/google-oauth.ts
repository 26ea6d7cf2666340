import type { Request, Response, Router } from 'express';
import express from 'express';
import type { CallReply } from '../call-runner.ts';
import { runCall } from '../call-runner.ts';
import { connectionsPage } from '../oauth/connections-page.ts';
import { basicCredentials, formOf } from '../oauth/read-form.ts';
import { openSigningKey } from '../oauth/signing-key.ts';
import type { SandboxTools } from '../sandbox-tools.ts';
import { addPerson, findAccount } from './google-accounts.ts';
import { authorizeErrorPage, consentPage } from './google-consent-page.ts';
import { GoogleApiError } from './google-error.ts';
import type { IssuedTokens } from './google-grants.ts';
import {
  GoogleOAuthError,
  checkClient,
  findGrant,
  grantCode,
  redeemCode,
  refreshAccess,
  revokeByToken,
  revokeGrant,
} from './google-grants.ts';
import { claimsOf, discoveryDocument, signIdToken } from './google-openid.ts';
import { describeScope, isSignInScope, normaliseScopes } from './google-scopes.ts';
import type { GoogleAccount, GoogleClient, GoogleCode } from './google-state.ts';
import type { GoogleWorld } from './google-world.ts';

/** OAuth and OpenID Connect, on the same origin as the calendar. `origin` is also the issuer. */
export function googleOAuthRoutes(world: GoogleWorld, tools: SandboxTools, origin: () => string): Router {
  const router = express.Router();
  router.use(express.urlencoded({ extended: false, limit: '1mb' }), express.json({ limit: '1mb' }));
  router.get('/.well-known/openid-configuration', (_request, response) => {
    response.json(discoveryDocument(origin()));
  });
  router.get('/oauth2/v3/certs', async (request, response) => {
    await run(tools, {
      request,
      response,
      operation: 'oauth.certs',
      handle: async () => ({
        status: 200,
        body: { keys: [(await openSigningKey(world)).publicJwk] },
        headers: { 'cache-control': 'public, max-age=300' },
      }),
    });
  });
  router.get('/o/oauth2/v2/auth', (request, response) => answerAuthorize(world, tools, { request, response, form: null }));
  router.post('/o/oauth2/v2/auth', (request, response) => answerAuthorize(world, tools, { request, response, form: formOf(request) }));
  router.post('/token', async (request, response) => {
    const form = formOf(request);
    const key = { grant_type: form.get('grant_type') ?? '', client_id: form.get('client_id') ?? '', ...accountKey(world, form) };
    await run(tools, {
      request,
      response,
      operation: 'oauth.token',
      key,
      handle: () => answerToken(world, { request, form, issuer: origin() }),
    });
  });
  router.post('/revoke', async (request, response) => {
    const token = formOf(request).get('token') ?? new URL(request.url, origin()).searchParams.get('token') ?? '';
    await run(tools, {
      request,
      response,
      operation: 'oauth.revoke',
      handle: async () => {
        if (!revokeByToken(world, token)) return oauthError(400, 'invalid_token', 'Token expired or revoked');
        await world.flush();
        return { status: 200, body: {}, applied: true };
      },
    });
  });
  for (const path of ['/v1/userinfo', '/oauth2/v2/userinfo']) {
    router.get(path, async (request, response) => {
      await run(tools, {
        request,
        response,
        operation: 'oauth.userinfo',
        handle: () => answerUserinfo(world, request, { isLegacy: path !== '/v1/userinfo' }),
      });
    });
  }
  router.get('/connections', (request, response) => {
    const account = request.query.account;
    const all = [...world.state.grants.values()].filter((grant) => typeof account !== 'string' || grant.email === account);
    response.type('html').send(connectionsPage(all, describeScope));
  });
  router.post('/connections', (request, response) => {
    const form = formOf(request);
    revokeGrant(world, form.get('client_id') ?? '', form.get('account') ?? '');
    response.redirect(303, request.url);
  });
  return router;
}

interface AuthorizeRequest {
  readonly client: GoogleClient;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  readonly prompts: readonly string[];
  readonly hint: string | null;
  readonly query: URLSearchParams;
}

async function answerAuthorize(
  world: GoogleWorld,
  tools: SandboxTools,
  call: { request: Request; response: Response; form: URLSearchParams | null },
): Promise<void> {
  const { request, response, form } = call;
  const query = new URL(request.url, 'http://sandbox').searchParams;
  const key = { client_id: query.get('client_id') ?? '' };
  await run(tools, {
    request,
    response,
    operation: 'oauth.authorize',
    key,
    handle: async () => {
      const asked = readAuthorize(world, query);
      if (asked instanceof GoogleOAuthError) {
        return { status: asked.status, body: authorizeErrorPage({ status: asked.status, code: asked.code, description: asked.message }) };
      }
      if (form === null) return asked.prompts.includes('none') ? silentConsent(world, asked) : showConsent(world, asked);
      if (form.get('decision') !== 'allow') return back(asked, { error: 'access_denied' });
      let account: GoogleAccount;
      try {
        account = chosenAccount(world, asked, form);
      } catch (error) {
        if (error instanceof GoogleApiError) return showConsent(world, asked, 'Choose an account or type an address.');
        throw error;
      }
      const isGranular = form.has('granular') || form.has('scope');
      const ticked = new Set(form.getAll('scope').flatMap((value) => value.split(' ')));
      const scopes = isGranular ? asked.scopes.filter((scope) => isSignInScope(scope) || ticked.has(scope)) : asked.scopes;
      if (scopes.length === 0) return back(asked, { error: 'access_denied' });
      const reply = grant(world, asked, { account, scopes });
      await world.flush();
      return reply;
    },
  });
}

function readAuthorize(world: GoogleWorld, query: URLSearchParams): AuthorizeRequest | GoogleOAuthError {
  const client = world.state.clients.get(query.get('client_id') ?? '');
  if (!query.has('client_id')) return new GoogleOAuthError(400, 'invalid_request', 'Required parameter is missing: client_id');
  if (client === undefined) return new GoogleOAuthError(401, 'invalid_client', 'The OAuth client was not found.');
  if (client.isDeleted) return new GoogleOAuthError(401, 'deleted_client', 'The OAuth client was deleted.');
  const redirectUri = query.get('redirect_uri') ?? '';
  if (!client.redirectUris.includes(redirectUri)) {
    return new GoogleOAuthError(400, 'redirect_uri_mismatch', `The redirect URI ${redirectUri} is not registered for this application.`);
  }
  if (query.get('response_type') !== 'code')
    return new GoogleOAuthError(400, 'invalid_request', 'Required parameter is missing: response_type');
  const asked = (query.get('scope') ?? '').split(' ').filter((scope) => scope !== '');
  if (asked.length === 0) return new GoogleOAuthError(400, 'invalid_request', 'Missing required parameter: scope');
  const scopes = normaliseScopes(asked);
  if (scopes === null) return new GoogleOAuthError(400, 'invalid_scope', `Some requested scopes were invalid: ${asked.join(' ')}`);
  const prompts = (query.get('prompt') ?? '').split(' ').filter((prompt) => prompt !== '');
  const isPromptKnown = prompts.every((prompt) => ['none', 'consent', 'select_account'].includes(prompt));
  if (!isPromptKnown || (prompts.includes('none') && prompts.length > 1))
    return new GoogleOAuthError(400, 'invalid_request', 'Invalid parameter value for prompt');
  const challenge = query.get('code_challenge');
  const method = query.get('code_challenge_method') ?? 'plain';
  if (challenge !== null && (!['S256', 'plain'].includes(method) || !/^[A-Za-z0-9\-._~]{43,128}$/.test(challenge))) {
    return new GoogleOAuthError(400, 'invalid_request', 'Invalid code challenge.');
  }
  return { client, redirectUri, scopes, prompts, hint: query.get('login_hint')?.toLowerCase() ?? null, query };
}

function showConsent(world: GoogleWorld, asked: AuthorizeRequest, problem?: string): CallReply {
  const people = [...world.state.accounts.values()];
  const body = consentPage({
    clientId: asked.client.id,
    redirectUri: asked.redirectUri,
    people,
    hint: asked.hint,
    scopes: asked.scopes,
    problem,
  });
  return {
    status: problem === undefined ? 200 : 400,
    body,
    headers: { 'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'" },
  };
}

function silentConsent(world: GoogleWorld, asked: AuthorizeRequest): CallReply {
  const account = asked.hint === null ? null : findByHint(world, asked.hint);
  if (account === null) return back(asked, { error: 'login_required' });
  const earlier = findGrant(world, asked.client.id, account.email);
  if (earlier === null || asked.scopes.some((scope) => !earlier.scopes.includes(scope))) return back(asked, { error: 'consent_required' });
  return grant(world, asked, { account, scopes: asked.scopes });
}

function chosenAccount(world: GoogleWorld, asked: AuthorizeRequest, form: URLSearchParams): GoogleAccount {
  const typed = form.get('account') || form.get('new_account') || asked.hint || '';
  return findByHint(world, typed) ?? addPerson(world, { email: typed });
}

function findByHint(world: GoogleWorld, hint: string): GoogleAccount | null {
  return findAccount(world, hint) ?? [...world.state.accounts.values()].find((account) => account.sub === hint) ?? null;
}

function grant(world: GoogleWorld, asked: AuthorizeRequest, consent: { account: GoogleAccount; scopes: readonly string[] }): CallReply {
  const { query } = asked;
  const { code, scopes } = grantCode(world, {
    ...consent,
    client: asked.client,
    redirectUri: asked.redirectUri,
    nonce: query.get('nonce'),
    challenge: challengeOf(query),
    isOffline: query.get('access_type') === 'offline',
    isConsentForced: asked.prompts.includes('consent'),
    includesGrantedScopes: query.get('include_granted_scopes') === 'true',
  });
  return back(asked, {
    code,
    scope: scopes.join(' '),
    authuser: '0',
    ...(consent.account.hostedDomain === null ? {} : { hd: consent.account.hostedDomain }),
    prompt: asked.prompts.length === 0 ? 'none' : asked.prompts.join(' '),
  });
}

function challengeOf(query: URLSearchParams): GoogleCode['challenge'] {
  const value = query.get('code_challenge');
  if (value === null) return null;
  return { value, method: query.get('code_challenge_method') === 'S256' ? 'S256' : 'plain' };
}

function back(asked: AuthorizeRequest, parameters: Readonly<Record<string, string>>): CallReply {
  const url = new URL(asked.redirectUri);
  const state = asked.query.get('state');
  if (state !== null) url.searchParams.set('state', state);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return { status: 302, headers: { location: url.href }, applied: 'code' in parameters };
}

async function answerToken(world: GoogleWorld, call: { request: Request; form: URLSearchParams; issuer: string }): Promise<CallReply> {
  const { form } = call;
  const basic = basicCredentials(call.request);
  try {
    const clientId = form.get('client_id') ?? basic?.id;
    const client = checkClient(world, clientId ?? undefined, form.get('client_secret') ?? basic?.secret);
    const tokens = exchange(world, client, form);
    const account = findAccount(world, tokens.email);
    const idToken =
      account !== null && tokens.scopes.includes('openid')
        ? await signIdToken(world, { issuer: call.issuer, clientId: client.id, account, tokens })
        : null;
    await world.flush();
    return {
      status: 200,
      applied: true,
      headers: { 'cache-control': 'no-store', pragma: 'no-cache' },
      body: {
        access_token: tokens.accessToken,
        expires_in: tokens.expiresInSeconds,
        ...(tokens.refreshToken === null ? {} : { refresh_token: tokens.refreshToken }),
        ...(tokens.refreshTokenExpiresInSeconds === null ? {} : { refresh_token_expires_in: tokens.refreshTokenExpiresInSeconds }),
        scope: tokens.scopes.join(' '),
        token_type: 'Bearer',
        ...(idToken === null ? {} : { id_token: idToken }),
      },
    };
  } catch (error) {
    if (error instanceof GoogleOAuthError) return oauthError(error.status, error.code, error.message);
    throw error;
  }
}

function exchange(world: GoogleWorld, client: GoogleClient, form: URLSearchParams): IssuedTokens {
  const grantType = form.get('grant_type');
  if (grantType === 'authorization_code') {
    const code = form.get('code');
    if (code === null || code === '') throw new GoogleOAuthError(400, 'invalid_request', 'Missing required parameter: code');
    return redeemCode(world, { client, code, redirectUri: form.get('redirect_uri') ?? '', verifier: form.get('code_verifier') });
  }
  if (grantType === 'refresh_token') {
    const refreshToken = form.get('refresh_token');
    if (refreshToken === null || refreshToken === '')
      throw new GoogleOAuthError(400, 'invalid_request', 'Missing required parameter: refresh_token');
    return refreshAccess(world, { client, refreshToken });
  }
  throw new GoogleOAuthError(400, 'unsupported_grant_type', `Invalid grant_type: ${grantType ?? ''}`);
}

function answerUserinfo(world: GoogleWorld, request: Request, { isLegacy }: { isLegacy: boolean }): CallReply {
  const token = /^Bearer (.+)$/i.exec(request.get('authorization') ?? '')?.[1] ?? '';
  const record = world.state.accessTokens.get(token);
  const account = record === undefined || record.expiresAtMs <= world.clock.now() ? null : findAccount(world, record.email);
  if (record === undefined || account === null) {
    const headers = { 'www-authenticate': 'Bearer realm="https://accounts.google.com/", error="invalid_token"' };
    return { status: 401, headers, body: { error: 'invalid_request', error_description: 'Invalid Credentials' } };
  }
  const domain = account.hostedDomain === null ? {} : { hd: account.hostedDomain };
  return { status: 200, body: { [isLegacy ? 'id' : 'sub']: account.sub, ...claimsOf(account, record.scopes), ...domain } };
}

function run(
  tools: SandboxTools,
  call: {
    request: Request;
    response: Response;
    operation: string;
    key?: Readonly<Record<string, string>>;
    handle: () => Promise<CallReply> | CallReply;
  },
): Promise<void> {
  return runCall(tools, {
    key: {},
    ...call,
    account: call.key?.account ?? null,
    faultBody: ({ status, reason, message }) =>
      oauthError(status, reason ?? (status >= 500 ? 'internal_failure' : 'invalid_grant'), message ?? 'Bad Request').body,
  });
}

function oauthError(status: number, code: string, description: string): CallReply {
  return { status, body: { error: code, error_description: description } };
}

function accountKey(world: GoogleWorld, form: URLSearchParams): Record<string, string> {
  const email =
    world.state.refreshTokens.get(form.get('refresh_token') ?? '')?.email ?? world.state.codes.get(form.get('code') ?? '')?.email;
  return email === undefined ? {} : { account: email };
}
