import type { ConnectionAccess } from '@daymark/provider-contract';
import { Client, ResponseType } from '@microsoft/microsoft-graph-client';
import type { Context, Middleware, MiddlewareOptions } from '@microsoft/microsoft-graph-client';
import type { z } from 'zod';
import { graphPage, mismatch } from './outlook-api.ts';
import type { GraphPage } from './outlook-api.ts';
import { graphError, transportError, unexpectedAnswer } from './outlook-error.ts';
import type { CallPurpose } from './outlook-error.ts';

const VERSION = 'v1.0';

/**
 * Sent with every call: ids that survive a move, instants in UTC, and descriptions as plain text. Mixing the forms of ids would
 * make two events of one. https://learn.microsoft.com/en-us/graph/outlook-immutable-id
 */
const PREFERENCES: readonly string[] = ['IdType="ImmutableId"', 'outlook.timezone="UTC"', 'outlook.body-content-type="text"'];

/** One call: what it is about, and how its answer must look. */
export interface GraphCall<T> {
  readonly purpose: CallPurpose;
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below the version and with every part encoded, such as `/me/events/AAMk%3D`; or a link that Graph gave. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Besides those that every call has, or in place of the one of the same name. */
  readonly prefer?: readonly string[];
  readonly body?: unknown;
  readonly answer: z.ZodType<T>;
}

/** Calls Graph through the host's client. Throws ProviderError and nothing else; repeats nothing. */
export class OutlookClient {
  readonly #graph: Client;
  readonly #access: ConnectionAccess;
  readonly #baseUrl: string;
  readonly #remembered = new Map<string, Promise<unknown>>();

  constructor(access: ConnectionAccess, { graphUrl }: { readonly graphUrl: string }) {
    this.#access = access;
    this.#baseUrl = graphUrl;
    this.#graph = Client.initWithMiddleware({
      baseUrl: `${graphUrl}/`,
      defaultVersion: VERSION,
      middleware: new OriginCheckedAccess(access, new URL(graphUrl).origin),
    });
  }

  /** The moment as the host sees it. */
  now(): ReturnType<ConnectionAccess['now']> {
    return this.#access.now();
  }

  /** Whether the link leads to where this client calls, and not to where it once did. */
  owns(link: string): boolean {
    return link.startsWith(`${this.#baseUrl}/${VERSION}/`);
  }

  /** Asks once in the life of this client; a failure is not remembered. */
  once<T>(name: string, ask: () => Promise<T>): Promise<T> {
    const known = this.#remembered.get(name) as Promise<T> | undefined;
    if (known !== undefined) return known;
    const asked = ask();
    this.#remembered.set(name, asked);
    asked.catch(() => this.#remembered.delete(name));
    return asked;
  }

  /** Every item of a list, page by page; all of them, or this throws. */
  async list(call: Omit<GraphCall<GraphPage>, 'answer' | 'method' | 'body'>): Promise<readonly unknown[]> {
    const items: unknown[] = [];
    const links = new Set<string>();
    for (let at: Pick<GraphCall<GraphPage>, 'path' | 'query'> = call; ;) {
      const page = await this.call({ ...call, query: undefined, ...at, answer: graphPage });
      items.push(...page.value);
      const next = page['@odata.nextLink'];
      if (next == null) return items;
      if (links.has(next)) throw unexpectedAnswer('the pages go round in a circle', call.purpose);
      links.add(next);
      at = { path: next };
    }
  }

  async call<T>(call: GraphCall<T>): Promise<T> {
    const { purpose } = call;
    let response: Response;
    let text: string;
    const failure = new Failure();
    try {
      response = await this.#send(call, failure);
      text = await response.text();
    } catch (error) {
      throw transportError(failure.cause ?? error);
    }
    const body = parseJson(text);
    if (!response.ok) throw graphError({ status: response.status, headers: response.headers, body }, { purpose, now: this.#access.now() });
    const parsed = call.answer.safeParse(body);
    if (!parsed.success) throw unexpectedAnswer(mismatch(parsed.error), purpose);
    return parsed.data;
  }

  async #send(
    { purpose, method = 'GET', path, query, headers, prefer = [], body }: GraphCall<unknown>,
    failure: Failure,
  ): Promise<Response> {
    const request = this.#graph
      .api(this.#pathOf(path, purpose))
      .responseType(ResponseType.RAW)
      .middlewareOptions([failure])
      .headers({ ...headers, Prefer: commonPreferences(prefer) });
    for (const [name, value] of Object.entries(query ?? {})) request.query({ [name]: encodeURIComponent(value) });
    switch (method) {
      case 'GET':
        return (await request.get()) as Response;
      case 'POST':
        return (await request.post(body ?? {})) as Response;
      case 'PATCH':
        return (await request.patch(body)) as Response;
      case 'DELETE':
        return (await request.delete()) as Response;
    }
  }

  /** Links are followed as they are, on the address that is configured only. */
  #pathOf(path: string, purpose: CallPurpose): string {
    if (path.startsWith('/')) return path;
    if (!this.owns(path)) throw unexpectedAnswer('a link leads to another address', purpose);
    return path.slice(`${this.#baseUrl}/${VERSION}`.length);
  }
}

/** What went wrong on the way: the SDK makes an error of its own of it, and forgets what it was. */
class Failure implements MiddlewareOptions {
  cause: unknown = undefined;
}

/**
 * Adds the token and sends, through the host's client. The token goes to Graph's own origin and nowhere else, and is added
 * here, so that it never stands in options or errors of the SDK.
 */
class OriginCheckedAccess implements Middleware {
  readonly #access: ConnectionAccess;
  readonly #origin: string;

  constructor(access: ConnectionAccess, origin: string) {
    this.#access = access;
    this.#origin = origin;
  }

  async execute(context: Context): Promise<void> {
    try {
      await this.#send(context);
    } catch (error) {
      const failure = context.middlewareControl?.getMiddlewareOptions(Failure);
      if (failure instanceof Failure) failure.cause = error;
      throw error;
    }
  }

  async #send(context: Context): Promise<void> {
    const url = typeof context.request === 'string' ? context.request : context.request.url;
    if (new URL(url).origin !== this.#origin) throw unexpectedAnswer('a call would leave the origin of Graph', 'calendars');
    const { accessToken } = await this.#access.credentials();
    const headers = new Headers(context.options?.headers as Record<string, string> | undefined);
    headers.set('authorization', `Bearer ${accessToken.reveal()}`);
    context.response = await this.#access.fetch(url, {
      method: context.options?.method ?? 'GET',
      headers: Object.fromEntries(headers),
      body: context.options?.body as string | undefined,
    });
  }
}

/** What every call prefers, with more of it or in place of it. */
export function commonPreferences(more: readonly string[] = []): string {
  const byName = new Map([...PREFERENCES, ...more].map((preference) => [preference.split('=')[0], preference]));
  return [...byName.values()].join(', ');
}

function parseJson(text: string): unknown {
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
