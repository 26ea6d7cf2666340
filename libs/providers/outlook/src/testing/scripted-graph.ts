import { Secret, instant } from '@daymark/domain';
import type { Instant } from '@daymark/domain';
import type { AccessProfile, ConnectionAccess } from '@daymark/provider-contract';
import { OutlookClient } from '../outlook-client.ts';

/** A call as it left for Graph. */
export interface SentCall {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: unknown;
}

export type Answer =
  { readonly status?: number; readonly body?: unknown; readonly text?: string; readonly headers?: Record<string, string> } | Error;

export const GRAPH_URL = 'https://graph.example';
export const NOW: Instant = instant(Date.UTC(2026, 10, 20, 8));

/** Graph with its answers written down beforehand, one for each call; keeps what it was asked. */
export class ScriptedGraph {
  readonly calls: SentCall[] = [];
  readonly client: OutlookClient;
  readonly #answers: Answer[];

  constructor(...answers: Answer[]) {
    this.#answers = answers;
    this.client = new OutlookClient(this.access(), { graphUrl: GRAPH_URL });
  }

  readonly fetch: typeof fetch = async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const method = init?.method ?? 'GET';
    const text = typeof init?.body === 'string' ? init.body : '';
    this.calls.push({ method, url, headers: new Headers(init?.headers), body: text === '' ? undefined : JSON.parse(text) });
    const answer = this.#answers.shift();
    if (answer === undefined) throw new Error(`no answer is written down for ${method} ${url.pathname}`);
    if (answer instanceof Error) throw answer;
    const { status = 200, body, text: plain, headers } = answer;
    if (status === 204) return new Response(null, { status, headers });
    return new Response(plain ?? (body === undefined ? '' : JSON.stringify(body)), {
      status,
      headers: { 'content-type': plain === undefined ? 'application/json' : 'text/html', ...headers },
    });
  };

  get last(): SentCall {
    const call = this.calls.at(-1);
    if (call === undefined) throw new Error('nothing was asked');
    return call;
  }

  /** Methods and paths below the version, in order. */
  get asked(): readonly string[] {
    return this.calls.map(({ method, url }) => `${method} ${decodeURIComponent(url.pathname.replace('/v1.0', ''))}`);
  }

  access(profile: AccessProfile = 'read_write'): ConnectionAccess {
    return { profile, fetch: this.fetch, now: () => NOW, credentials: () => Promise.resolve({ accessToken: new Secret('eyJ0.canary') }) };
  }
}

/** Graph's error envelope. */
export function refusal(status: number, code: string): Answer {
  return { status, body: { error: { code, message: 'In words that nobody should read', innerError: { 'request-id': '0' } } } };
}
