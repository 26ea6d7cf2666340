import { expect, it } from 'vitest';
import { brakes } from './deletion-brake.ts';

it.each([
  [0, 0, false],
  [10, 9, false],
  [10, 10, true],
  [40, 10, false],
  [39, 10, true],
  [1000, 250, false],
  [1000, 251, true],
  [0, 10, true],
])('F08 of %i live things a pass that deletes %i stops: %s', (live, wouldDelete, expected) => {
  expect(brakes({ live, wouldDelete })).toBe(expected);
});
