import { z } from 'zod';
import { badRequest, invalidProperty } from './microsoft-error.ts';
import { readRecurrence } from './microsoft-recurrence.ts';
import { readDateTime, spanOf, wallOf } from './microsoft-times.ts';
import type { MicrosoftAttendee, MicrosoftEventFields, MicrosoftLocation } from './microsoft-types.ts';
import { NO_ANSWER } from './microsoft-types.ts';

/** Members of an enumeration are compared without regard to case. */
function oneOf<Value extends string>(...values: readonly Value[]) {
  return z.string().transform((text, context): Value => {
    const found = values.find((value) => value.toLowerCase() === text.toLowerCase());
    if (found === undefined) context.addIssue(`'${text}' is not one of ${values.join(', ')}`);
    return found ?? (values[0] as Value);
  });
}

const dateTime = z.object({ dateTime: z.string(), timeZone: z.string().nullish() });
const emailAddress = z.object({ address: z.string(), name: z.string().nullish() });
const location = z.looseObject({ displayName: z.string().nullish(), locationType: z.string().nullish() });
const attendee = z.object({
  emailAddress,
  type: oneOf('required', 'optional', 'resource').nullish(),
  status: z.unknown().optional(),
  proposedNewTime: z.unknown().optional(),
});
const ignored = z.unknown().optional();

/** What a writer may send; members that only the server sets are taken and left aside, unknown ones are refused. */
const eventBody = z.strictObject({
  subject: z.string().nullish(),
  body: z.object({ contentType: oneOf('html', 'text').nullish(), content: z.string().nullish() }).nullish(),
  start: dateTime.optional(),
  end: dateTime.optional(),
  isAllDay: z.boolean().nullish(),
  location: location.nullish(),
  locations: z.array(location).nullish(),
  showAs: oneOf('free', 'tentative', 'busy', 'oof', 'workingElsewhere', 'unknown').nullish(),
  sensitivity: oneOf('normal', 'personal', 'private', 'confidential').nullish(),
  importance: oneOf('low', 'normal', 'high').nullish(),
  categories: z.array(z.string()).nullish(),
  attendees: z.array(attendee).nullish(),
  recurrence: z.unknown().optional(),
  reminderMinutesBeforeStart: z.int().nullish(),
  isReminderOn: z.boolean().nullish(),
  responseRequested: z.boolean().nullish(),
  allowNewTimeProposals: z.boolean().nullish(),
  hideAttendees: z.boolean().nullish(),
  isOnlineMeeting: z.boolean().nullish(),
  onlineMeetingProvider: oneOf('unknown', 'skypeForBusiness', 'skypeForConsumer', 'teamsForBusiness').nullish(),
  transactionId: z.string().nullish(),
  singleValueExtendedProperties: z.array(z.object({ id: z.string(), value: z.string() })).optional(),
  extensions: z.array(z.looseObject({ extensionName: z.string() })).optional(),
  ...Object.fromEntries(
    [
      ...[
        'id',
        '@odata.etag',
        '@odata.type',
        '@odata.context',
        'changeKey',
        'createdDateTime',
        'lastModifiedDateTime',
        'iCalUId',
        'type',
        'seriesMasterId',
      ],
      ...[
        'originalStart',
        'originalStartTimeZone',
        'originalEndTimeZone',
        'bodyPreview',
        'hasAttachments',
        'isCancelled',
        'isDraft',
        'isOrganizer',
      ],
      ...['organizer', 'responseStatus', 'onlineMeeting', 'onlineMeetingUrl', 'webLink', 'cancelledOccurrences'],
    ].map((name) => [name, ignored]),
  ),
});

export type MicrosoftEventBody = z.infer<typeof eventBody>;

const MAX_ATTENDEES = 500;

