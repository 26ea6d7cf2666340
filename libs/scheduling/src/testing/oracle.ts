import type { Instant, Interval, ZoneId } from '@daymark/domain';
import { addDays, claimRanges, claimsClash, HOUR_MS, MINUTE_MS, wallTimeOf, weekdayOf } from '@daymark/domain';
import type { PlainDate } from '@daymark/domain';
import type { Person, SlotRequest } from '../slot-request.ts';

/** Nothing that the oracle is used with begins or ends between two of its ticks but a clock change. */
export const TICK_MS = 5 * MINUTE_MS;

interface Wall {
  readonly date: PlainDate;
  readonly minute: number;
}

/**
 * Answers the same question by brute force: every fifth minute is asked (every one where the clock changes
 * between two), every zone through its wall time, every busy interval one by one, claims by the two ranges of the constraint.
 */
export class Oracle {
  readonly #request: SlotRequest;
  readonly #walls = new Map<string, Wall>();

  constructor(request: SlotRequest) {
    this.#request = request;
  }

  candidates(): number[] {
    const { window, durationMs, grid } = this.#request;
    const found: number[] = [];
    for (let start = Math.ceil(window.start / TICK_MS) * TICK_MS; start + durationMs <= window.end; start += TICK_MS) {
      if (this.#isOnGrid(this.#wall(start, grid.zone).minute)) found.push(start);
    }
    return found;
  }

  isBookable(slot: Interval): boolean {
    return this.#request.groups.every(({ required, members }) => {
      const free = members.filter((id) => this.isFree(this.#request.people.find((person) => person.id === id) as Person, slot));
      return free.length >= (required === 'all' ? members.length : required);
    });
  }

  isFree(person: Person, slot: Interval): boolean {
    return (
      this.#isOpen(person, slot) &&
      this.#isClearOfEvents(person, slot) &&
      this.#isClearOfClaims(person, slot) &&
      slot.start >= this.#request.now + person.noticeMs &&
      this.#isWithinHorizon(person, slot) &&
      this.#isWithinLimit(person, slot) &&
      person.calendars.every(
        ({ known }) =>
          known !== null && slot.start - person.buffers.beforeMs >= known.start && slot.end + person.buffers.afterMs <= known.end,
      )
    );
  }

  #isOnGrid(minute: number): boolean {
    const { stepMinutes, roundToMinutes, anchorMinute = 0 } = this.#request.grid;
    for (let step = anchorMinute % stepMinutes; step < 1440; step += stepMinutes) {
      if (Math.ceil(step / roundToMinutes) * roundToMinutes === minute) return true;
    }
    return false;
  }

  #isOpen({ hours }: Person, slot: Interval): boolean {
    if (hours === null) return true;
    return this.#ticks(slot, hours.zone).every((tick) => {
      const { date, minute } = this.#wall(tick, hours.zone);
      const ranges = hours.overrides.find((override) => override.date === date)?.ranges ?? hours.weekly[weekdayOf(date) - 1] ?? [];
      return ranges.some(({ fromMinute, toMinute }) => fromMinute <= minute && minute < toMinute);
    });
  }

  #isClearOfEvents({ busy, buffers }: Person, slot: Interval): boolean {
    return busy.starts.every((start, index) => {
      const end = busy.ends[index] as number;
      return start === end || end <= slot.start - buffers.beforeMs || start >= slot.end + buffers.afterMs;
    });
  }

  #isClearOfClaims({ claims, buffers }: Person, slot: Interval): boolean {
    const wanted = claimRanges(slot, buffers);
    return claims.starts.every((start, index) => {
      const kept = { beforeMs: claims.beforeMs[index] as number, afterMs: claims.afterMs[index] as number };
      return !claimsClash(wanted, claimRanges({ start: start as Instant, end: claims.ends[index] as Instant }, kept));
    });
  }

  #isWithinHorizon({ zone, horizonDays }: Person, slot: Interval): boolean {
    if (horizonDays === null) return true;
    const last = addDays(this.#wall(this.#request.now, zone).date, horizonDays);
    // Over where the next date begins, also when clocks go back over that midnight.
    const before = { start: (slot.start - 2 * HOUR_MS) as Instant, end: slot.end };
    return this.#datesOf(before, zone).every((date) => date <= last);
  }

  #isWithinLimit({ zone, claims, maxPerDay }: Person, slot: Interval): boolean {
    if (maxPerDay === null) return true;
    const taken = Array.from(claims.starts, (start, index) =>
      this.#datesOf({ start: start as Instant, end: claims.ends[index] as Instant }, zone),
    );
    return this.#datesOf(slot, zone).every((date) => taken.filter((dates) => dates.includes(date)).length < maxPerDay);
  }

  #datesOf(slot: Interval, zone: ZoneId): PlainDate[] {
    return [...new Set(this.#ticks(slot, zone).map((tick) => this.#wall(tick, zone).date))];
  }

  #ticks({ start, end }: Interval, zone: ZoneId): number[] {
    return Array.from({ length: (end - start) / TICK_MS }, (_, index) => start + index * TICK_MS).flatMap((tick) =>
      this.#jumpsAfter(tick, zone) ? [0, 1, 2, 3, 4].map((minute) => tick + minute * MINUTE_MS) : [tick],
    );
  }

  /** In St. John's clocks went back at one minute past midnight, until 2011. */
  #jumpsAfter(tick: number, zone: ZoneId): boolean {
    return (this.#wall(tick, zone).minute + TICK_MS / MINUTE_MS) % 1440 !== this.#wall(tick + TICK_MS, zone).minute;
  }

  #wall(at: number, zone: ZoneId): Wall {
    const key = `${at} ${zone}`;
    const known = this.#walls.get(key);
    if (known !== undefined) return known;
    const text = wallTimeOf(at as Instant, zone);
    const wall = { date: text.slice(0, 10) as PlainDate, minute: Number(text.slice(11, 13)) * 60 + Number(text.slice(14, 16)) };
    this.#walls.set(key, wall);
    return wall;
  }
}
