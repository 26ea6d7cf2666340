export type { OutlookOptions, OutlookUrls } from './outlook-options.ts';
