import { setTimeout as sleep } from 'node:timers/promises';

/** Answers are looked at freely. */
export type Json = ReturnType<typeof JSON.parse>;

export interface Sent {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Received {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Json;
}

const PAUSE_MS = 150;
const ANSWER_MS = 60_000;

/** Calls the product as a client with a key does. */
export class Api {
  readonly url: string;
  readonly #key: () => string;

  constructor(url: string, key: () => string) {
    this.url = url;
    this.#key = key;
  }

  /** @throws Error when there was no answer. */
  async call(method: string, path: string, { body, headers = {} }: Sent = {}): Promise<Received> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.#key()}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text.startsWith('{') ? JSON.parse(text) : text };
  }

  /** As a careful client: no answer, 5xx, 429 and a call under way are asked again, with the same Idempotency-Key. */
  async untilAnswered(
    method: string,
    path: string,
    sent: Sent = {},
    watch: (call: () => Promise<Received>) => Promise<Received> = (call) => call(),
  ): Promise<Received> {
    for (;;) {
      const answer = await watch(() => this.call(method, path, sent)).catch(() => null);
      const isFinal = answer !== null && answer.status < 500 && answer.status !== 429 && answer.body.code !== 'idempotency-in-progress';
      if (isFinal) return answer;
      await sleep(PAUSE_MS);
    }
  }

  /** @throws Error when the answer is not a success. */
  async succeed(method: string, path: string, sent: Sent = {}): Promise<Json> {
    const { status, body } = await this.untilAnswered(method, path, sent);
    if (status >= 300) throw new Error(`${method} ${path} answered ${status}: ${JSON.stringify(body)}`);
    return body;
  }
}
