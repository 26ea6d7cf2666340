import type { Event } from '@daymark/api-contract';
import { queryOptions } from '@tanstack/react-query';
import { call, endpoint } from '../../lib/api.ts';

const listEvents = endpoint<'listEvents'>({ method: 'get', path: '/v1/events', takesKey: false });

/** More than this in one window is not shown; the page says so. */
const MOST_PAGES = 5;

export interface EventsWindow {
  readonly from: string;
  readonly to: string;
  /** All calendars when absent. */
  readonly calendarId: string | undefined;
}

/** What is on the calendars in a span of time. */
export function eventsQuery({ from, to, calendarId }: EventsWindow) {
  return queryOptions({
    queryKey: ['events', from, to, calendarId ?? 'all'],
    queryFn: async ({ signal }) => {
      const events: Event[] = [];
      let cursor: string | undefined;
      for (let page = 0; page < MOST_PAGES; page += 1) {
        const answer = await call(listEvents, {
          query: { from, to, limit: 200, cursor, calendar_id: calendarId === undefined ? undefined : [calendarId] },
          signal,
        });
        events.push(...answer.data);
        if (answer.next_cursor === null) return { events, isComplete: true };
        cursor = answer.next_cursor;
      }
      return { events, isComplete: false };
    },
    refetchInterval: 60_000,
  });
}
