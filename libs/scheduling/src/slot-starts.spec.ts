import { parseZone } from '@daymark/domain';
import { describe, expect, it } from 'vitest';
import type { SlotGrid } from './slot-request.ts';
import { SlotStarts } from './slot-starts.ts';
import { minutes, span, times } from './testing/sample-request.ts';

const utc = parseZone('UTC');
const morning = span('2027-03-08T09:00Z', '2027-03-08T11:00Z');
const grid = (stepMinutes: number, roundToMinutes: number, more: Partial<SlotGrid> = {}): SlotGrid => ({
  zone: utc,
  stepMinutes,
  roundToMinutes,
  ...more,
});

describe('starts of slots', () => {
  it.each([
    ['every quarter', grid(15, 15), ['09:00', '09:15', '09:30', '09:45', '10:00', '10:15', '10:30']],
    ['every half hour', grid(30, 15), ['09:00', '09:30', '10:00', '10:30']],
    ['a step is rounded up to the next multiple', grid(20, 15), ['09:00', '09:30', '09:45', '10:00', '10:30']],
    ['a step smaller than the rounding gives each multiple once', grid(5, 30), ['09:00', '09:30', '10:00', '10:30']],
    ['odd steps count from midnight', grid(40, 5), ['09:20', '10:00']],
    ['odd steps count from the anchor', grid(40, 5, { anchorMinute: 540 }), ['09:00', '09:40', '10:20']],
    ['by the wall clock of a half-hour zone', grid(60, 60, { zone: parseZone('Asia/Kolkata') }), ['09:30', '10:30']],
    ['by the wall clock of a quarter-hour zone', grid(60, 60, { zone: parseZone('Asia/Kathmandu') }), ['09:15', '10:15']],
  ])('AVL-07 %s', (_, asked, expected) => {
    expect(times(new SlotStarts({ window: morning, durationMs: minutes(30), grid: asked }).all())).toEqual(expected);
  });

  it('are numbered in the order of time, over clock changes too', () => {
    const window = span('2027-04-02T00:00Z', '2027-04-06T00:00Z');
    for (const asked of [grid(15, 15), grid(50, 5), grid(25, 15)]) {
      const starts = new SlotStarts({ window, durationMs: minutes(30), grid: { ...asked, zone: parseZone('Australia/Lord_Howe') } });
      const all = starts.all();
      expect(all.length).toBe(starts.size);
      all.forEach((start, index) => {
        expect(starts.countBefore(start)).toBe(index);
        expect(starts.countBefore(start + 1)).toBe(index + 1);
      });
    }
  });

  it('are none when the window is shorter than the meeting', () => {
    const starts = new SlotStarts({ window: morning, durationMs: minutes(121), grid: grid(15, 15) });
    expect(starts.size).toBe(0);
    expect(starts.countBefore(morning.start)).toBe(0);
  });
});
