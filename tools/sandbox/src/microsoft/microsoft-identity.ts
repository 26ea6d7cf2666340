import type { Request, Response, Router } from 'express';
import express from 'express';
import type { CallReply } from '../call-runner.ts';
import { runCall } from '../call-runner.ts';
import { connectionsPage } from '../oauth/connections-page.ts';
import { basicCredentials, formOf } from '../oauth/read-form.ts';
import { openSigningKey } from '../oauth/signing-key.ts';
import type { SandboxTools } from '../sandbox-tools.ts';
import { AadstsError, isAadstsCode, tokenErrorBody } from './microsoft-aadsts.ts';
import { answerAdminConsent } from './microsoft-admin-consent.ts';
import { answerAuthorize } from './microsoft-authorize.ts';
import { checkAudience, readAuthority } from './microsoft-authority.ts';
import type { IssuedTokens } from './microsoft-grants.ts';
import { checkClient, redeemCode, refreshAccess, revokeGrant } from './microsoft-grants.ts';
import { configurationDocument, signIdToken, subjectOf } from './microsoft-openid.ts';
import { findPerson } from './microsoft-people.ts';
import { describeScope, normaliseScopes, shownScopes } from './microsoft-scopes.ts';
import type { MicrosoftClient } from './microsoft-state.ts';
import type { MicrosoftWorld } from './microsoft-world.ts';

/** Identity platform v2.0 below `/{tenant}/…`, with OpenID Connect and the page on which consent is withdrawn. */
export function microsoftIdentityRoutes(world: MicrosoftWorld, tools: SandboxTools): Router {
  const router = express.Router();
  router.use(express.urlencoded({ extended: false, limit: '1mb' }));
  const on = (
    method: 'get' | 'post',
    path: string,
    answer: { operation: string; handle: (request: Request, segment: string) => Promise<CallReply> | CallReply },
  ): void => {
    router[method](path, (request, response) =>
      run(world, tools, {
        request,
        response,
        operation: answer.operation,
        handle: () => answer.handle(request, String(request.params['tenant'] ?? '')),
      }),
    );
  };
  on('get', '/:tenant/v2.0/.well-known/openid-configuration', {
    operation: 'entra.configuration',
    handle: (_request, segment) => ({
      status: 200,
      body: configurationDocument(world.origin(), { segment, authority: readAuthority(world, segment) }),
    }),
  });
  on('get', '/:tenant/discovery/v2.0/keys', {
    operation: 'entra.keys',
    handle: async () => ({ status: 200, body: { keys: [(await openSigningKey(world)).publicJwk] } }),
  });
  for (const method of ['get', 'post'] as const) {
    const form = (request: Request): URLSearchParams | null => (method === 'get' ? null : formOf(request));
    on(method, '/:tenant/oauth2/v2.0/authorize', {
      operation: 'entra.authorize',
      handle: (request, segment) => answerAuthorize(world, { segment, query: queryOf(request), form: form(request) }),
    });
    for (const path of ['/:tenant/v2.0/adminconsent', '/:tenant/adminconsent']) {
      on(method, path, {
        operation: 'entra.adminconsent',
        handle: (request, segment) => answerAdminConsent(world, { segment, query: queryOf(request), form: form(request) }),
      });
    }
  }
  on('post', '/:tenant/oauth2/v2.0/token', {
    operation: 'entra.token',
    handle: (request, segment) => answerToken(world, { request, segment }),
  });
  on('get', '/:tenant/oauth2/v2.0/logout', {
    operation: 'entra.logout',
    handle: (request) => {
      const next = queryOf(request).get('post_logout_redirect_uri');
      return next === null ? { status: 200, body: '<p>You signed out of your account.</p>' } : { status: 302, headers: { location: next } };
    },
  });
  on('get', '/oidc/userinfo', { operation: 'entra.userinfo', handle: (request) => answerUserinfo(world, request) });
  router.get('/connections', (request, response) => {
    const account = request.query['account'];
    const all = [...world.state.grants.values()].filter((grant) => typeof account !== 'string' || grant.email === account);
    response.type('html').send(connectionsPage(all, describeScope));
  });
  router.post('/connections', (request, response) => {
    const form = formOf(request);
    revokeGrant(world, form.get('client_id') ?? '', { email: form.get('account') ?? '' });
    response.redirect(303, request.url);
  });
  return router;
}

