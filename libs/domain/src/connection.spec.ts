import { describe, expect, it } from 'vitest';
import type { ConnectionStatus, ConnectionTrigger } from './connection.ts';
import { connectionStatuses, isSyncable, needsReauthorization, nextConnectionStatus } from './connection.ts';

const reachable: readonly (readonly [ConnectionStatus, ConnectionTrigger, ConnectionStatus | null])[] = [
  ['pending', 'authorized', 'active'],
  ['active', 'grant-lost', 'expired'],
  ['active', 'failed-repeatedly', 'error'],
  ['error', 'recovered', 'active'],
  ['expired', 'authorized', 'active'],
  ['active', 'withdrawn', 'revoked'],
  ['active', 'paused-by-person', 'paused'],
  ['paused', 'resumed-by-person', 'active'],
  // What a person paused stays paused, also when it is connected again.
  ['paused', 'authorized', 'paused'],
  ['paused', 'recovered', null],
  ['paused', 'failed-repeatedly', null],
  // Only consent brings back what is gone; a late success of an old run does not.
  ['expired', 'recovered', null],
  ['revoked', 'recovered', null],
  ['revoked', 'grant-lost', null],
  ['expired', 'failed-repeatedly', null],
];

it.each(reachable)('a connection that is %s and %s becomes %s', (from, trigger, to) => {
  expect(nextConnectionStatus(from, trigger)).toBe(to);
});

describe('every status', () => {
  it.each(connectionStatuses)('%s can be withdrawn once, and brought back by consent', (status) => {
    expect(nextConnectionStatus(status, 'withdrawn')).toBe(status === 'revoked' ? null : 'revoked');
    expect(nextConnectionStatus(status, 'authorized')).not.toBeNull();
  });

  it('is either worked on, or waits for a person', () => {
    expect(connectionStatuses.filter(isSyncable)).toEqual(['active', 'error']);
    expect(connectionStatuses.filter(needsReauthorization)).toEqual(['expired', 'revoked']);
  });
});
