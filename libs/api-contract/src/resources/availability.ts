import { DAY_MS, MAX_DURATION_DAYS } from '@daymark/domain';
import { z } from 'zod';
import { exampleId, idField, idOut } from '../fields/ids.ts';
import { judging } from '../fields/judged.ts';
import { integer } from '../fields/lists.ts';
import { within } from '../fields/limits.ts';
import { emailField, line } from '../fields/text.ts';
import { dateField, instantIn, instantOut, spanOut, windowIn, zoneField } from '../fields/times.ts';
import { alternative, alternativeExample, blockReason, conflictExample, conflictItem } from './conflict.ts';
import { freshnessExample, freshnessIn, freshnessOut } from './freshness.ts';
import { problemCode } from './problem.ts';

/** Somebody or something whose time is asked for: exactly one of the four. */
export const memberIn = z
  .union(
    [
      z.strictObject({ user_id: idField('user') }),
      z.strictObject({ resource_id: idField('resource') }),
      z.strictObject({ calendar_id: idField('calendar') }),
      z.strictObject({ email: emailField }),
    ],
    { error: 'is not a member; give exactly one of user_id, resource_id, calendar_id or email' },
  )
  .meta({ id: 'MemberInput' });

/** A group of which a number, or all, must be free. */
export const participantGroup = z
  .strictObject({
    group: line(60).default('everyone'),
    required: z.union([integer(1, 100), z.literal('all')], { error: 'is neither a number from 1 nor all' }).default('all'),
    members: z.array(memberIn).min(1, { error: 'is empty' }).max(100),
  })
  .refine((group) => group.required === 'all' || group.required <= group.members.length, {
    error: 'is more than the group has members',
    path: ['required'],
  })
  .refine((group) => new Set(group.members.map((member) => JSON.stringify(member))).size === group.members.length, {
    error: 'names somebody twice',
    path: ['members'],
  })
  .meta({ id: 'ParticipantGroupInput' });

/** The most members in all groups of a request together. */
const MAX_MEMBERS = 500;

export const participantsIn = z
  .array(participantGroup)
  .min(1, { error: 'is empty' })
  .max(20)
  .refine((groups) => groups.reduce((sum, group) => sum + group.members.length, 0) <= MAX_MEMBERS, {
    error: `have more than ${MAX_MEMBERS} members`,
  });

/** Rules of one request; what is absent is taken from the scheduling profile, then from no rule at all. */
export const rulesIn = z
  .strictObject({
    schedule_id: idField('schedule').optional(),
    buffer_before: within('bufferBeforeMinutes').optional(),
    buffer_after: within('bufferAfterMinutes').optional(),
    prep_minutes: within('preparationMinutes').optional(),
    notice_minutes: within('noticeMinutes').optional(),
    horizon_days: within('horizonDays').optional(),
    max_per_day: within('maxPerDay').optional(),
  })
  .meta({ id: 'RulesInput' });

export const durationIn = within('durationMinutes').meta({ description: 'Minutes, 5 to 1440.' });

const search = {
  participants: participantsIn.optional().meta({ description: 'The user of the scheduling profile, or the caller, when absent.' }),
  scheduling_profile_id: idField('schedulingProfile').optional(),
  window: windowIn,
  duration_minutes: durationIn.optional().meta({ description: 'Required without a scheduling profile.' }),
  step_minutes: within('stepMinutes').optional(),
  round_to: within('roundToMinutes').optional().meta({ description: 'Starts lie on multiples of so many minutes of the hour.' }),
  time_zone: zoneField.optional().meta({ description: 'Only for words and rounding; the answer is in UTC.' }),
  rules: rulesIn.optional(),
  freshness: freshnessIn.optional(),
};

const isMeasured = (body: { duration_minutes?: number | undefined; scheduling_profile_id?: string | undefined }): boolean =>
  body.duration_minutes !== undefined || body.scheduling_profile_id !== undefined;
const unmeasured = {
  error: 'is missing; give it, or a scheduling_profile_id',
  path: ['duration_minutes'],
  when: judging('duration_minutes', 'scheduling_profile_id'),
};

export const slotsIn = z
  .strictObject({
    ...search,
    explain: z.boolean().default(false).meta({ description: 'Also say which spans were taken out, and why.' }),
    limit: integer(1, 200).default(50),
    cursor: z.string().max(2000).optional(),
  })
  .refine(isMeasured, unmeasured)
  .meta({ id: 'SlotsInput' });

export const nextSlotIn = z.strictObject(search).refine(isMeasured, unmeasured).meta({ id: 'NextSlotInput' });

/** A time at which everyone required is free. */
export const slot = z
  .object({
    start: instantOut,
    end: instantOut,
    members: z.array(z.string()).meta({ description: 'Who would take part: ids, and addresses of people without one.' }),
    score: z.number().min(0).max(1),
    factors: z.array(
      z.object({
        name: z.string(),
        weight: z.number(),
        value: z.number().meta({ description: 'weight × value is what it adds to the score.' }),
      }),
    ),
  })
  .meta({ id: 'Slot' });

/** A span that was taken out, with every reason. */
export const excludedSpan = z
  .object({
    start: instantOut,
    end: instantOut,
    reasons: z.array(
      z.object({
        code: blockReason,
        member: z.string().nullable().optional(),
        calendar_id: z.string().nullable().optional(),
        event_id: z.string().nullable().optional(),
        meeting_id: z.string().nullable().optional(),
      }),
    ),
  })
  .meta({ id: 'ExcludedSpan' });

