import { Inject, Injectable } from '@nestjs/common';
import type { ProblemCode, Uuid } from '@daymark/domain';
import { ProviderRegistry } from '@daymark/provider-contract';
import { isLoopback } from '../config/client-settings.ts';
import { CONFIGURATION, type Configuration } from '../config/config.ts';

/** Why no notices come for any connection of a provider. */
export type PushRefusal = Extract<ProblemCode, 'push-not-offered' | 'push-unreachable'>;

/** Which services can tell this installation of changes, and where. */
@Injectable()
export class PushOffer {
  readonly #isReachable: boolean;

  constructor(
    private readonly registry: ProviderRegistry,
    @Inject(CONFIGURATION) private readonly configuration: Configuration,
  ) {
    this.#isReachable = isReachable(configuration);
  }

  /** Null when notices of the provider can come. */
  refusal(providerId: string): PushRefusal | null {
    const provider = this.registry.find(providerId);
    if (provider?.push === undefined || !provider.capabilities.includes('push')) return 'push-not-offered';
    return this.#isReachable ? null : 'push-unreachable';
  }

  /** Providers without a refusal. */
  providers(): string[] {
    return this.registry
      .list()
      .map(({ id }) => id)
      .filter((id) => this.refusal(id) === null);
  }

  address(providerId: string, channelId: Uuid): string {
    return `${this.configuration.publicUrl}/ingress/${providerId}/${channelId}`;
  }
}

/** Services call https addresses of the internet; the sandbox of a demo is on this machine. */
function isReachable({ publicUrl, mode, sandbox }: Configuration): boolean {
  if (publicUrl.startsWith('https:')) return !isLoopback(publicUrl);
  return mode === 'demo' && sandbox !== null;
}
