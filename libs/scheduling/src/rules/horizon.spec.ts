import { parseZone } from '@daymark/domain';
import { describe, expect, it } from 'vitest';
import { blocked, kinds } from '../testing/rule-cases.ts';
import { person, span } from '../testing/sample-request.ts';
import { horizonRule } from './horizon.ts';

const week = span('2027-03-08T00:00Z', '2027-03-15T00:00Z');

describe('horizon', () => {
  it.each([
    ['no horizon', 'UTC', null, []],
    ['only today', 'UTC', 0, ['2027-03-09T00:00 …']],
    ['three days ahead', 'UTC', 3, ['2027-03-12T00:00 …']],
    ['today is already tomorrow in Kiritimati', 'Pacific/Kiritimati', 0, ['2027-03-09T10:00 …']],
    ['dates end by the person’s midnight', 'America/New_York', 1, ['2027-03-10T05:00 …']],
    [
      'dates end where the next begins, though clocks go back a minute later',
      'America/St_Johns',
      0,
      ['2010-11-07T02:30 …'],
      '2010-11-06T15:00Z',
    ],
    ['beyond a clock change', 'America/New_York', 7, ['2027-03-16T04:00 …']],
  ])('%s', (_, zone, horizonDays, expected, now = '2027-03-08T12:00Z') => {
    expect(blocked(horizonRule, person('a', { zone: parseZone(zone), horizonDays }), { now, span: week })).toEqual(expected);
  });

  it.each([
    ['2027-03-08T23:30Z', '2027-03-09T00:00Z', []],
    ['2027-03-08T23:30Z', '2027-03-09T00:05Z', ['horizon']],
  ])('of today, %s to %s gives %o', (start, end, expected) => {
    expect(kinds(horizonRule, person('a', { horizonDays: 0 }), { now: '2027-03-08T12:00Z', candidate: span(start, end) })).toEqual(
      expected,
    );
  });
});
