import type { ClaimBuffers, Instant, Interval } from '@daymark/domain';
import { UTC, claimRanges, claimsClash } from '@daymark/domain';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findSlots } from './find-slots.ts';
import { minutes, person, request } from './testing/sample-request.ts';
import { whyNot } from './why-not.ts';

interface Booked {
  readonly meeting: Interval;
  readonly buffers: ClaimBuffers;
}

const buffer = fc.integer({ min: 0, max: 9 }).map((count) => minutes(5 * count));
const buffers = fc.record({ beforeMs: buffer, afterMs: buffer });
const origin = request([person('ada')]).window.start;
const booked: fc.Arbitrary<Booked> = fc
  .record({ start: fc.integer({ min: -12, max: 40 }), length: fc.integer({ min: 1, max: 12 }), buffers })
  .map((made) => ({ meeting: meetingAt(minutes(5 * made.start), minutes(5 * made.length)), buffers: made.buffers }));

function meetingAt(offsetMs: number, durationMs: number): Interval {
  return { start: (origin + offsetMs) as Instant, end: (origin + offsetMs + durationMs) as Instant };
}

function withClaims(claims: readonly Booked[], own: ClaimBuffers) {
  const column = (value: (one: Booked) => number): Float64Array => Float64Array.from(claims, value);
  return person('ada', {
    buffers: own,
    claims: {
      starts: column(({ meeting }) => meeting.start),
      ends: column(({ meeting }) => meeting.end),
      beforeMs: column((one) => one.buffers.beforeMs),
      afterMs: column((one) => one.buffers.afterMs),
      meetingIds: claims.map((_, index) => `mtg_${index}`),
    },
  });
}

describe('engine and claim constraint', () => {
  it('F41 call the same times free: a slot is offered exactly when its claim would be accepted', () => {
    fc.assert(
      fc.property(fc.array(booked, { maxLength: 6 }), buffers, fc.constantFrom(5, 15, 30, 60), (claims, own, duration) => {
        const asked = request([withClaims(claims, own)], {
          durationMs: minutes(duration),
          grid: { zone: UTC, stepMinutes: 5, roundToMinutes: 5 },
        });
        const offered = new Set(findSlots(asked, { limit: 1 }).starts);
        for (let start = asked.window.start as number; start + asked.durationMs <= asked.window.end; start += minutes(5)) {
          const slot = { start: start as Instant, end: (start + asked.durationMs) as Instant };
          const clashing = claims.flatMap((one, index) =>
            claimsClash(claimRanges(slot, own), claimRanges(one.meeting, one.buffers)) ? [`mtg_${index}`] : [],
          );
          expect(offered.has(start)).toBe(clashing.length === 0);
          expect(whyNot(asked, slot).people.flatMap(({ items }) => items.map(({ meetingId }) => meetingId))).toEqual(clashing);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('F41 agree after any sequence of bookings: what is booked from the offer never clashes', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(), buffers), { maxLength: 12 }), (wishes) => {
        const claims: Booked[] = [];
        for (const [wish, own] of wishes) {
          const { starts } = findSlots(request([withClaims(claims, own)]), { limit: 1 });
          if (starts.length === 0) continue;
          const meeting = meetingAt((starts[wish % starts.length] as number) - origin, minutes(30));
          for (const other of claims) expect(claimsClash(claimRanges(meeting, own), claimRanges(other.meeting, other.buffers))).toBe(false);
          claims.push({ meeting, buffers: own });
        }
      }),
      { numRuns: 300 },
    );
  });
});
