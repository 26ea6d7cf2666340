import type { BodyInputOf, Operations } from '@daymark/api-contract';
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { call, endpoint } from '../../lib/api.ts';
import { meetingQuery } from '../../lib/queries/meetings.ts';

const findSlots = endpoint<'findSlots'>({ method: 'post', path: '/v1/availability/slots', takesKey: false });
const checkConflicts = endpoint<'checkConflicts'>({ method: 'post', path: '/v1/conflicts/check', takesKey: false });
const listSchedulingProfiles = endpoint<'listSchedulingProfiles'>({ method: 'get', path: '/v1/scheduling-profiles', takesKey: false });
const createMeeting = endpoint<'createMeeting'>({ method: 'post', path: '/v1/meetings', takesKey: true });

export type SlotsQuestion = BodyInputOf<Operations['findSlots']>;
export type ConflictQuestion = BodyInputOf<Operations['checkConflicts']>;
export type Booking = BodyInputOf<Operations['createMeeting']>;

export const schedulingProfilesQuery = queryOptions({
  queryKey: ['scheduling-profiles'],
  queryFn: async ({ signal }) => (await call(listSchedulingProfiles, { query: { limit: 200 }, signal })).data,
  staleTime: 60_000,
});

/** Times at which everyone required is free. */
export function slotsQuery(question: SlotsQuestion) {
  return queryOptions({
    queryKey: ['slots', question],
    queryFn: ({ signal }) => call(findSlots, { body: question, signal }),
    staleTime: 30_000,
    retry: false,
  });
}

/** What stands in the way of one time; asked once for each time that is chosen. */
export function conflictQuery(question: ConflictQuestion) {
  return queryOptions({
    queryKey: ['conflicts', question],
    queryFn: ({ signal }) => call(checkConflicts, { body: question, signal }),
    staleTime: 30_000,
    refetchOnWindowFocus: false,
    retry: false,
  });
}

/** Books; the same booking sent again after a lost answer is not made twice. */
export function useBooking() {
  const queryClient = useQueryClient();
  const keys = useRef(new Map<string, string>());
  return useMutation({
    mutationFn: (booking: Booking) => {
      const text = JSON.stringify(booking);
      const idempotencyKey = keys.current.get(text) ?? crypto.randomUUID();
      keys.current.set(text, idempotencyKey);
      return call(createMeeting, { body: booking, idempotencyKey });
    },
    onSuccess: (meeting) => {
      queryClient.setQueryData(meetingQuery(meeting.id).queryKey, meeting);
      for (const key of ['slots', 'conflicts', 'overview', 'events', 'meetings']) void queryClient.invalidateQueries({ queryKey: [key] });
    },
  });
}
