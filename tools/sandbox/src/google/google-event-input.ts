import { z } from 'zod';
import { GoogleApiError, badRequest, timeRangeEmpty } from './google-error.ts';
import { checkRecurrence, momentOf } from './google-recurrence.ts';
import type { GoogleCalendar } from './google-state.ts';
import type { GoogleAttendee, GoogleDateTime, GoogleEventFields } from './google-types.ts';

const text = z.string().nullish();
const flag = z.boolean().nullish();
const open = z.record(z.string(), z.unknown()).nullish();
const dateTime = z.object({ date: text, dateTime: text, timeZone: text }).nullish();
const properties = z.record(z.string(), z.string().nullable()).nullish();

const eventBody = z.object({
  id: text,
  status: z.enum(['confirmed', 'tentative', 'cancelled']).nullish(),
  iCalUID: text,
  summary: text,
  description: text,
  location: text,
  colorId: text,
  start: dateTime,
  end: dateTime,
  recurrence: z.array(z.string()).nullish(),
  transparency: z.enum(['opaque', 'transparent']).nullish(),
  visibility: z.enum(['default', 'public', 'private', 'confidential']).nullish(),
  sequence: z.int().nullish(),
  attendees: z
    .array(
      z.object({
        email: z.string(),
        displayName: text,
        resource: flag,
        optional: flag,
        responseStatus: z.enum(['needsAction', 'declined', 'tentative', 'accepted']).nullish(),
        comment: text,
        additionalGuests: z.int().nullish(),
      }),
    )
    .nullish(),
  attendeesOmitted: flag,
  guestsCanInviteOthers: flag,
  guestsCanModify: flag,
  guestsCanSeeOtherGuests: flag,
  anyoneCanAddSelf: flag,
  organizer: z.object({ email: text, displayName: text }).nullish(),
  reminders: z
    .object({
      useDefault: flag,
      overrides: z.array(z.object({ method: z.enum(['email', 'popup']), minutes: z.int().min(0).max(40_320) })).nullish(),
    })
    .nullish(),
  extendedProperties: z.object({ private: properties, shared: properties }).nullish(),
  source: z.object({ title: text, url: text }).nullish(),
  attachments: z.array(z.object({ fileUrl: text, title: text, mimeType: text, iconLink: text, fileId: text })).nullish(),
  conferenceData: open,
  eventType: z.enum(['default', 'outOfOffice', 'focusTime', 'workingLocation', 'fromGmail', 'birthday']).nullish(),
  eventLabelId: text,
  outOfOfficeProperties: open,
  focusTimeProperties: open,
  workingLocationProperties: open,
  birthdayProperties: open,
});

/** An event as a caller sent it: unknown members are ignored, as Google does. */
export type GoogleEventBody = z.infer<typeof eventBody>;

/** @throws GoogleApiError 400 that names the first bad member. */
export function readEventBody(body: unknown): GoogleEventBody {
  const parsed = eventBody.safeParse(body ?? {});
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw badRequest(`Invalid value for: ${issue?.path.join('.') ?? 'body'}`, { location: issue?.path.join('.') });
}

/** Top level merge: arrays are replaced, `null` clears, nested objects merge key by key. */
export function mergeEventBody(current: GoogleEventFields, body: GoogleEventBody): GoogleEventFields {
  const { id: _id, status: _status, organizer: _organizer, conferenceData: _conference, iCalUID: _uid, ...changes } = body;
  return merge(current, changes) as GoogleEventFields;
}

const NESTED = new Set(['start', 'end', 'reminders', 'extendedProperties', 'private', 'shared', 'source']);

function merge(current: object, changes: object): object {
  const next: Record<string, unknown> = { ...current };
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) continue;
    if (value === null) delete next[name];
    else if (NESTED.has(name) && isObject(value)) next[name] = merge(isObject(next[name]) ? next[name] : {}, value);
    else next[name] = Array.isArray(value) ? value.map((item) => (isObject(item) ? withoutNulls(item) : item)) : value;
  }
  return next;
}

