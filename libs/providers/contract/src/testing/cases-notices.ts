import { expect } from 'vitest';
import type { PushClaim, PushDelivery } from '../provider-push.ts';
import { group } from './case-group.ts';
import type { OpenChannel } from './notice-receiver.ts';
import { pushOf } from './notice-receiver.ts';
import type { Occasion } from './provider-world.ts';
import type { Scene } from './scene.ts';
import { originalAt, timed, writerOf } from './scene.ts';

/** What can happen to a daily series by hand. */
const happenings: readonly (readonly [what: string, happen: (scene: Scene, there: Occasion) => Promise<unknown>])[] = [
  ['is created', (scene) => scene.seed('another', 5)],
  ['is changed', ({ world }, there) => world.acts.change(there, { title: 'other' })],
  ['is put to another time', ({ world }, there) => world.acts.change(there, { time: timed(7) })],
  ['is deleted', ({ world }, there) => world.acts.remove(there)],
  ['has an occurrence changed', ({ world }, there) => world.acts.changeOccurrence(there, originalAt(25), { title: 'that day' })],
  ['has an occurrence taken out', ({ world }, there) => world.acts.removeOccurrence(there, originalAt(25))],
];

export const noticeCases = group('notices', ['push'], (test) => {
  for (const [what, happen] of happenings) {
    test(`F25 says to look when an event ${what}, with the channel’s own secret`, async (scene) => {
      const there = await scene.seed('there', 1, { recurrence: ['RRULE:FREQ=DAILY;COUNT=3'] });
      const { receiver, channel } = await subscribed(scene);
      await happen(scene, there);
      expectChanged(await receiver.news(channel), channel);
    });
  }

  test('says so of both calendars when an event is moved from one to the other', async (scene) => {
    const other = await scene.world.acts.addCalendar({ name: 'Other' });
    const there = await scene.seed('there', 1);
    const { session, receiver, channel } = await subscribed(scene);
    const second = await receiver.subscribe(session, { calendarId: other });
    await receiver.news(second);
    await scene.world.acts.move(there, other);
    expectChanged(await receiver.news(channel), channel);
    expectChanged(await receiver.news(second), second);
  });

  test.needs('write')('says to look when we write ourselves, once and not again and again', async (scene) => {
    const { session, receiver, channel } = await subscribed(scene);
    await writerOf(session).create(scene.draft(3));
    expectChanged(await receiver.news(channel), channel);
    await session.listCalendars();
    expect(await receiver.news(channel)).toEqual([]);
  });

  test('says nothing of what was there before, nor of having been subscribed', async (scene) => {
    await scene.seed('there', 1);
    const session = await scene.session('read');
    const receiver = await scene.receiver();
    const channel = await receiver.subscribe(session);
    expect(await receiver.news(channel)).toEqual([]);
  });

  test('tells the notices of two calendars apart', async (scene) => {
    const other = await scene.world.acts.addCalendar({ name: 'Other' });
    const { session, receiver, channel } = await subscribed(scene);
    const second = await receiver.subscribe(session, { calendarId: other });
    await receiver.news(second);
    await scene.seed('there', 1, { calendarId: other });
    expectChanged(await receiver.news(second), second);
    expect(await receiver.news(channel)).toEqual([]);
    await scene.seed('here', 2);
    expectChanged(await receiver.news(channel), channel);
    expect(await receiver.news(second)).toEqual([]);
  });

  test('lets a second channel of the same calendar overlap the first', async (scene) => {
    const { session, receiver, channel } = await subscribed(scene);
    const second = await receiver.subscribe(session);
    await receiver.news(second);
    await scene.seed('there', 1);
    expectChanged(await receiver.news(channel), channel);
    expectChanged(await receiver.news(second), second);
  });

  test('may be called at a new address before subscribing is answered', async (scene) => {
    const { tokens } = await scene.connect('read');
    const receiver = await scene.receiver();
    const session = scene.open(tokens, {
      profile: 'read',
      async fetch(...call) {
        const answer = await fetch(...call);
        // Whatever comes first has come, and nobody knows yet how the channel is called.
        await pushOf(scene.world).untilQuiet();
        return answer;
      },
    });
    const channel = await receiver.subscribe(session);
    expect(await receiver.news(channel)).toEqual([]);
    await scene.seed('there', 1);
    expectChanged(await receiver.news(channel), channel);
  });

  test.needs('opens-with:greeting')('takes a greeting for what it is', async (scene) => {
    const { receiver, channel } = await subscribed(scene);
    expect(receiver.deliveries.map(({ channelId, reading }) => [channelId, reading])).toEqual([
      [channel.request.channelId, { kind: 'claims', claims: [] }],
    ]);
  });

  test.needs('opens-with:challenge')('answers who asks whether somebody is there', async (scene) => {
    const { receiver } = await subscribed(scene);
    expect(receiver.deliveries.length).toBeGreaterThan(0);
    for (const { reading } of receiver.deliveries) expect(reading).toMatchObject({ kind: 'challenge', answer: expect.stringMatching(/./) });
  });

  test('F27 gives a forged notice the secret that it came with, which is not ours', async (scene) => {
    const { receiver, channel } = await subscribed(scene);
    await pushOf(scene.world).forge(channel.remote, 'forged');
    const claims = await receiver.news(channel);
    expect(claims.map(({ secret }) => secret)).toEqual(['forged']);
  });

  test('F27 makes nothing of deliveries that nobody can read', async (scene) => {
    const { push } = scene.provider;
    const texts = ['', 'null', '[]', '{}', '""', '{"value":', '{"value":null}', '{"value":[null]}', '<!doctype html>', '\u0000', '[[[]]]'];
    for (const body of texts)
      for (const headers of [{}, { 'content-type': 'application/json' }])
        expect(push?.read({ headers, query: {}, body }), body).toMatchObject({ kind: 'unreadable', reason: expect.stringMatching(/\w/) });
  });

  test('reads each delivery in the same way whenever it comes, and changes nothing in it', async (scene) => {
    const { receiver, channel } = await subscribed(scene);
    await scene.seed('there', 1);
    await receiver.news(channel);
    expect(receiver.deliveries.length).toBeGreaterThan(0);
    for (const { delivery, reading } of receiver.deliveries) {
      const again = frozen(delivery);
      expect([scene.provider.push?.read(again), scene.provider.push?.read(again)]).toEqual([reading, reading]);
    }
  });

  for (const says of ['lapsing', 'ended', 'lost'] as const) {
    test.needs(`says:${says}`)(`tells that a channel is said to be ${says}`, async (scene) => {
      const { receiver, channel } = await subscribed(scene);
      await pushOf(scene.world).tell(channel.remote, says);
      const claims = await receiver.news(channel);
      expect(claims).toEqual([{ secret: channel.request.secret.reveal(), says, remoteId: channel.remote.remoteId }]);
    });
  }
});

/** One channel on the owner's own calendar, of a connection that may write where that is offered; what opened it is taken. */
export async function subscribed(scene: Scene) {
  const session = await scene.session();
  const receiver = await scene.receiver();
  const channel = await receiver.subscribe(session);
  expect(await receiver.news(channel)).toEqual([]);
  return { session, receiver, channel };
}

/** At least one claim, each to be believed and none but to look. */
export function expectChanged(claims: readonly PushClaim[], { request, remote }: OpenChannel): void {
  expect(claims.length).toBeGreaterThan(0);
  for (const { secret, says, remoteId } of claims)
    expect([secret, says, remoteId ?? remote.remoteId]).toEqual([request.secret.reveal(), 'changed', remote.remoteId]);
}

function frozen({ headers, query, body }: PushDelivery): PushDelivery {
  return Object.freeze({ headers: Object.freeze({ ...headers }), query: Object.freeze({ ...query }), body });
}
