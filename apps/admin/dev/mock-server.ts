import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { parseArgs } from 'node:util';
import type { Run } from '@daymark/api-contract';
import { worldAt } from '../src/testing/fixtures.ts';
import { mockApi, refusal } from '../src/testing/mock-api.ts';

/**
 * Serves the built app and answers out of fixtures, to look at pages without the API:
 * `node --conditions=@daymark/source dev/mock-server.ts --port 4500 [--empty] [--signed-out] [--broken]`.
 */
const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '4500' },
    empty: { type: 'boolean', default: false },
    'signed-out': { type: 'boolean', default: false },
    broken: { type: 'boolean', default: false },
  },
});
const dist = new URL('../dist/', import.meta.url).pathname;
const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.html': 'text/html',
};
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self'; font-src 'self'; connect-src 'self'";
const world = worldAt(Date.now());
if (values.empty) {
  for (const list of [world.connections, world.calendars, world.runs, world.events as unknown[], world.meetings]) list.length = 0;
  Object.assign(world, { overview: emptied(world.overview) });
}
const answer = mockApi(world);

createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const stream = /^\/v1\/sync\/runs\/([^/]+)\/stream$/.exec(pathname);
  if (stream !== null) return streamRun(stream[1] ?? '', response);
  if (pathname.startsWith('/v1/')) return void reply(request, response, pathname, searchParams);
  return sendFile(pathname, response);
}).listen(Number(values.port), '127.0.0.1', () => console.log(`http://127.0.0.1:${values.port}`));

async function reply(request: IncomingMessage, response: ServerResponse, path: string, query: URLSearchParams): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  const body = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
  const isOut = values['signed-out'] && path !== '/v1/sign-in-options';
  const isBroken = values.broken && path !== '/v1/session';
  const method = request.method ?? 'GET';
  const given = isOut
    ? refusal('unauthenticated', 'Nobody is signed in.')
    : isBroken
      ? refusal('provider-unavailable', 'The service gave no answer within 10 s.')
      : await answer({ method, path, query, body, headers: {} }, []);
  const { status, body: out } = given ?? refusal('not-found', path);
  response.writeHead(status, { 'content-type': status < 400 ? 'application/json' : 'application/problem+json' });
  response.end(out === undefined || status === 204 ? undefined : JSON.stringify(out));
}

function streamRun(id: string, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  let pulled = 0;
  const timer = setInterval(() => {
    const place = world.runs.findIndex((run) => run.id === id);
    const before = world.runs[place];
    if (before === undefined) return void response.end();
    pulled += 7;
    const state: Run['state'] = pulled > 20 ? 'succeeded' : 'running';
    const run = { ...before, state, counts: { ...before.counts, pulled, pushed: pulled > 20 ? 1 : 0 } };
    world.runs[place] = run;
    response.write(`event: run\ndata: ${JSON.stringify(run)}\n\n`);
    if (state === 'succeeded') response.end();
  }, 400);
  response.on('close', () => clearInterval(timer));
}

function sendFile(path: string, response: ServerResponse): void {
  const wanted = join(dist, normalize(path));
  const file = existsSync(wanted) && statSync(wanted).isFile() ? wanted : join(dist, 'index.html');
  response.writeHead(200, { 'content-type': types[extname(file)] ?? 'application/octet-stream', 'content-security-policy': policy });
  createReadStream(file).pipe(response);
}

function emptied(overview: typeof world.overview): typeof world.overview {
  const none = { pending: 0, active: 0, paused: 0, expired: 0, error: 0, revoked: 0 };
  return {
    ...overview,
    connections: { total: 0, by_status: none, by_provider: [] },
    needs_you: [],
    recovering: [],
    next_meetings: [],
    sync: { runs_24h: 0, failed_runs_24h: 0, success_rate_24h: null, lag_seconds_p50: null, lag_seconds_max: null },
    checklist: overview.checklist.map(({ step }) => ({ step, done: step === 'provider_configured' })),
  };
}
