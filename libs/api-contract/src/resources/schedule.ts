import { schedulingLimits } from '@daymark/domain';
import { z } from 'zod';
import { exampleId, idField, idOut } from '../fields/ids.ts';
import { within } from '../fields/limits.ts';
import { integer, versionOut } from '../fields/lists.ts';
import { line, text } from '../fields/text.ts';
import { dateField, instantOut, timeOfDay, zoneField } from '../fields/times.ts';

const hours = z
  .strictObject({ start: timeOfDay, end: timeOfDay })
  .refine((span) => span.start < span.end, { error: 'is not after the start', path: ['end'] })
  .meta({ id: 'Hours', description: 'A span on the wall clock of the zone.' });

const weeklyHours = z
  .strictObject({ weekday: integer(1, 7).meta({ description: 'ISO: 1 is Monday, 7 is Sunday.' }), start: timeOfDay, end: timeOfDay })
  .refine((span) => span.start < span.end, { error: 'is not after the start', path: ['end'] })
  .meta({ id: 'WeeklyHours' });

const override = z
  .strictObject({ date: dateField, hours: z.array(hours).max(12) })
  .meta({ id: 'DateOverride', description: 'Hours of one date instead of the weekly ones; an empty list is a day off.' });

const scheduleFields = {
  name: line(100),
  time_zone: zoneField,
  weekly: z
    .array(weeklyHours)
    .max(70)
    .refine(
      (spans) =>
        [1, 2, 3, 4, 5, 6, 7].every((day) => spans.filter((span) => span.weekday === day).length <= schedulingLimits.rangesPerDay.max),
      {
        error: `have more than ${schedulingLimits.rangesPerDay.max} spans on one day`,
      },
    ),
  overrides: z
    .array(override)
    .max(400)
    .refine((days) => new Set(days.map(({ date }) => date)).size === days.length, { error: 'name a date twice' }),
};

/** The hours of a person or team, on the clock of a zone. */
export const schedule = z
  .object({
    id: idOut('schedule'),
    user_id: idOut('user').nullable(),
    ...scheduleFields,
    is_default: z.boolean(),
    created_at: instantOut,
    version: versionOut,
  })
  .meta({ id: 'Schedule' });

export const scheduleCreate = z
  .strictObject({
    ...scheduleFields,
    overrides: scheduleFields.overrides.default([]),
    user_id: idField('user')
      .nullable()
      .optional()
      .meta({ description: 'Whose hours; null for those of the tenant, the caller when absent.' }),
    is_default: z.boolean().default(false),
  })
  .meta({ id: 'ScheduleCreate' });

export const schedulePatch = z
  .strictObject({ ...z.object(scheduleFields).partial().shape, is_default: z.boolean().optional() })
  .meta({ id: 'SchedulePatch' });

const profileNumbers = {
  duration_minutes: within('durationMinutes'),
  step_minutes: within('stepMinutes'),
  round_to: within('roundToMinutes').meta({ description: 'Starts lie on multiples of so many minutes of the hour.' }),
  buffer_before: within('bufferBeforeMinutes').meta({ description: 'Minutes kept free before.' }),
  buffer_after: within('bufferAfterMinutes').meta({ description: 'Minutes kept free after.' }),
  prep_minutes: within('preparationMinutes').meta({ description: 'Minutes of preparation, added to buffer_before.' }),
  notice_minutes: within('noticeMinutes').meta({ description: 'How long before its start a meeting can still be booked.' }),
  horizon_days: within('horizonDays')
    .nullable()
    .meta({ description: 'How far ahead can be booked; as far as the calendars are known when null.' }),
};

const profileFields = {
  name: line(100),
  schedule_id: idField('schedule').nullable(),
  max_per_day: within('maxPerDay').nullable(),
  calendar_id: idField('calendar').nullable().meta({ description: 'Where meetings are put; the default calendar when null.' }),
  read_calendar_ids: z
    .array(idField('calendar'))
    .max(50)
    .nullable()
    .meta({ description: 'Which calendars block; all with read_busy when null.' }),
  conference: z.strictObject({ required: z.boolean() }).nullable(),
  location: text(1000).nullable(),
  reminders: z.array(integer(0, 40_320)).max(10).meta({ description: 'Minutes before the start.' }),
  is_default: z.boolean().meta({ description: 'Used for its user when a request names none.' }),
};

/** How a person can be booked. */
export const schedulingProfile = z
  .object({
    id: idOut('schedulingProfile'),
    user_id: idOut('user'),
    ...profileFields,
    ...profileNumbers,
    created_at: instantOut,
    version: versionOut,
  })
  .meta({ id: 'SchedulingProfile' });

export const schedulingProfileCreate = z
  .strictObject({
    user_id: idField('user').optional().meta({ description: 'Who is booked; the caller when absent.' }),
    name: profileFields.name,
    schedule_id: profileFields.schedule_id.default(null),
    duration_minutes: profileNumbers.duration_minutes.default(30),
    step_minutes: profileNumbers.step_minutes.default(15),
    round_to: profileNumbers.round_to.default(15),
    buffer_before: profileNumbers.buffer_before.default(0),
    buffer_after: profileNumbers.buffer_after.default(0),
    prep_minutes: profileNumbers.prep_minutes.default(0),
    notice_minutes: profileNumbers.notice_minutes.default(120),
    horizon_days: profileNumbers.horizon_days.default(60),
    max_per_day: profileFields.max_per_day.default(null),
    calendar_id: profileFields.calendar_id.default(null),
    read_calendar_ids: profileFields.read_calendar_ids.default(null),
    conference: profileFields.conference.default(null),
    location: profileFields.location.default(null),
    reminders: profileFields.reminders.default([1440, 60]),
    is_default: profileFields.is_default.default(false),
  })
  .meta({ id: 'SchedulingProfileCreate' });

export const schedulingProfilePatch = z
  .strictObject(z.object({ ...profileFields, ...profileNumbers }).partial().shape)
  .meta({ id: 'SchedulingProfilePatch' });

export type Schedule = z.output<typeof schedule>;
export type SchedulingProfile = z.output<typeof schedulingProfile>;

export const scheduleExample: Schedule = {
  id: exampleId('schedule'),
  user_id: exampleId('user'),
  name: 'Working hours',
  time_zone: 'Europe/Berlin' as Schedule['time_zone'],
  weekly: [
    { weekday: 1, start: '09:00', end: '17:00' },
    { weekday: 2, start: '09:00', end: '17:00' },
  ],
  overrides: [{ date: '2027-12-24' as Schedule['overrides'][number]['date'], hours: [] }],
  is_default: true,
  created_at: '2027-01-04T08:00:00Z',
  version: 1,
};

export const schedulingProfileExample: SchedulingProfile = {
  id: exampleId('schedulingProfile'),
  user_id: exampleId('user'),
  name: 'Demo call',
  schedule_id: exampleId('schedule'),
  duration_minutes: 30,
  step_minutes: 15,
  round_to: 15,
  buffer_before: 10,
  buffer_after: 5,
  prep_minutes: 10,
  notice_minutes: 240,
  horizon_days: 60,
  max_per_day: 4,
  calendar_id: exampleId('calendar'),
  read_calendar_ids: null,
  conference: { required: false },
  location: null,
  reminders: [1440, 60],
  is_default: true,
  created_at: '2027-01-04T08:00:00Z',
  version: 1,
};
