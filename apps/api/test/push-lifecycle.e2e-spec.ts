import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { instant, type Instant } from '@daymark/domain';
import { ProviderError, ProviderRegistry, type CalendarProvider, type PushClaim, type RemoteChannel } from '@daymark/provider-contract';
import { idle, passTime, tick, until } from './support/google-world.ts';
import { startPushWorld, type PushWorld } from './support/push-world.ts';
import type { Json } from './support/request.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;

let world: PushWorld;
let test: PushWorld['test'];
let renewals: { readonly channel: RemoteChannel; readonly until: Instant }[];
/** What the service answers to a renewal. */
let renew: (channel: RemoteChannel, until: Instant) => RemoteChannel;

/** The provider as it is, but for a service that renews in place and tells what becomes of its channels. */
function withLifecycle(provider: CalendarProvider): CalendarProvider {
  return {
    ...provider,
    id: provider.id,
    auth: provider.auth,
    push: {
      read: (delivery) => {
        const reading = provider.push!.read(delivery);
        const says = delivery.headers['x-test-says'] as PushClaim['says'] | undefined;
        if (reading.kind !== 'claims' || says === undefined) return reading;
        return { kind: 'claims', claims: reading.claims.map((claim) => ({ ...claim, says })) };
      },
    },
    open: (access) => {
      const session = provider.open(access);
      const { subscribe, unsubscribe } = session.push!;
      return {
        ...session,
        push: {
          subscribe,
          unsubscribe,
          renewsInPlace: true,
          renew: async (channel, until) => {
            renewals.push({ channel, until });
            return renew(channel, until);
          },
        },
      };
    },
  };
}

beforeAll(async () => {
  world = await startPushWorld();
  ({ test } = world);
  const registry = test.get(ProviderRegistry);
  const provider = withLifecycle(registry.find('google')!);
  registry.find = (id) => (id === 'google' ? provider : null);
}, 60_000);

beforeEach(() => {
  renewals = [];
  renew = (channel, until) => ({ ...channel, expiresAt: until });
});
afterEach(() => world.rest());
afterAll(() => world?.close());

/** A genuine delivery. */
async function say(channelId: string, says: PushClaim['says']): Promise<void> {
  const channel = world.sandbox.google.channels().find(({ id }) => id === channelId)!;
  const answer: Json = await world.deliver(channelId, {
    'x-goog-channel-id': channelId,
    'x-goog-channel-token': channel.token!,
    'x-goog-resource-id': channel.resourceId,
    'x-goog-resource-state': 'exists',
    'x-test-says': says,
  });
  expect(answer.status).toBe(202);
}

describe('F26 a service that renews its channels in place', () => {
  it('is asked for a later end in time, and the channel stays', async () => {
    const { calendar, channelId } = await world.watched();
    for (let day = 0; day < 6; day += 1) {
      passTime(test, DAY);
      await world.tend();
    }
    expect(renewals.map(({ channel }) => channel.channelId)).toContain(channelId);
    expect((await world.channels(calendar)).map(({ id, state }) => ({ id, state }))).toEqual([{ id: channelId, state: 'open' }]);
  });

  it('is asked at once when it says that a channel lapses, once for many such notices, and no calendar is read for it', async () => {
    const { calendar, channelId } = await world.watched();
    const runs = await world.runs(calendar);
    passTime(test, 2 * MINUTE);
    for (let again = 0; again < 3; again += 1) await say(channelId, 'lapsing');
    await world.tend();
    await until(async () => renewals.length > 0);
    await say(channelId, 'lapsing');
    await world.tend();
    await idle(test);
    expect(renewals).toHaveLength(1);
    expect(renewals[0]!.until - test.clock.now()).toBeGreaterThan(6 * DAY);
    expect(await world.runs(calendar)).toBe(runs);
  });

  it('that ended a channel is given another one, and the calendar is looked at', async () => {
    const { email, calendar, channelId } = await world.watched();
    renew = () => {
      throw new ProviderError('not-found', 'The subscription is gone.', { subject: 'connection' });
    };
    passTime(test, 2 * MINUTE);
    world.sandbox.faults.add({ operation: 'push.deliver', answer: { kind: 'reset' }, times: 100 });
    world.add(email, 'In the gap', 5);
    await say(channelId, 'ended');
    await until(async () => (await world.titles(calendar)).includes('In the gap'));
    await world.tend();
    const open = await until(async () => {
      const all = await world.channels(calendar);
      return all.length === 1 && all[0]!.id !== channelId && all[0]!.state === 'open' ? all : null;
    });
    expect(world.atGoogle(email)).toContain(open[0]!.id);
  });

  it('that has lost notices has the calendar looked at', async () => {
    const { email, calendar, channelId } = await world.watched();
    world.sandbox.faults.add({ operation: 'push.deliver', answer: { kind: 'reset' }, times: 100 });
    world.add(email, 'Lost', 5);
    await say(channelId, 'lost');
    await until(async () => (await world.titles(calendar)).includes('Lost'));
    expect(renewals).toEqual([]);
  });

  it('whose channel is over before it was renewed is given another one', async () => {
    const { email, calendar, channelId } = await world.watched();
    renew = () => {
      throw new ProviderError('unavailable', 'It is down.', {});
    };
    passTime(test, 8 * DAY);
    await tick(test);
    await world.tend();
    const [open] = await until(async () => {
      const all = await world.channels(calendar);
      return all.some(({ state }) => state === 'open') ? all : null;
    });
    expect(open!.id).not.toBe(channelId);
    expect(world.atGoogle(email)).toEqual([open!.id]);
    expect(open!.expires_at.getTime()).toBeGreaterThan(instant(test.clock.now()));
  });
});
