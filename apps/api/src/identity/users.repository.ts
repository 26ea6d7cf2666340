import { Injectable } from '@nestjs/common';
import type { TenantRole } from '@daymark/api-contract';
import type { Instant, Uuid, ZoneId } from '@daymark/domain';
import { toInstant, toTimestamp } from '../database/columns.ts';
import type { Transaction } from '../database/database.ts';

/** An account in a tenant. */
export interface User {
  readonly id: Uuid;
  readonly accountId: Uuid;
  readonly email: string;
  readonly name: string;
  readonly role: TenantRole;
  readonly zone: ZoneId | null;
  readonly locale: string | null;
  readonly resourceId: Uuid;
  readonly connectionsCount: number;
  /** When the last invitation was mailed, as far as mails are kept; null when none was. */
  readonly invitedAt: Instant | null;
  readonly signedInAt: Instant | null;
  readonly lastSeenAt: Instant | null;
  readonly createdAt: Instant;
  readonly version: number;
}

export interface NewUser {
  readonly id: Uuid;
  readonly tenantId: Uuid;
  readonly accountId: Uuid;
  readonly resourceId: Uuid;
  readonly email: string;
  readonly name: string;
  readonly role: TenantRole;
  readonly zone: ZoneId | null;
  readonly locale: string | null;
  readonly createdAt: Instant;
}

export type UserChanges = Partial<Pick<User, 'name' | 'role' | 'zone' | 'locale'>>;

interface Row {
  readonly id: Uuid;
  readonly account_id: Uuid;
  readonly email: string;
  readonly name: string;
  readonly role: TenantRole;
  readonly zone: ZoneId | null;
  readonly locale: string | null;
  readonly version: number;
  readonly created_at: Date;
  readonly signed_in_at: Date | null;
  readonly last_seen_at: Date | null;
  readonly resource_id: Uuid;
  readonly connections_count: number;
  readonly invited_at: Date | null;
}

const select = `
  SELECT u.id, u.account_id, u.email, u.name, u.role, u.zone, u.locale, u.version, u.created_at, u.signed_in_at, r.id AS resource_id,
    greatest(u.signed_in_at, (SELECT max(s.last_seen_at) FROM sessions s WHERE s.user_id = u.id)) AS last_seen_at,
    (SELECT count(*)::integer FROM connections c WHERE c.user_id = u.id AND c.status NOT IN ('pending', 'revoked')) AS connections_count,
    (SELECT max(m.created_at) FROM mails m WHERE m.meeting_id IS NULL AND m.user_id = u.id AND m.kind = 'invitation' AND m.state <> 'void') AS invited_at
  FROM users u JOIN resources r ON r.user_id = u.id
  WHERE u.removed_at IS NULL`;

/** Users of the transaction's tenant. One who was removed is not among them, though the row stays until all access is withdrawn. */
@Injectable()
export class UsersRepository {
  async list(
    tx: Transaction,
    filter: { onlyId: Uuid | null; roles: readonly TenantRole[] | null; search: string | null; after: Uuid | null; limit: number },
  ): Promise<User[]> {
    const rows = await tx.query<Row[]>(
      `${select} AND ($1::uuid IS NULL OR u.id = $1) AND ($2::text[] IS NULL OR u.role = ANY($2))
         AND ($3::text IS NULL OR strpos(lower(u.name || ' ' || u.email), lower($3)) > 0) AND ($4::uuid IS NULL OR u.id > $4)
       ORDER BY u.id LIMIT $5`,
      [filter.onlyId, filter.roles, filter.search, filter.after, filter.limit],
    );
    return rows.map(userOf);
  }

  async find(tx: Transaction, id: Uuid): Promise<User | null> {
    const [row] = await tx.query<Row[]>(`${select} AND u.id = $1`, [id]);
    return row === undefined ? null : userOf(row);
  }

  async findByEmail(tx: Transaction, email: string): Promise<User | null> {
    const [row] = await tx.query<Row[]>(`${select} AND lower(u.email) = lower($1)`, [email]);
    return row === undefined ? null : userOf(row);
  }

  /** Keeps others from changing the user until the end of the transaction. */
  async lock(tx: Transaction, id: Uuid): Promise<User | null> {
    await tx.query(`SELECT FROM users WHERE id = $1 FOR UPDATE`, [id]);
    return this.find(tx, id);
  }

