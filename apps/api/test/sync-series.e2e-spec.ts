import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { agendaOf, connect, mirrorOf, primaryOf, query, syncNow, uuidOf } from './support/google-world.ts';
import type { Json } from './support/request.ts';
import { makeTenant } from './support/tenants.ts';
import { startSyncWorld, type Connected, type SyncWorld } from './support/sync-world.ts';

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

const connected = (timeZone?: string, seed?: (email: string) => void): Promise<Connected> => base.connected({ timeZone, seed });

/** What Google itself says is on the calendar while it is covered: instances expanded by the service. */
async function googleAgenda({ email, calendar }: Connected): Promise<string[]> {
  const { accessToken } = sandbox.google.connect(email, { scopes: ['calendar'] });
  const lines: string[] = [];
  let pageToken = '';
  do {
    const query = new URLSearchParams({
      singleEvents: 'true',
      timeMin: calendar.covered_from,
      timeMax: calendar.covered_until,
      maxResults: '2500',
      ...(pageToken === '' ? {} : { pageToken }),
    });
    const answer: Json = await (
      await fetch(`${sandbox.googleUrl}/calendar/v3/calendars/${email}/events?${query}`, {
        headers: { authorization: `Bearer ${accessToken}` },
      })
    ).json();
    for (const { summary, start, end } of answer.items) lines.push(`${summary ?? null} ${moment(start)} ${moment(end)}`);
    pageToken = answer.nextPageToken ?? '';
  } while (pageToken !== '');
  return lines.sort();
}

function moment({ date, dateTime }: { date?: string; dateTime?: string }): string {
  return date ?? new Date(dateTime!).toISOString();
}

async function expectSame(world: Connected): Promise<string[]> {
  await syncNow(test, tenant, world.connection.id);
  const mirror = (await agendaOf(test, tenant, world.calendar)).sort();
  expect(mirror).toEqual(await googleAgenda(world));
  const [full] = await syncNow(test, tenant, world.connection.id, { mode: 'full' });
  expect(full.counts).toMatchObject({ created: 0, updated: 0, deleted: 0 });
  expect((await agendaOf(test, tenant, world.calendar)).sort()).toEqual(mirror);
  return mirror;
}

function timed(
  summary: string,
  { day, zone = 'Europe/Berlin', rule, hour = 9 }: { day: number; zone?: string; rule?: string; hour?: number },
): Json {
  const wall = (at: number): string => `${base.date(day)}T${String(at).padStart(2, '0')}:30:00`;
  return {
    summary,
    start: { dateTime: wall(hour), timeZone: zone },
    end: { dateTime: wall(hour + 1), timeZone: zone },
    ...(rule === undefined ? {} : { recurrence: [`RRULE:${rule}`] }),
  };
}

function allDay(summary: string, { day, days = 1, rule }: { day: number; days?: number; rule?: string }): Json {
  return {
    summary,
    start: { date: base.date(day) },
    end: { date: base.date(day + days) },
    ...(rule === undefined ? {} : { recurrence: [`RRULE:${rule}`] }),
  };
}

/** Ids of the instances of a series at Google, in order. */
async function instancesOf(email: string, seriesId: string): Promise<Json[]> {
  const { accessToken } = sandbox.google.connect(email, { scopes: ['calendar'] });
  const answer = await fetch(`${sandbox.googleUrl}/calendar/v3/calendars/${email}/events/${seriesId}/instances?maxResults=50`, {
    headers: { authorization: `Bearer ${accessToken}` },
  });
  return ((await answer.json()) as Json).items;
}

