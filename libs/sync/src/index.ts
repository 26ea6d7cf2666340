export { endOfRound } from './complete-set.ts';
export type { CompleteSet, Round } from './complete-set.ts';
export { BRAKE_LEAST, BRAKE_SHARE, brakes, countedSince } from './deletion-brake.ts';
export type { DeletionCount } from './deletion-brake.ts';
export { deriveSeries, occurrenceOf, originalKey } from './derive-occurrences.ts';
export type { Derived, DerivedOccurrence, MirroredEvent, MirroredSeries, OccurrenceTime } from './derive-occurrences.ts';
export { planPage } from './plan-page.ts';
export type { KnownEvent, PageChange, PagePlan } from './plan-page.ts';
