import type { BodyInputOf, Operations, SetupLink } from '@daymark/api-contract';
import { infiniteQueryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { call, endpoint } from '../../lib/api.ts';
import { notifyDone, notifyProblem } from '../../lib/notify.tsx';

const listSetupLinks = endpoint<'listSetupLinks'>({ method: 'get', path: '/v1/setup-links', takesKey: false });
const createSetupLink = endpoint<'createSetupLink'>({ method: 'post', path: '/v1/setup-links', takesKey: true });
const revokeSetupLink = endpoint<'revokeSetupLink'>({ method: 'delete', path: '/v1/setup-links/{setup_link_id}', takesKey: false });

export type SetupLinkWish = BodyInputOf<Operations['createSetupLink']>;

/** Newest first; all, or those with a status. */
export function setupLinksQuery(status: SetupLink['status'] | undefined) {
  return infiniteQueryOptions({
    queryKey: ['setup-links', status ?? 'all'],
    queryFn: ({ pageParam, signal }) =>
      call(listSetupLinks, { query: { status: status === undefined ? undefined : [status], cursor: pageParam ?? undefined }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    refetchInterval: 15_000,
  });
}

export function useCreateSetupLink() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (wish: SetupLinkWish) => call(createSetupLink, { body: wish }),
    onSuccess: () => queryClient.invalidateQueries(),
  });
}

export function useRevokeSetupLink() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => call(revokeSetupLink, { params: { setup_link_id: id } }),
    onError: (error) => notifyProblem('The link was not taken back', error),
    onSuccess: () => {
      notifyDone('Taken back. The address opens nothing any more.');
      return queryClient.invalidateQueries();
    },
  });
}
