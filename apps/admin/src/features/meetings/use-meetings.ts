import { infiniteQueryOptions } from '@tanstack/react-query';
import { call, endpoint } from '../../lib/api.ts';

const listMeetings = endpoint<'listMeetings'>({ method: 'get', path: '/v1/meetings', takesKey: false });

export interface MeetingFilters {
  readonly view?: 'past' | 'cancelled' | undefined;
  readonly q?: string | undefined;
}

/** Meetings in order of start: those ahead, those of the last 90 days, or those that were cancelled. */
export function meetingsQuery({ view, q }: MeetingFilters) {
  return infiniteQueryOptions({
    queryKey: ['meetings', 'list', { view, q }],
    queryFn: ({ pageParam, signal }) => {
      const now = new Date();
      const since = new Date(now.getTime() - 90 * 86_400_000);
      const window =
        view === undefined
          ? { from: 'now', status: ['held', 'pending', 'booked'] }
          : view === 'past'
            ? { from: since.toISOString(), to: now.toISOString() }
            : { from: since.toISOString(), status: ['cancelled', 'declined', 'expired'] };
      return call(listMeetings, { query: { ...window, q, cursor: pageParam, limit: 50 }, signal });
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}