export const slotsOut = z
  .object({
    data: z.array(slot),
    ...freshnessOut,
    excluded: z.array(excludedSpan).optional().meta({ description: 'Only with explain.' }),
    next_cursor: z.string().nullable(),
    has_more: z.boolean(),
  })
  .meta({ id: 'Slots' });

export const nextSlotOut = z
  .object({ slot: slot.nullable().meta({ description: 'Null when the window has none.' }), ...freshnessOut })
  .meta({ id: 'NextSlot' });

export const suggestionsIn = z
  .strictObject({
    ...search,
    limit: integer(1, 50).default(5),
    source: z
      .enum(['platform', 'provider'])
      .default('platform')
      .meta({ description: 'Who proposes: the engine here, or the calendar service of a connection with its own confidence.' }),
    connection_id: idField('connection').optional().meta({ description: 'Which connection asks the calendar service: for its proposals, or about addresses outside the tenant.' }),
  })
  .refine(isMeasured, unmeasured)
  .meta({ id: 'SuggestionsInput' });

/** A time that is proposed, best first. */
export const suggestion = z
  .object({
    ...slot.shape,
    attendees: z
      .array(z.object({ member: z.string(), state: z.enum(['free', 'tentative', 'busy', 'unknown']) }))
      .nullable()
      .meta({ description: 'What the calendar service says of each; null when the platform proposes, who asks for free people only.' }),
  })
  .meta({ id: 'Suggestion' });

export const suggestionsOut = z
  .object({ source: z.enum(['platform', 'provider']), data: z.array(suggestion), ...freshnessOut })
  .meta({ id: 'Suggestions' });

export const freeBusyIn = z
  .strictObject({
    subjects: z.array(memberIn).min(1, { error: 'is empty' }).max(100),
    window: windowIn,
    connection_id: idField('connection').optional().meta({ description: 'Which connection asks about addresses outside the tenant.' }),
    freshness: freshnessIn.optional(),
  })
  .meta({ id: 'FreeBusyInput' });

export const freeBusyOut = z
  .object({
    data: z.array(
      z.object({
        subject: z.string().meta({ description: 'As asked: an id or an address.' }),
        busy: z.array(spanOut),
        error: z
          .object({ code: problemCode, message: z.string() })
          .nullable()
          .meta({ description: 'Set when the time of this subject is unknown; it is then not free.' }),
      }),
    ),
    ...freshnessOut,
  })
  .meta({ id: 'FreeBusy' });

export const conflictCheckIn = z
  .strictObject({
    start: instantIn,
    end: instantIn,
    participants: participantsIn.optional().meta({ description: 'The user of the scheduling profile, or the caller, when absent.' }),
    scheduling_profile_id: idField('schedulingProfile').optional(),
    rules: rulesIn.optional(),
    ignore_meeting_id: idField('meeting').optional().meta({ description: 'A meeting that is to be moved.' }),
    alternatives: integer(0, 10).default(3).meta({ description: 'How many other times to propose.' }),
    time_zone: zoneField.optional(),
    freshness: freshnessIn.optional(),
  })
  .refine((body) => body.start < body.end, { error: 'is not after the start', path: ['end'] })
  .refine((body) => body.end - body.start <= MAX_DURATION_DAYS * DAY_MS, {
    error: `is more than ${MAX_DURATION_DAYS} days after the start`,
    path: ['end'],
  })
  .meta({ id: 'ConflictCheckInput' });

export const conflictCheckOut = z
  .object({ free: z.boolean(), conflicts: z.array(conflictItem), alternatives: z.array(alternative), ...freshnessOut })
  .meta({ id: 'ConflictCheck' });

export const profileAvailabilityIn = z
  .strictObject({
    date: dateField,
    duration_minutes: durationIn.optional(),
    time_zone: zoneField.optional(),
    freshness: freshnessIn.optional(),
  })
  .meta({ id: 'ProfileAvailabilityInput' });

export const profileAvailabilityOut = z
  .object({
    scheduling_profile_id: idOut('schedulingProfile'),
    date: dateField,
    time_zone: zoneField,
    duration_minutes: z.int(),
    available_slots: z.array(slot),
    busy_times: z.array(spanOut),
    ...freshnessOut,
  })
  .meta({ id: 'ProfileAvailability' });

export type Slot = z.output<typeof slot>;
export type Suggestion = z.output<typeof suggestion>;
export type Suggestions = z.output<typeof suggestionsOut>;
export type Slots = z.output<typeof slotsOut>;
export type ConflictCheck = z.output<typeof conflictCheckOut>;
export type ProfileAvailability = z.output<typeof profileAvailabilityOut>;
export type FreeBusy = z.output<typeof freeBusyOut>;

export const slotExample: Slot = {
  start: '2027-03-08T13:00:00Z',
  end: '2027-03-08T13:30:00Z',
  members: [exampleId('user')],
  score: 0.82,
  factors: [{ name: 'close_to_usual_hour', weight: 0.4, value: 0.9 }],
};

export const slotsExample: Slots = {
  data: [slotExample],
  ...freshnessExample,
  excluded: [
    {
      start: '2027-03-08T14:00:00Z',
      end: '2027-03-08T15:05:00Z',
      reasons: [{ code: 'overlap', calendar_id: exampleId('calendar'), event_id: exampleId('event') }, { code: 'buffer_after' }],
    },
  ],
  next_cursor: null,
  has_more: false,
};

export const conflictCheckExample: ConflictCheck = {
  free: false,
  conflicts: [conflictExample],
  alternatives: [alternativeExample],
  ...freshnessExample,
};
