import { Injectable } from '@nestjs/common';
import type { BodyOf, operations, Preferences } from '@daymark/api-contract';
import { DomainError, formatId, type Uuid } from '@daymark/domain';
import { Audit } from '../audit/audit.ts';
import { Changes } from '../audit/changes.ts';
import { Database, type Transaction } from '../database/database.ts';
import { seesWholeTenant, type Caller } from '../http/caller.ts';
import { checkedId, notFound } from '../http/path-ids.ts';
import { requireVersion } from '../http/versions.ts';
import { Writes, type Answer } from '../http/writes.ts';
import { TenantSettings } from './tenant-settings.ts';
import { UsersRepository } from './users.repository.ts';

type Patch = BodyOf<typeof operations.updatePreferences>;

/** As stored, with plain uuids. */
interface Stored {
  readonly defaultCalendarId?: Uuid | null;
  readonly defaultProvider?: string | null;
  readonly defaultScheduleId?: Uuid | null;
  readonly reminders?: readonly number[];
}

/** What is used when a request does not name it. */
@Injectable()
export class PreferencesService {
  constructor(
    private readonly database: Database,
    private readonly writes: Writes,
    private readonly users: UsersRepository,
    private readonly settings: TenantSettings,
    private readonly audit: Audit,
    private readonly changes: Changes,
  ) {}

  async get(caller: Caller, userId: Uuid): Promise<Preferences> {
    return this.database.withTenant(caller.tenantId, (tx) => this.#view(tx, caller, userId));
  }

  async update(
    caller: Caller,
    userId: Uuid,
    { patch, ifVersion }: { patch: Patch; ifVersion: number | null },
  ): Promise<Answer<Preferences>> {
    return this.writes.run(caller, async (tx) => {
      const { stored, version } = await this.#own(tx, caller, userId);
      requireVersion(ifVersion, version);
      const changes = await this.#changesOf(tx, { patch, userId });
      await this.users.storePreferences(tx, userId, { ...stored, ...changes });
      await this.audit.record(tx, caller, {
        action: 'user.preferences_updated',
        subject: { kind: 'user', id: userId },
        aboutUserId: userId,
        before: { ...stored },
        after: { ...changes },
      });
      await this.changes.record(tx, caller.tenantId, [
        { type: 'user.updated', resource: { kind: 'user', id: userId }, version: version + 1 },
      ]);
      return this.#view(tx, caller, userId);
    });
  }

  async #changesOf(tx: Transaction, { patch, userId }: { patch: Patch; userId: Uuid }): Promise<Stored> {
    const calendarId = patch.default_calendar_id == null ? patch.default_calendar_id : checkedId('calendar', patch.default_calendar_id);
    const scheduleId = patch.default_schedule_id == null ? patch.default_schedule_id : checkedId('schedule', patch.default_schedule_id);
    if (calendarId != null) await requireWritableCalendar(tx, calendarId, userId);
    if (scheduleId != null) await requireSchedule(tx, scheduleId, userId);
    return {
      ...(calendarId === undefined ? {} : { defaultCalendarId: calendarId }),
      ...(patch.default_provider === undefined ? {} : { defaultProvider: patch.default_provider }),
      ...(scheduleId === undefined ? {} : { defaultScheduleId: scheduleId }),
      ...(patch.reminders === undefined ? {} : { reminders: patch.reminders }),
    };
  }

  async #view(tx: Transaction, caller: Caller, userId: Uuid): Promise<Preferences> {
    const { stored, version } = await this.#own(tx, caller, userId);
    const reminders = stored.reminders ?? (await this.settings.get(tx)).reminders.default_minutes;
    return {
      default_calendar_id: stored.defaultCalendarId == null ? null : formatId('calendar', stored.defaultCalendarId),
      default_provider: stored.defaultProvider ?? null,
      default_schedule_id: stored.defaultScheduleId == null ? null : formatId('schedule', stored.defaultScheduleId),
      reminders: [...reminders],
      version,
    };
  }

  async #own(tx: Transaction, caller: Caller, userId: Uuid): Promise<{ readonly stored: Stored; readonly version: number }> {
    const found = seesWholeTenant(caller) || caller.userId === userId ? await this.users.preferences(tx, userId) : null;
    if (found === null) throw notFound('user');
    return found;
  }
}

async function requireWritableCalendar(tx: Transaction, id: Uuid, userId: Uuid): Promise<void> {
  const [row] = await tx.query<{ access_role: string }[]>(
    `SELECT c.access_role FROM calendars c JOIN connections n ON n.id = c.connection_id WHERE c.id = $1 AND n.user_id = $2 AND c.status = 'active'`,
    [id, userId],
  );
  if (row === undefined) throw new DomainError('not-found', 'There is no calendar with this id.');
  if (!['owner', 'writer'].includes(row.access_role))
    throw new DomainError('calendar-read-only', 'Meetings cannot be put on this calendar.');
}

async function requireSchedule(tx: Transaction, id: Uuid, userId: Uuid): Promise<void> {
  const rows = await tx.query<unknown[]>(`SELECT FROM schedules WHERE id = $1 AND (user_id = $2 OR user_id IS NULL)`, [id, userId]);
  if (rows.length === 0) throw new DomainError('not-found', 'There is no schedule with this id.');
}
