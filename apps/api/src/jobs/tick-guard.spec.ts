import type { Logger } from '@nestjs/common';
import { beforeEach, expect, it } from 'vitest';
import { TickGuard } from './tick-guard.ts';

let warnings: { readonly tick: string; readonly error?: Error }[];
let guard: TickGuard;
let begun: number;
let release: () => void;

beforeEach(() => {
  warnings = [];
  guard = new TickGuard({ warn: (fields: { tick: string }) => void warnings.push(fields) } as unknown as Logger);
  begun = 0;
});

function slow(): Promise<void> {
  begun += 1;
  return new Promise((resolve) => (release = resolve));
}

it('does not begin a tick again that is still running, and says so once', async () => {
  const calls = [guard.run('poll', slow), guard.run('poll', slow), guard.run('poll', slow)];
  expect(begun).toBe(1);
  release();
  await Promise.all(calls);
  expect(warnings).toEqual([{ tick: 'poll' }]);
  const next = guard.run('poll', slow);
  expect(begun).toBe(2);
  release();
  await next;
});

it('lets ticks of other names run meanwhile', async () => {
  const first = guard.run('poll', slow);
  const releaseFirst = release;
  const other = guard.run('list', slow);
  expect(begun).toBe(2);
  release();
  await other;
  releaseFirst();
  await first;
  expect(warnings).toEqual([]);
});

it.each([
  ['rejects', () => Promise.reject(new Error('the database restarts'))],
  [
    'throws at once',
    () => {
      throw new Error('the database restarts');
    },
  ],
])('logs a tick that %s, and begins the next one', async (_, failing) => {
  await guard.run('poll', failing);
  expect(warnings).toEqual([{ tick: 'poll', error: expect.objectContaining({ message: 'the database restarts' }) }]);
  const next = guard.run('poll', slow);
  expect(begun).toBe(1);
  release();
  await next;
});
