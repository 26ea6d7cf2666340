export { AcmeProviderModule } from './acme.module.ts';
export type { AcmeOptions } from './acme-options.ts';
export { AcmeProvider } from './acme.provider.ts';
