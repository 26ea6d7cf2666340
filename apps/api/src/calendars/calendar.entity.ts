import { Column, Entity, PrimaryColumn, VersionColumn } from 'typeorm';
import type { Instant, Uuid, ZoneId } from '@daymark/domain';
import type { AccessRole, PageToken, SyncCursor } from '@daymark/provider-contract';
import { InstantColumn } from '../database/columns.ts';
import type { Calendar, CalendarFilters, HeldPass } from './calendar.ts';
import type { StoredError } from '../connections/connection.ts';

@Entity('calendars')
export class CalendarEntity implements Calendar {
  @PrimaryColumn('uuid') id!: Uuid;
  @Column('uuid', { name: 'tenant_id' }) tenantId!: Uuid;
  @Column('uuid', { name: 'connection_id' }) connectionId!: Uuid;
  @Column('text', { name: 'remote_id' }) remoteId!: string;
  @Column('text') name!: string;
  @Column('text', { nullable: true }) description!: string | null;
  @Column('text', { nullable: true }) zone!: ZoneId | null;
  @Column('text', { nullable: true }) color!: string | null;
  @Column('text', { name: 'color_override', nullable: true }) colorOverride!: string | null;
  @Column('text', { name: 'access_role' }) accessRole!: AccessRole;
  @Column('boolean', { name: 'is_primary' }) isPrimary!: boolean;
  @Column('text', { name: 'conference_types', array: true }) conferenceTypes!: string[];
  @Column('jsonb', { name: 'provider_data' }) providerData!: Record<string, unknown>;
  @Column('text') status!: 'active' | 'removed';
  @Column('boolean', { name: 'is_active' }) isActive!: boolean;
  @Column('boolean', { name: 'reads_busy' }) readsBusy!: boolean;
  @Column('boolean', { name: 'is_write_target' }) isWriteTarget!: boolean;
  @Column('text') privacy!: 'full' | 'busy_only';
  @Column('jsonb') filters!: CalendarFilters;
  @Column('text', { nullable: true }) cursor!: SyncCursor | null;
  @Column('text', { nullable: true }) page!: PageToken | null;
  @InstantColumn({ name: 'window_from', nullable: true }) windowFrom!: Instant | null;
  @InstantColumn({ name: 'window_to', nullable: true }) windowTo!: Instant | null;
  @InstantColumn({ name: 'covered_from', nullable: true }) coveredFrom!: Instant | null;
  @InstantColumn({ name: 'covered_to', nullable: true }) coveredTo!: Instant | null;
  @Column('integer') generation!: number;
  @Column('uuid', { name: 'run_lease', nullable: true }) runLease!: Uuid | null;
  @InstantColumn({ name: 'lease_until', nullable: true }) leaseUntil!: Instant | null;
  @Column('uuid', { name: 'run_id', nullable: true }) runId!: Uuid | null;
  @InstantColumn({ name: 'synced_at', nullable: true }) syncedAt!: Instant | null;
  @InstantColumn({ name: 'full_read_at', nullable: true }) fullReadAt!: Instant | null;
  @Column('jsonb', { nullable: true }) held!: HeldPass | null;
  @Column('integer', { name: 'failure_count' }) failureCount!: number;
  @Column('jsonb', { name: 'last_error', nullable: true }) lastError!: StoredError | null;
  @VersionColumn() version!: number;
  @InstantColumn({ name: 'created_at' }) createdAt!: Instant;
  @InstantColumn({ name: 'updated_at' }) updatedAt!: Instant;
}
