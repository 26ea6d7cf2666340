import { Inject, Injectable } from '@nestjs/common';
import type { SetupAuthorization, SetupInvitation } from '@daymark/api-contract';
import { DomainError, formatInstant, type Secret, type Uuid } from '@daymark/domain';
import { ProviderRegistry, type CalendarProvider } from '@daymark/provider-contract';
import { Audit } from '../audit/audit.ts';
import { CONFIGURATION, type Configuration } from '../config/config.ts';
import { ConsentedAccounts } from '../connections/consented-accounts.ts';
import { OAuthStatesRepository } from '../connections/oauth-states.repository.ts';
import { PendingConnections } from '../connections/pending-connections.ts';
import { connectRedirectUri } from '../connections/redirect-uri.ts';
import { Database, type Transaction } from '../database/database.ts';
import { TenantSettings } from '../identity/tenant-settings.ts';
import type { SetupLink } from './setup-link.ts';
import { SetupLinksRepository } from './setup-links.repository.ts';
import { SetupLinkTokens } from './setup-link-tokens.ts';
import { SetupVisitors } from './setup-visitors.ts';

/** What the holder of a setup link may do: see what is asked, and go to a provider to agree. */
@Injectable()
export class SetupVisits {
  constructor(
    private readonly tokens: SetupLinkTokens,
    private readonly links: SetupLinksRepository,
    private readonly visitors: SetupVisitors,
    private readonly settings: TenantSettings,
    private readonly registry: ProviderRegistry,
    @Inject(CONFIGURATION) private readonly configuration: Configuration,
    private readonly consented: ConsentedAccounts,
    private readonly pending: PendingConnections,
    private readonly states: OAuthStatesRepository,
    private readonly database: Database,
    private readonly audit: Audit,
  ) {}

  /** @throws DomainError `setup-link-unknown`, `setup-link-ended`, `tenant-suspended` */
  async open(token: Secret): Promise<SetupInvitation> {
    const { tenantId, setupLinkId } = await this.tokens.find(token);
    return this.database.withTenant(tenantId, async (tx) => {
      const link = await this.links.lockOpen(tx, setupLinkId);
      await this.links.markOpened(tx, setupLinkId);
      const { branding, time_zone } = await this.settings.get(tx);
      const { name, color, logo_url, privacy_url, support_email } = branding;
      return {
        organisation: { name, color, logo_url, privacy_url, support_email },
        person: { name: link.name, email: link.email },
        access_profile: link.accessProfile,
        time_zone: link.zone ?? time_zone,
        expires_at: formatInstant(link.expiresAt),
        providers: this.#offered(link).map((provider) => offerOf(provider, link.accessProfile)),
      };
    });
  }

  /**
   * Where the holder agrees; what comes back has to come through the same browser, see {@link SetupVisitors}. The
   * connection is there from now on, as pending. @throws DomainError as {@link open}, `provider-not-configured`, `connection-limit`
   */
  async authorize(token: Secret, providerId: string): Promise<SetupAuthorization> {
    const { tenantId, setupLinkId } = await this.tokens.find(token);
    return this.database.withTenant(tenantId, async (tx) => {
      const link = await this.links.lockOpen(tx, setupLinkId);
      const provider = this.#offered(link).find(({ id }) => id === providerId);
      if (provider === undefined) throw new DomainError('provider-not-configured', 'This link does not lead to that provider.');
      const limit = await this.consented.limitReached(tx, { userId: link.userId, provider: provider.id });
      if (limit !== null) throw limit;
      const connectionId = await this.#wait(tx, link, provider.id);
      return this.#addressFor(tx, { link, provider, connectionId });
    });
  }

  /** The link's connection, which waits for this provider from now on. */
  async #wait(tx: Transaction, link: SetupLink, provider: string): Promise<Uuid> {
    const { tenantId, userId, accessProfile } = link;
    const actor = { tenantId, platform: true } as const;
    const known = link.connectionId;
    const connectionId = known ?? (await this.pending.begin(tx, { tenantId, userId, provider, accessProfile }));
    if (known === null) await this.links.waitWith(tx, link.id, connectionId);
    else await this.pending.change(tx, known, { provider, accessProfile });
    await this.audit.record(tx, actor, {
      action: 'setup_link.consent_begun',
      subject: { kind: 'setup_link', id: link.id },
      aboutUserId: userId,
      after: { provider },
    });
    return connectionId;
  }

  async #addressFor(
    tx: Transaction,
    { link, provider, connectionId }: { link: SetupLink; provider: CalendarProvider; connectionId: Uuid },
  ): Promise<SetupAuthorization> {
    const { accessProfile } = link;
    const made = await this.states.create(tx, {
      tenantId: link.tenantId,
      provider: provider.id,
      purpose: 'connect',
      boundTo: this.visitors.bindingOf(link.id),
      details: {
        userId: link.userId,
        accessProfile,
        connectionId,
        returnUrl: link.returnUrl ?? this.visitors.endPage,
        requestedBy: link.requestedBy,
        setupLinkId: link.id,
      },
    });
    const address = provider.auth.authorizeUrl({
      redirectUri: connectRedirectUri(this.configuration.publicUrl, provider.id),
      state: made.state,
      codeChallenge: made.codeChallenge,
      profile: accessProfile,
      loginHint: link.email,
    });
    return { provider: provider.id, authorize_url: address, expires_at: formatInstant(made.expiresAt) };
  }

  #offered({ provider }: SetupLink): readonly CalendarProvider[] {
    return this.registry.list().filter(({ id }) => provider === null || id === provider);
  }
}

function offerOf({ id, manifest }: CalendarProvider, profile: SetupLink['accessProfile']): SetupInvitation['providers'][number] {
  const { description, scopes } = manifest.profiles[profile];
  return {
    id,
    name: manifest.name,
    color: { ...manifest.color },
    icon: manifest.icon,
    description,
    scopes: scopes.map((scope) => ({ ...scope })),
  };
}
