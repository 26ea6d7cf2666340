import type { Provider } from '@daymark/api-contract';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { call, endpoint } from '../api.ts';

const listProviders = endpoint<'listProviders'>({ method: 'get', path: '/v1/providers', takesKey: false });

export const providersQuery = queryOptions({
  queryKey: ['providers'],
  queryFn: async ({ signal }) => (await call(listProviders, { signal })).data,
  staleTime: 5 * 60_000,
});

/** Looks a provider up by id; while the list is on its way, or for an unknown one, the id stands for the name. */
export function useProviders(): (id: string) => Pick<Provider, 'name' | 'color'> {
  const { data } = useQuery(providersQuery);
  return (id) => data?.find((one) => one.id === id) ?? { name: id, color: { light: '#5F6B7A', dark: '#A9B4C2' } };
}