  /** The user with the resource that stands for the person; one who was removed comes back. */
  async insert(tx: Transaction, user: NewUser): Promise<Uuid> {
    const [{ id }] = await tx.query<[{ id: Uuid }]>(
      `INSERT INTO users (id, tenant_id, account_id, email, name, role, zone, locale, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)
       ON CONFLICT (tenant_id, account_id) DO UPDATE SET email = excluded.email, name = excluded.name, role = excluded.role, zone = excluded.zone, locale = excluded.locale,
         removed_at = NULL, signed_in_at = NULL, version = users.version + 1, created_at = excluded.created_at, updated_at = excluded.updated_at
       RETURNING id`,
      [user.id, user.tenantId, user.accountId, user.email, user.name, user.role, user.zone, user.locale, toTimestamp(user.createdAt)],
    );
    await tx.query(
      `INSERT INTO resources (id, tenant_id, kind, user_id, name, address, zone, created_at) VALUES ($1, $2, 'person', $3, $4, $5, coalesce($6, (SELECT settings ->> 'time_zone' FROM tenants), 'UTC'), $7)
       ON CONFLICT (user_id) DO UPDATE SET name = excluded.name, address = excluded.address, zone = excluded.zone`,
      [user.resourceId, user.tenantId, id, user.name, user.email, user.zone, toTimestamp(user.createdAt)],
    );
    return id;
  }

  async update(tx: Transaction, user: User, changes: UserChanges & { readonly at: Instant }): Promise<void> {
    const { name, role, zone, locale, at } = { ...user, ...changes };
    await tx.query(`UPDATE users SET name = $2, role = $3, zone = $4, locale = $5, updated_at = $6, version = version + 1 WHERE id = $1`, [
      user.id,
      name,
      role,
      zone,
      locale,
      toTimestamp(at),
    ]);
    await tx.query(
      `UPDATE resources SET name = $2, zone = coalesce($3, (SELECT settings ->> 'time_zone' FROM tenants), zone) WHERE user_id = $1`,
      [user.id, name, zone],
    );
  }

  async countOtherOwners(tx: Transaction, id: Uuid): Promise<number> {
    const owners = await tx.query<{ id: Uuid }[]>(
      `SELECT id FROM users WHERE role = 'owner' AND removed_at IS NULL ORDER BY id FOR UPDATE`,
    );
    return owners.filter((owner) => owner.id !== id).length;
  }

  /** Ends everything by which the user could act. @returns how many sessions ended. */
  async endAccess(tx: Transaction, id: Uuid, at: Instant): Promise<number> {
    await tx.query(`DELETE FROM sign_in_links WHERE user_id = $1`, [id]);
    await tx.query(`UPDATE api_keys SET revoked_at = coalesce(revoked_at, $2) WHERE user_id = $1`, [id, toTimestamp(at)]);
    const ended = await tx.query<[unknown[], number]>(`DELETE FROM sessions WHERE user_id = $1`, [id]);
    return ended[1];
  }

  async remove(tx: Transaction, id: Uuid, at: Instant): Promise<void> {
    await tx.query(`UPDATE users SET removed_at = $2, updated_at = $2, version = version + 1 WHERE id = $1`, [id, toTimestamp(at)]);
    await this.deleteEnded(tx, id);
  }

  /** Deletes a removed user's row once no connection holds it any more; called again when the last one has ended. */
  async deleteEnded(tx: Transaction, id: Uuid): Promise<void> {
    await tx.query(
      `DELETE FROM users u WHERE u.id = $1 AND u.removed_at IS NOT NULL
         AND NOT EXISTS (SELECT FROM connections c WHERE c.user_id = u.id) AND NOT EXISTS (SELECT FROM grants g WHERE g.user_id = u.id)
         AND NOT EXISTS (SELECT FROM claims k JOIN resources r ON r.id = k.resource_id WHERE r.user_id = u.id)`,
      [id],
    );
  }

  async preferences(
    tx: Transaction,
    id: Uuid,
  ): Promise<{ readonly stored: Readonly<Record<string, unknown>>; readonly version: number } | null> {
    const [row] = await tx.query<{ preferences: Record<string, unknown>; version: number }[]>(
      `SELECT preferences, version FROM users WHERE id = $1 AND removed_at IS NULL`,
      [id],
    );
    return row === undefined ? null : { stored: row.preferences, version: row.version };
  }

  async storePreferences(tx: Transaction, id: Uuid, preferences: Readonly<Record<string, unknown>>): Promise<void> {
    await tx.query(`UPDATE users SET preferences = $2, version = version + 1 WHERE id = $1`, [id, JSON.stringify(preferences)]);
  }
}

function userOf(row: Row): User {
  return {
    id: row.id,
    accountId: row.account_id,
    email: row.email,
    name: row.name,
    role: row.role,
    zone: row.zone,
    locale: row.locale,
    resourceId: row.resource_id,
    connectionsCount: row.connections_count,
    invitedAt: toInstant(row.invited_at),
    signedInAt: toInstant(row.signed_in_at),
    lastSeenAt: toInstant(row.last_seen_at),
    createdAt: toInstant(row.created_at),
    version: row.version,
  };
}
