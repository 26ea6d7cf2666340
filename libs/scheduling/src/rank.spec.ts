import { parseZone } from '@daymark/domain';
import { describe, expect, it } from 'vitest';
import { findSlots } from './find-slots.ts';
import type { Person } from './slot-request.ts';
import { at, busyAt, person, request, span } from './testing/sample-request.ts';

const day = span('2027-03-08T06:00Z', '2027-03-08T22:00Z');

function valuesOf(name: string, changes: Partial<Person>): Map<string, number> {
  const { slots } = findSlots(request([person('ada', changes)], { window: day }), { limit: 100 });
  return new Map(
    slots.map(({ start, factors }) => [
      new Date(start).toISOString().slice(11, 16),
      factors.find((factor) => factor.name === name)?.value ?? -1,
    ]),
  );
}

describe('the score of a slot', () => {
  it('AVL-11 lies between 0 and 1 and is the sum of its factors, whose weights add up to 1', () => {
    const { slots } = findSlots(request([person('ada', { busy: busyAt(['2027-03-08T10:00Z', '2027-03-08T11:00Z']) })], { window: day }), {
      limit: 100,
    });
    for (const { score, factors } of slots) {
      expect(score).toBeGreaterThanOrEqual(0);
      expect(score).toBeLessThanOrEqual(1);
      expect(score).toBeCloseTo(
        factors.reduce((sum, { weight, value }) => sum + weight * value, 0),
        3,
      );
      expect(factors.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 9);
    }
  });

  it('AVL-11 is higher at the hours of past meetings, by the wall clock on both sides of a clock change', () => {
    const pastStarts = Float64Array.of(at('2027-01-11T13:00Z'), at('2027-02-01T13:00Z'), at('2027-07-05T12:00Z'), at('2027-02-03T08:00Z'));
    const habit = valuesOf('close_to_usual_hour', { zone: parseZone('Europe/Berlin'), pastStarts });
    expect(habit.get('13:00')).toBe(1);
    expect(habit.get('08:00')).toBeCloseTo(1 / 3, 3);
    expect(habit.get('13:30')).toBe(0.5);
    expect(habit.get('17:00')).toBe(0);
  });

  it('AVL-11 has no opinion on the hour of somebody without a past', () => {
    expect(new Set(valuesOf('close_to_usual_hour', {}).values())).toEqual(new Set([0.5]));
  });

  it('prefers earlier times, times beside others, and daytime where the person is', () => {
    const busy = busyAt(['2027-03-08T12:00Z', '2027-03-08T13:00Z']);
    expect(valuesOf('soon', {}).get('06:00')).toBe(1);
    expect(valuesOf('soon', {}).get('14:00')).toBe(0.5);
    expect(valuesOf('keeps_time_unbroken', { busy }).get('13:00')).toBe(1);
    expect(valuesOf('keeps_time_unbroken', { busy }).get('14:00')).toBe(0.5);
    expect(valuesOf('keeps_time_unbroken', { busy }).get('16:00')).toBe(0);
    expect(valuesOf('daytime', { zone: parseZone('America/New_York') }).get('15:00')).toBe(1);
    expect(valuesOf('daytime', { zone: parseZone('America/New_York') }).get('11:00')).toBe(0);
  });
});
