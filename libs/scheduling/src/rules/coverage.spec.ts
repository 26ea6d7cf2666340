import { describe, expect, it } from 'vitest';
import type { CalendarKnowledge } from '../slot-request.ts';
import { blocked, kinds } from '../testing/rule-cases.ts';
import { minutes, person, span } from '../testing/sample-request.ts';
import { coverageRule } from './coverage.ts';

const day = span('2027-03-08T00:00Z', '2027-03-09T00:00Z');
const now = '2027-03-07T00:00Z';
const buffers = { beforeMs: minutes(10), afterMs: minutes(5) };
const wide: CalendarKnowledge = { calendarId: 'cal_wide', known: span('2027-03-01T00:00Z', '2027-04-01T00:00Z') };
const short: CalendarKnowledge = { calendarId: 'cal_short', known: span('2027-03-08T08:00Z', '2027-03-08T18:00Z') };
const unknown: CalendarKnowledge = { calendarId: 'cal_dark', known: null };

describe('coverage', () => {
  it.each([
    ['F42 no calendar to read', [], []],
    ['F42 the buffers must be known as well', [wide], ['… 2027-03-01T00:10', '2027-03-31T23:55 …']],
    ['F42 the calendar that reaches least decides', [wide, short], ['… 2027-03-08T08:10', '2027-03-08T17:55 …']],
    ['F42 a calendar of which nothing is known blocks all time', [wide, unknown], ['… …']],
  ])('%s', (_, calendars, expected) => {
    expect(blocked(coverageRule, person('a', { calendars, buffers }), { now, span: day })).toEqual(expected);
  });

  it.each([
    ['inside', [wide, short], '2027-03-08T08:10Z', '2027-03-08T17:55Z', []],
    ['behind the end', [wide, short], '2027-03-08T17:30Z', '2027-03-08T18:00Z', ['outside_window']],
    ['before the start', [wide, short], '2027-03-08T08:09Z', '2027-03-08T09:00Z', ['outside_window']],
    ['unknown and outside', [short, unknown], '2027-03-08T20:00Z', '2027-03-08T21:00Z', ['outside_window', 'unknown']],
  ])('F42 %s', (_, calendars, start, end, expected) => {
    expect(kinds(coverageRule, person('a', { calendars, buffers }), { now, candidate: span(start, end) })).toEqual(expected);
  });
});
