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

export interface SettledCall {
  readonly operation: string;
  readonly account: string | null;
  readonly key: Readonly<Record<string, string>>;
  readonly requestId: string;
  /** Does the work and says what to answer; called at most once. */
  readonly handle: () => Promise<CallReply> | CallReply;
  /** The service's own body for an error that a fault rule makes up. */
  readonly faultBody: (answer: Extract<FaultAnswer, { kind: 'status' }>) => unknown;
}

export interface RunnableCall extends Omit<SettledCall, 'requestId'> {
  readonly request: Request;
  readonly response: Response;
}

/** What the caller gets: an answer, a broken connection, or nothing at all. */
export type CallOutcome = { readonly kind: 'reply'; readonly reply: CallReply } | { readonly kind: 'reset' } | { readonly kind: 'timeout' };

/** Runs one call through the fault rules, answers it and writes it into the journal. */
export async function runCall(tools: { faults: FaultRules; journal: Journal; now: () => number }, call: RunnableCall): Promise<void> {
  const { request, response } = call;
  const requestId = request.get('x-request-id') ?? randomUUID();
  const outcome = await settleCall(tools, { ...call, requestId });
  if (outcome.kind === 'reset') response.socket?.resetAndDestroy();
  if (outcome.kind === 'reply') sendReply(response, outcome.reply);
}

/** The same without a connection, for services whose calls come several in one request. */
export async function settleCall(
  tools: { faults: FaultRules; journal: Journal; now: () => number },
  call: SettledCall,
): Promise<CallOutcome> {
  const { operation, account, requestId } = call;
  const at = new Date(tools.now()).toISOString();
  const key = { ...call.key, ...(account === null ? {} : { account }) };
  const hit = tools.faults.hit({ operation, key });
  const record = (status: number | null, reply: { applied: boolean; rule?: string }): void =>
    tools.journal.record({ at, operation, account, status, requestId, key, ...reply });

  if (hit !== null && hit.when === 'before' && hit.answer.kind !== 'slow') {
    record(hit.answer.kind === 'status' ? hit.answer.status : null, { applied: false, rule: hit.ruleId });
    return faultOutcome(hit.answer, call.faultBody);
  }
  if (hit !== null && hit.answer.kind === 'slow' && hit.when === 'before') await delay(hit.answer.delayMs);
  const reply = await call.handle();
  const applied = reply.applied ?? false;
  if (hit !== null && hit.when === 'after' && hit.answer.kind !== 'slow') {
    record(hit.answer.kind === 'status' ? hit.answer.status : null, { applied, rule: hit.ruleId });
    return faultOutcome(hit.answer, call.faultBody);
  }
  record(reply.status, { applied, rule: hit?.ruleId ?? reply.rule });
  if (hit !== null && hit.answer.kind === 'slow' && hit.when === 'after') await delay(hit.answer.delayMs);
  return { kind: 'reply', reply: { ...reply, headers: { 'x-request-id': requestId, ...reply.headers } } };
}

function faultOutcome(answer: Exclude<FaultAnswer, { kind: 'slow' }>, faultBody: SettledCall['faultBody']): CallOutcome {
  if (answer.kind !== 'status') return { kind: answer.kind };
  const headers: Record<string, string> = { ...answer.headers };
  if (answer.retryAfterSeconds !== undefined) headers['retry-after'] = String(answer.retryAfterSeconds);
  return { kind: 'reply', reply: { status: answer.status, headers, body: answer.rawBody ?? faultBody(answer) } };
}

function sendReply(response: Response, reply: CallReply): void {
  if (response.destroyed) return;
  response.status(reply.status).set(reply.headers ?? {});
  if (reply.body === undefined) response.end();
  else if (typeof reply.body === 'string') response.type(response.get('content-type') ?? 'text/html').send(reply.body);
  else response.json(reply.body);
}
