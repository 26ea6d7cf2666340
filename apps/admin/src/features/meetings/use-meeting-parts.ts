import { queryOptions } from '@tanstack/react-query';
import { call, endpoint } from '../../lib/api.ts';

const listMeetingDeliveries = endpoint<'listMeetingDeliveries'>({
  method: 'get',
  path: '/v1/meetings/{meeting_id}/deliveries',
  takesKey: false,
});
const listMeetingReminders = endpoint<'listMeetingReminders'>({
  method: 'get',
  path: '/v1/meetings/{meeting_id}/reminders',
  takesKey: false,
});

/** Messages about a meeting, latest first. */
export function deliveriesQuery(id: string) {
  return queryOptions({
    queryKey: ['meetings', 'deliveries', id],
    queryFn: async ({ signal }) => (await call(listMeetingDeliveries, { params: { meeting_id: id }, query: { limit: 100 }, signal })).data,
    refetchInterval: 15_000,
  });
}

/** Reminders of a meeting, next first. */
export function remindersQuery(id: string) {
  return queryOptions({
    queryKey: ['meetings', 'reminders', id],
    queryFn: async ({ signal }) => (await call(listMeetingReminders, { params: { meeting_id: id }, query: { limit: 100 }, signal })).data,
  });
}
