export { OutlookProviderModule } from './outlook.module.ts';
export type { OutlookOptions, OutlookUrls } from './outlook-options.ts';
export { OutlookProvider } from './outlook.provider.ts';
