import { Injectable, Logger } from '@nestjs/common';
import { Clock, type Uuid } from '@daymark/domain';
import { toTimestamp } from '../database/columns.ts';
import { Database, type Transaction } from '../database/database.ts';
import { PgBossJobs, type JobHandler, type JobIds } from '../jobs/jobs.ts';
import { Envelope, UnsealError } from './envelope.ts';
import { idempotencyPurpose, setAsidePurpose } from './purposes.ts';

interface SealedRow {
  readonly sealed_answer: Buffer;
  readonly [column: string]: unknown;
}

/** A table whose `sealed_answer` lives longer than a rotation of keys takes. */
interface Kept {
  readonly table: string;
  /** Columns of a unique index that tells its rows within a tenant apart, in the order in which they are gone through. */
  readonly identity: readonly string[];
  /** Other columns that the purpose needs. */
  readonly also: readonly string[];
  purposeOf(row: SealedRow, tenantId: Uuid): string;
}

const keptTables: readonly Kept[] = [
  {
    table: 'idempotency_keys',
    identity: ['credential_id', 'key'],
    also: [],
    purposeOf: (row, tenantId) => idempotencyPurpose({ tenantId, credentialId: row['credential_id'] as Uuid, key: row['key'] as string }),
  },
  {
    table: 'set_asides',
    identity: ['id'],
    also: ['calendar_id', 'remote_id'],
    purposeOf: (row) => setAsidePurpose({ calendarId: row['calendar_id'] as Uuid, remoteId: row['remote_id'] as string }),
  },
];

/** Rows in one transaction. */
const BATCH = 100;

/**
 * Seals what a tenant keeps with the current key that an older one sealed, while it stays in use. Goes through it
 * batch by batch and may stop after any: what was sealed anew is not found again. What cannot be opened is left as
 * it is, with its key's name, and told.
 */
@Injectable()
export class ResealKeptJob implements JobHandler {
  readonly queue = 'reseal-kept';
  readonly concurrency = 2;
  readonly #logger = new Logger('Keys');

  constructor(
    private readonly database: Database,
    private readonly envelope: Envelope,
    private readonly clock: Clock,
    jobs: PgBossJobs,
  ) {
    jobs.register(this);
  }

  async handle({ tenantId }: JobIds, signal: AbortSignal): Promise<void> {
    for (const kept of keptTables) {
      let last: SealedRow | undefined;
      do {
        const after: SealedRow | null = last ?? null;
        last = await this.database.withTenant(tenantId, (tx) => this.#resealBatch(tx, kept, { tenantId, after }));
      } while (last !== undefined && !signal.aborted);
    }
  }

  /** The last row that was gone through; undefined when none is left. */
  async #resealBatch(
    tx: Transaction,
    { table, identity, also, purposeOf }: Kept,
    { tenantId, after }: { tenantId: Uuid; after: SealedRow | null },
  ): Promise<SealedRow | undefined> {
    const given = after === null ? [] : identity.map((column) => after[column]);
    const places = identity.map((_, index) => `$${index + 3}`).join(', ');
    const rows = await tx.query<SealedRow[]>(
      `SELECT ${[...identity, ...also].join(', ')}, sealed_answer FROM ${table}
       WHERE key_id = ANY($1) AND expires_at > $2 ${after === null ? '' : `AND (${identity.join(', ')}) > (${places})`}
       ORDER BY ${identity.join(', ')} LIMIT ${BATCH}`,
      [this.envelope.olderKeyIds, toTimestamp(this.clock.now()), ...given],
    );
    for (const row of rows) {
      const resealed = this.#reseal(row.sealed_answer, { table, purpose: purposeOf(row, tenantId) });
      if (resealed === null) continue;
      // Not what somebody replaced meanwhile, who has sealed it with the current key.
      await tx.query(
        `UPDATE ${table} SET sealed_answer = $1 WHERE sealed_answer = $2 AND ${identity.map((column, index) => `${column} = $${index + 3}`).join(' AND ')}`,
        [resealed, row.sealed_answer, ...identity.map((column) => row[column])],
      );
    }
    return rows.at(-1);
  }

  #reseal(sealed: Buffer, { table, purpose }: { table: string; purpose: string }): Buffer | null {
    try {
      return this.envelope.seal(this.envelope.open(sealed, purpose), purpose).bytes;
    } catch (error) {
      if (!(error instanceof UnsealError)) throw error;
      this.#logger.warn({ table, reason: error.message }, 'a kept value cannot be sealed anew; it ends with its time');
      return null;
    }
  }
}
