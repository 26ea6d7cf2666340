/** Lifecycle of a connection; everything else that can be said about it is a condition beside it. */
export const connectionStatuses = ['pending', 'active', 'paused', 'expired', 'error', 'revoked'] as const;
export type ConnectionStatus = (typeof connectionStatuses)[number];

/** What may hold besides the status; a connection can have any number of them. */
export const connectionConditions = ['scope-missing', 'late', 'held', 'read-only', 'polling', 'rate-limited'] as const;
export type ConnectionCondition = (typeof connectionConditions)[number];

/** How much a connection may do, least first. */
export const accessProfiles = ['free_busy', 'read', 'read_write'] as const;
export type AccessProfileName = (typeof accessProfiles)[number];

/** Why a connection changes its status. */
export type ConnectionTrigger =
  /** A person gave consent: the first time, or again. */
  | 'authorized'
  /** The provider answered `invalid_grant`, or 401 after a forced refresh. */
  | 'grant-lost'
  /** Repeated failures that are not transient. */
  | 'failed-repeatedly'
  /** A run went well again. */
  | 'recovered'
  /** Only a person pauses and resumes. */
  | 'paused-by-person'
  | 'resumed-by-person'
  /** Disconnected here, or access withdrawn at the provider. */
  | 'withdrawn';

const transitions: Readonly<Record<ConnectionStatus, Partial<Record<ConnectionTrigger, ConnectionStatus>>>> = {
  pending: { authorized: 'active', withdrawn: 'revoked' },
  active: {
    authorized: 'active',
    'grant-lost': 'expired',
    'failed-repeatedly': 'error',
    recovered: 'active',
    'paused-by-person': 'paused',
    withdrawn: 'revoked',
  },
  paused: { authorized: 'paused', 'grant-lost': 'expired', 'resumed-by-person': 'active', withdrawn: 'revoked' },
  expired: { authorized: 'active', withdrawn: 'revoked' },
  error: {
    authorized: 'active',
    'grant-lost': 'expired',
    recovered: 'active',
    'paused-by-person': 'paused',
    withdrawn: 'revoked',
  },
  revoked: { authorized: 'active' },
};

/** The status that follows, or null when the trigger means nothing in this status. */
export function nextConnectionStatus(status: ConnectionStatus, trigger: ConnectionTrigger): ConnectionStatus | null {
  return transitions[status][trigger] ?? null;
}

/** Whether automatic work may call the provider for a connection in this status. */
export function isSyncable(status: ConnectionStatus): boolean {
  return status === 'active' || status === 'error';
}

/** Whether only a new consent of a person brings the connection back. */
export function needsReauthorization(status: ConnectionStatus): boolean {
  return status === 'expired' || status === 'revoked';
}
