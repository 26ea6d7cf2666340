import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GraphAnswer, GraphBody, GraphWorld } from '../testing/graph-caller.ts';
import { guests, meeting, repeating, startGraphWorld } from '../testing/graph-caller.ts';
import type { MicrosoftEvent } from './microsoft-types.ts';

let world: GraphWorld;
beforeEach(async () => {
  world = await startGraphWorld();
});
afterEach(() => world.sandbox.close());

const START = 'me/calendarView/delta?startDateTime=2026-11-20T00:00:00Z&endDateTime=2026-12-01T00:00:00Z';
const FIFTY = { prefer: 'odata.maxpagesize=50' };

async function create(more: Readonly<Record<string, unknown>> = {}, day = '2026-11-23'): Promise<GraphBody & { id: string }> {
  const { body } = await world.ada('POST', 'me/events', { body: meeting(day, '10:00', more) });
  return { ...body, id: body.id ?? '' };
}

function update(id: string, body: object): Promise<GraphAnswer> {
  return world.ada('PATCH', `me/events/${id}`, { body });
}

/** A whole round: what it told, and the link for the next. */
async function round(
  link = START,
  headers: Readonly<Record<string, string>> = FIFTY,
): Promise<{ value: MicrosoftEvent[]; link: string; pages: number }> {
  const value: MicrosoftEvent[] = [];
  let next = link;
  for (let pages = 1; ; pages += 1) {
    const { status, body } = await world.ada('GET', next, { headers });
    expect(status).toBe(200);
    value.push(...(body.value ?? []));
    if (body['@odata.deltaLink'] !== undefined) return { value, link: body['@odata.deltaLink'], pages };
    next = body['@odata.nextLink'] ?? '';
  }
}

function kinds(events: readonly MicrosoftEvent[]): unknown[] {
  return events.map((event) => (event['@removed'] === undefined ? event.type : 'removed'));
}

describe('a full round', () => {
  it('tells singles in full, masters too, and of occurrences only the bones', async () => {
    await create();
    const master = await create(repeating('2026-11-24', { count: 2 }), '2026-11-24');
    await create({}, '2026-12-24');
    const { value } = await round();
    expect(kinds(value)).toEqual(['singleInstance', 'seriesMaster', 'occurrence', 'occurrence']);
    expect(value[1]?.recurrence?.pattern.type).toBe('daily');
    expect(Object.keys(value[2] ?? {}).sort()).toEqual(['@odata.etag', '@odata.type', 'end', 'id', 'seriesMasterId', 'start', 'type']);
    expect(value[2]?.seriesMasterId).toBe(master.id);
  });

  it('comes in pages of the preferred size, and ends with one delta link', async () => {
    for (let index = 0; index < 5; index += 1) await create();
    const { value, pages } = await round(START, { prefer: 'odata.maxpagesize=2' });
    expect([value.length, pages]).toEqual([5, 3]);
  });

  it.each(['$select=subject', "$filter=subject%20eq%20'x'", '$expand=extensions', '$orderby=subject', '$search=x'])(
    'refuses %s',
    async (option) => {
      expect((await world.ada('GET', `${START}&${option}`)).status).toBe(400);
    },
  );

  it('needs a window, and works below one calendar by the ids that are preferred', async () => {
    expect((await world.ada('GET', 'me/calendarView/delta')).status).toBe(400);
    const made = await create();
    const calendar = world.sandbox.microsoft.defaultCalendar('ada@acme.example');
    const { value } = await round(START.replace('me/', `me/calendars/${calendar}/`), { prefer: 'IdType="ImmutableId"' });
    expect(value[0]?.id).not.toBe(made.id);
    expect((await world.ada('GET', `me/events/${value[0]?.id ?? ''}`)).body.id).toBe(made.id);
  });
});

