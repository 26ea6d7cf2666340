type Json = Readonly<Record<string, unknown>>;

/** JSON over HTTP past the browser: to prepare, and to compare with what the browser shows. */
export interface JsonApi {
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body: Json): Promise<T>;
}

export function jsonApi(baseUrl: string, { key }: { readonly key?: string } = {}): JsonApi {
  const call = async <T>(method: string, path: string, body?: Json): Promise<T> => {
    const answer = await fetch(baseUrl + path, {
      method,
      headers: {
        ...(key !== undefined && { authorization: `Bearer ${key}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(30_000),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text.slice(0, 300)}`);
    return (text === '' ? null : JSON.parse(text)) as T;
  };
  return {
    get: (path) => call('GET', path),
    post: (path, body) => call('POST', path, body),
  };
}
