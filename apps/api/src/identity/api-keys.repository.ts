import { Injectable } from '@nestjs/common';
import type { Role, Scope } from '@daymark/api-contract';
import type { Instant, Uuid } from '@daymark/domain';
import { toInstant, toTimestamp } from '../database/columns.ts';
import type { Transaction } from '../database/database.ts';

/** A key without its secret, which nobody has but its user. */
export interface ApiKey {
  readonly id: Uuid;
  readonly userId: Uuid | null;
  readonly createdBy: Uuid | null;
  readonly label: string;
  readonly prefix: string;
  readonly role: Role;
  readonly scopes: readonly Scope[];
  readonly createdAt: Instant;
  readonly expiresAt: Instant | null;
  readonly lastUsedAt: Instant | null;
}

interface Row {
  readonly id: Uuid;
  readonly user_id: Uuid | null;
  readonly created_by: Uuid | null;
  readonly name: string;
  readonly prefix: string;
  readonly role: Role;
  readonly scopes: Scope[];
  readonly created_at: Date;
  readonly expires_at: Date | null;
  readonly last_used_at: Date | null;
}

const columns = `id, user_id, created_by, name, prefix, role, scopes, created_at, expires_at, last_used_at`;

@Injectable()
export class ApiKeysRepository {
  /** Live keys of the tenant; those of the platform are shown to its operator only. */
  async list(tx: Transaction, { after, limit, ofPlatform }: { after: Uuid | null; limit: number; ofPlatform: boolean }): Promise<ApiKey[]> {
    const rows = await tx.query<Row[]>(
      `SELECT ${columns} FROM api_keys WHERE revoked_at IS NULL AND ($3 OR role <> 'platform') AND ($1::uuid IS NULL OR id > $1) ORDER BY id LIMIT $2`,
      [after, limit, ofPlatform],
    );
    return rows.map(keyOf);
  }

  async insert(tx: Transaction, key: ApiKey & { readonly tenantId: Uuid; readonly hash: Buffer }): Promise<void> {
    await tx.query(
      `INSERT INTO api_keys (id, tenant_id, user_id, created_by, name, prefix, key_hash, role, scopes, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
      [
        key.id,
        key.tenantId,
        key.userId,
        key.createdBy,
        key.label,
        key.prefix,
        key.hash,
        key.role,
        key.scopes,
        toTimestamp(key.createdAt),
        toTimestamp(key.expiresAt),
      ],
    );
  }

  /** @returns the key that was revoked, null when there is no live one. */
  async revoke(tx: Transaction, { id, at, ofPlatform }: { id: Uuid; at: Instant; ofPlatform: boolean }): Promise<ApiKey | null> {
    const [[row]] = await tx.query<[Row[], number]>(
      `UPDATE api_keys SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL AND ($3 OR role <> 'platform') RETURNING ${columns}`,
      [id, toTimestamp(at), ofPlatform],
    );
    return row === undefined ? null : keyOf(row);
  }
}

function keyOf(row: Row): ApiKey {
  return {
    id: row.id,
    userId: row.user_id,
    createdBy: row.created_by,
    label: row.name,
    prefix: row.prefix,
    role: row.role,
    scopes: row.scopes,
    createdAt: toInstant(row.created_at),
    expiresAt: toInstant(row.expires_at),
    lastUsedAt: toInstant(row.last_used_at),
  };
}
