import { isDeepEqual } from '../canonical-json.ts';
import type { ResolvedEvent } from './google-event-store.ts';
import { isSeries, openException, seriesOf, touchEvent } from './google-event-store.ts';
import type { Occurrence } from './google-recurrence.ts';
import { EXPANSION_HORIZON_MS, MAX_OCCURRENCES, expandSeries, findOccurrence } from './google-recurrence.ts';
import type { GoogleCalendar, GoogleStoredEvent } from './google-state.ts';
import type { GoogleEventFields, GoogleEventStatus } from './google-types.ts';
import type { GoogleWorld } from './google-world.ts';
import { nextEtag, nextSeq } from './google-world.ts';

/** Stores what makes this instance differ from its series. */
export function writeInstance(
  world: GoogleWorld,
  calendar: GoogleCalendar,
  change: {
    readonly before: ResolvedEvent;
    readonly next: GoogleEventFields;
    readonly status: GoogleEventStatus;
    readonly instance: NonNullable<ResolvedEvent['instance']>;
    readonly keepsUpdated: boolean;
  },
): void {
  const { before, next, status, instance } = change;
  const master = before.stored;
  const exception = openException(world, calendar, { master, ...instance });
  const overlay: Record<string, unknown> = {};
  for (const name of new Set([...Object.keys(next), ...Object.keys(master.fields)]) as Set<keyof GoogleEventFields>) {
    if (name === 'recurrence') continue;
    const isTime = name === 'start' || name === 'end';
    if (
      isTime
        ? !isDeepEqual(next[name], before.fields[name]) || exception.overlay[name] !== undefined
        : !isDeepEqual(next[name], master.fields[name])
    ) {
      overlay[name] = next[name] ?? null;
    }
  }
  exception.overlay = overlay;
  exception.status = status;
  if (status !== 'cancelled') exception.isRemovedByGuest = false;
  touchEvent(world, calendar, exception, { keepsUpdated: change.keepsUpdated });
}

/** The occurrences that readers of expanded lists can know of. */
export function occurrencesNear(world: GoogleWorld, calendar: GoogleCalendar, stored: GoogleStoredEvent): Occurrence[] {
  const now = world.clock.now();
  try {
    return expandSeries(seriesOf(calendar, stored), {
      fromMs: now - EXPANSION_HORIZON_MS,
      untilMs: now + EXPANSION_HORIZON_MS,
      limit: MAX_OCCURRENCES,
    });
  } catch {
    return [];
  }
}

/** After a change of rule or time: remembers the instances and exceptions that are no more, so that increments report them. */
export function noteLostInstances(
  world: GoogleWorld,
  calendar: GoogleCalendar,
  { stored, earlier }: { stored: GoogleStoredEvent; earlier: readonly Occurrence[] },
): void {
  const now = new Set((isSeries(stored) ? occurrencesNear(world, calendar, stored) : []).map(({ stamp }) => stamp));
  for (const [stamp, exception] of stored.exceptions) {
    const isMade = now.has(stamp) || (isSeries(stored) && findOccurrence(seriesOf(calendar, stored), stamp) !== null);
    if (isMade && exception.dropped === null) {
      exception.seq = nextSeq(world, calendar);
      exception.etag = nextEtag(world);
    } else if (isMade && exception.dropped === 'instance') {
      stored.exceptions.delete(stamp);
    } else if (isMade) {
      Object.assign(exception, { dropped: null, status: stored.status, overlay: {} });
      touchEvent(world, calendar, exception);
    } else if (exception.dropped === null) {
      Object.assign(exception, { dropped: 'exception', status: 'cancelled', overlay: {} });
      touchEvent(world, calendar, exception);
    }
  }
  for (const occurrence of earlier) {
    if (now.has(occurrence.stamp) || stored.exceptions.has(occurrence.stamp)) continue;
    const exception = openException(world, calendar, { master: stored, stamp: occurrence.stamp, originalStartTime: occurrence.start });
    Object.assign(exception, { dropped: 'instance', status: 'cancelled' });
  }
}
