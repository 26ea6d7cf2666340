import { Injectable } from '@nestjs/common';
import type { Instant, Uuid, ZoneId } from '@daymark/domain';
import { toInstant, toTimestamp } from '../database/columns.ts';
import type { Transaction } from '../database/database.ts';

/** What can be claimed: a person, a room, or a mailbox known by its address only. */
export interface Resource {
  readonly id: Uuid;
  readonly kind: 'person' | 'room' | 'mailbox';
  readonly name: string;
  readonly address: string | null;
  readonly userId: Uuid | null;
  readonly zone: ZoneId;
  readonly createdAt: Instant;
}

interface Row {
  readonly id: Uuid;
  readonly kind: Resource['kind'];
  readonly name: string;
  readonly address: string | null;
  readonly user_id: Uuid | null;
  readonly zone: ZoneId;
  readonly created_at: Date;
}

const select = `
  SELECT r.id, r.kind, r.name, r.address, r.user_id, r.zone, r.created_at
  FROM resources r LEFT JOIN users u ON u.id = r.user_id WHERE u.removed_at IS NULL`;

@Injectable()
export class ResourcesRepository {
  async list(
    tx: Transaction,
    { kind, after, limit }: { kind: Resource['kind'] | null; after: Uuid | null; limit: number },
  ): Promise<Resource[]> {
    const rows = await tx.query<Row[]>(
      `${select} AND ($1::text IS NULL OR r.kind = $1) AND ($2::uuid IS NULL OR r.id > $2) ORDER BY r.id LIMIT $3`,
      [kind, after, limit],
    );
    return rows.map(resourceOf);
  }

  /** Keeps it from being claimed until the end of the transaction. */
  async lock(tx: Transaction, id: Uuid): Promise<Resource | null> {
    await tx.query(`SELECT FROM resources WHERE id = $1 FOR UPDATE`, [id]);
    const [row] = await tx.query<Row[]>(`${select} AND r.id = $1`, [id]);
    return row === undefined ? null : resourceOf(row);
  }

  async insert(tx: Transaction, resource: Resource & { readonly tenantId: Uuid }): Promise<void> {
    const { id, tenantId, kind, name, address, zone, createdAt } = resource;
    await tx.query(`INSERT INTO resources (id, tenant_id, kind, name, address, zone, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`, [
      id,
      tenantId,
      kind,
      name,
      address,
      zone,
      toTimestamp(createdAt),
    ]);
  }

  async delete(tx: Transaction, id: Uuid): Promise<void> {
    await tx.query(`DELETE FROM resources WHERE id = $1`, [id]);
  }

  async isClaimedAfter(tx: Transaction, id: Uuid, at: Instant): Promise<boolean> {
    return (
      (await tx.query<unknown[]>(`SELECT FROM claims WHERE resource_id = $1 AND blocking AND end_at > $2 LIMIT 1`, [id, toTimestamp(at)]))
        .length > 0
    );
  }
}

function resourceOf(row: Row): Resource {
  return {
    id: row.id,
    kind: row.kind,
    name: row.name,
    address: row.address,
    userId: row.user_id,
    zone: row.zone,
    createdAt: toInstant(row.created_at),
  };
}
