import { Injectable } from '@nestjs/common';
import type { Schedule as ScheduleView } from '@daymark/api-contract';
import { Clock, formatId, formatInstant, type Uuid, type ZoneId } from '@daymark/domain';
import { toInstant, toTimestamp } from '../database/columns.ts';
import type { Transaction } from '../database/database.ts';
import type { StoredHours } from './hours.ts';
import { lockOwner } from './owners.ts';

/** The hours of a user, or of the tenant. */
export interface Schedule extends StoredHours {
  readonly id: Uuid;
  readonly tenantId: Uuid;
  readonly userId: Uuid | null;
  readonly name: string;
  readonly zone: ZoneId;
  readonly isDefault: boolean;
  readonly version: number;
  readonly createdAt: Date;
}

interface Row {
  readonly id: Uuid;
  readonly tenant_id: Uuid;
  readonly user_id: Uuid | null;
  readonly name: string;
  readonly zone: ZoneId;
  readonly weekly_hours: Schedule['weekly'];
  readonly overrides: Schedule['overrides'];
  readonly is_default: boolean;
  readonly version: number;
  readonly created_at: Date;
}

export interface OwnedFilter {
  /** Null: of everybody. */
  readonly userId: Uuid | null;
  readonly after: Uuid | null;
  readonly limit: number;
}

@Injectable()
export class SchedulesRepository {
  constructor(private readonly clock: Clock) {}

  async list(
    tx: Transaction,
    { userId, includesTenant, after, limit }: OwnedFilter & { readonly includesTenant: boolean },
  ): Promise<Schedule[]> {
    const rows = await tx.query<Row[]>(
      `SELECT * FROM schedules WHERE ($1::uuid IS NULL OR user_id = $1 OR ($4 AND user_id IS NULL)) AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3`,
      [userId, after, limit, includesTenant],
    );
    return rows.map(scheduleOf);
  }

  async find(tx: Transaction, id: Uuid): Promise<Schedule | null> {
    const [row] = await tx.query<Row[]>(`SELECT * FROM schedules WHERE id = $1`, [id]);
    return row === undefined ? null : scheduleOf(row);
  }

  /** Locks the schedules of an owner, so that one default stays one. Oldest first. */
  async lockOf(tx: Transaction, userId: Uuid | null): Promise<Schedule[]> {
    await lockOwner(tx, userId);
    const rows = await tx.query<Row[]>(`SELECT * FROM schedules WHERE user_id IS NOT DISTINCT FROM $1 ORDER BY id FOR UPDATE`, [userId]);
    return rows.map(scheduleOf);
  }

  async insert(tx: Transaction, schedule: Omit<Schedule, 'version' | 'createdAt'>): Promise<void> {
    const { id, tenantId, userId, name, zone, weekly, overrides, isDefault } = schedule;
    await tx.query(
      `INSERT INTO schedules (id, tenant_id, user_id, name, zone, weekly_hours, overrides, is_default, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)`,
      [id, tenantId, userId, name, zone, JSON.stringify(weekly), JSON.stringify(overrides), isDefault, toTimestamp(this.clock.now())],
    );
  }

  async update(tx: Transaction, { id, name, zone, weekly, overrides, isDefault }: Omit<Schedule, 'version' | 'createdAt'>): Promise<void> {
    await tx.query(
      `UPDATE schedules SET name = $2, zone = $3, weekly_hours = $4, overrides = $5, is_default = $6, updated_at = $7, version = version + 1 WHERE id = $1`,
      [id, name, zone, JSON.stringify(weekly), JSON.stringify(overrides), isDefault, toTimestamp(this.clock.now())],
    );
  }

  /** Names of profiles that use the schedule, by name or because it is the only one of their user. */
  async profilesUsing(tx: Transaction, { id, userId }: Pick<Schedule, 'id' | 'userId'>): Promise<string[]> {
    const rows = await tx.query<{ name: string }[]>(
      `SELECT p.name FROM scheduling_profiles p
       WHERE p.schedule_id = $1 OR (p.schedule_id IS NULL AND p.user_id = $2 AND NOT EXISTS (SELECT FROM schedules s WHERE s.user_id = $2 AND s.id <> $1)) ORDER BY p.id`,
      [id, userId],
    );
    return rows.map(({ name }) => name);
  }

  /** Also where a user had chosen it. */
  async delete(tx: Transaction, id: Uuid): Promise<void> {
    await tx.query(
      `UPDATE users SET preferences = preferences - 'defaultScheduleId', version = version + 1 WHERE preferences ->> 'defaultScheduleId' = $1`,
      [id],
    );
    await tx.query(`DELETE FROM schedules WHERE id = $1`, [id]);
  }
}

export function scheduleView(schedule: Schedule): ScheduleView {
  return {
    id: formatId('schedule', schedule.id),
    user_id: schedule.userId === null ? null : formatId('user', schedule.userId),
    name: schedule.name,
    time_zone: schedule.zone,
    weekly: schedule.weekly,
    overrides: schedule.overrides,
    is_default: schedule.isDefault,
    created_at: formatInstant(toInstant(schedule.createdAt)),
    version: schedule.version,
  };
}

function scheduleOf(row: Row): Schedule {
  const {
    id,
    tenant_id: tenantId,
    user_id: userId,
    name,
    zone,
    weekly_hours: weekly,
    overrides,
    is_default: isDefault,
    version,
    created_at: createdAt,
  } = row;
  return { id, tenantId, userId, name, zone, weekly, overrides, isDefault, version, createdAt };
}
