import { Injectable } from '@nestjs/common';
import type { BodyOf, operations, QueryOf, Resource as ResourceView } from '@daymark/api-contract';
import { Clock, DomainError, formatId, formatInstant, IdSource, type Uuid } from '@daymark/domain';
import { Audit } from '../audit/audit.ts';
import { Database, sqlState, type Transaction } from '../database/database.ts';
import type { Caller } from '../http/caller.ts';
import { cursorId, pageOfRows, type Page } from '../http/page-cursors.ts';
import { notFound } from '../http/path-ids.ts';
import { Writes, type Answer } from '../http/writes.ts';
import { ResourcesRepository, type Resource } from './resources.repository.ts';
import { TenantSettings } from './tenant-settings.ts';

const UNIQUE_VIOLATION = '23505';

/** Rooms, and everybody else who can be booked. People come and go as users. */
@Injectable()
export class ResourcesService {
  constructor(
    private readonly database: Database,
    private readonly writes: Writes,
    private readonly resources: ResourcesRepository,
    private readonly settings: TenantSettings,
    private readonly audit: Audit,
    private readonly clock: Clock,
    private readonly ids: IdSource,
  ) {}

  async list(caller: Caller, query: QueryOf<typeof operations.listResources>): Promise<Page<ResourceView>> {
    const filter = { kind: query.kind ?? null, after: cursorId(query.cursor), limit: query.limit + 1 };
    const rows = await this.database.withTenant(caller.tenantId, (tx) => this.resources.list(tx, filter));
    return pageOfRows(rows, { limit: query.limit, positionOf: ({ id }) => [id], view: resourceView });
  }

  async create(caller: Caller, wanted: BodyOf<typeof operations.createResource>): Promise<Answer<ResourceView>> {
    return this.writes.run(
      caller,
      async (tx) => {
        const resource: Resource = {
          id: this.ids.next(),
          kind: wanted.kind,
          name: wanted.name,
          address: wanted.email,
          userId: null,
          zone: wanted.time_zone ?? (await this.settings.get(tx)).time_zone,
          createdAt: this.clock.now(),
        };
        await this.#insert(tx, { ...resource, tenantId: caller.tenantId });
        await this.audit.record(tx, caller, {
          action: 'resource.created',
          subject: { kind: 'resource', id: resource.id },
          after: { name: resource.name, kind: resource.kind },
        });
        return resourceView(resource);
      },
      201,
    );
  }

  /** Past claims go with it, coming ones keep it. */
  async delete(caller: Caller, id: Uuid): Promise<void> {
    await this.writes.run(caller, async (tx) => {
      const resource = await this.resources.lock(tx, id);
      if (resource === null || resource.kind === 'person') throw notFound('resource');
      if (await this.resources.isClaimedAfter(tx, id, this.clock.now()))
        throw new DomainError('in-use', `${resource.name} is booked for a coming meeting.`);
      await this.resources.delete(tx, id);
      await this.audit.record(tx, caller, {
        action: 'resource.deleted',
        subject: { kind: 'resource', id },
        before: { name: resource.name, kind: resource.kind },
      });
    });
  }

  async #insert(tx: Transaction, resource: Resource & { readonly tenantId: Uuid }): Promise<void> {
    try {
      await this.resources.insert(tx, resource);
    } catch (error) {
      if (sqlState(error) !== UNIQUE_VIOLATION) throw error;
      throw new DomainError('validation-failed', 'One field is not valid.', {
        errors: [{ pointer: '/email', message: 'belongs to another room', code: 'not_unique' }],
      });
    }
  }
}

function resourceView(resource: Resource): ResourceView {
  return {
    id: formatId('resource', resource.id),
    kind: resource.kind,
    name: resource.name,
    email: resource.address,
    user_id: resource.userId === null ? null : formatId('user', resource.userId),
    time_zone: resource.zone,
    created_at: formatInstant(resource.createdAt),
  };
}
