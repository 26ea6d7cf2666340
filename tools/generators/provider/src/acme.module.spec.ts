import 'reflect-metadata';
import { Secret } from '@daymark/domain';
import { ProviderRegistry } from '@daymark/provider-contract';
import { Global, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { describe, expect, it } from 'vitest';
import { AcmeProvider, AcmeProviderModule } from './index.ts';
import type { AcmeOptions } from './index.ts';

@Global()
@Module({ providers: [ProviderRegistry], exports: [ProviderRegistry] })
class HostModule {}

const options: AcmeOptions = {
  clientId: 'c',
  clientSecrets: [new Secret('s')],
  authorizeUrl: 'https://calendar.example/authorize',
  tokenUrl: 'https://calendar.example/token',
  apiUrl: 'https://calendar.example/',
};

async function registryWith(given: AcmeOptions | null): Promise<ProviderRegistry> {
  const module = await Test.createTestingModule({ imports: [HostModule, AcmeProviderModule.register(given)] }).compile();
  const registry = module.get(ProviderRegistry);
  await module.close();
  return registry;
}

describe('the module', () => {
  it('offers Acme Calendar when it is configured', async () => {
    expect((await registryWith(options)).find('acme')).toBeInstanceOf(AcmeProvider);
  });

  it('names it as not configured without options', async () => {
    const registry = await registryWith(null);
    expect(registry.find('acme')).toBeNull();
    expect(registry.listUnconfigured()).toMatchObject([{ id: 'acme', reason: expect.stringContaining('client secret') }]);
  });
});

describe('the address of consent', () => {
  it('carries what the host has to recognise, and no secret', () => {
    const { auth } = new AcmeProvider(options);
    const request = { redirectUri: 'https://cal.example/back', state: 'a state', codeChallenge: 'challenge', profile: 'read' } as const;
    const url = new URL(auth.authorizeUrl(request));
    expect(url.origin + url.pathname).toBe('https://calendar.example/authorize');
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      client_id: 'c',
      redirect_uri: 'https://cal.example/back',
      response_type: 'code',
      state: 'a state',
      code_challenge: 'challenge',
      code_challenge_method: 'S256',
    });
  });
});
