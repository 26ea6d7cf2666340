import type { Instant, ZoneId } from '@daymark/domain';
import { DAY_MS, MINUTE_MS, officeHours, parseInstant, parseZone } from '@daymark/domain';
import type { Person, SlotRequest } from '@daymark/scheduling';
import { noClaims } from '@daymark/scheduling';

export interface SlotsCase {
  readonly people: number;
  readonly days: number;
  readonly busyPerPerson: number;
}

const zones = ['Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Europe/London', 'Australia/Lord_Howe'].map(parseZone);

/** Europe changes its clocks on 28 March 2027, New York on 14 March, Lord Howe on 4 April. */
const windowStart = parseInstant('2027-03-01T00:00:00Z');

/**
 * People of mixed zones with office hours and busy time strewn over all of the window, of which one
 * half must be free: 30 minutes, every 15, five minutes before and ten after kept free.
 */
export function slotsWorld({ people, days, busyPerPerson }: SlotsCase): SlotRequest {
  const random = randomNumbers(people * 1_000_003 + days);
  const everybody = Array.from({ length: people }, (_, index) => person(index, { days, busyPerPerson, random }));
  return {
    now: (windowStart - DAY_MS) as Instant,
    window: { start: windowStart, end: (windowStart + days * DAY_MS) as Instant },
    durationMs: 30 * MINUTE_MS,
    grid: { zone: zones[0] as ZoneId, stepMinutes: 15, roundToMinutes: 15 },
    groups: [{ group: 'all', required: Math.max(1, Math.floor(people / 4)), members: everybody.map(({ id }) => id) }],
    people: everybody,
  };
}

function person(index: number, { days, busyPerPerson, random }: { days: number; busyPerPerson: number; random: () => number }): Person {
  const zone = zones[index % zones.length] as ZoneId;
  const starts = Float64Array.from({ length: busyPerPerson }, () => windowStart + Math.floor(random() * days * 288) * 5 * MINUTE_MS).sort();
  const ends = starts.map((start) => start + (15 + Math.floor(random() * 4) * 15) * MINUTE_MS);
  return {
    id: `person ${index}`,
    zone,
    hours: officeHours(zone),
    busy: {
      starts,
      ends,
      calendars: new Int32Array(busyPerPerson),
      calendarIds: ['calendar'],
      eventIds: Array.from(starts, (_, event) => `event ${event}`),
    },
    claims: noClaims,
    calendars: [
      { calendarId: 'calendar', known: { start: (windowStart - 30 * DAY_MS) as Instant, end: (windowStart + 365 * DAY_MS) as Instant } },
    ],
    buffers: { beforeMs: 5 * MINUTE_MS, afterMs: 10 * MINUTE_MS },
    noticeMs: 0,
    horizonDays: null,
    maxPerDay: null,
  };
}

/** Mulberry32: small, and the same numbers for the same seed. */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
