import { describe, expect, it } from 'vitest';
import { HOUR_MS, instant, type Instant, type Uuid } from '@daymark/domain';
import type { Channel } from './channel.ts';
import { planChannels } from './plan-channels.ts';

const now = instant(Date.UTC(2027, 2, 7));
const inHours = (hours: number): Instant => instant(now + hours * HOUR_MS);
const channel = (id: string, changed: Partial<Channel> = {}): Channel => ({
  id: id as Uuid,
  state: 'open',
  remoteId: `remote ${id}`,
  renewAt: inHours(100),
  expiresAt: inHours(168),
  ...changed,
});
const planned = (channels: readonly Channel[], isWanted = true) => {
  const plan = planChannels(channels, { isWanted, now });
  const ids = (all: readonly Channel[]): string[] => all.map(({ id }) => id);
  const main = 'channel' in plan.main ? `${plan.main.do} ${plan.main.channel.id}` : plan.main.do;
  return { main, end: ids(plan.end), forget: ids(plan.forget), await: ids(plan.await) };
};

describe('F26 the channels of a calendar', () => {
  it.each([
    ['none is there', [], 'subscribe', [], [], []],
    ['one lives', [channel('a')], 'keep a', [], [], []],
    ['one is to be renewed', [channel('a', { renewAt: now })], 'renew a', [], [], []],
    ['one has expired', [channel('a', { expiresAt: now })], 'subscribe', [], ['a'], []],
    ['two overlap', [channel('old', { renewAt: now, expiresAt: inHours(20) }), channel('new')], 'keep new', ['old'], [], []],
    ['one is superseded', [channel('old', { state: 'ending' }), channel('new')], 'keep new', ['old'], [], []],
    ['an attempt died', [channel('a', { state: 'opening', remoteId: null })], 'subscribe', [], [], ['a']],
    ['an attempt died whose channel has spoken', [channel('a', { state: 'opening' })], 'subscribe', ['a'], [], []],
    ['an attempt died beside one that lives', [channel('a'), channel('b', { state: 'ending', remoteId: null })], 'keep a', [], [], ['b']],
  ])('when %s', (_, channels, main, end, forget, awaited) => {
    expect(planned(channels)).toEqual({ main, end, forget, await: awaited });
  });

  it('are all ended when none is wanted, but for those that cannot be', () => {
    const channels = [
      channel('a'),
      channel('b', { renewAt: now }),
      channel('c', { expiresAt: now }),
      channel('d', { state: 'opening', remoteId: null }),
    ];
    expect(planned(channels, false)).toEqual({ main: 'nothing', end: ['a', 'b'], forget: ['c'], await: ['d'] });
  });
});
