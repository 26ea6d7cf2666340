import { setTimeout as sleep } from 'node:timers/promises';

/** An answer that is not a success. */
export class DemoCallError extends Error {
  override readonly name = 'DemoCallError';
  readonly status: number;
  constructor(call: string, { status, body }: { status: number; body: string }) {
    super(`${call} answered ${status}: ${body.slice(0, 300)}`);
    this.status = status;
  }
}

export interface DemoUserView {
  readonly id: string;
  readonly email: string;
  readonly role: string;
}

export interface DemoConnectionView {
  readonly id: string;
  readonly account_email: string;
  readonly user_id: string;
  readonly status: 'pending' | 'active' | 'paused' | 'expired' | 'error' | 'revoked';
  readonly calendars_count: number;
  /** Null as long as a calendar of it was never read. */
  readonly lag_seconds: number | null;
}

type Json = Readonly<Record<string, unknown>>;

export interface DemoApi {
  get<T>(path: string): Promise<T>;
  send<T>(method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: Json, options?: { readonly idempotencyKey: string }): Promise<T>;
}

const LONGEST_CALL_MS = 30_000;

/** JSON over HTTP, with an API key or without; waits when it is asked to slow down. */
export function demoApi(baseUrl: string, { key, signal }: { key?: string; signal: AbortSignal }): DemoApi {
  const call = async <T>(method: string, path: string, { body, idempotencyKey }: { body?: Json; idempotencyKey?: string }): Promise<T> => {
    for (;;) {
      const answer = await fetch(baseUrl + path, {
        method,
        headers: {
          ...(key !== undefined && { authorization: `Bearer ${key}` }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
        },
        body: body === undefined ? undefined : JSON.stringify(body),
        signal: AbortSignal.any([signal, AbortSignal.timeout(LONGEST_CALL_MS)]),
      });
      const text = await answer.text();
      if (answer.ok) return (text === '' ? null : JSON.parse(text)) as T;
      if (answer.status !== 429) throw new DemoCallError(`${method} ${path}`, { status: answer.status, body: text });
      await sleep(Number(answer.headers.get('retry-after') ?? 1) * 1_000, undefined, { signal });
    }
  };
  return {
    get: (path) => call('GET', path, {}),
    send: (method, path, body, options) => call(method, path, { body, ...options }),
  };
}

/** What the consent page answers where an administrator has to agree first; nobody has come back from it yet. */
const ADMIN_NEEDED = 403;

/**
 * Sends a browser's two requests: the form of the consent page, and the way back to the product. Where an administrator has to agree
 * first, the person goes back without, and `connected` is false.
 */
export async function giveConsent(
  authorizeUrl: string,
  { productUrl, withoutScope, signal }: { productUrl: string; withoutScope: RegExp | null; signal: AbortSignal },
): Promise<{ connected: boolean }> {
  const form = new URLSearchParams({ decision: 'allow' });
  if (withoutScope !== null) {
    form.set('granular', '1');
    const asked = new URL(authorizeUrl).searchParams.get('scope')?.split(' ') ?? [];
    for (const scope of asked) if (!withoutScope.test(scope)) form.append('scope', scope);
  }
  const decide = (decision: URLSearchParams) => fetch(authorizeUrl, { method: 'POST', body: decision, redirect: 'manual', signal });
  const first = await decide(form);
  const needsAdmin = first.status === ADMIN_NEEDED;
  const consent = needsAdmin ? await decide(new URLSearchParams({ decision: 'return' })) : first;
  const back = consent.headers.get('location');
  if (back === null) throw new DemoCallError('the consent page', { status: consent.status, body: await consent.text() });
  const { pathname, search } = new URL(back);
  const end = await fetch(productUrl + pathname + search, { redirect: 'manual', signal });
  const result = end.headers.get('location') ?? '';
  const connected = result.includes('outcome=connected');
  if (!connected && !(needsAdmin && result.includes('outcome=')))
    throw new DemoCallError('the way back from consent', { status: end.status, body: result || (await end.text()) });
  return { connected };
}
