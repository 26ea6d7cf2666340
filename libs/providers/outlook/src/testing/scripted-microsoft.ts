import { instant } from '@daymark/domain';
import type { Instant } from '@daymark/domain';
import type { HostPorts } from '@daymark/provider-contract';

/** A call as it left for Microsoft. */
export interface SentCall {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly form: URLSearchParams;
}

export type Answer =
  { readonly status?: number; readonly body?: unknown; readonly text?: string; readonly headers?: Record<string, string> } | Error;

/** Microsoft with its answers written down beforehand, one for each call; keeps what it was asked. */
export class ScriptedMicrosoft implements HostPorts {
  readonly calls: SentCall[] = [];
  readonly #answers: Answer[];

  constructor(...answers: Answer[]) {
    this.#answers = answers;
  }

  readonly fetch: typeof fetch = async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const form = new URLSearchParams(typeof init?.body === 'string' ? init.body : '');
    this.calls.push({ method: init?.method ?? 'GET', url, headers: new Headers(init?.headers), form });
    const answer = this.#answers.shift();
    if (answer === undefined) throw new Error(`no answer is written down for ${init?.method ?? 'GET'} ${url.pathname}`);
    if (answer instanceof Error) throw answer;
    const { status = 200, body, text, headers } = answer;
    return new Response(text ?? JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } });
  };

  now(): Instant {
    return NOW;
  }

  get last(): SentCall {
    const call = this.calls.at(-1);
    if (call === undefined) throw new Error('nothing was asked');
    return call;
  }
}

export const NOW: Instant = instant(Date.UTC(2026, 7, 25, 12));
export const TENANT = '7c2a9b1e-0000-4000-8000-00000000ac3e';
export const CLIENT_ID = '11111111-2222-4333-8444-555555555555';

/** A refusal of the token endpoint, as it is documented. */
export function aadsts(number: number, error: string, more: { readonly status?: number; readonly claims?: string } = {}): Answer {
  const { status = 400, ...members } = more;
  return {
    status,
    body: {
      error,
      error_description: `AADSTS${number}: In words that nobody should read. Trace ID: 1`,
      error_codes: [number],
      timestamp: '2026-08-25 12:00:00Z',
      ...members,
    },
  };
}

/** An ID token without a signature worth the name. */
export function idToken(claims: object = {}): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const all = {
    aud: CLIENT_ID,
    iss: `https://login.microsoftonline.com/${TENANT}/v2.0`,
    tid: TENANT,
    oid: 'OID-1',
    name: 'Ada',
    ...claims,
  };
  return `${part({ alg: 'RS256', kid: 'k' })}.${part(all)}.sig`;
}
