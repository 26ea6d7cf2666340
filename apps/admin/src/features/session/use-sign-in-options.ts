import { queryOptions } from '@tanstack/react-query';
import { call, endpoint } from '../../lib/api.ts';

const getSignInOptions = endpoint<'getSignInOptions'>({ method: 'get', path: '/v1/sign-in-options', takesKey: false });

export const signInOptionsQuery = queryOptions({
  queryKey: ['sign-in-options'],
  queryFn: ({ signal }) => call(getSignInOptions, { signal }),
  staleTime: Infinity,
});
