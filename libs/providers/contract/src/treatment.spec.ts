import { describe, expect, it, vi } from 'vitest';
import type { EventWriter } from './calendar-provider.ts';
import { ProviderError } from './provider-error.ts';
import type { ProviderEvent } from './provider-event.ts';
import { backOffMs, refreshingOnce, updateOnTop } from './treatment.ts';

const most = (bound: number): number => bound;

describe('waiting', () => {
  it('takes longer with every failure, up to a limit, half of it chance', () => {
    const wait = (failures: number, upTo = most) => backOffMs(new Error('any'), { failures, longestMs: 300_000, upTo });
    expect([1, 2, 3, 8, 30].map((failures) => wait(failures))).toEqual([2000, 4000, 8000, 256_000, 300_000]);
    expect(wait(1, () => 0)).toBe(1000);
  });

  it('takes as long as the service asked for, and a little more', () => {
    const asked = new ProviderError('rate-limited', 'Slow down', { retryAfterMs: 7_200_000 });
    expect(backOffMs(asked, { failures: 9, longestMs: 1000, upTo: most })).toBe(7_201_000);
  });
});

describe('work that is refused', () => {
  const unauthorized = new ProviderError('unauthorized', 'No');

  it('runs once more after a refresh, and not a third time', async () => {
    const work = vi.fn().mockRejectedValueOnce(unauthorized).mockResolvedValue('done');
    expect(await refreshingOnce(work, () => Promise.resolve(true))).toBe('done');
    const refused = vi.fn().mockRejectedValue(unauthorized);
    await expect(refreshingOnce(refused, () => Promise.resolve(true))).rejects.toBe(unauthorized);
    expect(refused).toHaveBeenCalledTimes(2);
  });

  it('is not repeated when there is nothing new to try with, nor when it was refused for another reason', async () => {
    const refresh = vi.fn(() => Promise.resolve(false));
    await expect(refreshingOnce(() => Promise.reject(unauthorized), refresh)).rejects.toBe(unauthorized);
    const other = new ProviderError('unavailable', 'Down');
    await expect(refreshingOnce(() => Promise.reject(other), refresh)).rejects.toBe(other);
    expect(refresh).toHaveBeenCalledTimes(1);
  });
});

describe('a change that meets a newer version', () => {
  const event = (version: string, title: string) =>
    ({ id: 'e', version, title, status: 'confirmed', recurrence: { kind: 'single' }, attendees: [] }) as unknown as ProviderEvent;
  const conflict = new ProviderError('conflict', 'Changed', { subject: 'event' });
  const change = {
    ref: { calendarId: 'c', eventId: 'e' },
    ifVersion: 'v1',
    difference: { fields: { title: 'ours' } },
    notify: 'all',
  } as const;
  const world = (stands: ProviderEvent | null) => {
    const update = vi.fn<EventWriter['update']>(({ ifVersion }) =>
      ifVersion === stands?.version ? Promise.resolve(event('v3', 'ours')) : Promise.reject(conflict),
    );
    const writer = { commentOnCancel: false, update } as unknown as EventWriter;
    return { update, session: { writer, getEvent: () => Promise.resolve(stands) } };
  };

  it('is put on top of it, as often as is allowed', async () => {
    const { session, update } = world(event('v2', 'theirs'));
    expect(await updateOnTop(session, { ...change, mostRebases: 1 })).toMatchObject({ kind: 'there', event: { version: 'v3' } });
    expect(update.mock.calls.map(([{ ifVersion }]) => ifVersion)).toEqual(['v1', 'v2']);
    await expect(updateOnTop(session, { ...change, mostRebases: 0 })).rejects.toBe(conflict);
  });

  it('is not written again when it stands there already, by a call whose answer was lost', async () => {
    const { session, update } = world(event('v2', 'ours'));
    expect(await updateOnTop(session, { ...change, mostRebases: 3 })).toMatchObject({ event: { version: 'v2' } });
    expect(update).toHaveBeenCalledTimes(1);
  });

  it('is not put on top of anything by who has lost the right to write', async () => {
    const { session, update } = world(event('v2', 'theirs'));
    const lost = new Error('the lease ended');
    const requireLease = () => {
      throw lost;
    };
    await expect(updateOnTop(session, { ...change, mostRebases: 3, requireLease })).rejects.toBe(lost);
    expect(update).toHaveBeenCalledTimes(1);
  });

  it('is about nothing when the event is gone', async () => {
    expect(await updateOnTop(world(null).session, { ...change, mostRebases: 3 })).toEqual({ kind: 'gone' });
  });
});
