import type { Request, Response, Router } from 'express';
import express from 'express';
import type { CallReply } from '../call-runner.ts';
import { runCall } from '../call-runner.ts';
import type { SandboxTools } from '../sandbox-tools.ts';
import { settleConferences } from './google-conference.ts';
import { GoogleApiError, badRequest, errorForReason } from './google-error.ts';
import { applyFieldMask } from './google-field-mask.ts';
import type { GoogleOperation } from './google-operations.ts';
import { GOOGLE_OPERATIONS } from './google-operations.ts';
import type { GoogleQuota } from './google-quota.ts';
import { checkScopes } from './google-scopes.ts';
import type { GoogleAccount } from './google-state.ts';
import type { GoogleWorld } from './google-world.ts';

interface GoogleTools extends SandboxTools {
  readonly quota: GoogleQuota;
}

/** Calendar v3 below `/calendar/v3/`. */
export function googleCalendarRoutes(world: GoogleWorld, tools: GoogleTools): Router {
  const router = express.Router();
  router.use(express.text({ type: () => true, limit: '20mb' }));
  const sorted = [...GOOGLE_OPERATIONS].sort((a, b) => Number(a.path.endsWith(':eventId')) - Number(b.path.endsWith(':eventId')));
  for (const operation of sorted) {
    router[operation.method](`/${operation.path}`, (request, response) => answer(world, tools, { operation, request, response }));
  }
  router.use((_request, response) => {
    response.status(404).json(errorForReason(404).body());
  });
  return router;
}

async function answer(
  world: GoogleWorld,
  tools: GoogleTools,
  call: { operation: GoogleOperation; request: Request; response: Response },
): Promise<void> {
  const { operation, request, response } = call;
  const access = authenticate(world, request);
  const query = new URL(request.url, 'http://sandbox').searchParams;
  const body = readBody(request.body);
  const parameters = Object.fromEntries(Object.entries(request.params).map(([name, value]) => [name, String(value)]));
  const key = keyOf({ parameters, query, body, account: access?.account ?? null });
  await runCall(tools, {
    request,
    response,
    operation: operation.name,
    account: access?.account.email ?? null,
    key,
    faultBody: ({ status, reason, message }) => errorForReason(status, reason, message).body(),
    handle: () => {
      let rule: string | undefined;
      try {
        if (access === null) throw invalidCredentials();
        const { account, clientId } = access;
        tools.quota.charge({ clientId, email: account.email, operation: operation.name, calendarId: key.calendarId });
        if (body instanceof SyntaxError) throw badRequest('Parse Error', { reason: 'parseError' });
        checkScopes(access.scopes, operation.scopes);
        settleConferences(world);
        const reply = operation.handle({
          world,
          ...access,
          parameters,
          query,
          body,
          ifMatch: request.get('if-match'),
          shape: (page) => {
            const shape = tools.pages.shape({ operation: operation.name, key: { ...key, account: access.account.email }, page });
            rule = shape.ruleIds[0];
            return shape;
          },
        });
        return { ...finish(reply, request, query), rule };
      } catch (error) {
        if (error instanceof GoogleApiError)
          return { status: error.options.status, headers: error.options.headers, body: error.body(), rule };
        throw error;
      }
    },
  });
}

function finish(reply: CallReply, request: Request, query: URLSearchParams): CallReply {
  const { body } = reply;
  const etag = typeof body === 'object' && body !== null && 'etag' in body && typeof body.etag === 'string' ? body.etag : null;
  const headers = { ...reply.headers, ...(etag === null ? {} : { etag }) };
  if (etag !== null && request.method === 'GET' && request.get('if-none-match') === etag) return { status: 304, headers };
  const fields = query.get('fields');
  if (fields === null || body === undefined) return { ...reply, headers };
  try {
    return { ...reply, headers, body: applyFieldMask(body, fields) };
  } catch (error) {
    if (error instanceof SyntaxError)
      throw badRequest(`Invalid field selection ${fields}`, { reason: 'invalidParameter', location: 'fields' });
    throw error;
  }
}

function authenticate(
  world: GoogleWorld,
  request: Request,
): { account: GoogleAccount; scopes: readonly string[]; clientId: string | null } | null {
  const token = /^Bearer (.+)$/i.exec(request.get('authorization') ?? '')?.[1];
  const record = token === undefined ? undefined : world.state.accessTokens.get(token);
  const account = record === undefined ? undefined : world.state.accounts.get(record.email);
  if (record === undefined || account === undefined || record.expiresAtMs <= world.clock.now()) return null;
  return { account, scopes: record.scopes, clientId: record.clientId };
}

function invalidCredentials(): GoogleApiError {
  return new GoogleApiError({
    status: 401,
    reason: 'authError',
    message: 'Invalid Credentials',
    location: 'Authorization',
    locationType: 'header',
    rpcStatus: 'UNAUTHENTICATED',
    headers: { 'www-authenticate': 'Bearer realm="https://accounts.google.com/", error="invalid_token"' },
  });
}

function readBody(text: unknown): unknown {
  if (typeof text !== 'string' || text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    return error instanceof SyntaxError ? error : undefined;
  }
}

/** What the journal and the rules know a call by. */
function keyOf(call: {
  parameters: Record<string, string>;
  query: URLSearchParams;
  body: unknown;
  account: GoogleAccount | null;
}): Record<string, string> {
  const key: Record<string, string> = { ...call.parameters };
  if (key.calendarId === 'primary' && call.account !== null) key.calendarId = call.account.email;
  const members: Readonly<Record<string, unknown>> = typeof call.body === 'object' && call.body !== null ? { ...call.body } : {};
  if (key.eventId === undefined && key.calendarId !== undefined && typeof members.id === 'string') key.eventId = members.id;
  for (const name of ['iCalUID', 'summary'] as const) if (typeof members[name] === 'string') key[name] = members[name];
  for (const name of ['syncToken', 'pageToken', 'timeMin', 'timeMax', 'sendUpdates', 'conferenceDataVersion', 'destination']) {
    const value = call.query.get(name);
    if (value !== null) key[name] = value;
  }
  return key;
}
