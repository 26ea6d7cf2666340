import { Inject, Injectable } from '@nestjs/common';
import type { Authorization, operations, ResponseOf } from '@daymark/api-contract';
import { Clock, DomainError, formatInstant, parseId, type AccessProfileName, type Secret, type Uuid } from '@daymark/domain';
import {
  ProviderError,
  ProviderRegistry,
  type AuthorizationRefusal,
  type AuthorizationRequest,
  type CalendarProvider,
  type RemoteAccount,
  type TokenSet,
} from '@daymark/provider-contract';
import { Audit } from '../audit/audit.ts';
import { CONFIGURATION, type Configuration } from '../config/config.ts';
import { Database, type Transaction } from '../database/database.ts';
import { seesWholeTenant, type Caller } from '../http/caller.ts';
import { Writes, type Answer } from '../http/writes.ts';
import { OutboundHttp } from '../outbound/outbound-http.ts';
import { AdminConsent } from './admin-consent.ts';
import { SetupLinksRepository } from '../setup-links/setup-links.repository.ts';
import type { Connection } from './connection.ts';
import { ConsentedAccounts } from './consented-accounts.ts';
import { OAuthStatesRepository, StateRefusedError, type ConnectDetails, type UsedState } from './oauth-states.repository.ts';
import { problemOf } from './provider-problem.ts';
import { connectRedirectUri } from './redirect-uri.ts';

export interface AuthorizationAsked {
  readonly provider: string;
  readonly accessProfile: AccessProfileName;
  readonly userId?: string;
  readonly loginHint?: string;
  readonly returnUrl?: string;
  readonly directory?: string;
  /** What the service demanded when it refused the grant. */
  readonly claims?: string;
}

type Authorizations = ResponseOf<typeof operations.authorizeConnection>;

/** A refusal on the way back, and where an administrator can lift it. */
export interface Refused {
  readonly provider: string;
  readonly returnUrl: string | null;
  readonly meaning: ProviderError;
  readonly adminConsentUrl: string | null;
}

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
    private readonly approval: AdminConsent,
    private readonly outbound: OutboundHttp,
    private readonly setupLinks: SetupLinksRepository,
    private readonly audit: Audit,
    private readonly clock: Clock,
  ) {}

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
          claims: connection.lastError?.claims ?? undefined,
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
    const { verifier } = used;
    if (!isBound || verifier === null || (provider !== null && used.provider !== provider)) {
      await this.auditRefusal(used.tenantId, 'oauth-state-invalid');
      throw new DomainError('oauth-state-invalid', 'this authorization was begun elsewhere');
    }
    try {
      const service = this.#provider(used.provider);
      await this.#requireOpenLink(used);
      const { tokens, account } = await this.#exchange(service, { code, verifier, directory: used.details.directory });
      const connectionId = await this.database.withTenant(used.tenantId, (tx) =>
        this.consented.store(tx, { used, service, tokens, account }),
      );
      return { tenantId: used.tenantId, connectionId, returnUrl: used.details.returnUrl };
    } catch (error) {
      await this.auditRefusal(used.tenantId, problemOf(error).code);
      throw await this.approval.explain(error, used);
    }
  }

  /** Before a code is exchanged, so that nothing is fetched for a link that was taken back meanwhile. */
  async #requireOpenLink({ tenantId, details: { setupLinkId } }: UsedState): Promise<void> {
    if (setupLinkId !== undefined) await this.database.withTenant(tenantId, (tx) => this.setupLinks.lockOpen(tx, setupLinkId));
  }

  async #exchange(
    service: CalendarProvider,
    { code, verifier, directory }: { code: string; verifier: Secret; directory: string | undefined },
  ): Promise<{ readonly tokens: TokenSet; readonly account: RemoteAccount }> {
    try {
      return await service.auth.exchangeCode(
        { code, redirectUri: this.#redirectUri(service), codeVerifier: verifier.reveal(), directory },
        { fetch: this.outbound.fetchFor(`${service.id} token`), now: () => this.clock.now() },
      );
    } catch (error) {
      if (!(error instanceof ProviderError) || error.code !== 'unauthorized') throw error;
      throw new DomainError('oauth-denied', 'the provider does not accept the code that came back', {}, { cause: error });
    }
  }

  /** The person said no, or the service did: the state is used up, the audit tells, and the provider says what it means. */
  async refuse(state: string, refusal: AuthorizationRefusal): Promise<Refused> {
    const used = await this.#use(state);
    const meaning =
      this.registry.find(used.provider)?.auth.refusal(refusal) ??
      new ProviderError('forbidden', 'the provider is not configured here any more', { problem: 'provider-not-configured' });
    await this.auditRefusal(used.tenantId, meaning.reason ?? refusal.error);
    const adminConsentUrl = await this.approval.urlFor(meaning, used);
    return { provider: used.provider, returnUrl: used.details.returnUrl, meaning, adminConsentUrl };
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
    const tenantId = caller.tenantId;
    const boundTo = bindingOf(caller);
    const details: ConnectDetails = {
      userId,
      accessProfile: asked.accessProfile,
      connectionId: connection?.id ?? null,
      returnUrl: asked.returnUrl ?? null,
      directory: asked.directory,
      requestedBy: { ...caller.credential, userId: caller.userId, requestId: caller.requestId },
    };
    const purpose = connection === null ? 'connect' : 'reauthorize';
    const made = await this.states.create(tx, { tenantId, provider: provider.id, purpose, boundTo, details });
    const authorizeUrl = this.#addressOf(provider, {
      redirectUri: this.#redirectUri(provider),
      state: made.state,
      codeChallenge: made.codeChallenge,
      profile: asked.accessProfile,
      loginHint: asked.loginHint,
      directory: asked.directory,
      claims: asked.claims,
    });
    return {
      provider: provider.id,
      authorize_url: authorizeUrl,
      admin_consent_url: await this.approval.url(tx, provider, { tenantId, boundTo, details }),
      expires_at: formatInstant(made.expiresAt),
      state: made.state,
    };
  }

  #addressOf(provider: CalendarProvider, request: AuthorizationRequest): string {
    try {
      return provider.auth.authorizeUrl(request);
    } catch (error) {
      if (!(error instanceof ProviderError) || error.code !== 'invalid-request') throw error;
      throw new DomainError('validation-failed', 'this installation does not let in that directory', {
        errors: [{ pointer: '/directory', message: 'is not let in by the settings of the provider' }],
      });
    }
  }

  #redirectUri({ id }: CalendarProvider): string {
    return connectRedirectUri(this.configuration.publicUrl, id);
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
