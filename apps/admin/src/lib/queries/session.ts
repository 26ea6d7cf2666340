import { queryOptions } from '@tanstack/react-query';
import { call, endpoint, rememberCsrfToken } from '../api.ts';

const getSession = endpoint<'getSession'>({ method: 'get', path: '/v1/session', takesKey: false });
const deleteSession = endpoint<'deleteSession'>({ method: 'delete', path: '/v1/session', takesKey: false });
const switchTenant = endpoint<'switchTenant'>({ method: 'post', path: '/v1/session/tenant', takesKey: false });

/** Who is signed in; everything that writes needs its token, so it is asked for first. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async ({ signal }) => {
    const session = await call(getSession, { signal });
    rememberCsrfToken(session.csrf_token);
    return session;
  },
  staleTime: 5 * 60_000,
});

export function signOut(): Promise<void> {
  return call(deleteSession);
}

export async function goOnInTenant(tenantId: string): Promise<void> {
  const session = await call(switchTenant, { body: { tenant_id: tenantId } });
  rememberCsrfToken(session.csrf_token);
}
