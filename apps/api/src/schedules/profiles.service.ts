import { Injectable } from '@nestjs/common';
import type { BodyOf, operations, QueryOf, SchedulingProfile as ProfileView } from '@daymark/api-contract';
import { DomainError, IdSource, type Uuid } from '@daymark/domain';
import { Audit } from '../audit/audit.ts';
import { Changes } from '../audit/changes.ts';
import { Database, type Transaction } from '../database/database.ts';
import type { Caller } from '../http/caller.ts';
import { cursorId, pageOfRows, type Page } from '../http/page-cursors.ts';
import { checkedId, notFound } from '../http/path-ids.ts';
import { requireVersion } from '../http/versions.ts';
import { Writes, type Answer } from '../http/writes.ts';
import { requireStaysDefault } from './default-choice.ts';
import { mayChange, Owners } from './owners.ts';
import { ProfilesRepository, profileView, type Profile, type ProfileSettings } from './profiles.repository.ts';

type Patch = BodyOf<typeof operations.updateSchedulingProfile>;
type Wanted = Pick<Profile, 'name' | 'scheduleId' | 'settings'>;

/** How people can be booked. Of a user's profiles exactly one is the default. */
@Injectable()
export class ProfilesService {
  constructor(
    private readonly database: Database,
    private readonly writes: Writes,
    private readonly profiles: ProfilesRepository,
    private readonly owners: Owners,
    private readonly audit: Audit,
    private readonly changes: Changes,
    private readonly ids: IdSource,
  ) {}

  async list(caller: Caller, query: QueryOf<typeof operations.listSchedulingProfiles>): Promise<Page<ProfileView>> {
    const filter = { userId: this.owners.listed(caller, query.user_id), after: cursorId(query.cursor), limit: query.limit + 1 };
    const rows = await this.database.withTenant(caller.tenantId, (tx) => this.profiles.list(tx, filter));
    return pageOfRows(rows, { limit: query.limit, positionOf: ({ id }) => [id], view: profileView });
  }

  async get(caller: Caller, id: Uuid): Promise<ProfileView> {
    return this.database.withTenant(caller.tenantId, async (tx) => profileView(await this.#visible(tx, caller, id)));
  }

  async create(caller: Caller, body: BodyOf<typeof operations.createSchedulingProfile>): Promise<Answer<ProfileView>> {
    return this.writes.run(
      caller,
      async (tx) => {
        const { user_id, is_default, ...given } = body;
        const userId = await this.owners.named(tx, caller, user_id);
        const wanted = wantedOf(given, null);
        await this.#check(tx, userId, wanted);
        const others = await this.profiles.lockOf(tx, userId);
        const id = this.ids.next();
        const isDefault = is_default || others.length === 0;
        if (isDefault) await this.#unsetDefault(tx, caller, others);
        await this.profiles.insert(tx, { id, tenantId: caller.tenantId, userId, ...wanted, isDefault });
        return this.#recorded(tx, caller, { id, action: 'scheduling_profile.created' });
      },
      201,
    );
  }

  async update(caller: Caller, id: Uuid, { patch, ifVersion }: { patch: Patch; ifVersion: number | null }): Promise<Answer<ProfileView>> {
    return this.writes.run(caller, async (tx) => {
      const { profile, others } = await this.#locked(tx, caller, id);
      requireVersion(ifVersion, profile.version);
      requireStaysDefault(profile, patch.is_default);
      const { is_default, ...given } = patch;
      const wanted = wantedOf(given, profile);
      await this.#check(tx, profile.userId, wanted);
      const isDefault = is_default ?? profile.isDefault;
      if (isDefault && !profile.isDefault) await this.#unsetDefault(tx, caller, others);
      await this.profiles.update(tx, { ...profile, ...wanted, isDefault });
      return this.#recorded(tx, caller, { id, action: 'scheduling_profile.updated', before: profile });
    });
  }

  /** Where the default is deleted, the oldest of the others takes its place. */
  async delete(caller: Caller, id: Uuid, ifVersion: number | null): Promise<Answer<null>> {
    return this.writes.run(caller, async (tx) => {
      const { profile, others } = await this.#locked(tx, caller, id);
      requireVersion(ifVersion, profile.version);
      await this.profiles.delete(tx, id);
      const [next] = others;
      if (profile.isDefault && next !== undefined) {
        await this.profiles.update(tx, { ...next, isDefault: true });
        await this.#recorded(tx, caller, { id: next.id, action: 'scheduling_profile.updated', before: next });
      }
      await this.audit.record(tx, caller, {
        action: 'scheduling_profile.deleted',
        subject: { kind: 'schedulingProfile', id },
        aboutUserId: profile.userId,
        before: described(profile),
      });
      await this.changes.record(tx, caller.tenantId, [
        { type: 'scheduling_profile.deleted', resource: { kind: 'schedulingProfile', id }, version: profile.version + 1 },
      ]);
      return null;
    });
  }

  /** Schedule and calendars are the user's own; what is put somewhere is put where it can be. */
  async #check(tx: Transaction, userId: Uuid, { scheduleId, settings }: Wanted): Promise<void> {
    if (scheduleId !== null && !(await this.profiles.hasSchedule(tx, scheduleId, userId))) throw notFound('schedule');
    const named = [...(settings.calendar_id === null ? [] : [settings.calendar_id]), ...(settings.read_calendar_ids ?? [])];
    const known = new Map((await this.profiles.calendarsOf(tx, named, userId)).map((calendar) => [calendar.id, calendar]));
    if (named.some((id) => !known.has(id))) throw notFound('calendar');
    if (settings.calendar_id !== null && !known.get(settings.calendar_id)!.isWritable)
      throw new DomainError('calendar-read-only', 'Meetings cannot be put on this calendar.');
  }

  async #visible(tx: Transaction, caller: Caller, id: Uuid): Promise<Profile> {
    const profile = await this.profiles.find(tx, id);
    if (profile === null || !mayChange(caller, profile.userId)) throw notFound('schedulingProfile');
    return profile;
  }

