import { Injectable } from '@nestjs/common';
import { Clock, IdSource, Secret, type Instant, type Uuid } from '@daymark/domain';
import type { TokenSet } from '@daymark/provider-contract';
import { Envelope, UnsealError } from '../crypto/envelope.ts';
import { toInstant, toTimestamp } from '../database/columns.ts';
import type { Transaction } from '../database/database.ts';
import { Grant } from './grant.entity.ts';

/** The tokens of a grant as they lie in the vault. */
export interface HeldTokens {
  readonly accessToken: Secret;
  readonly refreshToken: Secret | null;
}

export interface LiveGrant {
  readonly id: Uuid;
  readonly tenantId: Uuid;
  readonly provider: string;
  readonly remoteAccountId: string;
  readonly tokens: HeldTokens;
  readonly scopes: readonly string[];
  readonly accessExpiresAt: Instant | null;
  readonly version: number;
}

interface GrantRow {
  readonly id: Uuid;
  readonly tenant_id: Uuid;
  readonly provider: string;
  readonly remote_account_id: string;
  readonly sealed_tokens: Buffer | null;
  readonly scopes: string[];
  readonly access_expires_at: Date | null;
  readonly version: number;
}

@Injectable()
export class GrantsRepository {
  constructor(
    private readonly envelope: Envelope,
    private readonly clock: Clock,
    private readonly ids: IdSource,
  ) {}

  async create(
    tx: Transaction,
    grant: { tenantId: Uuid; userId: Uuid; provider: string; remoteAccountId: string; tokens: TokenSet },
  ): Promise<Uuid> {
    const id = this.ids.next();
    const now = this.clock.now();
    const sealed = this.#seal(id, { accessToken: grant.tokens.accessToken, refreshToken: grant.tokens.refreshToken });
    await tx.getRepository(Grant).insert({
      id,
      tenantId: grant.tenantId,
      userId: grant.userId,
      provider: grant.provider,
      remoteAccountId: grant.remoteAccountId,
      sealedTokens: sealed.bytes,
      keyId: sealed.keyId,
      scopes: [...grant.tokens.scopes],
      accessExpiresAt: grant.tokens.expiresAt,
      version: 1,
      refreshLease: null,
      leaseUntil: null,
      nextTryAt: null,
      createdAt: now,
      updatedAt: now,
    });
    return id;
  }

  /** Null when it does not exist or its tokens are gone. @throws UnsealError when its tokens cannot be read. */
  async findLive(tx: Transaction, id: Uuid): Promise<LiveGrant | null> {
    const [row] = await tx.query<GrantRow[]>(
      `SELECT id, tenant_id, provider, remote_account_id, sealed_tokens, scopes, access_expires_at, version FROM grants WHERE id = $1`,
      [id],
    );
    if (row === undefined || row.sealed_tokens === null) return null;
    return {
      id: row.id,
      tenantId: row.tenant_id,
      provider: row.provider,
      remoteAccountId: row.remote_account_id,
      tokens: this.#open(row.id, row.sealed_tokens),
      scopes: row.scopes,
      accessExpiresAt: toInstant(row.access_expires_at),
      version: row.version,
    };
  }

  /** Takes the right to refresh, unless somebody holds it or the tokens are newer than the ones seen. */
  async takeRefreshLease(
    tx: Transaction,
    id: Uuid,
    { version, lease, until }: { version: number; lease: Uuid; until: Instant },
  ): Promise<boolean> {
    const [, count] = await tx.query<[unknown, number]>(
      `UPDATE grants SET refresh_lease = $3, lease_until = $4
       WHERE id = $1 AND version = $2 AND sealed_tokens IS NOT NULL AND (refresh_lease IS NULL OR lease_until <= $5)`,
      [id, version, lease, toTimestamp(until), toTimestamp(this.clock.now())],
    );
    return count === 1;
  }

  async releaseLease(tx: Transaction, id: Uuid, lease: Uuid, nextTryAt: Instant | null): Promise<void> {
    await tx.query(`UPDATE grants SET refresh_lease = NULL, lease_until = NULL, next_try_at = $3 WHERE id = $1 AND refresh_lease = $2`, [
      id,
      lease,
      toTimestamp(nextTryAt),
    ]);
  }

