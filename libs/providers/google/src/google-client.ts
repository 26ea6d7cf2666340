import type { ConnectionAccess } from '@daymark/provider-contract';
import { ProviderError } from '@daymark/provider-contract';
// Deep, because the package's root loads every API of Google (0.7 s and 120 MB).
import { calendar_v3 } from 'googleapis/build/src/apis/calendar/v3.js';
import type { z } from 'zod';
import { mismatch } from './google-api.ts';
import { apiError, transportError, unexpectedAnswer, unfitRequest } from './google-error.ts';
import type { CallPurpose, Refusal } from './google-error.ts';

/** One call: what it is about, and how its answer must look. */
export interface GoogleCall<T> {
  readonly purpose: CallPurpose;
  readonly answer: z.ZodType<T>;
  send(api: calendar_v3.Calendar): Promise<{ readonly data: unknown }>;
}

/** Calls the Calendar API through the host's client. Throws ProviderError and nothing else; repeats nothing. */
export class GoogleClient {
  readonly #api: calendar_v3.Calendar;
  readonly #access: ConnectionAccess;

  constructor(access: ConnectionAccess, { apiUrl }: { readonly apiUrl: string }) {
    this.#access = access;
    this.#api = new calendar_v3.Calendar({ retry: false, responseType: 'json', fetchImplementation: throughHost(access, apiUrl) });
  }

  async call<T>({ purpose, answer, send }: GoogleCall<T>): Promise<T> {
    let data: unknown;
    try {
      ({ data } = await send(this.#api));
    } catch (error) {
      throw this.#translate(error, purpose);
    }
    const parsed = answer.safeParse(data);
    if (!parsed.success) throw unexpectedAnswer(mismatch(parsed.error), purpose);
    return parsed.data;
  }

  #translate(error: unknown, purpose: CallPurpose): ProviderError {
    const refusal = refusalOf(error);
    if (refusal !== null) return apiError(refusal, { purpose, now: this.#access.now() });
    const cause = error instanceof Error ? error.cause : undefined;
    if (cause instanceof ProviderError) return cause;
    // gaxios wraps whatever goes wrong on the way and keeps its `config`; the rest is the SDK refusing a parameter.
    if (error instanceof Error && !('config' in error)) return unfitRequest('invalid-parameter', purpose);
    return transportError(cause);
  }
}

/** The token is added here, so that it never gets into the SDK's options and errors. */
function throughHost(access: ConnectionAccess, apiUrl: string): typeof fetch {
  return async (input, init) => {
    const { accessToken } = await access.credentials();
    const headers = new Headers(init?.headers);
    headers.set('authorization', `Bearer ${accessToken.reveal()}`);
    const { pathname, search } = new URL(input instanceof Request ? input.url : input);
    try {
      return await access.fetch(`${apiUrl}${pathname}${search}`, {
        method: init?.method ?? 'GET',
        headers: Object.fromEntries(headers),
        body: init?.body,
      });
    } catch (error) {
      throw transportError(error);
    }
  };
}

function refusalOf(error: unknown): Refusal | null {
  if (!(error instanceof Error) || !('response' in error)) return null;
  const { response } = error;
  if (!(typeof response === 'object' && response !== null && 'status' in response && 'headers' in response)) return null;
  const { status, headers } = response;
  if (typeof status !== 'number' || !(headers instanceof Headers || hasGet(headers))) return null;
  return { status, headers, body: 'data' in response ? response.data : undefined };
}

/** The host's client may bring its own class of headers. */
function hasGet(headers: unknown): headers is Refusal['headers'] {
  return typeof headers === 'object' && headers !== null && 'get' in headers && typeof headers.get === 'function';
}
