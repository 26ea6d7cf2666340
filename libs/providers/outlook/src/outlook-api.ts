import { z } from 'zod';
import { graphRecurrence } from './outlook-recurrence.ts';

/**
 * The answers of Graph as far as we read them. Members may be left out (occurrences in delta answers have few), new words
 * may come for old ones: hence everything is loose, and words are strings.
 */

/** Which member of an answer does not fit, without its value. */
export function mismatch(error: z.ZodError): string {
  const issue = error.issues[0];
  return issue === undefined ? 'unexpected' : `${issue.path.join('.') || 'answer'}: ${issue.code}`;
}

const text = z.string().nullish();
const flag = z.boolean().nullish();

/** https://learn.microsoft.com/en-us/graph/errors; the nested member is spelled in two ways and may nest further. */
export interface ErrorDetail {
  readonly code?: string | null;
  readonly innerError?: ErrorDetail | null;
  readonly innererror?: ErrorDetail | null;
}

const errorDetail: z.ZodType<ErrorDetail> = z.lazy(() =>
  z.looseObject({ code: text, innerError: errorDetail.nullish(), innererror: errorDetail.nullish() }),
);

export const graphErrorBody = z.looseObject({ error: errorDetail });

/** Calls that answer with nothing, 202 and 204; whoever says more is not Graph. */
export const nothing = z.null();

/** An answer that is read later. */
export const anything = z.unknown();

/** One page of a list; with `@odata.deltaLink` the last one of a round of changes. */
export const graphPage = z.looseObject({
  value: z.array(z.unknown()),
  '@odata.nextLink': text,
  '@odata.deltaLink': text,
});
export type GraphPage = z.infer<typeof graphPage>;

export const graphCalendar = z.looseObject({
  id: z.string().min(1),
  name: text,
  color: text,
  hexColor: text,
  isDefaultCalendar: flag,
  canEdit: flag,
  canViewPrivateItems: flag,
  owner: z.looseObject({ name: text, address: text }).nullish(),
  allowedOnlineMeetingProviders: z.array(z.string()).nullish(),
});
export type GraphCalendar = z.infer<typeof graphCalendar>;

/** https://learn.microsoft.com/en-us/graph/api/resources/mailboxsettings */
export const mailboxSettings = z.looseObject({ timeZone: text });

/** A clock time without offset; the zone beside it governs. */
const moment = z.looseObject({ dateTime: z.string(), timeZone: text });
export type GraphMoment = z.infer<typeof moment>;

const person = z.looseObject({ name: text, address: text });
const recipient = z.looseObject({ emailAddress: person.nullish() });
export type GraphRecipient = z.infer<typeof recipient>;

const attendee = z.looseObject({ ...recipient.shape, type: text, status: z.looseObject({ response: text }).nullish() });
export type GraphAttendee = z.infer<typeof attendee>;

/** https://learn.microsoft.com/en-us/graph/api/resources/event */
export const graphEvent = z.looseObject({
  id: z.string().min(1),
  '@odata.etag': text,
  '@removed': z.looseObject({ reason: text }).nullish(),
  type: text,
  seriesMasterId: text,
  originalStart: text,
  originalStartTimeZone: text,
  start: moment.nullish(),
  end: moment.nullish(),
  isAllDay: flag,
  recurrence: graphRecurrence.nullish(),
  iCalUId: text,
  subject: text,
  body: z.looseObject({ contentType: text, content: text }).nullish(),
  location: z.looseObject({ displayName: text }).nullish(),
  showAs: text,
  sensitivity: text,
  isCancelled: flag,
  isOrganizer: flag,
  organizer: recipient.nullish(),
  attendees: z.array(attendee).nullish(),
  hideAttendees: flag,
  responseStatus: z.looseObject({ response: text }).nullish(),
  isReminderOn: flag,
  reminderMinutesBeforeStart: z.number().nullish(),
  isOnlineMeeting: flag,
  onlineMeetingProvider: text,
  onlineMeeting: z.looseObject({ joinUrl: text, conferenceId: text }).nullish(),
  onlineMeetingUrl: text,
  transactionId: text,
  singleValueExtendedProperties: z.array(z.looseObject({ id: z.string(), value: text })).nullish(),
  webLink: text,
  createdDateTime: text,
  lastModifiedDateTime: text,
});
export type GraphEvent = z.infer<typeof graphEvent>;

/** What only a master tells, and only when it is asked for by name. */
export const seriesDetails = z.looseObject({
  id: z.string().min(1),
  cancelledOccurrences: z.array(z.string()).nullish(),
  exceptionOccurrences: z.array(z.unknown()).nullish(),
  'exceptionOccurrences@odata.nextLink': text,
});
export type SeriesDetails = z.infer<typeof seriesDetails>;

/** https://learn.microsoft.com/en-us/graph/api/resources/scheduleinformation; details that others may see are not read. */
const schedule = z.looseObject({
  scheduleId: text,
  scheduleItems: z.array(z.looseObject({ status: text, start: moment, end: moment })).nullish(),
  error: z.looseObject({ responseCode: text }).nullish(),
});
export type GraphSchedule = z.infer<typeof schedule>;
export const schedules = z.looseObject({ value: z.array(schedule) });

/** https://learn.microsoft.com/en-us/graph/api/resources/meetingtimesuggestionsresult */
const suggestion = z.looseObject({
  confidence: z.number().nullish(),
  meetingTimeSlot: z.looseObject({ start: moment, end: moment }),
  attendeeAvailability: z.array(z.looseObject({ availability: text, attendee: recipient.nullish() })).nullish(),
});
export const suggestions = z.looseObject({ meetingTimeSuggestions: z.array(suggestion).nullish() });
export type GraphSuggestion = z.infer<typeof suggestion>;
