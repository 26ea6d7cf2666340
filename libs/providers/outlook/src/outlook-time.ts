import {
  HOUR_MS,
  UTC,
  addDays,
  addMilliseconds,
  dateOf,
  instantOf,
  parseDate,
  parseInstant,
  parseWallTime,
  wallTimeOf,
} from '@daymark/domain';
import type { Instant, PlainDate, ZoneId } from '@daymark/domain';
import type { EventTime, OriginalStart } from '@daymark/provider-contract';
import type { GraphEvent, GraphMoment } from './outlook-api.ts';
import { zoneOf } from './outlook-zones.ts';

/** Something about an event that cannot be mapped; the message holds no content of it. */
export class UnreadableEvent extends Error {}

export function unreadable(reason: string): never {
  throw new UnreadableEvent(reason);
}

/** When it is. Of an all-day event only the dates count, whatever zone they are told in; times that contradict are not guessed. */
export function readTime({ start, end, isAllDay }: Pick<GraphEvent, 'start' | 'end' | 'isAllDay'>, zone: ZoneId): EventTime {
  if (start == null) return unreadable('it has no start');
  if (end == null) return unreadable('it has no end');
  if (isAllDay === true) {
    const [startDate, endDate] = [readDate(start), readDate(end)];
    if (endDate < startDate) unreadable('it ends before it starts');
    return { kind: 'all-day', startDate, endDate: endDate === startDate ? addDays(startDate, 1) : endDate };
  }
  const [startAt, endAt] = [readMoment(start), readMoment(end)];
  if (endAt < startAt) unreadable('it ends before it starts');
  return { kind: 'timed', start: startAt, end: endAt, startWall: wallTimeOf(startAt, zone), endWall: wallTimeOf(endAt, zone), zone };
}

/** Where an exception stood by its rule; an occurrence that was never changed stands there still. */
export function readOriginalStart(event: GraphEvent, time: EventTime): OriginalStart {
  if (event.originalStart == null) {
    if (event.type === 'exception') unreadable('it does not tell which occurrence it replaces');
    return startOf(time);
  }
  const at = findInstant(event.originalStart);
  if (at === null) return unreadable('its original start cannot be read');
  return time.kind === 'timed' ? { kind: 'timed', at } : { kind: 'all-day', date: dateBehind(at, event.originalStartTimeZone ?? '') };
}

function startOf(time: EventTime): OriginalStart {
  return time.kind === 'timed' ? { kind: 'timed', at: time.start } : { kind: 'all-day', date: time.startDate };
}

export function findInstant(text: string | null | undefined): Instant | null {
  try {
    return text == null ? null : parseInstant(text);
  } catch {
    return null;
  }
}

/** The instant of a clock time; UTC is asked for, another zone is read all the same. */
export function readMoment({ dateTime, timeZone }: GraphMoment): Instant {
  const zone = zoneOf(timeZone ?? 'UTC') ?? unreadable('its time is told in an unknown time zone');
  try {
    return instantOf(parseWallTime(dateTime.replace(/z$/i, '')), zone);
  } catch {
    return unreadable('its time cannot be read');
  }
}

function readDate({ dateTime }: GraphMoment): PlainDate {
  try {
    return parseDate(dateTime.slice(0, 10));
  } catch {
    return unreadable('its date cannot be read');
  }
}

/**
 * The day whose midnight is meant. Graph tells an instant also for all-day events, and does not say in whose zone: midnight in the
 * zone that it names counts, then the nearest one of UTC−10 (Hawaii) to UTC+13 (New Zealand in summer).
 */
function dateBehind(at: Instant, zoneName: string): PlainDate {
  const zone = zoneOf(zoneName);
  if (zone !== null && wallTimeOf(at, zone).endsWith('T00:00:00')) return dateOf(at, zone);
  return dateOf(addMilliseconds(at, 13 * HOUR_MS), UTC);
}
