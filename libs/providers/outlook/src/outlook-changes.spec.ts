import { DAY_MS, HOUR_MS, instant, interval } from '@daymark/domain';
import type { SyncCursor } from '@daymark/provider-contract';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openOutlookWorld } from './testing/outlook-world.ts';
import { Mirror, NOW, after, hour, openSession, weekly, window } from './testing/outlook-session.ts';
import type { OutlookWorld } from './testing/outlook-session.ts';

/** What only Graph's changes do, on the sandbox; what every provider has to do is in the conformance kit. */
let world: OutlookWorld;
beforeAll(async () => {
  world = await openOutlookWorld();
});
afterAll(() => world.close());
beforeEach(() => world.reset(NOW));

const as = () => ({ as: world.people.owner.email, calendarId: world.people.owner.calendarId, isImmutable: true });
const create = (body: object) => world.sandbox.microsoft.createEvent(as(), body).id;
const series = (subject = 'series') => create({ subject, ...hour(1), recurrence: weekly });
const change = (id: string, body: object) => world.sandbox.microsoft.patchEvent(as(), id, body);
const mirror = () => new Mirror(world.people.owner.calendarId);

/** Of the occurrence that stood this many hours after now. */
function occurrence(id: string, hours: number): string {
  const found = world.sandbox.microsoft
    .instances(world.people.owner.calendarId, id, { isImmutable: true })
    .find(({ originalStart }) => Date.parse(originalStart ?? '') === after(hours));
  if (found === undefined) throw new Error('there is no such occurrence');
  return found.id;
}

describe('a place to go on from', () => {
  it.each(['gone', 'gone-with-location', 'not-found', 'invalid', 'nested'] as const)(
    'F07 is too old, however Graph spells it: %s',
    async (spelling) => {
      create({ subject: 'kept', ...hour(1) });
      const session = openSession(world);
      const copy = mirror();
      await copy.read(session);
      world.sandbox.microsoft.expireDeltaTokens(undefined, spelling);
      await expect(copy.read(session)).rejects.toMatchObject({ code: 'cursor-expired', subject: 'calendar' });
      copy.cursor = null;
      await copy.read(session);
      expect(copy.events.size).toBe(1);
    },
  );

  it('F08 is never followed to another address', async () => {
    const asked: string[] = [];
    const session = openSession(world, {
      fetch: async (input, init) => {
        asked.push(new URL(input instanceof Request ? input.url : input).host);
        const answer = await (await fetch(input, init)).text();
        return new Response(
          answer.replace(`"@odata.deltaLink":"${world.sandbox.microsoftUrl}`, '"@odata.deltaLink":"https://elsewhere.example'),
        );
      },
    });
    const copy = mirror();
    await copy.read(session);
    await expect(copy.read(session)).rejects.toMatchObject({ code: 'cursor-expired' });
    expect(new Set(asked)).toEqual(new Set([new URL(world.sandbox.microsoftUrl).host]));
  });

  it('F09 is demanded of a last page', async () => {
    const session = openSession(world, {
      fetch: async (...call) => new Response((await (await fetch(...call)).text()).replace('@odata.deltaLink', 'nothing')),
    });
    await expect(mirror().read(session)).rejects.toMatchObject({ code: 'invalid-response' });
  });

  it('F48 is asked for with the same preferences on each page', async () => {
    for (let number = 0; number < 230; number += 1) create({ subject: `${number}`, ...hour(number) });
    const preferences: (string | null)[] = [];
    const session = openSession(world, {
      fetch: (input, init) => {
        preferences.push(new Headers(init?.headers).get('prefer'));
        return fetch(input, init);
      },
    });
    const copy = mirror();
    await copy.read(session);
    await copy.read(session);
    expect([copy.events.size, preferences.length]).toEqual([230, 3]);
    expect(new Set(preferences)).toEqual(
      new Set(['IdType="ImmutableId", outlook.timezone="UTC", outlook.body-content-type="text", odata.maxpagesize=200']),
    );
  });
});

