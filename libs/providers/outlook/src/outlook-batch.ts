import { ProviderError } from '@daymark/provider-contract';
import { z } from 'zod';
import { mismatch } from './outlook-api.ts';
import { commonPreferences } from './outlook-client.ts';
import type { GraphCall, OutlookClient } from './outlook-client.ts';
import { graphError, unexpectedAnswer } from './outlook-error.ts';

/** Graph takes no more in one request: https://learn.microsoft.com/en-us/graph/json-batching */
const MOST_PARTS = 20;

const batchAnswer = z.looseObject({
  responses: z.array(
    z.looseObject({ id: z.string(), status: z.number(), headers: z.record(z.string(), z.string()).nullish(), body: z.unknown() }),
  ),
});
type PartAnswer = z.infer<typeof batchAnswer>['responses'][number];

/** A reading that goes along with others. */
export type TogetherCall<T> = Pick<GraphCall<T>, 'purpose' | 'path' | 'query' | 'answer'>;

/**
 * Readings that travel together; answers in the order of the calls, each refused by itself. What is refused for lack of room is
 * not repeated here.
 */
export async function callTogether<T>(client: OutlookClient, calls: readonly TogetherCall<T>[]): Promise<readonly (T | ProviderError)[]> {
  const answers: (T | ProviderError)[] = [];
  for (let first = 0; first < calls.length; first += MOST_PARTS) {
    const parts = calls.slice(first, first + MOST_PARTS);
    if (parts.length === 1) answers.push(...(await Promise.all(parts.map((call) => callAlone(client, call)))));
    else answers.push(...(await callBatch(client, parts)));
  }
  return answers;
}

async function callAlone<T>(client: OutlookClient, call: TogetherCall<T>): Promise<T | ProviderError> {
  try {
    return await client.call(call);
  } catch (error) {
    if (error instanceof ProviderError) return error;
    throw error;
  }
}

async function callBatch<T>(client: OutlookClient, calls: readonly TogetherCall<T>[]): Promise<readonly (T | ProviderError)[]> {
  const requests = calls.map(({ path, query }, index) => ({
    id: String(index),
    method: 'GET',
    url: `${path}?${Object.entries(query ?? {})
      .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
      .join('&')}`,
    headers: { Prefer: commonPreferences() },
  }));
  const purpose = calls[0]?.purpose ?? 'changes';
  const { responses } = await client.call({ purpose, method: 'POST', path: '/$batch', body: { requests }, answer: batchAnswer });
  const byId = new Map(responses.map((response) => [response.id, response]));
  return calls.map((call, index) => readPart(client, call, byId.get(String(index))));
}

function readPart<T>(client: OutlookClient, { purpose, answer }: TogetherCall<T>, response: PartAnswer | undefined): T | ProviderError {
  if (response === undefined) return unexpectedAnswer('a part of the batch has no answer', purpose);
  const { status, body } = response;
  const names = new Map(Object.entries(response.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
  const headers = { get: (name: string) => names.get(name.toLowerCase()) ?? null };
  if (status < 200 || status > 299) return graphError({ status, headers, body }, { purpose, now: client.now() });
  const parsed = answer.safeParse(body);
  return parsed.success ? parsed.data : unexpectedAnswer(mismatch(parsed.error), purpose);
}
