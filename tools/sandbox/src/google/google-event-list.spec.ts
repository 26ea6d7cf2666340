import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AnswerItem, GoogleCaller, TestWorld } from '../testing/google-caller.ts';
import { meeting, startTestWorld } from '../testing/google-caller.ts';

let world: TestWorld;
beforeEach(async () => {
  world = await startTestWorld();
});
afterEach(() => world.sandbox.close());

const EVENTS = 'calendars/primary/events';

async function create(body: Record<string, unknown>): Promise<string> {
  const answer = await world.ada('POST', EVENTS, { body });
  expect(answer.status).toBe(200);
  return String(answer.body.id);
}

/** All pages of a list, with the sizes of the pages. */
async function readAll(
  call: GoogleCaller,
  query: string,
): Promise<{ items: AnswerItem[]; sizes: number[]; syncToken: string | undefined }> {
  const items: AnswerItem[] = [];
  const sizes: number[] = [];
  let pageToken = '';
  for (;;) {
    const { status, body } = await call('GET', `${EVENTS}?${query}${pageToken === '' ? '' : `&pageToken=${pageToken}`}`);
    expect(status).toBe(200);
    items.push(...(body.items ?? []));
    sizes.push(body.items?.length ?? 0);
    if (body.nextPageToken === undefined) return { items, sizes, syncToken: body.nextSyncToken };
    expect(body.nextSyncToken).toBeUndefined();
    pageToken = body.nextPageToken;
  }
}

function ids(items: readonly AnswerItem[] | undefined): string[] {
  return (items ?? []).map(({ id }) => id);
}

describe('windows and filters', () => {
  it('timeMin is exclusive on the end, timeMax exclusive on the start', async () => {
    await create(meeting('2026-11-23', '10:00', { id: 'event0001' }));
    const list = async (query: string): Promise<string[]> => ids((await world.ada('GET', `${EVENTS}?${query}`)).body.items);
    expect(await list('timeMin=2026-11-23T10:00:00Z')).toEqual([]);
    expect(await list('timeMin=2026-11-23T09:59:59Z')).toEqual(['event0001']);
    expect(await list('timeMax=2026-11-23T09:00:00Z')).toEqual([]);
    expect(await list('timeMax=2026-11-23T09:00:01Z')).toEqual(['event0001']);
  });

  it.each([
    ['a time without offset', 'timeMin=2026-11-23T10:00:00', 'badRequest'],
    ['an empty range', 'timeMin=2026-11-23T10:00:00Z&timeMax=2026-11-23T10:00:00Z', 'timeRangeEmpty'],
    ['startTime order of series', 'orderBy=startTime', 'badRequest'],
    ['a foreign page token', 'pageToken=abc', 'invalid'],
  ])('refuses %s', async (_name, query, reason) => {
    const answer = await world.ada('GET', `${EVENTS}?${query}`);
    expect([answer.status, answer.reason]).toEqual([400, reason]);
  });

  it('filters by type, text, uid and private property', async () => {
    await create(meeting('2026-11-23', '10:00', { id: 'event0001', summary: 'Budget', extendedProperties: { private: { marker: 'a' } } }));
    await create(meeting('2026-11-23', '12:00', { id: 'focus0001', eventType: 'focusTime' }));
    const list = async (query: string): Promise<string[]> => ids((await world.ada('GET', `${EVENTS}?${query}`)).body.items);
    expect(await list('eventTypes=focusTime')).toEqual(['focus0001']);
    expect(await list('eventTypes=default&eventTypes=focusTime')).toHaveLength(2);
    expect(await list('q=budget')).toEqual(['event0001']);
    expect(await list('privateExtendedProperty=marker%3Da')).toEqual(['event0001']);
    expect(await list('iCalUID=focus0001%40google.com')).toEqual(['focus0001']);
  });

  it('gives only the fields that were asked for', async () => {
    await create(meeting('2026-11-23', '10:00', { id: 'event0001' }));
    const { body } = await world.ada('GET', `${EVENTS}?fields=items(id,start/timeZone)`);
    expect(body).toEqual({ items: [{ id: 'event0001', start: { timeZone: 'Europe/Berlin' } }] });
  });
});

