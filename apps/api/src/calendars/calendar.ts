import type { Instant, Uuid, ZoneId } from '@daymark/domain';
import type { AccessRole, PageToken, SyncCursor } from '@daymark/provider-contract';
import type { StoredError } from '../connections/connection.ts';

/** Which events do not block time; of an excluded private one nothing but its times is stored. */
export interface CalendarFilters {
  readonly exclude_private?: boolean;
  readonly exclude_all_day?: boolean;
  readonly exclude_tentative?: boolean;
}

/** A pass that would have deleted too much; waits for a person. */
export interface HeldPass {
  readonly since: Instant;
  readonly wouldDelete: number;
  readonly ofLive: number;
  readonly runId: Uuid;
}

/** One calendar of a connection, as it is stored, with how far it was read. */
export interface Calendar {
  id: Uuid;
  tenantId: Uuid;
  connectionId: Uuid;
  remoteId: string;
  name: string;
  description: string | null;
  zone: ZoneId | null;
  color: string | null;
  colorOverride: string | null;
  accessRole: AccessRole;
  isPrimary: boolean;
  conferenceTypes: string[];
  providerData: Record<string, unknown>;
  status: 'active' | 'removed';
  isActive: boolean;
  readsBusy: boolean;
  isWriteTarget: boolean;
  privacy: 'full' | 'busy_only';
  filters: CalendarFilters;
  cursor: SyncCursor | null;
  page: PageToken | null;
  windowFrom: Instant | null;
  windowTo: Instant | null;
  coveredFrom: Instant | null;
  coveredTo: Instant | null;
  generation: number;
  runLease: Uuid | null;
  leaseUntil: Instant | null;
  runId: Uuid | null;
  syncedAt: Instant | null;
  fullReadAt: Instant | null;
  held: HeldPass | null;
  failureCount: number;
  lastError: StoredError | null;
  version: number;
  createdAt: Instant;
  updatedAt: Instant;
}