/** @throws GraphError 400 */
export function readEventBody(body: unknown): MicrosoftEventBody {
  const parsed = eventBody.safeParse(body ?? {});
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  if (issue?.code === 'unrecognized_keys') {
    throw badRequest('RequestBodyRead', `The property '${issue.keys[0] ?? ''}' does not exist on type 'microsoft.graph.event'.`);
  }
  throw invalidProperty(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not valid'}`);
}

export function newFields(): MicrosoftEventFields {
  return {
    subject: null,
    body: { contentType: 'html', content: '' },
    start: { dateTime: '', timeZone: 'UTC' },
    end: { dateTime: '', timeZone: 'UTC' },
    isAllDay: false,
    location: emptyLocation(),
    locations: [],
    showAs: 'busy',
    sensitivity: 'normal',
    importance: 'normal',
    categories: [],
    attendees: [],
    recurrence: null,
    reminderMinutesBeforeStart: 15,
    isReminderOn: true,
    responseRequested: true,
    allowNewTimeProposals: true,
    hideAttendees: false,
    isOnlineMeeting: false,
    onlineMeetingProvider: 'unknown',
    onlineMeeting: null,
  };
}

/** The fields after a write: members are merged one by one, null gives back the default, collections are replaced whole. */
export function mergeFields(current: MicrosoftEventFields, body: MicrosoftEventBody): MicrosoftEventFields {
  const next: MicrosoftEventFields = { ...current };
  const defaults = newFields();
  const take = <Name extends keyof MicrosoftEventFields>(name: Name, value: MicrosoftEventFields[Name] | null | undefined): void => {
    if (value !== undefined) next[name] = value ?? defaults[name];
  };
  for (const name of PLAIN) take(name, body[name] as MicrosoftEventFields[typeof name] | null | undefined);
  take('body', body.body && { contentType: body.body.contentType ?? 'text', content: body.body.content ?? '' });
  if (body.start !== undefined) next.start = readDateTime(body.start, 'start');
  if (body.end !== undefined) next.end = readDateTime(body.end, 'end');
  if (body.location !== undefined) {
    next.location = body.location === null ? emptyLocation() : fullLocation(body.location);
    next.locations = next.location.displayName === '' ? [] : [next.location];
  }
  if (body.locations != null) {
    next.locations = body.locations.map(fullLocation);
    next.location = next.locations[0] ?? emptyLocation();
  }
  if (body.attendees !== undefined) next.attendees = (body.attendees ?? []).map((wanted) => fullAttendee(wanted, current.attendees));
  checkTimes(next);
  if (next.recurrence !== null && body.start !== undefined) {
    next.recurrence = { ...next.recurrence, range: { ...next.recurrence.range, startDate: next.start.dateTime.slice(0, 10) } };
  }
  if (body.recurrence !== undefined) next.recurrence = body.recurrence === null ? null : readRecurrence(body.recurrence, next);
  return next;
}

const PLAIN = [
  'subject',
  'isAllDay',
  'showAs',
  'sensitivity',
  'importance',
  'categories',
  'reminderMinutesBeforeStart',
  'isReminderOn',
  'responseRequested',
  'allowNewTimeProposals',
  'hideAttendees',
] as const;

function checkTimes(fields: MicrosoftEventFields): void {
  const { start, end, isAllDay, attendees } = fields;
  if (start.dateTime === '' || end.dateTime === '') throw badRequest('ErrorInvalidRequest', 'Start and end are required.');
  const { startMs, endMs } = spanOf(fields, 'UTC');
  if (isAllDay) {
    const isMidnight = [start, end].every((at) => at.dateTime.slice(11) === '00:00:00.0000000');
    if (!isMidnight || start.timeZone !== end.timeZone || wallOf(end) - wallOf(start) < 86_400_000) {
      throw invalidProperty(
        'The Event.Start and Event.End of an all-day event need to be set to midnight, in the same time zone, at least a day apart.',
      );
    }
  }
  if (endMs < startMs) throw invalidProperty('The end of the event is before its start.');
  if (attendees.length > MAX_ATTENDEES) throw invalidProperty(`An event has at most ${MAX_ATTENDEES} attendees.`);
}

function fullAttendee(wanted: z.infer<typeof attendee>, known: readonly MicrosoftAttendee[]): MicrosoftAttendee {
  const address = wanted.emailAddress.address;
  const earlier = known.find((candidate) => candidate.emailAddress.address.toLowerCase() === address.toLowerCase());
  return {
    type: wanted.type ?? 'required',
    emailAddress: { address, name: wanted.emailAddress.name ?? earlier?.emailAddress.name ?? address },
    status: earlier?.status ?? NO_ANSWER,
    ...(earlier?.proposedNewTime === undefined ? {} : { proposedNewTime: earlier.proposedNewTime }),
  };
}

function fullLocation(wanted: z.infer<typeof location>): MicrosoftLocation {
  const displayName = wanted.displayName ?? '';
  return { ...wanted, displayName, locationType: wanted.locationType ?? 'default', uniqueId: displayName, uniqueIdType: 'private' };
}

function emptyLocation(): MicrosoftLocation {
  return { displayName: '', locationType: 'default', uniqueIdType: 'unknown', address: {}, coordinates: {} };
}
