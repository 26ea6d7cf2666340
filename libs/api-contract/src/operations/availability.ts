import { needs } from '../access.ts';
import { exampleId } from '../fields/ids.ts';
import { operation } from '../operation.ts';
import {
  conflictCheckExample,
  conflictCheckIn,
  conflictCheckOut,
  freeBusyIn,
  freeBusyOut,
  nextSlotIn,
  nextSlotOut,
  slotExample,
  slotsExample,
  slotsIn,
  slotsOut,
  suggestionsIn,
  suggestionsOut,
} from '../resources/availability.ts';
import { freshnessExample } from '../resources/freshness.ts';

/** These read, though they are POSTs: the question does not fit into an address. */
const common = {
  method: 'post',
  tag: 'Availability',
  access: needs('availability:read', 'viewer'),
  isIdempotent: false,
  status: 200,
} as const;

const search = {
  participants: [{ group: 'hosts', required: 1, members: [{ user_id: exampleId('user') }, { user_id: exampleId('user', 2) }] }],
  window: { start: '2027-03-08T00:00:00Z', end: '2027-03-22T00:00:00Z' },
  duration_minutes: 30,
};

export const availabilityOperations = {
  readFreeBusy: operation({
    ...common,
    id: 'readFreeBusy',
    path: '/v1/free-busy',
    summary: 'When people, rooms, calendars or addresses are busy',
    body: freeBusyIn,
    response: freeBusyOut,
    problems: ['not-found', 'freshness-unmet'],
    example: {
      body: {
        subjects: [{ user_id: exampleId('user') }, { email: 'sam@corp.example' }],
        window: { start: '2027-03-08T00:00:00Z', end: '2027-03-09T00:00:00Z' },
      },
      response: {
        data: [
          { subject: exampleId('user'), busy: [{ start: '2027-03-08T14:00:00Z', end: '2027-03-08T15:00:00Z' }], error: null },
          { subject: 'sam@corp.example', busy: [], error: { code: 'not-found', message: 'The provider knows no such mailbox.' } },
        ],
        ...freshnessExample,
      },
    },
  }),
  findSlots: operation({
    ...common,
    id: 'findSlots',
    path: '/v1/availability/slots',
    summary: 'Times at which everyone required is free',
    body: slotsIn,
    response: slotsOut,
    problems: ['not-found', 'cursor-invalid', 'freshness-unmet'],
    example: {
      body: {
        ...search,
        step_minutes: 15,
        time_zone: 'America/New_York',
        rules: {
          schedule_id: exampleId('schedule'),
          buffer_before: 10,
          buffer_after: 5,
          prep_minutes: 10,
          notice_minutes: 240,
          max_per_day: 4,
        },
        freshness: { policy: 'use_last_known', max_age_seconds: 900 },
        explain: true,
        limit: 50,
      },
      response: slotsExample,
    },
  }),
  findNextSlot: operation({
    ...common,
    id: 'findNextSlot',
    path: '/v1/availability/next',
    summary: 'The first time that /availability/slots would give',
    body: nextSlotIn,
    response: nextSlotOut,
    problems: ['not-found', 'freshness-unmet'],
    example: { body: search, response: { slot: slotExample, ...freshnessExample } },
  }),
  suggestTimes: operation({
    ...common,
    id: 'suggestTimes',
    path: '/v1/availability/suggestions',
    summary: 'The best times, spread over days, or those that a calendar service proposes',
    body: suggestionsIn,
    response: suggestionsOut,
    problems: ['not-found', 'freshness-unmet', 'suggestions-unavailable', 'provider-unavailable'],
    example: {
      body: { ...search, source: 'platform', limit: 3 },
      response: { source: 'platform', data: [{ ...slotExample, attendees: null }], ...freshnessExample },
    },
  }),
  checkConflicts: operation({
    ...common,
    id: 'checkConflicts',
    path: '/v1/conflicts/check',
    summary: 'What stands in the way of a time, and what would work instead',
    body: conflictCheckIn,
    response: conflictCheckOut,
    problems: ['not-found', 'freshness-unmet'],
    example: {
      body: { start: '2027-03-08T14:00:00Z', end: '2027-03-08T14:30:00Z', participants: search.participants },
      response: conflictCheckExample,
    },
  }),
};