describe('a series', () => {
  it.each([
    ['daily', 'FREQ=DAILY;COUNT=20', timed],
    ['weekly', 'FREQ=WEEKLY;COUNT=20', timed],
    ['monthly', 'FREQ=MONTHLY;COUNT=8', timed],
    ['daily all-day', 'FREQ=DAILY;COUNT=20', allDay],
    ['weekly all-day', 'FREQ=WEEKLY', allDay],
  ] as const)(
    'F12 (%s) shows the provider’s instances: first, middle and last deleted, one moved to another day, one renamed',
    async (_, rule, make) => {
      const world = await connected();
      const { email } = world;
      const series = sandbox.google.createEvent({ as: email }, make('Series', { day: 2, rule }));
      await expectSame(world);
      const [first, second, third, fourth, fifth] = await instancesOf(email, series.id!);
      const start = (day: number): Json => (make === allDay ? { date: base.date(day) } : { dateTime: `${base.date(day)}T18:00:00Z` });
      sandbox.google.deleteEvent({ as: email }, first.id);
      sandbox.google.deleteEvent({ as: email }, third.id);
      sandbox.google.patchEvent({ as: email }, second.id, {
        start: start(100),
        end: make === allDay ? { date: base.date(101) } : { dateTime: `${base.date(100)}T19:00:00Z` },
      });
      sandbox.google.patchEvent({ as: email }, fourth.id, { summary: 'Renamed' });
      const mirror = await expectSame(world);
      expect(mirror.filter((line) => line.startsWith('Renamed'))).toHaveLength(1);
      sandbox.google.deleteEvent({ as: email }, fifth.id);
      sandbox.google.patchEvent({ as: email }, second.id, { summary: 'Moved and renamed' });
      await expectSame(world);
      sandbox.google.deleteEvent({ as: email }, series.id!);
      expect(await expectSame(world)).toEqual([]);
    },
  );

  it('F12 first seen with its exceptions shows the same', async () => {
    const world = await connected('Europe/Berlin', (email) => {
      sandbox.google.createEvent({ as: email }, timed('Series', { day: 2, rule: 'FREQ=WEEKLY' }));
      sandbox.google.createEvent({ as: email }, timed('Single', { day: 3 }));
    });
    const [series] = (await mirrorOf(test, tenant, world.calendar)).filter(({ title }) => title === 'Series');
    const instances = await instancesOf(world.email, series!.remote_id);
    sandbox.google.deleteEvent({ as: world.email }, instances[1].id);
    sandbox.google.patchEvent({ as: world.email }, instances[2].id, {
      start: { dateTime: `${base.date(60)}T05:00:00Z` },
      end: { dateTime: `${base.date(60)}T06:00:00Z` },
    });
    const second = await makeTenant(test, { name: 'Second' });
    const connection = await connect(test, second, { email: world.email });
    expect((await agendaOf(test, second, await primaryOf(test, second, connection.id))).sort()).toEqual(await googleAgenda(world));
  });

  it('F12 keeps an occurrence away that was moved out of the window', async () => {
    const world = await connected();
    const series = sandbox.google.createEvent({ as: world.email }, timed('Series', { day: 2, rule: 'FREQ=DAILY;COUNT=5' }));
    const [, second] = await instancesOf(world.email, series.id!);
    await syncNow(test, tenant, world.connection.id);
    sandbox.google.patchEvent({ as: world.email }, second.id, {
      start: { dateTime: `${base.date(500)}T09:00:00Z` },
      end: { dateTime: `${base.date(500)}T10:00:00Z` },
    });
    for (const mode of ['incremental', 'full']) {
      await syncNow(test, tenant, world.connection.id, { mode });
      const inWindow = (await agendaOf(test, tenant, world.calendar)).filter((line) => !line.includes(base.date(500))).sort();
      expect(inWindow).toEqual(await googleAgenda(world));
      expect(inWindow).toHaveLength(4);
    }
  });

  it('F13 that is split shows each instance once, and again when it is split once more and its tail goes', async () => {
    const world = await connected();
    const { email } = world;
    const split = (id: string, { at, rest, change }: { at: number; rest: number; change: Json }): Json => {
      const until = `${base.date(at - 1).replaceAll('-', '')}T235959Z`;
      const tail = { ...timed('Series', { day: at, rule: `FREQ=DAILY;COUNT=${rest}` }), ...change };
      sandbox.google.patchEvent({ as: email }, id, { recurrence: [`RRULE:FREQ=DAILY;UNTIL=${until}`] });
      return sandbox.google.createEvent({ as: email }, tail);
    };
    const series = sandbox.google.createEvent({ as: email }, timed('Series', { day: 2, rule: 'FREQ=DAILY;COUNT=12' }));
    await expectSame(world);
    const tail = split(series.id!, { at: 6, rest: 8, change: { summary: 'Renamed' } });
    expect(await expectSame(world)).toHaveLength(12);
    const end = split(tail.id, { at: 10, rest: 4, change: timed('Earlier', { day: 10, hour: 7, rule: 'FREQ=DAILY;COUNT=4' }) });
    expect(await expectSame(world)).toHaveLength(12);
    sandbox.google.deleteEvent({ as: email }, end.id);
    expect(await expectSame(world)).toHaveLength(8);
  });

  it('F15 keeps its wall time over every change of clocks, also where organiser and viewer change on different dates', async () => {
    const zones = ['America/New_York', 'Europe/Berlin', 'Australia/Sydney', 'Australia/Lord_Howe', 'Asia/Kolkata'];
    const world = await connected('Europe/Berlin', (email) => {
      for (const zone of zones) sandbox.google.createEvent({ as: email }, timed(zone, { day: -20, zone, rule: 'FREQ=WEEKLY' }));
    });
    const mirror = await expectSame(world);
    for (const zone of zones) {
      const walls = new Set(
        mirror
          .filter((line) => line.startsWith(zone))
          .map((line) =>
            new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit' }).format(new Date(line.split(' ')[1]!)),
          ),
      );
      expect([zone, [...walls]]).toEqual([zone, ['09:30']]);
      expect(mirror.filter((line) => line.startsWith(zone)).length).toBeGreaterThan(50);
    }
  });

  it('F16 and single events of whole days stay dates, whatever the zone of the calendar', async () => {
    for (const zone of ['Pacific/Auckland', 'America/Los_Angeles', 'Asia/Kolkata']) {
      const world = await connected(zone, (email) => {
        sandbox.google.createEvent({ as: email }, allDay('Holiday', { day: 5, days: 3 }));
        sandbox.google.createEvent({ as: email }, allDay('Every month', { day: 1, rule: 'FREQ=MONTHLY' }));
      });
      const mirror = await expectSame(world);
      expect(mirror).toContain(`Holiday ${base.date(5)} ${base.date(8)}`);
    }
  });
});