  async #locked(tx: Transaction, caller: Caller, id: Uuid): Promise<{ readonly profile: Profile; readonly others: Profile[] }> {
    const { userId } = await this.#visible(tx, caller, id);
    const all = await this.profiles.lockOf(tx, userId);
    const profile = all.find((one) => one.id === id);
    if (profile === undefined) throw notFound('schedulingProfile');
    return { profile, others: all.filter((one) => one.id !== id) };
  }

  async #unsetDefault(tx: Transaction, caller: Caller, others: readonly Profile[]): Promise<void> {
    const before = others.find(({ isDefault }) => isDefault);
    if (before === undefined) return;
    await this.profiles.update(tx, { ...before, isDefault: false });
    await this.changes.record(tx, caller.tenantId, [
      { type: 'scheduling_profile.updated', resource: { kind: 'schedulingProfile', id: before.id }, version: before.version + 1 },
    ]);
  }

  async #recorded(
    tx: Transaction,
    caller: Caller,
    { id, action, before }: { id: Uuid; action: 'scheduling_profile.created' | 'scheduling_profile.updated'; before?: Profile },
  ): Promise<ProfileView> {
    const after = await this.profiles.find(tx, id);
    if (after === null) throw notFound('schedulingProfile');
    await this.audit.record(tx, caller, {
      action,
      subject: { kind: 'schedulingProfile', id },
      aboutUserId: after.userId,
      ...(before === undefined ? {} : { before: described(before) }),
      after: described(after),
    });
    await this.changes.record(tx, caller.tenantId, [{ type: action, resource: { kind: 'schedulingProfile', id }, version: after.version }]);
    return profileView(after);
  }
}

type Given = Omit<BodyOf<typeof operations.createSchedulingProfile>, 'user_id' | 'is_default'>;

/** What was given over what was there. */
function wantedOf(given: Given, before: null): Wanted;
function wantedOf(given: Partial<Given>, before: Profile): Wanted;
function wantedOf(given: Partial<Given>, before: Profile | null): Wanted {
  const { name, schedule_id, calendar_id, read_calendar_ids, ...numbers } = given;
  const calendarId = calendar_id == null ? calendar_id : checkedId('calendar', calendar_id);
  const readIds = read_calendar_ids == null ? read_calendar_ids : read_calendar_ids.map((id) => checkedId('calendar', id));
  const settings = { ...before?.settings, ...defined({ ...numbers, calendar_id: calendarId, read_calendar_ids: readIds }) };
  return {
    name: name ?? before?.name ?? '',
    scheduleId: schedule_id === undefined ? (before?.scheduleId ?? null) : schedule_id === null ? null : checkedId('schedule', schedule_id),
    settings: settings as ProfileSettings,
  };
}

function defined<T extends object>(given: T): Partial<T> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Partial<T>;
}

function described({ name, scheduleId, settings, isDefault }: Profile): Record<string, unknown> {
  return { name, scheduleId, isDefault, ...settings };
}
