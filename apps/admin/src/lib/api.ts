import type { BodyInputOf, Operation, OperationId, Operations, ResponseOf } from '@daymark/api-contract';
import type { ProblemBody } from '@daymark/api-contract';
import { ProblemError, unreachable } from './problem-error.ts';

/** One operation as the browser needs it; the literals are checked against the contract by their types. */
export interface Endpoint<K extends OperationId> {
  readonly method: Operations[K]['method'];
  readonly path: Operations[K]['path'];
  readonly takesKey: Operations[K]['isIdempotent'];
}

type InputOf<O extends Operation, Part extends 'params' | 'query'> = O extends { readonly [P in Part]: { shape: infer S } }
  ? { readonly [Name in keyof S]?: string | number | boolean | readonly string[] | undefined }
  : Record<never, never>;

export interface Call<K extends OperationId> {
  readonly params?: InputOf<Operations[K], 'params'>;
  readonly query?: InputOf<Operations[K], 'query'>;
  readonly body?: BodyInputOf<Operations[K]>;
  /** The version that was seen; the answer is 412 when it is no longer the last. */
  readonly ifMatch?: number;
  /** One key per intention: the same key is never carried out twice. */
  readonly idempotencyKey?: string;
  readonly signal?: AbortSignal;
}

/** Declares an operation: `endpoint<'getConnection'>({ method: 'get', path: '/v1/connections/{connection_id}', takesKey: false })`. */
export function endpoint<K extends OperationId>(declared: Endpoint<K>): Endpoint<K> {
  return declared;
}

let csrfToken = '';

/** Kept in memory only; comes with the session. */
export function rememberCsrfToken(token: string): void {
  csrfToken = token;
}

/** Calls the API of the same origin with the cookie of the session; throws a {@link ProblemError} for every other answer than success. */
export async function call<K extends OperationId>(target: Endpoint<K>, options: Call<K> = {}): Promise<ResponseOf<Operations[K]>> {
  const address = addressOf(target.path, options.params ?? {}, options.query ?? {});
  const headers = new Headers({ Accept: 'application/json' });
  if (target.method !== 'get') headers.set('X-CSRF-Token', csrfToken);
  if (target.takesKey) headers.set('Idempotency-Key', options.idempotencyKey ?? crypto.randomUUID());
  if (options.ifMatch !== undefined) headers.set('If-Match', `"${options.ifMatch}"`);
  if (options.body !== undefined) headers.set('Content-Type', 'application/json');
  const request: RequestInit = { method: target.method.toUpperCase(), headers, credentials: 'same-origin' };
  if (options.body !== undefined) request.body = JSON.stringify(options.body);
  if (options.signal !== undefined) request.signal = options.signal;

  const answer = await send(address, request);
  const text = await answer.text();
  if (!answer.ok) throw problemOf(answer, text, address);
  return (text === '' ? undefined : JSON.parse(text)) as ResponseOf<Operations[K]>;
}

function addressOf(path: string, params: object, query: object): string {
  const values = new Map<string, unknown>(Object.entries(params));
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(values.get(name))));
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === '') continue;
    for (const one of Array.isArray(value) ? value : [value]) search.append(name, String(one));
  }
  const text = search.toString();
  return text === '' ? filled : `${filled}?${text}`;
}

async function send(address: string, request: RequestInit): Promise<Response> {
  try {
    return await fetch(address, request);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw unreachable('The request got no answer.', address);
  }
}

function problemOf(answer: Response, text: string, address: string): ProblemError {
  const requestId = answer.headers.get('X-Request-Id') ?? '';
  try {
    const body = JSON.parse(text) as ProblemBody;
    if (typeof body.code === 'string') return new ProblemError({ ...body, request_id: body.request_id || requestId });
  } catch {
    // Something between browser and server answered instead of the API.
  }
  const fallback = unreachable(`The answer was ${answer.status} and not readable.`, address).body;
  return new ProblemError({ ...fallback, title: 'The server gave no readable answer', status: answer.status, request_id: requestId });
}
