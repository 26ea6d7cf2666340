import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { intersection, interval, overlaps } from './interval.ts';
import type { Interval } from './interval.ts';
import { instant } from './time.ts';

const span = (start: number, end: number): Interval => interval(instant(start), instant(end));

describe('an interval', () => {
  it.each([
    [5, 5],
    [5, 4],
  ])('cannot last from %i to %i', (start, end) => {
    expect(() => span(start, end)).toThrow(RangeError);
  });

  it.each([
    [span(0, 10), span(10, 20), false, null],
    [span(0, 10), span(9, 20), true, span(9, 10)],
    [span(0, 10), span(2, 3), true, span(2, 3)],
    [span(0, 10), span(0, 10), true, span(0, 10)],
    [span(0, 10), span(11, 12), false, null],
  ])('%j and %j overlap: %s', (one, other, expected, common) => {
    expect([overlaps(one, other), overlaps(other, one)]).toEqual([expected, expected]);
    expect([intersection(one, other), intersection(other, one)]).toEqual([common, common]);
  });

  it('has in common with another exactly the moments that are in both', () => {
    const spans = fc
      .tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 1, max: 10 }))
      .map(([start, length]) => span(start, start + length));
    fc.assert(
      fc.property(spans, spans, (one, other) => {
        const common = intersection(one, other);
        expect(common !== null).toBe(overlaps(one, other));
        for (let at = 0; at <= 30; at++) {
          const inBoth = [one, other].every(({ start, end }) => start <= at && at < end);
          expect(common !== null && common.start <= at && at < common.end).toBe(inBoth);
        }
      }),
    );
  });
});
