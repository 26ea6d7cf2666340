import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { agendaOf, auditsOf, ended, passTime, primaryOf, syncNow, tick, until } from './support/google-world.ts';
import type { Json } from './support/request.ts';
import { startSyncWorld, type SyncWorld } from './support/sync-world.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;

let base: SyncWorld;
let sandbox: SyncWorld['sandbox'];
let test: SyncWorld['test'];
let tenant: SyncWorld['tenant'];

beforeAll(async () => {
  base = await startSyncWorld();
  ({ sandbox, test, tenant } = base);
}, 60_000);

afterEach(() => base.rest());
afterAll(() => base?.close());

type World = Awaited<ReturnType<SyncWorld['connectedWith']>>;

const agenda = async ({ calendar }: World): Promise<number> => (await agendaOf(test, tenant, calendar)).length;

/** The owner takes so many events off the calendar, from the first on, and it is read. */
async function lose(world: World, { from, count }: { from: number; count: number }): Promise<Json> {
  for (const id of world.ids.slice(from, from + count)) sandbox.google.deleteEvent({ as: world.email }, id);
  return (await syncNow(test, tenant, world.connection.id))[0];
}

async function accept({ calendar }: World): Promise<Json> {
  const started = await test.request('POST', `/v1/calendars/${calendar.id}/sync`, { key: tenant.key, body: { accept_deletions: true } });
  return ended(test, tenant, started.body.run_id);
}

describe('F08 a list that is suddenly short', () => {
  it('deletes nothing while it is held, and heals when the next read is whole', async () => {
    const world = await base.connectedWith(40);
    for (const rule of [{ empty200: true }, { dropShare: 0.6 }]) {
      sandbox.pages.add({ operation: 'events.list', lists: 1, ...rule });
      const [run] = await syncNow(test, tenant, world.connection.id, { mode: 'full' });
      expect(run).toMatchObject({ state: 'held', counts: { deleted: 0 }, error: { code: 'sync-held' } });
      expect(await agenda(world)).toBe(40);
      expect(await base.conditions(world.connection.id)).toContain('held');
      const synced = (await primaryOf(test, tenant, world.connection.id)).last_success_at;
      sandbox.pages.clear();
      passTime(test, 5 * MINUTE + 1000);
      await tick(test);
      await until(async () => !(await base.conditions(world.connection.id)).includes('held'));
      expect(await agenda(world)).toBe(40);
      expect((await primaryOf(test, tenant, world.connection.id)).last_success_at > synced).toBe(true);
    }
    expect(await base.changes('sync.brake.engaged')).toBe(2);
  });

  it('is a true mass deletion when the owner says so', async () => {
    const world = await base.connectedWith(40);
    for (const id of world.ids.slice(0, 30)) sandbox.google.deleteEvent({ as: world.email }, id);
    const before = await base.changes('sync.brake.engaged');
    for (let attempt = 0; attempt < 3; attempt += 1)
      expect((await syncNow(test, tenant, world.connection.id))[0]).toMatchObject({ state: 'held', counts: { deleted: 0 } });
    expect([await agenda(world), await base.changes('sync.brake.engaged')]).toEqual([40, before + 1]);
    expect(await accept(world)).toMatchObject({ state: 'succeeded', counts: { deleted: 30 } });
    expect(await agenda(world)).toBe(10);
    expect(await base.conditions(world.connection.id)).not.toContain('held');
    expect((await auditsOf(test, tenant, 'sync.deletions-accepted')).length).toBe(1);
  });

  it('does not stand in the way of few deletions, nor of as many the day after', async () => {
    const world = await base.connectedWith(20);
    expect(await lose(world, { from: 0, count: 9 })).toMatchObject({ state: 'succeeded', counts: { deleted: 9 } });
    passTime(test, DAY + MINUTE);
    expect(await lose(world, { from: 9, count: 9 })).toMatchObject({ state: 'succeeded', counts: { deleted: 9 } });
    expect(await agenda(world)).toBe(2);
  });

  it('does not stand in the way of a series with many exceptions', async () => {
    const world = await base.connectedWith(3);
    const { email, connection } = world;
    const zoned = (hour: number): Json => ({ ...base.at(1, hour), timeZone: 'UTC' });
    const series = sandbox.google.createEvent(
      { as: email },
      { summary: 'Series', start: zoned(12), end: zoned(13), recurrence: ['RRULE:FREQ=DAILY;COUNT=30'] },
    );
    for (let n = 1; n <= 20; n += 1) {
      const stamp = base.at(n, 12).dateTime.replaceAll(/[-:]/g, '');
      sandbox.google.patchEvent({ as: email }, `${series.id}_${stamp}`, { summary: `Exception ${n}` });
    }
    await syncNow(test, tenant, connection.id);
    expect(await agenda(world)).toBe(33);
    sandbox.google.deleteEvent({ as: email }, series.id!);
    expect((await syncNow(test, tenant, connection.id))[0]).toMatchObject({ state: 'succeeded', counts: { deleted: 21 } });
    expect(await agenda(world)).toBe(3);
  });

  it('does not count what was taken off the calendar here', async () => {
    const world = await base.connectedWith(20);
    const made = await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        test.request('POST', '/v1/events', {
          key: tenant.key,
          body: {
            calendar_id: world.calendar.id,
            title: `Ours ${n}`,
            start: base.at(n + 1, 14).dateTime,
            end: base.at(n + 1, 15).dateTime,
          },
        }),
      ),
    );
    expect(made.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 201));
    for (const { body, headers } of made) {
      const taken = await test.request('DELETE', `/v1/events/${body.id}`, {
        key: tenant.key,
        headers: { 'if-match': headers.get('etag')! },
      });
      expect(taken.status).toBe(204);
    }
    expect(await lose(world, { from: 0, count: 9 })).toMatchObject({ state: 'succeeded', counts: { deleted: 9 } });
  });
});

