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

interface Filter {
  readonly status?: readonly Connection['status'][];
  readonly condition?: readonly Connection['conditions'][number]['condition'][];
}

const attended: Filter = { status: ['active'], condition: ['scope-missing', 'held'] };
const ofView: Readonly<Record<ConnectionView, Filter>> = {
  'needs-action': { status: ['expired', 'error'] },
  recovering: { condition: ['rate-limited', 'late'] },
  paused: { status: ['paused'] },
  pending: { status: ['pending'] },
};

/** Connections page by page; read again every 15 s. */
export function connectionsQuery({ view, provider, status, q }: ConnectionFilters) {
  return infiniteQueryOptions({
    queryKey: ['connections', 'list', { view, provider, status, q }],
    queryFn: async ({ pageParam, signal }) => {
      const list = (filter: Filter, cursor: string | undefined) =>
        call(listConnections, {
          query: { provider, q, cursor, limit: 50, ...filter, ...(status === undefined ? {} : { status: [status] }) },
          signal,
        });
      if (view !== 'needs-action') return list(view === undefined ? {} : ofView[view], pageParam);
      // Broken ones, and before them the active ones that a person must attend to: no one filter knows both.
      const [first, page] = await Promise.all([pageParam === undefined ? list(attended, undefined) : null, list(ofView[view], pageParam)]);
      return { ...page, data: [...(first?.data ?? []), ...page.data] };
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    refetchInterval: 15_000,
  });
}
