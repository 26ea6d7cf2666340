import { idempotentOperations } from './generated/idempotent-operations.gen.ts';
import { ProblemError, UnexpectedAnswerError, readProblem } from './problem-error.ts';

/** What the client needs of the runtime it runs in; see {@link portsOf}. */
export interface ClientPorts {
  readonly fetch: (request: Request) => Promise<Response>;
  /** A new random text for each request; used as its Idempotency-Key. */
  readonly randomUuid: () => string;
  readonly wait: (ms: number) => Promise<void>;
}

export interface ResilientFetchOptions {
  readonly ports: ClientPorts;
  /** How often a retryable problem is tried again, at most. */
  readonly maxRetries: number;
  /** A problem that asks to wait for longer is thrown at once. */
  readonly maxWaitMs: number;
  /** Headers of the moment, such as the CSRF token of the session. */
  readonly headers: () => Readonly<Record<string, string | undefined>>;
}

/**
 * A fetch that gives an Idempotency-Key to what takes one, the same for every retry; tries again only
 * what the answer calls retryable, honouring Retry-After; and throws ProblemError for the rest.
 */
export function resilientFetch({ ports, maxRetries, maxWaitMs, headers }: ResilientFetchOptions): (input: Request) => Promise<Response> {
  return async (input) => {
    const prepared = new Headers(input.headers);
    for (const [name, value] of Object.entries(headers())) if (value !== undefined) prepared.set(name, value);
    if (takesIdempotencyKey(input) && !prepared.has('Idempotency-Key')) prepared.set('Idempotency-Key', ports.randomUuid());
    const request = new Request(input, { headers: prepared });

    for (let attempt = 0; ; attempt += 1) {
      const response = await ports.fetch(request.clone());
      if (response.ok) return response;
      const problem = await readProblem(response);
      if (problem === null) throw new UnexpectedAnswerError(response.status);
      const waitMs = askedWaitMs(response) ?? backOffMs(attempt);
      if (!problem.retryable || attempt >= maxRetries || waitMs > maxWaitMs || request.signal.aborted) throw new ProblemError(problem);
      await ports.wait(waitMs);
    }
  };
}

const idempotentPatterns = idempotentOperations.map((operation) => {
  const [method, path] = operation.split(' ') as [string, string];
  return { method, pattern: new RegExp(`${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`) };
});

function takesIdempotencyKey(request: Request): boolean {
  const { pathname } = new URL(request.url);
  return idempotentPatterns.some(({ method, pattern }) => method === request.method && pattern.test(pathname));
}

/** Retry-After in seconds; the API sends no dates. */
function askedWaitMs(response: Response): number | null {
  const header = response.headers.get('Retry-After');
  return header !== null && /^\d+$/.test(header) ? Number(header) * 1000 : null;
}

function backOffMs(attempt: number): number {
  return 250 * 2 ** attempt;
}
