import { Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import type { Uuid } from '@daymark/domain';
import { Database, type Transaction } from '../database/database.ts';
import { PgBossJobs, type JobHandler, type JobIds } from '../jobs/jobs.ts';
import { TickGuard } from '../jobs/tick-guard.ts';
import { canonicalAudit, chainDigest } from './audit-chain.ts';

const BATCH = 500;

interface UnnumberedAudit {
  readonly id: Uuid;
  readonly canonical: string;
  readonly details_digest: Buffer;
}

/**
 * Numbers committed changes and audit events of a tenant, gapless, and chains the digests of the
 * audit. The tenant's row in `sequences` is locked, so there is one sequencer at a time; a row that
 * is not committed yet is not seen and gets a later number.
 */
@Injectable()
export class SequencerJob implements JobHandler {
  readonly queue = 'number-changes';
  readonly concurrency = 4;
  readonly #ticks = new TickGuard(new Logger('Ticks'));

  constructor(
    private readonly database: Database,
    private readonly jobs: PgBossJobs,
  ) {
    jobs.register(this);
  }

  @Interval(500)
  async tick(): Promise<void> {
    await this.#ticks.run('changes to number', async () => {
      for (const { tenant_id } of await this.database.door<{ tenant_id: Uuid }>('door_tenants_to_number')) {
        await this.jobs.enqueueNow(this.queue, { tenantId: tenant_id }, tenant_id);
      }
    });
  }

  async handle({ tenantId }: JobIds, signal: AbortSignal): Promise<void> {
    for (;;) {
      const numbered = await this.database.withTenant(tenantId, (tx) => this.#numberBatch(tx, tenantId));
      if (numbered < BATCH || signal.aborted) return;
    }
  }

  async #numberBatch(tx: Transaction, tenantId: Uuid): Promise<number> {
    const [sequence] = await tx.query<{ last_change: string; last_audit: string; audit_digest: Buffer }[]>(
      `SELECT last_change, last_audit, audit_digest FROM sequences WHERE tenant_id = $1 FOR UPDATE`,
      [tenantId],
    );
    if (sequence === undefined) return 0;
    const changes = await this.#numberChanges(tx, { tenantId, last: Number(sequence.last_change) });
    const audit = await this.#chainAudit(tx, { tenantId, last: Number(sequence.last_audit), digest: sequence.audit_digest });
    return Math.max(changes, audit);
  }

  async #numberChanges(tx: Transaction, { tenantId, last }: { tenantId: Uuid; last: number }): Promise<number> {
    const [{ count }] = await tx.query<[{ count: string }]>(
      `WITH next AS (
         SELECT id, row_number() OVER (ORDER BY id) AS place FROM (SELECT id FROM changes WHERE tenant_id = $1 AND number IS NULL ORDER BY id LIMIT ${BATCH}) AS batch
       ), numbered AS (
         UPDATE changes SET number = $2::bigint + next.place FROM next WHERE changes.id = next.id RETURNING 1
       ), moved AS (
         UPDATE sequences SET last_change = last_change + (SELECT count(*) FROM next) WHERE tenant_id = $1
       )
       SELECT count(*) FROM numbered`,
      [tenantId, last],
    );
    return Number(count);
  }

  async #chainAudit(tx: Transaction, { tenantId, last, digest }: { tenantId: Uuid; last: number; digest: Buffer }): Promise<number> {
    const rows = await tx.query<UnnumberedAudit[]>(
      `SELECT id, details_digest, ${canonicalAudit} AS canonical
       FROM audit_events WHERE tenant_id = $1 AND number IS NULL ORDER BY id LIMIT ${BATCH}`,
      [tenantId],
    );
    if (rows.length === 0) return 0;
    let previous = digest;
    const chained = rows.map((row, index) => {
      previous = chainDigest({ previous, number: last + index + 1, canonical: row.canonical, detailsDigest: row.details_digest });
      return { id: row.id, number: last + index + 1, digest: previous.toString('hex') };
    });
    await tx.query(
      `UPDATE audit_events SET number = r.number, digest = decode(r.digest, 'hex')
       FROM jsonb_to_recordset($1::jsonb) AS r (id uuid, number bigint, digest text) WHERE audit_events.id = r.id`,
      [JSON.stringify(chained)],
    );
    await tx.query(`UPDATE sequences SET last_audit = $2, audit_digest = $3 WHERE tenant_id = $1`, [
      tenantId,
      last + rows.length,
      previous,
    ]);
    return rows.length;
  }
}
