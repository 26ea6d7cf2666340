import { expect, it } from 'vitest';
import type { Instant } from '@daymark/domain';
import { withoutOwn } from './without-own.ts';

const span = (start: number, end: number) => ({ start: start as Instant, end: end as Instant });
const own = (start: number, end: number) => ({ ...span(start, end), isOwn: true });
const other = (start: number, end: number) => ({ ...span(start, end), isOwn: false });

it.each([
  ['takes out the own event where it is all that the mirror holds there', [span(10, 11)], [own(10, 11)], []],
  [
    'leaves the neighbours that a provider joined with it',
    [span(9, 12)],
    [other(9, 10), own(10, 11), other(11, 12)],
    [span(9, 10), span(11, 12)],
  ],
  ['leaves other spans alone', [span(8, 9), span(10, 11)], [own(10, 11), other(8, 9)], [span(8, 9)]],
  ['keeps a span that goes on longer than we know', [span(10, 12)], [own(10, 11)], [span(10, 12)]],
  ['keeps a span that begins earlier than we know', [span(9, 11)], [own(10, 11)], [span(9, 11)]],
  ['keeps a span that is shorter than the own event', [span(10, 11)], [own(10, 12)], [span(10, 11)]],
  ['keeps a span with a gap that we cannot explain', [span(9, 13)], [other(9, 10), own(11, 13)], [span(9, 13)]],
  ['keeps a span in which another event overlaps the own', [span(10, 12)], [own(10, 11), other(10.5, 12)], [span(10, 12)]],
  ['keeps a span in which another event lies within the own', [span(10, 11)], [own(10, 11), other(10, 10.5)], [span(10, 11)]],
  ['keeps a span at which the mirror has the own event no more', [span(14, 15)], [own(10, 11)], [span(14, 15)]],
  ['keeps everything when the mirror holds nothing', [span(10, 11)], [], [span(10, 11)]],
])('%s', (_, live, mirrored, left) => {
  expect(withoutOwn(live, mirrored)).toEqual(left);
});