describe('series', () => {
  const standUp = meeting('2026-10-19', '09:00', {
    id: 'series0001',
    summary: 'Stand-up',
    recurrence: ['RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=4'],
  });

  it('F12 keeps the wall time over the end of summer time, under ids that name the UTC start', async () => {
    await create(standUp);
    const { items } = await readAll(world.ada, 'singleEvents=true&orderBy=startTime');
    expect(ids(items)).toEqual([
      'series0001_20261019T070000Z',
      'series0001_20261026T080000Z',
      'series0001_20261102T080000Z',
      'series0001_20261109T080000Z',
    ]);
    expect(items.map(({ start }) => start?.dateTime?.slice(11))).toEqual([
      '09:00:00+02:00',
      '09:00:00+01:00',
      '09:00:00+01:00',
      '09:00:00+01:00',
    ]);
    expect(items[0]).toMatchObject({ recurringEventId: 'series0001', originalStartTime: { dateTime: '2026-10-19T09:00:00+02:00' } });
    expect(items[0]?.recurrence).toBeUndefined();
  });

  it('F12 a moved and a cancelled occurrence show as exceptions of an unchanged series', async () => {
    await create(standUp);
    await world.ada('PATCH', `${EVENTS}/series0001_20261026T080000Z`, { body: meeting('2026-10-27', '15:00', { summary: 'Late' }) });
    await world.ada('DELETE', `${EVENTS}/series0001_20261102T080000Z`);
    const { items } = await readAll(world.ada, 'singleEvents=false');
    expect(items.map(({ id, status }) => [id, status])).toEqual([
      ['series0001', 'confirmed'],
      ['series0001_20261026T080000Z', 'confirmed'],
      ['series0001_20261102T080000Z', 'cancelled'],
    ]);
    expect(items[1]).toMatchObject({
      summary: 'Late',
      originalStartTime: { dateTime: '2026-10-26T09:00:00+01:00' },
      start: { dateTime: '2026-10-27T15:00:00+01:00' },
    });
    expect(Object.keys(items[2] ?? {}).sort()).toEqual(['etag', 'id', 'kind', 'originalStartTime', 'recurringEventId', 'status']);
    expect(items[0]?.recurrence).toEqual(['RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=4']);
    const expanded = await readAll(world.ada, 'singleEvents=true&orderBy=startTime');
    expect(expanded.items.map(({ start }) => start?.dateTime?.slice(0, 16))).toEqual([
      '2026-10-19T09:00',
      '2026-10-27T15:00',
      '2026-11-09T09:00',
    ]);
  });

  it('an exception inherits what it does not change', async () => {
    await create(standUp);
    await world.ada('PATCH', `${EVENTS}/series0001_20261026T080000Z`, { body: { location: 'Room 2' } });
    await world.ada('PATCH', `${EVENTS}/series0001`, { body: { summary: 'Daily' } });
    const { body } = await world.ada('GET', `${EVENTS}/series0001_20261026T080000Z`);
    expect(body).toMatchObject({ summary: 'Daily', location: 'Room 2' });
  });

  it('lists instances of one series, cancelled ones on request, one by its original start', async () => {
    await create(standUp);
    await world.ada('DELETE', `${EVENTS}/series0001_20261102T080000Z`);
    const list = async (query: string): Promise<string[]> =>
      ids((await world.ada('GET', `${EVENTS}/series0001/instances?${query}`)).body.items);
    expect(await list('')).toHaveLength(3);
    expect(await list('showDeleted=true')).toHaveLength(4);
    expect(await list(`originalStart=${encodeURIComponent('2026-10-26T09:00:00+01:00')}`)).toEqual(['series0001_20261026T080000Z']);
    expect(await list('timeMin=2026-11-09T09:00:00Z')).toEqual(['series0001_20261109T080000Z']);
  });

  it('all-day series have date ids and stay on their dates', async () => {
    await create({
      summary: 'Week',
      id: 'fair000001',
      start: { date: '2026-10-20' },
      end: { date: '2026-10-22' },
      recurrence: ['RRULE:FREQ=WEEKLY;COUNT=3', 'EXDATE;VALUE=DATE:20261027'],
    });
    const { items } = await readAll(world.ada, 'singleEvents=true&orderBy=startTime');
    expect(items.map(({ id, start, end }) => [id, start?.date, end?.date])).toEqual([
      ['fair000001_20261020', '2026-10-20', '2026-10-22'],
      ['fair000001_20261103', '2026-11-03', '2026-11-05'],
    ]);
  });
});