describe('an increment', () => {
  it('is empty with a new link when nothing changed', async () => {
    await create();
    const first = await round();
    const second = await round(first.link);
    expect(second.value).toEqual([]);
    expect((await round(second.link)).value).toEqual([]);
  });

  it('tells what is new, changed and deleted', async () => {
    const [one, two] = [await create(), await create()];
    const { link } = await round();
    await update(one.id, { subject: 'Changed' });
    await world.ada('DELETE', `me/events/${two.id}`);
    await create({ subject: 'New' });
    const { value } = await round(link);
    expect(value.map((event) => event['@removed']?.reason ?? event.subject)).toEqual(['Changed', 'deleted', 'New']);
    expect(Object.keys(value[1] ?? {}).sort()).toEqual(['@odata.type', '@removed', 'id']);
  });

  it('says removed also of what left the window, and of what changed outside of it', async () => {
    const inside = await create();
    const outside = await create({}, '2026-12-24');
    const { link } = await round();
    const { start, end } = meeting('2026-12-10', '10:00');
    await update(inside.id, { start, end });
    await update(outside.id, { subject: 'Never seen' });
    const { value } = await round(link);
    expect(value.map((event) => [event.id, event['@removed']])).toEqual([
      [inside.id, { reason: 'deleted' }],
      [outside.id, { reason: 'deleted' }],
    ]);
  });

  it('keeps the window of its link', async () => {
    const { link } = await round();
    world.sandbox.clock.advance(60 * 86_400_000);
    const again = world.sandbox.microsoft.connect('ada@acme.example');
    await fetch(`${world.sandbox.microsoftUrl}/v1.0/me/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${again.accessToken}`, 'content-type': 'application/json' },
      body: JSON.stringify(meeting('2027-01-25', '10:00')),
    });
    const response = await fetch(link, { headers: { authorization: `Bearer ${again.accessToken}` } });
    expect(kinds(((await response.json()) as { value: MicrosoftEvent[] }).value)).toEqual(['removed']);
  });

  it('of a changed series brings master and occurrences again', async () => {
    const master = await create(repeating('2026-11-23', { count: 3 }));
    const { link } = await round();
    await update(master.id, { subject: 'Renamed' });
    const { value } = await round(link);
    expect(kinds(value)).toEqual(['seriesMaster', 'occurrence', 'occurrence', 'occurrence']);
    expect(value[0]?.subject).toBe('Renamed');
  });

  it('tells an exception in full, and an occurrence that was taken out', async () => {
    await create(repeating('2026-11-23', { count: 3 }));
    const { link, value: all } = await round();
    await update(all[1]?.id ?? '', { subject: 'Special' });
    await world.ada('DELETE', `me/events/${all[2]?.id ?? ''}`);
    const { value } = await round(link);
    expect(value.map((event) => event['@removed']?.reason ?? event.subject)).toEqual(['Special', 'deleted']);
    expect(value.map(({ id }) => id)).toEqual([all[1]?.id, all[2]?.id]);
  });

  it('tells the occurrences that a shorter or moved rule no longer makes', async () => {
    const master = await create(repeating('2026-11-23', { count: 3 }));
    const { link, value: before } = await round();
    await update(master.id, repeating('2026-11-23', { count: 2 }));
    const shorter = await round(link);
    expect(shorter.value.filter((event) => event['@removed'] !== undefined).map(({ id }) => id)).toEqual([before[3]?.id]);
    const { start, end } = meeting('2026-11-23', '15:00');
    await update(master.id, { start, end });
    const moved = await round(shorter.link);
    expect(kinds(moved.value)).toEqual(['seriesMaster', 'occurrence', 'occurrence', 'removed', 'removed']);
  });

  it('of a deleted series tells the master alone', async () => {
    const master = await create(repeating('2026-11-23', { count: 3 }));
    const { link } = await round();
    await world.ada('DELETE', `me/events/${master.id}`);
    expect((await round(link)).value.map(({ id }) => id)).toEqual([master.id]);
  });

  it('shows a guest’s cancelled meeting as cancelled', async () => {
    const made = await create(guests('leo@acme.example'));
    const { body } = await world.leo('GET', START);
    await world.ada('DELETE', `me/events/${made.id}`);
    const after = await world.leo('GET', body['@odata.deltaLink'] ?? '');
    expect(after.body.value).toMatchObject([{ isCancelled: true }]);
  });

  it('tells a reader who takes increments only the same as one who reads everything (seeded)', async () => {
    let state = 20_261_120;
    const draw = (below: number): number => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    const held = new Map<string, MicrosoftEvent>();
    const apply = (events: readonly MicrosoftEvent[]): void => {
      for (const event of events) {
        if (event['@removed'] === undefined) held.set(event.id, event);
        else {
          held.delete(event.id);
          for (const [id, known] of held) if (known.seriesMasterId === event.id) held.delete(id);
        }
      }
    };
    const day = (): string => `2026-11-${20 + draw(10)}`;
    let { link, value } = await round();
    apply(value);
    for (let step = 0; step < 60; step += 1) {
      const all = [...held.values()];
      const chosen = all[draw(Math.max(1, all.length))];
      const on = day();
      if (chosen === undefined || draw(3) === 0) await create(draw(2) === 0 ? {} : repeating(on, { count: 1 + draw(6) }), on);
      else if (draw(3) === 0) await world.ada('DELETE', `me/events/${chosen.id}`);
      else {
        const { start, end } = meeting(chosen.start?.dateTime.slice(0, 10) ?? on, `${10 + draw(9)}:00`);
        await update(chosen.id, draw(2) === 0 ? { subject: `Step ${step}` } : { start, end });
      }
      if (draw(3) > 0) continue;
      ({ link, value } = await round(link));
      apply(value);
    }
    apply((await round(link)).value);
    const whole = (await round()).value.map((event) => [event.id, event]);
    expect(Object.fromEntries([...held])).toEqual(Object.fromEntries(whole));
  }, 30_000);
});

