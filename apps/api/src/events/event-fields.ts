import type { BodyOf, operations } from '@daymark/api-contract';
import {
  addDays,
  DAY_MS,
  daysBetween,
  DomainError,
  MAX_DURATION_DAYS,
  UTC,
  whySeriesRefused,
  type Instant,
  type PlainDate,
  type ZoneId,
} from '@daymark/domain';
import type { EventFields, EventTime } from '@daymark/provider-contract';
import { timedAt } from './event-view.ts';

export type CreateBody = BodyOf<typeof operations.createEvent>;
export type PatchBody = BodyOf<typeof operations.updateEvent>;

const TOO_LONG = `is more than ${MAX_DURATION_DAYS} days after the start`;

/** A new event in the contract's words. @throws DomainError `recurrence-unreadable`. */
export function newFields(body: CreateBody, calendarZone: ZoneId | null): EventFields {
  const time = newTime(body, calendarZone);
  const recurrence = body.recurrence ?? [];
  if (recurrence.length > 0) requireReadable(recurrence, time);
  return {
    title: body.title,
    description: body.description ?? null,
    location: body.location ?? null,
    time,
    recurrence,
    attendees: guestsOf(body.attendees ?? []),
    busy: body.busy ?? true,
    visibility: body.visibility ?? 'default',
    reminders: remindersOf(body.reminders ?? null),
  };
}

function newTime(body: CreateBody, calendarZone: ZoneId | null): EventTime {
  if (body.start_date !== undefined && body.end_date !== undefined)
    return { kind: 'all-day', startDate: body.start_date, endDate: body.end_date };
  return timedAt(body.start!, body.end!, body.time_zone ?? calendarZone ?? UTC);
}

function requireReadable(rules: readonly string[], time: EventTime): void {
  const refused = whySeriesRefused({ rules, time });
  if (refused !== null) throw new DomainError('recurrence-unreadable', refused.reason);
}

/** The fields that a patch names; nothing else is touched. @throws DomainError `validation-failed` for times that do not fit those of the event. */
export function patchedFields(patch: PatchBody, standing: EventFields, calendarZone: ZoneId | null): Partial<EventFields> {
  const time = patchedTime(patch, standing.time, calendarZone);
  return {
    ...(patch.title === undefined ? {} : { title: patch.title }),
    ...(patch.description === undefined ? {} : { description: patch.description }),
    ...(patch.location === undefined ? {} : { location: patch.location }),
    ...(time === null ? {} : { time }),
    ...(patch.attendees === undefined ? {} : { attendees: guestsOf(patch.attendees) }),
    ...(patch.busy === undefined ? {} : { busy: patch.busy }),
    ...(patch.visibility === undefined ? {} : { visibility: patch.visibility }),
    ...(patch.reminders === undefined ? {} : { reminders: remindersOf(patch.reminders) }),
  };
}

/** A start alone moves the event and keeps its length; an end alone makes it longer or shorter. */
function patchedTime(patch: PatchBody, standing: EventTime, calendarZone: ZoneId | null): EventTime | null {
  if ((patch.start_date ?? patch.end_date) !== undefined) return patchedDates(patch, standing);
  if ((patch.start ?? patch.end ?? patch.time_zone) === undefined) return null;
  if (standing.kind === 'all-day') {
    if (patch.start === undefined || patch.end === undefined)
      throw invalidTime('/start', 'is missing; an all-day event becomes a timed one with start and end');
    return timedAt(patch.start, patch.end, patch.time_zone ?? calendarZone ?? UTC);
  }
  const start = patch.start ?? standing.start;
  const end = patch.end ?? ((start + (standing.end - standing.start)) as Instant);
  if (end <= start) throw invalidTime('/end', 'is not after the start');
  if (end - start > MAX_DURATION_DAYS * DAY_MS) throw invalidTime('/end', TOO_LONG);
  return timedAt(start, end, patch.time_zone ?? standing.zone);
}

function patchedDates(patch: PatchBody, standing: EventTime): EventTime {
  const days = standing.kind === 'all-day' ? daysBetween(standing.startDate, standing.endDate) : 1;
  const startDate = patch.start_date ?? (standing.kind === 'all-day' ? standing.startDate : null);
  if (startDate === null) throw invalidTime('/start_date', 'is missing; a timed event becomes an all-day one with start_date');
  const endDate: PlainDate = patch.end_date ?? addDays(startDate, days);
  if (endDate <= startDate) throw invalidTime('/end_date', 'is not after the start');
  if (daysBetween(startDate, endDate) > MAX_DURATION_DAYS) throw invalidTime('/end_date', TOO_LONG);
  return { kind: 'all-day', startDate, endDate };
}

function invalidTime(pointer: string, message: string): DomainError {
  return new DomainError('validation-failed', 'One field is not valid.', { errors: [{ pointer, message, code: 'custom' }] });
}

function guestsOf(attendees: NonNullable<PatchBody['attendees']>): EventFields['attendees'] {
  return attendees.map(({ email, name, optional }) => ({ email, name: name ?? null, optional }));
}

function remindersOf(reminders: PatchBody['reminders']): EventFields['reminders'] {
  return reminders == null ? null : { useDefault: reminders.use_default, overrides: reminders.overrides };
}
