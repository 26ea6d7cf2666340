import type { AccessProfileName, ConnectionStatus, Instant, Uuid } from '@daymark/domain';
import type { MissingScope } from '@daymark/provider-contract';

/** The last failure as people see it; codes of the problem catalogue. */
export interface StoredError {
  readonly code: string;
  readonly message: string;
  readonly providerStatus: number | null;
  readonly providerReason: string | null;
  readonly firstSeenAt: Instant;
  readonly lastSeenAt: Instant;
  readonly count: number;
  /** What the service demands of the next consent; passed on as it is. */
  readonly claims?: string;
}

/** One mailbox reached by one grant, as it is stored. */
export interface Connection {
  id: Uuid;
  tenantId: Uuid;
  userId: Uuid;
  grantId: Uuid | null;
  provider: string;
  /** Null until somebody has given consent; with it the address. */
  remoteAccountId: string | null;
  accountEmail: string | null;
  label: string | null;
  accessProfile: AccessProfileName;
  status: ConnectionStatus;
  missingScopes: readonly MissingScope[];
  isSyncEnabled: boolean;
  pastDays: number;
  futureDays: number;
  direction: 'pull' | 'two_way';
  conflictPolicy: 'per_field' | 'latest' | 'provider_wins' | 'platform_wins' | 'manual';
  cadenceMinutes: number;
  /** Whether the service is asked to tell of changes where it can. */
  push: 'auto' | 'off';
  lastSuccessAt: Instant | null;
  nextListAt: Instant | null;
  rateLimitedUntil: Instant | null;
  failureCount: number;
  lastError: StoredError | null;
  reconnectAskedAt: Instant | null;
  version: number;
  createdAt: Instant;
  updatedAt: Instant;
}