describe('F08 deletions that come in small passes', () => {
  it.each(['incremental', 'full'])('are held as one would be (%s), and waiting lets nothing through', async (mode) => {
    const world = await base.connectedWith(40);
    for (const from of [0, 4]) {
      for (const id of world.ids.slice(from, from + 4)) sandbox.google.deleteEvent({ as: world.email }, id);
      expect((await syncNow(test, tenant, world.connection.id, { mode }))[0]).toMatchObject({ state: 'succeeded', counts: { deleted: 4 } });
    }
    for (const id of world.ids.slice(8, 12)) sandbox.google.deleteEvent({ as: world.email }, id);
    expect((await syncNow(test, tenant, world.connection.id, { mode }))[0]).toMatchObject({
      state: 'held',
      counts: { deleted: 0 },
      error: { code: 'sync-held', message: '12 of 40 events would be deleted within a day' },
    });
    expect(await agenda(world)).toBe(32);
    passTime(test, DAY + MINUTE);
    await tick(test);
    expect(await base.conditions(world.connection.id)).toContain('held');
    expect(await agenda(world)).toBe(32);
  });

  it('count anew once a person has accepted them', async () => {
    const world = await base.connectedWith(40);
    await lose(world, { from: 0, count: 8 });
    expect(await lose(world, { from: 8, count: 4 })).toMatchObject({ state: 'held' });
    expect(await accept(world)).toMatchObject({ state: 'succeeded', counts: { deleted: 4 } });
    expect(await lose(world, { from: 12, count: 9 })).toMatchObject({ state: 'succeeded', counts: { deleted: 9 } });
    expect(await lose(world, { from: 21, count: 1 })).toMatchObject({
      state: 'held',
      error: { message: '10 of 28 events would be deleted within a day' },
    });
    expect(await agenda(world)).toBe(19);
  });

  it('do not count what the provider shows again', async () => {
    const world = await base.connectedWith(40);
    sandbox.pages.add({ operation: 'events.list', lists: 1, dropShare: 0.2 });
    const [short] = await syncNow(test, tenant, world.connection.id, { mode: 'full' });
    expect(short).toMatchObject({ state: 'succeeded', counts: { deleted: expect.any(Number) } });
    sandbox.pages.clear();
    await syncNow(test, tenant, world.connection.id, { mode: 'full' });
    expect(await agenda(world)).toBe(40);
    expect(await lose(world, { from: 0, count: 9 })).toMatchObject({ state: 'succeeded', counts: { deleted: 9 } });
  });
});
