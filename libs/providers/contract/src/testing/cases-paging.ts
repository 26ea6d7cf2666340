import { expect } from 'vitest';
import type { ChangePage, ChangeRequest, SyncCursor } from '../calendar-provider.ts';
import { group } from './case-group.ts';
import { expectSame } from './compare.ts';
import { Copy } from './copy.ts';
import type { Scene } from './scene.ts';
import { WINDOW } from './scene.ts';

export const cursorCases = group('cursor', [], (test) => {
  test('F07 says that the cursor is too old, and reads everything again', async (scene) => {
    await scene.seed('kept', 2);
    const session = await scene.session('read');
    const copy = new Copy(scene.calendarId);
    await copy.read(session);
    scene.world.faults.expireCursors(scene.calendarId);
    await expect(copy.read(session)).rejects.toMatchObject({ code: 'cursor-expired' });
    const again = new Copy(scene.calendarId);
    await again.read(session);
    expect(again.titles()).toEqual(['kept']);
  });

  test('F07 has a good cursor again after that', async (scene) => {
    const session = await scene.session('read');
    const copy = new Copy(scene.calendarId);
    await copy.read(session);
    scene.world.faults.expireCursors(scene.calendarId);
    await copy.read(session, null);
    await scene.seed('later', 2);
    await copy.read(session);
    expect(copy.titles()).toEqual(['later']);
  });

  test('F07 says of a cursor that nobody understands that it is too old', async (scene) => {
    const session = await scene.session('read');
    const copy = new Copy(scene.calendarId);
    await copy.read(session);
    for (const cursor of ['', 'nonsense', `${copy.cursor}x`, copy.cursor.slice(0, -3)] as SyncCursor[]) {
      await expect(copy.read(session, cursor), cursor).rejects.toMatchObject({ code: 'cursor-expired' });
    }
  });

  test('F07 does not read on with the cursor of another calendar', async (scene) => {
    const side = await scene.world.acts.addCalendar({ name: 'Side' });
    const session = await scene.session('read');
    const [here, there] = [new Copy(scene.calendarId), new Copy(side)];
    await here.read(session);
    await there.read(session);
    await scene.seed('here', 2);
    await expect(here.read(session, there.cursor)).rejects.toMatchObject({ code: 'cursor-expired' });
  });

  test('F07 reads everything again after the access profile changed', async (scene) => {
    await scene.seed('kept', 2);
    const copy = new Copy(scene.calendarId);
    await copy.read(await scene.session('free_busy'));
    const { cursor } = copy;
    const reading = new Copy(scene.calendarId);
    await expect(reading.read(await scene.session('read'), cursor)).rejects.toMatchObject({ code: 'cursor-expired' });
  });

  test('goes on from the same place with another session and another token', async (scene) => {
    const { tokens } = await scene.connect('read');
    const copy = new Copy(scene.calendarId);
    await copy.read(scene.open(tokens, { profile: 'read' }));
    await scene.seed('later', 2);
    await copy.read(await scene.session('read'));
    expect(copy.titles()).toEqual(['later']);
  });

  test('F09 loses nothing when a reading from the cursor fails', async (scene) => {
    const session = await scene.session('read');
    const copy = new Copy(scene.calendarId);
    await copy.read(session);
    await scene.seed('later', 2);
    for (const fault of [{ kind: 'unavailable', waitMs: null }, { kind: 'reset', when: 'after' }, { kind: 'garbage' }] as const) {
      scene.world.faults.answer('changes', fault);
      await expect(copy.read(session)).rejects.toMatchObject({ name: 'ProviderError' });
    }
    await copy.read(session);
    expect(copy.titles()).toEqual(['later']);
  });
});

