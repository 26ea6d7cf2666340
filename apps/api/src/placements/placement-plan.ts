import { differenceOf, type EventDifference } from '@daymark/provider-contract';
import type { Placement, Wanted } from './placement.ts';

/** What has to be called so that the calendar holds what is wanted. */
export type WritePlan =
  /** `correction`: what an event lacks that an earlier try for an older wish made. */
  | { readonly kind: 'create'; readonly correction: EventDifference | null }
  /** `isUnsure`: an earlier call may have changed it, so that what it holds has to be looked at first. */
  | { readonly kind: 'update'; readonly difference: EventDifference; readonly isUnsure: boolean }
  | { readonly kind: 'remove' }
  /** A create may or may not have been applied and is not wanted any more. */
  | { readonly kind: 'take-back' }
  /** Not wanted any more, and no call was ever made. */
  | { readonly kind: 'forget' }
  /** All is written; the conference is still being made. */
  | { readonly kind: 'poll' }
  | { readonly kind: 'rest' };

type Known = Pick<Placement, 'state' | 'desired' | 'remoteId' | 'attempts' | 'wanted' | 'agreed' | 'tried' | 'conferenceState'>;

export function planWrite(placement: Known): WritePlan {
  if (placement.state === 'removed') return { kind: 'rest' };
  if (placement.desired === 'absent') {
    if (placement.remoteId !== null) return { kind: 'remove' };
    return placement.attempts === 0 ? { kind: 'forget' } : { kind: 'take-back' };
  }
  const { agreed, tried, wanted } = placement;
  if (placement.remoteId === null || agreed === null) return { kind: 'create', correction: differenceFromAny(tried, wanted) };
  const difference = differenceFromAny([agreed, ...tried], wanted);
  if (difference !== null) return { kind: 'update', difference, isUnsure: tried.length > 0 };
  return placement.conferenceState === 'pending' ? { kind: 'poll' } : { kind: 'rest' };
}

/** What may be on the calendar once a plan's call was begun, until its outcome is known. */
export function triedBy({ tried, wanted }: Pick<Placement, 'tried' | 'wanted'>, plan: WritePlan): readonly Wanted[] {
  if (plan.kind !== 'create' && plan.kind !== 'update') return tried;
  return tried.some((one) => differenceOf(one, wanted) === null) ? tried : [...tried, wanted];
}

/** Of an event that may hold any of these: all that differs in one of them. */
function differenceFromAny(states: readonly Wanted[], wanted: Wanted): EventDifference | null {
  const differences = states.map((state) => differenceOf(state, wanted)).filter((one) => one !== null);
  if (differences.length === 0) return null;
  return differences.reduce((all, one) => ({ ...all, ...one, fields: { ...all.fields, ...one.fields } }));
}

const LONGEST_POLL_MS = 60_000;
const MOST_POLLS = 70;

/** How long until a conference is looked for again: 2 s, 4 s, … 60 s; null after about an hour. */
export function pollAfterMs(polls: number): number | null {
  return polls >= MOST_POLLS ? null : Math.min(LONGEST_POLL_MS, 2000 * 2 ** Math.min(polls, 10));
}
