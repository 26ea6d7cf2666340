import { Injectable } from '@nestjs/common';
import type { TenantRole } from '@daymark/api-contract';
import { Clock, IdSource, type Uuid } from '@daymark/domain';
import type { RemoteAccount } from '@daymark/provider-contract';
import { toTimestamp } from '../database/columns.ts';
import { Database } from '../database/database.ts';

/** One tenant that an account belongs to. */
export interface Membership {
  readonly tenantId: Uuid;
  readonly tenantName: string;
  readonly tenantSlug: string;
  readonly userId: Uuid;
  readonly role: TenantRole;
}

/** Who signs in; above tenants, hence behind doors. */
@Injectable()
export class Accounts {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly ids: IdSource,
  ) {}

  /** The account with this address, made if there is none. */
  async ofEmail(email: string, name: string): Promise<Uuid> {
    const [row] = await this.database.door<{ door_account_of_email: Uuid }>(
      'door_account_of_email',
      this.ids.next(),
      email,
      name,
      'UTC',
      'en',
      toTimestamp(this.clock.now()),
    );
    return row!.door_account_of_email;
  }

  /** The account that a provider vouches for: known by its subject, or invited by an address that the provider confirms. */
  async ofRemote(provider: string, remote: RemoteAccount): Promise<Uuid | null> {
    const [row] = await this.database.door<{ door_account_of_identity: Uuid | null }>(
      'door_account_of_identity',
      this.ids.next(),
      provider,
      remote.id,
      remote.email,
      remote.emailVerified,
      remote.name,
      toTimestamp(this.clock.now()),
    );
    return row?.door_account_of_identity ?? null;
  }

  /** Forgets address, name and identities of an account that is a user nowhere any more. @returns whether it was one. */
  async erase(accountId: Uuid): Promise<boolean> {
    const [row] = await this.database.door<{ door_erase_account: boolean }>('door_erase_account', accountId);
    return row?.door_erase_account ?? false;
  }

  /** Tenants in which the account is a user, by name. */
  async memberships(accountId: Uuid): Promise<Membership[]> {
    const rows = await this.database.door<{ tenant_id: Uuid; tenant_name: string; tenant_slug: string; user_id: Uuid; role: TenantRole }>(
      'door_memberships',
      accountId,
    );
    return rows.map((row) => ({
      tenantId: row.tenant_id,
      tenantName: row.tenant_name,
      tenantSlug: row.tenant_slug,
      userId: row.user_id,
      role: row.role,
    }));
  }
}
