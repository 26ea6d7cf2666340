import { Injectable } from '@nestjs/common';
import type { BodyOf, operations, QueryOf, Tenant } from '@daymark/api-contract';
import { Clock, DomainError, formatId, formatInstant, IdSource, type Uuid, type ZoneId } from '@daymark/domain';
import { Audit } from '../audit/audit.ts';
import { toInstant, toTimestamp } from '../database/columns.ts';
import { Database, sqlState } from '../database/database.ts';
import type { Caller } from '../http/caller.ts';
import { cursorId, pageOfRows, type Page } from '../http/page-cursors.ts';
import { Writes, type Answer } from '../http/writes.ts';
import { Accounts } from './accounts.ts';
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

/** Customers of the installation. For its operator only. */
@Injectable()
export class TenantsService {
  constructor(
    private readonly database: Database,
    private readonly writes: Writes,
    private readonly accounts: Accounts,
    private readonly users: UsersService,
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

  /** Repeating it with the same key gives the first answer; the key is kept in the caller's own tenant. */
  async create(caller: Caller, wanted: NewTenant): Promise<Answer<Tenant>> {
    return this.writes.run(
      caller,
      async (tx) => {
        const made = await this.establish(wanted);
        await this.audit.record(tx, caller, {
          action: 'tenant.created',
          subject: { kind: 'tenant', id: made.id },
          after: { name: wanted.name, slug: wanted.slug },
        });
        return made.view;
      },
      201,
    );
  }

  /**
   * A tenant with its first owner. When a crash left a tenant without users, this completes it.
   * @throws DomainError `tenant-exists`
   */
  async establish(wanted: NewTenant): Promise<{ readonly id: Uuid; readonly ownerId: Uuid; readonly view: Tenant }> {
    const accountId = await this.accounts.ofEmail(wanted.owner.email, wanted.owner.name);
    const id = await this.#insert(wanted);
    const owner = { ...wanted.owner, role: 'owner' as const, time_zone: wanted.time_zone, locale: null, accountId };
    const ownerId = await this.database.withTenant(id, async (tx) => {
      await this.users.invite(tx, { tenantId: id, platform: true }, owner);
      const [row] = await tx.query<{ id: Uuid }[]>(`SELECT id FROM users WHERE account_id = $1`, [accountId]);
      return row!.id;
    });
    const [row] = (await this.database.door<Row>('door_list_tenants', null, wanted.slug, 200)).filter(({ slug }) => slug === wanted.slug);
    return { id, ownerId, view: tenantView(row!) };
  }

  async #insert({ name, slug, time_zone }: NewTenant): Promise<Uuid> {
    const id = this.ids.next();
    try {
      await this.database.door(
        'door_create_tenant',
        id,
        name,
        slug,
        JSON.stringify(firstSettings(name, time_zone)),
        toTimestamp(this.clock.now()),
      );
      return id;
    } catch (error) {
      if (sqlState(error) !== '23505') throw error;
    }
    const left = (await this.database.door<Row>('door_list_tenants', null, slug, 200)).find(
      (row) => row.slug === slug && row.users_count === 0,
    );
    if (left === undefined) throw new DomainError('tenant-exists', `The short name '${slug}' is taken.`);
    return left.id;
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
