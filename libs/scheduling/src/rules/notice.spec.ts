import { DAY_MS, HOUR_MS } from '@daymark/domain';
import { describe, expect, it } from 'vitest';
import { blocked, kinds } from '../testing/rule-cases.ts';
import { person, span } from '../testing/sample-request.ts';
import { noticeRule } from './notice.ts';

const day = span('2027-03-28T00:00Z', '2027-03-29T00:00Z');

describe('notice', () => {
  it.each([
    ['none: only the past', 0, '2027-03-28T09:00Z', '… 2027-03-28T09:00'],
    ['four hours', 4 * HOUR_MS, '2027-03-28T09:00Z', '… 2027-03-28T13:00'],
    ['a day, landing on a clock change', DAY_MS, '2027-03-27T01:30Z', '… 2027-03-28T01:30'],
  ])('of %s', (_, noticeMs, now, expected) => {
    expect(blocked(noticeRule, person('a', { noticeMs }), { now, span: day })).toEqual([expected]);
  });

  it.each([
    ['2027-03-28T12:59Z', ['notice']],
    ['2027-03-28T13:00Z', []],
  ])('four hours before, a meeting at %s gives %o', (start, expected) => {
    const asked = { now: '2027-03-28T09:00Z', candidate: span(start, '2027-03-28T15:00Z') };
    expect(kinds(noticeRule, person('a', { noticeMs: 4 * HOUR_MS }), asked)).toEqual(expected);
  });
});
