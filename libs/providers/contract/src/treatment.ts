import type { CalendarSession, EventRef, EventWriter, Notify } from './calendar-provider.ts';
import { lackOf } from './event-difference.ts';
import type { EventDifference } from './event-difference.ts';
import { ProviderError, errorTreatment } from './provider-error.ts';
import type { Treatment } from './provider-error.ts';
import type { ProviderEvent } from './provider-event.ts';

/**
 * What {@link errorTreatment} asks for, as far as it needs no storage: used by the host, and by the conformance kit in
 * its storms, so that providers are tried with the very same treatment.
 */
export function isTreatedBy(error: unknown, treatment: Treatment): error is ProviderError {
  return error instanceof ProviderError && errorTreatment[error.code] === treatment;
}

/** Work that is refused as `unauthorized` runs once more, if `refresh` says that there is something new to try with. */
export async function refreshingOnce<T>(work: () => Promise<T>, refresh: () => Promise<boolean>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isTreatedBy(error, 'refresh-then-expire') || !(await refresh())) throw error;
    return work();
  }
}

export interface Patience {
  /** Failures in a row until now, this one included. */
  readonly failures: number;
  readonly longestMs: number;
  /** Chance: an integer from 0 to the bound. */
  upTo(bound: number): number;
}

/** Until the next try, milliseconds: what the service asked for and a little more, else doubling from two seconds, half of it chance. */
export function backOffMs(error: unknown, { failures, longestMs, upTo }: Patience): number {
  if (error instanceof ProviderError && error.retryAfterMs !== null) return error.retryAfterMs + upTo(1000);
  const ceiling = Math.min(longestMs, 2000 * 2 ** Math.min(failures - 1, 20));
  return Math.ceil(ceiling / 2) + upTo(ceiling / 2);
}

export interface ChangeOnTop {
  readonly ref: EventRef;
  readonly ifVersion: string;
  readonly difference: EventDifference;
  readonly notify: Notify;
  /** How often it is put on top of what others wrote meanwhile; 0: a newer version is a `conflict`. */
  readonly mostRebases: number;
  /** Asked after an event was read and before that version is written over; throws when nothing may be written any more. */
  readonly requireLease?: () => void;
}

/** What stands at the service. */
export type Standing = { readonly kind: 'there'; readonly event: ProviderEvent } | { readonly kind: 'gone' };

type Writable = Pick<CalendarSession, 'getEvent'> & { readonly writer: EventWriter };

/** Changes an event. A newer version is read, and lacks either nothing of the change, as after a lost answer, or gets it on top. */
export async function updateOnTop(session: Writable, change: ChangeOnTop): Promise<Standing> {
  const { ref, ifVersion, difference, notify, mostRebases } = change;
  try {
    return { kind: 'there', event: await session.writer.update({ ref, ifVersion, ...difference, notify }) };
  } catch (error) {
    if (isEventGone(error)) return { kind: 'gone' };
    if (!isTreatedBy(error, 'reread-and-merge')) throw error;
    const theirs = standing(await session.getEvent(ref));
    if (theirs.kind === 'gone' || lackOf(theirs.event, difference) === null) return theirs;
    if (mostRebases === 0) throw error;
    return putOnTop(session, { ...change, mostRebases: mostRebases - 1 }, theirs.event);
  }
}

/** Writes what an event, as it was just read, lacks of a change. */
export async function putOnTop(session: Writable, change: Omit<ChangeOnTop, 'ifVersion'>, event: ProviderEvent): Promise<Standing> {
  const difference = lackOf(event, change.difference);
  if (difference === null) return { kind: 'there', event };
  change.requireLease?.();
  return updateOnTop(session, { ...change, ifVersion: event.version, difference });
}

/** What was read by its id. */
export function standing(event: ProviderEvent | null): Standing {
  return event === null || event.status === 'cancelled' ? { kind: 'gone' } : { kind: 'there', event };
}

function isEventGone(error: unknown): boolean {
  return error instanceof ProviderError && error.code === 'not-found' && error.subject === 'event';
}
