import { Inject, Injectable } from '@nestjs/common';
import type { BodyOf, operations, QueryOf, TenantRole, User as UserView } from '@daymark/api-contract';
import { Clock, DomainError, formatId, formatInstant, IdSource, type Uuid } from '@daymark/domain';
import { Audit, type Actor } from '../audit/audit.ts';
import { Changes } from '../audit/changes.ts';
import { Database, sqlState, type Transaction } from '../database/database.ts';
import { hasRole, seesWholeTenant, type Caller } from '../http/caller.ts';
import { cursorId, pageOfRows, type Page } from '../http/page-cursors.ts';
import { checkedId, notFound } from '../http/path-ids.ts';
import { requireVersion } from '../http/versions.ts';
import { Writes, type Answer } from '../http/writes.ts';
import { Accounts } from './accounts.ts';
import { Invitations } from './invitations.ts';
import { UserOffboarding } from './user-offboarding.ts';
import { UserOnboarding } from './user-onboarding.ts';
import { UsersRepository, type User } from './users.repository.ts';

type Patch = BodyOf<typeof operations.updateUser>;
type Invitation = BodyOf<typeof operations.createUser>;

export interface Removal {
  readonly user_id: string;
  readonly connections_revoked: number;
  readonly meetings_cancelled: number;
  readonly sessions_ended: number;
}

/** Who belongs to a tenant, and as what. */
@Injectable()
export class UsersService {
  constructor(
    private readonly database: Database,
    private readonly writes: Writes,
    private readonly users: UsersRepository,
    private readonly accounts: Accounts,
    private readonly invitations: Invitations,
    @Inject(UserOffboarding) private readonly offboarding: UserOffboarding,
    @Inject(UserOnboarding) private readonly onboarding: UserOnboarding,
    private readonly audit: Audit,
    private readonly changes: Changes,
    private readonly clock: Clock,
    private readonly ids: IdSource,
  ) {}

  /** Members and viewers see themselves. */
  async list(caller: Caller, query: QueryOf<typeof operations.listUsers>): Promise<Page<UserView>> {
    const filter = {
      onlyId: seesWholeTenant(caller) ? null : caller.userId,
      roles: query.role ?? null,
      search: query.q ?? null,
      after: cursorId(query.cursor),
      limit: query.limit + 1,
    };
    const rows = await this.database.withTenant(caller.tenantId, (tx) => this.users.list(tx, filter));
    return pageOfRows(rows, { limit: query.limit, positionOf: ({ id }) => [id], view: userView });
  }

  async get(caller: Caller, id: Uuid): Promise<UserView> {
    return this.database.withTenant(caller.tenantId, async (tx) => userView(await this.#visible(tx, caller, id)));
  }

  /** Invites by address, with a mail: whoever proves to have it later is this user. Of one who has not come yet the same invitation is sent again. */
  async create(caller: Caller, invitation: Invitation): Promise<Answer<UserView>> {
    refuseHigherRole(caller, invitation.role);
    const accountId = await this.accounts.ofEmail(invitation.email, invitation.name);
    const inviter = await this.invitations.inviterName(caller);
    return this.writes.run(
      caller,
      async (tx) => {
        const awaited = await this.#awaited(tx, caller, invitation);
        const userId = awaited ?? checkedId('user', (await this.invite(tx, caller, { ...invitation, accountId })).id);
        await this.invitations.send(tx, { tenantId: caller.tenantId, userId, inviter });
        return userView(await this.#require(tx, userId));
      },
      201,
    );
  }

  /** A user within a transaction, without a mail. @throws DomainError `user-exists` */
  async invite(
    tx: Transaction,
    actor: Actor,
    { accountId, email, name, role, time_zone, locale }: Invitation & { readonly accountId: Uuid },
  ): Promise<UserView> {
    if ((await this.users.findByEmail(tx, email)) !== null)
      throw new DomainError('user-exists', `${email} is a user of this tenant already.`);
    const now = this.clock.now();
    const id = await this.#insert(tx, {
      id: this.ids.next(),
      tenantId: actor.tenantId,
      accountId,
      resourceId: this.ids.next(),
      email,
      name,
      role,
      zone: time_zone,
      locale,
      createdAt: now,
    });
    await this.onboarding.begin(tx, { id, tenantId: actor.tenantId, zone: time_zone });
    const user = await this.#require(tx, id);
    await this.audit.record(tx, actor, {
      action: 'user.created',
      subject: { kind: 'user', id },
      aboutUserId: id,
      after: { email, name, role },
    });
    await this.changes.record(tx, actor.tenantId, [{ type: 'user.created', resource: { kind: 'user', id }, version: user.version }]);
    return userView(user);
  }

  /** The user whom just this invitation has made, and who has not signed in since. */
  async #awaited(tx: Transaction, caller: Caller, { email, name, role, time_zone, locale }: Invitation): Promise<Uuid | null> {
    const user = await this.users.findByEmail(tx, email);
    const isSame = user?.name === name && user.role === role && user.zone === time_zone && user.locale === locale;
    if (!isSame || user.signedInAt !== null) return null;
    await this.audit.record(tx, caller, { action: 'user.invited', subject: { kind: 'user', id: user.id }, aboutUserId: user.id });
    return user.id;
  }

