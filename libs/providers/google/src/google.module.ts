import { ProviderRegistry } from '@daymark/provider-contract';
import { ConfigurableModuleBuilder, Inject, Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import type { GoogleOptions } from './google-options.ts';
import { GOOGLE_ID, GoogleProvider } from './google.provider.ts';

const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } = new ConfigurableModuleBuilder<GoogleOptions | null>({
  moduleName: 'GoogleProvider',
}).build();

/** Puts Google into the host's registry; with `null` for options it is only named there as not configured. */
@Module({})
export class GoogleProviderModule extends ConfigurableModuleClass {
  /** Nest's own type does not let `null` through. */
  static override register(options: GoogleOptions | null): DynamicModule {
    return { module: GoogleProviderModule, providers: [{ provide: MODULE_OPTIONS_TOKEN, useValue: options }] };
  }

  constructor(@Inject(MODULE_OPTIONS_TOKEN) options: GoogleOptions | null, @Inject(ProviderRegistry) registry: ProviderRegistry) {
    super();
    if (options === null) {
      registry.registerUnconfigured({
        id: GOOGLE_ID,
        name: 'Google Calendar',
        reason: 'The client id and the client secret of a Google Cloud project are not set.',
      });
    } else {
      registry.register(new GoogleProvider(options));
    }
  }
}
