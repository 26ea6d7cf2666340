import { randomUUID } from 'node:crypto';
import type { Request, Response, Router } from 'express';
import express from 'express';
import type { CallReply } from '../call-runner.ts';
import { runCall } from '../call-runner.ts';
import { GraphError, errorForStatus, invalidToken } from './microsoft-error.ts';
import { answerBatch } from './microsoft-batch.ts';
import type { GraphParts } from './microsoft-graph.ts';
import { answerGraph } from './microsoft-graph.ts';

/** Graph below `/v1.0/`. */
export function microsoftGraphRoutes(parts: GraphParts): Router {
  const router = express.Router();
  router.use(express.text({ type: () => true, limit: '20mb' }));
  router.post('/$batch', (request, response) => answerBatchCall(parts, { request, response }));
  router.use(async (request, response) => {
    const outcome = await answerGraph(parts, {
      method: request.method,
      url: request.url,
      header: (name) => request.get(name),
      body: readJson(request.body),
    });
    if (outcome.kind === 'reset') response.socket?.resetAndDestroy();
    if (outcome.kind === 'reply') send(response, outcome.reply);
  });
  return router;
}

function answerBatchCall(parts: GraphParts, { request, response }: { request: Request; response: Response }): Promise<void> {
  const { world, tools } = parts;
  const authorization = request.get('authorization');
  const requestId = randomUUID();
  const ids = { nowMs: world.clock.now(), requestId, clientRequestId: request.get('client-request-id') ?? requestId };
  return runCall(tools, {
    request,
    response,
    operation: 'graph.batch',
    account: world.state.accessTokens.get(authorization?.replace(/^Bearer /i, '') ?? '')?.email ?? null,
    key: {},
    faultBody: ({ status, reason, message }) => errorForStatus(status, reason, message).body(ids),
    handle: async () => {
      try {
        if (authorization === undefined) throw invalidToken('Access token is empty.');
        return await answerBatch(parts, { body: readJson(request.body), authorization });
      } catch (error) {
        if (error instanceof GraphError) return { status: error.status, headers: error.headers, body: error.body(ids) };
        throw error;
      }
    },
  });
}

function send(response: Response, reply: CallReply): void {
  if (response.destroyed) return;
  response.status(reply.status).set(reply.headers ?? {});
  if (reply.body === undefined) response.end();
  else if (typeof reply.body === 'string') response.type('text/html').send(reply.body);
  else response.json(reply.body);
}

function readJson(text: unknown): unknown {
  if (typeof text !== 'string' || text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    return error instanceof SyntaxError ? error : undefined;
  }
}
