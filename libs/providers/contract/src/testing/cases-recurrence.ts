import { HOUR_MS } from '@daymark/domain';
import { expect } from 'vitest';
import type { OriginalStart } from '../provider-event.ts';
import { group } from './case-group.ts';
import { Copy, inOrder } from './copy.ts';
import type { Occasion, Seed } from './provider-world.ts';
import type { Scene } from './scene.ts';
import { NEW_YORK, SOON, WINDOW, after, days, eventAt, originalAt, originalOn, timed, writerOf } from './scene.ts';

/** Series that people have; each is compared time by time with what they see, over the clock changes of a year. */
const series: readonly (readonly [title: string, seed: Partial<Seed>])[] = [
  ['F15 weekly over both clock changes of Berlin', { recurrence: ['RRULE:FREQ=WEEKLY'] }],
  [
    'F15 weekly in New York, whose clocks change two weeks earlier',
    { time: timed(4, { zone: NEW_YORK }), recurrence: ['RRULE:FREQ=WEEKLY'] },
  ],
  ['daily, counted', { recurrence: ['RRULE:FREQ=DAILY;COUNT=12'] }],
  ['every other day until a moment', { recurrence: ['RRULE:FREQ=DAILY;INTERVAL=2;UNTIL=20270401T120000Z'] }],
  ['Monday, Wednesday and Friday', { recurrence: ['RRULE:FREQ=WEEKLY;BYDAY=MO,WE,FR;COUNT=30'] }],
  ['the last Friday of a month', { time: timed(48), recurrence: ['RRULE:FREQ=MONTHLY;BYDAY=-1FR'] }],
  ['the 31st, in months that have one', { time: timed(24 * 21), recurrence: ['RRULE:FREQ=MONTHLY;BYMONTHDAY=31'] }],
  ['yearly', { recurrence: ['RRULE:FREQ=YEARLY'] }],
  ['F16 daily and all-day over a clock change', { time: days('2027-03-25', '2027-03-26'), recurrence: ['RRULE:FREQ=DAILY;COUNT=7'] }],
  ['F16 two days of each week', { time: days('2027-03-13', '2027-03-15'), recurrence: ['RRULE:FREQ=WEEKLY;UNTIL=20270601'] }],
  ['one night a week', { time: timed(11, { length: 8 }), recurrence: ['RRULE:FREQ=WEEKLY;COUNT=8'] }],
];

