import { Injectable } from '@nestjs/common';
import type { TenantRole } from '@daymark/api-contract';
import type { Instant, Uuid, ZoneId } from '@daymark/domain';
import { toInstant, toTimestamp } from '../database/columns.ts';
import type { Transaction } from '../database/database.ts';

export interface NewSession {
  readonly id: Uuid;
  readonly tenantId: Uuid;
  readonly userId: Uuid;
  readonly accountId: Uuid;
  readonly tokenHash: Buffer;
  readonly createdAt: Instant;
  readonly expiresAt: Instant;
}

/** A session with whose it is and where. */
export interface LiveSession {
  readonly id: Uuid;
  readonly accountId: Uuid;
  readonly userId: Uuid;
  readonly expiresAt: Instant;
  readonly email: string;
  readonly name: string;
  readonly role: TenantRole;
  readonly zone: ZoneId | null;
  readonly locale: string | null;
  readonly tenant: { readonly id: Uuid; readonly name: string; readonly slug: string };
}

interface Row {
  readonly id: Uuid;
  readonly account_id: Uuid;
  readonly user_id: Uuid;
  readonly expires_at: Date;
  readonly email: string;
  readonly name: string;
  readonly role: TenantRole;
  readonly zone: ZoneId | null;
  readonly locale: string | null;
  readonly tenant_id: Uuid;
  readonly tenant_name: string;
  readonly tenant_slug: string;
}

@Injectable()
export class SessionsRepository {
  async insert(tx: Transaction, session: NewSession): Promise<void> {
    const at = toTimestamp(session.createdAt);
    await tx.query(
      `INSERT INTO sessions (id, tenant_id, user_id, account_id, token_hash, created_at, last_seen_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $6, $7)`,
      [session.id, session.tenantId, session.userId, session.accountId, session.tokenHash, at, toTimestamp(session.expiresAt)],
    );
    await tx.query(`UPDATE users SET signed_in_at = $2 WHERE id = $1`, [session.userId, at]);
  }

  async get(tx: Transaction, id: Uuid): Promise<LiveSession> {
    const [row] = await tx.query<Row[]>(
      `SELECT s.id, s.account_id, s.user_id, s.expires_at, u.email, u.name, u.role, u.zone, u.locale, t.id AS tenant_id, t.name AS tenant_name, t.slug AS tenant_slug
       FROM sessions s JOIN users u ON u.id = s.user_id JOIN tenants t ON t.id = s.tenant_id WHERE s.id = $1`,
      [id],
    );
    if (row === undefined) throw new Error('the session ended while it was looked at');
    return {
      id: row.id,
      accountId: row.account_id,
      userId: row.user_id,
      expiresAt: toInstant(row.expires_at),
      email: row.email,
      name: row.name,
      role: row.role,
      zone: row.zone,
      locale: row.locale,
      tenant: { id: row.tenant_id, name: row.tenant_name, slug: row.tenant_slug },
    };
  }

  async delete(tx: Transaction, id: Uuid): Promise<void> {
    await tx.query(`DELETE FROM sessions WHERE id = $1`, [id]);
  }

  async insertLink(
    tx: Transaction,
    link: Pick<NewSession, 'id' | 'tenantId' | 'userId' | 'tokenHash' | 'createdAt' | 'expiresAt'>,
  ): Promise<void> {
    await tx.query(
      `INSERT INTO sign_in_links (id, tenant_id, user_id, token_hash, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)`,
      [link.id, link.tenantId, link.userId, link.tokenHash, toTimestamp(link.createdAt), toTimestamp(link.expiresAt)],
    );
  }
}
