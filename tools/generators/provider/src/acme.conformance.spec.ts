import { describeCalendarProvider } from '@daymark/provider-contract/testing';
import { openAcmeWorld } from './testing/acme-world.ts';

await describeCalendarProvider({ name: 'acme', openWorld: openAcmeWorld });
