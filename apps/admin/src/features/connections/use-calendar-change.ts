import type { BodyInputOf, Calendar, Operations } from '@daymark/api-contract';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { call, endpoint } from '../../lib/api.ts';
import { notifyProblem } from '../../lib/notify.tsx';
import { calendarsQuery } from '../../lib/queries/calendars.ts';

const updateCalendar = endpoint<'updateCalendar'>({ method: 'patch', path: '/v1/calendars/{calendar_id}', takesKey: true });

export type CalendarChange = Pick<BodyInputOf<Operations['updateCalendar']>, 'active' | 'read_busy' | 'color'>;

/** Changes what a calendar is used for: shown at once, and taken back when the server refuses. */
export function useCalendarChange() {
  const queryClient = useQueryClient();
  const { queryKey } = calendarsQuery;
  return useMutation({
    mutationFn: ({ id, change }: { readonly id: string; readonly change: CalendarChange }) =>
      call(updateCalendar, { params: { calendar_id: id }, body: change }),
    onMutate: async ({ id, change }) => {
      await queryClient.cancelQueries({ queryKey });
      const before = queryClient.getQueryData(queryKey);
      queryClient.setQueryData(queryKey, (all) => all?.map((one) => (one.id === id ? changed(one, change) : one)));
      return { before };
    },
    onError: (error, _, context) => {
      queryClient.setQueryData(queryKey, context?.before);
      notifyProblem('Not changed', error);
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey }),
  });
}

function changed(calendar: Calendar, { active, ...rest }: CalendarChange): Calendar {
  const status = active === undefined ? calendar.status : active ? 'active' : 'inactive';
  return { ...calendar, ...rest, status };
}
