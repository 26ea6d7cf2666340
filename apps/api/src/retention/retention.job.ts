import { Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { addMilliseconds, Clock, DAY_MS, HOUR_MS, type Uuid } from '@daymark/domain';
import { Audit } from '../audit/audit.ts';
import { toTimestamp } from '../database/columns.ts';
import { Database, type Transaction } from '../database/database.ts';
import { TenantSettings } from '../identity/tenant-settings.ts';
import { UsersRepository } from '../identity/users.repository.ts';
import { PgBossJobs, type JobHandler, type JobIds } from '../jobs/jobs.ts';
import { TickGuard } from '../jobs/tick-guard.ts';

/** What is deleted when: the condition is met by rows that are old enough at `$1`. */
interface Rule {
  readonly table: string;
  readonly isOld: string;
  readonly days: number;
  /** Whether the audit tells how many were deleted. */
  readonly isReported: boolean;
}

const BATCH = 5000;
const PAGE = 500;

/** Deletes what has outlived its use, by the numbers of the tenant. An audit event never is: only its details can be erased. */
@Injectable()
export class RetentionJob implements JobHandler {
  readonly queue = 'clean-up';
  readonly concurrency = 1;
  readonly #ticks = new TickGuard(new Logger('Retention'));

  constructor(
    private readonly database: Database,
    private readonly settings: TenantSettings,
    private readonly users: UsersRepository,
    private readonly audit: Audit,
    private readonly clock: Clock,
    private readonly jobs: PgBossJobs,
  ) {
    jobs.register(this);
  }

  @Interval(HOUR_MS)
  async tick(): Promise<void> {
    await this.#ticks.run('clean-up', async () => {
      await this.database.door('door_forget_expired', toTimestamp(this.clock.now()));
      await this.#enqueueAll();
    });
  }

  async #enqueueAll(): Promise<void> {
    for (let after: Uuid | null = null; ;) {
      const tenants: { id: Uuid }[] = await this.database.door('door_list_tenants', after, null, PAGE);
      for (const { id } of tenants) await this.jobs.enqueueNow(this.queue, { tenantId: id }, id);
      after = tenants.at(-1)?.id ?? null;
      if (tenants.length < PAGE) return;
    }
  }

  async handle({ tenantId }: JobIds, signal: AbortSignal): Promise<void> {
    const rules = await this.database.withTenant(tenantId, (tx) => this.#rules(tx));
    const deleted: Record<string, number> = {};
    for (const rule of rules) {
      for (let count = BATCH; count === BATCH && !signal.aborted;) {
        count = await this.database.withTenant(tenantId, (tx) => this.#apply(tx, rule));
        if (count > 0 && rule.isReported) deleted[rule.table] = (deleted[rule.table] ?? 0) + count;
      }
    }
    await this.database.withTenant(tenantId, (tx) => this.#forgetRemovedUsers(tx));
    await this.database.withTenant(tenantId, (tx) => this.#giveUpPastPlacements(tx));
    await this.database.withTenant(tenantId, (tx) => this.#endAgain(tx, tenantId));
    if (Object.keys(deleted).length === 0) return;
    await this.database.withTenant(tenantId, (tx) =>
      this.audit.record(
        tx,
        { tenantId, platform: true },
        { action: 'retention.applied', subject: { kind: 'tenant', id: tenantId }, after: { deleted } },
      ),
    );
  }

  /** What could not be put on a calendar before its meeting was over is not tried any more. */
  async #giveUpPastPlacements(tx: Transaction): Promise<void> {
    await tx.query(
      `UPDATE placements p SET state = 'failed', next_try_at = NULL, updated_at = $1 FROM meetings m
       WHERE p.thing_kind = 'meeting' AND m.id = p.thing_id AND p.desired = 'present' AND p.state = 'waiting' AND m.end_at < $1`,
      [toTimestamp(this.clock.now())],
    );
  }

  /** A service that was down when an account was disconnected is asked again to take the tokens back. */
  async #endAgain(tx: Transaction, tenantId: Uuid): Promise<void> {
    const waiting = await tx.query<{ id: Uuid }[]>(
      `SELECT c.id FROM connections c JOIN grants g ON g.id = c.grant_id WHERE c.status = 'revoked' AND g.sealed_tokens IS NOT NULL`,
    );
    for (const { id } of waiting) await this.jobs.enqueue(tx, 'end-connection', { tenantId, connectionId: id }, id);
  }

  /** A removed user's row waits until everything the user lent was given back. */
  async #forgetRemovedUsers(tx: Transaction): Promise<void> {
    await tx.query(
      `DELETE FROM connections c USING users u WHERE u.id = c.user_id AND u.removed_at IS NOT NULL AND c.status = 'revoked' AND c.grant_id IS NULL`,
    );
    await tx.query(`
      DELETE FROM connections c USING users u, grants g
      WHERE u.id = c.user_id AND g.id = c.grant_id AND u.removed_at IS NOT NULL AND c.status = 'revoked' AND g.sealed_tokens IS NULL`);
    await tx.query(`
      DELETE FROM grants g USING users u
      WHERE u.id = g.user_id AND u.removed_at IS NOT NULL AND g.sealed_tokens IS NULL AND NOT EXISTS (SELECT FROM connections c WHERE c.grant_id = g.id)`);
    const removed = await tx.query<{ id: Uuid }[]>(`SELECT id FROM users WHERE removed_at IS NOT NULL`);
    for (const { id } of removed) await this.users.deleteEnded(tx, id);
  }

  async #rules(tx: Transaction): Promise<Rule[]> {
    const { retention } = await this.settings.get(tx);
    return [
      { table: 'idempotency_keys', isOld: 'expires_at <= $1', days: 0, isReported: false },
      { table: 'oauth_states', isOld: 'expires_at <= $1', days: 0, isReported: false },
      { table: 'sign_in_links', isOld: 'expires_at <= $1', days: 0, isReported: false },
      { table: 'sessions', isOld: 'expires_at <= $1', days: 0, isReported: false },
      { table: 'setup_links', isOld: 'expires_at <= $1', days: retention.deliveries_days, isReported: false },
      {
        table: 'connections',
        isOld: `status = 'revoked' AND remote_account_id IS NULL AND updated_at <= $1`,
        days: retention.tombstones_days,
        isReported: false,
      },
      { table: 'set_asides', isOld: 'expires_at <= $1', days: 0, isReported: true },
      { table: 'events', isOld: 'deleted_at <= $1', days: retention.tombstones_days, isReported: true },
      { table: 'changes', isOld: 'number IS NOT NULL AND occurred_at <= $1', days: retention.changes_days, isReported: true },
      { table: 'sync_runs', isOld: `queued_at <= $1 AND state NOT IN ('queued', 'running')`, days: retention.runs_days, isReported: true },
      {
        table: 'placements',
        isOld: `thing_kind = 'event' AND state IN ('written', 'failed', 'removed') AND next_try_at IS NULL AND updated_at <= $1`,
        days: 2,
        isReported: false,
      },
      {
        table: 'mails',
        isOld: `created_at <= $1 AND state IN ('sent', 'failed', 'void')`,
        days: retention.deliveries_days,
        isReported: true,
      },
    ];
  }

  async #apply(tx: Transaction, { table, isOld, days }: Rule): Promise<number> {
    const [, count] = await tx.query<[unknown, number]>(
      `DELETE FROM ${table} WHERE ctid = ANY(ARRAY(SELECT ctid FROM ${table} WHERE ${isOld} LIMIT ${BATCH}))`,
      [toTimestamp(addMilliseconds(this.clock.now(), -days * DAY_MS))],
    );
    return count;
  }
}
