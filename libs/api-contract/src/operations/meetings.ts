import { z } from 'zod';
import { needs } from '../access.ts';
import { exampleId, idField, idParam } from '../fields/ids.ts';
import { dryRunQuery, pageOf, pageQuery, queryList, wholePage } from '../fields/lists.ts';
import { instantIn, isSpanOrdered, spanBackwards } from '../fields/times.ts';
import { operation } from '../operation.ts';
import {
  bookedMeeting,
  delivery,
  deliveryKinds,
  meeting,
  meetingCancelIn,
  meetingCreate,
  meetingPatch,
  meetingStatus,
  meetingStep,
  quickBookIn,
  reminder,
} from '../resources/meeting.ts';
import {
  bookedMeetingExample,
  deliveryExample,
  meetingExample,
  meetingStepExample,
  reminderExample,
} from '../resources/meeting-examples.ts';

const params = z.object({ meeting_id: idParam('meeting') });
const paramsExample = { meeting_id: exampleId('meeting') };
const read = { tag: 'Meetings', access: needs('meetings:read', 'viewer'), isIdempotent: false, method: 'get', status: 200 } as const;
const write = { tag: 'Meetings', access: needs('meetings:write', 'member'), isIdempotent: true, takesDryRun: true } as const;
const booking = [
  'not-found',
  'slot-taken',
  'time-unknown',
  'no-slot-found',
  'freshness-unmet',
  'no-default-calendar',
  'calendar-read-only',
  'calendar-removed',
  'calendar-inactive',
  'connection-not-active',
  'reauthorization-required',
  'conference-unavailable',
] as const;

export const meetingOperations = {
  createMeeting: operation({
    ...write,
    id: 'createMeeting',
    method: 'post',
    path: '/v1/meetings',
    summary: 'Book a meeting',
    description:
      'The time of everyone is claimed at once or not at all; calendars and mails follow, see steps. A time that is not free answers 409 with conflicts and alternatives, unless on_conflict is auto_move.',
    query: z.strictObject(dryRunQuery),
    body: meetingCreate,
    status: 201,
    response: bookedMeeting,
    problems: booking,
    example: {
      body: {
        title: 'Product demo',
        start: '2027-03-08T15:00:00+01:00',
        duration_minutes: 30,
        time_zone: 'Europe/Berlin',
        hosts: [exampleId('user')],
        attendees: [{ email: 'sam@customer.example', name: 'Sam', time_zone: 'America/New_York' }],
        conference: { required: false },
        reminders: [1440, 60],
        preparation: [{ kind: 'link', title: 'Account notes', url: 'https://crm.example/deals/42' }],
        external_ref: { type: 'deal', id: '42', url: 'https://crm.example/deals/42' },
        on_conflict: 'suggest',
      },
      response: bookedMeetingExample,
    },
  }),
  quickBook: operation({
    ...write,
    id: 'quickBook',
    method: 'post',
    path: '/v1/meetings/quick-book',
    summary: 'Book the next free time in one call',
    query: z.strictObject(dryRunQuery),
    body: quickBookIn,
    status: 201,
    response: bookedMeeting,
    problems: booking,
    example: {
      body: { title: 'Call back', duration_minutes: 15, attendees: [{ email: 'sam@customer.example' }] },
      response: bookedMeetingExample,
    },
  }),
  listMeetings: operation({
    ...read,
    id: 'listMeetings',
    path: '/v1/meetings',
    summary: 'Meetings in order of start',
    query: z
      .strictObject({
        ...pageQuery,
        from: z
          .union([z.literal('now'), instantIn])
          .optional()
          .meta({ description: 'Ends after it; `now`, or a time.' }),
        to: instantIn.optional(),
        status: queryList(meetingStatus).optional(),
        user_id: idField('user').optional(),
        external_ref_type: z.string().max(60).optional(),
        external_ref_id: z.string().max(200).optional(),
        q: z.string().max(200).optional().meta({ description: 'Part of the title or of the address of an attendee.' }),
      })
      .refine(isSpanOrdered, spanBackwards),
    response: pageOf(meeting).meta({ id: 'MeetingPage' }),
    problems: ['cursor-invalid'],
    example: { query: { from: 'now', status: ['booked'] }, response: wholePage(meetingExample) },
  }),
  getMeeting: operation({
    ...read,
    id: 'getMeeting',
    path: '/v1/meetings/{meeting_id}',
    summary: 'One meeting',
    params,
    response: meeting,
    problems: [],
    example: { params: paramsExample, response: meetingExample },
  }),
  updateMeeting: operation({
    ...write,
    id: 'updateMeeting',
    method: 'patch',
    path: '/v1/meetings/{meeting_id}',
    summary: 'Change or reschedule a meeting',
    description:
      'The same events are moved, the join link stays, reminders follow. conference adds an online meeting, or asks again for one that failed; null takes it away. Whoever organises, hosts or administers may change a meeting; a guest may only see it.',
    params,
    query: z.strictObject(dryRunQuery),
    body: meetingPatch,
    status: 200,
    response: bookedMeeting,
    ifMatch: 'required',
    problems: [...booking, 'meeting-ended'],
    example: { params: paramsExample, body: { start: '2027-03-08T16:00:00+01:00' }, response: bookedMeetingExample },
  }),
  cancelMeeting: operation({
    ...write,
    takesDryRun: false,
    id: 'cancelMeeting',
    method: 'post',
    path: '/v1/meetings/{meeting_id}/cancel',
    summary: 'Cancel a meeting: frees the time, removes the events, voids reminders',
    description: 'For whoever may change it.',
    params,
    body: meetingCancelIn,
    status: 200,
    response: meeting,
    ifMatch: 'optional',
    problems: ['meeting-ended'],
    example: {
      params: paramsExample,
      body: { comment: 'We meet next week instead.' },
      response: {
        ...meetingExample,
        status: 'cancelled',
        cancelled_at: '2027-03-07T10:00:00Z',
        cancel_comment: 'We meet next week instead.',
      },
    },
  }),
  listMeetingSteps: operation({
    ...read,
    id: 'listMeetingSteps',
    path: '/v1/meetings/{meeting_id}/steps',
    summary: 'Where a meeting stands: claim, calendars, link, mails',
    params,
    response: pageOf(meetingStep).meta({ id: 'MeetingStepPage' }),
    problems: [],
    example: { params: paramsExample, response: wholePage(meetingStepExample) },
  }),
  listMeetingDeliveries: operation({
    ...read,
    id: 'listMeetingDeliveries',
    path: '/v1/meetings/{meeting_id}/deliveries',
    summary: 'Messages about a meeting, latest first',
    params,
    query: z.strictObject({ ...pageQuery, kind: queryList(z.enum(deliveryKinds)).optional() }),
    response: pageOf(delivery).meta({ id: 'DeliveryPage' }),
    problems: ['cursor-invalid'],
    example: { params: paramsExample, response: wholePage(deliveryExample) },
  }),
  listMeetingReminders: operation({
    ...read,
    id: 'listMeetingReminders',
    path: '/v1/meetings/{meeting_id}/reminders',
    summary: 'Reminders of a meeting, next first',
    params,
    query: z.strictObject(pageQuery),
    response: pageOf(reminder).meta({ id: 'ReminderPage' }),
    problems: ['cursor-invalid'],
    example: { params: paramsExample, response: wholePage(reminderExample) },
  }),
};
