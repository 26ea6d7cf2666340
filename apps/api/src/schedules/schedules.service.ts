import { Injectable } from '@nestjs/common';
import type { BodyOf, operations, QueryOf, Schedule as ScheduleView } from '@daymark/api-contract';
import { DomainError, IdSource, type Uuid } from '@daymark/domain';
import { Audit } from '../audit/audit.ts';
import { Changes } from '../audit/changes.ts';
import { Database, type Transaction } from '../database/database.ts';
import type { Caller } from '../http/caller.ts';
import { cursorId, pageOfRows, type Page } from '../http/page-cursors.ts';
import { notFound } from '../http/path-ids.ts';
import { requireVersion } from '../http/versions.ts';
import { Writes, type Answer } from '../http/writes.ts';
import { requireStaysDefault } from './default-choice.ts';
import { checkedHours } from './hours.ts';
import { mayChange, maySee, Owners } from './owners.ts';
import { SchedulesRepository, scheduleView, type Schedule } from './schedules.repository.ts';

type Patch = BodyOf<typeof operations.updateSchedule>;

/** When people can be booked. Of each owner's schedules exactly one is the default. */
@Injectable()
export class SchedulesService {
  constructor(
    private readonly database: Database,
    private readonly writes: Writes,
    private readonly schedules: SchedulesRepository,
    private readonly owners: Owners,
    private readonly audit: Audit,
    private readonly changes: Changes,
    private readonly ids: IdSource,
  ) {}

  /** A member sees their own and those of the tenant; of a named user only that user's. */
  async list(caller: Caller, query: QueryOf<typeof operations.listSchedules>): Promise<Page<ScheduleView>> {
    const filter = {
      userId: this.owners.listed(caller, query.user_id),
      includesTenant: query.user_id === undefined,
      after: cursorId(query.cursor),
      limit: query.limit + 1,
    };
    const rows = await this.database.withTenant(caller.tenantId, (tx) => this.schedules.list(tx, filter));
    return pageOfRows(rows, { limit: query.limit, positionOf: ({ id }) => [id], view: scheduleView });
  }

  async get(caller: Caller, id: Uuid): Promise<ScheduleView> {
    const schedule = await this.database.withTenant(caller.tenantId, (tx) => this.schedules.find(tx, id));
    if (schedule === null || !maySee(caller, schedule.userId)) throw notFound('schedule');
    return scheduleView(schedule);
  }

  async create(caller: Caller, body: BodyOf<typeof operations.createSchedule>): Promise<Answer<ScheduleView>> {
    return this.writes.run(
      caller,
      async (tx) => {
        const userId = body.user_id === null ? this.#tenantWide(caller) : await this.owners.named(tx, caller, body.user_id);
        const others = await this.schedules.lockOf(tx, userId);
        const id = this.ids.next();
        const isDefault = body.is_default || others.length === 0;
        if (isDefault) await this.#unsetDefault(tx, caller, others);
        await this.schedules.insert(tx, {
          id,
          tenantId: caller.tenantId,
          userId,
          name: body.name,
          zone: body.time_zone,
          ...checkedHours(body, body.time_zone),
          isDefault,
        });
        return this.#recorded(tx, caller, { id, action: 'schedule.created' });
      },
      201,
    );
  }

  async update(caller: Caller, id: Uuid, { patch, ifVersion }: { patch: Patch; ifVersion: number | null }): Promise<Answer<ScheduleView>> {
    return this.writes.run(caller, async (tx) => {
      const { schedule, others } = await this.#locked(tx, caller, id);
      requireVersion(ifVersion, schedule.version);
      requireStaysDefault(schedule, patch.is_default);
      const zone = patch.time_zone ?? schedule.zone;
      const hours = checkedHours({ weekly: patch.weekly ?? schedule.weekly, overrides: patch.overrides ?? schedule.overrides }, zone);
      const isDefault = patch.is_default ?? schedule.isDefault;
      if (isDefault && !schedule.isDefault) await this.#unsetDefault(tx, caller, others);
      await this.schedules.update(tx, { ...schedule, name: patch.name ?? schedule.name, zone, ...hours, isDefault });
      return this.#recorded(tx, caller, { id, action: 'schedule.updated', before: schedule });
    });
  }

  /** Where the default is deleted, the oldest of the others takes its place. */
  async delete(caller: Caller, id: Uuid, ifVersion: number | null): Promise<Answer<null>> {
    return this.writes.run(caller, async (tx) => {
      const { schedule, others } = await this.#locked(tx, caller, id);
      requireVersion(ifVersion, schedule.version);
      const users = await this.schedules.profilesUsing(tx, schedule);
      if (users.length > 0) throw new DomainError('in-use', `Used by the scheduling profile '${users[0]!}'.`);
      await this.schedules.delete(tx, id);
      const [next] = others;
      if (schedule.isDefault && next !== undefined) {
        await this.schedules.update(tx, { ...next, isDefault: true });
        await this.#recorded(tx, caller, { id: next.id, action: 'schedule.updated', before: next });
      }
      await this.audit.record(tx, caller, {
        action: 'schedule.deleted',
        subject: { kind: 'schedule', id },
        aboutUserId: schedule.userId,
        before: described(schedule),
      });
      await this.changes.record(tx, caller.tenantId, [
        { type: 'schedule.deleted', resource: { kind: 'schedule', id }, version: schedule.version + 1 },
      ]);
      return null;
    });
  }

  /** The schedule and its owner's others, locked together. */
  async #locked(tx: Transaction, caller: Caller, id: Uuid): Promise<{ readonly schedule: Schedule; readonly others: Schedule[] }> {
    const found = await this.schedules.find(tx, id);
    if (found === null || !maySee(caller, found.userId)) throw notFound('schedule');
    if (!mayChange(caller, found.userId)) throw new DomainError('forbidden-role', 'Only an admin may change the hours of the tenant.');
    const all = await this.schedules.lockOf(tx, found.userId);
    const schedule = all.find((one) => one.id === id);
    if (schedule === undefined) throw notFound('schedule');
    return { schedule, others: all.filter((one) => one.id !== id) };
  }

  #tenantWide(caller: Caller): null {
    if (!mayChange(caller, null)) throw new DomainError('forbidden-role', 'Only an admin may make hours for the tenant.');
    return null;
  }

  async #unsetDefault(tx: Transaction, caller: Caller, others: readonly Schedule[]): Promise<void> {
    const before = others.find(({ isDefault }) => isDefault);
    if (before === undefined) return;
    await this.schedules.update(tx, { ...before, isDefault: false });
    await this.changes.record(tx, caller.tenantId, [
      { type: 'schedule.updated', resource: { kind: 'schedule', id: before.id }, version: before.version + 1 },
    ]);
  }

  async #recorded(
    tx: Transaction,
    caller: Caller,
    { id, action, before }: { id: Uuid; action: 'schedule.created' | 'schedule.updated'; before?: Schedule },
  ): Promise<ScheduleView> {
    const after = await this.schedules.find(tx, id);
    if (after === null) throw notFound('schedule');
    await this.audit.record(tx, caller, {
      action,
      subject: { kind: 'schedule', id },
      aboutUserId: after.userId,
      ...(before === undefined ? {} : { before: described(before) }),
      after: described(after),
    });
    await this.changes.record(tx, caller.tenantId, [{ type: action, resource: { kind: 'schedule', id }, version: after.version }]);
    return scheduleView(after);
  }
}

function described({ name, zone, weekly, overrides, isDefault }: Schedule): Record<string, unknown> {
  return { name, zone, weekly, overrides, isDefault };
}
