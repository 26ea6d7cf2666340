import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { CallOutcome, CallReply } from '../call-runner.ts';
import { settleCall } from '../call-runner.ts';
import { createFaultRules } from '../fault-rules.ts';
import type { SandboxTools } from '../sandbox-tools.ts';
import { CALENDAR_OPERATIONS } from './microsoft-calendar-operations.ts';
import { defaultCalendarOf } from './microsoft-calendars.ts';
import { GraphError, badRequest, errorForStatus, invalidToken } from './microsoft-error.ts';
import { EVENT_OPERATIONS } from './microsoft-event-operations.ts';
import type { GraphOperation } from './microsoft-graph-call.ts';
import type { MatchedPath } from './microsoft-graph-paths.ts';
import { matchPath } from './microsoft-graph-paths.ts';
import type { MicrosoftNotices } from './microsoft-notices.ts';
import { settleOnlineMeetings } from './microsoft-online-meeting.ts';
import { findPerson } from './microsoft-people.ts';
import { readPreferences } from './microsoft-prefer.ts';
import { checkScopes } from './microsoft-scopes.ts';
import type { MicrosoftAccessToken, MicrosoftPerson } from './microsoft-state.ts';
import { SUBSCRIPTION_OPERATIONS } from './microsoft-subscription-operations.ts';
import type { GraphThrottle } from './microsoft-throttle.ts';
import type { MicrosoftWorld } from './microsoft-world.ts';

export interface GraphRequest {
  readonly method: string;
  /** Path and query below `/v1.0/`. */
  readonly url: string;
  readonly header: (name: string) => string | undefined;
  /** Parsed JSON; a SyntaxError for text that is none. */
  readonly body: unknown;
}

export interface GraphParts {
  readonly world: MicrosoftWorld;
  readonly tools: SandboxTools;
  readonly throttle: GraphThrottle;
  readonly notices: MicrosoftNotices;
}

const OPERATIONS: readonly GraphOperation[] = [...CALENDAR_OPERATIONS, ...EVENT_OPERATIONS, ...SUBSCRIPTION_OPERATIONS];
const NO_FAULTS = createFaultRules();

interface Access {
  readonly person: MicrosoftPerson;
  readonly token: MicrosoftAccessToken;
}

/** Answers one request, alone or as a part of a batch. */
export async function answerGraph(parts: GraphParts, request: GraphRequest): Promise<CallOutcome> {
  const { world, tools, throttle } = parts;
  const url = new URL(request.url, 'http://graph/');
  const found = matchPath(OPERATIONS, { method: request.method, path: url.pathname });
  const access = authenticate(world, request.header('authorization'));
  const requestId = randomUUID();
  const ids = { requestId, clientRequestId: request.header('client-request-id') ?? requestId };
  const bodyOf = (error: GraphError): unknown => error.body({ nowMs: world.clock.now(), ...ids });
  const place = access === null ? null : throttle.enter(access.token.clientId, access.person.email);
  const headers = {
    'request-id': ids.requestId,
    'client-request-id': ids.clientRequestId,
    'x-ms-ags-diagnostic': '{"ServerInfo":{"DataCenter":"Sandbox"}}',
  };
  let rule: string | undefined;
  const handle = async (): Promise<CallReply> => {
    try {
      if (access === null) throw invalidToken();
      if (place?.refusal != null) throw place.refusal;
      if (found instanceof GraphError) throw found;
      const reply = await work(parts, { request, url, found, access, noteRule: (id) => (rule = id) });
      return { ...reply, rule, headers: { ...headers, ...reply.headers } };
    } catch (error) {
      if (error instanceof GraphError)
        return { status: error.status, rule, headers: { ...headers, ...error.headers }, body: bodyOf(error) };
      throw error;
    }
  };
  try {
    if (place !== null && place.refusal === null && world.state.limits.latencyMs > 0) await delay(world.state.limits.latencyMs);
    const rules = place?.refusal == null ? tools : { ...tools, faults: NO_FAULTS };
    return await settleCall(rules, {
      operation: found instanceof GraphError ? 'graph.unknown' : `graph.${found.operation.name}`,
      account: access?.person.email ?? null,
      key: keyOf(world, found, { url, access, body: request.body }),
      requestId,
      faultBody: ({ status, reason, message }) => bodyOf(errorForStatus(status, reason, message)),
      handle,
    });
  } finally {
    place?.leave();
  }
}

