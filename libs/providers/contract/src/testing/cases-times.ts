import { instant, instantOf, parseWallTime, wallTimeOf } from '@daymark/domain';
import type { ZoneId } from '@daymark/domain';
import { expect } from 'vitest';
import type { EventTime } from '../provider-event.ts';
import { group } from './case-group.ts';
import type { Need } from './case-group.ts';
import { expectSame } from './compare.ts';
import { Copy, inOrder } from './copy.ts';
import type { Seed } from './provider-world.ts';
import type { Scene } from './scene.ts';
import { BERLIN, NEW_YORK, WINDOW, between, days, timed, writerOf } from './scene.ts';

const HONOLULU = 'Pacific/Honolulu' as ZoneId;
const AUCKLAND = 'Pacific/Auckland' as ZoneId;
const KATHMANDU = 'Asia/Kathmandu' as ZoneId;

const wall = (from: string, until: string, zone: ZoneId): EventTime =>
  between(instantOf(parseWallTime(from), zone), instantOf(parseWallTime(until), zone), zone);

const times: readonly (readonly [title: string, time: EventTime, ...needs: readonly Need[]])[] = [
  ['F16 a day', days('2027-03-15', '2027-03-16')],
  ['F16 three days over a clock change', days('2027-03-27', '2027-03-30')],
  ['F16 the turn of the year', days('2027-12-31', '2028-01-02')],
  ['F16 a leap day', days('2028-02-29', '2028-03-01')],
  ['F15 an hour in another zone', timed(3, { zone: NEW_YORK })],
  ['F15 an hour in a zone with odd minutes', timed(3, { zone: KATHMANDU })],
  ['F15 the first of two equal hours', wall('2027-10-31T02:30:00', '2027-10-31T03:30:00', BERLIN)],
  [
    'F15 the second of two equal hours',
    between(instant(Date.UTC(2027, 9, 31, 1, 30)), instant(Date.UTC(2027, 9, 31, 2, 30))),
    'repeated-hours',
  ],
  ['F15 over the missing hour', wall('2027-03-28T01:30:00', '2027-03-28T03:30:00', BERLIN)],
  ['until midnight', wall('2027-03-20T20:00:00', '2027-03-21T00:00:00', BERLIN)],
  ['midnight to midnight, which is no all-day event', wall('2027-03-20T00:00:00', '2027-03-21T00:00:00', BERLIN)],
  ['five minutes', wall('2027-03-20T10:00:00', '2027-03-20T10:05:00', BERLIN)],
  ['a week', timed(3, { length: 168 })],
];

export const timeCases = group('all-day and zones', [], (test) => {
  for (const [title, time, ...needs] of times) {
    test.needs(...needs)(`SYN-09 tells when it is: ${title}`, async (scene) => {
      const { copy, window } = await readWide(scene, { title: 'event', time });
      expect(copy.find('event').time).toEqual(time);
      expect(copy.times(window)).toEqual(inOrder(await scene.world.holds.times(scene.calendarId, window)));
    });

    test.needs('write', ...needs)(`SYN-09 writes when it is: ${title}`, async (scene) => {
      const written = await writerOf(await scene.session()).create(scene.draft(1, { title: 'event', time }));
      expect(written.time).toEqual(time);
      expectSame([written], await scene.world.holds.events(scene.calendarId));
    });
  }

  for (const zone of [HONOLULU, AUCKLAND]) {
    test(`F16 keeps dates as dates in a calendar of ${zone}`, async (scene) => {
      const calendarId = await scene.world.acts.addCalendar({ name: 'Far away', zone });
      await scene.seed('days', 0, { calendarId, time: days('2027-03-15', '2027-03-17') });
      await scene.seed('hour', 2, { calendarId, time: timed(2, { zone }) });
      const copy = new Copy(calendarId);
      await copy.read(await scene.session('read'));
      expect([copy.find('days').time, copy.find('hour').time]).toEqual([days('2027-03-15', '2027-03-17'), timed(2, { zone })]);
    });
  }

  test('F15 tells the wall time of the day that is meant and not of today', async (scene) => {
    await scene.seed('winter', 0, { time: wall('2027-12-15T09:00:00', '2027-12-15T10:00:00', BERLIN) });
    await scene.seed('summer', 0, { time: wall('2027-07-15T09:00:00', '2027-07-15T10:00:00', BERLIN) });
    const copy = new Copy(scene.calendarId);
    await copy.read(await scene.session('read'));
    for (const title of ['winter', 'summer']) {
      const { time } = copy.find(title);
      if (time?.kind !== 'timed') throw new Error('expected a timed one');
      expect([time.startWall.slice(11), time.endWall.slice(11)]).toEqual(['09:00:00', '10:00:00']);
      expect(wallTimeOf(time.start, time.zone)).toBe(time.startWall);
    }
  });

  test.needs('write')('F16 turns an hour into days and back', async (scene) => {
    const session = await scene.session();
    let event = await writerOf(session).create(scene.draft(1));
    const ref = { calendarId: scene.calendarId, eventId: event.id };
    for (const time of [days('2027-04-05', '2027-04-07'), timed(3), days('2027-04-05', '2027-04-06'), timed(4, { zone: NEW_YORK })]) {
      event = await writerOf(session).update({ ref, ifVersion: event.version, fields: { time }, notify: 'none' });
      expect(event.time).toEqual(time);
      expectSame([event], await scene.world.holds.events(scene.calendarId));
    }
  });
});

async function readWide(scene: Scene, seed: Seed): Promise<{ readonly copy: Copy; readonly window: typeof WINDOW }> {
  await scene.world.acts.create(scene.calendarId, seed);
  const copy = new Copy(scene.calendarId, { start: WINDOW.start, end: instant(Date.UTC(2028, 3, 1)) });
  await copy.read(await scene.session('read'));
  return { copy, window: copy.window };
}
