import { z } from 'zod';
import { exampleId } from '../fields/ids.ts';
import { instantOut } from '../fields/times.ts';

/** Why a time cannot be used; preparation counts as buffer before, `limit` is the most per day, `outside_window` and `unknown` are where nothing is known. */
export const blockReasons = [
  'overlap',
  'buffer_before',
  'buffer_after',
  'outside_hours',
  'notice',
  'horizon',
  'limit',
  'outside_window',
  'unknown',
] as const;
export type BlockReason = (typeof blockReasons)[number];

export const blockReason = z.enum(blockReasons).meta({ id: 'BlockReason', description: 'Why a time cannot be used.' });

/** One thing that stands in the way of a time. */
export const conflictItem = z
  .object({
    code: blockReason,
    message: z.string().meta({ description: 'One sentence for people.' }),
    start: instantOut.nullable().meta({ description: 'What is blocked, buffers included; null where it has no beginning.' }),
    end: instantOut.nullable().meta({ description: 'Null where it has no end.' }),
    member: z.string().nullable().meta({ description: 'Whom it concerns: a user, resource or calendar id, or an address.' }),
    calendar_id: z.string().nullable(),
    event_id: z.string().nullable(),
    meeting_id: z.string().nullable(),
    title: z.string().nullable().meta({ description: 'Null where the caller may not see it.' }),
  })
  .meta({ id: 'Conflict' });

/** A time that would work instead. */
export const alternative = z
  .object({ start: instantOut, end: instantOut, score: z.number().min(0).max(1), members: z.array(z.string()) })
  .meta({ id: 'Alternative' });

export type ConflictItem = z.output<typeof conflictItem>;
export type Alternative = z.output<typeof alternative>;

export const conflictExample: ConflictItem = {
  code: 'overlap',
  message: 'Ada is busy on 2027-03-08 from 14:00 to 15:00 (UTC).',
  start: '2027-03-08T14:00:00Z',
  end: '2027-03-08T15:00:00Z',
  member: exampleId('user'),
  calendar_id: exampleId('calendar'),
  event_id: exampleId('event'),
  meeting_id: null,
  title: 'Design review',
};

export const alternativeExample: Alternative = {
  start: '2027-03-08T15:00:00Z',
  end: '2027-03-08T15:30:00Z',
  score: 0.82,
  members: [exampleId('user')],
};