async function work(
  parts: GraphParts,
  call: { request: GraphRequest; url: URL; found: MatchedPath; access: Access; noteRule: (id: string | undefined) => void },
): Promise<CallReply> {
  const { world, tools, notices } = parts;
  const { request, url, found, access } = call;
  const { operation, parameters } = found;
  const { person, token } = access;
  if (request.body instanceof SyntaxError)
    throw badRequest(
      'BadRequest',
      'Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.',
    );
  checkScopes(token.scopes, operation.scopes);
  const mailbox = found.user === null ? person : findPerson(world, found.user);
  if (mailbox === null) throw new GraphError(404, 'Request_ResourceNotFound', `Resource '${found.user ?? ''}' does not exist.`);
  if (operation.needsMailbox !== false && !mailbox.hasMailbox) {
    // The status is not confirmed.
    throw new GraphError(404, 'MailboxNotEnabledForRESTAPI', 'The mailbox is either inactive, soft-deleted, or is hosted on-premise.');
  }
  const preferences = readPreferences(request.header('prefer'));
  settleOnlineMeetings(world);
  const calendarId = found.calendarId === 'default' ? defaultCalendarOf(world, mailbox).id : found.calendarId;
  const name = `graph.${operation.name}`;
  const key = { ...keyOf(world, found, { url, access, body: request.body }), account: person.email };
  const reply = await operation.handle({
    ...{ world, notices, person, mailbox, calendarId, parameters, preferences },
    clientId: token.clientId,
    scopes: token.scopes,
    query: url.searchParams,
    address: `${world.origin()}/v1.0${url.pathname}`,
    body: request.body,
    ifMatch: request.header('if-match'),
    shape: (page) => {
      const shape = tools.pages.shape({ operation: name, key, page });
      call.noteRule(shape.ruleIds[0]);
      return shape;
    },
  });
  const isMinimal = preferences.isMinimal && (request.method === 'POST' || request.method === 'PATCH') && reply.status < 300;
  const applied: Record<string, string> = preferences.applied.length === 0 ? {} : { 'preference-applied': preferences.applied.join(', ') };
  return { ...reply, ...(isMinimal ? { status: 204, body: undefined } : {}), headers: { ...applied, ...reply.headers } };
}

function authenticate(world: MicrosoftWorld, header: string | undefined): Access | null {
  const token = world.state.accessTokens.get(/^Bearer (.+)$/i.exec(header ?? '')?.[1] ?? '');
  const person = token === undefined ? undefined : world.state.people.get(token.email);
  return token === undefined || person === undefined || token.expiresAtMs <= world.clock.now() ? null : { token, person };
}

/** What the journal and the rules know a call by. */
function keyOf(
  world: MicrosoftWorld,
  found: MatchedPath | GraphError,
  call: { url: URL; access: Access | null; body: unknown },
): Record<string, string> {
  if (found instanceof GraphError) return { path: call.url.pathname };
  const key: Record<string, string> = { ...found.parameters };
  const calendarId = namedCalendar(world, found, call.access);
  if (calendarId !== null) key['calendarId'] = calendarId;
  const members: Readonly<Record<string, unknown>> = typeof call.body === 'object' && call.body !== null ? { ...call.body } : {};
  for (const name of ['subject', 'transactionId'] as const) if (typeof members[name] === 'string') key[name] = members[name];
  for (const name of ['$deltatoken', '$skiptoken', 'startDateTime', 'endDateTime']) {
    const value = call.url.searchParams.get(name);
    if (value !== null) key[name] = value;
  }
  return key;
}

/** The calendar that a path means: the default one too where none is named and no event either. */
function namedCalendar(world: MicrosoftWorld, found: MatchedPath, access: Access | null): string | null {
  const { operation, parameters } = found;
  if (found.calendarId !== null && found.calendarId !== 'default') return found.calendarId;
  const meansDefault = found.calendarId === 'default' || (operation.below === 'either' && parameters['eventId'] === undefined);
  const mailbox = found.user === null ? (access?.person ?? null) : findPerson(world, found.user);
  return meansDefault && mailbox !== null ? defaultCalendarOf(world, mailbox).id : null;
}