describe('a series', () => {
  it('SYN-05 F12 has a hole where an occurrence was taken out, though Graph tells of neither series nor place', async () => {
    const [id, other] = [series(), series('other')];
    const session = openSession(world);
    const copy = mirror();
    await copy.read(session);
    expect(copy.events.size).toBe(2);
    world.sandbox.microsoft.deleteEvent(as(), occurrence(id, 169));
    const told = await copy.read(session);
    expect(told.filter(({ kind }) => kind === 'removed')).toMatchObject([{ why: 'unknown' }]);
    expect(copy.exceptions()).toEqual([[after(169), 'cancelled']]);
    expect([...copy.events.values()].map(({ recurrence }) => 'seriesId' in recurrence && recurrence.seriesId)).not.toContain(other);
  });

  it('SYN-05 F12 can be asked for a hole as for an event, until it is none', async () => {
    const id = series();
    const session = openSession(world);
    const copy = mirror();
    world.sandbox.microsoft.deleteEvent(as(), occurrence(id, 169));
    await copy.read(session);
    const hole = [...copy.events.values()].find(({ status }) => status === 'cancelled');
    const ref = { calendarId: world.people.owner.calendarId, eventId: hole?.id ?? '' };
    expect(await session.getEvent(ref)).toEqual(hole);
    expect(await session.getEvent({ ...ref, eventId: ref.eventId.replace('0317', '0324') })).toBeNull();
    world.sandbox.microsoft.deleteEvent(as(), id);
    expect(await session.getEvent(ref)).toBeNull();
  });

  it('SYN-05 F12 has no hole any more where the occurrence is back', async () => {
    const id = series();
    const session = openSession(world);
    const copy = mirror();
    world.sandbox.microsoft.deleteEvent(as(), occurrence(id, 169));
    await copy.read(session);
    for (const hours of [2, 1]) {
      // Exchange forgets holes and exceptions of a series that is moved.
      change(id, { ...hour(hours), recurrence: weekly });
      await copy.read(session);
    }
    expect(copy.exceptions()).toEqual([]);
  });

  it('F16 F12 has no hole any more on a day that is back', async () => {
    const day = (date: string, until: string) => ({
      isAllDay: true,
      start: { dateTime: `${date}T00:00:00`, timeZone: 'UTC' },
      end: { dateTime: `${until}T00:00:00`, timeZone: 'UTC' },
      recurrence: { ...weekly, range: { ...weekly.range, startDate: date }, pattern: { type: 'daily', interval: 7 } },
    });
    const id = create({ subject: 'days', ...day('2027-03-10', '2027-03-11') });
    const session = openSession(world);
    const copy = mirror();
    const { id: second } = world.sandbox.microsoft.instances(world.people.owner.calendarId, id, { isImmutable: true })[1] ?? { id: '' };
    world.sandbox.microsoft.deleteEvent(as(), second);
    await copy.read(session);
    expect(copy.exceptions()).toEqual([['2027-03-17', 'cancelled']]);
    for (const body of [day('2027-03-11', '2027-03-12'), day('2027-03-10', '2027-03-11')]) {
      change(id, body);
      await copy.read(session);
    }
    expect(copy.exceptions()).toEqual([]);
  });

  it.each(['at first', 'then'])('SYN-05 F12 tells an occurrence that was moved out of the window, %s', async (when) => {
    const id = series();
    const session = openSession(world);
    const copy = new Mirror(world.people.owner.calendarId, interval(instant(NOW - DAY_MS), instant(NOW + 8 * DAY_MS)));
    if (when === 'then') await copy.read(session);
    change(occurrence(id, 169), hour(169 + 48));
    await copy.read(session);
    expect(copy.exceptions()).toEqual([[after(169), 'confirmed']]);
    expect([...copy.events.values()].map(({ time }) => time?.kind === 'timed' && time.start)).toContain(after(169 + 48));
  });

  it('tells of exceptions no more than the window shows', async () => {
    const id = series();
    for (const weeks of [1, 30]) {
      const { id: at } = world.sandbox.microsoft.instances(world.people.owner.calendarId, id, { isImmutable: true })[weeks] ?? { id: '' };
      change(at, { subject: 'changed' });
    }
    const copy = new Mirror(world.people.owner.calendarId, interval(NOW, instant(NOW + 20 * DAY_MS)));
    await copy.read(openSession(world));
    expect(copy.exceptions()).toEqual([[after(169), 'confirmed']]);
  });

  it('F28 asks for what differs from many in batches, and waits when one of them has to', async () => {
    const twice = { ...weekly, range: { ...weekly.range, type: 'numbered', numberOfOccurrences: 2 } };
    for (let number = 0; number < 25; number += 1) create({ subject: `series ${number}`, ...hour(1), recurrence: twice });
    const session = openSession(world);
    world.sandbox.faults.add({ operation: 'graph.events.get', answer: { kind: 'status', status: 429, retryAfterSeconds: 4 }, nth: 23 });
    await expect(mirror().read(session)).rejects.toMatchObject({ code: 'rate-limited', retryAfterMs: 4000 });
    world.sandbox.journal.clear();
    const copy = mirror();
    await copy.read(session);
    const asked = (operation: string) => world.sandbox.journal.list({ operation }).length;
    expect([copy.events.size, asked('graph.batch'), asked('graph.events.get')]).toEqual([25, 2, 25]);
  });

  it('F10 leaves a series to the next round that is deleted while it is read', async () => {
    const id = series();
    const session = openSession(world, {
      fetch: async (...call) => {
        const answer = await fetch(...call);
        if (String(call[0]).includes('/delta')) world.sandbox.microsoft.deleteEvent(as(), id);
        return answer;
      },
    });
    const copy = mirror();
    await copy.read(session);
    expect([...copy.events.keys()]).toEqual([id]);
    await copy.read(openSession(world));
    expect([...copy.events.keys()]).toEqual([]);
  });
});

