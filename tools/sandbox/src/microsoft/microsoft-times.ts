import { fromWall, toWall } from '../wall-time.ts';
import { badRequest, invalidProperty } from './microsoft-error.ts';
import type { GraphDateTime, MicrosoftEventFields } from './microsoft-types.ts';
import { findZone, zoneOf } from './microsoft-zones.ts';

const DATE_TIME = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?)?(Z)?$/;

/** A clock time as it is stored, with seven digits. @throws GraphError 400 for offsets, other shapes and unknown zones */
export function readDateTime(at: { dateTime: string; timeZone?: string | null }, name: string): GraphDateTime {
  const timeZone = at.timeZone ?? 'UTC';
  if (findZone(timeZone) === null) {
    // The code is known from practice, not from the reference.
    throw badRequest(
      'TimeZoneNotSupportedException',
      `A valid TimeZone value must be specified. The following TimeZone value is not supported: '${timeZone}'.`,
    );
  }
  const [, date, minutes = '00:00', seconds = '00', fraction = '', utc] = DATE_TIME.exec(at.dateTime) ?? [];
  if (date === undefined || (utc !== undefined && zoneOf(timeZone) !== 'UTC'))
    throw invalidProperty(`The value '${at.dateTime}' of ${name} is not a local date and time.`);
  const dateTime = `${date}T${minutes}:${seconds}.${fraction.slice(0, 7).padEnd(7, '0')}`;
  if (Number.isNaN(wallOf({ dateTime }))) throw invalidProperty(`The value '${at.dateTime}' of ${name} is not a date.`);
  return { dateTime, timeZone };
}

/** The clock time as if it were UTC, in epoch milliseconds. */
export function wallOf({ dateTime }: { dateTime: string }): number {
  return Date.parse(`${dateTime.slice(0, 23)}Z`);
}

export function atWall(wall: number, timeZone: string): GraphDateTime {
  return { dateTime: new Date(wall).toISOString().replace(/\.(\d{3})Z$/, '.$10000'), timeZone };
}

export function dateTimeAt(epochMs: number, timeZone: string): GraphDateTime {
  return atWall(toWall(epochMs, zoneOf(timeZone)), timeZone);
}

/** The instant of a clock time. */
export function momentOf(at: GraphDateTime): number {
  return fromWall(wallOf(at), zoneOf(at.timeZone));
}

/** When an event starts and ends; all-day ones in the zone of their mailbox. */
export function spanOf(
  fields: Pick<MicrosoftEventFields, 'start' | 'end' | 'isAllDay'>,
  mailboxZone: string,
): { startMs: number; endMs: number } {
  const { start, end, isAllDay } = fields;
  if (!isAllDay) return { startMs: momentOf(start), endMs: momentOf(end) };
  const zone = zoneOf(mailboxZone);
  return { startMs: fromWall(wallOf(start), zone), endMs: fromWall(wallOf(end), zone) };
}

/** A query's date and time: with its offset, or UTC without one. @throws GraphError 400 */
export function readMoment(text: string, name: string): number {
  try {
    return Temporal.Instant.from(/(Z|[+-]\d\d:?\d\d)$/i.test(text) ? text : `${text.length === 10 ? `${text}T00:00` : text}Z`)
      .epochMilliseconds;
  } catch {
    throw badRequest('ErrorInvalidParameter', `The value '${text}' of ${name} is not a date and time.`);
  }
}
