import { ProviderRegistry } from '@daymark/provider-contract';
import { ConfigurableModuleBuilder, Inject, Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { outlookManifest } from './outlook-manifest.ts';
import type { OutlookOptions } from './outlook-options.ts';
import { OUTLOOK_ID, OutlookProvider } from './outlook.provider.ts';

const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } = new ConfigurableModuleBuilder<OutlookOptions | null>({
  moduleName: 'OutlookProvider',
}).build();

/** Puts Outlook into the host's registry; with `null` for options it is only named there as not configured. */
@Module({})
export class OutlookProviderModule extends ConfigurableModuleClass {
  /** Nest's own type does not let `null` through. */
  static override register(options: OutlookOptions | null): DynamicModule {
    return { module: OutlookProviderModule, providers: [{ provide: MODULE_OPTIONS_TOKEN, useValue: options }] };
  }

  constructor(@Inject(MODULE_OPTIONS_TOKEN) options: OutlookOptions | null, @Inject(ProviderRegistry) registry: ProviderRegistry) {
    super();
    if (options === null) {
      registry.registerUnconfigured({
        id: OUTLOOK_ID,
        name: outlookManifest.name,
        reason: 'The client id and the client secret of a Microsoft Entra app registration are not set.',
      });
    } else {
      registry.register(new OutlookProvider(options));
    }
  }
}
