import type { SetupLink as SetupLinkView, SetupLinkStatus } from '@daymark/api-contract';
import { formatId, formatInstant, type AccessProfileName, type Instant, type Uuid, type ZoneId } from '@daymark/domain';
import type { ConnectDetails } from '../connections/oauth-states.repository.ts';

/** Why a link works no longer. */
export type SetupLinkEnd = 'used' | 'revoked' | 'replaced' | 'expired';

/** An invitation to connect one account without signing in here, as it is stored, with whom it is for. */
export interface SetupLink {
  readonly id: Uuid;
  readonly tenantId: Uuid;
  readonly userId: Uuid;
  readonly email: string;
  readonly name: string;
  readonly zone: ZoneId | null;
  /** Null: the person chooses. */
  readonly provider: string | null;
  readonly accessProfile: AccessProfileName;
  readonly returnUrl: string | null;
  /** What waits for consent, or was made by it; null until a provider is chosen. */
  readonly connectionId: Uuid | null;
  /** Who made the link: in their name the account is connected. */
  readonly requestedBy: ConnectDetails['requestedBy'];
  readonly createdAt: Instant;
  readonly expiresAt: Instant;
  readonly openedAt: Instant | null;
  readonly endedAt: Instant | null;
  readonly endedBy: SetupLinkEnd | null;
}

const statusOfEnd: Readonly<Record<SetupLinkEnd, SetupLinkStatus>> = {
  used: 'used',
  revoked: 'revoked',
  replaced: 'revoked',
  expired: 'expired',
};

/** A link whose time is over has expired, whether or not a tick came by since. */
export function statusOf({ endedBy, expiresAt }: Pick<SetupLink, 'endedBy' | 'expiresAt'>, now: Instant): SetupLinkStatus {
  if (endedBy !== null) return statusOfEnd[endedBy];
  return expiresAt <= now ? 'expired' : 'open';
}

export function setupLinkView(link: SetupLink, now: Instant): SetupLinkView {
  const status = statusOf(link, now);
  const endedAt = link.endedAt ?? (status === 'expired' ? link.expiresAt : null);
  return {
    id: formatId('setupLink', link.id),
    user_id: formatId('user', link.userId),
    email: link.email,
    provider: link.provider,
    access_profile: link.accessProfile,
    return_url: link.returnUrl,
    status,
    connection_id: link.connectionId === null ? null : formatId('connection', link.connectionId),
    created_at: formatInstant(link.createdAt),
    expires_at: formatInstant(link.expiresAt),
    opened_at: link.openedAt === null ? null : formatInstant(link.openedAt),
    ended_at: endedAt === null ? null : formatInstant(endedAt),
  };
}
