import type { Instant, Uuid } from '@daymark/domain';

/**
 * A push subscription of one calendar, as it is stored; its secret is known by a hash only. `opening`: asked for, not
 * answered yet. `ending`: superseded, or of an attempt whose outcome is not known; what comes on it is still believed.
 */
export interface Channel {
  readonly id: Uuid;
  readonly state: 'opening' | 'open' | 'ending';
  /** The service's handle; null until it has told it, and until then the channel cannot be ended. */
  readonly remoteId: string | null;
  readonly renewAt: Instant;
  readonly expiresAt: Instant;
}
