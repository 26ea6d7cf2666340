import { useMutation, useQueryClient } from '@tanstack/react-query';
import { call, endpoint } from '../../lib/api.ts';
import { notifyDone } from '../../lib/notify.tsx';
import { meetingQuery } from '../../lib/queries/meetings.ts';

const updateMeeting = endpoint<'updateMeeting'>({ method: 'patch', path: '/v1/meetings/{meeting_id}', takesKey: true });
const cancelMeeting = endpoint<'cancelMeeting'>({ method: 'post', path: '/v1/meetings/{meeting_id}/cancel', takesKey: true });

/** Moves a meeting; the same events are moved and the join link stays. */
export function useReschedule(id: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ start, minutes, version }: { readonly start: string; readonly minutes: number; readonly version: number }) =>
      call(updateMeeting, {
        params: { meeting_id: id },
        body: { start, duration_minutes: minutes, on_conflict: 'suggest' },
        ifMatch: version,
      }),
    onSuccess: (meeting) => {
      queryClient.setQueryData(meetingQuery(id).queryKey, meeting);
      notifyDone('Rescheduled. Calendars and mails follow.');
      return queryClient.invalidateQueries({ queryKey: ['meetings'] });
    },
  });
}

/** Frees the time, removes the events and voids the reminders. */
export function useCancel(id: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (comment: string) => call(cancelMeeting, { params: { meeting_id: id }, body: comment === '' ? {} : { comment } }),
    onSuccess: (meeting) => {
      queryClient.setQueryData(meetingQuery(id).queryKey, meeting);
      notifyDone('Cancelled. Everyone who was invited is told.');
      return queryClient.invalidateQueries({ queryKey: ['meetings'] });
    },
  });
}
