import { z } from 'zod';
import type { FaultAnswer, FaultRule } from '../fault-rules.ts';
import type { PageRule } from '../page-rules.ts';

const share = z.number().min(0).max(1);
const match = z.record(z.string(), z.string());

/** Flat on the wire: exactly one of `status`, `reset`, `timeout`, `slowMs`. */
const faultBody = z.strictObject({
  operation: z.string().min(1),
  status: z.int().min(100).max(599).optional(),
  reason: z.string().optional(),
  message: z.string().optional(),
  retryAfterSeconds: z.int().min(0).optional(),
  headers: z.record(z.string(), z.string()).optional(),
  rawBody: z.string().optional(),
  reset: z.literal(true).optional(),
  timeout: z.literal(true).optional(),
  slowMs: z.int().min(0).optional(),
  when: z.enum(['before', 'after']).optional(),
  nth: z.int().min(1).optional(),
  times: z.int().min(1).optional(),
  share: share.optional(),
  match: match.optional(),
});

const pageBody = z.strictObject({
  operation: z.string().min(1),
  size: z.int().min(1).optional(),
  emptyPage: z.int().min(1).optional(),
  failPage: z.int().min(1).optional(),
  failStatus: z.int().min(400).max(599).optional(),
  failTimes: z.int().min(1).optional(),
  repeatIds: z.boolean().optional(),
  empty200: z.boolean().optional(),
  dropShare: share.optional(),
  omitsEmptyItems: z.boolean().optional(),
  lists: z.int().min(1).optional(),
  match: match.optional(),
});

export function readFaultRule(body: unknown): FaultRule {
  const { status, reason, message, retryAfterSeconds, headers, rawBody, reset, timeout, slowMs, ...rule } = faultBody.parse(body);
  const answers: FaultAnswer[] = [];
  if (status !== undefined) answers.push({ kind: 'status', status, reason, message, retryAfterSeconds, headers, rawBody });
  if (reset) answers.push({ kind: 'reset' });
  if (timeout) answers.push({ kind: 'timeout' });
  if (slowMs !== undefined) answers.push({ kind: 'slow', delayMs: slowMs });
  const [answer, second] = answers;
  if (answer === undefined || second !== undefined) throw new RangeError('give exactly one of status, reset, timeout, slowMs');
  return { ...rule, answer };
}

export function readPageRule(body: unknown): PageRule {
  return pageBody.parse(body);
}
