import { Inject, Injectable } from '@nestjs/common';
import type { ProviderCheck, ProviderConfig, Provider as ProviderView } from '@daymark/api-contract';
import { accessProfiles, Clock, DomainError, formatInstant } from '@daymark/domain';
import { ProviderRegistry, type CalendarProvider, type UnconfiguredProvider } from '@daymark/provider-contract';
import { CONFIGURATION, type Configuration } from '../config/config.ts';
import type { Page } from '../http/page-cursors.ts';
import { OutboundHttp } from '../outbound/outbound-http.ts';
import { explainedSteps } from './provider-check.ts';
import { connectRedirectUri } from './redirect-uri.ts';

/** The calendar services of this installation, as their manifests tell; nothing here knows one by name. */
@Injectable()
export class ProvidersService {
  constructor(
    private readonly registry: ProviderRegistry,
    private readonly outbound: OutboundHttp,
    private readonly clock: Clock,
    @Inject(CONFIGURATION) private readonly configuration: Configuration,
  ) {}

  list(): Page<ProviderView> {
    const data = [
      ...this.registry.list().map((one) => this.#configured(one)),
      ...this.registry.listUnconfigured().map((one) => this.#unconfigured(one)),
    ];
    return { data, next_cursor: null, has_more: false };
  }

  config(id: string): ProviderConfig {
    const { configured, reason, client_id, profiles, redirect_uri, sign_in } = this.#view(id);
    const scopes = profiles.flatMap((profile) => profile.scopes.map(({ scope }) => scope));
    return {
      provider: id,
      configured,
      reason,
      source: 'environment',
      client_id,
      // A provider without one is not configured.
      has_client_secret: configured,
      redirect_uris: [redirect_uri, ...(sign_in === null ? [] : [sign_in.redirect_uri])],
      scopes: [...new Set(scopes)],
    };
  }

  /** Asks the service about our registration. @throws DomainError `not-found`, `provider-not-configured` */
  async check(id: string): Promise<ProviderCheck> {
    const { redirect_uri, reason } = this.#view(id);
    const provider = this.registry.find(id);
    if (provider === null) throw new DomainError('provider-not-configured', reason ?? 'It is not set up.');
    const ports = { fetch: this.outbound.fetchFor(`${id} check`), now: () => this.clock.now() };
    const steps = explainedSteps(await provider.auth.checkClient(redirect_uri, ports), redirect_uri);
    const failed = steps.find(({ outcome }) => outcome === 'failed');
    return {
      provider: id,
      ok: failed === undefined,
      failed_step: failed?.step ?? null,
      redirect_uri,
      steps,
      checked_at: formatInstant(this.clock.now()),
    };
  }

  #view(id: string): ProviderView {
    const known = this.list().data.find((one) => one.id === id);
    if (known === undefined) throw new DomainError('not-found', 'There is no provider with this id.');
    return known;
  }

  #configured(provider: CalendarProvider): ProviderView {
    const { id, manifest, capabilities, signIn } = provider;
    return {
      id,
      name: manifest.name,
      configured: true,
      reason: null,
      client_id: clientIdOf(provider),
      color: { ...manifest.color },
      icon: manifest.icon,
      capabilities: [...capabilities],
      profiles: accessProfiles.map((profile) => ({
        id: profile,
        description: manifest.profiles[profile].description,
        scopes: manifest.profiles[profile].scopes.map((scope) => ({ ...scope })),
      })),
      conference: manifest.conference === null ? null : { ...manifest.conference },
      keeps_fields: [...manifest.keepsFields],
      redirect_uri: connectRedirectUri(this.configuration.publicUrl, id),
      sign_in: signIn === undefined ? null : { label: signIn.label, redirect_uri: `${this.configuration.publicUrl}/auth/${id}/callback` },
      documentation: manifest.documentation,
    };
  }

  #unconfigured({ id, name, reason }: UnconfiguredProvider): ProviderView {
    return {
      id,
      name,
      configured: false,
      reason,
      client_id: null,
      color: { light: '#5f6b7a', dark: '#a9b4c2' },
      icon: '',
      capabilities: [],
      profiles: [],
      conference: null,
      keeps_fields: [],
      redirect_uri: connectRedirectUri(this.configuration.publicUrl, id),
      sign_in: null,
      documentation: '',
    };
  }
}

/** As it stands in every address of consent, by this name: RFC 6749 §4.1.1. */
function clientIdOf({ auth }: CalendarProvider): string | null {
  const address = auth.authorizeUrl({ redirectUri: 'https://unused.invalid/', state: '', codeChallenge: '', profile: 'free_busy' });
  return new URL(address).searchParams.get('client_id');
}
