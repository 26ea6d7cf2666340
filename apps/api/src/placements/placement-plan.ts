import type { EventFields, ProviderEvent } from '@daymark/provider-contract';
import type { Placement, Wanted } from './placement.ts';

/** What changes on an event: only the fields that differ. */
export interface EventDifference {
  readonly fields: Partial<EventFields>;
  readonly conference?: 'add' | 'remove';
}

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
  return made === undefined || tried.some((one) => isSame(one, made)) ? tried : [...tried, made];
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

/** Against what we wrote last, not against what a service made of it: so what it rewords is never written again. */
export function differenceOf(agreed: Wanted, wanted: Wanted): EventDifference | null {
  const names = Object.keys(wanted.fields) as (keyof EventFields)[];
  const changed = names.filter((name) => !isSame(agreed.fields[name], wanted.fields[name]));
  const hasConferenceChanged = agreed.conference !== wanted.conference;
  if (changed.length === 0 && !hasConferenceChanged) return null;
  return {
    fields: Object.fromEntries(changed.map((name) => [name, wanted.fields[name]])),
    ...(hasConferenceChanged ? { conference: wanted.conference ? 'add' : 'remove' } : {}),
  };
}

/** Of an event that may hold any of these: all that differs in one of them. */
function differenceFromAny(states: readonly Wanted[], wanted: Wanted): EventDifference | null {
  const differences = states.map((state) => differenceOf(state, wanted)).filter((one) => one !== null);
  if (differences.length === 0) return null;
  return differences.reduce((all, one) => ({ ...all, ...one, fields: { ...all.fields, ...one.fields } }));
}

/** What an event lacks of a change; null when it holds all of it, so that writing it would be a second time. */
export function lackOf(event: ProviderEvent, { fields, conference }: EventDifference): EventDifference | null {
  const isConferenceLacking = conference !== undefined && (conference === 'add') !== (event.conference !== null);
  const standing: EventFields = {
    title: event.title,
    description: event.description,
    location: event.location,
    time: event.time!,
    recurrence: event.recurrence.kind === 'series' ? event.recurrence.rules : [],
    attendees: event.attendees.map(({ email, name, optional }) => ({ email, name, optional })),
    busy: event.busy,
    visibility: event.visibility,
    reminders: event.reminders,
  };
  const names = Object.keys(fields) as (keyof EventFields)[];
  const lacking = names.filter((name) =>
    name === 'attendees' ? !isSameGuests(event, fields.attendees ?? []) : !isSame(standing[name], fields[name]),
  );
  if (lacking.length === 0 && !isConferenceLacking) return null;
  return {
    fields: Object.fromEntries(lacking.map((name) => [name, fields[name]])),
    ...(isConferenceLacking ? { conference } : {}),
  };
}

function isSameGuests(event: ProviderEvent, wanted: EventFields['attendees']): boolean {
  const key = ({ email, optional }: { email: string; optional: boolean }): string => `${email.toLowerCase()} ${optional}`;
  const asked = new Set(wanted.map(({ email }) => email.toLowerCase()));
  const standing = event.attendees.filter((guest) => !guest.organizer || asked.has(guest.email.toLowerCase()));
  return isSame(standing.map(key).sort(), wanted.map(key).sort());
}

const LONGEST_BACK_OFF_MS = 5 * 60_000;
const LONGEST_POLL_MS = 60_000;
const MOST_POLLS = 70;

/** Doubling from two seconds, never more than five minutes; half of it is chance. */
export function backOffMs(attempts: number, upTo: (bound: number) => number): number {
  const ceiling = Math.min(LONGEST_BACK_OFF_MS, 2000 * 2 ** Math.min(attempts - 1, 20));
  return Math.ceil(ceiling / 2) + upTo(ceiling / 2);
}

/** How long until a conference is looked for again: 2 s, 4 s, … 60 s; null after about an hour. */
export function pollAfterMs(polls: number): number | null {
  return polls >= MOST_POLLS ? null : Math.min(LONGEST_POLL_MS, 2000 * 2 ** Math.min(polls, 10));
}

/** Equal as JSON, in whatever order the members come. */
function isSame(one: unknown, other: unknown): boolean {
  return canonical(one) === canonical(other);
}

function canonical(value: unknown): string {
  return JSON.stringify(value ?? null, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
