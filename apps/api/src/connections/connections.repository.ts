import { Injectable } from '@nestjs/common';
import { Clock, type Instant, type Uuid } from '@daymark/domain';
import { In } from 'typeorm';
import { toTimestamp } from '../database/columns.ts';
import type { Transaction } from '../database/database.ts';
import type { Connection } from './connection.ts';
import { ConnectionEntity } from './connection.entity.ts';

export interface ConnectionFilter {
  readonly userId?: Uuid | null;
  readonly provider?: string;
  readonly status?: readonly string[];
  readonly after?: Uuid | null;
  readonly limit: number;
}

@Injectable()
export class ConnectionsRepository {
  constructor(private readonly clock: Clock) {}

  async find(tx: Transaction, id: Uuid): Promise<Connection | null> {
    return tx.getRepository(ConnectionEntity).findOneBy({ id });
  }

  /** Locks the row until the transaction ends. */
  async lock(tx: Transaction, id: Uuid): Promise<Connection | null> {
    // Rows that point here may still be added meanwhile: a stronger lock makes runs and those who ask for them wait for each other.
    return tx.getRepository(ConnectionEntity).findOne({ where: { id }, lock: { mode: 'for_no_key_update' } });
  }

  async findOfAccount(
    tx: Transaction,
    key: Pick<Connection, 'userId' | 'provider'> & { readonly remoteAccountId: string },
  ): Promise<Connection | null> {
    return tx.getRepository(ConnectionEntity).findOne({
      where: { userId: key.userId, provider: key.provider, remoteAccountId: key.remoteAccountId },
      lock: { mode: 'pessimistic_write' },
    });
  }

  async list(tx: Transaction, { userId, provider, status, after, limit }: ConnectionFilter): Promise<Connection[]> {
    const query = tx.getRepository(ConnectionEntity).createQueryBuilder('c').orderBy('c.id', 'ASC').take(limit);
    if (userId) query.andWhere('c.user_id = :userId', { userId });
    if (provider !== undefined) query.andWhere('c.provider = :provider', { provider });
    if (status !== undefined) query.andWhere('c.status = ANY(:status)', { status });
    if (after) query.andWhere('c.id > :after', { after });
    return query.getMany();
  }

  /** Active ones of these providers, one for each provider and mail domain of accounts: that of `firstOfUser`, else the one that was read last. */
  async listByDomain(
    tx: Transaction,
    { providers, userId, firstOfUser }: { providers: readonly string[]; userId: Uuid | null; firstOfUser: Uuid | null },
  ): Promise<Connection[]> {
    const rows = await tx.query<{ id: Uuid }[]>(
      `SELECT id FROM (
         SELECT DISTINCT ON (provider, split_part(lower(account_email), '@', 2)) id, user_id, last_success_at FROM connections
         WHERE status = 'active' AND provider = ANY($1) AND ($2::uuid IS NULL OR user_id = $2)
         ORDER BY provider, split_part(lower(account_email), '@', 2), (user_id = $3) DESC NULLS LAST, last_success_at DESC NULLS LAST, id
       ) one ORDER BY (user_id = $3) DESC NULLS LAST, last_success_at DESC NULLS LAST, id LIMIT 100`,
      [providers, userId, firstOfUser],
    );
    const found = await tx.getRepository(ConnectionEntity).findBy({ id: In(rows.map(({ id }) => id)) });
    return rows.flatMap(({ id }) => found.filter((one) => one.id === id));
  }

  async listOfUser(tx: Transaction, userId: Uuid): Promise<Connection[]> {
    return tx.getRepository(ConnectionEntity).findBy({ userId });
  }

  async listOfUsers(tx: Transaction, userIds: readonly Uuid[]): Promise<Connection[]> {
    return tx.getRepository(ConnectionEntity).find({ where: { userId: In([...userIds]) }, order: { id: 'ASC' } });
  }

  async listOfGrant(tx: Transaction, grantId: Uuid): Promise<Connection[]> {
    return tx.getRepository(ConnectionEntity).findBy({ grantId });
  }

  async insert(tx: Transaction, connection: Omit<Connection, 'version'>): Promise<void> {
    await tx.getRepository(ConnectionEntity).insert({ ...connection, missingScopes: [...connection.missingScopes], version: 1 });
  }

  async update(tx: Transaction, id: Uuid, changed: Partial<Connection>): Promise<void> {
    await tx.getRepository(ConnectionEntity).update(
      { id },
      {
        ...changed,
        missingScopes: changed.missingScopes === undefined ? undefined : [...changed.missingScopes],
        updatedAt: this.clock.now(),
      },
    );
  }

  /** When to read the list of calendars again. Work of our own, so the version that people see stays. */
  async listAgainAt(tx: Transaction, id: Uuid, at: Instant | null): Promise<void> {
    await tx.query(`UPDATE connections SET next_list_at = $2 WHERE id = $1`, [id, toTimestamp(at)]);
  }

  /** Those with an account; one that waits for consent takes nobody's place. */
  async countLive(tx: Transaction, userId: Uuid, provider: string): Promise<number> {
    const [{ count }] = await tx.query<[{ count: string }]>(
      `SELECT count(*) FROM connections WHERE user_id = $1 AND provider = $2 AND status NOT IN ('pending', 'revoked')`,
      [userId, provider],
    );
    return Number(count);
  }
}
