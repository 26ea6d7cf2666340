import { meetingStatuses, meetingStepKinds, meetingStepStates } from '@daymark/domain';
import { z } from 'zod';
import { idField, idOut } from '../fields/ids.ts';
import { judging } from '../fields/judged.ts';
import { integer, versionOut } from '../fields/lists.ts';
import { emailField, httpUrl, line, localeField, text } from '../fields/text.ts';
import { instantIn, instantOut, windowIn, zoneField } from '../fields/times.ts';
import { durationIn, participantsIn } from './availability.ts';
import { conference, notifyField, responseStatuses } from './event.ts';
import { freshnessIn, freshnessOut } from './freshness.ts';
import { issue } from './problem.ts';

/** What can be claimed: a user, a room, or somebody known by address only. */
export const resourceKinds = ['person', 'room', 'mailbox'] as const;

export const meetingStatus = z.enum(meetingStatuses).meta({ id: 'MeetingStatus' });
export const bookingModes = ['exact', 'next', 'best'] as const;
export const conflictAnswers = ['reject', 'suggest', 'auto_move'] as const;

/** A record elsewhere that the meeting belongs to. */
export const externalRef = z
  .strictObject({ type: line(60), id: line(200), url: httpUrl.nullable().optional() })
  .meta({ id: 'ExternalRef', description: 'A record elsewhere that the meeting belongs to: a lead, a deal, a ticket.' });

/** What people should have read; shown in the app and in reminders. */
export const preparationItem = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('link'), title: line(200), url: httpUrl }),
    z.strictObject({ kind: z.literal('note'), title: line(200), text: text(8000) }),
  ])
  .meta({ id: 'PreparationItem' });

const attendeeIn = z
  .strictObject({
    email: emailField,
    name: line(200).nullable().optional(),
    optional: z.boolean().default(false),
    time_zone: zoneField.nullable().optional().meta({ description: 'Mails show times in it.' }),
    locale: localeField.nullable().optional(),
  })
  .meta({
    id: 'AttendeeInput',
    description: 'Somebody invited by address. One who is a user of the tenant sees the meeting among their own; nobody is claimed by it.',
  });

/** As on booking; of somebody invited already, what is absent stays as it is. */
const attendeePatch = attendeeIn
  .extend({ optional: z.boolean().optional() })
  .meta({ id: 'AttendeePatch', description: 'Of somebody invited already, what is absent stays; null empties.' });

const details = {
  description: text(8000).nullable().optional(),
  location: text(1000).nullable().optional(),
  attendees: z.array(attendeeIn).max(200).optional(),
  conference: z
    .strictObject({ required: z.boolean().default(false) })
    .nullable()
    .optional()
    .meta({ description: 'An online meeting by the provider of the calendar; required: refuse to book without.' }),
  reminders: z.array(integer(0, 40_320)).max(10).optional().meta({ description: 'Minutes before the start.' }),
  preparation: z.array(preparationItem).max(50).optional(),
  external_ref: externalRef.nullable().optional(),
};

const who = {
  hosts: z
    .array(idField('user'))
    .min(1)
    .max(20)
    .optional()
    .meta({ description: 'Short for one group of users who all must be free; the caller when absent.' }),
  participants: participantsIn.optional().meta({ description: 'Groups as in /availability/slots; instead of hosts.' }),
  calendar_id: idField('calendar').optional().meta({ description: 'Where it is put; the default calendar of the first host when absent.' }),
  scheduling_profile_id: idField('schedulingProfile').optional(),
};

const isClear = (body: { hosts?: unknown; participants?: unknown }): boolean => body.hosts === undefined || body.participants === undefined;
const unclear = { error: 'cannot be given together with hosts', path: ['participants'], when: judging('hosts', 'participants') };

