import type { BodyInputOf, Connection, Operations } from '@daymark/api-contract';
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { call, endpoint } from '../../lib/api.ts';
import { leaveTo } from '../../lib/leave-to.ts';
import { notifyDone, notifyProblem } from '../../lib/notify.tsx';

const getConnection = endpoint<'getConnection'>({ method: 'get', path: '/v1/connections/{connection_id}', takesKey: false });
const updateConnection = endpoint<'updateConnection'>({ method: 'patch', path: '/v1/connections/{connection_id}', takesKey: true });
const deleteConnection = endpoint<'deleteConnection'>({ method: 'delete', path: '/v1/connections/{connection_id}', takesKey: false });
const reauthorizeConnection = endpoint<'reauthorizeConnection'>({
  method: 'post',
  path: '/v1/connections/{connection_id}/reauthorize',
  takesKey: true,
});
const testConnection = endpoint<'testConnection'>({ method: 'post', path: '/v1/connections/{connection_id}/test', takesKey: false });

export type ConnectionChange = BodyInputOf<Operations['updateConnection']>;

export function connectionQuery(id: string) {
  return queryOptions({
    queryKey: ['connections', 'one', id],
    queryFn: ({ signal }) => call(getConnection, { params: { connection_id: id }, signal }),
    refetchInterval: 15_000,
  });
}

/** Saves label and settings: shown at once, and taken back when the server refuses. */
export function useConnectionChange(id: string) {
  const queryClient = useQueryClient();
  const { queryKey } = connectionQuery(id);
  return useMutation({
    mutationFn: ({ change, version }: { readonly change: ConnectionChange; readonly version: number }) =>
      call(updateConnection, { params: { connection_id: id }, body: change, ifMatch: version }),
    onMutate: async ({ change }) => {
      await queryClient.cancelQueries({ queryKey });
      const before = queryClient.getQueryData(queryKey);
      if (before !== undefined) queryClient.setQueryData(queryKey, changed(before, change));
      return { before };
    },
    onError: (error, _, context) => {
      if (context?.before !== undefined) queryClient.setQueryData(queryKey, context.before);
      notifyProblem('Not saved', error);
    },
    onSuccess: (connection) => {
      queryClient.setQueryData(queryKey, connection);
      notifyDone('Saved. It takes effect with the next run.');
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['connections'] }),
  });
}

/** Withdraws access at the provider; the connection stays visible as revoked. */
export function useDisconnect(id: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () => call(deleteConnection, { params: { connection_id: id } }),
    onSuccess: (connection) => {
      queryClient.setQueryData(connectionQuery(id).queryKey, connection);
      notifyDone('Disconnected. Access was withdrawn at the provider.');
      return queryClient.invalidateQueries();
    },
  });
}

/** Goes to the provider to sign in once more; ids, settings and meetings are kept. */
export function useReconnect() {
  return useMutation({
    mutationFn: (id: string) => call(reauthorizeConnection, { params: { connection_id: id }, body: {} }),
    onSuccess: ({ authorize_url: url }) => leaveTo(url),
    onError: (error) => notifyProblem('Could not start the sign-in', error),
  });
}

export function useConnectionTest(id: string) {
  return useMutation({ mutationFn: () => call(testConnection, { params: { connection_id: id } }) });
}

function changed(before: Connection, change: ConnectionChange): Connection {
  const sync = { ...before.sync, ...change.sync };
  const isPaused = !sync.enabled && before.status === 'active';
  const isResumed = sync.enabled && before.status === 'paused';
  return { ...before, label: change.label ?? before.label, sync, status: isPaused ? 'paused' : isResumed ? 'active' : before.status };
}
