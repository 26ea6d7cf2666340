export { describeCalendarProvider } from './testing/describe-calendar-provider.ts';
export type { ConformanceOptions } from './testing/describe-calendar-provider.ts';
export type {
  HeldEvent,
  HeldTime,
  Occasion,
  OpenWorld,
  ProviderWorld,
  Seed,
  SeenTime,
  ServiceFacts,
  WorldActs,
  WorldHolds,
  WorldPerson,
  WorldToWrite,
} from './testing/provider-world.ts';
export type { HeldChannel, LifeOfChannel, WorldPush } from './testing/world-push.ts';
export type { ContractCall, Fault, FaultReach, PageShape, WorldFaults } from './testing/world-faults.ts';
