import { instant } from '@daymark/domain';
import { expect, it } from 'vitest';
import { brakes, countedSince } from './deletion-brake.ts';

it.each([
  [0, 0, false],
  [10, 9, false],
  [10, 10, true],
  [40, 10, false],
  [39, 10, true],
  [1000, 250, false],
  [1000, 251, true],
  [0, 10, true],
])('F08 of %i live things a pass after which %i are gone stops: %s', (live, wouldDelete, expected) => {
  expect(brakes({ live, wouldDelete })).toBe(expected);
});

it('F08 counts the deletions of a day together, of the day before a pass that is held', () => {
  const now = instant(Date.UTC(2026, 10, 20, 12));
  expect(countedSince({ now, heldSince: null })).toBe(Date.UTC(2026, 10, 19, 12));
  expect(countedSince({ now, heldSince: instant(Date.UTC(2026, 10, 18, 9)) })).toBe(Date.UTC(2026, 10, 17, 9));
});