function withoutNulls(item: object): object {
  return Object.fromEntries(Object.entries(item).filter(([, value]) => value !== null));
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Brings fields into the stored form: times in UTC with their zone, limits applied, forced values set. @throws GoogleApiError 400 */
export function normaliseFields(fields: GoogleEventFields, calendar: GoogleCalendar): GoogleEventFields {
  if (fields.start === undefined) throw badRequest('Missing start time.', { reason: 'required' });
  if (fields.end === undefined) throw badRequest('Missing end time.', { reason: 'required' });
  const isRecurring = (fields.recurrence ?? []).length > 0;
  if (isRecurring) checkRecurrenceZone(fields.start);
  const start = normaliseTime(fields.start, { zone: calendar.timeZone, name: 'start' });
  const end = normaliseTime(fields.end, { zone: calendar.timeZone, name: 'end' });
  if ((start.date === undefined) !== (end.date === undefined))
    throw badRequest('Start and end times must either both be date or both be dateTime.');
  if (momentOf(end, 'UTC') <= momentOf(start, 'UTC')) throw timeRangeEmpty();
  const next: GoogleEventFields = { ...fields, start, end, reminders: readReminders(fields.reminders) };
  if (isRecurring) checkRecurrence(fields.recurrence ?? [], { start, end });
  else delete next.recurrence;
  if (next.transparency === 'opaque') delete next.transparency;
  if (next.visibility === 'default') delete next.visibility;
  if (next.visibility === 'confidential') next.visibility = 'private';
  if (next.guestsCanModify === false) delete next.guestsCanModify;
  if (next.guestsCanInviteOthers === true) delete next.guestsCanInviteOthers;
  if (next.guestsCanSeeOtherGuests === true) delete next.guestsCanSeeOtherGuests;
  delete next.attendeesOmitted;
  if (next.attendees !== undefined) next.attendees = readAttendees(next.attendees);
  if ((next.attendees ?? []).length === 0) delete next.attendees;
  if (next.extendedProperties !== undefined) next.extendedProperties = readProperties(next.extendedProperties);
  if ((next.attachments ?? []).length > 25) throw badRequest('Too many attachments.');
  return applyTypeRules(next, calendar);
}

function checkRecurrenceZone(start: GoogleDateTime): void {
  if (start.date === undefined && start.timeZone === undefined) {
    throw badRequest('Missing time zone definition for start time.', { reason: 'required' });
  }
}

function normaliseTime(at: GoogleDateTime, { zone, name }: { zone: string; name: string }): GoogleDateTime {
  if (at.date !== undefined && at.dateTime !== undefined) throw badRequest(`Invalid ${name} time.`);
  try {
    if (at.date !== undefined) {
      if (!/^\d{4}-\d\d-\d\d$/.test(at.date)) throw new RangeError(at.date);
      return { date: Temporal.PlainDate.from(at.date).toString() };
    }
    if (at.dateTime === undefined) throw new RangeError('no time');
    const ownZone = at.timeZone ?? zone;
    const hasOffset = /(?:[zZ]|[+-]\d\d:?\d\d)$/.test(at.dateTime);
    const moment = hasOffset
      ? Temporal.Instant.from(at.dateTime)
      : Temporal.PlainDateTime.from(at.dateTime).toZonedDateTime(ownZone, { disambiguation: 'compatible' }).toInstant();
    moment.toZonedDateTimeISO(ownZone);
    return { dateTime: moment.toString({ smallestUnit: 'second' }), timeZone: ownZone };
  } catch {
    throw badRequest(`Invalid ${name} time.`);
  }
}

function readReminders(reminders: GoogleEventFields['reminders']): GoogleEventFields['reminders'] {
  if (reminders === undefined) return { useDefault: true };
  const overrides = reminders.overrides ?? [];
  if (reminders.useDefault === true && overrides.length > 0) {
    throw badRequest('Cannot specify both default reminders and overrides at the same time.', {
      reason: 'cannotUseDefaultRemindersAndSpecifyOverride',
      domain: 'calendar',
    });
  }
  if (overrides.length > 5) throw badRequest('Too many override reminders.');
  return overrides.length === 0 ? { useDefault: reminders.useDefault ?? false } : { useDefault: false, overrides };
}

function readAttendees(attendees: readonly GoogleAttendee[]): GoogleAttendee[] {
  const seen = new Map<string, GoogleAttendee>();
  for (const attendee of attendees) {
    if (!/^[^@\s]+@[^@\s]+$/.test(attendee.email)) throw badRequest('Invalid attendee email.');
    const email = attendee.email.toLowerCase();
    const { organizer: _organizer, self: _self, ...own } = attendee;
    seen.set(email, { ...own, email, responseStatus: attendee.responseStatus ?? 'needsAction' });
  }
  return [...seen.values()];
}

function readProperties(given: NonNullable<GoogleEventFields['extendedProperties']>): GoogleEventFields['extendedProperties'] {
  const kept: NonNullable<GoogleEventFields['extendedProperties']> = {};
  let count = 0;
  let size = 0;
  for (const kind of ['private', 'shared'] as const) {
    const entries = Object.entries(given[kind] ?? {})
      .filter(([key]) => key.length <= 44)
      .map(([key, value]) => [key, value.slice(0, 1024)] as const);
    count += entries.length;
    size += entries.reduce((sum, [key, value]) => sum + key.length + value.length, 0);
    if (entries.length > 0) kept[kind] = Object.fromEntries(entries);
  }
  if (count > 300 || size > 32 * 1024) throw badRequest('The extended properties are too large.');
  return Object.keys(kept).length === 0 ? undefined : kept;
}

function applyTypeRules(fields: GoogleEventFields, calendar: GoogleCalendar): GoogleEventFields {
  const type = fields.eventType ?? 'default';
  const next: GoogleEventFields = { ...fields, eventType: type };
  if (type === 'default' || type === 'fromGmail') return next;
  if (!calendar.isPrimary) throw typeRestriction('Events of this type can only be created on primary calendars.');
  const isAllDay = fields.start?.date !== undefined;
  const days = isAllDay ? (momentOf(fields.end ?? {}, 'UTC') - momentOf(fields.start ?? {}, 'UTC')) / 86_400_000 : 0;
  if (type === 'focusTime' || type === 'outOfOffice') {
    if (isAllDay) throw typeRestriction('Events of this type must have a start and end time.');
    if (fields.transparency === 'transparent') throw typeRestriction('Events of this type must be opaque.');
    const name = type === 'focusTime' ? 'focusTimeProperties' : 'outOfOfficeProperties';
    next[name] ??= { autoDeclineMode: 'declineNone' };
    return next;
  }
  if (isAllDay && days !== 1) throw typeRestriction('All-day events of this type must span one day.');
  next.transparency = 'transparent';
  if (type === 'workingLocation') {
    if (fields.workingLocationProperties === undefined) throw typeRestriction('A working location event needs its properties.');
    next.visibility = 'public';
    return next;
  }
  if (!isAllDay) throw typeRestriction('Birthday events must be all-day events.');
  next.visibility = 'private';
  next.birthdayProperties ??= { type: 'birthday' };
  next.recurrence ??= ['RRULE:FREQ=YEARLY'];
  return next;
}

function typeRestriction(message: string): GoogleApiError {
  return new GoogleApiError({ status: 400, reason: 'eventTypeRestriction', domain: 'calendar', message });
}