export const pagingCases = group('paging', [], (test) => {
  test('F09 reads every page, be they small', async (scene) => {
    await fill(scene, 25);
    scene.world.faults.pages({ of: 'changes', size: 4 });
    const copy = new Copy(scene.calendarId);
    const { pages } = await copy.read(await scene.session('read'));
    expect(pages).toBeGreaterThan(6);
    expectSame(copy.events.values(), await scene.world.holds.events(scene.calendarId));
  });

  test('F09 does not take an empty page for the end', async (scene) => {
    await fill(scene, 9);
    scene.world.faults.pages({ of: 'changes', size: 3, emptyPage: 2 });
    const copy = new Copy(scene.calendarId);
    await copy.read(await scene.session('read'));
    expect(copy.events.size).toBe(9);
  });

  test('F09 does not take an empty first page for an empty calendar', async (scene) => {
    await fill(scene, 4);
    scene.world.faults.pages({ of: 'changes', size: 3, emptyPage: 1 });
    const session = await scene.session('read');
    const { next } = await session.listChanges(start(scene));
    expect(next).toHaveProperty('page');
    const copy = new Copy(scene.calendarId);
    await copy.read(session);
    expect(copy.events.size).toBe(4);
  });

  test('F09 tells an id at most once in a page, and on several pages the same', async (scene) => {
    await fill(scene, 9);
    scene.world.faults.pages({ of: 'changes', size: 3, repeats: true });
    const session = await scene.session('read');
    const copy = new Copy(scene.calendarId);
    let request: ChangeRequest = start(scene);
    for (;;) {
      const page = await session.listChanges(request);
      const ids = page.changes.map((change) => (change.kind === 'saved' ? change.event.id : change.eventId));
      expect(new Set(ids).size).toBe(ids.length);
      await copy.take(page.changes, session);
      if ('cursor' in page.next) break;
      request = { calendarId: scene.calendarId, from: { kind: 'page', page: page.next.page, window: WINDOW } };
    }
    expect(copy.events.size).toBe(9);
  });

  test('F09 F10 goes on from the page that failed', async (scene) => {
    await fill(scene, 9);
    scene.world.faults.pages({ of: 'changes', size: 3, failPage: 2 });
    const session = await scene.session('read');
    const copy = new Copy(scene.calendarId);
    const first = await session.listChanges(start(scene));
    await copy.take(first.changes, session);
    const second = nextOf(scene, first);
    await expect(session.listChanges(second)).rejects.toMatchObject({ code: 'unavailable' });
    await copy.readOn(session, second);
    expect(copy.events.size).toBe(9);
  });

  test('F09 has no cursor before the last page', async (scene) => {
    await fill(scene, 7);
    scene.world.faults.pages({ of: 'changes', size: 3 });
    const session = await scene.session('read');
    const first = await session.listChanges(start(scene));
    const second = await session.listChanges(nextOf(scene, first));
    const third = await session.listChanges(nextOf(scene, second));
    expect([first, second, third].map(({ next }) => Object.keys(next))).toEqual([['page'], ['page'], ['cursor']]);
  });

  test('F31 gives a page again to who asks again, also after a restart', async (scene) => {
    await fill(scene, 6);
    scene.world.faults.pages({ of: 'changes', size: 3 });
    const first = await (await scene.session('read')).listChanges(start(scene));
    const [one, other] = [await scene.session('read'), await scene.session('read')];
    const told = async (session: typeof one) =>
      (await session.listChanges(nextOf(scene, first))).changes.map((change) => change.kind === 'saved' && change.event.id);
    expect(await told(one)).toEqual(await told(other));
  });

  test('SYN-02 reads what changed over several pages too', async (scene) => {
    const session = await scene.session('read');
    const copy = new Copy(scene.calendarId);
    const old = await scene.seed('old', 40);
    await copy.read(session);
    await fill(scene, 8);
    await scene.world.acts.remove(old);
    scene.world.faults.pages({ of: 'changes', size: 2 });
    expect((await copy.read(session)).pages).toBeGreaterThan(3);
    expectSame(copy.events.values(), await scene.world.holds.events(scene.calendarId));
  });

  test('F07 says in the middle of a round that its cursor is too old', async (scene) => {
    await fill(scene, 2);
    const session = await scene.session('read');
    const copy = new Copy(scene.calendarId);
    await copy.read(session);
    await fill(scene, 6);
    scene.world.faults.pages({ of: 'changes', size: 2 });
    const first = await session.listChanges({
      calendarId: scene.calendarId,
      from: { kind: 'cursor', cursor: copy.cursor, window: WINDOW },
    });
    scene.world.faults.expireCursors(scene.calendarId);
    await expect(session.listChanges(nextOf(scene, first))).rejects.toMatchObject({ code: 'cursor-expired' });
  });

  test('F20 goes on in the middle of a round with the next access token', async (scene) => {
    await fill(scene, 6);
    scene.world.faults.pages({ of: 'changes', size: 3 });
    const session = await scene.session('read');
    const copy = new Copy(scene.calendarId);
    const first = await session.listChanges(start(scene));
    await copy.take(first.changes, session);
    scene.world.faults.expireAccess();
    await expect(session.listChanges(nextOf(scene, first))).rejects.toMatchObject({ code: 'unauthorized' });
    await copy.readOn(await scene.session('read'), nextOf(scene, first));
    expect(copy.events.size).toBe(6);
  });

  test('F28 waits in the middle of a round and goes on', async (scene) => {
    await fill(scene, 6);
    scene.world.faults.pages({ of: 'changes', size: 3 });
    const session = await scene.session('read');
    const copy = new Copy(scene.calendarId);
    const first = await session.listChanges(start(scene));
    await copy.take(first.changes, session);
    scene.world.faults.answer('changes', { kind: 'rate-limited', waitMs: 2000 });
    await expect(session.listChanges(nextOf(scene, first))).rejects.toMatchObject({ code: 'rate-limited', retryAfterMs: 2000 });
    await copy.readOn(session, nextOf(scene, first));
    expect(copy.events.size).toBe(6);
  });
});

function start({ calendarId }: Scene): ChangeRequest {
  return { calendarId, from: { kind: 'start', window: WINDOW } };
}

function nextOf({ calendarId }: Scene, { next }: ChangePage): ChangeRequest {
  if (!('page' in next)) throw new Error('expected a further page');
  return { calendarId, from: { kind: 'page', page: next.page, window: WINDOW } };
}

async function fill(scene: Scene, count: number): Promise<void> {
  for (let number = 0; number < count; number += 1) await scene.seed(`event ${number}`, number);
}
