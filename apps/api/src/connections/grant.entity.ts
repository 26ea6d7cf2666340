import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Instant, Uuid } from '@daymark/domain';
import { InstantColumn } from '../database/columns.ts';

/** What was lent to us. The sealed tokens are not selected by a plain find. */
@Entity('grants')
export class Grant {
  @PrimaryColumn('uuid') id!: Uuid;
  @Column('uuid', { name: 'tenant_id' }) tenantId!: Uuid;
  @Column('uuid', { name: 'user_id' }) userId!: Uuid;
  @Column('text') provider!: string;
  @Column('text', { name: 'remote_account_id' }) remoteAccountId!: string;
  @Column('bytea', { name: 'sealed_tokens', nullable: true, select: false }) sealedTokens!: Buffer | null;
  @Column('text', { name: 'key_id' }) keyId!: string;
  @Column('text', { array: true }) scopes!: string[];
  @InstantColumn({ name: 'access_expires_at', nullable: true }) accessExpiresAt!: Instant | null;
  /** Grows with every change of the tokens. */
  @Column('integer') version!: number;
  @Column('uuid', { name: 'refresh_lease', nullable: true }) refreshLease!: Uuid | null;
  @InstantColumn({ name: 'lease_until', nullable: true }) leaseUntil!: Instant | null;
  @InstantColumn({ name: 'next_try_at', nullable: true }) nextTryAt!: Instant | null;
  @InstantColumn({ name: 'created_at' }) createdAt!: Instant;
  @InstantColumn({ name: 'updated_at' }) updatedAt!: Instant;
}
