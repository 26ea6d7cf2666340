import type { Settings } from '@daymark/api-contract';
import type { AccessProfileName, Instant, Uuid } from '@daymark/domain';
import type { Connection } from './connection.ts';

/** What a connection is made of: an account with its grant, or a wish that waits for one. */
export interface ConnectionBeginning {
  readonly id: Uuid;
  readonly tenantId: Uuid;
  readonly userId: Uuid;
  readonly provider: string;
  readonly accessProfile: AccessProfileName;
  readonly account: Pick<Connection, 'grantId' | 'remoteAccountId' | 'accountEmail' | 'label' | 'missingScopes'> | null;
}

/** A connection with the tenant's settings; without an account it is pending. */
export function newConnection(
  { account, ...of }: ConnectionBeginning,
  { sync, now }: { readonly sync: Settings['sync']; readonly now: Instant },
): Omit<Connection, 'version'> {
  return {
    ...of,
    grantId: account?.grantId ?? null,
    remoteAccountId: account?.remoteAccountId ?? null,
    accountEmail: account?.accountEmail ?? null,
    label: account?.label ?? null,
    missingScopes: account?.missingScopes ?? [],
    status: account === null ? 'pending' : 'active',
    isSyncEnabled: true,
    pastDays: sync.past_days,
    futureDays: sync.future_days,
    direction: sync.direction,
    conflictPolicy: sync.conflict_policy,
    cadenceMinutes: sync.cadence_minutes,
    push: sync.push,
    lastSuccessAt: null,
    nextListAt: null,
    rateLimitedUntil: null,
    failureCount: 0,
    lastError: null,
    reconnectAskedAt: null,
    createdAt: now,
    updatedAt: now,
  };
}
