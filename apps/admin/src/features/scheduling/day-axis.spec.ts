import type { Slot } from '@daymark/api-contract';
import { slotExample } from '@daymark/api-contract';
import { describe, expect, it } from 'vitest';
import { axisOf, cellsOf, hoursOf, placeOn, within } from './day-axis.ts';

const berlin = 'Europe/Berlin';
const at = (time: string): number => Date.parse(time);
const slot = (start: string, end: string): Slot => ({ ...slotExample, start, end });

describe('the hours that lanes show', () => {
  it.each([
    ['the usual ones without a slot', [], { from: 8, until: 18 }],
    ['those of early and late slots', [slot('2027-03-08T05:30:00Z', '2027-03-08T06:00:00Z')], { from: 6, until: 18 }],
    ['a whole hour more for a slot that ends within it', [slot('2027-03-08T17:00:00Z', '2027-03-08T17:15:00Z')], { from: 8, until: 19 }],
    ['the day to its end for a slot that ends at midnight', [slot('2027-03-08T22:30:00Z', '2027-03-08T23:00:00Z')], { from: 8, until: 24 }],
    [
      'the day to its end for a slot that goes into the next',
      [slot('2027-03-08T22:45:00Z', '2027-03-08T23:15:00Z')],
      { from: 8, until: 24 },
    ],
  ])('are %s, on the clock of the zone', (_, slots, hours) => {
    expect(hoursOf(slots, berlin)).toEqual(hours);
  });
});

describe('the axis of a day', () => {
  it('lies on the clock of the zone', () => {
    expect(axisOf('2027-03-08', { from: 8, until: 18 }, berlin)).toEqual({
      start: at('2027-03-08T07:00:00Z'),
      end: at('2027-03-08T17:00:00Z'),
    });
  });

  it.each([
    ['spring', '2027-03-28', 46],
    ['winter', '2027-01-04', 48],
    ['autumn', '2027-10-31', 50],
  ])('has the half hours that a day in %s has', (_, day, count) => {
    expect(cellsOf(axisOf(day, { from: 0, until: 24 }, berlin))).toHaveLength(count);
  });

  it('cuts spans to itself and leaves out what lies outside', () => {
    const axis = { start: 100, end: 200 };
    const spans = [
      { start: 0, end: 100 },
      { start: 50, end: 150 },
      { start: 190, end: 300 },
    ];
    expect(within(spans, axis)).toEqual([
      { start: 100, end: 150 },
      { start: 190, end: 200 },
    ]);
    expect(placeOn(axis, { start: 125, end: 150 })).toEqual({ left: '25%', width: '25%' });
  });
});
