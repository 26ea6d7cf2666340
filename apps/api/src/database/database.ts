import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource, EntityManager } from 'typeorm';
import type { Uuid } from '@daymark/domain';
import { Chance, Timers } from '../ports/ports.ts';
import { APP_DATA_SOURCE, SYSTEM_DATA_SOURCE } from './data-source-options.ts';

/** A transaction of one tenant. */
export type Transaction = EntityManager;

/** What a transaction is for; wrapped by tests that kill at a point of it. */
export abstract class TransactionRunner {
  /** Runs work in one transaction and commits it. */
  abstract run<T>(dataSource: DataSource, work: (tx: Transaction) => Promise<T>): Promise<T>;
}

@Injectable()
export class PlainTransactionRunner extends TransactionRunner {
  override run<T>(dataSource: DataSource, work: (tx: Transaction) => Promise<T>): Promise<T> {
    return dataSource.transaction(work);
  }
}

const REPEATS = 3;
const REPEATABLE = new Set(['40P01', '40001']);

/**
 * The only way to the data. A query runs inside a transaction that names its tenant, as a role that
 * sees nothing else; what has to be known before a tenant is known comes through a door.
 */
@Injectable()
export class Database {
  constructor(
    @InjectDataSource(APP_DATA_SOURCE) private readonly app: DataSource,
    @InjectDataSource(SYSTEM_DATA_SOURCE) private readonly system: DataSource,
    @Inject(TransactionRunner) private readonly runner: TransactionRunner,
    private readonly chance: Chance,
    private readonly timers: Timers,
  ) {}

  /** One transaction in a tenant. Deadlocks and serialization failures are repeated, so work must be repeatable. */
  async withTenant<T>(tenantId: Uuid, work: (tx: Transaction) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.runner.run(this.app, async (tx) => {
          await nameTenant(tx, tenantId);
          return work(tx);
        });
      } catch (error) {
        if (attempt > REPEATS || !REPEATABLE.has(sqlState(error) ?? '')) throw error;
        await this.timers.wait(this.chance.upTo(20 * 2 ** attempt));
      }
    }
  }

  /** Work in another tenant within the same transaction: both commit, or neither. When it throws, the transaction has to end. */
  async inOtherTenant<T>(tx: Transaction, tenantId: Uuid, work: () => Promise<T>): Promise<T> {
    const [own] = await tx.query<{ id: Uuid }[]>(`SELECT current_setting('daymark.tenant_id')::uuid AS id`);
    await nameTenant(tx, tenantId);
    const result = await work();
    await nameTenant(tx, own!.id);
    return result;
  }

  /** Calls a door: a function that answers one small question across tenants. */
  async door<Row>(name: `door_${string}`, ...args: readonly unknown[]): Promise<Row[]> {
    const places = args.map((_, index) => `$${index + 1}`).join(', ');
    return this.system.query<Row[]>(`SELECT * FROM ${name}(${places})`, [...args]);
  }

  /** Whether the database answers. */
  async isReachable(): Promise<boolean> {
    try {
      await this.system.query('SELECT 1');
      return true;
    } catch {
      return false;
    }
  }
}

/** Rows of this tenant, and no others, from here to the end of the transaction. */
async function nameTenant(tx: Transaction, tenantId: Uuid): Promise<void> {
  await tx.query(`SELECT set_config('daymark.tenant_id', $1, true)`, [tenantId]);
}

/** The SQLSTATE of a database error, or null for any other error. */
export function sqlState(error: unknown): string | null {
  if (typeof error !== 'object' || error === null) return null;
  const code = 'code' in error ? error.code : 'driverError' in error ? (error.driverError as { code?: unknown }).code : null;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : null;
}
