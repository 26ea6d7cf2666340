import { HOUR_MS, addMilliseconds, interval } from '@daymark/domain';
import { expect } from 'vitest';
import { group } from './case-group.ts';
import { expectSame } from './compare.ts';
import { Copy, inOrder } from './copy.ts';
import type { Scene } from './scene.ts';
import { WINDOW, days, eventAt, timed } from './scene.ts';

export const changesCases = group('changes', [], (test) => {
  test('SYN-01 tells everything that the calendar holds, as it is', async (scene) => {
    const { outsider } = scene.world.people;
    await scene.seed('plain', 1);
    await scene.seed('full', 3, {
      description: 'First line\nsecond line',
      location: 'Room 4, Zoë’s floor',
      attendees: [{ email: outsider.email, name: 'Eve', optional: true }],
      visibility: 'private',
    });
    await scene.seed('free', 5, { busy: false });
    await scene.seed('days', 0, { time: days('2027-03-15', '2027-03-18') });
    await scene.seed('weekly', 7, { recurrence: ['RRULE:FREQ=WEEKLY;COUNT=6'] });
    const copy = await readAll(scene);
    expectSame(copy.events.values(), await scene.world.holds.events(scene.calendarId));
    expect(copy.times()).toEqual(inOrder(await scene.world.holds.times(scene.calendarId, WINDOW)));
  });

  test('SYN-01 tells nothing of an empty calendar, and a cursor to go on from', async (scene) => {
    const session = await scene.session('read');
    const copy = new Copy(scene.calendarId);
    expect((await copy.read(session)).changes).toEqual([]);
    await scene.seed('first', 1);
    await copy.read(session);
    expect(copy.titles()).toEqual(['first']);
  });

  test('SYN-02 SYN-04 then tells only what changed: added, moved, deleted', async (scene) => {
    const moved = await scene.seed('moved', 2);
    const deleted = await scene.seed('deleted', 4);
    await scene.seed('untouched', 6);
    const session = await scene.session('read');
    const copy = new Copy(scene.calendarId);
    await copy.read(session);
    const before = new Map(copy.events);
    await scene.world.acts.change(moved, { time: timed(50) });
    await scene.world.acts.remove(deleted);
    const added = await scene.seed('added', 8);
    const { changes } = await copy.read(session);
    expect(copy.newsIn(changes, before)).toEqual([added.eventId, moved.eventId].toSorted());
    expect(changes.flatMap((change) => (change.kind === 'removed' ? [change.eventId] : []))).toEqual([deleted.eventId]);
    expectSame(copy.events.values(), await scene.world.holds.events(scene.calendarId));
  });

  test('SYN-02 tells nothing new while nothing happens', async (scene) => {
    await scene.seed('still', 2);
    const session = await scene.session('read');
    const copy = new Copy(scene.calendarId);
    await copy.read(session);
    for (let round = 0; round < 3; round += 1) {
      const before = new Map(copy.events);
      expect(copy.newsIn((await copy.read(session)).changes, before)).toEqual([]);
    }
    expect(copy.titles()).toEqual(['still']);
  });

  test('SYN-02 tells each field that a person changes', async (scene) => {
    const event = await scene.seed('before', 2);
    const session = await scene.session('read');
    const copy = new Copy(scene.calendarId);
    await copy.read(session);
    for (const fields of [
      { title: 'after' },
      { description: 'new' },
      { location: 'elsewhere' },
      { busy: false },
      { visibility: 'private' as const },
      { time: timed(9) },
      { attendees: [{ email: scene.world.people.outsider.email, name: null, optional: false }] },
      { description: null, location: null },
    ]) {
      await scene.world.acts.change(event, fields);
      await copy.read(session);
      expectSame(copy.events.values(), await scene.world.holds.events(scene.calendarId));
    }
  });

  test('F10 tells of an event that came and went between two readings nothing, or that it is gone', async (scene) => {
    const session = await scene.session('read');
    const copy = new Copy(scene.calendarId);
    await copy.read(session);
    await scene.world.acts.remove(await scene.seed('short', 2));
    await copy.read(session);
    expect(copy.events.size).toBe(0);
  });

  test('F10 loses no change that is made while the pages are read', async (scene) => {
    const events = [];
    for (let number = 0; number < 6; number += 1) events.push(await scene.seed(`event ${number}`, number));
    const session = await scene.session('read');
    scene.world.faults.pages({ of: 'changes', size: 2 });
    const copy = new Copy(scene.calendarId);
    const first = await session.listChanges({ calendarId: scene.calendarId, from: { kind: 'start', window: WINDOW } });
    await copy.take(first.changes, session);
    if (!('page' in first.next)) throw new Error('expected a second page');
    await scene.world.acts.change(events[0]!, { title: 'changed meanwhile' });
    await scene.world.acts.remove(events[5]!);
    await scene.seed('added meanwhile', 9);
    await copy.readOn(session, { calendarId: scene.calendarId, from: { kind: 'page', page: first.next.page, window: WINDOW } });
    await copy.read(session);
    expectSame(copy.events.values(), await scene.world.holds.events(scene.calendarId));
  });

  test('F31 tells the same again when a host that crashed reads from the same place', async (scene) => {
    const session = await scene.session('read');
    const copy = new Copy(scene.calendarId);
    await copy.read(session);
    const { cursor } = copy;
    await scene.seed('twice', 2);
    await copy.read(session, cursor);
    const again = new Copy(scene.calendarId);
    await again.read(session, cursor);
    expect(again.titles()).toEqual(['twice']);
  });

  test('F11 tells an event that moved to another calendar as gone here and there now', async (scene) => {
    const side = await scene.world.acts.addCalendar({ name: 'Side' });
    const event = await scene.seed('moving', 2);
    const session = await scene.session('read');
    const copies = [new Copy(scene.calendarId), new Copy(side)];
    for (const copy of copies) await copy.read(session);
    await scene.world.acts.move(event, side);
    for (const copy of copies) await copy.read(session);
    expect(copies.map((copy) => copy.titles())).toEqual([[], ['moving']]);
    expectSame(copies[1]!.events.values(), await scene.world.holds.events(side));
  });

  test('keeps the calendars apart', async (scene) => {
    const side = await scene.world.acts.addCalendar({ name: 'Side' });
    await scene.seed('here', 2);
    await scene.seed('there', 2, { calendarId: side });
    const session = await scene.session('read');
    const [here, there] = [new Copy(scene.calendarId), new Copy(side)];
    await Promise.all([here.read(session), there.read(session)]);
    await scene.seed('later there', 3, { calendarId: side });
    await Promise.all([here.read(session), there.read(session)]);
    expect([here.titles(), there.titles()]).toEqual([['here'], ['later there', 'there']]);
  });

  test('tells what moves into the window', async (scene) => {
    const far = await scene.seed('far', 24 * 500);
    const session = await scene.session('read');
    const copy = new Copy(scene.calendarId);
    await copy.read(session);
    expect(copy.times()).toEqual([]);
    await scene.world.acts.change(far, { time: timed(5) });
    await copy.read(session);
    expect(copy.times()).toEqual(inOrder(await scene.world.holds.times(scene.calendarId, WINDOW)));
  });

  test('shows what moves out of the window nowhere in it', async (scene) => {
    const near = await scene.seed('near', 5);
    const session = await scene.session('read');
    const copy = new Copy(scene.calendarId);
    await copy.read(session);
    await scene.world.acts.change(near, { time: timed(24 * 500) });
    await copy.read(session);
    expect(copy.times()).toEqual([]);
  });

  test('tells what lasts into the window and out of it', async (scene) => {
    const window = interval(addMilliseconds(WINDOW.start, 0), addMilliseconds(WINDOW.start, 240 * HOUR_MS));
    const zone = scene.world.people.owner.zone;
    const at = (start: number, end: number) => {
      const time = timed(0, { zone });
      if (time.kind !== 'timed') throw new Error('expected a timed one');
      const hours = (window.start - time.start) / HOUR_MS;
      return timed(Math.round(hours) + start, { length: end - start, zone });
    };
    await scene.seed('in', 0, { time: at(-3, 3) });
    await scene.seed('over', 0, { time: at(-9, 400) });
    await scene.seed('out', 0, { time: at(230, 250) });
    const copy = new Copy(scene.calendarId, window);
    await copy.read(await scene.session('read'));
    expect(copy.titles()).toEqual(['in', 'out', 'over']);
  });

  test('F50 carries hostile text over as text', async (scene) => {
    const texts = [
      '<script>alert(1)</script>',
      "'; drop table events; --",
      '=cmd|calc',
      'Subject: x\r\nBcc: y',
      '💥 مرحبا \u202eabc',
      'ﬀ e\u0301',
    ];
    for (const [index, text] of texts.entries()) await scene.seed(`${index}`, index, { description: text, location: text });
    const copy = await readAll(scene);
    for (const [index, text] of texts.entries()) {
      const heldText = (await scene.held(`${index}`)).description;
      expect([copy.find(`${index}`).description, copy.find(`${index}`).location]).toEqual([heldText, heldText]);
      expect(heldText?.replace(/\r\n/g, '\n')).toBe(text.replace(/\r\n/g, '\n'));
    }
  });

  test('tells long text whole', async (scene) => {
    await scene.seed('long', 2, { description: 'A line of a very long agenda\n'.repeat(200) });
    const copy = await readAll(scene);
    expect(copy.find('long').description).toBe((await scene.held('long')).description);
    expect(copy.find('long').description?.length).toBeGreaterThan(5000);
  });

  test('tells an event by its id as in the list', async (scene) => {
    const event = await scene.seed('same', 2, { description: 'as it is' });
    const session = await scene.session('read');
    const copy = new Copy(scene.calendarId);
    await copy.read(session);
    const { raw: _listRaw, ...listed } = copy.find('same');
    const { raw: _eventRaw, ...alone } = await eventAt(session, event);
    expect(alone).toEqual(listed);
  });

  test('F14 sets an event that cannot be read aside, and reads the others', async (scene) => {
    await scene.seed('good', 2);
    const odd = await scene.world.acts.createUnreadable(scene.calendarId, 'canary');
    const copy = await readAll(scene);
    expect(copy.titles()).toEqual(['good']);
    expect([...copy.unreadable.keys()]).toEqual([odd]);
    expect(copy.unreadable.get(odd)?.reason).toMatch(/\w/);
    expect(copy.unreadable.get(odd)?.reason).not.toContain('canary');
  });

  test('F14 reads it once it was mended', async (scene) => {
    const eventId = await scene.world.acts.createUnreadable(scene.calendarId, 'canary');
    const session = await scene.session('read');
    const copy = new Copy(scene.calendarId);
    await copy.read(session);
    await expect(session.getEvent({ calendarId: scene.calendarId, eventId })).rejects.toMatchObject({ code: 'invalid-response' });
    await scene.world.acts.mendUnreadable({ calendarId: scene.calendarId, eventId }, { title: 'mended', time: timed(3) });
    await copy.read(session);
    expect([copy.titles(), copy.unreadable.size]).toEqual([['mended'], 0]);
  });

  test('gives null for an event that never was, and for one that is gone', async (scene) => {
    const gone = await scene.seed('gone', 2);
    const session = await scene.session('read');
    await scene.world.acts.remove(gone);
    expect(await session.getEvent(gone)).toBeNull();
    expect(await session.getEvent({ ...gone, eventId: 'neverwasthere' })).toBeNull();
  });

  test.needs('share:free-busy')('F38 tells nothing but times of a calendar that shows only when it is busy', async (scene) => {
    const { colleague } = scene.world.people;
    await scene.seed('canary', 2, { calendarId: colleague.calendarId, description: 'canary', recurrence: ['RRULE:FREQ=DAILY;COUNT=2'] });
    await scene.world.acts.share('free-busy');
    const copy = new Copy(colleague.calendarId);
    const { changes } = await copy.read(await scene.session('read'));
    expect(JSON.stringify(changes)).not.toContain('canary');
    const times = (await scene.world.holds.times(colleague.calendarId, WINDOW)).map((time) => ({ ...time, title: null }));
    expect(copy.times()).toEqual(inOrder(times));
    for (const event of copy.events.values()) expect(event).toMatchObject({ title: null, description: null, busy: true });
  });

  test.needs('share:reader', 'field:visibility')(
    'F38 tells of private events on a shared calendar only that there is something',
    async (scene) => {
      const { colleague } = scene.world.people;
      await scene.seed('canary', 2, { calendarId: colleague.calendarId, description: 'canary', location: 'canary', visibility: 'private' });
      await scene.seed('open', 4, { calendarId: colleague.calendarId });
      await scene.world.acts.share('reader');
      const copy = new Copy(colleague.calendarId);
      const { changes } = await copy.read(await scene.session('read'));
      expect(JSON.stringify(changes)).not.toContain('canary');
      const times = await scene.world.holds.times(colleague.calendarId, WINDOW);
      expect(copy.times()).toEqual(inOrder(times.map((time) => ({ ...time, title: time.title === 'canary' ? null : time.title }))));
    },
  );

  test('SEC-05 shows a connection that may see no events when its owner is busy, and nothing else', async (scene) => {
    await scene.seed('canary', 2, { description: 'canary' });
    await scene.seed('canary free', 9, { busy: false });
    await scene.seed('canary far', 24 * 200);
    const session = await scene.session('free_busy');
    const copy = new Copy(scene.calendarId);
    const { changes } = await copy.read(session);
    expect(JSON.stringify(changes)).not.toContain('canary');
    const all = await scene.world.holds.times(scene.calendarId, WINDOW);
    const busy = all.filter(({ title }) => title !== 'canary free').map((time) => ({ ...time, title: null }));
    expect(copy.times()).toEqual(inOrder(busy));
  });
});

async function readAll(scene: Scene): Promise<Copy> {
  const copy = new Copy(scene.calendarId);
  await copy.read(await scene.session('read'));
  return copy;
}
