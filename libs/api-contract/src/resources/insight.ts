import { connectionStatuses, meetingStatuses } from '@daymark/domain';
import { z } from 'zod';
import { exampleId, idOut } from '../fields/ids.ts';
import { instantOut } from '../fields/times.ts';
import { issueExample, problemCode, problemOwner } from './problem.ts';

const subject = z.object({
  type: z.enum(['connection', 'calendar', 'meeting', 'provider', 'mail', 'job']),
  id: z.string().nullable(),
  label: z.string(),
});

/** Something that only a person can put right. */
export const attentionItem = z
  .object({
    id: z.string(),
    subject,
    provider: z.string().nullable(),
    code: problemCode,
    title: z.string(),
    message: z.string(),
    cause: z.string(),
    fix: z.string(),
    who: problemOwner,
    since: instantOut,
    count: z.int().meta({ description: 'How many of the same cause stand behind it.' }),
    meetings_affected: z.int(),
  })
  .meta({ id: 'AttentionItem' });

/** Something that heals by itself. */
export const recoveringItem = z
  .object({
    subject,
    provider: z.string().nullable(),
    code: problemCode,
    message: z.string(),
    since: instantOut,
    next_try_at: instantOut.nullable(),
    attempts: z.int(),
  })
  .meta({ id: 'RecoveringItem' });

export const checklistSteps = [
  'provider_configured',
  'account_connected',
  'first_sync',
  'hours_set',
  'first_meeting',
  'api_key_made',
] as const;

/** What an administrator looks at first. */
export const overview = z
  .object({
    as_of: instantOut,
    connections: z.object({
      total: z.int().meta({ description: 'Without those that were disconnected, as in `connections_count` of users and tenants.' }),
      by_status: z.object(
        Object.fromEntries(connectionStatuses.map((status) => [status, z.int()])) as Record<(typeof connectionStatuses)[number], z.ZodInt>,
      ),
      by_provider: z.array(z.object({ provider: z.string(), count: z.int() })),
    }),
    needs_you: z.array(attentionItem).meta({ description: 'Most meetings affected first.' }),
    recovering: z.array(recoveringItem),
    sync: z.object({
      runs_24h: z.int(),
      failed_runs_24h: z.int(),
      success_rate_24h: z.number().nullable(),
      lag_seconds_p50: z.int().nullable(),
      lag_seconds_max: z.int().nullable(),
    }),
    meetings: z.object({ next_7_days: z.int(), booked_24h: z.int(), cancelled_24h: z.int() }),
    reminders: z.object({ due_24h: z.int(), sent_24h: z.int(), failed_24h: z.int() }),
    next_meetings: z.array(
      z.object({
        id: idOut('meeting'),
        title: z.string(),
        status: z.enum(meetingStatuses),
        start: instantOut,
        end: instantOut,
        attendees_count: z.int(),
        join_url: z.string().nullable(),
        placements_written: z.int(),
        placements_total: z.int(),
      }),
    ),
    checklist: z.array(z.object({ step: z.enum(checklistSteps), done: z.boolean() })),
  })
  .meta({ id: 'Overview' });

export type Overview = z.output<typeof overview>;
export type AttentionItem = z.output<typeof attentionItem>;
export type RecoveringItem = z.output<typeof recoveringItem>;

export const overviewExample: Overview = {
  as_of: '2027-03-07T09:12:03Z',
  connections: {
    total: 18,
    by_status: { pending: 1, active: 14, paused: 1, expired: 1, error: 0, revoked: 1 },
    by_provider: [{ provider: 'google', count: 18 }],
  },
  needs_you: [
    {
      id: 'connection:expired',
      subject: { type: 'connection', id: exampleId('connection'), label: 'Work' },
      provider: 'google',
      code: issueExample.code,
      title: 'The account has to be connected again',
      message: issueExample.message,
      cause: issueExample.cause,
      fix: issueExample.fix,
      who: issueExample.who,
      since: issueExample.first_seen_at,
      count: 1,
      meetings_affected: 3,
    },
  ],
  recovering: [
    {
      subject: { type: 'connection', id: exampleId('connection', 2), label: 'Team' },
      provider: 'google',
      code: 'provider-rate-limited',
      message: 'Google asks us to slow down.',
      since: '2027-03-07T09:10:00Z',
      next_try_at: '2027-03-07T09:14:00Z',
      attempts: 2,
    },
  ],
  sync: { runs_24h: 5184, failed_runs_24h: 3, success_rate_24h: 0.9994, lag_seconds_p50: 31, lag_seconds_max: 240 },
  meetings: { next_7_days: 21, booked_24h: 4, cancelled_24h: 1 },
  reminders: { due_24h: 12, sent_24h: 9, failed_24h: 0 },
  next_meetings: [
    {
      id: exampleId('meeting'),
      title: 'Product demo',
      status: 'booked',
      start: '2027-03-08T14:00:00Z',
      end: '2027-03-08T14:30:00Z',
      attendees_count: 1,
      join_url: 'https://meet.google.com/abc-defg-hij',
      placements_written: 1,
      placements_total: 1,
    },
  ],
  checklist: [
    { step: 'provider_configured', done: true },
    { step: 'account_connected', done: true },
  ],
};
