import type { Instant, PlainDate } from '@daymark/domain';
import {
  DAY_MS,
  HOUR_MS,
  addDays,
  dateOf,
  daysBetween,
  formatInstant,
  parseDate,
  parseZone,
  startOfDate,
  weekdayOf,
} from '@daymark/domain';
import { describe, expect, it } from 'vitest';
import { resolveAllDay } from './all-day.ts';
import { at } from './testing/sample-request.ts';
import { dayNumberOf, localDayOf, offsetAt, visitLocalDays, weekdayIndexOf, zoneClock } from './zone-clock.ts';

const zones = [
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Kolkata',
  'America/St_Johns',
  'Pacific/Apia',
  'Pacific/Kiritimati',
  'Africa/Casablanca',
  'Asia/Tehran',
  'America/Sao_Paulo',
  'Pacific/Pago_Pago',
  'Pacific/Auckland',
  'UTC',
].map(parseZone);

const day = (number: number): PlainDate => addDays(parseDate('1970-01-01'), number);

describe('the clock of a zone', () => {
  it.each([
    ['Europe/Berlin', '2027-03-28T01:00:00Z', 1, 2],
    ['America/New_York', '2027-11-07T06:00:00Z', -4, -5],
    ['Australia/Lord_Howe', '2027-04-03T15:00:00Z', 11, 10.5],
    ['Pacific/Apia', '2011-12-30T10:00:00Z', -10, 14],
    ['America/St_Johns', '2010-03-14T03:31:00Z', -3.5, -2.5],
  ])('%s changes to the millisecond at %s', (zone, change, before, after) => {
    const clock = zoneClock(parseZone(zone), at(change) - 40 * DAY_MS, at(change) + 40 * DAY_MS);
    expect(offsetAt(clock, at(change) - 1)).toBe(before * HOUR_MS);
    expect(offsetAt(clock, at(change))).toBe(after * HOUR_MS);
  });

  it.each(zones)('F15 shows in %s the date that the zone database shows, throughout 2010 to 2012 and 2027', (zone) => {
    for (const [from, to] of [
      [at('2010-01-01T00:00Z'), at('2012-12-31T00:00Z')],
      [at('2026-12-31T00:00Z'), at('2028-01-02T00:00Z')],
    ] as const) {
      const clock = zoneClock(zone, from, to);
      for (let moment = from as number; moment < to; moment += 901 * 60_000) {
        expect(day(localDayOf(clock, moment))).toBe(dateOf(moment as Instant, zone));
      }
    }
  });

  it('leaves out the date that Apia left out', () => {
    const days: string[] = [];
    const from = at('2011-12-29T00:00Z');
    visitLocalDays(zoneClock(parseZone('Pacific/Apia'), from, from + 3 * DAY_MS), from, from + 3 * DAY_MS, (number) =>
      days.push(day(number)),
    );
    expect(days).toEqual(['2011-12-28', '2011-12-29', '2011-12-31', '2012-01-01']);
  });

  it('numbers dates and weekdays as the calendar does', () => {
    for (const date of ['1970-01-01', '1999-12-31', '2000-02-29', '2000-03-01', '2027-03-08', '2100-02-28', '2100-03-01'].map(parseDate)) {
      expect(dayNumberOf(date)).toBe(daysBetween(parseDate('1970-01-01'), date));
      expect(weekdayIndexOf(dayNumberOf(date))).toBe(weekdayOf(date) - 1);
    }
  });
});

describe('all-day dates', () => {
  it.each(zones)('F16 take in %s the time from midnight to midnight, on every day of a year', (zone) => {
    for (let number = 0; number < 366; number += 1) {
      const date = addDays(parseDate('2027-01-01'), number);
      expect(resolveAllDay({ startDate: date, endDate: addDays(date, 1) }, zone)).toEqual({
        start: startOfDate(date, zone),
        end: startOfDate(addDays(date, 1), zone),
      });
    }
  });

  it.each([
    ['Europe/Berlin', '2027-03-28', '2027-03-27T23:00:00Z', 23],
    ['Europe/Berlin', '2027-10-31', '2027-10-30T22:00:00Z', 25],
    ['America/Sao_Paulo', '2018-11-04', '2018-11-04T03:00:00Z', 23],
    ['Australia/Lord_Howe', '2027-04-04', '2027-04-03T13:00:00Z', 24.5],
    ['Pacific/Kiritimati', '2027-03-28', '2027-03-27T10:00:00Z', 24],
    ['Pacific/Pago_Pago', '2027-03-28', '2027-03-28T11:00:00Z', 24],
  ])('F16 in %s, %s starts at %s and has %d hours', (zone, date, start, hours) => {
    const resolved = resolveAllDay({ startDate: parseDate(date), endDate: addDays(parseDate(date), 1) }, parseZone(zone));
    expect(formatInstant(resolved.start)).toBe(start);
    expect(resolved.end - resolved.start).toBe(hours * HOUR_MS);
  });

  it('F16 still block when the zone left their date out', () => {
    const resolved = resolveAllDay({ startDate: parseDate('2011-12-30'), endDate: parseDate('2011-12-31') }, parseZone('Pacific/Apia'));
    expect(resolved.end).toBeGreaterThan(resolved.start);
  });

  it('are refused when they end before they start', () => {
    expect(() => resolveAllDay({ startDate: parseDate('2027-03-02'), endDate: parseDate('2027-03-02') }, parseZone('UTC'))).toThrow(
      RangeError,
    );
  });
});
