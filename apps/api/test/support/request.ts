import { operations, problem, problemMediaType, type Operation } from '@daymark/api-contract';

export interface Sent {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** An API key. */
  readonly key?: string;
  readonly session?: { readonly cookie: string; readonly csrf: string };
}

/** Answers are looked at freely: their shape was checked against the contract already. */
export type Json = ReturnType<typeof JSON.parse>;

export interface Received {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed when it is JSON, else the text. */
  readonly body: Json;
}

export type Requester = (method: string, path: string, sent?: Sent) => Promise<Received>;

const routes = Object.values<Operation>(operations).map((operation) => ({
  operation,
  pattern: new RegExp(`^${operation.path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`),
}));

/** Sends requests to an app and holds each answer against the contract. Redirects are not followed. */
export function requester(baseUrl: string): Requester {
  return async (method, path, { body, headers = {}, key, session } = {}) => {
    const response = await fetch(`${baseUrl}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
        ...(session === undefined ? {} : { cookie: session.cookie, 'x-csrf-token': session.csrf }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = /\bjson\b/.test(response.headers.get('content-type') ?? '');
    const parsed: Json = isJson && text !== '' ? JSON.parse(text) : text;
    checkAgainstContract(method, path, { response, body: parsed });
    return { status: response.status, headers: response.headers, body: parsed };
  };
}

function checkAgainstContract(method: string, path: string, { response, body }: { response: Response; body: Json }): void {
  const pathname = path.split('?')[0]!;
  const route = routes
    .filter((one) => one.operation.method === method.toLowerCase() && one.pattern.test(pathname))
    .sort((one, other) => specificity(other.operation) - specificity(one.operation))[0];
  if (route === undefined) return;
  const isProblem = response.headers.get('content-type')?.startsWith(problemMediaType) ?? false;
  if (response.ok && response.status !== route.operation.status && !path.includes('dry_run')) {
    throw new Error(`${route.operation.id} answered ${response.status}, the contract says ${route.operation.status}`);
  }
  const schema = isProblem ? problem : response.ok ? route.operation.response : null;
  const read = schema?.safeParse(body);
  if (read?.success === false)
    throw new Error(
      `${route.operation.id} (${response.status}) breaks the contract: ${JSON.stringify(read.error.issues, null, 2)}\n${JSON.stringify(body, null, 2)}`,
    );
}

/** Fixed parts before parameters. */
function specificity(operation: Operation): number {
  return operation.path.replaceAll(/\{\w+\}/g, '').length;
}
