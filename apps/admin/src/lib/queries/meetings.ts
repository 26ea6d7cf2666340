import type { Meeting } from '@daymark/api-contract';
import { queryOptions } from '@tanstack/react-query';
import { call, endpoint } from '../api.ts';

const getMeeting = endpoint<'getMeeting'>({ method: 'get', path: '/v1/meetings/{meeting_id}', takesKey: false });

/** One meeting; read again every 1.5 s while something of it is still on its way. */
export function meetingQuery(id: string) {
  return queryOptions({
    queryKey: ['meetings', 'one', id],
    queryFn: ({ signal }) => call(getMeeting, { params: { meeting_id: id }, signal }),
    refetchInterval: ({ state }) => (state.data !== undefined && isOnItsWay(state.data) ? 1500 : false),
  });
}

/** Whether a step is being done now or comes next by itself. */
export function isOnItsWay(meeting: Pick<Meeting, 'steps'>): boolean {
  return meeting.steps.some((step) => step.state === 'running' || (step.state === 'waiting' && step.problem === null));
}
