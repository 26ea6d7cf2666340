import { Injectable } from '@nestjs/common';
import type { Uuid, ZoneId } from '@daymark/domain';
import type { Transaction } from '../database/database.ts';
import type { Guest } from '../mail/mails.ts';
import { MeetingsRepository, type NewAttendee } from './meetings.repository.ts';

/** Somebody to be invited, in wire names; what is undefined stays as it is. */
export interface GuestInput {
  readonly email: string;
  readonly name?: string | null;
  readonly optional?: boolean;
  readonly time_zone?: ZoneId | null;
  readonly locale?: string | null;
}

/**
 * Who is invited by address. A guest whose address is that of a user of the tenant is tied to the user, who
 * then sees the meeting among their own, is mailed as one of the house, and may not change it. Their time is
 * not claimed: only hosts and participants are, whom the caller named as such.
 */
@Injectable()
export class GuestList {
  constructor(private readonly meetings: MeetingsRepository) {}

  /** As they are to be stored for a new meeting. */
  async invited(tx: Transaction, guests: readonly GuestInput[]): Promise<NewAttendee[]> {
    return this.#attendees(tx, guests, []);
  }

  /** From now on these and no others; those who are no longer invited. */
  async replace(
    tx: Transaction,
    { tenantId, meetingId, guests }: { tenantId: Uuid; meetingId: Uuid; guests: readonly GuestInput[] },
  ): Promise<Guest[]> {
    const before = await this.meetings.attendees(tx, meetingId);
    const removed = new Set(
      await this.meetings.removeGuests(
        tx,
        meetingId,
        guests.map(({ email }) => email),
      ),
    );
    await this.meetings.saveAttendees(tx, { tenantId, meetingId, attendees: await this.#attendees(tx, guests, before) });
    return before
      .filter(({ email }) => removed.has(email))
      .map(({ email, name, zone, locale }) => ({ email, name, zone: zone as Guest['zone'], locale }));
  }

  async #attendees(tx: Transaction, guests: readonly GuestInput[], before: readonly NewAttendee[]): Promise<NewAttendee[]> {
    const users = await this.#usersOf(
      tx,
      guests.map(({ email }) => email),
    );
    const known = new Map(before.map((one) => [one.email.toLowerCase(), one]));
    return guests.map(({ email, name, optional, time_zone, locale }): NewAttendee => {
      const address = email.toLowerCase();
      const old = known.get(address);
      return {
        userId: users.get(address) ?? null,
        email,
        name: name === undefined ? (old?.name ?? null) : name,
        zone: time_zone === undefined ? (old?.zone ?? null) : time_zone,
        locale: locale === undefined ? (old?.locale ?? null) : locale,
        kind: 'guest',
        isOptional: optional ?? old?.isOptional ?? false,
      };
    });
  }

  /** Users who are still there, by their address in small letters. */
  async #usersOf(tx: Transaction, emails: readonly string[]): Promise<ReadonlyMap<string, Uuid>> {
    if (emails.length === 0) return new Map();
    const rows = await tx.query<{ id: Uuid; email: string }[]>(
      `SELECT id, lower(email) AS email FROM users WHERE lower(email) = ANY($1) AND removed_at IS NULL ORDER BY id DESC`,
      [emails.map((email) => email.toLowerCase())],
    );
    return new Map(rows.map(({ id, email }) => [email, id]));
  }
}
