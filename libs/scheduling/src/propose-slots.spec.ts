import type { Instant } from '@daymark/domain';
import { formatInstant, parseZone } from '@daymark/domain';
import { describe, expect, it } from 'vitest';
import type { Slot } from './find-slots.ts';
import { findSlots, standardEngine } from './find-slots.ts';
import { alternatives, suggestSlots } from './propose-slots.ts';
import { at, busyAt, minutes, person, request, span } from './testing/sample-request.ts';

const shown = (slots: readonly Slot[]): string[] => slots.map(({ start }) => formatInstant(start).slice(5, 16));
const week = span('2027-03-08T09:00Z', '2027-03-12T17:00Z');
const daily = { zone: parseZone('UTC'), weekly: Array.from({ length: 7 }, () => [{ fromMinute: 540, toMinute: 1020 }]), overrides: [] };

describe('alternatives', () => {
  const busy = busyAt(['2027-03-08T10:00Z', '2027-03-08T11:00Z']);

  it('CNF-03 are the three nearest times, the earlier of two equally near first', () => {
    const asked = request([person('ada', { busy })]);
    expect(shown(alternatives(asked, { start: at('2027-03-08T10:30Z') }))).toEqual(['03-08T11:00', '03-08T09:30', '03-08T11:30']);
    expect(shown(alternatives(asked, { start: at('2027-03-08T10:15Z'), count: 2 }))).toEqual(['03-08T09:30', '03-08T11:00']);
  });

  it('CNF-03 never are the time that was lost', () => {
    expect(shown(alternatives(request([person('ada')]), { start: at('2027-03-08T09:30Z') }))).toEqual([
      '03-08T09:00',
      '03-08T10:00',
      '03-08T10:30',
    ]);
  });

  it('are as many as there are, and can be booked', () => {
    const asked = request([person('ada', { busy: busyAt(['2027-03-08T09:00Z', '2027-03-08T11:30Z']) })]);
    expect(shown(alternatives(asked, { start: at('2027-03-08T09:00Z'), count: 5 }))).toEqual(['03-08T11:30']);
  });
});

describe('suggestions', () => {
  it('AVL-09 are spread over days, best first, each bookable', () => {
    const asked = request(
      [person('ada', { hours: daily }), person('bob', { hours: daily, busy: busyAt(['2027-03-09T00:00Z', '2027-03-10T00:00Z']) })],
      { window: week },
    );
    const found = suggestSlots(asked, { count: 3 });
    expect(new Set(shown(found).map((text) => text.slice(0, 5))).size).toBe(3);
    expect(found.map(({ score }) => score)).toEqual(found.map(({ score }) => score).toSorted((one, other) => other - one));
    const starts = new Set(findSlots(asked, { limit: 1 }).starts);
    for (const { start } of found) expect(starts.has(start)).toBe(true);
  });

  it('AVL-09 come more than one a day when there are not enough days, apart from each other while that is possible', () => {
    const asked = request([person('ada')], {
      grid: { zone: parseZone('UTC'), stepMinutes: 15, roundToMinutes: 15 },
      durationMs: minutes(60),
    });
    const three = suggestSlots(asked, { count: 3 }).toSorted((one, other) => one.start - other.start);
    expect(shown(three)).toEqual(['03-08T09:00', '03-08T10:00', '03-08T11:00']);
    expect(suggestSlots(asked, { count: 50 })).toHaveLength(9);
  });

  it('follow the ranker that is plugged in', () => {
    const latest = { name: 'latest', prepare: () => (slot: { start: number }) => ({ score: slot.start / 1e13, factors: [] }) };
    expect(shown(suggestSlots(request([person('ada')]), { count: 1 }, { ...standardEngine, ranker: latest }))).toEqual(['03-08T11:30']);
  });

  it('are refused in numbers that nobody can read', () => {
    expect(() => suggestSlots(request([person('ada')]), { count: 51 })).toThrow(RangeError);
    expect(() => alternatives(request([person('ada')]), { start: at('2027-03-08T09:30Z'), count: 0 })).toThrow(RangeError);
    expect(() => alternatives(request([person('ada')]), { start: Number.NaN as Instant })).toThrow(RangeError);
  });
});
