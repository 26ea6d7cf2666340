import { Injectable } from '@nestjs/common';
import { addMilliseconds, addMinutes, Clock, nextConnectionStatus, type ConnectionTrigger, type Instant } from '@daymark/domain';
import { backOffMs, ProviderError } from '@daymark/provider-contract';
import { Audit } from '../audit/audit.ts';
import { Changes } from '../audit/changes.ts';
import { toTimestamp } from '../database/columns.ts';
import { Database, type Transaction } from '../database/database.ts';
import { Mails } from '../mail/mails.ts';
import { Chance } from '../ports/ports.ts';
import type { Connection, StoredError } from './connection.ts';
import { ConnectionsRepository } from './connections.repository.ts';
import { problemOf, STILL_WAITING, storedError } from './provider-problem.ts';

type Known = Pick<Connection, 'id' | 'tenantId'>;

/** So many failures in a row that do not heal by waiting make a connection `error`. */
const FAILURES_TO_ERROR = 5;
const LONGEST_BACK_OFF_MS = 30 * 60_000;

/** What calls to a provider say about a connection, and the transitions that follow. */
@Injectable()
export class ConnectionHealth {
  constructor(
    private readonly database: Database,
    private readonly connections: ConnectionsRepository,
    private readonly audit: Audit,
    private readonly changes: Changes,
    private readonly mails: Mails,
    private readonly clock: Clock,
    private readonly chance: Chance,
  ) {}

  /** First `invalid_grant`: no further calls, and the owner is asked once to reconnect. */
  async grantLost(connection: Known, error: ProviderError): Promise<void> {
    await this.database.withTenant(connection.tenantId, async (tx) => {
      const current = await this.connections.lock(tx, connection.id);
      if (current === null || current.status === 'expired' || current.status === 'revoked') return;
      await this.#turn(tx, current, { trigger: 'grant-lost', error, also: { reconnectAskedAt: this.clock.now() } });
      await this.changes.record(tx, current.tenantId, [
        { type: 'connection.reauthorization_required', resource: { kind: 'connection', id: current.id }, version: current.version + 1 },
      ]);
      await this.mails.askToReconnect(tx, current);
    });
  }

  /** A run or call went well: failures are forgotten. */
  async succeeded(tx: Transaction, connection: Known): Promise<void> {
    const current = await this.connections.lock(tx, connection.id);
    if (current === null) return;
    const status = nextConnectionStatus(current.status, 'recovered') ?? current.status;
    await tx.query(
      `UPDATE connections SET last_success_at = $2, failure_count = 0, last_error = NULL, rate_limited_until = NULL, status = $3,
         version = version + CASE WHEN status <> $3 THEN 1 ELSE 0 END WHERE id = $1`,
      [connection.id, toTimestamp(this.clock.now()), status],
    );
    if (status !== current.status) {
      await this.changes.record(tx, current.tenantId, [
        { type: 'connection.recovered', resource: { kind: 'connection', id: current.id }, version: current.version + 1 },
      ]);
    }
  }

  /** A run failed: when to try again, and whether the connection is in error now. */
  async failed(tx: Transaction, connection: Known, error: unknown): Promise<{ readonly nextTryAt: Instant }> {
    const current = await this.connections.lock(tx, connection.id);
    if (current === null) return { nextTryAt: addMinutes(this.clock.now(), 30) };
    if (isStillWaiting(error) && current.rateLimitedUntil !== null)
      return { nextTryAt: addMilliseconds(current.rateLimitedUntil, this.chance.upTo(1000)) };
    const nextTryAt = addMilliseconds(this.clock.now(), this.#backOffMs(current.failureCount + 1, error));
    const isRateLimit = error instanceof ProviderError && error.code === 'rate-limited';
    const isTransient = error instanceof ProviderError && (error.code === 'rate-limited' || error.code === 'unavailable');
    const failureCount = current.failureCount + 1;
    await tx.query(`UPDATE connections SET failure_count = $2, last_error = $3, rate_limited_until = $4 WHERE id = $1`, [
      current.id,
      failureCount,
      JSON.stringify(this.#stored(current.lastError, error)),
      toTimestamp(isRateLimit ? nextTryAt : current.rateLimitedUntil),
    ]);
    if (!isTransient && failureCount >= FAILURES_TO_ERROR) await this.#turn(tx, current, { trigger: 'failed-repeatedly', error });
    return { nextTryAt };
  }

  #backOffMs(failures: number, error: unknown): number {
    const upTo = (bound: number) => this.chance.upTo(bound);
    return backOffMs(error, { failures: failures + 1, longestMs: LONGEST_BACK_OFF_MS, upTo });
  }

  async #turn(
    tx: Transaction,
    connection: Connection,
    { trigger, error, also = {} }: { trigger: ConnectionTrigger; error: unknown; also?: Partial<Connection> },
  ): Promise<void> {
    const status = nextConnectionStatus(connection.status, trigger);
    if (status === null || status === connection.status) return;
    await this.connections.update(tx, connection.id, { ...also, status, lastError: this.#stored(connection.lastError, error) });
    await this.audit.record(
      tx,
      { tenantId: connection.tenantId, platform: true },
      {
        action: `connection.${trigger}`,
        subject: { kind: 'connection', id: connection.id },
        aboutUserId: connection.userId,
        before: { status: connection.status },
        after: { status, error: problemOf(error).code },
      },
    );
    await this.changes.record(tx, connection.tenantId, [
      {
        type: trigger === 'failed-repeatedly' ? 'connection.failing' : 'connection.updated',
        resource: { kind: 'connection', id: connection.id },
        version: connection.version + 1,
      },
    ]);
  }

  #stored(before: StoredError | null, error: unknown): StoredError {
    const problem = problemOf(error);
    const claims = (error instanceof ProviderError ? error.claims : null) ?? (before?.code === problem.code ? before.claims : undefined);
    return { ...storedError(before, { problem, now: this.clock.now() }), claims };
  }
}

function isStillWaiting(error: unknown): boolean {
  return error instanceof ProviderError && error.reason === STILL_WAITING;
}
