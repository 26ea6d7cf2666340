export { GoogleProviderModule } from './google.module.ts';
export type { GoogleOptions, GoogleUrls } from './google-options.ts';
export { GoogleProvider } from './google.provider.ts';
