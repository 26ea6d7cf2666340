import { describeCalendarProvider } from '@daymark/provider-contract/testing';
import { openGoogleWorld } from './testing/google-world.ts';

await describeCalendarProvider({ name: 'google', openWorld: openGoogleWorld });
