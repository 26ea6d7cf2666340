import { expect } from 'vitest';
import type { CalendarSession, EventFields } from '../calendar-provider.ts';
import type { EventConference } from '../provider-event.ts';
import { group } from './case-group.ts';
import type { Occasion } from './provider-world.ts';
import type { Scene } from './scene.ts';
import { eventAt, timed, writerOf } from './scene.ts';

export const notifyCases = group('notify', ['write'], (test) => {
  test.needs('loud-guests')('F37 writes nothing that guests would be mailed about unasked', async (scene) => {
    const writer = writerOf(await scene.session());
    const refused = { code: 'invalid-request', reason: 'guests-are-always-mailed' };
    await expect(writer.create(scene.draft(1, { attendees: guests(scene) }))).rejects.toMatchObject(refused);
    const created = await writer.create(scene.draft(2));
    const ref = { calendarId: scene.calendarId, eventId: created.id };
    const change = { ref, ifVersion: created.version, fields: { attendees: guests(scene) } };
    await expect(writer.update({ ...change, notify: 'none' })).rejects.toMatchObject(refused);
    const { version } = await writer.update({ ...change, notify: 'all' });
    const before = await scene.mailed();
    await expect(writer.update({ ref, ifVersion: version, fields: { time: timed(5) }, notify: 'none' })).rejects.toMatchObject(refused);
    await expect(writer.remove({ ref, ifVersion: version, notify: 'none' })).rejects.toMatchObject(refused);
    expect([await scene.titles(), await scene.mailed()]).toEqual([[created.title], before]);
  });

  test.needs('loud-guests')('F37 writes for outsiders only what nobody of the own organisation would be mailed about', async (scene) => {
    const writer = writerOf(await scene.session());
    const { outsider } = scene.world.people;
    const toBoth = scene.draft(1, { attendees: guests(scene), notify: 'external' });
    await expect(writer.create(toBoth)).rejects.toMatchObject({ code: 'invalid-request', reason: 'guests-are-always-mailed' });
    expect([await scene.titles(), await scene.mailed()]).toEqual([[], []]);
    await writer.create(scene.draft(2, { attendees: guests(scene).filter(({ email }) => email === outsider.email), notify: 'external' }));
    expect(await scene.mailed()).toEqual([outsider.email]);
  });

  test.needs('quiet-guests')('F37 mails nobody unless asked, whatever is written', async (scene) => {
    const writer = writerOf(await scene.session());
    const created = await writer.create(scene.draft(1, { attendees: guests(scene) }));
    const ref = { calendarId: scene.calendarId, eventId: created.id };
    const moved = await writer.update({ ref, ifVersion: created.version, fields: { time: timed(5) }, notify: 'none' });
    const fewer = await writer.update({ ref, ifVersion: moved.version, fields: { attendees: guests(scene).slice(0, 1) }, notify: 'none' });
    await writer.remove({ ref, ifVersion: fewer.version, notify: 'none' });
    expect(await scene.mailed()).toEqual([]);
  });

  test('F37 invites everybody when asked', async (scene) => {
    await writerOf(await scene.session()).create(scene.draft(1, { attendees: guests(scene), notify: 'all' }));
    expect(await scene.mailed()).toEqual(everybody(scene));
  });

  test('F37 tells everybody of a move, whom it had invited', async (scene) => {
    const writer = writerOf(await scene.session());
    const created = await writer.create(scene.draft(1, { attendees: guests(scene), notify: 'all' }));
    const ref = { calendarId: scene.calendarId, eventId: created.id };
    await writer.update({ ref, ifVersion: created.version, fields: { time: timed(5) }, notify: 'all' });
    expect(await scene.mailed()).toEqual([...everybody(scene), ...everybody(scene)].toSorted());
  });

  test.needs('quiet-guests')('F37 tells everybody of a move when asked, and only then', async (scene) => {
    const writer = writerOf(await scene.session());
    const created = await writer.create(scene.draft(1, { attendees: guests(scene) }));
    const ref = { calendarId: scene.calendarId, eventId: created.id };
    const moved = await writer.update({ ref, ifVersion: created.version, fields: { time: timed(5) }, notify: 'all' });
    expect(await scene.mailed()).toEqual(everybody(scene));
    await writer.update({ ref, ifVersion: moved.version, fields: { time: timed(6) }, notify: 'none' });
    expect(await scene.mailed()).toEqual(everybody(scene));
  });

  test.needs('quiet-guests')('F37 tells everybody of a cancellation when asked', async (scene) => {
    const writer = writerOf(await scene.session());
    const created = await writer.create(scene.draft(1, { attendees: guests(scene) }));
    await writer.remove({ ref: { calendarId: scene.calendarId, eventId: created.id }, ifVersion: created.version, notify: 'all' });
    expect(await scene.mailed()).toEqual(everybody(scene));
  });

  test('F37 tells everybody of a cancellation, whom it had invited', async (scene) => {
    const writer = writerOf(await scene.session());
    const created = await writer.create(scene.draft(1, { attendees: guests(scene), notify: 'all' }));
    await writer.remove({ ref: { calendarId: scene.calendarId, eventId: created.id }, ifVersion: created.version, notify: 'all' });
    expect(await scene.mailed()).toEqual([...everybody(scene), ...everybody(scene)].toSorted());
  });

  test.needs('quiet-guests')('F37 mails only who does not use the service when asked for that', async (scene) => {
    await writerOf(await scene.session()).create(scene.draft(1, { attendees: guests(scene), notify: 'external' }));
    expect(await scene.mailed()).toEqual([scene.world.people.outsider.email]);
  });

  test.needs('quiet-guests')('F37 mails nobody because of a conflict or a repetition', async (scene) => {
    const session = await scene.session();
    const created = await writerOf(session).create(scene.draft(1, { attendees: guests(scene) }));
    const ref = { calendarId: scene.calendarId, eventId: created.id };
    await scene.world.acts.change(ref, { title: 'by hand' });
    const stale = { ref, ifVersion: created.version, notify: 'all' } as const;
    await expect(writerOf(session).update({ ...stale, fields: { title: 'stale' } })).rejects.toMatchObject({ code: 'conflict' });
    await expect(writerOf(session).remove(stale)).rejects.toMatchObject({ code: 'conflict' });
    await writerOf(session).create(scene.draft(1, { attendees: guests(scene), notify: 'all' }));
    expect(await scene.mailed()).toEqual([]);
  });

  test('F37 tells those whom it had invited nothing more because of a conflict or a repetition', async (scene) => {
    const session = await scene.session();
    const draft = scene.draft(1, { attendees: guests(scene), notify: 'all' });
    const created = await writerOf(session).create(draft);
    const ref = { calendarId: scene.calendarId, eventId: created.id };
    await scene.world.acts.change(ref, { title: 'by hand' });
    const stale = { ref, ifVersion: created.version, notify: 'all' } as const;
    await expect(writerOf(session).update({ ...stale, fields: { time: timed(5) } })).rejects.toMatchObject({ code: 'conflict' });
    await expect(writerOf(session).remove({ ...stale, comment: 'I am ill' })).rejects.toMatchObject({ code: 'conflict' });
    await writerOf(session).create(draft);
    expect(await scene.mailed()).toEqual(everybody(scene));
  });

  test.needs('comment-on-cancel')('EVT-06 takes a comment along to the guests', async (scene) => {
    const writer = writerOf(await scene.session());
    const created = await writer.create(scene.draft(1, { attendees: guests(scene), notify: 'all' }));
    const ref = { calendarId: scene.calendarId, eventId: created.id };
    await writer.remove({ ref, ifVersion: created.version, notify: 'all', comment: 'I am ill' });
    expect(JSON.stringify(await scene.world.holds.mails())).toContain('I am ill');
  });

  test('EVT-06 deletes with a comment what has no guests', async (scene) => {
    const writer = writerOf(await scene.session());
    for (const [number, notify] of [[1, 'none'] as const, [2, 'all'] as const]) {
      const created = await writer.create(scene.draft(number));
      const ref = { calendarId: scene.calendarId, eventId: created.id };
      await writer.remove({ ref, ifVersion: created.version, notify, comment: 'I am ill' });
    }
    expect([await scene.titles(), await scene.mailed()]).toEqual([[], []]);
  });

  test.needs('quiet-guests')('EVT-06 deletes with a comment, also where nobody gets to read it', async (scene) => {
    const writer = writerOf(await scene.session());
    const created = await writer.create(scene.draft(1, { attendees: guests(scene) }));
    const ref = { calendarId: scene.calendarId, eventId: created.id };
    await writer.remove({ ref, ifVersion: created.version, notify: 'none', comment: 'I am ill' });
    expect([await scene.titles(), await scene.mailed()]).toEqual([[], []]);
  });
});

