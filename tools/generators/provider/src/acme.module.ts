import { ProviderRegistry } from '@daymark/provider-contract';
import { ConfigurableModuleBuilder, Inject, Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { acmeManifest } from './acme-manifest.ts';
import type { AcmeOptions } from './acme-options.ts';
import { ACME_ID, AcmeProvider } from './acme.provider.ts';

const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } = new ConfigurableModuleBuilder<AcmeOptions | null>({
  moduleName: 'AcmeProvider',
}).build();

/** Puts Acme Calendar into the host's registry; with `null` for options it is only named there as not configured. */
@Module({})
export class AcmeProviderModule extends ConfigurableModuleClass {
  /** Nest's own type does not let `null` through. */
  static override register(options: AcmeOptions | null): DynamicModule {
    return { module: AcmeProviderModule, providers: [{ provide: MODULE_OPTIONS_TOKEN, useValue: options }] };
  }

  constructor(@Inject(MODULE_OPTIONS_TOKEN) options: AcmeOptions | null, @Inject(ProviderRegistry) registry: ProviderRegistry) {
    super();
    if (options === null) {
      registry.registerUnconfigured({
        id: ACME_ID,
        name: acmeManifest.name,
        reason: `The client id, the client secret and the addresses of ${acmeManifest.name} are not set.`,
      });
    } else {
      registry.register(new AcmeProvider(options));
    }
  }
}
