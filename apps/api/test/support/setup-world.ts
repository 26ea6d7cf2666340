import type { Json } from './request.ts';
import type { TestTenant } from './tenants.ts';
import type { TestApp } from './test-app.ts';

/** A setup link made with the tenant's key, with the address that opens it. */
export async function makeSetupLink(test: TestApp, tenant: TestTenant, body: Json): Promise<Json> {
  const made = await test.request('POST', '/v1/setup-links', { key: tenant.key, body });
  if (made.status !== 201) throw new Error(`no link was made: ${made.status} ${JSON.stringify(made.body)}`);
  return made.body;
}

/** What stands behind the `#` of the link's address. */
export function tokenOf(link: Json): string {
  return new URL(link.url).hash.slice(1);
}

/** Goes to the provider as the holder of a link; with the cookie that the browser brings back. */
export async function beginSetup(
  test: TestApp,
  { token, provider }: { readonly token: string; readonly provider: string },
): Promise<{ readonly authorizeUrl: string; readonly cookie: string }> {
  const begun = await test.request('POST', '/v1/setup/authorize', { body: { token, provider } });
  if (begun.status !== 200) throw new Error(`the holder of a link was refused: ${begun.status} ${JSON.stringify(begun.body)}`);
  return { authorizeUrl: begun.body.authorize_url, cookie: cookieOf(begun.headers) };
}

function cookieOf(headers: Headers): string {
  return headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ');
}