export const recurrenceCases = group('recurrence', [], (test) => {
  for (const [title, seed] of series) {
    test(`SYN-05 tells every time of a series: ${title}`, async (scene) => {
      await scene.seed('series', 0, seed);
      await expectTimes(scene, await readAll(scene));
    });
  }

  test('SYN-05 tells the times of a series that began long before the window', async (scene) => {
    await scene.seed('series', -24 * 400, { recurrence: ['RRULE:FREQ=DAILY'] });
    await expectTimes(scene, await readAll(scene));
  });

  test('SYN-05 tells one occurrence to who was invited to that one only', async (scene) => {
    const seed = { title: 'series', time: timed(0), recurrence: ['RRULE:FREQ=WEEKLY;COUNT=5'] };
    await scene.world.acts.inviteToOccurrence(seed, originalAt(168));
    const copy = await readAll(scene);
    expect(copy.times()).toEqual([{ title: 'series', start: after(168), end: after(169) }]);
    await expectTimes(scene, copy);
  });

  test('SYN-05 gives an occurrence that was taken out as cancelled, or not at all', async (scene) => {
    const event = await weekly(scene, 3);
    await scene.world.acts.removeOccurrence(event, originalAt(168));
    const session = await scene.session('read');
    const copy = new Copy(scene.calendarId);
    const { changes } = await copy.read(session);
    for (const change of changes) {
      if (change.kind !== 'saved' || change.event.status !== 'cancelled') continue;
      const alone = await session.getEvent({ calendarId: scene.calendarId, eventId: change.event.id });
      expect([undefined, 'cancelled']).toContain(alone?.status);
    }
    await expectTimes(scene, copy);
  });

  test.needs('rule-dates')('F12 leaves out the day that was excepted and takes in the one that was added', async (scene) => {
    const at = (hours: number) => new Date(SOON + hours * HOUR_MS).toISOString().replaceAll(/[-:]|\.000/g, '');
    await scene.seed('series', 0, { recurrence: ['RRULE:FREQ=DAILY;COUNT=6', `EXDATE:${at(48)}`, `RDATE:${at(240)}`] });
    await expectTimes(scene, await readAll(scene));
  });

  test('SYN-05 F12 tells a moved and a deleted occurrence, each in its place', async (scene) => {
    const event = await weekly(scene, 5);
    await scene.world.acts.changeOccurrence(event, originalAt(168), { time: timed(170), title: 'moved' });
    await scene.world.acts.removeOccurrence(event, originalAt(336));
    const copy = await readAll(scene);
    expect(copy.find('moved').recurrence).toMatchObject({ seriesId: event.eventId, originalStart: originalAt(168) });
    await expectTimes(scene, copy);
  });

  test('SYN-05 F12 then tells what happens to occurrences, one after the other', async (scene) => {
    const event = await weekly(scene, 6);
    const session = await scene.session('read');
    const copy = new Copy(scene.calendarId);
    await copy.read(session);
    const { acts } = scene.world;
    for (const act of [
      () => acts.changeOccurrence(event, originalAt(168), { title: 'renamed' }),
      () => acts.changeOccurrence(event, originalAt(336), { time: timed(360) }),
      // Berlin moved its clocks on: an hour earlier in UTC.
      () => acts.removeOccurrence(event, originalAt(503)),
      () => acts.removeOccurrence(event, originalAt(0)),
      () => acts.changeOccurrence(event, originalAt(336), { time: timed(361) }),
      () => acts.removeOccurrence(event, originalAt(336)),
    ]) {
      await act();
      await copy.read(session);
      await expectTimes(scene, copy);
    }
  });

  test('F16 F12 tells a recurring all-day event with a deleted day as dates', async (scene) => {
    const event = await scene.seed('fair', 0, { time: days('2027-04-05', '2027-04-06'), recurrence: ['RRULE:FREQ=DAILY;COUNT=4'] });
    await scene.world.acts.removeOccurrence(event, originalOn('2027-04-06'));
    await scene.world.acts.changeOccurrence(event, originalOn('2027-04-07'), { title: 'longer' });
    await expectTimes(scene, await readAll(scene));
  });

  test('F13 tells a series that was split as one that ends and one that begins', async (scene) => {
    const event = await weekly(scene, 20);
    const session = await scene.session('read');
    const copy = new Copy(scene.calendarId);
    await copy.read(session);
    await scene.world.acts.change(event, { recurrence: ['RRULE:FREQ=WEEKLY;COUNT=3'] });
    await scene.seed('series', 24 * 21 + 2, { recurrence: ['RRULE:FREQ=WEEKLY;COUNT=4'] });
    await copy.read(session);
    await expectTimes(scene, copy);
  });

  test('F13 forgets exceptions that a new rule no longer makes', async (scene) => {
    const event = await weekly(scene, 8);
    await scene.world.acts.changeOccurrence(event, originalAt(168 * 6 - 1), { title: 'late exception' });
    const session = await scene.session('read');
    const copy = new Copy(scene.calendarId);
    await copy.read(session);
    await scene.world.acts.change(event, { recurrence: ['RRULE:FREQ=WEEKLY;COUNT=3'] });
    await copy.read(session);
    await expectTimes(scene, copy);
  });

  test('SYN-05 tells that a whole series is gone, with its exceptions', async (scene) => {
    const event = await weekly(scene, 4);
    await scene.world.acts.changeOccurrence(event, originalAt(168), { title: 'exception' });
    const session = await scene.session('read');
    const copy = new Copy(scene.calendarId);
    await copy.read(session);
    await scene.world.acts.remove(event);
    await copy.read(session);
    expect(copy.times()).toEqual([]);
  });

  test('SYN-05 tells a series that became a single event, and the other way round', async (scene) => {
    const event = await weekly(scene, 4);
    const session = await scene.session('read');
    const copy = new Copy(scene.calendarId);
    await copy.read(session);
    for (const recurrence of [[], ['RRULE:FREQ=DAILY;COUNT=3']]) {
      await scene.world.acts.change(event, { recurrence });
      await copy.read(session);
      await expectTimes(scene, copy);
    }
  });

  test('finds an occurrence by its original start: as it is, moved, taken out, never there', async (scene) => {
    const event = await weekly(scene, 4);
    await scene.world.acts.changeOccurrence(event, originalAt(168), { time: timed(170), title: 'moved' });
    await scene.world.acts.removeOccurrence(event, originalAt(336));
    const session = await scene.session('read');
    const find = (originalStart: OriginalStart, seriesId = event.eventId) =>
      session.getOccurrence({ calendarId: scene.calendarId, seriesId, originalStart });
    expect(await find(originalAt(0))).toMatchObject({
      title: 'series',
      time: timed(0),
      recurrence: { seriesId: event.eventId, originalStart: originalAt(0) },
    });
    expect(await find(originalAt(168))).toMatchObject({ title: 'moved', time: timed(170) });
    expect(await find(originalAt(336))).toBeNull();
    expect(await find(originalAt(1))).toBeNull();
    expect(await find(originalAt(168 * 9 - 1))).toBeNull();
    expect(await find(originalAt(0), 'neverwasthere')).toBeNull();
  });

  test('F16 finds a day of an all-day series, also one that was moved between its neighbours', async (scene) => {
    const event = await scene.seed('fair', 0, { time: days('2027-04-05', '2027-04-06'), recurrence: ['RRULE:FREQ=WEEKLY;COUNT=4'] });
    await scene.world.acts.changeOccurrence(event, originalOn('2027-04-12'), { time: days('2027-04-14', '2027-04-15') });
    const session = await scene.session('read');
    const find = (date: string) =>
      session.getOccurrence({ calendarId: scene.calendarId, seriesId: event.eventId, originalStart: originalOn(date) });
    expect(await find('2027-04-19')).toMatchObject({ time: days('2027-04-19', '2027-04-20') });
    expect(await find('2027-04-12')).toMatchObject({ time: days('2027-04-14', '2027-04-15') });
    expect(await find('2027-04-14')).toBeNull();
  });

  test.needs('far-moves')('F16 finds a day of an all-day series, also one that was moved far away', async (scene) => {
    const event = await scene.seed('fair', 0, { time: days('2027-04-05', '2027-04-06'), recurrence: ['RRULE:FREQ=DAILY;COUNT=9'] });
    await scene.world.acts.changeOccurrence(event, originalOn('2027-04-07'), { time: days('2027-05-20', '2027-05-21') });
    const session = await scene.session('read');
    const find = (date: string) =>
      session.getOccurrence({ calendarId: scene.calendarId, seriesId: event.eventId, originalStart: originalOn(date) });
    expect(await find('2027-04-06')).toMatchObject({ time: days('2027-04-06', '2027-04-07') });
    expect(await find('2027-04-07')).toMatchObject({ time: days('2027-05-20', '2027-05-21') });
    expect(await find('2027-04-30')).toBeNull();
  });

  test('F15 finds an occurrence behind a clock change', async (scene) => {
    const event = await scene.seed('series', 0, { time: timed(4, { zone: NEW_YORK }), recurrence: ['RRULE:FREQ=WEEKLY'] });
    const session = await scene.session('read');
    // New York moves on by an hour on 14 March: what was 14:00 UTC is 13:00 UTC a week later.
    const found = await session.getOccurrence({
      calendarId: scene.calendarId,
      seriesId: event.eventId,
      originalStart: originalAt(4 + 167),
    });
    expect(found).toMatchObject({ time: timed(4 + 167, { zone: NEW_YORK }) });
  });

  test.needs('write')('SYN-05 writes one occurrence and leaves the others', async (scene) => {
    const event = await weekly(scene, 5);
    const session = await scene.session();
    const find = async (hours: number) => {
      const ref = { calendarId: scene.calendarId, seriesId: event.eventId, originalStart: originalAt(hours) };
      const found = await session.getOccurrence(ref);
      if (found === null) throw new Error('expected an occurrence');
      return { ref: { calendarId: scene.calendarId, eventId: found.id }, ifVersion: found.version, notify: 'none' } as const;
    };
    await writerOf(session).update({ ...(await find(168)), fields: { title: 'moved', time: timed(170) } });
    await writerOf(session).remove(await find(336));
    const seen = await scene.world.holds.times(scene.calendarId, WINDOW);
    expect(inOrder(seen).map(({ title, start }) => [title, (Number(start) - SOON) / HOUR_MS])).toEqual([
      ['series', 0],
      ['moved', 170],
      ['series', 503],
      ['series', 671],
    ]);
    await expectTimes(scene, await readAll(scene));
  });

  test.needs('write')('EVT-07 SYN-05 invites somebody to one occurrence only', async (scene) => {
    const event = await weekly(scene, 4);
    const session = await scene.session();
    const found = await session.getOccurrence({ calendarId: scene.calendarId, seriesId: event.eventId, originalStart: originalAt(168) });
    const attendees = [{ email: scene.world.people.outsider.email, name: null, optional: false }];
    const ref = { calendarId: scene.calendarId, eventId: found?.id ?? '' };
    await writerOf(session).update({ ref, ifVersion: found?.version ?? '', fields: { attendees }, notify: 'all' });
    const held = await scene.world.holds.events(scene.calendarId);
    expect(held.map(({ seriesId, guests }) => [seriesId, guests.length]).toSorted()).toEqual(
      [
        [event.eventId, 1],
        [null, 0],
      ].toSorted(),
    );
  });

  test.needs('write')('SYN-05 moves a whole series', async (scene) => {
    const event = await weekly(scene, 8);
    const session = await scene.session();
    const { version } = await eventAt(session, event);
    await writerOf(session).update({ ref: event, ifVersion: version, fields: { time: timed(26) }, notify: 'none' });
    await expectTimes(scene, await readAll(scene));
    expect(await scene.world.holds.times(scene.calendarId, WINDOW)).toHaveLength(8);
  });

  test.needs('write', 'field:recurrence')('SYN-05 makes a single event of a series', async (scene) => {
    const event = await weekly(scene, 4);
    const session = await scene.session();
    const { version } = await eventAt(session, event);
    await writerOf(session).update({ ref: event, ifVersion: version, fields: { recurrence: [] }, notify: 'none' });
    expect(await scene.world.holds.times(scene.calendarId, WINDOW)).toHaveLength(1);
    await expectTimes(scene, await readAll(scene));
  });

  test.needs('write', 'field:recurrence')('SYN-05 writes a series that people see as it was meant', async (scene) => {
    const session = await scene.session();
    const created = await writerOf(session).create(scene.draft(1, { recurrence: ['RRULE:FREQ=WEEKLY;BYDAY=WE,FR;COUNT=9'] }));
    expect(await scene.world.holds.times(scene.calendarId, WINDOW)).toHaveLength(9);
    await expectTimes(scene, await readAll(scene));
    const change = { ref: { calendarId: scene.calendarId, eventId: created.id }, ifVersion: created.version, notify: 'none' } as const;
    await writerOf(session).update({ ...change, fields: { recurrence: ['RRULE:FREQ=DAILY;COUNT=3'] } });
    expect(await scene.world.holds.times(scene.calendarId, WINDOW)).toHaveLength(3);
  });
});

async function weekly(scene: Scene, count: number): Promise<Occasion> {
  return scene.seed('series', 0, { recurrence: [`RRULE:FREQ=WEEKLY;COUNT=${count}`] });
}

async function readAll(scene: Scene): Promise<Copy> {
  const copy = new Copy(scene.calendarId);
  await copy.read(await scene.session('read'));
  return copy;
}

async function expectTimes(scene: Scene, copy: Copy): Promise<void> {
  expect(copy.times()).toEqual(inOrder(await scene.world.holds.times(scene.calendarId, WINDOW)));
}