  async update(caller: Caller, id: Uuid, { patch, ifVersion }: { patch: Patch; ifVersion: number | null }): Promise<Answer<UserView>> {
    return this.writes.run(caller, async (tx) => {
      const user = await this.#locked(tx, caller, id);
      requireVersion(ifVersion, user.version);
      if (patch.role !== undefined && patch.role !== user.role) await this.#checkRoleChange(tx, { caller, user, role: patch.role });
      const { time_zone, ...rest } = patch;
      await this.users.update(tx, user, {
        ...defined(rest),
        ...(time_zone === undefined ? {} : { zone: time_zone }),
        at: this.clock.now(),
      });
      const changed = await this.#require(tx, id);
      await this.audit.record(tx, caller, {
        action: 'user.updated',
        subject: { kind: 'user', id },
        aboutUserId: id,
        before: described(user),
        after: described(changed),
      });
      await this.changes.record(tx, caller.tenantId, [{ type: 'user.updated', resource: { kind: 'user', id }, version: changed.version }]);
      return userView(changed);
    });
  }

  /** Ends sessions and keys at once; access to calendars is withdrawn by jobs that commit with this. */
  async delete(caller: Caller, id: Uuid, ifVersion: number | null): Promise<Answer<Removal>> {
    return this.writes.run(caller, async (tx) => {
      const user = await this.#locked(tx, caller, id);
      requireVersion(ifVersion, user.version);
      refuseHigherRole(caller, user.role);
      if (user.role === 'owner') await this.#requireOtherOwner(tx, id);
      return this.remove(tx, caller, user);
    });
  }

  /** Removes a user within a transaction. */
  async remove(tx: Transaction, actor: Actor, user: User): Promise<Removal> {
    const now = this.clock.now();
    const { id } = user;
    const sessionsEnded = await this.users.endAccess(tx, id, now);
    const { connectionsRevoked, meetingsCancelled } = await this.offboarding.end(tx, { id, tenantId: actor.tenantId }, actor);
    await this.users.remove(tx, id, now);
    await this.audit.record(tx, actor, {
      action: 'user.deleted',
      subject: { kind: 'user', id },
      aboutUserId: id,
      before: described(user),
      after: { connectionsRevoked, sessionsEnded },
    });
    await this.changes.record(tx, actor.tenantId, [{ type: 'user.deleted', resource: { kind: 'user', id }, version: user.version + 1 }]);
    return {
      user_id: formatId('user', id),
      connections_revoked: connectionsRevoked,
      meetings_cancelled: meetingsCancelled,
      sessions_ended: sessionsEnded,
    };
  }

  async #insert(tx: Transaction, user: Parameters<UsersRepository['insert']>[1]): Promise<Uuid> {
    try {
      return await this.users.insert(tx, user);
    } catch (error) {
      if (sqlState(error) === '23505') throw new DomainError('user-exists', `${user.email} is a user of this tenant already.`);
      throw error;
    }
  }

  async #checkRoleChange(tx: Transaction, { caller, user, role }: { caller: Caller; user: User; role: TenantRole }): Promise<void> {
    refuseHigherRole(caller, user.role);
    refuseHigherRole(caller, role);
    if (user.role === 'owner') await this.#requireOtherOwner(tx, user.id);
  }

  async #requireOtherOwner(tx: Transaction, id: Uuid): Promise<void> {
    if ((await this.users.countOtherOwners(tx, id)) === 0) throw new DomainError('last-owner', 'This is the only owner of the tenant.');
  }

  async #visible(tx: Transaction, caller: Caller, id: Uuid): Promise<User> {
    const user = seesWholeTenant(caller) || caller.userId === id ? await this.users.find(tx, id) : null;
    if (user === null) throw notFound('user');
    return user;
  }

  async #locked(tx: Transaction, caller: Caller, id: Uuid): Promise<User> {
    const user = seesWholeTenant(caller) ? await this.users.lock(tx, id) : null;
    if (user === null) throw notFound('user');
    return user;
  }

  async #require(tx: Transaction, id: Uuid): Promise<User> {
    const user = await this.users.find(tx, id);
    if (user === null) throw notFound('user');
    return user;
  }
}

/** Nobody gives, or takes from somebody, more than they have themselves. */
function refuseHigherRole(caller: Caller, role: TenantRole): void {
  if (!hasRole(caller, role)) throw new DomainError('forbidden-role', `Only an ${role} may do this to an ${role}.`);
}

function described(user: User): Record<string, unknown> {
  const { email, name, role, zone, locale } = user;
  return { email, name, role, zone, locale };
}

function defined<T extends object>(given: T): Partial<T> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Partial<T>;
}

function userView(user: User): UserView {
  return {
    id: formatId('user', user.id),
    email: user.email,
    name: user.name,
    role: user.role,
    status: user.signedInAt === null ? 'invited' : 'active',
    time_zone: user.zone,
    locale: user.locale,
    resource_id: formatId('resource', user.resourceId),
    connections_count: user.connectionsCount,
    invited_at: user.invitedAt === null ? null : formatInstant(user.invitedAt),
    last_seen_at: user.lastSeenAt === null ? null : formatInstant(user.lastSeenAt),
    created_at: formatInstant(user.createdAt),
    version: user.version,
  };
}
