import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OpenTime } from './open-time.ts';
import { coversSpan, subtract, timeOf, touchesSpan, union } from './open-time.ts';

const pairs = (time: OpenTime): number[][] => Array.from(time.starts, (start, index) => [start, time.ends[index] as number]);
const holds = (time: OpenTime, moment: number): boolean => coversSpan(time, moment, moment + 1);
const anyTime = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 8 })), { maxLength: 10 })
  .map((made) => timeOf(made.map(([start, length]) => [start, start + length])));

describe('sets of time', () => {
  it('join what touches or overlaps and drop what is empty', () => {
    expect(
      pairs(
        timeOf([
          [5, 7],
          [1, 2],
          [2, 3],
          [6, 9],
          [4, 4],
        ]),
      ),
    ).toEqual([
      [1, 3],
      [5, 9],
    ]);
  });

  it('may be open at an end', () => {
    expect(
      pairs(
        subtract(
          timeOf([[0, 10]]),
          timeOf([
            [-Infinity, 3],
            [8, Infinity],
          ]),
        ),
      ),
    ).toEqual([[3, 8]]);
  });

  it('hold, moment by moment, what union and difference promise, in order and apart', () => {
    fc.assert(
      fc.property(anyTime, anyTime, (one, other) => {
        const together = union(one, other);
        const difference = subtract(one, other);
        for (let moment = -1; moment < 50; moment += 1) {
          expect(holds(together, moment)).toBe(holds(one, moment) || holds(other, moment));
          expect(holds(difference, moment)).toBe(holds(one, moment) && !holds(other, moment));
          expect(touchesSpan(one, moment, moment + 3)).toBe([0, 1, 2].some((off) => holds(one, moment + off)));
        }
        for (const time of [together, difference]) {
          pairs(time).forEach(([start, end], index) => {
            expect(start).toBeLessThan(end as number);
            if (index > 0) expect(start).toBeGreaterThan(time.ends[index - 1] as number);
          });
        }
      }),
      { numRuns: 500 },
    );
  });
});
