import { queryOptions } from '@tanstack/react-query';
import { call, endpoint } from '../api.ts';

const listCalendars = endpoint<'listCalendars'>({ method: 'get', path: '/v1/calendars', takesKey: false });

/** Calendars of all connections. */
export const calendarsQuery = queryOptions({
  queryKey: ['calendars'],
  queryFn: async ({ signal }) => (await call(listCalendars, { query: { limit: 200 }, signal })).data,
  staleTime: 30_000,
});
