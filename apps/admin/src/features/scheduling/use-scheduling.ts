import type { BodyInputOf, Operations } from '@daymark/api-contract';
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { call, endpoint } from '../../lib/api.ts';
import { meetingQuery } from '../../lib/queries/meetings.ts';
import type { DaysWindow } from './window.ts';
import { wireWindow } from './window.ts';

const findSlots = endpoint<'findSlots'>({ method: 'post', path: '/v1/availability/slots', takesKey: false });
const checkConflicts = endpoint<'checkConflicts'>({ method: 'post', path: '/v1/conflicts/check', takesKey: false });
const listSchedulingProfiles = endpoint<'listSchedulingProfiles'>({ method: 'get', path: '/v1/scheduling-profiles', takesKey: false });
const readFreeBusy = endpoint<'readFreeBusy'>({ method: 'post', path: '/v1/free-busy', takesKey: false });
const createMeeting = endpoint<'createMeeting'>({ method: 'post', path: '/v1/meetings', takesKey: true });

export type SlotsQuestion = BodyInputOf<Operations['findSlots']>;
export type ConflictQuestion = BodyInputOf<Operations['checkConflicts']>;
export type Booking = BodyInputOf<Operations['createMeeting']>;

export const schedulingProfilesQuery = queryOptions({
  queryKey: ['scheduling-profiles'],
  queryFn: async ({ signal }) => (await call(listSchedulingProfiles, { query: { limit: 200 }, signal })).data,
  staleTime: 60_000,
});

/** Times at which everyone required is free, all pages as one. */
export function slotsQuery(question: SlotsQuestion) {
  return queryOptions({
    queryKey: ['slots', question],
    queryFn: async ({ signal }) => {
      const first = await call(findSlots, { body: question, signal });
      const data = [...first.data];
      for (let cursor = first.next_cursor; cursor !== null;) {
        const next = await call(findSlots, { body: { ...question, cursor }, signal });
        data.push(...next.data);
        cursor = next.next_cursor;
      }
      return { ...first, data, next_cursor: null, has_more: false };
    },
    staleTime: 30_000,
    retry: false,
  });
}

/** When users are busy, and where that is not known. */
export function freeBusyQuery(users: readonly string[], window: DaysWindow) {
  const question = { subjects: users.map((id) => ({ user_id: id })), window: wireWindow(window) };
  return queryOptions({
    queryKey: ['free-busy', question],
    queryFn: ({ signal }) => call(readFreeBusy, { body: question, signal }),
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
      for (const key of ['slots', 'free-busy', 'conflicts', 'overview', 'events', 'meetings'])
        void queryClient.invalidateQueries({ queryKey: [key] });
    },
  });
}
