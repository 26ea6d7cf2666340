import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClaimBuffers } from './claim.ts';
import { claimBuffers, claimRanges, claimsClash } from './claim.ts';
import { addMinutes, instant } from './time.ts';

const tenOClock = instant(36_000_000);

function meeting(startMinute: number, lengthMinutes: number) {
  return { start: addMinutes(tenOClock, startMinute), end: addMinutes(tenOClock, startMinute + lengthMinutes) };
}

function kept(beforeMinutes: number, afterMinutes: number): ClaimBuffers {
  return { beforeMs: beforeMinutes * 60_000, afterMs: afterMinutes * 60_000 };
}

describe('claims', () => {
  it('keep the larger of profile and person on each side, preparation counted before', () => {
    const profile = { bufferBeforeMinutes: 5, bufferAfterMinutes: 15, preparationMinutes: 10 };
    const person = { bufferBeforeMinutes: 12, bufferAfterMinutes: 20, preparationMinutes: 0 };
    expect(claimBuffers(profile, person)).toEqual(kept(15, 20));
  });

  it.each([
    ['no buffers, touching', kept(0, 0), 0, kept(0, 0), false],
    ['no buffers, a minute too early', kept(0, 0), -1, kept(0, 0), true],
    ['after 15 and before 10: the larger is enough', kept(0, 15), 15, kept(10, 0), false],
    ['after 15 and before 10: a minute less is not', kept(0, 15), 14, kept(10, 0), true],
    ['after 5 and before 10: the larger is enough', kept(0, 5), 10, kept(10, 0), false],
    ['after 5 and before 10: a minute less is not', kept(0, 5), 9, kept(10, 0), true],
    ['what the first keeps before and the second after does not matter', kept(60, 0), 0, kept(0, 60), false],
  ])('%s', (_, first, gapMinutes, second, clash) => {
    const one = claimRanges(meeting(0, 30), first);
    const other = claimRanges(meeting(30 + gapMinutes, 30), second);
    expect(claimsClash(one, other)).toBe(clash);
    expect(claimsClash(other, one)).toBe(clash);
  });

  it('clash exactly when less than the larger of after and before lies between them', () => {
    const minute = fc.integer({ min: 0, max: 120 });
    const length = fc.integer({ min: 1, max: 90 });
    fc.assert(
      fc.property(
        minute,
        length,
        minute,
        minute,
        minute,
        length,
        minute,
        minute,
        (start, long, before, after, start2, long2, before2, after2) => {
          const clash = claimsClash(
            claimRanges(meeting(start, long), kept(before, after)),
            claimRanges(meeting(start2, long2), kept(before2, after2)),
          );
          const isFirst = start <= start2;
          const gap = isFirst ? start2 - (start + long) : start - (start2 + long2);
          const needed = isFirst ? Math.max(after, before2) : Math.max(after2, before);
          expect(clash).toBe(gap < needed || gap < 0);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('are refused with buffers that make no sense', () => {
    expect(() => claimRanges(meeting(0, 30), kept(-1, 0))).toThrow(RangeError);
    expect(() => claimRanges(meeting(0, 30), { beforeMs: 0, afterMs: Number.NaN })).toThrow(RangeError);
  });
});
