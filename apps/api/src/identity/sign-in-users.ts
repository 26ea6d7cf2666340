import type { TenantRole } from '@daymark/api-contract';
import type { Uuid } from '@daymark/domain';
import type { Database } from '../database/database.ts';
import { checkedId } from '../http/path-ids.ts';
import type { TenantsService } from './tenants.service.ts';
import type { UsersRepository } from './users.repository.ts';

/** Somebody who can be let in, and where. */
export interface SignInUser {
  readonly tenantId: Uuid;
  readonly tenantName: string;
  readonly tenantSlug: string;
  readonly userId: Uuid;
  readonly email: string;
  readonly role: TenantRole;
}

const PAGE = 200;

/**
 * Who has an address, in one active tenant after the other and in the order in which these were made. Tenant by tenant,
 * because asking for an account by its address would make one. Looks no further than the caller goes on.
 */
export async function* usersWithAddress(
  email: string,
  { database, tenants, users }: { readonly database: Database; readonly tenants: TenantsService; readonly users: UsersRepository },
): AsyncGenerator<SignInUser> {
  for (let cursor: string | null | undefined; cursor !== null;) {
    const page = await tenants.list({ limit: PAGE, ...(cursor === undefined ? {} : { cursor }) });
    for (const { id, name, slug, status } of page.data) {
      if (status !== 'active') continue;
      const tenantId = checkedId('tenant', id);
      const user = await database.withTenant(tenantId, (tx) => users.findByEmail(tx, email));
      if (user !== null) yield { tenantId, tenantName: name, tenantSlug: slug, userId: user.id, email: user.email, role: user.role };
    }
    cursor = page.next_cursor;
  }
}
