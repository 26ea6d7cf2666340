import { queryOptions } from '@tanstack/react-query';
import { call, endpoint } from '../api.ts';

const getOverview = endpoint<'getOverview'>({ method: 'get', path: '/v1/insights/overview', takesKey: false });

/** The overview; the menu takes its count of broken connections from it too. */
export const overviewQuery = queryOptions({
  queryKey: ['overview'],
  queryFn: ({ signal }) => call(getOverview, { signal }),
  refetchInterval: 30_000,
});
