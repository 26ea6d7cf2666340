import type { BrowserContext } from 'playwright-core';

/** What a page must never do, collected over everything that happens in a browser. */
export interface Guard {
  readonly consoleErrors: readonly string[];
  readonly policyViolations: readonly string[];
  readonly foreignRequests: readonly string[];
  /** Statuses that the walk brings about on purpose; the browser reports each as an error of its own. */
  expectStatus(status: number): void;
}

const VIOLATION = 'securitypolicyviolation: ';

/** `ownOrigin` is the product's; `consentOrigins` may be visited, but nothing may be loaded from them into a page of the product. */
export async function guard(
  context: BrowserContext,
  { ownOrigin, consentOrigins }: { readonly ownOrigin: string; readonly consentOrigins: readonly string[] },
): Promise<Guard> {
  const consoleErrors: string[] = [];
  const policyViolations: string[] = [];
  const foreignRequests: string[] = [];
  const expected = new Set<number>();
  await context.addInitScript((prefix) => {
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
      console.info(`${prefix}${violatedDirective} ${blockedURI}`);
    });
  }, VIOLATION);
  context.on('console', (message) => {
    const text = message.text();
    const { url } = message.location();
    if (text.startsWith(VIOLATION)) policyViolations.push(`${text.slice(VIOLATION.length)} on ${url}`);
    if (message.type() !== 'error' || consentOrigins.some((origin) => url.startsWith(origin))) return;
    const status = Number(/status of (\d{3})/.exec(text)?.[1] ?? 0);
    if (!expected.has(status)) consoleErrors.push(`${text} at ${url}`);
  });
  context.on('weberror', (failure) => consoleErrors.push(`thrown: ${failure.error().message}`));
  context.on('request', (request) => {
    const { origin } = new URL(request.url());
    if (origin === ownOrigin || origin === 'null') return;
    const isPartOfVisit = request.isNavigationRequest() || request.frame().url().startsWith(origin);
    if (!consentOrigins.includes(origin) || !isPartOfVisit) foreignRequests.push(`${request.method()} ${request.url()}`);
  });
  return { consoleErrors, policyViolations, foreignRequests, expectStatus: (status) => void expected.add(status) };
}
