import { parseZone } from '@daymark/domain';
import { describe, expect, it } from 'vitest';
import { blocked, kinds } from '../testing/rule-cases.ts';
import { claimsAt, person, span } from '../testing/sample-request.ts';
import { maxPerDayRule } from './max-per-day.ts';

const days = span('2027-03-08T00:00Z', '2027-03-10T00:00Z');
const now = '2027-03-01T00:00Z';
const one = ['2027-03-08T10:00Z', '2027-03-08T11:00Z'] as const;
const two = ['2027-03-08T14:00Z', '2027-03-08T15:00Z'] as const;
const late = ['2027-03-08T23:30Z', '2027-03-09T00:30Z'] as const;

describe('max per day', () => {
  it.each([
    ['no limit', 'UTC', null, claimsAt(one, two), []],
    ['one less than the limit', 'UTC', 3, claimsAt(one, two), []],
    ['the limit closes the date', 'UTC', 2, claimsAt(one, two), ['2027-03-08T00:00 2027-03-09T00:00']],
    ['a meeting over midnight counts on both dates', 'UTC', 1, claimsAt(late), ['2027-03-08T00:00 2027-03-10T00:00']],
    [
      'dates are those of the person',
      'Asia/Kolkata',
      1,
      claimsAt(['2027-03-08T19:00Z', '2027-03-08T20:00Z']),
      ['2027-03-08T18:30 2027-03-09T18:30'],
    ],
    ['a long date on the day of a clock change', 'America/New_York', 1, claimsAt(['2027-11-07T15:00Z', '2027-11-07T16:00Z']), []],
  ])('%s', (_, zone, maxPerDay, claims, expected) => {
    expect(blocked(maxPerDayRule, person('a', { zone: parseZone(zone), maxPerDay, claims }), { now, span: days })).toEqual(expected);
  });

  it('a candidate over a midnight that clocks go back over a minute later counts on both dates', () => {
    const zone = parseZone('America/St_Johns');
    const full = person('a', { zone, maxPerDay: 1, claims: claimsAt(['2010-11-06T15:00Z', '2010-11-06T16:00Z']) });
    for (const [start, expected] of [
      ['2010-11-07T02:30Z', ['limit']],
      ['2010-11-07T03:30Z', []],
    ] as const)
      expect(kinds(maxPerDayRule, full, { now: '2010-11-01T00:00Z', candidate: span(start, start.replace(/0Z$/, '5Z')) })).toEqual(
        expected,
      );
  });

  it('a date of 25 hours is closed for 25 hours', () => {
    const full = person('a', {
      zone: parseZone('America/New_York'),
      maxPerDay: 1,
      claims: claimsAt(['2027-11-07T15:00Z', '2027-11-07T16:00Z']),
    });
    expect(blocked(maxPerDayRule, full, { now, span: span('2027-11-07T12:00Z', '2027-11-07T13:00Z') })).toEqual([
      '2027-11-07T04:00 2027-11-08T05:00',
    ]);
  });

  it.each([
    ['2027-03-08T22:00Z', '2027-03-08T23:00Z', ['limit']],
    ['2027-03-09T00:00Z', '2027-03-09T01:00Z', []],
    ['2027-03-07T23:30Z', '2027-03-08T00:00Z', []],
    ['2027-03-07T23:30Z', '2027-03-08T00:05Z', ['limit']],
  ])('when the 8th is full, %s to %s gives %o', (start, end, expected) => {
    expect(kinds(maxPerDayRule, person('a', { maxPerDay: 1, claims: claimsAt(one) }), { now, candidate: span(start, end) })).toEqual(
      expected,
    );
  });
});