describe('deletions', () => {
  it('leave a tombstone and take the time away', async () => {
    const world = await connected('Europe/Berlin', (email) => void sandbox.google.createEvent({ as: email }, timed('Single', { day: 3 })));
    const [event] = await mirrorOf(test, tenant, world.calendar);
    sandbox.google.deleteEvent({ as: world.email }, event!.remote_id);
    expect(await expectSame(world)).toEqual([]);
    expect(await mirrorOf(test, tenant, world.calendar)).toEqual([{ ...event, deleted: true, version: 2 }]);
    expect((await primaryOf(test, tenant, world.connection.id)).events_count).toBe(0);
  });
});

describe('F14 odd events', () => {
  it('are repaired or set aside with a reason; the rest goes on, and they are tried again only when they change', async () => {
    const oddities: Json[] = [
      { start: { dateTime: '2026-12-01T10:00:00Z' }, end: { dateTime: '2026-12-01T09:00:00Z' } },
      { start: { date: '2026-12-03' }, end: { dateTime: '2026-12-03T09:00:00Z' } },
      { start: { dateTime: '2026-12-01T10:00:00Z' } },
      { start: { date: '2026-12-05' } },
      { summary: '' },
      { start: { dateTime: '1601-01-01T00:00:00Z' }, end: { dateTime: '2601-01-01T00:00:00Z' } },
      { start: { dateTime: '0001-01-01T00:00:00Z' }, end: { dateTime: '2027-01-01T00:00:00Z' } },
      { start: { date: '2026-12-30' }, end: { date: '9999-12-31' } },
      { start: { dateTime: '2026-12-30T00:00:00Z' }, end: { dateTime: '9999-12-31T23:59:59Z' } },
      { ...timed('seconds', { day: 4 }), recurrence: ['RRULE:FREQ=SECONDLY'] },
      { ...timed('many', { day: 4 }), recurrence: ['RRULE:FREQ=DAILY;COUNT=1000000000'] },
      { ...timed('rdate', { day: 4 }), recurrence: ['RDATE;TZID=Europe/Berlin:20261210T090000,20261217T090000'] },
      { ...timed('vendor', { day: 4 }), recurrence: ['RRULE:FREQ=WEEKLY;X-ODD=1'] },
      { ...timed('nonsense', { day: 4 }), recurrence: ['RRULE:FREQ=SOMETIMES'] },
      {
        ...timed('zone', { day: 4 }),
        recurrence: ['RRULE:FREQ=DAILY;COUNT=3'],
        start: { dateTime: '2026-12-01T10:00:00Z', timeZone: 'Nowhere/Land' },
      },
      { ...timed('nul \u0000 and half \ud83d of a pair', { day: 4 }), description: 'typed \\u0000 as text' },
      { ...timed('x'.repeat(50_000), { day: 4 }) },
    ];
    const world = await connected('Europe/Berlin', (email) => {
      for (let n = 0; n < 100; n += 1) sandbox.google.createEvent({ as: email }, timed(`Good ${n}`, { day: n + 1 }));
      oddities.forEach((fields, n) => sandbox.google.addRawEvent(email, { id: `odd${n}`, ...timed('odd', { day: 4 }), ...fields }));
    });
    const [run] = await syncNow(test, tenant, world.connection.id, { mode: 'full' });
    expect(run).toMatchObject({ state: 'succeeded' });
    const agenda = await agendaOf(test, tenant, world.calendar);
    expect(agenda.filter((line) => line.startsWith('Good'))).toHaveLength(100);
    const aside = await query(
      test,
      tenant,
      `SELECT remote_id, reason, xmin::text FROM set_asides WHERE calendar_id = $1 ORDER BY remote_id`,
      [uuidOf(world.calendar.id, 'calendar')],
    );
    expect(aside.map(({ remote_id }) => remote_id)).toEqual(expect.arrayContaining(['odd0', 'odd1', 'odd9', 'odd13', 'odd14']));
    expect(aside.every(({ reason }) => reason.length > 5)).toBe(true);
    const stored = await mirrorOf(test, tenant, world.calendar);
    expect(stored.find(({ remote_id }) => remote_id === 'odd15')?.title).toBe('nul \ufffd and half \ufffd of a pair');
    expect((await base.connection(world.connection.id)).last_error).toBeNull();
    await syncNow(test, tenant, world.connection.id, { mode: 'full' });
    const again = await query(
      test,
      tenant,
      `SELECT remote_id, reason, xmin::text FROM set_asides WHERE calendar_id = $1 ORDER BY remote_id`,
      [uuidOf(world.calendar.id, 'calendar')],
    );
    expect(again).toEqual(aside);
    // What was known of it stays while it cannot be read, and it is read when it was mended.
    const good = stored.find(({ title }) => title === 'Good 0')!;
    sandbox.google.addRawEvent(world.email, {
      ...timed('Good 0', { day: 1 }),
      id: good.remote_id,
      end: { dateTime: '2000-01-01T00:00:00Z' },
    });
    await syncNow(test, tenant, world.connection.id, { mode: 'full' });
    expect((await mirrorOf(test, tenant, world.calendar)).find(({ remote_id }) => remote_id === good.remote_id)).toMatchObject({
      deleted: false,
    });
    sandbox.google.addRawEvent(world.email, { ...timed('Mended', { day: 1 }), id: 'odd0' });
    await syncNow(test, tenant, world.connection.id);
    expect((await agendaOf(test, tenant, world.calendar)).some((line) => line.startsWith('Mended'))).toBe(true);
    expect(
      await query(test, tenant, `SELECT id FROM set_asides WHERE calendar_id = $1 AND remote_id = 'odd0'`, [
        uuidOf(world.calendar.id, 'calendar'),
      ]),
    ).toEqual([]);
  });
});
