import { DAY_MS, daysBetween, MAX_DURATION_DAYS, type PlainDate } from '@daymark/domain';
import { z } from 'zod';
import { exampleId, idField, idOut } from '../fields/ids.ts';
import { integer, versionOut } from '../fields/lists.ts';
import { emailField, line, text } from '../fields/text.ts';
import { dateField, instantIn, instantOut, zoneField } from '../fields/times.ts';

export const notifyChoices = ['all', 'external', 'none'] as const;
export const recurrenceScopes = ['this', 'following', 'all'] as const;
export const responseStatuses = ['needs-action', 'accepted', 'tentative', 'declined'] as const;

/** Who is written to because of a change. */
export const notifyField = z
  .enum(notifyChoices)
  .meta({ description: 'Who is mailed: everyone, only people outside the tenant, or nobody.' });

export const recurrenceScope = z
  .enum(recurrenceScopes)
  .meta({ description: 'Which occurrences of a series: this one, this and those after it, or all.' });

/** An online meeting; the link may still be on its way. */
export const conference = z
  .object({
    status: z.enum(['pending', 'ready', 'failed']),
    platform: z.string().nullable().meta({ example: 'Google Meet' }),
    join_url: z.string().nullable(),
  })
  .meta({ id: 'Conference' });

const person = z.object({ email: z.string(), name: z.string().nullable(), self: z.boolean() });

const eventRemindersOut = z.object({
  use_default: z.boolean(),
  overrides: z.array(z.object({ method: z.enum(['email', 'popup']), minutes: z.int() })),
});

/** An event as the provider tells it; in lists, one entry for each time that it takes place. */
export const event = z
  .object({
    id: idOut('event'),
    occurrence_id: idOut('occurrence').nullable().meta({ description: 'In lists: which time of it this is.' }),
    calendar_id: idOut('calendar'),
    connection_id: idOut('connection'),
    provider: z.string(),
    kind: z.enum(['default', 'out-of-office', 'focus-time', 'working-location', 'birthday', 'from-mail', 'other']),
    status: z.enum(['confirmed', 'tentative', 'cancelled']),
    title: z.string().nullable().meta({ description: 'Null where only busy times are kept or shown.' }),
    description: z.string().nullable(),
    location: z.string().nullable(),
    all_day: z.boolean(),
    start: instantOut.nullable(),
    end: instantOut.nullable(),
    time_zone: zoneField.nullable(),
    start_date: dateField.nullable(),
    end_date: dateField.nullable().meta({ description: 'The first day after it.' }),
    busy: z.boolean(),
    visibility: z.enum(['default', 'public', 'private']),
    organizer: person.nullable(),
    attendees: z.array(
      person.extend({ response: z.enum(responseStatuses), optional: z.boolean(), resource: z.boolean(), organizer: z.boolean() }),
    ),
    attendees_omitted: z.boolean(),
    conference: conference.nullable(),
    reminders: eventRemindersOut.nullable(),
    recurrence: z.object({
      kind: z.enum(['single', 'series', 'exception', 'occurrence']),
      rules: z.array(z.string()),
      series_id: idOut('event').nullable(),
      original_start: z.string().nullable(),
    }),
    meeting_id: idOut('meeting').nullable().meta({ description: 'The meeting that this is a placement of.' }),
    url: z.string().nullable(),
    read_only_reason: z.enum(['not-organizer', 'locked', 'special-kind', 'calendar-read-only']).nullable(),
    deleted: z.boolean(),
    metadata: z.record(z.string(), z.unknown()).meta({ description: 'Extras of the provider.' }),
    updated_at: instantOut.nullable(),
    version: versionOut,
  })
  .meta({ id: 'Event' });

const attendeeIn = z
  .strictObject({ email: emailField, name: line(200).nullable().optional(), optional: z.boolean().default(false) })
  .meta({ id: 'EventAttendeeInput' });

const fieldsIn = {
  description: text(8000).nullable().optional(),
  location: text(1000).nullable().optional(),
  attendees: z.array(attendeeIn).max(200).optional(),
  busy: z.boolean().optional(),
  visibility: z.enum(['default', 'public', 'private']).optional(),
  reminders: z
    .strictObject({
      use_default: z.boolean().default(false),
      overrides: z
        .array(z.strictObject({ method: z.enum(['email', 'popup']), minutes: integer(0, 40_320) }))
        .max(5)
        .default([]),
    })
    .nullable()
    .optional(),
  start: instantIn.optional(),
  end: instantIn.optional(),
  time_zone: zoneField.optional().meta({ description: 'The zone in which the event was made; the zone of the calendar by default.' }),
  start_date: dateField.optional(),
  end_date: dateField.optional().meta({ description: 'The first day after it.' }),
};