async function answerToken(world: MicrosoftWorld, call: { request: Request; segment: string }): Promise<CallReply> {
  const form = formOf(call.request);
  const basic = basicCredentials(call.request);
  const authority = readAuthority(world, call.segment);
  if (!form.has('grant_type')) throw new AadstsError(90014, { detail: "Field: 'grant_type'." });
  const client = checkClient(world, form.get('client_id') ?? basic?.id ?? '', form.get('client_secret') ?? basic?.secret ?? null);
  checkAudience(client, authority);
  const tokens = exchange(world, { client, form, segment: call.segment.toLowerCase() });
  const person = findPerson(world, tokens.email);
  const idToken =
    person !== null && tokens.scopes.includes('openid') ? await signIdToken(world, { clientId: client.id, person, tokens }) : null;
  await world.flush();
  const isLong = (form.get('scope') ?? '').toLowerCase().includes('https://graph.microsoft.com/');
  return {
    status: 200,
    applied: true,
    headers: { 'cache-control': 'no-store, no-cache', pragma: 'no-cache' },
    body: {
      token_type: 'Bearer',
      scope: shownScopes(tokens.scopes, { isLong }),
      expires_in: tokens.expiresInSeconds,
      ext_expires_in: tokens.expiresInSeconds,
      access_token: tokens.accessToken,
      ...(tokens.refreshToken === null ? {} : { refresh_token: tokens.refreshToken }),
      ...(idToken === null ? {} : { id_token: idToken }),
    },
  };
}

function exchange(world: MicrosoftWorld, call: { client: MicrosoftClient; form: URLSearchParams; segment: string }): IssuedTokens {
  const { client, form } = call;
  const scopes = readScopes(form.get('scope'));
  const grantType = form.get('grant_type');
  if (grantType === 'authorization_code') {
    const code = form.get('code');
    if (code === null || code === '') throw new AadstsError(90014, { detail: "Field: 'code'." });
    const verifier = form.get('code_verifier');
    return redeemCode(world, { client, authority: call.segment, code, redirectUri: form.get('redirect_uri') ?? '', verifier, scopes });
  }
  if (grantType === 'refresh_token') {
    const refreshToken = form.get('refresh_token');
    if (refreshToken === null || refreshToken === '') throw new AadstsError(90014, { detail: "Field: 'refresh_token'." });
    return refreshAccess(world, { client, refreshToken, scopes });
  }
  throw new AadstsError(70003, { detail: `Grant type: ${grantType}.` });
}

function readScopes(text: string | null): string[] | null {
  const asked = (text ?? '').split(' ').filter((scope) => scope !== '');
  if (asked.length === 0) return null;
  const scopes = normaliseScopes(asked);
  if (scopes === null) throw new AadstsError(70011, { detail: `Scope: ${asked.join(' ')}.` });
  return scopes;
}

function answerUserinfo(world: MicrosoftWorld, request: Request): CallReply {
  const token = /^Bearer (.+)$/i.exec(request.get('authorization') ?? '')?.[1] ?? '';
  const record = world.state.accessTokens.get(token);
  const person = record === undefined || record.expiresAtMs <= world.clock.now() ? null : findPerson(world, record.email);
  if (record === undefined || person === null) return { status: 401, headers: { 'www-authenticate': 'Bearer error="invalid_token"' } };
  const name = { name: person.name, given_name: person.givenName, family_name: person.surname };
  const email = record.scopes.includes('email') && person.mail !== null ? { email: person.mail } : {};
  return { status: 200, body: { sub: subjectOf(person, record.clientId), ...name, ...email } };
}

function run(
  world: MicrosoftWorld,
  tools: SandboxTools,
  call: { request: Request; response: Response; operation: string; handle: () => Promise<CallReply> | CallReply },
): Promise<void> {
  const form = formOf(call.request);
  const query = queryOf(call.request);
  const { refreshTokens, codes } = world.state;
  const account = (refreshTokens.get(form.get('refresh_token') ?? '') ?? codes.get(form.get('code') ?? ''))?.email ?? null;
  const tenant = String(call.request.params['tenant'] ?? '');
  return runCall(tools, {
    ...call,
    account,
    key: { tenant, client_id: form.get('client_id') ?? query.get('client_id') ?? '', grant_type: form.get('grant_type') ?? '' },
    faultBody: ({ status, reason, message }) => faultBody(world, { status, reason, message }),
    handle: async () => {
      try {
        return await call.handle();
      } catch (error) {
        if (error instanceof AadstsError) return { status: error.status, body: tokenErrorBody(error, world.clock.now()) };
        throw error;
      }
    },
  });
}

/** A rule's `reason` is an AADSTS number (its error and text follow), or an `error` value of its own. */
function faultBody(world: MicrosoftWorld, answer: { status: number; reason?: string; message?: string }): unknown {
  const number = Number(answer.reason);
  if (isAadstsCode(number)) return tokenErrorBody(new AadstsError(number), world.clock.now());
  const error = answer.reason ?? (answer.status >= 500 ? 'temporarily_unavailable' : 'invalid_grant');
  return {
    error,
    error_description: answer.message ?? 'AADSTS90033: A transient error has occurred. Please try again.',
    error_codes: [90033],
  };
}

function queryOf(request: Request): URLSearchParams {
  return new URL(request.url, 'http://sandbox').searchParams;
}
