import { isDeepEqual } from '../canonical-json.ts';
import { badRequest } from './microsoft-error.ts';
import type { ResolvedEvent } from './microsoft-event-store.ts';
import { instancesOf, mailboxZoneOf, openException, touchEvent } from './microsoft-event-store.ts';
import type { Occurrence } from './microsoft-recurrence.ts';
import { HORIZON_MS, expandSeries, findOccurrence } from './microsoft-recurrence.ts';
import type { MicrosoftCalendar, MicrosoftStoredEvent } from './microsoft-state.ts';
import { dateTimeAt, spanOf } from './microsoft-times.ts';
import type { MicrosoftEventFields } from './microsoft-types.ts';
import type { MicrosoftWorld } from './microsoft-world.ts';
import { nextSeq } from './microsoft-world.ts';

/** Stores what makes this occurrence differ from its series. */
export function writeException(
  world: MicrosoftWorld,
  calendar: MicrosoftCalendar,
  { before, next }: { before: ResolvedEvent; next: MicrosoftEventFields },
): void {
  const { stored, stamp } = before;
  if (stamp === null) return;
  checkNeighbours(world, calendar, { before, next });
  const exception = openException(world, calendar, { stored, stamp, originalMs: before.originalMs ?? 0 });
  const overlay: Partial<MicrosoftEventFields> = {};
  for (const name of Object.keys(next) as (keyof MicrosoftEventFields)[]) {
    if (name === 'recurrence') continue;
    const isTime = name === 'start' || name === 'end';
    const differs = isTime
      ? !isDeepEqual(next[name], before.fields[name]) || exception.overlay[name] !== undefined
      : !isDeepEqual(next[name], stored.fields[name]);
    if (differs) Object.assign(overlay, { [name]: next[name] });
  }
  exception.overlay = overlay;
  touchEvent(world, calendar, exception);
}

/** An occurrence cannot come to the day of its neighbours, nor beyond them. @throws GraphError 400 ErrorOccurrenceCrossingBoundary */
function checkNeighbours(
  world: MicrosoftWorld,
  calendar: MicrosoftCalendar,
  { before, next }: { before: ResolvedEvent; next: MicrosoftEventFields },
): void {
  if (isDeepEqual(before.fields.start, next.start)) return;
  const { stored, originalMs } = before;
  const mailboxZone = mailboxZoneOf(world, calendar);
  const zone = stored.fields.recurrence?.range.recurrenceTimeZone ?? stored.fields.start.timeZone;
  const dayOf = (fields: MicrosoftEventFields): string =>
    fields.isAllDay ? fields.start.dateTime.slice(0, 10) : dateTimeAt(spanOf(fields, mailboxZone).startMs, zone).dateTime.slice(0, 10);
  const at = originalMs ?? 0;
  const window = { fromMs: at - 2 * HORIZON_MS, untilMs: at + 2 * HORIZON_MS };
  const others = instancesOf(world, calendar, { stored, window }).filter((event) => event.stamp !== before.stamp);
  const day = dayOf(next);
  const crosses = others.some((event) => ((event.originalMs ?? 0) < at ? dayOf(event.fields) >= day : dayOf(event.fields) <= day));
  if (crosses) {
    throw badRequest('ErrorOccurrenceCrossingBoundary', 'Modified occurrence is crossing or overlapping adjacent occurrence.');
  }
}

/** The occurrences that readers of windows can know of. */
export function occurrencesNear(world: MicrosoftWorld, calendar: MicrosoftCalendar, stored: MicrosoftStoredEvent): Occurrence[] {
  const now = world.clock.now();
  return expandSeries(stored.fields, { fromMs: now - HORIZON_MS, untilMs: now + HORIZON_MS, mailboxZone: mailboxZoneOf(world, calendar) });
}

/**
 * After a change of rule or time: remembers the occurrences that are no more, so that delta reports them. Exceptions
 * of slots that the rule no longer makes are dropped; whether Exchange keeps the others is not confirmed.
 */
export function noteLostOccurrences(
  world: MicrosoftWorld,
  calendar: MicrosoftCalendar,
  { stored, earlier }: { stored: MicrosoftStoredEvent; earlier: readonly Occurrence[] },
): void {
  const mailboxZone = mailboxZoneOf(world, calendar);
  const now = new Set((stored.fields.recurrence === null ? [] : occurrencesNear(world, calendar, stored)).map(({ stamp }) => stamp));
  const isMade = (stamp: string): boolean => now.has(stamp) || findOccurrence(stored.fields, { stamp, mailboxZone }) !== null;
  for (const stamp of stored.exceptions.keys()) {
    if (isMade(stamp)) continue;
    stored.exceptions.delete(stamp);
    stored.lost.set(stamp, nextSeq(world, calendar));
  }
  for (const { stamp } of earlier) {
    if (!now.has(stamp) && !stored.lost.has(stamp)) stored.lost.set(stamp, nextSeq(world, calendar));
  }
  for (const stamp of stored.lost.keys()) if (isMade(stamp)) stored.lost.delete(stamp);
}
