import { instant } from '@daymark/domain';
import { expect, it } from 'vitest';
import { endOfRound } from './complete-set.ts';

const round = { generation: 3, window: { start: instant(0), end: instant(1000) } };

it('F09 a set is complete with the page that has a cursor, never before', () => {
  expect(endOfRound(round, { page: 'more' })).toBeNull();
  expect(endOfRound(round, { cursor: 'end' })).toMatchObject(round);
});
