import { Injectable } from '@nestjs/common';
import type { SetupLinkStatus } from '@daymark/api-contract';
import { Clock, DomainError, type AccessProfileName, type Uuid, type ZoneId } from '@daymark/domain';
import { toInstant, toTimestamp } from '../database/columns.ts';
import type { Transaction } from '../database/database.ts';
import { statusOf, type SetupLink, type SetupLinkEnd } from './setup-link.ts';

export type NewSetupLink = Pick<
  SetupLink,
  'id' | 'tenantId' | 'userId' | 'provider' | 'accessProfile' | 'returnUrl' | 'connectionId' | 'requestedBy' | 'createdAt' | 'expiresAt'
>;

export interface SetupLinkFilter {
  readonly userId: Uuid | null;
  readonly statuses: readonly SetupLinkStatus[] | null;
  /** The id before which the page starts; newest first. */
  readonly before: Uuid | null;
  readonly limit: number;
}

interface Row {
  readonly id: Uuid;
  readonly tenant_id: Uuid;
  readonly user_id: Uuid;
  readonly email: string;
  readonly name: string;
  readonly zone: ZoneId | null;
  readonly provider: string | null;
  readonly access_profile: AccessProfileName;
  readonly return_url: string | null;
  readonly connection_id: Uuid | null;
  readonly requested_by: SetupLink['requestedBy'];
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly opened_at: Date | null;
  readonly ended_at: Date | null;
  readonly ended_by: SetupLinkEnd | null;
}

const select = `SELECT l.*, u.email, u.name, u.zone FROM setup_links l JOIN users u ON u.id = l.user_id`;

/** As {@link statusOf}; `$1` is now. */
const status = `CASE WHEN l.ended_by = 'used' THEN 'used' WHEN l.ended_by IN ('revoked', 'replaced') THEN 'revoked'
  WHEN l.ended_by = 'expired' OR l.expires_at <= $1 THEN 'expired' ELSE 'open' END`;

/** Setup links of the transaction's tenant. */
@Injectable()
export class SetupLinksRepository {
  constructor(private readonly clock: Clock) {}

  async insert(tx: Transaction, link: NewSetupLink): Promise<void> {
    await tx.query(
      `INSERT INTO setup_links (id, tenant_id, user_id, provider, access_profile, return_url, connection_id, requested_by, created_at, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [
        link.id,
        link.tenantId,
        link.userId,
        link.provider,
        link.accessProfile,
        link.returnUrl,
        link.connectionId,
        JSON.stringify(link.requestedBy),
        toTimestamp(link.createdAt),
        toTimestamp(link.expiresAt),
      ],
    );
  }

  async find(tx: Transaction, id: Uuid): Promise<SetupLink | null> {
    const [row] = await tx.query<Row[]>(`${select} WHERE l.id = $1`, [id]);
    return row === undefined ? null : linkOf(row);
  }

  /** Locks the link until the transaction ends. */
  async lock(tx: Transaction, id: Uuid): Promise<SetupLink | null> {
    await tx.query(`SELECT FROM setup_links WHERE id = $1 FOR UPDATE`, [id]);
    return this.find(tx, id);
  }

  /** Locks it. @throws DomainError `setup-link-ended` */
  async lockOpen(tx: Transaction, id: Uuid): Promise<SetupLink> {
    const link = await this.lock(tx, id);
    const found = link === null ? 'expired' : statusOf(link, this.clock.now());
    if (link === null || found !== 'open') throw new DomainError('setup-link-ended', `This setup link is ${found}.`);
    return link;
  }

  /** The one that still works, if there is one; it may be past its time. */
  async lockUnended(tx: Transaction, { userId, provider }: Pick<SetupLink, 'userId' | 'provider'>): Promise<SetupLink | null> {
    const [row] = await tx.query<Row[]>(
      `${select} WHERE l.user_id = $1 AND coalesce(l.provider, '') = coalesce($2, '') AND l.ended_at IS NULL FOR UPDATE OF l`,
      [userId, provider],
    );
    return row === undefined ? null : linkOf(row);
  }

  async list(tx: Transaction, { userId, statuses, before, limit }: SetupLinkFilter): Promise<SetupLink[]> {
    const rows = await tx.query<Row[]>(
      `${select} WHERE ($2::uuid IS NULL OR l.user_id = $2) AND ($3::text[] IS NULL OR ${status} = ANY($3)) AND ($4::uuid IS NULL OR l.id < $4)
       ORDER BY l.id DESC LIMIT $5`,
      [toTimestamp(this.clock.now()), userId, statuses, before, limit],
    );
    return rows.map(linkOf);
  }

  async markOpened(tx: Transaction, id: Uuid): Promise<void> {
    await tx.query(`UPDATE setup_links SET opened_at = $2 WHERE id = $1`, [id, toTimestamp(this.clock.now())]);
  }

  async waitWith(tx: Transaction, id: Uuid, connectionId: Uuid): Promise<void> {
    await tx.query(`UPDATE setup_links SET connection_id = $2 WHERE id = $1`, [id, connectionId]);
  }

  async end(tx: Transaction, id: Uuid, by: SetupLinkEnd): Promise<void> {
    await tx.query(`UPDATE setup_links SET ended_at = $2, ended_by = $3 WHERE id = $1 AND ended_at IS NULL`, [
      id,
      toTimestamp(this.clock.now()),
      by,
    ]);
  }

  /** The connection that they waited with is there, as itself or as the one that the account had already. */
  async useUp(tx: Transaction, { waiting, made }: { readonly waiting: Uuid; readonly made: Uuid }): Promise<void> {
    await tx.query(
      `UPDATE setup_links SET ended_at = $2, ended_by = 'used', connection_id = $3 WHERE connection_id = $1 AND ended_at IS NULL`,
      [waiting, toTimestamp(this.clock.now()), made],
    );
  }

  /** Nobody is to connect with them any more: those of a connection, or of a user. */
  async revokeOf(tx: Transaction, of: { readonly connectionId: Uuid } | { readonly userId: Uuid }): Promise<void> {
    const [column, id] = 'userId' in of ? ['user_id', of.userId] : ['connection_id', of.connectionId];
    await tx.query(`UPDATE setup_links SET ended_at = $2, ended_by = 'revoked' WHERE ${column} = $1 AND ended_at IS NULL`, [
      id,
      toTimestamp(this.clock.now()),
    ]);
  }
}

function linkOf(row: Row): SetupLink {
  return {
    id: row.id,
    tenantId: row.tenant_id,
    userId: row.user_id,
    email: row.email,
    name: row.name,
    zone: row.zone,
    provider: row.provider,
    accessProfile: row.access_profile,
    returnUrl: row.return_url,
    connectionId: row.connection_id,
    requestedBy: row.requested_by,
    createdAt: toInstant(row.created_at),
    expiresAt: toInstant(row.expires_at),
    openedAt: toInstant(row.opened_at),
    endedAt: toInstant(row.ended_at),
    endedBy: row.ended_by,
  };
}
