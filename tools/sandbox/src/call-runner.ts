import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Request, Response } from 'express';
import type { FaultAnswer, FaultRules } from './fault-rules.ts';
import type { Journal } from './journal.ts';

export interface CallReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON, or text as it is. */
  readonly body?: unknown;
  readonly applied?: boolean;
  readonly rule?: string;
}

export interface RunnableCall {
  readonly request: Request;
  readonly response: Response;
  readonly operation: string;
  readonly account: string | null;
  readonly key: Readonly<Record<string, string>>;
  /** Does the work and says what to answer; called at most once. */
  readonly handle: () => Promise<CallReply> | CallReply;
  /** The service's own body for an error that a fault rule makes up. */
  readonly faultBody: (answer: Extract<FaultAnswer, { kind: 'status' }>) => unknown;
}

/** Runs one call through the fault rules, answers it and writes it into the journal. */
export async function runCall(tools: { faults: FaultRules; journal: Journal; now: () => number }, call: RunnableCall): Promise<void> {
  const { request, response, operation, account } = call;
  const at = new Date(tools.now()).toISOString();
  const requestId = request.get('x-request-id') ?? randomUUID();
  const key = { ...call.key, ...(account === null ? {} : { account }) };
  const hit = tools.faults.hit({ operation, key });
  const record = (status: number | null, reply: { applied: boolean; rule?: string }): void =>
    tools.journal.record({ at, operation, account, status, requestId, key, ...reply });

  if (hit !== null && hit.when === 'before' && hit.answer.kind !== 'slow') {
    record(hit.answer.kind === 'status' ? hit.answer.status : null, { applied: false, rule: hit.ruleId });
    sendFault(response, hit.answer, call.faultBody);
    return;
  }
  if (hit !== null && hit.answer.kind === 'slow' && hit.when === 'before') await delay(hit.answer.delayMs);
  const reply = await call.handle();
  const applied = reply.applied ?? false;
  if (hit !== null && hit.when === 'after' && hit.answer.kind !== 'slow') {
    record(hit.answer.kind === 'status' ? hit.answer.status : null, { applied, rule: hit.ruleId });
    sendFault(response, hit.answer, call.faultBody);
    return;
  }
  record(reply.status, { applied, rule: hit?.ruleId ?? reply.rule });
  if (hit !== null && hit.answer.kind === 'slow' && hit.when === 'after') await delay(hit.answer.delayMs);
  sendReply(response, { ...reply, headers: { 'x-request-id': requestId, ...reply.headers } });
}

function sendFault(response: Response, answer: FaultAnswer, faultBody: RunnableCall['faultBody']): void {
  if (answer.kind === 'reset') response.socket?.resetAndDestroy();
  if (answer.kind !== 'status') return;
  const headers: Record<string, string> = {};
  if (answer.retryAfterSeconds !== undefined) headers['retry-after'] = String(answer.retryAfterSeconds);
  sendReply(response, { status: answer.status, headers, body: answer.rawBody ?? faultBody(answer) });
}

function sendReply(response: Response, reply: CallReply): void {
  if (response.destroyed) return;
  response.status(reply.status).set(reply.headers ?? {});
  if (reply.body === undefined) response.end();
  else if (typeof reply.body === 'string') response.type(response.get('content-type') ?? 'text/html').send(reply.body);
  else response.json(reply.body);
}
