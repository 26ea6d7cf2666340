import type { OpenWorld } from '@daymark/provider-contract/testing';

/**
 * Acme Calendar as the conformance kit sees it. Begins with a simulator in `tools/sandbox/src/acme`, and then is a `ProviderWorld`
 * in three parts beside this file: what people do there (`acme-world-acts.ts`), what it really holds (`acme-world-holds.ts`, mapped
 * without the provider's own code), and what goes wrong (`acme-world-faults.ts`).
 */
export const openAcmeWorld: OpenWorld = () =>
  Promise.resolve({ toWrite: 'there is no simulator of Acme Calendar yet; src/testing/acme-world.ts says where it begins' });
