import { Injectable } from '@nestjs/common';
import { addMilliseconds, formatId, startOfDate, UTC, type Instant, type PlainDate, type ZoneId } from '@daymark/domain';
import type { EventAttendee, Notify } from '@daymark/provider-contract';
import type { Calendar } from '../calendars/calendar.ts';
import { toInstant } from '../database/columns.ts';
import type { Transaction } from '../database/database.ts';
import { Mails } from '../mail/mails.ts';
import type { EventRow } from './event-view.ts';

export interface CancelledTimes {
  readonly notify: Notify;
  readonly comment: string;
  readonly calendar: Pick<Calendar, 'tenantId' | 'zone'>;
  /** The series ends before this original start; null when all of the event is cancelled. */
  readonly from: Instant | PlainDate | null;
}

interface EventSpan {
  readonly start: Instant;
  readonly end: Instant;
  readonly zone: ZoneId;
}

/** What the platform itself writes to the guests of an event. */
@Injectable()
export class GuestMails {
  constructor(private readonly mails: Mails) {}

  /** The comment of a cancellation, to those whom the caller wants told; not to people who are users of the tenant where only outsiders are. */
  async cancelled(tx: Transaction, row: EventRow, { notify, comment, calendar, from }: CancelledTimes): Promise<void> {
    const guests = await this.#toTell(tx, row, notify);
    const time = timeOf(row, row.zone ?? calendar.zone ?? UTC, from);
    if (guests.length === 0 || time === null) return;
    const originalStart = from === null ? originalOf(row) : time.start;
    // No calendar file says that a series ends, and none here that a day of it is gone: the wrong one would take all of it away.
    const hasFile = from === null && row.original_date === null;
    await this.mails.eventCancelled(tx, {
      tenantId: calendar.tenantId,
      event: {
        id: row.id,
        iCalUid: hasFile ? row.ical_uid : null,
        sequence: row.sequence ?? 0,
        ...(originalStart === null ? {} : { originalStart }),
        title: row.title ?? formatId('event', row.id),
        ...time,
        location: row.location,
        organizer: row.organizer === null ? null : { email: row.organizer.email, name: row.organizer.name },
      },
      guests: guests.map(({ email, name }) => ({ email, name, zone: null, locale: null })),
      comment,
    });
  }

  async #toTell(tx: Transaction, row: EventRow, notify: Notify): Promise<readonly EventAttendee[]> {
    const guests = (row.attendees ?? []).filter(({ self, resource, organizer }) => !self && !resource && !organizer);
    if (notify === 'none' || guests.length === 0) return [];
    if (notify === 'all') return guests;
    const own = await tx.query<{ email: string }[]>(
      `SELECT lower(email) AS email FROM users WHERE removed_at IS NULL AND lower(email) = ANY($1)`,
      [guests.map(({ email }) => email.toLowerCase())],
    );
    const inside = new Set(own.map(({ email }) => email));
    return guests.filter(({ email }) => !inside.has(email.toLowerCase()));
  }
}

function originalOf(row: EventRow): Instant | null {
  if (row.original_date !== null) return startOfDate(row.original_date, UTC);
  return row.original_start === null ? null : toInstant(row.original_start);
}

/** @param from the occurrence whose time is meant, of a series. */
function timeOf(row: EventRow, zone: ZoneId, from: Instant | PlainDate | null): EventSpan | null {
  const first = firstTimeOf(row, zone);
  if (first === null || from === null) return first;
  const start = typeof from === 'string' ? startOfDate(from, zone) : from;
  return { start, end: addMilliseconds(start, first.end - first.start), zone };
}

function firstTimeOf(row: EventRow, zone: ZoneId): EventSpan | null {
  if (row.start_date !== null && row.end_date !== null)
    return { start: startOfDate(row.start_date, zone), end: startOfDate(row.end_date, zone), zone };
  return row.start_at === null || row.end_at === null ? null : { start: toInstant(row.start_at), end: toInstant(row.end_at), zone };
}
