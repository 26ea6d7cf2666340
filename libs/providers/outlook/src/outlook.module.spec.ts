import 'reflect-metadata';
import { Secret } from '@daymark/domain';
import { ProviderRegistry } from '@daymark/provider-contract';
import { Global, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { describe, expect, it } from 'vitest';
import { OutlookProvider, OutlookProviderModule } from './index.ts';
import type { OutlookOptions } from './index.ts';

@Global()
@Module({ providers: [ProviderRegistry], exports: [ProviderRegistry] })
class HostModule {}

async function registryWith(options: OutlookOptions | null, composed = OutlookProviderModule.register(options)): Promise<ProviderRegistry> {
  const module = await Test.createTestingModule({ imports: [HostModule, composed] }).compile();
  const registry = module.get(ProviderRegistry);
  await module.close();
  return registry;
}

describe('the module', () => {
  it('offers Outlook when it is configured', async () => {
    const registry = await registryWith({ clientId: 'c', clientSecrets: [new Secret('s')] });
    expect(registry.find('outlook')).toBeInstanceOf(OutlookProvider);
    expect(registry.listUnconfigured()).toEqual([]);
  });

  it('takes its options from a factory, also when there are none', async () => {
    const later = (options: OutlookOptions | null) =>
      registryWith(options, OutlookProviderModule.registerAsync({ useFactory: () => options }));
    expect((await later({ clientId: 'c', clientSecrets: [new Secret('s')] })).list()).toHaveLength(1);
    expect((await later(null)).listUnconfigured()).toHaveLength(1);
  });

  it('names Outlook as not configured without options', async () => {
    const registry = await registryWith(null);
    expect(registry.find('outlook')).toBeNull();
    expect(registry.listUnconfigured()).toMatchObject([{ id: 'outlook', reason: expect.stringContaining('client secret') }]);
  });
});
