import { z } from 'zod';

/**
 * The answers of Google as far as we read them. Google leaves out members that are empty or have their
 * default, adds new ones and new words for old ones: hence everything is loose, and words are strings.
 */

const text = z.string().nullish();
const flag = z.boolean().nullish();

export const tokenAnswer = z.looseObject({
  access_token: z.string().min(1),
  expires_in: z.number(),
  refresh_token: text,
  scope: text,
});

export const userInfo = z.looseObject({
  sub: z.string().min(1),
  email: z.string().min(1),
  email_verified: z.union([z.boolean(), z.literal('true').transform(() => true), z.literal('false').transform(() => false)]).nullish(),
  name: text,
});

export const tokenErrorBody = z.looseObject({ error: z.string(), error_subtype: z.string().optional() });

export const apiErrorBody = z.looseObject({
  error: z.looseObject({
    status: text,
    errors: z.array(z.looseObject({ domain: text, reason: z.string().optional(), location: text })).optional(),
    details: z.array(z.looseObject({ reason: z.string().catch('') })).optional(),
  }),
});

export const calendarEntry = z.looseObject({
  id: z.string().min(1),
  summary: text,
  summaryOverride: text,
  description: text,
  timeZone: text,
  colorId: text,
  backgroundColor: text,
  accessRole: text,
  selected: flag,
  hidden: flag,
  primary: flag,
  deleted: flag,
  dataOwner: text,
  autoAcceptInvitations: flag,
  conferenceProperties: z.looseObject({ allowedConferenceSolutionTypes: z.array(z.string()).nullish() }).nullish(),
});
export type CalendarEntry = z.infer<typeof calendarEntry>;

/** Lists say what they are a list of: without that an answer of something on the way (`{}`) would be an empty list. */
export const calendarListPage = z.looseObject({
  kind: z.literal('calendar#calendarList'),
  items: z.array(calendarEntry).nullish(),
  nextPageToken: text,
});

/** Items are read one by one: a bad one must not cost the page. */
export const eventsPage = z.looseObject({
  kind: z.literal('calendar#events'),
  items: z.array(z.unknown()).nullish(),
  timeZone: text,
  accessRole: text,
  nextPageToken: text,
  nextSyncToken: text,
});

const moment = z.looseObject({ date: text, dateTime: text, timeZone: text });
export type GoogleMoment = z.infer<typeof moment>;

const person = z.looseObject({ email: text, displayName: text, self: flag });
export type GooglePerson = z.infer<typeof person>;

const attendee = z.looseObject({
  ...person.shape,
  organizer: flag,
  resource: flag,
  optional: flag,
  responseStatus: text,
});
export type GoogleAttendee = z.infer<typeof attendee>;

const conference = z.looseObject({
  createRequest: z.looseObject({ status: z.looseObject({ statusCode: text }).nullish() }).nullish(),
  entryPoints: z.array(z.looseObject({ entryPointType: text, uri: text })).nullish(),
  conferenceSolution: z.looseObject({ name: text }).nullish(),
  conferenceId: text,
});
export type GoogleConference = z.infer<typeof conference>;

const reminders = z.looseObject({
  useDefault: flag,
  overrides: z.array(z.looseObject({ method: text, minutes: z.number() })).nullish(),
});
export type GoogleReminders = z.infer<typeof reminders>;

export const googleEvent = z.looseObject({
  id: z.string().min(1),
  etag: text,
  status: text,
  htmlLink: text,
  created: text,
  updated: text,
  summary: text,
  description: text,
  location: text,
  colorId: text,
  organizer: person.nullish(),
  start: moment.nullish(),
  end: moment.nullish(),
  recurrence: z.array(z.string()).nullish(),
  recurringEventId: text,
  originalStartTime: moment.nullish(),
  transparency: text,
  visibility: text,
  iCalUID: text,
  sequence: z.number().nullish(),
  attendees: z.array(attendee).nullish(),
  attendeesOmitted: flag,
  hangoutLink: text,
  conferenceData: conference.nullish(),
  guestsCanModify: flag,
  locked: flag,
  reminders: reminders.nullish(),
  extendedProperties: z.looseObject({ private: z.record(z.string(), z.unknown()).nullish() }).nullish(),
  eventType: text,
});
export type GoogleEvent = z.infer<typeof googleEvent>;

const failures = z.array(z.looseObject({ reason: text })).nullish();

export const freeBusyAnswer = z.looseObject({
  kind: z.literal('calendar#freeBusy'),
  calendars: z
    .record(z.string(), z.looseObject({ busy: z.array(z.looseObject({ start: z.string(), end: z.string() })).nullish(), errors: failures }))
    .nullish(),
  groups: z.record(z.string(), z.looseObject({ calendars: z.array(z.string()).nullish(), errors: failures })).nullish(),
});

/**
 * `expiration` is an int64: documented as a number, sent as a string, and left out for a channel without an end. The id is that of
 * the watched calendar, not of the channel.
 */
export const channelAnswer = z.looseObject({
  kind: z.literal('api#channel'),
  id: z.string().min(1),
  resourceId: z.string().min(1),
  expiration: z.union([z.number(), z.string().regex(/^\d+$/).transform(Number)]).nullish(),
});

/** An answer that is read later or not at all. */
export const anything = z.unknown();

/** `events.delete` and `channels.stop` answer with nothing; whoever says more is not Google. */
export const nothing = z.union([z.undefined(), z.null(), z.literal('')]);

/** Where an answer is not as documented: place and expectation, never the value. */
export function mismatch(error: z.ZodError): string {
  const [issue] = error.issues;
  return issue === undefined ? 'unreadable' : `${issue.path.join('.') || 'answer'}: ${issue.code}`;
}
