import { Injectable } from '@nestjs/common';
import { DomainError, type ConnectionStatus, type Uuid, type ZoneId } from '@daymark/domain';
import type { Connection } from '../connections/connection.ts';
import type { Transaction } from '../database/database.ts';
import { seesWholeTenant, type Caller } from '../http/caller.ts';
import { checkedId, notFound } from '../http/path-ids.ts';
import { noDefaultCalendar } from '../placements/no-default-calendar.ts';
import { writeRefusal } from '../placements/write-refusal.ts';

export interface Destination {
  readonly calendarId: Uuid;
  readonly connectionId: Uuid;
  readonly userId: Uuid;
  readonly name: string;
  readonly zone: ZoneId | null;
  readonly conferenceTypes: readonly string[];
}

interface Row {
  readonly id: Uuid;
  readonly connection_id: Uuid;
  readonly user_id: Uuid;
  readonly name: string;
  readonly zone: ZoneId | null;
  readonly status: 'active' | 'removed';
  readonly is_active: boolean;
  readonly access_role: 'owner' | 'writer' | 'reader' | 'free-busy';
  readonly access_profile: Connection['accessProfile'];
  readonly direction: Connection['direction'];
  readonly conference_types: string[];
  readonly connection_status: ConnectionStatus;
  readonly account_email: string;
}

const columns = `k.id, k.connection_id, n.user_id, k.name, k.zone, k.status, k.is_active, k.access_role, n.access_profile, n.direction, k.conference_types,
  n.status AS connection_status, n.account_email`;

/** Which calendar a meeting is put on: the one that was named, the profile's, the host's default, the host's own. */
@Injectable()
export class Destinations {
  /** @throws DomainError that says what is wrong with a named calendar, or `no-default-calendar`. */
  async choose(
    tx: Transaction,
    caller: Caller,
    { named, ofProfile, hostUserId }: { named?: string; ofProfile: Uuid | null; hostUserId: Uuid | null },
  ): Promise<Destination> {
    if (named !== undefined) return this.#named(tx, caller, checkedId('calendar', named));
    if (ofProfile !== null) return this.#named(tx, null, ofProfile);
    if (hostUserId === null) throw new DomainError('no-default-calendar', 'Nobody hosts the meeting, and no calendar was named.');
    const row = await this.#defaultOf(tx, hostUserId);
    if (row === null) throw await noDefaultCalendar(tx, caller, hostUserId);
    return destination(row);
  }

  async #named(tx: Transaction, caller: Caller | null, id: Uuid): Promise<Destination> {
    const [row] = await tx.query<Row[]>(`SELECT ${columns} FROM calendars k JOIN connections n ON n.id = k.connection_id WHERE k.id = $1`, [
      id,
    ]);
    if (row === undefined || !(caller === null || seesWholeTenant(caller) || row.user_id === caller.userId)) throw notFound('calendar');
    const refusal = refusalOf(row);
    if (refusal !== null) throw refusal;
    return destination(row);
  }

  /** The chosen default, else the primary calendar of the oldest connection that can be written to. */
  async #defaultOf(tx: Transaction, userId: Uuid): Promise<Row | null> {
    const rows = await tx.query<(Row & { is_default: boolean })[]>(
      `SELECT ${columns}, coalesce(k.id::text = u.preferences ->> 'defaultCalendarId', false) AS is_default
       FROM calendars k JOIN connections n ON n.id = k.connection_id JOIN users u ON u.id = n.user_id
       WHERE n.user_id = $1 AND k.status = 'active' AND k.is_active AND n.status = 'active' AND k.is_write_target
       ORDER BY is_default DESC, k.is_primary DESC, n.id, k.id`,
      [userId],
    );
    return rows.find((row) => refusalOf(row) === null) ?? null;
  }
}

function refusalOf(row: Row): DomainError | null {
  return writeRefusal(
    { name: row.name, status: row.status, isActive: row.is_active, accessRole: row.access_role },
    { status: row.connection_status, accountEmail: row.account_email, accessProfile: row.access_profile, direction: row.direction },
  );
}

function destination(row: Row): Destination {
  return {
    calendarId: row.id,
    connectionId: row.connection_id,
    userId: row.user_id,
    name: row.name,
    zone: row.zone,
    conferenceTypes: row.conference_types,
  };
}
