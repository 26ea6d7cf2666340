import { createClient } from './generated/client/index.ts';
import { DaymarkApi } from './generated/sdk.gen.ts';
import type { ClientPorts } from './resilient-fetch.ts';
import { resilientFetch } from './resilient-fetch.ts';

export interface DaymarkClientOptions extends ClientPorts {
  /** Where the API answers, without `/v1`: `https://daymark.example`. */
  readonly baseUrl: string;
  /** Absent in a browser, where the session cookie stands for the person. */
  readonly apiKey?: string;
  /** With a key of the platform: in which tenant to act. */
  readonly tenantId?: string;
  /** The token of `getSession`, asked for at each request. */
  readonly csrfToken?: () => string | undefined;
  readonly maxRetries?: number;
  readonly maxWaitMs?: number;
}

/** The API as an object: one method for each operation, answering with its data and throwing {@link ProblemError}. */
export function createDaymarkClient(options: DaymarkClientOptions): DaymarkApi {
  const { baseUrl, apiKey, tenantId, csrfToken, maxRetries = 3, maxWaitMs = 30_000 } = options;
  const send = resilientFetch({
    ports: options,
    maxRetries,
    maxWaitMs,
    headers: () => ({
      Authorization: apiKey === undefined ? undefined : `Bearer ${apiKey}`,
      'X-Tenant-Id': tenantId,
      'X-CSRF-Token': csrfToken?.(),
    }),
  });
  const client = createClient({
    baseUrl: baseUrl.replace(/\/+$/, ''),
    fetch: (input, init) => send(new Request(input, init)),
    credentials: apiKey === undefined ? 'same-origin' : 'omit',
    throwOnError: true,
  });
  return new DaymarkApi({ client });
}

/** The ports of a runtime with web standards: `portsOf(globalThis)` in browsers and in Node. */
export function portsOf(runtime: WebRuntime): ClientPorts {
  return {
    fetch: (request) => runtime.fetch(request),
    randomUuid: () => runtime.crypto.randomUUID(),
    wait: (ms) => new Promise((resolve) => void runtime.setTimeout(resolve, ms)),
  };
}

export interface WebRuntime {
  fetch(request: Request): Promise<Response>;
  readonly crypto: { randomUUID(): string };
  setTimeout(done: () => void, ms: number): unknown;
}
