import { createContext, runInContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeTenant, signIn, type TestTenant } from './support/tenants.ts';
import { startTestApp, type TestApp } from './support/test-app.ts';

interface PageRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
}

type Interceptor = (request: PageRequest) => Promise<PageRequest>;

let test: TestApp;
let acme: TestTenant;
let cookie: string;
let asked: string[];

beforeAll(async () => {
  test = await startTestApp({ configuration: { role: 'web' } });
  acme = await makeTenant(test);
  cookie = (await signIn(test, acme.owner)).cookie;
});
afterAll(() => test.close());

/** Runs the script of the page as a browser does that is signed in, and gives what the page puts before its requests. */
async function interceptorOfPage(): Promise<Interceptor> {
  const script = await fetch(`${test.baseUrl}/docs/swagger-ui-init.js`).then((answer) => answer.text());
  asked = [];
  let options: { requestInterceptor?: Interceptor } = {};
  const bundle = Object.assign((given: typeof options) => (options = given), { presets: {}, plugins: {} });
  const window: { location: URL; fetch: unknown; onload?: () => void } = {
    location: new URL(`${test.baseUrl}/docs`),
    fetch: (path: string, { headers }: { headers: Record<string, string> }) => {
      asked.push(path);
      return fetch(new URL(path, test.baseUrl), { headers: { ...headers, cookie } });
    },
  };
  runInContext(script, createContext({ window, URL, SwaggerUIBundle: bundle, SwaggerUIStandalonePreset: {} }));
  window.onload!();
  return options.requestInterceptor ?? ((request) => Promise.resolve(request));
}

const makeRoom = (): PageRequest => ({
  url: `${test.baseUrl}/v1/resources`,
  method: 'POST',
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify({ name: 'Room 4' }),
});

describe('“Try it out” at /docs', () => {
  it('writes for somebody who is signed in', async () => {
    const { url, ...request } = await (await interceptorOfPage())(makeRoom());
    const answer = await fetch(url, { ...request, headers: { ...request.headers, cookie } });
    expect([answer.status, await answer.json()]).toMatchObject([201, { name: 'Room 4' }]);
  });

  it('sends a key alone, and asks for no token where none is needed', async () => {
    const intercept = await interceptorOfPage();
    const headers = { Authorization: `Bearer ${acme.key}` };
    expect((await intercept({ ...makeRoom(), headers: { ...headers } })).headers).toEqual(headers);
    expect((await intercept({ ...makeRoom(), method: 'GET', headers: {} })).headers).toEqual({});
    expect(asked).toEqual([]);
  });

  it('gives the token to no other origin', async () => {
    const intercept = await interceptorOfPage();
    expect((await intercept({ ...makeRoom(), url: 'https://elsewhere.example/v1/resources', headers: {} })).headers).toEqual({});
    expect(asked).toEqual([]);
  });

  it('is refused without the token, as every other page that holds the cookie only', async () => {
    const { url, ...request } = makeRoom();
    const answer = await fetch(url, { ...request, headers: { ...request.headers, cookie } });
    expect([answer.status, await answer.json()]).toMatchObject([403, { code: 'csrf-failed' }]);
  });
});
