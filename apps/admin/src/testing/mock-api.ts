import type { Meeting, Operation, OperationExample, Run } from '@daymark/api-contract';
import {
  connectionTestExample,
  deliveryExample,
  exampleId,
  operations,
  problemBody,
  reminderExample,
  signInOptionsExample,
  startedRunsExample,
} from '@daymark/api-contract';
import type { ProblemCode } from '@daymark/domain';
import { problemDefinition } from '@daymark/domain';
import type { World } from './fixtures.ts';
import { issueOf } from './fixtures.ts';
import { checkOf, freeBusyOf, iso, slotsOf } from './mock-times.ts';

export interface MockRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Record<string, unknown>;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

export interface MockAnswer {
  readonly status: number;
  readonly body: unknown;
}

export type Handler = (request: MockRequest, params: readonly string[]) => MockAnswer | undefined | Promise<MockAnswer | undefined>;

export const ok = (body: unknown, status = 200): MockAnswer => ({ status, body });
export const page = (data: readonly unknown[]): MockAnswer => ok({ data, next_cursor: null, has_more: false });

/** A problem answer as the API gives it. */
export function refusal(code: ProblemCode, detail: string, data: Readonly<Record<string, unknown>> = {}): MockAnswer {
  return { status: problemDefinition(code).status, body: problemBody(code, { detail, instance: '/', requestId: 'req_01JD9C', data }) };
}

/** Answers like the API out of a world of fixtures; what it has no own answer for comes from the examples of the contract. */
export function mockApi(world: World): Handler {
  const routes: readonly (readonly [string, RegExp, Handler])[] = [
    ['GET', /^\/v1\/session$/, () => ok(world.session)],
    ['GET', /^\/v1\/sign-in-options$/, () => ok(signInOptionsExample)],
    ['GET', /^\/v1\/providers$/, () => page(world.providers)],
    ['GET', /^\/v1\/users$/, () => page(world.users)],
    ['GET', /^\/v1\/insights\/overview$/, () => ok(world.overview)],
    ['GET', /^\/v1\/calendars$/, () => page(world.calendars)],
    ['GET', /^\/v1\/scheduling-profiles$/, () => page(world.profiles)],
    ['GET', /^\/v1\/connections$/, ({ query }) => page(world.connections.filter((one) => matches(one, query)))],
    ['GET', /^\/v1\/connections\/([^/]+)$/, (_, [id]) => found(world.connections.find((one) => one.id === id))],
    ['PATCH', /^\/v1\/connections\/([^/]+)$/, ({ body }, [id]) => patchConnection(world, id, body)],
    ['DELETE', /^\/v1\/connections\/([^/]+)$/, (_, [id]) => patchConnection(world, id, { status: 'revoked', last_error: null })],
    ['POST', /^\/v1\/connections\/([^/]+)\/test$/, (_, [id]) => ok(testOf(world, id))],
    ['POST', /^\/v1\/sync\/runs$/, ({ body }) => startRuns(world, body)],
    ['GET', /^\/v1\/sync\/runs$/, ({ query }) => page(world.runs.filter((run) => runMatches(run, query)))],
    ['GET', /^\/v1\/sync\/runs\/([^/]+)$/, (_, [id]) => found(world.runs.find((run) => run.id === id))],
    [
      'GET',
      /^\/v1\/events$/,
      ({ query }) =>
        page(
          world.events.filter((one) => query.getAll('calendar_id').length === 0 || query.getAll('calendar_id').includes(one.calendar_id)),
        ),
    ],
    [
      'POST',
      /^\/v1\/availability\/slots$/,
      ({ body }) => ok({ ...(operations.findSlots.example.response as object), data: slotsOf(body), excluded: [] }),
    ],
    ['POST', /^\/v1\/free-busy$/, ({ body }) => ok(freeBusyOf(world, body))],
    ['POST', /^\/v1\/conflicts\/check$/, ({ body }) => ok(checkOf(body))],
    ['POST', /^\/v1\/meetings$/, ({ body }) => book(world, body)],
    ['GET', /^\/v1\/meetings$/, () => page(world.meetings)],
    ['GET', /^\/v1\/meetings\/([^/]+)$/, (_, [id]) => found(world.meetings.find((one) => one.id === id))],
    [
      'GET',
      /^\/v1\/meetings\/([^/]+)\/deliveries$/,
      () =>
        page([
          deliveryExample,
          {
            ...deliveryExample,
            id: exampleId('delivery', 2),
            state: 'failed',
            recipient: 'leo.brandt@acme.example',
            problem: issueOf('mail-failed', 'The mail server refused the address.', deliveryExample.created_at),
          },
        ]),
    ],
    ['GET', /^\/v1\/meetings\/([^/]+)\/reminders$/, () => page([reminderExample])],
  ];
  return (request) => {
    for (const [method, pattern, handler] of routes) {
      const match = request.method === method ? pattern.exec(request.path) : null;
      if (match !== null) return handler(request, match.slice(1));
    }
    return exampleOf(request);
  };
}

