import { Secret, instant } from '@daymark/domain';
import type { Instant } from '@daymark/domain';
import type { AccessProfile, ConnectionAccess } from '@daymark/provider-contract';

/** A call as it left for Google. */
export interface SentCall {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: unknown;
  readonly form: URLSearchParams;
}

export type Answer =
  { readonly status?: number; readonly body?: unknown; readonly text?: string; readonly headers?: Record<string, string> } | Error;

/** Google with its answers written down beforehand, one for each call; keeps what it was asked. */
export class ScriptedGoogle {
  readonly calls: SentCall[] = [];
  readonly #answers: Answer[];

  constructor(...answers: Answer[]) {
    this.#answers = answers;
  }

  readonly fetch: typeof fetch = async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const text = typeof init?.body === 'string' ? init.body : '';
    this.calls.push({
      method: init?.method ?? 'GET',
      url,
      headers: new Headers(init?.headers),
      body: text.startsWith('{') ? JSON.parse(text) : undefined,
      form: new URLSearchParams(text.startsWith('{') ? '' : text),
    });
    const answer = this.#answers.shift();
    if (answer === undefined) throw new Error(`no answer is written down for ${init?.method ?? 'GET'} ${url.pathname}`);
    if (answer instanceof Error) throw answer;
    const { status = 200, body, text: plain, headers } = answer;
    if (status === 204) return new Response(null, { status, headers });
    return new Response(plain ?? JSON.stringify(withKind(`${init?.method ?? 'GET'} ${url.pathname}`, body)), {
      status,
      headers: { 'content-type': plain === undefined ? 'application/json; charset=UTF-8' : 'text/html', ...headers },
    });
  };

  get last(): SentCall {
    const call = this.calls.at(-1);
    if (call === undefined) throw new Error('nothing was asked');
    return call;
  }

  access(profile: AccessProfile = 'read_write'): ConnectionAccess {
    return { profile, fetch: this.fetch, now: () => NOW, credentials: () => Promise.resolve({ accessToken: new Secret('ya29.canary') }) };
  }
}

/** Google's lists say what they are lists of. */
function withKind(call: string, body: unknown): unknown {
  const kind = kinds.find(([pattern]) => pattern.test(call))?.[1];
  return kind === undefined || typeof body !== 'object' || body === null || 'error' in body ? body : { kind, ...body };
}

const kinds: readonly (readonly [call: RegExp, kind: string])[] = [
  [/^GET .*\/users\/me\/calendarList$/, 'calendar#calendarList'],
  [/^GET .*\/calendars\/[^/]+\/events$/, 'calendar#events'],
  [/^GET .*\/events\/[^/]+\/instances$/, 'calendar#events'],
  [/^POST .*\/freeBusy$/, 'calendar#freeBusy'],
];

export const NOW: Instant = instant(Date.UTC(2026, 7, 25, 12));

/** Google's error envelope. */
export function refusal(status: number, reason: string, more: { readonly domain?: string; readonly location?: string } = {}): Answer {
  return {
    status,
    body: {
      error: { code: status, message: 'In words that nobody should read', errors: [{ domain: 'global', reason, message: '…', ...more }] },
    },
  };
}
