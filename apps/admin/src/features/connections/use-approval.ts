import type { Authorization, Connection } from '@daymark/api-contract';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { call, endpoint } from '../../lib/api.ts';
import { sessionQuery } from '../../lib/queries/session.ts';

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
  /** The service's own page for it; null where it has none. */
  readonly approvalUrl: string | null;
}

/** What to approve: for a connection, or for one provider, or (`*`) for every one. */
export type ApprovalSubject = { readonly connection: Connection } | { readonly provider: string };

/** As a sign-in would ask for them, so that what is allowed is what will be asked for. */
export function useAppsToAllow(subject: ApprovalSubject) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async (): Promise<readonly AppToAllow[]> => {
      // Who comes back from consent is on a page outside the shell, which has not asked for the session yet.
      await queryClient.ensureQueryData(sessionQuery);
      const asked =
        'connection' in subject
          ? [await call(reauthorizeConnection, { params: { connection_id: subject.connection.id }, body: {} })]
          : (await call(authorizeConnection, { body: { provider: subject.provider } })).data;
      return asked.flatMap(appOf);
    },
  });
}

/** The parameters have these names by RFC 6749 §4.1.1; a service with another way of signing in has no app to allow. */
function appOf({ provider, authorize_url: url, admin_consent_url: approvalUrl }: Authorization): AppToAllow[] {
  const { searchParams } = new URL(url);
  const clientId = searchParams.get('client_id');
  const scopes = (searchParams.get('scope') ?? '').split(' ').filter(Boolean);
  return clientId === null ? [] : [{ provider, clientId, scopes, approvalUrl }];
}
