import { Injectable } from '@nestjs/common';
import type { BodyOf, operations, QueryOf, SettingsInput, Tenant } from '@daymark/api-contract';
import { Clock, DomainError, formatId, formatInstant, IdSource, type Instant, type Uuid, type ZoneId } from '@daymark/domain';
import { Audit } from '../audit/audit.ts';
import { toInstant, toTimestamp } from '../database/columns.ts';
import { Database, sqlState, type Transaction } from '../database/database.ts';
import type { Caller } from '../http/caller.ts';
import { cursorId, pageOfRows, type Page } from '../http/page-cursors.ts';
import { checkedId } from '../http/path-ids.ts';
import { Writes, type Answer } from '../http/writes.ts';
import { Accounts } from './accounts.ts';
import { Invitations } from './invitations.ts';
import { firstSettings } from './tenant-settings.ts';
import { UsersService } from './users.service.ts';

interface Row {
  readonly id: Uuid;
  readonly name: string;
  readonly slug: string;
  readonly status: 'active' | 'suspended';
  readonly time_zone: ZoneId;
  readonly users_count: number;
  readonly connections_count: number;
  readonly created_at: Date;
}

type NewTenant = BodyOf<typeof operations.createTenant>;

interface NewRow extends Pick<Row, 'id' | 'name' | 'slug'> {
  readonly settings: SettingsInput;
  readonly createdAt: Instant;
}

export interface MadeTenant {
  readonly id: Uuid;
  readonly ownerId: Uuid;
  readonly view: Tenant;
}

/** Customers of the installation. For its operator only. */
@Injectable()
export class TenantsService {
  constructor(
    private readonly database: Database,
    private readonly writes: Writes,
    private readonly accounts: Accounts,
    private readonly users: UsersService,
    private readonly invitations: Invitations,
    private readonly audit: Audit,
    private readonly clock: Clock,
    private readonly ids: IdSource,
  ) {}

  async list(query: QueryOf<typeof operations.listTenants>): Promise<Page<Tenant>> {
    const rows = await this.database.door<Row>('door_list_tenants', cursorId(query.cursor), query.q ?? null, query.limit + 1);
    return pageOfRows(rows, { limit: query.limit, positionOf: ({ id }) => [id], view: tenantView });
  }

  /** Whether there is any tenant yet. */
  async hasAny(): Promise<boolean> {
    return (await this.database.door('door_list_tenants', null, null, 1)).length > 0;
  }

  /** Its owner is invited by mail. Repeating it with the same key gives the first answer; the key is kept in the caller's own tenant. */
  async create(caller: Caller, wanted: NewTenant): Promise<Answer<Tenant>> {
    const accountId = await this.accounts.ofEmail(wanted.owner.email, wanted.owner.name);
    const inviter = await this.invitations.inviterName(caller);
    return this.writes.run(
      caller,
      async (tx) => {
        const id = this.ids.next();
        const made = await this.database.inOtherTenant(tx, id, async () => {
          const tenant = await this.#make(tx, wanted, { id, accountId });
          await this.invitations.send(tx, { tenantId: id, userId: tenant.ownerId, inviter });
          return tenant;
        });
        await this.audit.record(tx, caller, {
          action: 'tenant.created',
          subject: { kind: 'tenant', id },
          after: { name: wanted.name, slug: wanted.slug },
        });
        return made.view;
      },
      201,
    );
  }

  /** A tenant with its first owner, or neither. @throws DomainError `tenant-exists` */
  async establish(wanted: NewTenant): Promise<MadeTenant> {
    const accountId = await this.accounts.ofEmail(wanted.owner.email, wanted.owner.name);
    const id = this.ids.next();
    return this.database.withTenant(id, (tx) => this.#make(tx, wanted, { id, accountId }));
  }

  /** Within a transaction that names the tenant to be made. */
  async #make(tx: Transaction, wanted: NewTenant, { id, accountId }: { id: Uuid; accountId: Uuid }): Promise<MadeTenant> {
    const { name, slug, time_zone, owner } = wanted;
    const createdAt = this.clock.now();
    await this.#insert(tx, { id, name, slug, settings: firstSettings(name, time_zone), createdAt });
    const user = await this.users.invite(
      tx,
      { tenantId: id, platform: true },
      { ...owner, role: 'owner', time_zone, locale: null, accountId },
    );
    const row = {
      id,
      name,
      slug,
      status: 'active',
      time_zone,
      users_count: 1,
      connections_count: 0,
      created_at: new Date(createdAt),
    } as const;
    return { id, ownerId: checkedId('user', user.id), view: tenantView(row) };
  }

  async #insert(tx: Transaction, tenant: NewRow): Promise<void> {
    const { id, name, slug, settings, createdAt } = tenant;
    try {
      await tx.query(`INSERT INTO tenants (id, name, slug, settings, created_at) VALUES ($1, $2, $3, $4, $5)`, [
        id,
        name,
        slug,
        JSON.stringify(settings),
        toTimestamp(createdAt),
      ]);
    } catch (error) {
      if (sqlState(error) === '23505') throw new DomainError('tenant-exists', `The short name '${slug}' is taken.`);
      throw error;
    }
    await tx.query(`INSERT INTO sequences (tenant_id) VALUES ($1)`, [id]);
  }
}

function tenantView(row: Row): Tenant {
  return {
    id: formatId('tenant', row.id),
    name: row.name,
    slug: row.slug,
    status: row.status,
    time_zone: row.time_zone,
    users_count: row.users_count,
    connections_count: row.connections_count,
    created_at: formatInstant(toInstant(row.created_at)),
  };
}
