import { Inject, Injectable } from '@nestjs/common';
import type { Authorization, operations, ResponseOf } from '@daymark/api-contract';
import { Clock, DomainError, formatInstant, parseId, type AccessProfileName, type Secret, type Uuid } from '@daymark/domain';
import { ProviderError, ProviderRegistry, type CalendarProvider, type RemoteAccount, type TokenSet } from '@daymark/provider-contract';
import { Audit } from '../audit/audit.ts';
import { CONFIGURATION, type Configuration } from '../config/config.ts';
import { Database, type Transaction } from '../database/database.ts';
import { seesWholeTenant, type Caller } from '../http/caller.ts';
import { Writes, type Answer } from '../http/writes.ts';
import { OutboundHttp } from '../outbound/outbound-http.ts';
import { SetupLinksRepository } from '../setup-links/setup-links.repository.ts';
import type { Connection } from './connection.ts';
import { ConsentedAccounts } from './consented-accounts.ts';
import { OAuthStatesRepository, StateRefusedError, type UsedState } from './oauth-states.repository.ts';
import { problemOf } from './provider-problem.ts';
import { connectRedirectUri } from './redirect-uri.ts';

export interface AuthorizationAsked {
  readonly provider: string;
  readonly accessProfile: AccessProfileName;
  readonly userId?: string;
  readonly loginHint?: string;
  readonly returnUrl?: string;
}

type Authorizations = ResponseOf<typeof operations.authorizeConnection>;

export interface Connected {
  readonly tenantId: Uuid;
  readonly connectionId: Uuid;
  readonly returnUrl: string | null;
}

/** From "connect" to a connection: sends people to the provider with a state and turns the code that comes back into a grant. */
@Injectable()
export class AuthorizationService {
  constructor(
    @Inject(CONFIGURATION) private readonly configuration: Configuration,
    private readonly registry: ProviderRegistry,
    private readonly database: Database,
    private readonly writes: Writes,
    private readonly states: OAuthStatesRepository,
    private readonly consented: ConsentedAccounts,
    private readonly outbound: OutboundHttp,
    private readonly setupLinks: SetupLinksRepository,
    private readonly audit: Audit,
    private readonly clock: Clock,
  ) {}

  redirectUri(provider: string): string {
    return connectRedirectUri(this.configuration.publicUrl, provider);
  }

  /** One URL, or with `*` one for every configured provider. */
  async authorize(caller: Caller, asked: AuthorizationAsked): Promise<Answer<Authorizations>> {
    const providers = asked.provider === '*' ? this.registry.list() : [this.#provider(asked.provider)];
    const userId = this.#userOf(caller, asked.userId);
    this.requireAllowedReturn(asked.returnUrl);
    return this.writes.run(caller, async (tx) => {
      await this.#requireUser(tx, userId);
      const data: Authorization[] = [];
      const skipped = asked.provider === '*' ? this.registry.listUnconfigured().map(({ id, reason }) => ({ provider: id, reason })) : [];
      for (const provider of providers) {
        const limit = await this.consented.limitReached(tx, { userId, provider: provider.id });
        if (limit === null) data.push(await this.#url(tx, { caller, provider, userId, asked, connection: null }));
        else if (asked.provider === '*') skipped.push({ provider: provider.id, reason: limit.detail });
        else throw limit;
      }
      return { data, skipped };
    });
  }

  /** The same connection, calendars and cursors, a new consent. */
  async reauthorize(
    caller: Caller,
    connection: Connection,
    asked: { accessProfile?: AccessProfileName; returnUrl?: string },
  ): Promise<Answer<Authorization>> {
    const provider = this.#provider(connection.provider);
    this.requireAllowedReturn(asked.returnUrl);
    return this.writes.run(caller, (tx) =>
      this.#url(tx, {
        caller,
        provider,
        userId: connection.userId,
        connection,
        asked: {
          provider: provider.id,
          accessProfile: asked.accessProfile ?? connection.accessProfile,
          loginHint: connection.accountEmail ?? undefined,
          returnUrl: asked.returnUrl,
        },
      }),
    );
  }

  /**
   * Ends an authorization with the code. What the state is bound to has to be among `bindings`; a state
   * made for another session or key is refused before the code is exchanged.
   */
  async finish({
    state,
    code,
    provider,
    bindings,
  }: {
    state: string;
    code: string;
    provider: string | null;
    bindings: readonly Binding[];
  }): Promise<Connected> {
    const used = await this.#use(state);
    const isBound = bindings.some((binding) =>
      binding === 'any-api-key' ? used.boundTo.startsWith('api_key:') : binding === used.boundTo,
    );
    if (!isBound || (provider !== null && used.provider !== provider)) {
      await this.auditRefusal(used.tenantId, 'oauth-state-invalid');
      throw new DomainError('oauth-state-invalid', 'this authorization was begun elsewhere');
    }
    try {
      const service = this.#provider(used.provider);
      await this.#requireOpenLink(used);
      const { tokens, account } = await this.#exchange(service, { code, verifier: used.verifier });
      const connectionId = await this.database.withTenant(used.tenantId, (tx) =>
        this.consented.store(tx, { used, service, tokens, account }),
      );
      return { tenantId: used.tenantId, connectionId, returnUrl: used.details.returnUrl };
    } catch (error) {
      await this.auditRefusal(used.tenantId, problemOf(error).code);
      throw error;
    }
  }

