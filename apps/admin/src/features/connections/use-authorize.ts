import type { Connection } from '@daymark/api-contract';
import { useMutation } from '@tanstack/react-query';
import { call, endpoint } from '../../lib/api.ts';
import { leaveTo } from '../../lib/leave-to.ts';

const authorizeConnection = endpoint<'authorizeConnection'>({ method: 'post', path: '/v1/connections/authorize', takesKey: true });

/** Goes to the provider, where the person gives consent. */
export function useAuthorize() {
  return useMutation({
    mutationFn: (choice: { readonly provider: string; readonly access_profile: Connection['access_profile'] }) =>
      call(authorizeConnection, { body: choice }),
    onSuccess: ({ data }) => {
      const [first] = data;
      if (first !== undefined) leaveTo(first.authorize_url);
    },
  });
}
