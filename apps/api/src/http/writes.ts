import { Injectable } from '@nestjs/common';
import { Clock, DomainError, Secret } from '@daymark/domain';
import { Envelope } from '../crypto/envelope.ts';
import { idempotencyPurpose } from '../crypto/purposes.ts';
import { Database, sqlState, type Transaction } from '../database/database.ts';
import type { Caller } from './caller.ts';

const KEPT_MS = 86_400_000;
const LOCK_NOT_AVAILABLE = '55P03';

/** An answer that can be given again, byte for byte. */
export interface Answer<T> {
  readonly status: number;
  readonly body: T;
  readonly isReplay: boolean;
}

/**
 * The transaction of a write, once per idempotency key. The key is inserted first, in the effect's own
 * transaction: a second call with it waits for the first (5 s, then 409) and gets the same answer; a
 * refused call rolls back and keeps no key.
 */
@Injectable()
export class Writes {
  constructor(
    private readonly database: Database,
    private readonly envelope: Envelope,
    private readonly clock: Clock,
  ) {}

  /** `work` returns the body that the caller will see. A dry run does everything and commits nothing. */
  async run<T>(caller: Caller, work: (tx: Transaction) => Promise<T>, status = 200): Promise<Answer<T>> {
    try {
      return await this.database.withTenant(caller.tenantId, async (tx) => {
        const earlier = await this.#begin<T>(tx, caller);
        if (earlier !== null) return earlier;
        const body = await work(tx);
        if (caller.isDryRun) throw new DryRun(body);
        await this.#keep(tx, { caller, status, body });
        return { status, body, isReplay: false };
      });
    } catch (error) {
      if (error instanceof DryRun) return { status: 200, body: error.body as T, isReplay: false };
      if (sqlState(error) === LOCK_NOT_AVAILABLE && caller.idempotency !== null) {
        throw new DomainError('idempotency-in-progress', 'a request with this Idempotency-Key is still running');
      }
      throw error;
    }
  }

  /**
   * The answer that the caller's key has had already, for writes that do something before their transaction;
   * null when there is none. @throws DomainError when the key was used for another request.
   */
  async replay<T>(caller: Caller): Promise<Answer<T> | null> {
    if (caller.idempotency === null || caller.isDryRun) return null;
    return this.database.withTenant(caller.tenantId, (tx) => this.#kept<T>(tx, caller));
  }

  async #begin<T>(tx: Transaction, caller: Caller): Promise<Answer<T> | null> {
    if (caller.idempotency === null || caller.isDryRun) return null;
    const { key, requestHash } = caller.idempotency;
    const now = new Date(this.clock.now());
    await tx.query(`SET LOCAL lock_timeout = '5s'`);
    const inserted = await tx.query<unknown[]>(
      `INSERT INTO idempotency_keys (tenant_id, credential_id, key, request_hash, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (tenant_id, credential_id, key) DO UPDATE
         SET request_hash = excluded.request_hash, status = NULL, sealed_answer = NULL, created_at = excluded.created_at, expires_at = excluded.expires_at
         WHERE idempotency_keys.expires_at <= excluded.created_at
       RETURNING key`,
      [caller.tenantId, caller.credential.id, key, requestHash, now, new Date(now.getTime() + KEPT_MS)],
    );
    await tx.query(`SET LOCAL lock_timeout = '0'`);
    if (inserted.length > 0) return null;
    const kept = await this.#kept<T>(tx, caller);
    if (kept === null) throw keyReused();
    return kept;
  }

  /** The answer kept for the caller's key. @throws DomainError when it was used for another request. */
  async #kept<T>(tx: Transaction, caller: Caller): Promise<Answer<T> | null> {
    if (caller.idempotency === null || caller.isDryRun) return null;
    const { key, requestHash } = caller.idempotency;
    const [kept] = await tx.query<{ request_hash: Buffer; status: number; sealed_answer: Buffer }[]>(
      `SELECT request_hash, status, sealed_answer FROM idempotency_keys WHERE tenant_id = $1 AND credential_id = $2 AND key = $3 AND expires_at > $4`,
      [caller.tenantId, caller.credential.id, key, new Date(this.clock.now())],
    );
    if (kept === undefined) return null;
    if (!kept.request_hash.equals(requestHash)) throw keyReused();
    const body: T = JSON.parse(this.envelope.open(kept.sealed_answer, purpose(caller)).reveal());
    return { status: kept.status, body, isReplay: true };
  }

  async #keep<T>(tx: Transaction, { caller, status, body }: { caller: Caller; status: number; body: T }): Promise<void> {
    if (caller.idempotency === null) return;
    const sealed = this.envelope.seal(new Secret(JSON.stringify(body ?? null)), purpose(caller));
    await tx.query(`UPDATE idempotency_keys SET status = $4, sealed_answer = $5 WHERE tenant_id = $1 AND credential_id = $2 AND key = $3`, [
      caller.tenantId,
      caller.credential.id,
      caller.idempotency.key,
      status,
      sealed.bytes,
    ]);
  }
}

function keyReused(): DomainError {
  return new DomainError('idempotency-key-reused', 'this Idempotency-Key was used for another request');
}

function purpose(caller: Caller): string {
  return idempotencyPurpose({ tenantId: caller.tenantId, credentialId: caller.credential.id, key: caller.idempotency?.key ?? '' });
}

class DryRun extends Error {
  readonly body: unknown;

  constructor(body: unknown) {
    super('a dry run commits nothing');
    this.body = body;
  }
}
