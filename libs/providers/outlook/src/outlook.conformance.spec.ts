import { describeCalendarProvider } from '@daymark/provider-contract/testing';
import { openOutlookWorld } from './testing/outlook-world.ts';

await describeCalendarProvider({ name: 'outlook', openWorld: openOutlookWorld });
