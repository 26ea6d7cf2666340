import { Inject, Injectable } from '@nestjs/common';
import type { Provider as ProviderView } from '@daymark/api-contract';
import { accessProfiles } from '@daymark/domain';
import { ProviderRegistry, type CalendarProvider, type UnconfiguredProvider } from '@daymark/provider-contract';
import { CONFIGURATION, type Configuration } from '../config/config.ts';
import type { Page } from '../http/page-cursors.ts';
import { connectRedirectUri } from './redirect-uri.ts';

/** The calendar services of this installation, as their manifests tell; nothing here knows one by name. */
@Injectable()
export class ProvidersService {
  constructor(
    private readonly registry: ProviderRegistry,
    @Inject(CONFIGURATION) private readonly configuration: Configuration,
  ) {}

  list(): Page<ProviderView> {
    const data = [
      ...this.registry.list().map((one) => this.#configured(one)),
      ...this.registry.listUnconfigured().map((one) => this.#unconfigured(one)),
    ];
    return { data, next_cursor: null, has_more: false };
  }

  #configured({ id, manifest, capabilities, signIn }: CalendarProvider): ProviderView {
    return {
      id,
      name: manifest.name,
      configured: true,
      reason: null,
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
