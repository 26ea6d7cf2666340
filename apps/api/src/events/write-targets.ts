import { Injectable } from '@nestjs/common';
import { DomainError, type Uuid } from '@daymark/domain';
import type { Notify } from '@daymark/provider-contract';
import { isWritable } from '../calendars/calendar-view.ts';
import type { Calendar } from '../calendars/calendar.ts';
import { CalendarsRepository } from '../calendars/calendars.repository.ts';
import type { Connection } from '../connections/connection.ts';
import { ConnectionsRepository } from '../connections/connections.repository.ts';
import { ProviderCalls } from '../connections/provider-calls.ts';
import type { Transaction } from '../database/database.ts';
import { seesWholeTenant, type Caller } from '../http/caller.ts';
import { checkedId, notFound } from '../http/path-ids.ts';
import { noDefaultCalendar } from '../placements/no-default-calendar.ts';
import { writeRefusal } from '../placements/write-refusal.ts';

/** A calendar that can be written to, and the connection by which it is reached. */
export interface WriteTarget {
  readonly calendar: Calendar;
  readonly connection: Connection;
}

interface Candidate {
  readonly id: Uuid;
  readonly access_role: Calendar['accessRole'];
  readonly access_profile: string;
  readonly direction: string;
}

/** Where an event is written to; everything that stands in the way is known before the provider is asked. */
@Injectable()
export class WriteTargets {
  constructor(
    private readonly calendars: CalendarsRepository,
    private readonly connections: ConnectionsRepository,
    private readonly calls: ProviderCalls,
  ) {}

  /** The named calendar, else the caller's default, else their own. @throws DomainError */
  async choose(tx: Transaction, caller: Caller, named: string | undefined): Promise<WriteTarget> {
    return this.of(tx, caller, named === undefined ? await this.#defaultOf(tx, caller) : checkedId('calendar', named));
  }

  /** @throws DomainError the same 404 for a foreign and an unknown calendar, else why it cannot be written to. */
  async of(tx: Transaction, caller: Caller, calendarId: Uuid): Promise<WriteTarget> {
    const calendar = await this.calendars.find(tx, calendarId);
    const connection = calendar === null ? null : await this.connections.find(tx, calendar.connectionId);
    if (calendar === null || connection === null || !(seesWholeTenant(caller) || connection.userId === caller.userId))
      throw notFound('calendar');
    const refusal = writeRefusal(calendar, connection);
    if (refusal !== null) throw refusal;
    return { calendar, connection };
  }

  /** Whether its service can make an online meeting there. */
  offersConference({ calendar, connection }: WriteTarget): boolean {
    const { conference } = this.calls.provider(connection.provider).manifest;
    return conference !== null && calendar.conferenceTypes.includes(conference.key);
  }

  /** @throws DomainError when guests would be mailed by the service although nobody is to be. */
  requireQuiet(
    { calendar, connection }: WriteTarget,
    { notify, guests }: { readonly notify: Notify; readonly guests: readonly unknown[] },
  ): void {
    if (notify !== 'none' || guests.length === 0) return;
    if (this.calls.provider(connection.provider).manifest.mailsGuests === 'always')
      throw new DomainError(
        'guests-are-always-mailed',
        `The service of ${calendar.name} mails the guests of every change that concerns them.`,
      );
  }

  async #defaultOf(tx: Transaction, caller: Caller): Promise<Uuid> {
    const { userId } = caller;
    if (userId === null) throw new DomainError('no-default-calendar', 'No calendar was named, and this key belongs to no user.');
    const candidates = await tx.query<Candidate[]>(
      `SELECT k.id, k.access_role, n.access_profile, n.direction
       FROM calendars k JOIN connections n ON n.id = k.connection_id JOIN users u ON u.id = n.user_id
       WHERE n.user_id = $1 AND k.status = 'active' AND k.is_active AND n.status IN ('active', 'error')
       ORDER BY coalesce(k.id::text = u.preferences ->> 'defaultCalendarId', false) DESC, k.is_primary DESC, n.id, k.id`,
      [userId],
    );
    const chosen = candidates.find(isWritable);
    if (chosen === undefined) throw await noDefaultCalendar(tx, caller, userId);
    return chosen.id;
  }
}
