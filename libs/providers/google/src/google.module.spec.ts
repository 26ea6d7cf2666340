import 'reflect-metadata';
import { Secret } from '@daymark/domain';
import { ProviderRegistry } from '@daymark/provider-contract';
import { Global, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { describe, expect, it } from 'vitest';
import { GoogleProvider, GoogleProviderModule } from './index.ts';
import type { GoogleOptions } from './index.ts';

@Global()
@Module({ providers: [ProviderRegistry], exports: [ProviderRegistry] })
class HostModule {}

async function registryWith(options: GoogleOptions | null, composed = GoogleProviderModule.register(options)): Promise<ProviderRegistry> {
  const module = await Test.createTestingModule({ imports: [HostModule, composed] }).compile();
  const registry = module.get(ProviderRegistry);
  await module.close();
  return registry;
}

describe('the module', () => {
  it('offers Google when it is configured', async () => {
    const registry = await registryWith({ clientId: 'c', clientSecrets: [new Secret('s')] });
    expect(registry.find('google')).toBeInstanceOf(GoogleProvider);
    expect(registry.listUnconfigured()).toEqual([]);
  });

  it('takes its options from a factory, also when there are none', async () => {
    const later = (options: GoogleOptions | null) =>
      registryWith(options, GoogleProviderModule.registerAsync({ useFactory: () => options }));
    expect((await later({ clientId: 'c', clientSecrets: [new Secret('s')] })).list()).toHaveLength(1);
    expect((await later(null)).listUnconfigured()).toHaveLength(1);
  });

  it('names Google as not configured without options', async () => {
    const registry = await registryWith(null);
    expect(registry.find('google')).toBeNull();
    expect(registry.listUnconfigured()).toMatchObject([{ id: 'google', reason: expect.stringContaining('client secret') }]);
  });
});
