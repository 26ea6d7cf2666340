import { expect } from 'vitest';
import type { NewEvent } from '../calendar-provider.ts';
import type { ProviderEvent } from '../provider-event.ts';
import { group } from './case-group.ts';
import { Copy } from './copy.ts';
import type { Scene } from './scene.ts';
import { eventAt, markerOf, timed, writerOf } from './scene.ts';

export const createCases = group('idempotent create', ['write'], (test) => {
  test('F02 finds the first event when a create is repeated', async (scene) => {
    const writer = writerOf(await scene.session());
    const first = await writer.create(scene.draft(1));
    const second = await writer.create(scene.draft(1));
    expect([second.id, second.version]).toEqual([first.id, first.version]);
    expect(await scene.titles()).toEqual([first.title]);
  });

  test('F02 finds it when the reply was lost after the event was made', async (scene) => {
    const writer = writerOf(await scene.session());
    scene.world.faults.answer('create', { kind: 'reset', when: 'after' });
    await expect(writer.create(scene.draft(1))).rejects.toMatchObject({ code: 'unavailable' });
    expect((await writer.create(scene.draft(1))).marker).toBe(markerOf(1));
    expect(await scene.titles()).toHaveLength(1);
  });

  test('F02 makes it when the call was lost before', async (scene) => {
    const writer = writerOf(await scene.session());
    scene.world.faults.answer('create', { kind: 'reset', when: 'before' });
    await expect(writer.create(scene.draft(1))).rejects.toMatchObject({ code: 'unavailable' });
    expect(await scene.titles()).toEqual([]);
    await writer.create(scene.draft(1));
    expect(await scene.titles()).toHaveLength(1);
  });

  test('F02 makes one event of each marker although every third reply is lost', async (scene) => {
    const writer = writerOf(await scene.session());
    scene.world.faults.answer('create', { kind: 'reset', when: 'after' }, { share: 0.34, times: 1000 });
    for (let number = 1; number <= 24; number += 1) await createAtLast(writer, scene.draft(number));
    scene.world.faults.clear();
    await writer.create(scene.draft(7));
    const markers = (await scene.world.holds.events(scene.calendarId)).map((event) => event.marker).toSorted();
    expect(markers).toEqual(Array.from({ length: 24 }, (_, index) => markerOf(index + 1)));
  });

  test('F02 makes one event when two processes create it at once', async (scene) => {
    const [one, other] = [await scene.session(), await scene.session()];
    const made = await Promise.all([one, other].map((session) => writerOf(session).create(scene.draft(1))));
    expect(new Set(made.map((event) => event.id)).size).toBe(1);
    expect(await scene.titles()).toHaveLength(1);
  });

  test('F02 finds the event as it is by now, also when a person changed it', async (scene) => {
    const writer = writerOf(await scene.session());
    const { id } = await writer.create(scene.draft(1));
    await scene.world.acts.change({ calendarId: scene.calendarId, eventId: id }, { title: 'by hand' });
    expect((await writer.create(scene.draft(1))).title).toBe('by hand');
    expect(await scene.titles()).toEqual(['by hand']);
  });

  test('F02 asks for a new marker when the event was deleted since, and takes one', async (scene) => {
    const writer = writerOf(await scene.session());
    const { id } = await writer.create(scene.draft(1));
    await scene.world.acts.remove({ calendarId: scene.calendarId, eventId: id });
    await expect(writer.create(scene.draft(1))).rejects.toMatchObject({ code: 'conflict', reason: 'marker-of-deleted-event' });
    expect(await scene.titles()).toEqual([]);
    await writer.create(scene.draft(1, { marker: markerOf(2) }));
    expect(await scene.titles()).toHaveLength(1);
  });

  test('F02 makes no second event when the look for the first one fails', async (scene) => {
    const writer = writerOf(await scene.session());
    const { id } = await writer.create(scene.draft(1));
    scene.world.faults.answer('event', { kind: 'unavailable', waitMs: null });
    const again = await writer.create(scene.draft(1)).then(
      (event) => ({ id: event.id }),
      (error: unknown) => ({ code: (error as { code?: unknown }).code }),
    );
    expect([{ id }, { code: 'unavailable' }]).toContainEqual(again);
    expect(await scene.titles()).toHaveLength(1);
  });

  test('F02 makes two events of two markers, alike as they may be', async (scene) => {
    const writer = writerOf(await scene.session());
    for (const marker of [markerOf(1), markerOf(2)]) await writer.create(scene.draft(1, { marker }));
    expect(await scene.titles()).toHaveLength(2);
  });

  test('F02 refuses a marker that is none, before anything is called', async (scene) => {
    const writer = writerOf(await scene.session());
    const before = scene.world.faults.calls('create');
    for (const marker of ['', 'short', 'g'.repeat(32), `${markerOf(1)}0`])
      await expect(writer.create(scene.draft(1, { marker }))).rejects.toMatchObject({ code: 'invalid-request' });
    expect(scene.world.faults.calls('create')).toBe(before);
  });

  test('F37 mails guests once for a create that had to be repeated', async (scene) => {
    const { outsider } = scene.world.people;
    const writer = writerOf(await scene.session());
    const draft = scene.draft(1, { attendees: [{ email: outsider.email, name: null, optional: false }], notify: 'all' });
    scene.world.faults.answer('create', { kind: 'reset', when: 'after' });
    await expect(writer.create(draft)).rejects.toMatchObject({ code: 'unavailable' });
    await writer.create(draft);
    expect(await scene.mailed()).toEqual([outsider.email]);
  });
});

