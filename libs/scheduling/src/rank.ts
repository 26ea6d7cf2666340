import type { Interval, ZoneId } from '@daymark/domain';
import { DAY_MS, HOUR_MS } from '@daymark/domain';
import type { BookableStarts, SlotMembers } from './bookable-starts.ts';
import type { OpenTime } from './open-time.ts';
import { indexOfSpan } from './open-time.ts';
import type { Person } from './slot-request.ts';
import type { ZoneClock } from './zone-clock.ts';
import { offsetAt, zoneClock } from './zone-clock.ts';

/** One reason for a score; `weight × value` is what it adds. Both lie between 0 and 1, and the weights add up to 1. */
export interface Factor {
  readonly name: string;
  readonly weight: number;
  readonly value: number;
}

export interface Rank {
  /** 0 to 1. */
  readonly score: number;
  readonly factors: readonly Factor[];
}

/**
 * Says how good slots are. `prepare` is called once per request and may learn from it; what it
 * returns is called per slot. Deterministic: the same slot of the same request gets the same rank.
 */
export interface Ranker {
  readonly name: string;
  prepare(found: BookableStarts): (slot: Interval, groups: readonly SlotMembers[]) => Rank;
}

/** Habit, haste, unbroken time and daylight; all but haste averaged over those who take part. */
export const standardRanker: Ranker = {
  name: 'standard',
  prepare: (found) => {
    const { window } = found.request;
    const people = new Map(found.request.people.map((person) => [person.id, rankedPerson(person, found)]));
    return (slot, groups) => {
      let count = 0;
      const sum = { habit: 0, adjacency: 0, daytime: 0 };
      for (const { members } of groups) {
        for (const id of members) {
          const person = people.get(id) as RankedPerson;
          const time = timeOfDay(person.clock, slot.start);
          sum.habit += habit(person, time);
          sum.adjacency += adjacency(person, slot);
          sum.daytime += daytime(time);
          count += 1;
        }
      }
      return rankOf([
        { name: 'close_to_usual_hour', weight: 0.4, value: round(sum.habit / count) },
        { name: 'soon', weight: 0.2, value: round(1 - (slot.start - window.start) / (window.end - window.start)) },
        { name: 'keeps_time_unbroken', weight: 0.2, value: round(sum.adjacency / count) },
        { name: 'daytime', weight: 0.2, value: round(sum.daytime / count) },
      ]);
    };
  },
};

interface RankedPerson {
  readonly clock: ZoneClock;
  readonly time: OpenTime;
  /** Share of past meetings near each quarter of an hour of the day, the best being 1; null without a past. */
  readonly habits: Float64Array | null;
}

const QUARTER_MS = HOUR_MS / 4;
const QUARTERS = 96;
/** A gap of this length or more beside a meeting is time that can still be used. */
const USABLE_GAP_MS = 2 * HOUR_MS;
const MORNING_MS = 10 * HOUR_MS;
const AFTERNOON_MS = 16 * HOUR_MS;
const TWILIGHT_MS = 4 * HOUR_MS;
/** A person who has no past has no preference. */
const NEUTRAL = 0.5;

function rankedPerson(person: Person, { request, timeOf }: BookableStarts): RankedPerson {
  return {
    clock: zoneClock(person.zone, request.window.start, request.window.end),
    time: timeOf.get(person.id) as OpenTime,
    habits: habitsOf(person.pastStarts, person.zone),
  };
}

/** Counts each past meeting on its quarter and, half, on the two before and behind it. */
function habitsOf(pastStarts: Float64Array | undefined, zone: ZoneId): Float64Array | null {
  if (pastStarts === undefined || pastStarts.length === 0) return null;
  let earliest = Infinity;
  let latest = -Infinity;
  for (const at of pastStarts) {
    if (at < earliest) earliest = at;
    if (at > latest) latest = at;
  }
  const clock = zoneClock(zone, earliest, latest + 1);
  const habits = new Float64Array(QUARTERS);
  for (const at of pastStarts) {
    const quarter = Math.floor(timeOfDay(clock, at) / QUARTER_MS);
    for (let off = -2; off <= 2; off += 1) {
      const near = (quarter + off + QUARTERS) % QUARTERS;
      habits[near] = (habits[near] as number) + (off === 0 ? 1 : 0.5);
    }
  }
  const most = habits.reduce((one, other) => Math.max(one, other));
  return habits.map((count) => count / most);
}

function habit({ habits }: RankedPerson, time: number): number {
  return habits === null ? NEUTRAL : (habits[Math.floor(time / QUARTER_MS)] as number);
}

/** 1 when the slot lies at an edge of a free stretch, 0 when it leaves usable time on both sides cut apart. */
function adjacency({ time }: RankedPerson, { start, end }: Interval): number {
  const index = indexOfSpan(time, start, end);
  if (index < 0) return 0;
  const gap = Math.min(start - (time.starts[index] as number), (time.ends[index] as number) - end);
  return 1 - Math.min(1, gap / USABLE_GAP_MS);
}

/** 1 from 10 to 16 by the person's own clock, falling to 0 within four hours. */
function daytime(time: number): number {
  return 1 - Math.min(1, Math.max(0, MORNING_MS - time, time - AFTERNOON_MS) / TWILIGHT_MS);
}

function timeOfDay(clock: ZoneClock, at: number): number {
  const local = at + offsetAt(clock, at);
  return local - Math.floor(local / DAY_MS) * DAY_MS;
}

function rankOf(factors: readonly Factor[]): Rank {
  let score = 0;
  for (const { weight, value } of factors) score += weight * value;
  return { score: round(score), factors };
}

/** Four places: finer differences are noise and make answers long. */
function round(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
