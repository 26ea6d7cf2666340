import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { addMilliseconds, Clock, DomainError, IdSource, type Secret, type Uuid } from '@daymark/domain';
import { ProviderError, ProviderRegistry, type CalendarProvider } from '@daymark/provider-contract';
import { MissingKeyError, UnsealError } from '../crypto/envelope.ts';
import { Database, type Transaction } from '../database/database.ts';
import { OutboundHttp } from '../outbound/outbound-http.ts';
import { Chance, Timers } from '../ports/ports.ts';
import { ConnectionsRepository } from './connections.repository.ts';
import { GrantsRepository, type LiveGrant } from './grants.repository.ts';

/** A token is renewed this long before it ends. */
const MARGIN_MS = 60_000;
const LEASE_MS = 20_000;
const POLL_MS = 150;
const PATIENCE_MS = 30_000;

/**
 * Valid access tokens. One refresh at a time per grant over all processes, by a lease in the grant's
 * row, with no transaction open during the call; others wait and use its result. New tokens are
 * stored before they are used.
 */
@Injectable()
export class AccessTokens {
  readonly #underWay = new Map<string, Promise<LiveGrant>>();

  constructor(
    private readonly database: Database,
    private readonly grants: GrantsRepository,
    private readonly connections: ConnectionsRepository,
    private readonly registry: ProviderRegistry,
    private readonly outbound: OutboundHttp,
    private readonly clock: Clock,
    private readonly ids: IdSource,
    private readonly chance: Chance,
    private readonly timers: Timers,
  ) {}

  /** @throws ProviderError `unauthorized` when the grant is lost; `unavailable` when the service did not answer. */
  async valid(tenantId: Uuid, grantId: Uuid): Promise<Secret> {
    const grant = await this.#read(tenantId, grantId);
    if (this.#lasts(grant, MARGIN_MS)) return grant.tokens.accessToken;
    try {
      return (await this.renewed(grant)).tokens.accessToken;
    } catch (error) {
      const canWait = error instanceof ProviderError && error.code !== 'unauthorized' && this.#lasts(grant, 0);
      if (canWait) return grant.tokens.accessToken;
      throw error;
    }
  }

  /** Renews a token that would end within the given time, unless somebody did so meanwhile. */
  async renewAhead(tenantId: Uuid, grantId: Uuid, withinMs: number): Promise<void> {
    const grant = await this.#read(tenantId, grantId);
    if (!this.#lasts(grant, withinMs)) await this.renewed(grant);
  }

  /** Renews although the token looks valid: the service refused it, or a person asked. */
  async renew(tenantId: Uuid, grantId: Uuid, refused?: Secret): Promise<Secret> {
    const grant = await this.#read(tenantId, grantId);
    if (refused !== undefined && grant.tokens.accessToken.reveal() !== refused.reveal()) return grant.tokens.accessToken;
    return (await this.renewed(grant)).tokens.accessToken;
  }

  /** In a process callers share one promise per version of the tokens. */
  renewed(grant: LiveGrant): Promise<LiveGrant> {
    const key = `${grant.id}:${grant.version}`;
    const running = this.#underWay.get(key);
    if (running !== undefined) return running;
    const started = this.#renewOnce(grant).finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, started);
    return started;
  }

  async #renewOnce(seen: LiveGrant): Promise<LiveGrant> {
    const giveUpAt = addMilliseconds(this.clock.now(), PATIENCE_MS);
    for (;;) {
      const lease = this.ids.next();
      const until = addMilliseconds(this.clock.now(), LEASE_MS);
      const isLeader = await this.database.withTenant(seen.tenantId, (tx) =>
        this.grants.takeRefreshLease(tx, seen.id, { version: seen.version, lease, until }),
      );
      if (isLeader) return this.#refresh(seen, lease);
      const current = await this.#read(seen.tenantId, seen.id);
      if (current.version !== seen.version) return current;
      if (this.clock.now() > giveUpAt)
        throw new ProviderError('unavailable', 'another process is still renewing the access', { reason: 'refresh-lease' });
      await this.timers.wait(POLL_MS + this.chance.upTo(POLL_MS));
    }
  }

  async #refresh(grant: LiveGrant, lease: Uuid): Promise<LiveGrant> {
    const provider = this.#provider(grant.provider);
    if (grant.tokens.refreshToken === null) {
      await this.#release(grant, lease);
      throw new ProviderError('unauthorized', 'the grant has no refresh token', { reason: 'no-refresh-token' });
    }
    try {
      const tokens = await provider.auth.refresh(grant.tokens.refreshToken, {
        fetch: this.outbound.fetchFor(`${provider.id} token`),
        now: () => this.clock.now(),
      });
      const isStored = await this.database.withTenant(grant.tenantId, async (tx) => {
        const stored = await this.grants.storeRefreshed(tx, grant, { tokens, lease });
        if (stored && tokens.scopes.length > 0) await this.#noteMissing(tx, { grant, provider, granted: tokens.scopes });
        return stored;
      });
      if (!isStored) return await this.#read(grant.tenantId, grant.id);
      return {
        ...grant,
        tokens: { accessToken: tokens.accessToken, refreshToken: tokens.refreshToken ?? grant.tokens.refreshToken },
        accessExpiresAt: tokens.expiresAt,
        version: grant.version + 1,
      };
    } catch (error) {
      await this.#release(grant, lease);
      // A new consent that came while the old grant was refused: that one holds.
      const current = isRefusal(error) ? await this.#read(grant.tenantId, grant.id) : grant;
      if (current.version !== grant.version) return current;
      throw error;
    }
  }

