import { Inject, Injectable } from '@nestjs/common';
import { DomainError, Secret, type Uuid } from '@daymark/domain';
import { CONFIGURATION, type Configuration } from '../config/config.ts';
import { sha256 } from '../crypto/hashing.ts';
import { Database, type Transaction } from '../database/database.ts';
import { Chance } from '../ports/ports.ts';

/** A link as its holder names it. */
export interface HeldLink {
  readonly tenantId: Uuid;
  readonly setupLinkId: Uuid;
}

/**
 * What opens a setup link: 32 random bytes, of which only the hash is kept. A mail gets one of its own when it is sent,
 * so that no address has to wait in the outbox.
 */
@Injectable()
export class SetupLinkTokens {
  constructor(
    @Inject(CONFIGURATION) private readonly configuration: Configuration,
    private readonly database: Database,
    private readonly chance: Chance,
  ) {}

  /** The address that opens the link. The token stands behind the `#`, which browsers keep to themselves. */
  async issue(tx: Transaction, { tenantId, setupLinkId }: HeldLink): Promise<Secret> {
    const token = this.chance.bytes(32).toString('base64url');
    await tx.query(`INSERT INTO setup_link_tokens (token_hash, tenant_id, setup_link_id) VALUES ($1, $2, $3)`, [
      sha256(token),
      tenantId,
      setupLinkId,
    ]);
    return new Secret(`${this.configuration.publicUrl}/setup#${token}`);
  }

  /** The link of a token, open or not. @throws DomainError `setup-link-unknown`, `tenant-suspended` */
  async find(token: Secret): Promise<HeldLink> {
    const [row] = await this.database.door<{ tenant_id: Uuid; setup_link_id: Uuid; tenant_status: string }>(
      'door_find_setup_link',
      sha256(token.reveal()),
    );
    if (row === undefined) throw new DomainError('setup-link-unknown', 'No setup link with this token was made here.');
    if (row.tenant_status !== 'active') throw new DomainError('tenant-suspended', 'The tenant is suspended.');
    return { tenantId: row.tenant_id, setupLinkId: row.setup_link_id };
  }
}
