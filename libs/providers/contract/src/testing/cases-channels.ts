import { inspect } from 'node:util';
import { DAY_MS, HOUR_MS, Secret, instant } from '@daymark/domain';
import { expect } from 'vitest';
import { ProviderError } from '../provider-error.ts';
import { pushRefusals } from '../provider-push.ts';
import { group } from './case-group.ts';
import { expectChanged, subscribed } from './cases-notices.ts';
import type { OpenChannel } from './notice-receiver.ts';
import { pushOf, subscriberOf } from './notice-receiver.ts';
import type { Scene } from './scene.ts';
import type { HeldChannel } from './world-push.ts';

export const channelCases = group('channels', ['push'], (test) => {
  test('asks for the calendar, the address and the secret that it was given, and tells the end that was granted', async (scene) => {
    const other = await scene.world.acts.addCalendar({ name: 'Other' });
    const session = await scene.session('read');
    const { request, remote } = await (await scene.receiver()).subscribe(session, { calendarId: other });
    expect(remote.channelId).toBe(request.channelId);
    expect(remote.remoteId).toMatch(/./);
    const { address, calendarId } = request;
    expect(await pushOf(scene.world).channels()).toEqual([
      { address, calendarId, secret: request.secret.reveal(), expiresAt: remote.expiresAt },
    ]);
  });

  test('lives for as long as it may when more is wished', async (scene) => {
    const { channel } = await subscribed(scene);
    const { limits } = scene.provider.manifest;
    const life = channel.remote.expiresAt - scene.world.clock.now();
    expect(life).toBeLessThanOrEqual(limits.channelLifeMs ?? 0);
    expect(life).toBeGreaterThan((limits.channelLifeMs ?? 0) - HOUR_MS);
  });

  test('lives not much longer than is wished', async (scene) => {
    const receiver = await scene.receiver();
    const until = instant(scene.world.clock.now() + 3 * HOUR_MS);
    const channel = await receiver.subscribe(await scene.session('read'), { until });
    expect(channel.remote.expiresAt).toBe(until);
    expect(await heldOf(scene, channel)).toMatchObject({ expiresAt: until });
  });

  test('F26 goes on past its first end, renewed or followed by another', async (scene) => {
    const { receiver, channel } = await subscribed(scene);
    scene.world.clock.advance(channel.remote.expiresAt - scene.world.clock.now() - HOUR_MS);
    const push = subscriberOf(await scene.session());
    const until = instant(channel.remote.expiresAt + 400 * DAY_MS);
    const next: OpenChannel = push.renewsInPlace
      ? { request: channel.request, remote: await push.renew(channel.remote, until) }
      : await receiver.subscribe(await scene.session());
    if (!push.renewsInPlace) await push.unsubscribe(channel.remote);
    expect(next.remote.expiresAt).toBeGreaterThan(channel.remote.expiresAt + DAY_MS);
    await receiver.news(next);
    scene.world.clock.advance(channel.remote.expiresAt - scene.world.clock.now() + HOUR_MS);
    await scene.seed('there', 1);
    expectChanged(await receiver.news(next), next);
    expect(await pushOf(scene.world).channels()).toHaveLength(1);
  });

  test.needs('renewal')('is the same channel when it is renewed, with the end that is then granted', async (scene) => {
    const { session, channel } = await subscribed(scene);
    scene.world.clock.advance(HOUR_MS / 2);
    const renewed = await renew(session, channel);
    expect(renewed).toEqual({ ...channel.remote, expiresAt: renewed.expiresAt });
    expect(renewed.expiresAt).toBeGreaterThan(channel.remote.expiresAt);
    expect(await heldOf(scene, channel)).toMatchObject({ expiresAt: renewed.expiresAt, secret: channel.request.secret.reveal() });
  });

  test.needs('renewal', 'says:lapsing')('speaks again when it is renewed after it said that it lapses', async (scene) => {
    const { session, receiver, channel } = await subscribed(scene);
    await pushOf(scene.world).tell(channel.remote, 'lapsing');
    await receiver.news(channel);
    await renew(session, channel);
    await scene.seed('there', 1);
    expectChanged(await receiver.news(channel), channel);
  });

  test.needs('renewal')('F26 is gone, and not its calendar, when there is nothing left to renew', async (scene) => {
    const { session, receiver, channel } = await subscribed(scene);
    await subscriberOf(session).unsubscribe(channel.remote);
    await expect(renew(session, channel)).rejects.toMatchObject({ name: 'ProviderError', code: 'not-found', subject: 'channel' });
    const next = await receiver.subscribe(session);
    await scene.seed('there', 1);
    expectChanged(await receiver.news(next), next);
  });

  test('F26 is silent when it was ended, which may be done twice, and the others speak on', async (scene) => {
    const { session, receiver, channel } = await subscribed(scene);
    const second = await receiver.subscribe(session);
    await receiver.news(second);
    await subscriberOf(session).unsubscribe(channel.remote);
    await subscriberOf(session).unsubscribe(channel.remote);
    expect((await pushOf(scene.world).channels()).map(({ address }) => address)).toEqual([second.request.address]);
    await scene.seed('there', 1);
    expectChanged(await receiver.news(second), second);
    expect(await receiver.news(channel)).toEqual([]);
  });

  test('is ended when the service never knew it', async (scene) => {
    const session = await scene.session('read');
    const { channelId } = (await scene.receiver()).request();
    await subscriberOf(session).unsubscribe({ channelId, remoteId: channelId, expiresAt: scene.world.clock.now() });
  });

  test('is silent after its end, can be ended all the same, and be followed by another', async (scene) => {
    const { receiver, channel } = await subscribed(scene);
    scene.world.clock.advance(channel.remote.expiresAt - scene.world.clock.now() + 1000);
    const session = await scene.session();
    await subscriberOf(session).unsubscribe(channel.remote);
    const next = await receiver.subscribe(session);
    await receiver.news(next);
    await scene.seed('there', 1);
    expectChanged(await receiver.news(next), next);
    expect(await receiver.news(channel)).toEqual([]);
  });

  test('is there once when it is asked for twice', async (scene) => {
    const { session, channel } = await subscribed(scene);
    const again: unknown = await subscriberOf(session)
      .subscribe(channel.request)
      .catch((error: unknown) => error);
    if (again instanceof Error) expect(again).toMatchObject({ name: 'ProviderError', code: 'conflict', subject: 'channel' });
    else expect(again).toEqual(channel.remote);
    expect(await pushOf(scene.world).channels()).toHaveLength(1);
  });

  test('F26 is subscribed under another id when the answer was lost', async (scene) => {
    const session = await scene.session('read');
    const receiver = await scene.receiver();
    scene.world.faults.answer('subscribe', { kind: 'reset', when: 'after' });
    await expect(receiver.subscribe(session)).rejects.toMatchObject({ name: 'ProviderError', code: 'unavailable' });
    const next = await receiver.subscribe(session);
    await receiver.news(next);
    await scene.seed('there', 1);
    expectChanged(await receiver.news(next), next);
  });

  test('says that the address is refused, which is no fault of the calendar', async (scene) => {
    const session = await scene.session('read');
    const request = (await scene.receiver()).request({ address: 'http://hooks.daymark.example/notices' });
    await expectRefused(subscriberOf(session).subscribe(request), { subject: 'connection', reason: pushRefusals.address });
    expect(await pushOf(scene.world).channels()).toEqual([]);
  });

  test.needs('opens-with:challenge')('says the same when nobody answers there, until somebody does', async (scene) => {
    const session = await scene.session('read');
    const receiver = await scene.receiver();
    receiver.isDeaf = true;
    await expectRefused(receiver.subscribe(session), { subject: 'connection', reason: pushRefusals.address });
    expect(await pushOf(scene.world).channels()).toEqual([]);
    receiver.isDeaf = false;
    await receiver.subscribe(session);
  });

  test('says of a calendar that the service does not watch that it is read all the same', async (scene) => {
    const unwatched = await pushOf(scene.world).addUnwatched();
    const session = await scene.session('read');
    const receiver = await scene.receiver();
    await expectRefused(receiver.subscribe(session, { calendarId: unwatched }), { subject: 'calendar', reason: pushRefusals.calendar });
    expect((await session.listCalendars()).map(({ id }) => id)).toContain(unwatched);
  });

  test('F35 says of a calendar that is gone that it is gone', async (scene) => {
    const gone = await scene.world.acts.addCalendar({ name: 'Gone' });
    await scene.world.acts.removeCalendar(gone);
    const session = await scene.session('read');
    await expect((await scene.receiver()).subscribe(session, { calendarId: gone })).rejects.toMatchObject({
      code: 'not-found',
      subject: 'calendar',
    });
  });

  test('is offered to whoever reads events, and to nobody else', async (scene) => {
    const { tokens } = await scene.connect('read');
    expect(scene.open(tokens, { profile: 'read' }).push).toBeDefined();
    expect(scene.open(tokens, { profile: 'free_busy' }).push).toBeUndefined();
  });

  test('CON-12 says so when access expired before it was subscribed, and is there once after a refresh', async (scene) => {
    const { tokens } = await scene.connect('read');
    let { accessToken } = tokens;
    const session = scene.open(tokens, { profile: 'read', credentials: () => Promise.resolve({ accessToken }) });
    const receiver = await scene.receiver();
    scene.world.faults.expireAccess();
    await expect(receiver.subscribe(session)).rejects.toMatchObject({ name: 'ProviderError', code: 'unauthorized' });
    expect(await pushOf(scene.world).channels()).toEqual([]);
    if (tokens.refreshToken === null) throw new Error('expected a refresh token');
    ({ accessToken } = await scene.provider.auth.refresh(tokens.refreshToken, scene.ports));
    const { remote } = await receiver.subscribe(session);
    expect(await pushOf(scene.world).channels()).toHaveLength(1);
    scene.world.faults.expireAccess();
    await expect(subscriberOf(session).unsubscribe(remote)).rejects.toMatchObject({ code: 'unauthorized' });
    expect(await pushOf(scene.world).channels()).toHaveLength(1);
  });

  test('F38 keeps the secret out of what it tells and says', async (scene) => {
    const session = await scene.session('read');
    const receiver = await scene.receiver();
    const request = receiver.request({ secret: new Secret('canary-of-a-channel') });
    const failures: unknown[] = [];
    for (const fault of [{ kind: 'unavailable', waitMs: null }, { kind: 'garbage' }] as const) {
      scene.world.faults.answer('subscribe', fault);
      failures.push(
        await subscriberOf(session)
          .subscribe(request)
          .catch((error: unknown) => error),
      );
    }
    const told = await subscriberOf(session).subscribe(request);
    for (const failure of failures) expect(failure).toBeInstanceOf(ProviderError);
    expect(inspect([failures, told], { depth: 8 })).not.toContain('canary-of-a-channel');
  });
});

function renew(session: Awaited<ReturnType<Scene['session']>>, { request, remote }: OpenChannel) {
  const push = subscriberOf(session);
  if (!push.renewsInPlace) throw new Error('expected renewal in place');
  return push.renew(remote, request.until);
}

async function heldOf({ world }: Scene, { request }: OpenChannel): Promise<HeldChannel | undefined> {
  return (await pushOf(world).channels()).find(({ address }) => address === request.address);
}

async function expectRefused(asked: Promise<unknown>, expected: { readonly subject: string; readonly reason: string }): Promise<void> {
  await expect(asked).rejects.toMatchObject({ name: 'ProviderError', code: 'invalid-request', ...expected });
}