describe('a connection that may see no events', () => {
  it('SEC-05 asks for times and nothing else, and always from the start', async () => {
    create({ subject: 'canary', ...hour(1) });
    const asked: URL[] = [];
    const session = openSession(world, {
      profile: 'free_busy',
      scopes: ['Calendars.ReadBasic'],
      fetch: (input, init) => {
        asked.push(new URL(input instanceof Request ? input.url : input));
        return fetch(input, init);
      },
    });
    const copy = mirror();
    await copy.read(session);
    expect(asked.map(({ searchParams }) => searchParams.get('$select'))).toEqual([
      'id,start,end,isAllDay,showAs,isCancelled,responseStatus',
    ]);
    await expect(copy.read(session)).rejects.toMatchObject({ code: 'cursor-expired' });
  });

  it('SEC-05 F09 reads its times page by page, days as days', async () => {
    const day = { dateTime: '2027-03-12T00:00:00', timeZone: 'UTC' };
    create({ subject: 'canary', isAllDay: true, showAs: 'busy', start: day, end: { ...day, dateTime: '2027-03-13T00:00:00' } });
    for (let number = 0; number < 7; number += 1) create({ subject: 'canary', ...hour(number * 2) });
    world.sandbox.pages.add({ operation: 'graph.calendarView.list', size: 3, emptyPage: 2, repeatIds: true });
    const session = openSession(world, { profile: 'free_busy' });
    const copy = mirror();
    const told = await copy.read(session);
    expect(copy.events.size).toBe(8);
    expect(JSON.stringify(told)).not.toContain('canary');
    expect([...copy.events.values()].filter(({ time }) => time?.kind === 'all-day')).toHaveLength(1);
    await expect(session.getEvent({ calendarId: world.people.owner.calendarId, eventId: 'x' })).rejects.toMatchObject({
      code: 'forbidden',
    });
  });

  it.each(['nonsense', '{"kind":"events","calendarId":"x","link":"y"}'])(
    'F07 reads on from no place that is not its own: %s',
    async (cursor) => {
      const from = { kind: 'page', page: cursor as string as SyncCursor & never, window } as const;
      const session = openSession(world, { profile: 'free_busy' });
      await expect(session.listChanges({ calendarId: world.people.owner.calendarId, from })).rejects.toMatchObject({
        code: 'cursor-expired',
      });
    },
  );
});

describe('an occurrence', () => {
  it('is none of an event that does not repeat', async () => {
    const seriesId = create({ subject: 'single', ...hour(1) });
    const originalStart = { kind: 'timed', at: instant(NOW + HOUR_MS) } as const;
    const session = openSession(world);
    expect(await session.getOccurrence({ calendarId: world.people.owner.calendarId, seriesId, originalStart })).toBeNull();
  });

  it('SYN-05 is found where its series was moved it, days away', async () => {
    const id = series();
    change(occurrence(id, 169), { ...hour(169 + 72), subject: 'moved' });
    const originalStart = { kind: 'timed', at: after(169) } as const;
    const found = await openSession(world).getOccurrence({ calendarId: world.people.owner.calendarId, seriesId: id, originalStart });
    expect(found).toMatchObject({ title: 'moved', recurrence: { originalStart } });
  });
});
