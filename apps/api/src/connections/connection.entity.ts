import { Column, Entity, PrimaryColumn, VersionColumn } from 'typeorm';
import type { AccessProfileName, ConnectionStatus, Instant, Uuid } from '@daymark/domain';
import type { MissingScope } from '@daymark/provider-contract';
import { InstantColumn } from '../database/columns.ts';
import type { Connection, StoredError } from './connection.ts';

@Entity('connections')
export class ConnectionEntity implements Connection {
  @PrimaryColumn('uuid') id!: Uuid;
  @Column('uuid', { name: 'tenant_id' }) tenantId!: Uuid;
  @Column('uuid', { name: 'user_id' }) userId!: Uuid;
  @Column('uuid', { name: 'grant_id', nullable: true }) grantId!: Uuid | null;
  @Column('text') provider!: string;
  @Column('text', { name: 'remote_account_id', nullable: true }) remoteAccountId!: string | null;
  @Column('text', { name: 'account_email', nullable: true }) accountEmail!: string | null;
  @Column('text', { nullable: true }) label!: string | null;
  @Column('text', { name: 'access_profile' }) accessProfile!: AccessProfileName;
  @Column('text') status!: ConnectionStatus;
  @Column('jsonb', { name: 'missing_scopes' }) missingScopes!: readonly MissingScope[];
  @Column('boolean', { name: 'sync_enabled' }) isSyncEnabled!: boolean;
  @Column('integer', { name: 'past_days' }) pastDays!: number;
  @Column('integer', { name: 'future_days' }) futureDays!: number;
  @Column('text') direction!: 'pull' | 'two_way';
  @Column('text', { name: 'conflict_policy' }) conflictPolicy!: 'per_field' | 'latest' | 'provider_wins' | 'platform_wins' | 'manual';
  @Column('integer', { name: 'cadence_minutes' }) cadenceMinutes!: number;
  @Column('text') push!: 'auto' | 'off';
  @InstantColumn({ name: 'last_success_at', nullable: true }) lastSuccessAt!: Instant | null;
  @InstantColumn({ name: 'next_list_at', nullable: true }) nextListAt!: Instant | null;
  @InstantColumn({ name: 'rate_limited_until', nullable: true }) rateLimitedUntil!: Instant | null;
  @Column('integer', { name: 'failure_count' }) failureCount!: number;
  @Column('jsonb', { name: 'last_error', nullable: true }) lastError!: StoredError | null;
  @InstantColumn({ name: 'reconnect_asked_at', nullable: true }) reconnectAskedAt!: Instant | null;
  @VersionColumn() version!: number;
  @InstantColumn({ name: 'created_at' }) createdAt!: Instant;
  @InstantColumn({ name: 'updated_at' }) updatedAt!: Instant;
}