function exampleOf({ method, path }: MockRequest): MockAnswer {
  for (const operation of Object.values(operations)) {
    const pattern = new RegExp(`^${operation.path.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
    if (operation.method !== method.toLowerCase() || !pattern.test(path)) continue;
    const example: OperationExample | undefined = (operation as Operation).example;
    return { status: operation.status, body: example?.response };
  }
  return refusal('not-found', `There is nothing at ${path}.`);
}

function found(one: unknown): MockAnswer {
  return one === undefined ? refusal('not-found', 'There is no such thing.') : ok(one);
}

function matches(one: World['connections'][number], query: URLSearchParams): boolean {
  const [status, condition, q] = [query.getAll('status'), query.getAll('condition'), query.get('q') ?? ''];
  const provider = query.get('provider');
  return (
    (status.length === 0 || status.includes(one.status)) &&
    (condition.length === 0 || one.conditions.some((held) => condition.includes(held.condition))) &&
    (provider === null || one.provider === provider) &&
    `${one.label} ${one.account_email}`.includes(q)
  );
}

function runMatches(run: Run, query: URLSearchParams): boolean {
  const outcome = query.getAll('outcome');
  return query.getAll('connection_id').includes(run.connection_id) && (outcome.length === 0 || outcome.includes(run.state));
}

function patchConnection(world: World, id: string | undefined, change: Record<string, unknown>): MockAnswer {
  const place = world.connections.findIndex((one) => one.id === id);
  const before = world.connections[place];
  if (before === undefined) return refusal('not-found', 'There is no such connection.');
  const after = { ...before, ...change, sync: { ...before.sync, ...(change['sync'] as object | undefined) }, version: before.version + 1 };
  world.connections[place] = after;
  return ok(after);
}

function testOf(world: World, id: string | undefined): unknown {
  const isFailing = world.connections.find((one) => one.id === id)?.status === 'error';
  const [token] = connectionTestExample.checks;
  const problem = issueOf('reauthorization-required', 'The service refused to renew access.', connectionTestExample.tested_at);
  const rest = ['scopes', 'calendar_list', 'free_busy', 'write'].map((check) => ({
    ...token,
    check,
    outcome: isFailing ? 'skipped' : 'passed',
    message: isFailing ? 'Not reached, because the token was refused.' : 'Works.',
  }));
  const first = isFailing ? { ...token, outcome: 'failed', message: 'Refused: invalid_grant.', problem } : token;
  return { ...connectionTestExample, ok: !isFailing, checks: [first, ...rest], tested_at: new Date().toISOString() };
}

function startRuns(world: World, body: Record<string, unknown>): MockAnswer {
  const calendars = world.calendars.filter((one) => body['scope'] === 'all' || one.connection_id === body['connection_id']);
  const [queued] = startedRunsExample.data;
  const data = calendars.map((one, nth) => ({
    ...queued!,
    id: exampleId('run', 900 + nth),
    calendar_id: one.id,
    connection_id: one.connection_id,
  }));
  world.runs.push(...data);
  return ok({ run_id: data[0]?.id ?? null, data }, 202);
}

function book(world: World, body: Record<string, unknown>): MockAnswer {
  const start = (body['start'] ?? body['preferred_start']) as string;
  const minutes = (body['duration_minutes'] as number | undefined) ?? 30;
  const check = checkOf({ start, end: iso(Date.parse(start) + minutes * 60_000) });
  if (!check.free) {
    return refusal('slot-taken', 'Ada is busy then.', { conflicts: check.conflicts, alternatives: check.alternatives });
  }
  const [example] = world.meetings;
  const meeting = {
    ...example!,
    id: exampleId('meeting', 77),
    title: String(body['title']),
    start: iso(Date.parse(start)),
    end: iso(Date.parse(start) + minutes * 60_000),
  } satisfies Meeting;
  world.meetings.push(meeting);
  return ok({ ...(operations.createMeeting.example.response as object), ...meeting }, 201);
}
