import { render } from '@testing-library/react';
import { createMemoryHistory } from '@tanstack/react-router';
import { vi } from 'vitest';
import { Providers } from '../app/providers.tsx';
import { createAppRouter } from '../app/router.tsx';
import { createQueryClient } from '../lib/query-client.ts';
import { FakeEventSource } from './fake-event-source.ts';
import type { World } from './fixtures.ts';
import { worldAt } from './fixtures.ts';
import type { Handler, MockAnswer, MockRequest } from './mock-api.ts';
import { mockApi } from './mock-api.ts';

export interface Running {
  readonly world: World;
  /** Every request so far, in order. */
  readonly requests: readonly MockRequest[];
  readonly requestsTo: (method: string, path: RegExp) => readonly MockRequest[];
  readonly address: () => string;
  /** Where the browser was sent outside of the app, in order. */
  readonly departures: () => readonly string[];
}

export interface StartOptions {
  /** Changes the fixtures before the first request. */
  readonly prepare?: (world: World) => void;
  /** Answers before the fixtures do; undefined leaves it to them. */
  readonly answer?: Handler;
}

/** The whole app at an address, with a server out of fixtures in place of the network, and event streams that a test feeds. */
export function startApp(path: string, { prepare, answer }: StartOptions = {}): Running {
  const world = worldAt(Date.now());
  prepare?.(world);
  const fixtures = mockApi(world);
  const requests: MockRequest[] = [];
  FakeEventSource.open.clear();
  vi.stubGlobal('EventSource', FakeEventSource);
  const assign = vi.spyOn(window.location, 'assign').mockReset();
  vi.stubGlobal('fetch', async (address: string, init: RequestInit = {}): Promise<Response> => {
    const url = new URL(address, 'http://localhost');
    const request: MockRequest = {
      method: init.method ?? 'GET',
      path: url.pathname,
      query: url.searchParams,
      body: typeof init.body === 'string' ? (JSON.parse(init.body) as Record<string, unknown>) : {},
      headers: Object.fromEntries([...new Headers(init.headers)].map(([name, value]) => [name.toLowerCase(), value])),
    };
    requests.push(request);
    const given = (await answer?.(request, [])) ?? (await fixtures(request, []));
    return responseOf(given);
  });
  const queryClient = createQueryClient();
  queryClient.setDefaultOptions({ queries: { ...queryClient.getDefaultOptions().queries, retry: false } });
  const router = createAppRouter(queryClient, createMemoryHistory({ initialEntries: [path] }));
  render(<Providers queryClient={queryClient} router={router} env="test" />);
  return {
    world,
    requests,
    requestsTo: (method, wanted) => requests.filter((one) => one.method === method && wanted.test(one.path)),
    address: () => router.state.location.href,
    departures: () => assign.mock.calls.map(([url]) => String(url)),
  };
}

function responseOf(given: MockAnswer | undefined): Response {
  const { status, body } = given ?? { status: 404, body: {} };
  const type = status < 400 ? 'application/json' : 'application/problem+json';
  return new Response(status === 204 || body === undefined ? null : JSON.stringify(body), { status, headers: { 'content-type': type } });
}

/** Answers one operation in its own way, and leaves the others to the fixtures: `only('POST /v1/meetings', () => refusal(…))`. */
export function only(operation: `${string} /${string}`, handler: Handler): Handler {
  return (request, params) => (`${request.method} ${request.path}` === operation ? handler(request, params) : undefined);
}

/** Never answers, so that what is shown meanwhile can be seen. */
export function silence(): Promise<undefined> {
  return new Promise(() => undefined);
}