export const conferenceCases = group('conference', ['write', 'conference'], (test) => {
  test('SCH-03 gets a link to join, the one that people see', async (scene) => {
    const created = await writerOf(await scene.session()).create(scene.draft(1, { conference: true }));
    const event = await scene.held(created.title ?? '');
    expect(created.conference).toMatchObject({
      status: 'ready',
      platform: scene.provider.manifest.conference?.name,
      joinUrl: event.joinUrl,
    });
    expect(event.joinUrl).toMatch(/^https:\/\//);
  });

  test('SCH-03 has no conference unless asked for', async (scene) => {
    const created = await writerOf(await scene.session()).create(scene.draft(1));
    expect([created.conference, (await scene.held(created.title ?? '')).joinUrl]).toEqual([null, null]);
  });

  test('SCH-03 is told that the link is still being made, and then the link', async (scene) => {
    scene.world.faults.conference({ delayMs: 5000 });
    const session = await scene.session();
    const created = await writerOf(session).create(scene.draft(1, { conference: true }));
    expect(created.conference).toMatchObject({ status: 'pending', joinUrl: null });
    scene.world.clock.advance(6000);
    const ready = await eventAt(session, { calendarId: scene.calendarId, eventId: created.id });
    expect(ready.conference).toMatchObject({ status: 'ready', joinUrl: (await scene.held(created.title ?? '')).joinUrl });
  });

  test('SCH-03 makes one conference, however often the create is repeated', async (scene) => {
    const writer = writerOf(await scene.session());
    scene.world.faults.answer('create', { kind: 'reset', when: 'after' });
    await expect(writer.create(scene.draft(1, { conference: true }))).rejects.toMatchObject({ code: 'unavailable' });
    const [second, third] = [
      await writer.create(scene.draft(1, { conference: true })),
      await writer.create(scene.draft(1, { conference: true })),
    ];
    expect(second.conference?.joinUrl).toMatch(/^https:/);
    expect(third.conference).toEqual(second.conference);
  });

  test('SCH-03 is added to an event that has none', async (scene) => {
    const session = await scene.session();
    const event = await scene.seed('by hand', 1);
    const added = await changeConference(session, event, 'add');
    expect(added).toMatchObject({ status: 'ready', joinUrl: (await scene.held('by hand')).joinUrl });
  });

  test.needs('conference-failures')('SCH-03 is added again after a failure', async (scene) => {
    const session = await scene.session();
    const event = await scene.seed('by hand', 1);
    scene.world.faults.conference({ fails: true });
    expect(await changeConference(session, event, 'add')).toMatchObject({ status: 'failed' });
    scene.world.faults.conference({ fails: false });
    const added = await changeConference(session, event, 'add');
    expect(added).toMatchObject({ status: 'ready', joinUrl: (await scene.held('by hand')).joinUrl });
  });

  test.needs('conference-removal')('SCH-03 is taken away', async (scene) => {
    const session = await scene.session();
    const event = await scene.seed('by hand', 1);
    await changeConference(session, event, 'add');
    expect(await changeConference(session, event, 'remove')).toBeNull();
    expect((await scene.held('by hand')).joinUrl).toBeNull();
  });

  test.needs('lasting-conference')('SCH-03 is refused to be taken away where it has to stay, and stays', async (scene) => {
    const session = await scene.session();
    const event = await scene.seed('by hand', 1);
    const added = await changeConference(session, event, 'add');
    await expect(changeConference(session, event, 'remove')).rejects.toMatchObject({ code: 'invalid-request', subject: 'event' });
    expect((await scene.held('by hand')).joinUrl).toBe(added?.joinUrl);
  });

  test('F39 keeps the link when something else is changed', async (scene) => {
    const writer = writerOf(await scene.session());
    const created = await writer.create(scene.draft(1, { conference: true }));
    const ref = { calendarId: scene.calendarId, eventId: created.id };
    const after = await writer.update({ ref, ifVersion: created.version, fields: { title: 'new', time: timed(4) }, notify: 'none' });
    expect(after.conference).toEqual(created.conference);
    expect((await scene.held('new')).joinUrl).toBe(created.conference?.joinUrl);
  });
});

async function changeConference(session: CalendarSession, ref: Occasion, conference: 'add' | 'remove'): Promise<EventConference | null> {
  const { version } = await eventAt(session, ref);
  return (await writerOf(session).update({ ref, ifVersion: version, fields: {}, conference, notify: 'none' })).conference;
}

function guests({ world }: Scene): EventFields['attendees'] {
  return [world.people.colleague, world.people.outsider].map(({ email }) => ({ email, name: null, optional: false }));
}

function everybody(scene: Scene): readonly string[] {
  return guests(scene)
    .map(({ email }) => email)
    .toSorted();
}
