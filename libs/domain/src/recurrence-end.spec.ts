import { describe, expect, it } from 'vitest';
import { expandSeries, type Series } from './recurrence.ts';
import { endSeriesBefore, takesPlaceAt } from './recurrence-end.ts';
import { addMilliseconds, instantOf, parseDate, parseInstant, parseWallTime, parseZone, UTC } from './time.ts';
import type { Instant, PlainDate } from './time.ts';

const zone = parseZone('Europe/Berlin');
const at = (wall: string): Instant => instantOf(parseWallTime(`${wall}:00`), zone);

/** Mondays at nine in Berlin, from the week before the clocks change. */
function weekly(...rules: string[]): Series {
  const startWall = parseWallTime('2027-03-22T09:00:00');
  const start = instantOf(startWall, zone);
  return { rules, time: { kind: 'timed', start, end: addMilliseconds(start, 3_600_000), startWall, zone } };
}

function days(...rules: string[]): Series {
  return { rules, time: { kind: 'all-day', startDate: parseDate('2027-03-22'), endDate: parseDate('2027-03-23') } };
}

const window = { start: parseInstant('2027-01-01T00:00:00Z'), end: parseInstant('2028-06-01T00:00:00Z') };

function startsOf(series: Series): (Instant | PlainDate)[] {
  const expansion = expandSeries(series, { window, zone: UTC, limit: 1000 });
  if (expansion.kind === 'unreadable') throw new Error(expansion.reason);
  return expansion.occurrences.map(({ originalStart }) => originalStart);
}

describe('whether a series takes place at a start', () => {
  it.each([
    ['the first', weekly('RRULE:FREQ=WEEKLY'), at('2027-03-22T09:00'), true],
    ['one after the clock change', weekly('RRULE:FREQ=WEEKLY'), at('2027-03-29T09:00'), true],
    ['an hour beside it', weekly('RRULE:FREQ=WEEKLY'), at('2027-03-29T10:00'), false],
    ['one that was taken out', weekly('RRULE:FREQ=WEEKLY', 'EXDATE;TZID=Europe/Berlin:20270329T090000'), at('2027-03-29T09:00'), false],
    ['one that was added', weekly('RRULE:FREQ=WEEKLY', 'RDATE;TZID=Europe/Berlin:20270330T090000'), at('2027-03-30T09:00'), true],
    ['one after the end', weekly('RRULE:FREQ=WEEKLY;COUNT=2'), at('2027-04-05T09:00'), false],
    ['a date of an all-day series', days('RRULE:FREQ=DAILY'), parseDate('2027-03-25'), true],
    ['a date of a timed series', weekly('RRULE:FREQ=WEEKLY'), parseDate('2027-03-22'), false],
    ['a time of an all-day series', days('RRULE:FREQ=DAILY'), at('2027-03-22T00:00'), false],
    ['any of one that cannot be read', weekly('RRULE:FREQ=OFTEN'), at('2027-03-22T09:00'), false],
  ])('%s', (_name, series, start, expected) => {
    expect(takesPlaceAt(series, start)).toBe(expected);
  });
});

describe('a series that ends before an occurrence', () => {
  it('ends in UTC one second before it, across a clock change', () => {
    expect(endSeriesBefore(weekly('RRULE:FREQ=WEEKLY;BYDAY=MO'), at('2027-04-05T09:00'))).toEqual([
      'RRULE:FREQ=WEEKLY;BYDAY=MO;UNTIL=20270405T065959Z',
    ]);
  });

  it('ends on the date before it when it lasts all day', () => {
    expect(endSeriesBefore(days('RRULE:FREQ=DAILY;UNTIL=20270401'), parseDate('2027-03-25'))).toEqual(['RRULE:FREQ=DAILY;UNTIL=20270324']);
  });

  it('has nothing left before its first', () => {
    expect(endSeriesBefore(weekly('RRULE:FREQ=WEEKLY'), at('2027-03-22T09:00'))).toBeNull();
    expect(endSeriesBefore(days('RRULE:FREQ=DAILY'), parseDate('2027-03-22'))).toBeNull();
  });

  it('leaves out dates added from there on and keeps those before', () => {
    const series = weekly('RRULE:FREQ=WEEKLY', 'RDATE;TZID=Europe/Berlin:20270324T090000,20270407T090000', 'RDATE:20270501T070000Z');
    expect(endSeriesBefore(series, at('2027-03-29T09:00'))).toEqual([
      'RRULE:FREQ=WEEKLY;UNTIL=20270329T065959Z',
      'RDATE;TZID=Europe/Berlin:20270324T090000',
    ]);
  });

  it('keeps the end of a rule that has ended by then', () => {
    const series = (rule: string) => weekly(rule, 'RDATE;TZID=Europe/Berlin:20270501T090000');
    for (const rule of ['RRULE:FREQ=WEEKLY;COUNT=2', 'RRULE:FREQ=WEEKLY;UNTIL=20270329T070000Z'])
      expect(endSeriesBefore(series(rule), at('2027-05-01T09:00'))).toEqual([rule]);
  });

  it.each([
    'RRULE:FREQ=WEEKLY;COUNT=12',
    'RRULE:FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20270801T000000Z',
    'RRULE:FREQ=MONTHLY;BYDAY=4MO;COUNT=7',
    'RRULE:FREQ=DAILY;INTERVAL=3;COUNT=40',
  ])('%s: takes place as before, and not from there on', (rule) => {
    for (const series of [weekly(rule, 'EXDATE:20270405T070000Z'), days(rule, 'EXDATE;VALUE=DATE:20270405')]) {
      const starts = startsOf(series);
      for (const [index, start] of starts.entries()) {
        const rules = endSeriesBefore(series, start);
        expect(rules === null ? [] : startsOf({ ...series, rules })).toEqual(starts.slice(0, index));
      }
    }
  });
});
