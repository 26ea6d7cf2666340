import { queryOptions, useQuery } from '@tanstack/react-query';
import { call, endpoint } from '../api.ts';

const listUsers = endpoint<'listUsers'>({ method: 'get', path: '/v1/users', takesKey: false });

export const usersQuery = queryOptions({
  queryKey: ['users'],
  queryFn: async ({ signal }) => (await call(listUsers, { query: { limit: 200 }, signal })).data,
  staleTime: 60_000,
});

/** The name of a user; empty until the list is known. */
export function useUserNames(): (id: string) => string {
  const { data } = useQuery(usersQuery);
  return (id) => data?.find((user) => user.id === id)?.name ?? '';
}
