import { Inject, Injectable } from '@nestjs/common';
import { DomainError, type Uuid } from '@daymark/domain';
import { ProviderError, ProviderRegistry, type CalendarProvider } from '@daymark/provider-contract';
import { Audit } from '../audit/audit.ts';
import { CONFIGURATION, type Configuration } from '../config/config.ts';
import { Database, type Transaction } from '../database/database.ts';
import { OAuthStatesRepository, StateRefusedError, type ConnectDetails, type UsedState } from './oauth-states.repository.ts';
import { problemOf } from './provider-problem.ts';
import { connectRedirectUri } from './redirect-uri.ts';

/** What an address for administrators is made for. */
export interface ApprovalAsked {
  readonly tenantId: Uuid;
  readonly boundTo: string;
  readonly details: ConnectDetails;
}

/** An administrator of an organisation approves the app for everybody in it, where the service has a page for that. */
@Injectable()
export class AdminConsent {
  constructor(
    @Inject(CONFIGURATION) private readonly configuration: Configuration,
    private readonly registry: ProviderRegistry,
    private readonly database: Database,
    private readonly states: OAuthStatesRepository,
    private readonly audit: Audit,
  ) {}

  /** The page, with a state of its own for the way back; null where the service has none. */
  async url(tx: Transaction, provider: CalendarProvider, { tenantId, boundTo, details }: ApprovalAsked): Promise<string | null> {
    if (provider.auth.adminConsentUrl === undefined) return null;
    const state = await this.states.createForAdmin(tx, { tenantId, provider: provider.id, boundTo, details });
    return provider.auth.adminConsentUrl({
      redirectUri: connectRedirectUri(this.configuration.publicUrl, provider.id),
      state,
      profile: details.accessProfile,
      directory: details.directory,
    });
  }

  /** Where a provider refused for want of approval: the page on which it is given. */
  async urlFor(error: unknown, used: UsedState): Promise<string | null> {
    const provider = this.registry.find(used.provider);
    if (provider === null || !(error instanceof ProviderError) || error.problem !== 'admin-consent-required') return null;
    return this.database.withTenant(used.tenantId, (tx) => this.url(tx, provider, used));
  }

  /** The same refusal, naming that page; other errors pass. */
  async explain(error: unknown, used: UsedState): Promise<unknown> {
    const url = await this.urlFor(error, used);
    if (url === null) return error;
    const { code, message, providerStatus, providerReason } = problemOf(error);
    return new DomainError(
      code,
      message,
      { provider: { name: used.provider, status: providerStatus, code: providerReason }, admin_consent_url: url },
      { cause: error },
    );
  }

  /**
   * The administrator's way back. What it says is not proof of anything, so it is written down and nothing follows from it. An
   * address may be used again, by a second administrator.
   * @throws DomainError when the state was never issued here, or for something else.
   */
  async approved(state: string): Promise<{ readonly returnUrl: string | null }> {
    try {
      const used = await this.states.use(state);
      if (used.purpose !== 'admin-consent') throw new DomainError('oauth-state-invalid', 'this authorization was begun for something else');
      await this.database.withTenant(used.tenantId, (tx) =>
        this.audit.record(
          tx,
          { tenantId: used.tenantId, platform: true },
          { action: 'connection.approval_reported', subject: { kind: 'connection', id: null }, after: { provider: used.provider } },
        ),
      );
      return { returnUrl: used.details.returnUrl };
    } catch (error) {
      if (error instanceof StateRefusedError) return { returnUrl: null };
      throw error;
    }
  }
}