describe('incremental reading', () => {
  it('F07 gives changes and deletions since the token, and nothing twice', async () => {
    await create(meeting('2026-11-23', '10:00', { id: 'event0001' }));
    await create(meeting('2026-11-23', '12:00', { id: 'event0002' }));
    const first = await readAll(world.ada, 'showDeleted=true');
    await world.ada('PATCH', `${EVENTS}/event0001`, { body: { summary: 'New' } });
    await world.ada('DELETE', `${EVENTS}/event0002`);
    const second = await readAll(world.ada, `showDeleted=true&syncToken=${first.syncToken}`);
    expect(second.items.map(({ id, status }) => [id, status])).toEqual([
      ['event0001', 'confirmed'],
      ['event0002', 'cancelled'],
    ]);
    expect(Object.keys(second.items[1] ?? {}).sort()).toEqual(['etag', 'id', 'kind', 'status']);
    const third = await readAll(world.ada, `syncToken=${second.syncToken}`);
    expect([third.items, typeof third.syncToken]).toEqual([[], 'string']);
  });

  it('shows changes outside the window of the first read', async () => {
    const first = await readAll(world.ada, 'timeMin=2026-11-01T00:00:00Z&timeMax=2026-12-01T00:00:00Z');
    await create(meeting('2027-06-01', '10:00', { id: 'event0001' }));
    expect(ids((await readAll(world.ada, `syncToken=${first.syncToken}`)).items)).toEqual(['event0001']);
  });

  it.each([
    'timeMin=2026-11-01T00:00:00Z',
    'timeMax=2026-11-01T00:00:00Z',
    'q=x',
    'orderBy=updated',
    'iCalUID=x',
    'updatedMin=2026-11-01T00:00:00Z',
    'showDeleted=false',
    'singleEvents=true',
  ])('refuses %s together with a token', async (parameter) => {
    const { syncToken } = await readAll(world.ada, '');
    expect((await world.ada('GET', `${EVENTS}?syncToken=${syncToken}&${parameter}`)).status).toBe(400);
  });

  it('gives no token to an ordered list', async () => {
    expect((await readAll(world.ada, 'orderBy=updated')).syncToken).toBeUndefined();
  });

  it('F07 answers 410 fullSyncRequired when the token expired or is from elsewhere', async () => {
    const { syncToken } = await readAll(world.ada, '');
    expect((await world.leo('GET', `calendars/leo@acme.example/events?syncToken=${syncToken}`)).reason).toBe('fullSyncRequired');
    world.sandbox.google.expireSyncTokens('ada@acme.example');
    const answer = await world.ada('GET', `${EVENTS}?syncToken=${syncToken}`);
    expect([answer.status, answer.reason]).toEqual([410, 'fullSyncRequired']);
  });

  it('tokens die when the rights of the reader change', async () => {
    world.sandbox.google.setAccess('ada@acme.example', 'leo@acme.example', 'writer');
    const path = 'calendars/ada@acme.example/events';
    const { body } = await world.leo('GET', path);
    world.sandbox.google.setAccess('ada@acme.example', 'leo@acme.example', 'reader');
    expect((await world.leo('GET', `${path}?syncToken=${body.nextSyncToken}`)).status).toBe(410);
  });

  it('F13 a cut series reports its lost exception, and lost instances to readers of single events', async () => {
    await create(meeting('2026-11-02', '09:00', { id: 'series0001', recurrence: ['RRULE:FREQ=WEEKLY;COUNT=4'] }));
    await world.ada('PATCH', `${EVENTS}/series0001_20261116T080000Z`, { body: { summary: 'Other' } });
    const masters = await readAll(world.ada, '');
    const singles = await readAll(world.ada, 'singleEvents=true');
    await world.ada('PATCH', `${EVENTS}/series0001`, { body: { recurrence: ['RRULE:FREQ=WEEKLY;UNTIL=20261110T000000Z'] } });
    const changed = (items: readonly AnswerItem[]): string[] => items.map(({ id, status }) => `${id} ${status}`).sort();
    expect(changed((await readAll(world.ada, `syncToken=${masters.syncToken}`)).items)).toEqual([
      'series0001 confirmed',
      'series0001_20261116T080000Z cancelled',
    ]);
    expect(changed((await readAll(world.ada, `singleEvents=true&syncToken=${singles.syncToken}`)).items)).toEqual([
      'series0001_20261102T080000Z confirmed',
      'series0001_20261109T080000Z confirmed',
      'series0001_20261116T080000Z cancelled',
      'series0001_20261123T080000Z cancelled',
    ]);
  });

  it('a deleted series shows as its master only; as instances to readers of single events', async () => {
    await create(meeting('2026-11-02', '09:00', { id: 'series0001', recurrence: ['RRULE:FREQ=WEEKLY;COUNT=2'] }));
    const masters = await readAll(world.ada, '');
    const singles = await readAll(world.ada, 'singleEvents=true');
    await world.ada('DELETE', `${EVENTS}/series0001`);
    expect(ids((await readAll(world.ada, `syncToken=${masters.syncToken}`)).items)).toEqual(['series0001']);
    const gone = await readAll(world.ada, `singleEvents=true&syncToken=${singles.syncToken}`);
    expect(gone.items.map(({ id, status }) => [id, status])).toEqual([
      ['series0001_20261102T080000Z', 'cancelled'],
      ['series0001_20261109T080000Z', 'cancelled'],
    ]);
  });
});

