import { Injectable } from '@nestjs/common';
import type { SchedulingProfile as ProfileView } from '@daymark/api-contract';
import { Clock, formatId, formatInstant, type Uuid } from '@daymark/domain';
import { toInstant, toTimestamp } from '../database/columns.ts';
import type { Transaction } from '../database/database.ts';
import { lockOwner } from './owners.ts';
import type { OwnedFilter } from './schedules.repository.ts';

/** What a profile asks for, as it is stored: the contract's names, plain uuids. */
export interface ProfileSettings extends Pick<
  ProfileView,
  | 'duration_minutes'
  | 'step_minutes'
  | 'round_to'
  | 'buffer_before'
  | 'buffer_after'
  | 'prep_minutes'
  | 'notice_minutes'
  | 'horizon_days'
  | 'max_per_day'
  | 'conference'
  | 'location'
  | 'reminders'
> {
  readonly calendar_id: Uuid | null;
  readonly read_calendar_ids: readonly Uuid[] | null;
}

/** How a user can be booked. */
export interface Profile {
  readonly id: Uuid;
  readonly tenantId: Uuid;
  readonly userId: Uuid;
  /** Null: the user's default schedule. */
  readonly scheduleId: Uuid | null;
  readonly name: string;
  readonly settings: ProfileSettings;
  readonly isDefault: boolean;
  readonly version: number;
  readonly createdAt: Date;
}

interface Row {
  readonly id: Uuid;
  readonly tenant_id: Uuid;
  readonly user_id: Uuid;
  readonly schedule_id: Uuid | null;
  readonly name: string;
  readonly settings: ProfileSettings;
  readonly is_default: boolean;
  readonly version: number;
  readonly created_at: Date;
}

/** A calendar that a profile names. */
export interface NamedCalendar {
  readonly id: Uuid;
  readonly isWritable: boolean;
}

@Injectable()
export class ProfilesRepository {
  constructor(private readonly clock: Clock) {}

  async list(tx: Transaction, { userId, after, limit }: OwnedFilter): Promise<Profile[]> {
    const rows = await tx.query<Row[]>(
      `SELECT * FROM scheduling_profiles WHERE ($1::uuid IS NULL OR user_id = $1) AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3`,
      [userId, after, limit],
    );
    return rows.map(profileOf);
  }

  async find(tx: Transaction, id: Uuid): Promise<Profile | null> {
    const [row] = await tx.query<Row[]>(`SELECT * FROM scheduling_profiles WHERE id = $1`, [id]);
    return row === undefined ? null : profileOf(row);
  }

  /** Locks the profiles of a user, so that one default stays one. Oldest first. */
  async lockOf(tx: Transaction, userId: Uuid): Promise<Profile[]> {
    await lockOwner(tx, userId);
    const rows = await tx.query<Row[]>(`SELECT * FROM scheduling_profiles WHERE user_id = $1 ORDER BY id FOR UPDATE`, [userId]);
    return rows.map(profileOf);
  }

  async insert(
    tx: Transaction,
    { id, tenantId, userId, scheduleId, name, settings, isDefault }: Omit<Profile, 'version' | 'createdAt'>,
  ): Promise<void> {
    await tx.query(
      `INSERT INTO scheduling_profiles (id, tenant_id, user_id, schedule_id, name, settings, is_default, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)`,
      [id, tenantId, userId, scheduleId, name, JSON.stringify(settings), isDefault, toTimestamp(this.clock.now())],
    );
  }

  async update(tx: Transaction, { id, scheduleId, name, settings, isDefault }: Omit<Profile, 'version' | 'createdAt'>): Promise<void> {
    await tx.query(
      `UPDATE scheduling_profiles SET schedule_id = $2, name = $3, settings = $4, is_default = $5, updated_at = $6, version = version + 1 WHERE id = $1`,
      [id, scheduleId, name, JSON.stringify(settings), isDefault, toTimestamp(this.clock.now())],
    );
  }

  async delete(tx: Transaction, id: Uuid): Promise<void> {
    await tx.query(`DELETE FROM scheduling_profiles WHERE id = $1`, [id]);
  }

  /** Whether the user may use the schedule: an own one, or one of the tenant. The schedule stays until the transaction ends. */
  async hasSchedule(tx: Transaction, id: Uuid, userId: Uuid): Promise<boolean> {
    const rows = await tx.query<unknown[]>(`SELECT FROM schedules WHERE id = $1 AND (user_id = $2 OR user_id IS NULL) FOR SHARE`, [
      id,
      userId,
    ]);
    return rows.length > 0;
  }

  /** Those of the named calendars that are the user's. */
  async calendarsOf(tx: Transaction, ids: readonly Uuid[], userId: Uuid): Promise<NamedCalendar[]> {
    if (ids.length === 0) return [];
    const rows = await tx.query<{ id: Uuid; access_role: string }[]>(
      `SELECT c.id, c.access_role FROM calendars c JOIN connections n ON n.id = c.connection_id WHERE c.id = ANY($1) AND n.user_id = $2 AND c.status = 'active'`,
      [ids, userId],
    );
    return rows.map(({ id, access_role }) => ({ id, isWritable: access_role === 'owner' || access_role === 'writer' }));
  }
}

export function profileView(profile: Profile): ProfileView {
  const { calendar_id, read_calendar_ids, ...settings } = profile.settings;
  return {
    ...settings,
    id: formatId('schedulingProfile', profile.id),
    user_id: formatId('user', profile.userId),
    name: profile.name,
    schedule_id: profile.scheduleId === null ? null : formatId('schedule', profile.scheduleId),
    calendar_id: calendar_id === null ? null : formatId('calendar', calendar_id),
    read_calendar_ids: read_calendar_ids === null ? null : read_calendar_ids.map((id) => formatId('calendar', id)),
    is_default: profile.isDefault,
    created_at: formatInstant(toInstant(profile.createdAt)),
    version: profile.version,
  };
}

function profileOf(row: Row): Profile {
  const {
    id,
    tenant_id: tenantId,
    user_id: userId,
    schedule_id: scheduleId,
    name,
    settings,
    is_default: isDefault,
    version,
    created_at: createdAt,
  } = row;
  return { id, tenantId, userId, scheduleId, name, settings, isDefault, version, createdAt };
}
