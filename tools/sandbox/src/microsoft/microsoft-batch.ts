import { z } from 'zod';
import type { CallReply } from '../call-runner.ts';
import { badRequest } from './microsoft-error.ts';
import type { GraphParts } from './microsoft-graph.ts';
import { answerGraph } from './microsoft-graph.ts';

const batchBody = z.object({
  requests: z
    .array(
      z.object({
        id: z.string(),
        method: z.string(),
        url: z.string(),
        headers: z.record(z.string(), z.string()).default({}),
        body: z.unknown().optional(),
        dependsOn: z.array(z.string()).default([]),
      }),
    )
    .min(1),
});

type BatchPart = z.infer<typeof batchBody>['requests'][number];
interface PartAnswer {
  readonly id: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

const MAX_PARTS = 20;

/** Several calls in one request. Each is answered, limited and refused by itself; only a malformed batch fails as a whole. @throws GraphError 400 */
export async function answerBatch(parts: GraphParts, batch: { body: unknown; authorization: string | undefined }): Promise<CallReply> {
  const requests = readParts(batch.body);
  const answers = new Map<string, PartAnswer>();
  for (const part of inOrder(requests)) {
    const failed = part.dependsOn.some((id) => (answers.get(id)?.status ?? 424) >= 400);
    answers.set(part.id, failed ? dependencyFailed(part.id) : await answerPart(parts, part, batch.authorization));
  }
  // In no order that a caller could rely on.
  return { status: 200, body: { responses: [...answers.values()].toReversed() } };
}

async function answerPart(parts: GraphParts, part: BatchPart, authorization: string | undefined): Promise<PartAnswer> {
  const headers = new Map(Object.entries(part.headers).map(([name, value]) => [name.toLowerCase(), value]));
  if (authorization !== undefined) headers.set('authorization', authorization);
  const outcome = await answerGraph(parts, {
    method: part.method.toUpperCase(),
    url: part.url,
    header: (name) => headers.get(name),
    body: part.body,
  });
  if (outcome.kind !== 'reply') return { id: part.id, status: 504, headers: {}, body: { error: { code: 'UnknownError', message: '' } } };
  const { status, body } = outcome.reply;
  const kept: Record<string, string> = { 'Content-Type': 'application/json' };
  for (const [name, value] of Object.entries(outcome.reply.headers ?? {})) {
    if (name === 'retry-after') kept['Retry-After'] = value;
    if (name === 'preference-applied') kept['Preference-Applied'] = value;
    if (name === 'location') kept['Location'] = value;
  }
  return { id: part.id, status, headers: kept, ...(body === undefined ? {} : { body }) };
}

function readParts(body: unknown): BatchPart[] {
  const parsed = batchBody.safeParse(body);
  if (!parsed.success) throw badRequest('BadRequest', `Invalid batch payload format: ${z.prettifyError(parsed.error)}`);
  const { requests } = parsed.data;
  if (requests.length > MAX_PARTS)
    throw badRequest('MaximumValueExceeded', `Number of batch request steps exceeds the maximum value of ${MAX_PARTS}.`);
  const ids = new Set(requests.map(({ id }) => id));
  if (ids.size < requests.length) throw badRequest('BadRequest', 'Duplicate request id in the batch.');
  for (const { id, method, headers, dependsOn } of requests) {
    const hasType = Object.keys(headers).some((name) => name.toLowerCase() === 'content-type');
    if (/^(post|patch|put)$/i.test(method) && !hasType)
      throw badRequest('BadRequest', `Write request id : ${id} does not contain Content-Type header or body.`);
    if (dependsOn.some((other) => !ids.has(other)))
      throw badRequest('BadRequest', `Request id ${id} depends on an id that is not in the batch.`);
  }
  return requests;
}

/** Each part after those that it depends on. @throws GraphError 400 for a circle */
function inOrder(requests: readonly BatchPart[]): BatchPart[] {
  const ordered: BatchPart[] = [];
  let waiting = [...requests];
  while (waiting.length > 0) {
    const ready = waiting.filter(({ dependsOn }) => dependsOn.every((id) => ordered.some((done) => done.id === id)));
    if (ready.length === 0) throw badRequest('BadRequest', 'The dependencies of the batch form a circle.');
    ordered.push(...ready);
    waiting = waiting.filter((part) => !ready.includes(part));
  }
  return ordered;
}

function dependencyFailed(id: string): PartAnswer {
  return {
    id,
    status: 424,
    headers: {},
    body: { error: { code: 'FailedDependency', message: 'A request that this one depends on failed.' } },
  };
}
