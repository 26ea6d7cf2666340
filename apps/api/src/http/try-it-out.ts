/** What the page at `/docs` hands to an interceptor: a request that it is about to send. */
interface RequestToSend {
  readonly url: string;
  readonly method?: string;
  readonly headers: Record<string, string>;
}

/** The browser's. */
declare const window: { readonly location: { readonly href: string; readonly origin: string }; readonly fetch: typeof fetch };

/**
 * For the page at `/docs`, which gets its text and runs it in the browser; so it uses nothing from around it. Who is signed in there
 * writes with their cookie, which needs the token that only a page of this origin can read. A request with an API key, or to
 * another origin, goes as it is.
 */
export async function addCsrfToken(request: RequestToSend): Promise<RequestToSend> {
  const isRead = ['GET', 'HEAD', 'OPTIONS'].includes((request.method ?? 'GET').toUpperCase());
  const isElsewhere = new URL(request.url, window.location.href).origin !== window.location.origin;
  const hasKey = Object.keys(request.headers).some((name) => name.toLowerCase() === 'authorization');
  if (isRead || isElsewhere || hasKey) return request;
  const answer = await window.fetch('/v1/session', { headers: { Accept: 'application/json' }, credentials: 'same-origin' });
  if (answer.ok) request.headers['X-CSRF-Token'] = ((await answer.json()) as { csrf_token: string }).csrf_token;
  return request;
}