  /** A person can take permissions back later on; the connections say so from the next renewal on. */
  async #noteMissing(
    tx: Transaction,
    { grant, provider, granted }: { grant: LiveGrant; provider: CalendarProvider; granted: readonly string[] },
  ): Promise<void> {
    for (const { id, accessProfile, missingScopes } of await this.connections.listOfGrant(tx, grant.id)) {
      const missing = provider.auth.missing(accessProfile, granted);
      if (!isDeepStrictEqual(missing, missingScopes)) await this.connections.update(tx, id, { missingScopes: missing });
    }
  }

  #lasts({ accessExpiresAt }: LiveGrant, ms: number): boolean {
    return accessExpiresAt !== null && accessExpiresAt - ms > this.clock.now();
  }

  async #release(grant: LiveGrant, lease: Uuid): Promise<void> {
    await this.database.withTenant(grant.tenantId, (tx) =>
      this.grants.releaseLease(tx, grant.id, lease, addMilliseconds(this.clock.now(), 60_000)),
    );
  }

  async #read(tenantId: Uuid, grantId: Uuid): Promise<LiveGrant> {
    const grant = await this.#find(tenantId, grantId);
    if (grant === null) throw new ProviderError('unauthorized', 'the access was given back', { reason: 'no-tokens' });
    return grant;
  }

  /** A missing key is the operator's to put back, and is waited for; tokens that were changed concern this grant only. */
  async #find(tenantId: Uuid, grantId: Uuid): Promise<LiveGrant | null> {
    try {
      return await this.database.withTenant(tenantId, (tx) => this.grants.findLive(tx, grantId));
    } catch (error) {
      if (error instanceof MissingKeyError)
        throw new ProviderError(
          'unavailable',
          `The stored access is sealed with the key '${error.keyId}', which this installation does not have.`,
          {
            reason: 'key-missing',
            problem: 'encryption-key-missing',
            cause: error,
          },
        );
      if (!(error instanceof UnsealError)) throw error;
      throw new ProviderError('forbidden', 'the stored access cannot be opened with the keys of this installation', {
        reason: 'tokens-unreadable',
        problem: 'reauthorization-required',
        cause: error,
      });
    }
  }

  #provider(id: string): CalendarProvider {
    const provider = this.registry.find(id);
    if (provider === null) throw new DomainError('provider-not-configured', `the provider '${id}' is not configured here`);
    return provider;
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof ProviderError && error.code === 'unauthorized';
}