/** A booking: claims the time of everyone, or answers 409 with conflicts and alternatives. */
export const meetingCreate = z
  .strictObject({
    title: line(500),
    mode: z
      .enum(bookingModes)
      .default('exact')
      .meta({ description: 'exact: at start. next: the first free time in window. best: the best ranked one.' }),
    start: instantIn.optional(),
    preferred_start: instantIn.optional().meta({ description: 'Like start, for callers that let the meeting be moved.' }),
    window: windowIn.optional().meta({ description: 'Where to look with next, best, suggest or auto_move.' }),
    duration_minutes: durationIn.optional().meta({ description: 'Required without a scheduling profile.' }),
    time_zone: zoneField.optional(),
    on_conflict: z.enum(conflictAnswers).default('reject').meta({
      description: 'reject: 409. suggest: 409 with more alternatives. auto_move: book the best free time instead and explain.',
    }),
    ...who,
    ...details,
    notify: notifyField.default('all'),
    freshness: freshnessIn.optional(),
  })
  .refine((body) => body.start === undefined || body.preferred_start === undefined, {
    error: 'cannot be given together with start',
    path: ['preferred_start'],
    when: judging('start', 'preferred_start'),
  })
  .refine((body) => body.mode !== 'exact' || (body.start ?? body.preferred_start) !== undefined, {
    error: 'is missing; give it, or have a time looked for in a window, with mode next or best',
    path: ['start'],
    when: judging('start', 'preferred_start', 'mode'),
  })
  .refine((body) => body.mode === 'exact' || body.window !== undefined, {
    error: 'is missing; modes next and best look for a time in it',
    path: ['window'],
    when: judging('window', 'mode'),
  })
  .refine((body) => body.duration_minutes !== undefined || body.scheduling_profile_id !== undefined, {
    error: 'is missing; give it, or a scheduling_profile_id',
    path: ['duration_minutes'],
    when: judging('duration_minutes', 'scheduling_profile_id'),
  })
  .refine(isClear, unclear)
  .meta({ id: 'MeetingCreate' });

/** Books the next free time in one call. */
export const quickBookIn = z
  .strictObject({
    title: line(500),
    duration_minutes: durationIn.default(30),
    window: windowIn.optional().meta({ description: 'The next 14 days when absent.' }),
    time_zone: zoneField.optional(),
    ...who,
    ...details,
    notify: notifyField.default('all'),
    freshness: freshnessIn.optional(),
  })
  .refine(isClear, unclear)
  .meta({ id: 'QuickBookInput' });

/** Only what is to change; null empties a field. A new start or duration reschedules; a new time_zone alone does not. */
export const meetingPatch = z
  .strictObject({
    title: line(500).optional(),
    start: instantIn.optional(),
    duration_minutes: durationIn.optional(),
    time_zone: zoneField.optional(),
    on_conflict: z.enum(conflictAnswers).default('reject'),
    ...details,
    attendees: z.array(attendeePatch).max(200).optional().meta({ description: 'All guests from now on; who is left out is uninvited.' }),
    notify: notifyField.default('all'),
    freshness: freshnessIn.optional(),
  })
  .meta({ id: 'MeetingPatch' });

export const meetingCancelIn = z
  .strictObject({
    comment: text(2000).optional().meta({ description: 'Sent to the people who are told.' }),
    notify: notifyField.default('all'),
  })
  .meta({ id: 'MeetingCancelInput' });

/** pending: not written yet. waiting: tried, and tried again later. */
export const placementStates = ['pending', 'waiting', 'written', 'failed', 'removed'] as const;

/** The meeting on one calendar. */
export const placement = z
  .object({
    id: idOut('placement'),
    calendar_id: idOut('calendar'),
    provider: z.string(),
    role: z.enum(['organizer', 'copy']),
    state: z.enum(placementStates),
    event_id: idOut('event').nullable(),
    url: z.string().nullable(),
    attempts: z.int(),
    next_try_at: instantOut.nullable(),
    problem: issue.nullable(),
  })
  .meta({ id: 'Placement' });

/** One thing that the platform does for a meeting. */
export const meetingStep = z
  .object({
    kind: z.enum(meetingStepKinds),
    label: z.string(),
    state: z.enum(meetingStepStates),
    calendar_id: idOut('calendar').nullable(),
    recipient: z.string().nullable(),
    attempts: z.int(),
    next_try_at: instantOut.nullable(),
    finished_at: instantOut.nullable(),
    problem: issue.nullable(),
  })
  .meta({ id: 'MeetingStep' });