export const conditionCases = group('conditional update', ['write'], (test) => {
  test('F06 is refused when somebody else was faster, and applies nothing', async (scene) => {
    const { session, event, ref } = await made(scene);
    await scene.world.acts.change(ref, { title: 'by hand' });
    const stale = { ref, ifVersion: event.version, notify: 'none' } as const;
    const attendees = [{ email: scene.world.people.outsider.email, name: null, optional: false }];
    await expect(writerOf(session).update({ ...stale, fields: { title: 'stale' } })).rejects.toMatchObject({ code: 'conflict' });
    await expect(writerOf(session).update({ ...stale, fields: { time: timed(9) } })).rejects.toMatchObject({ code: 'conflict' });
    await expect(writerOf(session).update({ ...stale, fields: { attendees }, notify: 'all' })).rejects.toMatchObject({ code: 'conflict' });
    await expect(writerOf(session).remove(stale)).rejects.toMatchObject({ code: 'conflict' });
    expect(await scene.held('by hand')).toMatchObject({ guests: [] });
  });

  test('F06 goes on from the version that a write answered with', async (scene) => {
    const { session, event, ref } = await made(scene);
    let { version } = event;
    for (const title of ['one', 'two', 'three']) {
      const after = await writerOf(session).update({ ref, ifVersion: version, fields: { title }, notify: 'none' });
      expect(after.version).not.toBe(version);
      ({ version } = after);
    }
    expect(await scene.titles()).toEqual(['three']);
  });

  test('F06 goes on from the version that was read, alone or in a list', async (scene) => {
    const { session, event, ref } = await made(scene);
    const copy = new Copy(scene.calendarId);
    await copy.read(session);
    const fromList = copy.events.get(event.id)?.version ?? '';
    await writerOf(session).update({ ref, ifVersion: fromList, fields: { title: 'one' }, notify: 'none' });
    const { version } = await eventAt(session, ref);
    await writerOf(session).update({ ref, ifVersion: version, fields: { title: 'two' }, notify: 'none' });
    expect(await scene.titles()).toEqual(['two']);
  });

  test('F06 lets one of two win who write at once', async (scene) => {
    const { session, event, ref } = await made(scene);
    const outcomes = await Promise.allSettled(
      ['one', 'two'].map((title) => writerOf(session).update({ ref, ifVersion: event.version, fields: { title }, notify: 'none' })),
    );
    const winner = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value.title] : []));
    const loser = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
    expect(loser).toMatchObject([{ code: 'conflict' }]);
    expect(await scene.titles()).toEqual(winner);
  });

  test('F06 F02 repeats an update whose reply was lost, finds a conflict, and reads that it was done', async (scene) => {
    const { session, event, ref } = await made(scene);
    const update = { ref, ifVersion: event.version, fields: { title: 'once' }, notify: 'none' } as const;
    scene.world.faults.answer('update', { kind: 'reset', when: 'after' });
    await expect(writerOf(session).update(update)).rejects.toMatchObject({ code: 'unavailable' });
    await expect(writerOf(session).update(update)).rejects.toMatchObject({ code: 'conflict' });
    expect((await eventAt(session, ref)).title).toBe('once');
  });

  test('F06 deletes, and finds it done the second time, by whomever', async (scene) => {
    const { session, event, ref } = await made(scene);
    const deletion = { ref, ifVersion: event.version, notify: 'none' } as const;
    await writerOf(session).remove(deletion);
    await writerOf(session).remove(deletion);
    await writerOf(session).remove({ ref, notify: 'none' });
    await writerOf(session).remove({ ...deletion, ref: { ...ref, eventId: 'neverwasthere' } });
    const byHand = await scene.seed('by hand', 2);
    const { version } = await eventAt(session, byHand);
    await scene.world.acts.remove(byHand);
    await writerOf(session).remove({ ref: byHand, ifVersion: version, notify: 'none' });
    expect(await scene.titles()).toEqual([]);
  });

  test('F06 deletes although the reply was lost', async (scene) => {
    const { session, event, ref } = await made(scene);
    const deletion = { ref, ifVersion: event.version, notify: 'none' } as const;
    scene.world.faults.answer('remove', { kind: 'reset', when: 'after' });
    await expect(writerOf(session).remove(deletion)).rejects.toMatchObject({ code: 'unavailable' });
    await writerOf(session).remove(deletion);
    expect(await scene.titles()).toEqual([]);
  });

  test('F06 deletes whatever the version when none is given', async (scene) => {
    const { session, ref } = await made(scene);
    await scene.world.acts.change(ref, { title: 'by hand' });
    await writerOf(session).remove({ ref, notify: 'none' });
    expect(await scene.titles()).toEqual([]);
  });

  test('F35 does not take a calendar that was never shared for an event that is gone', async (scene) => {
    const { session, event } = await made(scene);
    const ref = { calendarId: 'not-shared@daymark.example', eventId: event.id };
    const deletion = { ref, ifVersion: event.version, notify: 'none' } as const;
    await expect(writerOf(session).remove(deletion)).rejects.toMatchObject({ code: 'not-found', subject: 'calendar' });
  });
});

async function made(
  scene: Scene,
): Promise<{ session: Awaited<ReturnType<Scene['session']>>; event: ProviderEvent; ref: { calendarId: string; eventId: string } }> {
  const session = await scene.session();
  const event = await writerOf(session).create(scene.draft(1));
  return { session, event, ref: { calendarId: scene.calendarId, eventId: event.id } };
}

/** As a host repeats it: what is unavailable is tried again, a few times. */
async function createAtLast(writer: ReturnType<typeof writerOf>, draft: NewEvent): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const failure: unknown = await writer.create(draft).then(
      () => null,
      (error: unknown) => error,
    );
    if (failure === null) return;
    if (attempt > 5) throw failure;
  }
}
