import type { Connection } from '@daymark/api-contract';
import { infiniteQueryOptions } from '@tanstack/react-query';
import { call, endpoint } from '../../lib/api.ts';

const listConnections = endpoint<'listConnections'>({ method: 'get', path: '/v1/connections', takesKey: false });

export type ConnectionView = 'needs-action' | 'recovering' | 'paused' | 'pending';

export interface ConnectionFilters {
  readonly view?: ConnectionView | undefined;
  readonly provider?: string | undefined;
  readonly status?: Connection['status'] | undefined;
  readonly q?: string | undefined;
}

const ofView: Readonly<Record<ConnectionView, { readonly status?: readonly string[]; readonly condition?: readonly string[] }>> = {
  'needs-action': { status: ['expired', 'error'] },
  recovering: { condition: ['rate-limited', 'late'] },
  paused: { status: ['paused'] },
  pending: { status: ['pending'] },
};

/** Connections page by page; read again every 15 s. */
export function connectionsQuery({ view, provider, status, q }: ConnectionFilters) {
  return infiniteQueryOptions({
    queryKey: ['connections', 'list', { view, provider, status, q }],
    queryFn: ({ pageParam, signal }) => {
      const filter = view === undefined ? {} : ofView[view];
      return call(listConnections, {
        query: { provider, q, cursor: pageParam, limit: 50, ...filter, ...(status === undefined ? {} : { status: [status] }) },
        signal,
      });
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    refetchInterval: 15_000,
  });
}