/** The time that a meeting takes of one person or room, buffers included. */
export const claim = z
  .object({
    resource_id: idOut('resource'),
    kind: z.enum(resourceKinds),
    label: z.string(),
    start: instantOut,
    end: instantOut,
  })
  .meta({ id: 'Claim' });

/** A promise of the platform, with where it stands. */
export const meeting = z
  .object({
    id: idOut('meeting'),
    status: meetingStatus,
    title: z.string(),
    description: z.string().nullable(),
    location: z.string().nullable(),
    start: instantOut,
    end: instantOut,
    time_zone: zoneField,
    duration_minutes: z.int(),
    hosts: z
      .array(z.object({ user_id: idOut('user'), name: z.string(), email: z.string() }))
      .meta({ description: 'In the order of the request, the owner of the calendar that holds the event first.' }),
    attendees: z.array(
      z.object({
        id: idOut('attendee'),
        user_id: idOut('user').nullable().meta({ description: 'Of a guest who is a user of the tenant.' }),
        email: z.string(),
        name: z.string().nullable(),
        optional: z.boolean(),
        response: z.enum(responseStatuses),
        time_zone: zoneField.nullable(),
      }),
    ),
    conference: conference.nullable(),
    calendar_id: idOut('calendar').nullable(),
    scheduling_profile_id: idOut('schedulingProfile').nullable(),
    placements: z.array(placement),
    steps: z.array(meetingStep),
    claims: z.array(claim),
    reminders: z.array(z.int()),
    preparation: z.array(preparationItem),
    external_ref: externalRef.nullable(),
    moved: z
      .object({ from: instantOut, to: instantOut, explanation: z.string() })
      .nullable()
      .meta({ description: 'Set when it was booked at another time than asked for.' }),
    sequence: z.int().meta({ description: 'Grows when the time changes.' }),
    cancelled_at: instantOut.nullable(),
    cancel_comment: z.string().nullable(),
    created_at: instantOut,
    updated_at: instantOut,
    version: versionOut,
  })
  .meta({ id: 'Meeting' });

/** What booking or moving answers: the meeting, and how fresh the knowledge was. With dry_run nothing was written and the id is not kept. */
export const bookedMeeting = z.object({ ...meeting.shape, dry_run: z.boolean(), ...freshnessOut }).meta({ id: 'BookedMeeting' });

export const deliveryStates = ['due', 'sending', 'sent', 'failed', 'void'] as const;
export const deliveryKinds = ['invitation', 'confirmation', 'rescheduled', 'cancelled', 'reminder'] as const;

/** One message to one person. */
export const delivery = z
  .object({
    id: idOut('delivery'),
    meeting_id: idOut('meeting'),
    reminder_id: idOut('reminder').nullable(),
    kind: z.enum(deliveryKinds),
    channel: z.enum(['email', 'provider']),
    recipient: z.string(),
    state: z.enum(deliveryStates),
    subject: z.string().nullable(),
    attempts: z.int(),
    sent_at: instantOut.nullable(),
    next_try_at: instantOut.nullable(),
    problem: issue.nullable(),
    created_at: instantOut,
  })
  .meta({ id: 'Delivery' });

/** skipped: its time had passed when it was planned. void: the meeting was moved or cancelled. */
export const reminderStates = ['due', 'sending', 'sent', 'void', 'skipped', 'failed'] as const;

/** One reminder that is planned for one person. */
export const reminder = z
  .object({
    id: idOut('reminder'),
    meeting_id: idOut('meeting'),
    recipient: z.string(),
    channel: z.enum(['email']),
    lead_minutes: z.int(),
    due_at: instantOut,
    state: z.enum(reminderStates),
    reason: z.string().nullable().meta({ description: 'Why it is void, skipped or failed.' }),
    attempts: z.int(),
    sent_at: instantOut.nullable(),
  })
  .meta({ id: 'Reminder' });

export type Meeting = z.output<typeof meeting>;
export type BookedMeeting = z.output<typeof bookedMeeting>;
export type Placement = z.output<typeof placement>;
export type MeetingStep = z.output<typeof meetingStep>;
export type Delivery = z.output<typeof delivery>;
export type Reminder = z.output<typeof reminder>;
export type PreparationItem = z.output<typeof preparationItem>;
export type ExternalRef = z.output<typeof externalRef>;
