import type { Instant, Interval } from '@daymark/domain';
import { DAY_MS, MINUTE_MS, parseInstant, parseZone } from '@daymark/domain';
import type { BusyTimeline, ClaimTimeline, Person, SlotRequest } from '../slot-request.ts';
import { noBusyTime, noClaims } from '../slot-request.ts';

export const minutes = (count: number): number => count * MINUTE_MS;

/** `2027-03-08T09:00Z` and so on. */
export const at = (text: string): Instant => parseInstant(text);

export const span = (start: string, end: string): Interval => ({ start: at(start), end: at(end) });

/** Mirrored events as `[start, end, event id?]`. */
export function busyAt(...events: readonly (readonly [start: string, end: string, eventId?: string])[]): BusyTimeline {
  return {
    starts: Float64Array.from(events, ([start]) => at(start)),
    ends: Float64Array.from(events, ([, end]) => at(end)),
    calendars: new Int32Array(events.length),
    calendarIds: ['cal_1'],
    eventIds: events.map(([, , eventId], index) => eventId ?? `evt_${index}`),
  };
}

/** Claims as `[start, end, minutes before, minutes after]`. */
export function claimsAt(...claims: readonly (readonly [start: string, end: string, before?: number, after?: number])[]): ClaimTimeline {
  return {
    starts: Float64Array.from(claims, ([start]) => at(start)),
    ends: Float64Array.from(claims, ([, end]) => at(end)),
    beforeMs: Float64Array.from(claims, ([, , before]) => minutes(before ?? 0)),
    afterMs: Float64Array.from(claims, ([, , , after]) => minutes(after ?? 0)),
    meetingIds: claims.map((_, index) => `mtg_${index}`),
  };
}

/** Somebody in UTC who is open at any time, has nothing on and no calendars. */
export function person(id: string, changes: Partial<Person> = {}): Person {
  return {
    id,
    zone: parseZone('UTC'),
    hours: null,
    busy: noBusyTime,
    claims: noClaims,
    calendars: [],
    buffers: { beforeMs: 0, afterMs: 0 },
    noticeMs: 0,
    horizonDays: null,
    maxPerDay: null,
    ...changes,
  };
}

/** Half an hour of everybody, on whole and half hours from nine to noon of a Monday, asked for the day before. */
export function request(people: readonly Person[], changes: Partial<SlotRequest> = {}): SlotRequest {
  const window = changes.window ?? span('2027-03-08T09:00Z', '2027-03-08T12:00Z');
  return {
    now: (window.start - DAY_MS) as Instant,
    durationMs: minutes(30),
    grid: { zone: parseZone('UTC'), stepMinutes: 30, roundToMinutes: 30 },
    groups: [{ group: 'all', required: 'all', members: people.map(({ id }) => id) }],
    people,
    ...changes,
    window,
  };
}

/** `09:30` of instants, in UTC. */
export function times(starts: Iterable<number>): string[] {
  return Array.from(starts, (start) => {
    const minute = Math.floor(start / MINUTE_MS) % 1440;
    return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
  });
}