const wrongTimes = 'give start and end (with an offset), or start_date and end_date for an all-day event, not both';

interface Times {
  readonly start?: number | undefined;
  readonly end?: number | undefined;
  readonly start_date?: PlainDate | undefined;
  readonly end_date?: PlainDate | undefined;
}

const isTimed = (times: Times): boolean => times.start !== undefined && times.end !== undefined;
const isAllDay = (times: Times): boolean => times.start_date !== undefined && times.end_date !== undefined;
const isMixed = (times: Times): boolean => (times.start ?? times.end) !== undefined && (times.start_date ?? times.end_date) !== undefined;
const isOrdered = ({ start, end, start_date: startDate, end_date: endDate }: Times): boolean =>
  (start === undefined || end === undefined || start < end) && (startDate === undefined || endDate === undefined || startDate < endDate);
const isShort = ({ start, end, start_date: startDate, end_date: endDate }: Times): boolean =>
  (start === undefined || end === undefined || end - start <= MAX_DURATION_DAYS * DAY_MS) &&
  (startDate === undefined || endDate === undefined || daysBetween(startDate, endDate) <= MAX_DURATION_DAYS);
const tooLong = { error: `is more than ${MAX_DURATION_DAYS} days after the start`, path: ['end'] };

/** A new event, written to the provider as it is. */
export const eventCreate = z
  .strictObject({
    calendar_id: idField('calendar').optional().meta({ description: "The default calendar of the caller's user when absent." }),
    title: line(500),
    ...fieldsIn,
    conference: z
      .strictObject({ required: z.boolean().default(false) })
      .nullable()
      .optional(),
    recurrence: z.array(z.string().max(500)).max(5).optional().meta({ description: 'RFC 5545 lines such as RRULE:FREQ=WEEKLY;COUNT=10.' }),
  })
  .refine((body) => (isTimed(body) || isAllDay(body)) && !isMixed(body), { error: wrongTimes, path: ['start'] })
  .refine(isOrdered, { error: 'is not after the start', path: ['end'] })
  .refine(isShort, tooLong)
  .meta({ id: 'EventCreate' });

/** Only what is to change; null empties a field. */
export const eventPatch = z
  .strictObject({ title: line(500).nullable().optional(), ...fieldsIn, conference: z.enum(['add', 'remove']).optional() })
  .refine((body) => !isMixed(body), { error: wrongTimes, path: ['start'] })
  .refine(isOrdered, { error: 'is not after the start', path: ['end'] })
  .refine(isShort, tooLong)
  .meta({ id: 'EventPatch' });

export type Event = z.output<typeof event>;
export type Conference = z.output<typeof conference>;

export const eventExample: Event = {
  id: exampleId('event'),
  occurrence_id: exampleId('occurrence'),
  calendar_id: exampleId('calendar'),
  connection_id: exampleId('connection'),
  provider: 'google',
  kind: 'default',
  status: 'confirmed',
  title: 'Design review',
  description: null,
  location: 'Room 4',
  all_day: false,
  start: '2027-03-08T14:00:00Z',
  end: '2027-03-08T15:00:00Z',
  time_zone: 'Europe/Berlin' as z.output<typeof zoneField>,
  start_date: null,
  end_date: null,
  busy: true,
  visibility: 'default',
  organizer: { email: 'ada@corp.example', name: 'Ada', self: true },
  attendees: [],
  attendees_omitted: false,
  conference: { status: 'ready', platform: 'Google Meet', join_url: 'https://meet.google.com/abc-defg-hij' },
  reminders: { use_default: true, overrides: [] },
  recurrence: { kind: 'single', rules: [], series_id: null, original_start: null },
  meeting_id: null,
  url: 'https://calendar.google.com/calendar/event?eid=abc',
  read_only_reason: null,
  deleted: false,
  metadata: {},
  updated_at: '2027-03-01T10:00:00Z',
  version: 2,
};