describe('pages', () => {
  beforeEach(async () => {
    for (let index = 1; index <= 9; index += 1) await create(meeting('2026-11-23', '10:00', { id: `event000${index}` }));
  });

  it('F09 pages by maxResults and gives the sync token at the end only', async () => {
    const { items, sizes, syncToken } = await readAll(world.ada, 'maxResults=4');
    expect([sizes, new Set(ids(items)).size, syncToken !== undefined]).toEqual([[4, 4, 1], 9, true]);
  });

  it('F09 a change between pages comes again by the token of that list', async () => {
    const first = await world.ada('GET', `${EVENTS}?maxResults=4`);
    await world.ada('PATCH', `${EVENTS}/event0001`, { body: { summary: 'Changed meanwhile' } });
    const rest = await readAll(world.ada, `maxResults=100&pageToken=${first.body.nextPageToken}`);
    expect(ids(rest.items)).toHaveLength(5);
    expect(ids((await readAll(world.ada, `syncToken=${rest.syncToken}`)).items)).toEqual(['event0001']);
  });

  it('F09 short pages, an empty page with a token, repeated ids and a failing page on command', async () => {
    world.sandbox.pages.add({ operation: 'events.list', size: 4, emptyPage: 2, repeatIds: true, failPage: 3, lists: 1 });
    const one = await world.ada('GET', EVENTS);
    const two = await world.ada('GET', `${EVENTS}?pageToken=${one.body.nextPageToken}`);
    expect([one.body.items?.length, two.body.items, typeof two.body.nextPageToken]).toEqual([4, [], 'string']);
    expect((await world.ada('GET', `${EVENTS}?pageToken=${two.body.nextPageToken}`)).status).toBe(500);
    const three = await world.ada('GET', `${EVENTS}?pageToken=${two.body.nextPageToken}`);
    expect(ids(three.body.items)).toEqual(['event0004', 'event0005', 'event0006', 'event0007', 'event0008']);
    expect((await readAll(world.ada, '')).sizes).toEqual([9]);
  });

  it('F08 an empty or shortened list looks complete', async () => {
    world.sandbox.pages.add({ operation: 'events.list', empty200: true, lists: 1 });
    const empty = await readAll(world.ada, '');
    expect([empty.items, typeof empty.syncToken]).toEqual([[], 'string']);
    world.sandbox.pages.clear();
    world.sandbox.pages.add({ operation: 'events.list', dropShare: 0.6, lists: 1 });
    expect((await readAll(world.ada, '')).items).toHaveLength(4);
    expect((await readAll(world.ada, '')).items).toHaveLength(9);
  });
});
