import { differenceOf, type EventDifference } from '@daymark/provider-contract';
import type { Placement, Wanted } from './placement.ts';

/** What has to be called so that the calendar holds what is wanted. */
export type WritePlan =
  /** `correction`: what an event lacks that an earlier try for an older wish made. */
  | { readonly kind: 'create'; readonly correction: EventDifference | null }
  /** `isUnsure`: an earlier call may have changed or removed it, so that what it holds has to be looked at first. */
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
  const written = tried.filter((one) => one !== null);
  if (placement.remoteId === null || agreed === null) return { kind: 'create', correction: differenceFromAny(written, wanted) };
  const difference = differenceFromAny([agreed, ...written], wanted);
  if (difference !== null) return { kind: 'update', difference, isUnsure: tried.length > 0 };
  if (mayBeRemoved(placement)) return { kind: 'update', difference: { fields: {} }, isUnsure: true };
  return placement.conferenceState === 'pending' ? { kind: 'poll' } : { kind: 'rest' };
}

/** What may be on the calendar once a plan's call was begun, until its outcome is known. */
export function triedBy({ tried, wanted }: Pick<Placement, 'tried' | 'wanted'>, plan: WritePlan): Placement['tried'] {
  const made = madeBy(plan, wanted);
  return made === undefined || tried.some((one) => (one === null || made === null ? one === made : differenceOf(one, made) === null))
    ? tried
    : [...tried, made];
}

/** What a plan's call makes of the event: null that it is gone, undefined that it stays as it is. */
function madeBy({ kind }: WritePlan, wanted: Wanted): Wanted | null | undefined {
  if (kind === 'create' || kind === 'update') return wanted;
  return kind === 'remove' || kind === 'take-back' ? null : undefined;
}

/** A removal of ours was begun and its outcome is not known. That the event is gone is then no act of a person. */
export function mayBeRemoved({ tried }: Pick<Placement, 'tried'>): boolean {
  return tried.includes(null);
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
