import type { Authorization, Connection } from '@daymark/api-contract';
import { useMutation } from '@tanstack/react-query';
import { call, endpoint } from '../../lib/api.ts';

const authorizeConnection = endpoint<'authorizeConnection'>({ method: 'post', path: '/v1/connections/authorize', takesKey: true });
const reauthorizeConnection = endpoint<'reauthorizeConnection'>({
  method: 'post',
  path: '/v1/connections/{connection_id}/reauthorize',
  takesKey: true,
});

/** What an administrator allows at a calendar service. */
export interface AppToAllow {
  readonly provider: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
}

/** As a sign-in would ask for them, so that what is allowed is what will be asked for; of a connection, or of every provider. */
export function useAppsToAllow(connection: Connection | null) {
  return useMutation({
    mutationFn: async (): Promise<readonly AppToAllow[]> => {
      const asked =
        connection === null
          ? (await call(authorizeConnection, { body: { provider: '*' } })).data
          : [await call(reauthorizeConnection, { params: { connection_id: connection.id }, body: {} })];
      return asked.flatMap(appOf);
    },
  });
}

/** The parameters have these names by RFC 6749 §4.1.1; a service with another way of signing in has no app to allow. */
function appOf({ provider, authorize_url: url }: Authorization): AppToAllow[] {
  const { searchParams } = new URL(url);
  const clientId = searchParams.get('client_id');
  return clientId === null ? [] : [{ provider, clientId, scopes: (searchParams.get('scope') ?? '').split(' ').filter(Boolean) }];
}
