import { describe, expect, it } from 'vitest';
import {
  addDays,
  addMinutes,
  dateOf,
  daysBetween,
  findZone,
  formatInstant,
  instant,
  instantOf,
  parseDate,
  parseInstant,
  parseWallTime,
  parseZone,
  startOfDate,
  wallTimeOf,
  weekdayOf,
} from './time.ts';

describe('instants', () => {
  it.each([
    ['2027-03-28T01:30:00Z', '2027-03-28T01:30:00Z'],
    ['2027-03-28T03:30:00+02:00', '2027-03-28T01:30:00Z'],
    ['2027-03-28T03:30:00.250+02:00', '2027-03-28T01:30:00.25Z'],
    ['2027-03-27T14:30:00-11:00', '2027-03-28T01:30:00Z'],
  ])('%s is the same moment as %s', (text, utc) => {
    expect(formatInstant(parseInstant(text))).toBe(utc);
  });

  it.each(['2027-03-28T01:30:00', '2027-03-28', 'tomorrow', '', '2027-13-01T00:00:00Z'])('%j is not a moment', (text) => {
    expect(() => parseInstant(text)).toThrow(RangeError);
  });

  it.each([Number.NaN, 0.5, Infinity])('%s is not a number of milliseconds', (value) => {
    expect(() => instant(value)).toThrow(RangeError);
  });

  it('minutes are added as they pass, not as clocks show them', () => {
    expect(formatInstant(addMinutes(parseInstant('2027-03-28T00:30:00Z'), 60))).toBe('2027-03-28T01:30:00Z');
  });
});

describe('zones', () => {
  it.each(['Europe/Berlin', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5', 'UTC'])('%s is one', (name) => {
    expect(findZone(name)).toBe(name);
    expect(parseZone(name)).toBe(name);
  });

  it.each(['europe/berlin', 'EUROPE/BERLIN'])('%s has one spelling', (name) => {
    expect(findZone(name)).toBe('Europe/Berlin');
  });

  it.each(['Europe/Nowhere', '+02:00', 'W. Europe Standard Time', '', '__proto__', 'Europe/Berlin]', '../etc/passwd'])(
    '%j is none',
    (name) => {
      expect(findZone(name)).toBeNull();
      expect(() => parseZone(name)).toThrow(RangeError);
    },
  );
});

describe('wall times and dates', () => {
  it.each([
    ['2027-03-28T02:30', '2027-03-28T02:30:00'],
    ['2027-03-28T02:30:15', '2027-03-28T02:30:15'],
  ])('%s is read as %s', (text, expected) => {
    expect(parseWallTime(text)).toBe(expected);
  });

  it.each(['2027-03-28T02:30:00Z', '2027-03-28T02:30:00+01:00', '2027-03-28T02:30[Europe/Berlin]', '2027-02-30T00:00:00', 'noon'])(
    '%j is not a wall time',
    (text) => {
      expect(() => parseWallTime(text)).toThrow(RangeError);
    },
  );

  it.each(['2027-02-30', '2027-2-3', '20270203', '2027-02-03T00:00:00', ''])('%j is not a date', (text) => {
    expect(() => parseDate(text)).toThrow(RangeError);
  });

  it.each([
    ['Europe/Berlin', '2027-01-15T09:00:00', '2027-01-15T08:00:00Z'],
    ['Europe/Berlin', '2027-07-15T09:00:00', '2027-07-15T07:00:00Z'],
    ['Australia/Lord_Howe', '2027-01-15T09:00:00', '2027-01-14T22:00:00Z'],
    ['Australia/Lord_Howe', '2027-07-15T09:00:00', '2027-07-14T22:30:00Z'],
    ['Asia/Kolkata', '2027-01-15T09:00:00', '2027-01-15T03:30:00Z'],
    ['Pacific/Kiritimati', '2027-01-15T09:00:00', '2027-01-14T19:00:00Z'],
    ['Pacific/Pago_Pago', '2027-01-15T09:00:00', '2027-01-15T20:00:00Z'],
  ])('F15 in %s, %s is %s and back', (name, wall, utc) => {
    const zone = parseZone(name);
    expect(formatInstant(instantOf(parseWallTime(wall), zone))).toBe(utc);
    expect(wallTimeOf(parseInstant(utc), zone)).toBe(wall);
  });

  it.each([
    ['Europe/Berlin', '2027-03-28T02:30:00', '2027-03-28T03:30:00'],
    ['America/New_York', '2027-03-14T02:30:00', '2027-03-14T03:30:00'],
    ['Australia/Lord_Howe', '2026-10-04T02:10:00', '2026-10-04T02:40:00'],
  ])('F15 in %s, %s is skipped by the clock and becomes %s', (name, wall, shown) => {
    const zone = parseZone(name);
    expect(wallTimeOf(instantOf(parseWallTime(wall), zone), zone)).toBe(shown);
  });

  it.each([
    ['Europe/Berlin', '2026-10-25T02:30:00', '2026-10-25T00:30:00Z'],
    ['America/New_York', '2026-11-01T01:30:00', '2026-11-01T05:30:00Z'],
    ['Australia/Lord_Howe', '2027-04-04T01:45:00', '2027-04-03T14:45:00Z'],
  ])('F15 in %s, %s comes twice and means the first, %s', (name, wall, utc) => {
    expect(formatInstant(instantOf(parseWallTime(wall), parseZone(name)))).toBe(utc);
  });

  it.each([
    ['Pacific/Pago_Pago', '2026-12-31'],
    ['UTC', '2027-01-01'],
    ['Pacific/Auckland', '2027-01-01'],
    ['Pacific/Kiritimati', '2027-01-02'],
  ])('F16 at 10:00 UTC on New Year it is %s: %s', (name, date) => {
    expect(dateOf(parseInstant('2027-01-01T10:00:00Z'), parseZone(name))).toBe(date);
  });

  it('a date starts at its first moment, also where midnight is skipped', () => {
    expect(formatInstant(startOfDate(parseDate('2027-03-28'), parseZone('Europe/Berlin')))).toBe('2027-03-27T23:00:00Z');
    // Beirut skips from 00:00 to 01:00 on the last Sunday of March.
    const beirut = parseZone('Asia/Beirut');
    expect(wallTimeOf(startOfDate(parseDate('2027-03-28'), beirut), beirut)).toBe('2027-03-28T01:00:00');
  });

  it('dates are counted as dates, over months, leap years and clock changes', () => {
    expect(addDays(parseDate('2028-02-28'), 1)).toBe('2028-02-29');
    expect(addDays(parseDate('2027-01-01'), -1)).toBe('2026-12-31');
    expect(daysBetween(parseDate('2027-03-27'), parseDate('2027-03-29'))).toBe(2);
    expect(daysBetween(parseDate('2027-03-29'), parseDate('2026-03-29'))).toBe(-365);
    expect([weekdayOf(parseDate('2026-11-16')), weekdayOf(parseDate('2026-11-22'))]).toEqual([1, 7]);
  });
});