  /** Before a code is exchanged, so that nothing is fetched for a link that was taken back meanwhile. */
  async #requireOpenLink({ tenantId, details: { setupLinkId } }: UsedState): Promise<void> {
    if (setupLinkId !== undefined) await this.database.withTenant(tenantId, (tx) => this.setupLinks.lockOpen(tx, setupLinkId));
  }

  async #exchange(
    service: CalendarProvider,
    { code, verifier }: { code: string; verifier: Secret },
  ): Promise<{ readonly tokens: TokenSet; readonly account: RemoteAccount }> {
    try {
      return await service.auth.exchangeCode(
        { code, redirectUri: this.redirectUri(service.id), codeVerifier: verifier.reveal() },
        { fetch: this.outbound.fetchFor(`${service.id} token`), now: () => this.clock.now() },
      );
    } catch (error) {
      if (!(error instanceof ProviderError) || error.code !== 'unauthorized') throw error;
      throw new DomainError('oauth-denied', 'the provider does not accept the code that came back', {}, { cause: error });
    }
  }

  /** The person said no, or the service did: the state is used up, the audit tells. */
  async refuse(state: string, reason: string): Promise<{ readonly returnUrl: string | null }> {
    const used = await this.#use(state);
    await this.auditRefusal(used.tenantId, reason);
    return { returnUrl: used.details.returnUrl };
  }

  async #url(
    tx: Transaction,
    {
      caller,
      provider,
      userId,
      asked,
      connection,
    }: { caller: Caller; provider: CalendarProvider; userId: Uuid; asked: AuthorizationAsked; connection: Connection | null },
  ): Promise<Authorization> {
    const made = await this.states.create(tx, {
      tenantId: caller.tenantId,
      provider: provider.id,
      purpose: connection === null ? 'connect' : 'reauthorize',
      boundTo: bindingOf(caller),
      details: {
        userId,
        accessProfile: asked.accessProfile,
        connectionId: connection?.id ?? null,
        returnUrl: asked.returnUrl ?? null,
        requestedBy: { ...caller.credential, userId: caller.userId, requestId: caller.requestId },
      },
    });
    const authorizeUrl = provider.auth.authorizeUrl({
      redirectUri: this.redirectUri(provider.id),
      state: made.state,
      codeChallenge: made.codeChallenge,
      profile: asked.accessProfile,
      loginHint: asked.loginHint,
    });
    return { provider: provider.id, authorize_url: authorizeUrl, expires_at: formatInstant(made.expiresAt), state: made.state };
  }

  async #use(state: string): Promise<UsedState> {
    try {
      return await this.states.use(state);
    } catch (error) {
      if (error instanceof StateRefusedError) await this.auditRefusal(error.tenantId, error.code);
      throw error;
    }
  }

  /** A way back that was refused: who tried is not known, what and why is. */
  async auditRefusal(tenantId: Uuid, reason: string): Promise<void> {
    await this.database.withTenant(tenantId, (tx) =>
      this.audit.record(
        tx,
        { tenantId, platform: true },
        { action: 'connection.authorization_refused', subject: { kind: 'connection', id: null }, outcome: 'refused', after: { reason } },
      ),
    );
  }

  async #requireUser(tx: Transaction, userId: Uuid): Promise<void> {
    const rows = await tx.query<unknown[]>(`SELECT id FROM users WHERE id = $1 AND removed_at IS NULL`, [userId]);
    if (rows.length === 0) throw new DomainError('not-found', 'there is no such user');
  }

  #userOf(caller: Caller, asked: string | undefined): Uuid {
    const userId = asked === undefined ? caller.userId : parseId('user', asked);
    if (userId === null)
      throw new DomainError('validation-failed', 'say whose connection it will be', {
        errors: [{ pointer: '/user_id', message: 'is needed: this key belongs to no user' }],
      });
    if (userId !== caller.userId && !seesWholeTenant(caller)) throw new DomainError('not-found', 'there is no such user');
    return userId;
  }

  /** @throws DomainError for an address of somebody else. */
  requireAllowedReturn(returnUrl: string | undefined): void {
    if (returnUrl === undefined) return;
    const allowed = [new URL(this.configuration.publicUrl).origin, ...this.configuration.corsOrigins];
    if (!allowed.includes(new URL(returnUrl).origin)) {
      throw new DomainError('validation-failed', 'the browser may not be sent there', {
        errors: [{ pointer: '/return_url', message: 'does not belong to an allowed origin' }],
      });
    }
  }

  #provider(id: string): CalendarProvider {
    const provider = this.registry.find(id);
    if (provider === null) {
      const reason = this.registry.listUnconfigured().find((one) => one.id === id)?.reason;
      throw new DomainError('provider-not-configured', reason ?? `there is no provider '${id}' here`);
    }
    return provider;
  }
}

/** Who begins an authorization. A key's states may come back through any browser: they are the key's to hand out. */
export type Binding = `session:${string}` | `api_key:${string}` | `setup_link:${string}` | 'any-api-key';

export function bindingOf(caller: Pick<Caller, 'credential'>): Binding {
  return `${caller.credential.kind}:${caller.credential.id}`;
}