describe('a dead link', () => {
  it.each([
    ['gone', 410, 'SyncStateNotFound', undefined],
    ['gone-with-location', 410, 'resyncRequired', undefined],
    ['not-found', 404, 'syncStateNotFound', undefined],
    ['invalid', 400, 'SyncStateInvalid', undefined],
    ['nested', 400, 'BadRequest', 'syncStateNotFound'],
  ] as const)('is refused in the spelling %s', async (spelling, status, code, inner) => {
    const { link } = await round();
    world.sandbox.microsoft.expireDeltaTokens(undefined, spelling);
    const answer = await world.ada('GET', link);
    expect([answer.status, answer.code]).toEqual([status, code]);
    const { error } = answer.body as unknown as { error: { innerError: { code?: string } } };
    expect(error.innerError.code).toBe(inner);
    expect(answer.headers.has('location')).toBe(spelling === 'gone-with-location');
  });

  it('starts over where its location points', async () => {
    await create();
    const { link } = await round();
    world.sandbox.microsoft.expireDeltaTokens(undefined, 'gone-with-location');
    const { headers } = await world.ada('GET', link);
    expect((await round(headers.get('location') ?? '')).value).toHaveLength(1);
  });

  it('is one of another calendar, of a reader whose rights changed, or made up', async () => {
    const { link } = await round();
    const other = world.sandbox.microsoft.addCalendar('ada@acme.example', { name: 'Other' });
    const query = new URL(link).search;
    expect((await world.ada('GET', `me/calendars/${other.id}/calendarView/delta${query}`)).status).toBe(410);
    expect((await world.ada('GET', 'me/calendarView/delta?$deltatoken=made-up')).status).toBe(410);
    world.sandbox.microsoft.setAccess(world.sandbox.microsoft.defaultCalendar('ada@acme.example'), 'ada@acme.example', 'write');
    expect((await world.ada('GET', link)).status).toBe(410);
  });
});

describe('what page rules do', () => {
  it('empty pages, repeated ids and failures on a page', async () => {
    for (let index = 0; index < 4; index += 1) await create({ subject: `Event ${index}` });
    world.sandbox.pages.add({
      operation: 'graph.calendarView.delta',
      size: 2,
      emptyPage: 2,
      repeatIds: true,
      failPage: 3,
      failStatus: 503,
    });
    const first = await world.ada('GET', START);
    const second = await world.ada('GET', first.body['@odata.nextLink'] ?? '');
    expect([first.body.value?.length, second.body.value?.map(({ subject }) => subject)]).toEqual([2, ['Event 1']]);
    expect((await world.ada('GET', second.body['@odata.nextLink'] ?? '')).status).toBe(503);
    const third = await world.ada('GET', second.body['@odata.nextLink'] ?? '');
    expect(third.body.value?.map(({ subject }) => subject)).toEqual(['Event 1', 'Event 2', 'Event 3']);
  });
});