  /** Stores new tokens under the own lease; a missing refresh token keeps the stored one. False when the lease was lost. */
  async storeRefreshed(tx: Transaction, grant: LiveGrant, { tokens, lease }: { tokens: TokenSet; lease: Uuid }): Promise<boolean> {
    const sealed = this.#seal(grant.id, {
      accessToken: tokens.accessToken,
      refreshToken: tokens.refreshToken ?? grant.tokens.refreshToken,
    });
    const [, count] = await tx.query<[unknown, number]>(
      `UPDATE grants SET sealed_tokens = $3, key_id = $4, scopes = $5, access_expires_at = $6, version = version + 1,
         refresh_lease = NULL, lease_until = NULL, next_try_at = NULL, updated_at = $7
       WHERE id = $1 AND refresh_lease = $2`,
      [
        grant.id,
        lease,
        sealed.bytes,
        sealed.keyId,
        tokens.scopes.length > 0 ? [...tokens.scopes] : [...grant.scopes],
        toTimestamp(tokens.expiresAt),
        toTimestamp(this.clock.now()),
      ],
    );
    return count === 1;
  }

  /** A new consent in place of the old tokens. */
  async replaceTokens(tx: Transaction, id: Uuid, tokens: TokenSet): Promise<void> {
    const kept = tokens.refreshToken ?? (await this.#heldRefreshToken(tx, id));
    const sealed = this.#seal(id, { accessToken: tokens.accessToken, refreshToken: kept });
    await tx.query(
      `UPDATE grants SET sealed_tokens = $2, key_id = $3, scopes = $4, access_expires_at = $5, version = version + 1,
         refresh_lease = NULL, lease_until = NULL, next_try_at = NULL, updated_at = $6 WHERE id = $1`,
      [id, sealed.bytes, sealed.keyId, [...tokens.scopes], toTimestamp(tokens.expiresAt), toTimestamp(this.clock.now())],
    );
  }

  /** Deletes the tokens, unless a new consent replaced the ones seen. */
  async forgetTokens(tx: Transaction, id: Uuid, version: number): Promise<void> {
    await tx.query(
      `UPDATE grants SET sealed_tokens = NULL, access_expires_at = NULL, version = version + 1, updated_at = $3 WHERE id = $1 AND version = $2`,
      [id, version, toTimestamp(this.clock.now())],
    );
  }

  async versionOf(tx: Transaction, id: Uuid): Promise<number | null> {
    const [row] = await tx.query<{ version: number }[]>(`SELECT version FROM grants WHERE id = $1 AND sealed_tokens IS NOT NULL`, [id]);
    return row?.version ?? null;
  }

  /** Seals the tokens again with the current key, unless somebody changed them meanwhile, which seals them too. @throws UnsealError */
  async reseal(tx: Transaction, id: Uuid): Promise<void> {
    const grant = await this.findLive(tx, id);
    if (grant === null) return;
    const sealed = this.#seal(id, grant.tokens);
    await tx.query(`UPDATE grants SET sealed_tokens = $3, key_id = $4 WHERE id = $1 AND version = $2`, [
      id,
      grant.version,
      sealed.bytes,
      sealed.keyId,
    ]);
  }

  /** Null also when it cannot be opened any more: a new consent must be possible then. */
  async #heldRefreshToken(tx: Transaction, id: Uuid): Promise<Secret | null> {
    try {
      return (await this.findLive(tx, id))?.tokens.refreshToken ?? null;
    } catch (error) {
      if (error instanceof UnsealError) return null;
      throw error;
    }
  }

  #seal(id: Uuid, tokens: HeldTokens): { bytes: Buffer; keyId: string } {
    const text = JSON.stringify({ access: tokens.accessToken.reveal(), refresh: tokens.refreshToken?.reveal() ?? null });
    return this.envelope.seal(new Secret(text), `grant:${id}`);
  }

  #open(id: Uuid, bytes: Buffer): HeldTokens {
    const { access, refresh }: { access: string; refresh: string | null } = JSON.parse(this.envelope.open(bytes, `grant:${id}`).reveal());
    return { accessToken: new Secret(access), refreshToken: refresh === null ? null : new Secret(refresh) };
  }
}
