import type { Instant, Interval } from '@daymark/domain';
import type { OpenTime } from './open-time.ts';
import type { Person } from './slot-request.ts';
import type { ZoneClock } from './zone-clock.ts';

/** Why a time cannot be had; the code that the API shows. */
export type BlockingKind =
  'overlap' | 'buffer_before' | 'buffer_after' | 'outside_hours' | 'notice' | 'horizon' | 'limit' | 'outside_window' | 'unknown';

/** One thing that stands in the way of a candidate. */
export interface BlockingItem {
  /** The name of the rule, or `hours`. */
  readonly rule: string;
  readonly kind: BlockingKind;
  /** The time that is blocked for meetings, buffers included; an open end is null. */
  readonly start: Instant | null;
  readonly end: Instant | null;
  readonly calendarId?: string;
  readonly eventId?: string;
  readonly meetingId?: string;
}

/** What a rule may look at: one person, the clock of the person's zone and the span that is asked about. */
export interface RuleContext {
  readonly person: Person;
  readonly now: Instant;
  readonly span: Interval;
  /** Of the person's zone; covers the span and three days beyond it on both sides. */
  readonly clock: ZoneClock;
}

/**
 * Says which time it blocks. It never sees other rules, so their order cannot matter.
 * `explain` names what blocks a candidate and is empty exactly when the candidate touches nothing
 * of `blocks`.
 */
export interface Rule {
  readonly name: string;
  blocks(context: RuleContext): OpenTime;
  explain(context: RuleContext, candidate: Interval): readonly BlockingItem[];
}

/** A moment for an answer; an infinite one is null. */
export function finiteInstant(at: number): Instant | null {
  return Number.isFinite(at) ? (at as Instant) : null;
}
