import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GraphBody, GraphWorld } from '../testing/graph-caller.ts';
import { graphCaller, guests, meeting, repeating, startGraphWorld } from '../testing/graph-caller.ts';

let world: GraphWorld;
beforeEach(async () => {
  world = await startGraphWorld();
});
afterEach(() => world.sandbox.close());

const IMMUTABLE = { headers: { prefer: 'IdType="ImmutableId"' } };

async function create(more: Readonly<Record<string, unknown>> = {}): Promise<GraphBody & { id: string }> {
  const answer = await world.ada('POST', 'me/events', { body: meeting('2026-11-23', '10:00', more) });
  expect(answer.status).toBe(201);
  return { ...answer.body, id: answer.body.id ?? '' };
}

describe('an event', () => {
  it('is created with everything a read shows, times in UTC without offset', async () => {
    const made = await create({
      body: { contentType: 'HTML', content: '<p>Bring <b>numbers</b></p>' },
      location: { displayName: 'Room 1' },
    });
    const { body } = await world.ada('GET', `me/events/${made.id}`);
    expect(body).toMatchObject({
      subject: 'Meeting',
      type: 'singleInstance',
      start: { dateTime: '2026-11-23T09:00:00.0000000', timeZone: 'UTC' },
      originalStartTimeZone: 'Europe/Berlin',
      bodyPreview: 'Bring numbers',
      location: { displayName: 'Room 1', locationType: 'default' },
      locations: [{ displayName: 'Room 1' }],
      isOrganizer: true,
      organizer: { emailAddress: { address: 'ada@acme.example', name: 'Ada Lindqvist' } },
      responseStatus: { response: 'organizer', time: '0001-01-01T00:00:00Z' },
    });
    expect(body['@odata.etag']).toBe(`W/"${body.changeKey}"`);
    expect(body.id?.length).toBeGreaterThan(120);
    expect(body).not.toHaveProperty('transactionId');
  });

  it('is shown in the zone, the body form and the ids that the caller prefers', async () => {
    const { id } = await create({ body: { contentType: 'html', content: '<p>One</p><p>Two</p>' } });
    const prefer = 'outlook.timezone="Pacific Standard Time", outlook.body-content-type="text", IdType="ImmutableId"';
    const answer = await world.ada('GET', `me/events/${id}`, { headers: { prefer } });
    expect(answer.body.start).toEqual({ dateTime: '2026-11-23T01:00:00.0000000', timeZone: 'Pacific Standard Time' });
    expect(answer.body.body).toEqual({ contentType: 'text', content: 'One\nTwo' });
    expect(answer.body.id).not.toBe(id);
    expect(answer.headers.get('preference-applied')).toBe(prefer);
  });

  it.each([
    ['a Windows zone', 'W. Europe Standard Time'],
    ['an IANA zone', 'Europe/Berlin'],
  ])('is taken in %s', async (_name, timeZone) => {
    const times = { start: { dateTime: '2026-07-01T10:00', timeZone }, end: { dateTime: '2026-07-01T11:00:00.0000000', timeZone } };
    const made = await create(times);
    expect(made.start?.dateTime).toBe('2026-07-01T08:00:00.0000000');
    expect(made.originalStartTimeZone).toBe(timeZone);
  });

  it('all day keeps its dates in every zone', async () => {
    const midnight = (date: string) => ({ dateTime: `${date}T00:00:00`, timeZone: 'Asia/Tokyo' });
    const { id } = await create({ isAllDay: true, start: midnight('2026-11-23'), end: midnight('2026-11-24') });
    const { body } = await world.ada('GET', `me/events/${id}`, { headers: { prefer: 'outlook.timezone="Hawaiian Standard Time"' } });
    expect(body.start).toEqual({ dateTime: '2026-11-23T00:00:00.0000000', timeZone: 'Hawaiian Standard Time' });
    expect(body.end?.dateTime).toBe('2026-11-24T00:00:00.0000000');
  });

  const at = (dateTime: string, timeZone = 'UTC') => ({ dateTime, timeZone });
  it.each([
    ['all day but not at midnight', { isAllDay: true }, 'ErrorPropertyValidationFailure'],
    [
      'all day in two zones',
      { isAllDay: true, start: at('2026-11-23T00:00:00'), end: at('2026-11-24T00:00:00', 'Europe/Berlin') },
      'ErrorPropertyValidationFailure',
    ],
    [
      'all day for no day',
      { isAllDay: true, start: at('2026-11-23T00:00:00'), end: at('2026-11-23T00:00:00') },
      'ErrorPropertyValidationFailure',
    ],
    ['with an end before its start', { end: at('2026-11-20T09:00:00') }, 'ErrorPropertyValidationFailure'],
    ['with an offset in its time', { start: at('2026-11-23T10:00:00+01:00') }, 'ErrorPropertyValidationFailure'],
    ['in a zone that nobody knows', { start: at('2026-11-23T10:00:00', 'Mars/Base') }, 'TimeZoneNotSupportedException'],
    ['with an unknown member', { title: 'x' }, 'RequestBodyRead'],
    ['with an unknown value', { showAs: 'asleep' }, 'ErrorPropertyValidationFailure'],
    [
      'with more than 500 attendees',
      guests(...Array.from({ length: 501 }, (_unused, index) => `guest${index}@acme.example`)),
      'ErrorPropertyValidationFailure',
    ],
    [
      'weekly on no day',
      { recurrence: { pattern: { type: 'weekly', interval: 1 }, range: { type: 'noEnd', startDate: '2026-11-23' } } },
      'ErrorPropertyValidationFailure',
    ],
    ['repeating from another day', repeating('2026-11-24'), 'ErrorPropertyValidationFailure'],
  ])('is refused %s', async (_name, more, code) => {
    const answer = await world.ada('POST', 'me/events', { body: meeting('2026-11-23', '10:00', more) });
    expect([answer.status, answer.code]).toEqual([400, code]);
  });

  it('with the same transaction id is made once', async () => {
    const first = await create({ transactionId: 'tx-1' });
    const second = await create({ transactionId: 'tx-1' });
    expect([second.id, second.transactionId]).toEqual([first.id, 'tx-1']);
    const other = await world.ada('POST', 'me/events', {
      body: meeting('2026-11-23', '10:00', { transactionId: 'tx-1', subject: 'Again' }),
    });
    expect([other.status, other.code]).toEqual([400, 'ErrorDuplicateTransactionId']);
    const { body } = await world.ada('GET', 'me/events');
    expect(body.value).toHaveLength(1);
  });

  it('is changed member by member, collections whole, and null gives the default back', async () => {
    const { id } = await create({ categories: ['Red', 'Blue'], importance: 'high', location: { displayName: 'Room 1' } });
    const { body } = await world.ada('PATCH', `me/events/${id}`, {
      body: { categories: ['Green'], importance: null, showAs: 'oof', sensitivity: 'personal' },
    });
    expect(body).toMatchObject({
      subject: 'Meeting',
      categories: ['Green'],
      importance: 'normal',
      showAs: 'oof',
      sensitivity: 'personal',
      location: { displayName: 'Room 1' },
    });
  });

  it('is not overwritten by someone who has not seen its last change', async () => {
    const made = await create();
    const stale = { headers: { 'if-match': String(made['@odata.etag']) } };
    expect((await world.ada('PATCH', `me/events/${made.id}`, { body: { subject: 'Two' }, ...stale })).status).toBe(200);
    const refused = await world.ada('PATCH', `me/events/${made.id}`, { body: { subject: 'Three' }, ...stale });
    expect([refused.status, refused.code]).toEqual([412, 'ErrorIrresolvableConflict']);
    expect((await world.ada('DELETE', `me/events/${made.id}`, stale)).status).toBe(412);
    expect((await world.ada('DELETE', `me/events/${made.id}`)).status).toBe(204);
    const gone = await world.ada('GET', `me/events/${made.id}`);
    expect([gone.status, gone.code]).toEqual([404, 'ErrorItemNotFound']);
  });

  it('answers a write with nothing when the caller wants little', async () => {
    const headers = { prefer: 'return=minimal' };
    const answer = await world.ada('POST', 'me/events', { body: meeting('2026-11-23', '10:00'), headers, isUnchecked: true });
    expect([answer.status, answer.body]).toEqual([204, {}]);
  });

  it('keeps its immutable id and loses the other when it moves to another calendar', async () => {
    const { microsoft } = world.sandbox;
    const other = microsoft.addCalendar('ada@acme.example', { name: 'Projects' });
    const made = await create();
    const immutable = (await world.ada('GET', `me/events/${made.id}`, IMMUTABLE)).body.id ?? '';
    const moved = microsoft.moveEvent({ as: 'ada@acme.example' }, made.id, other.id);
    expect(moved.id).not.toBe(made.id);
    expect((await world.ada('GET', `me/events/${made.id}`)).code).toBe('ErrorItemNotFound');
    expect((await world.ada('GET', `me/events/${immutable}`, IMMUTABLE)).body.id).toBe(immutable);
    const translated = await world.ada('POST', 'me/translateExchangeIds', {
      body: { InputIds: [immutable, 'nonsense'], SourceIdType: 'restImmutableEntryId', TargetIdType: 'restId' },
    });
    expect(translated.body.value?.[0]?.targetId).toBe(moved.id);
    expect(translated.body.value?.[1]).toHaveProperty('errorDetails');
  });

  it('of another mailbox, or an id that is none, is malformed', async () => {
    const { id } = await create();
    expect((await world.leo('GET', `me/events/${id}`)).code).toBe('ErrorInvalidIdMalformed');
    expect((await world.ada('GET', 'me/events/nonsense')).status).toBe(400);
  });

  it('carries extended properties and open extensions, shown and found only on request', async () => {
    const id = 'String {66f5a359-4659-4830-9070-00047ec6ac6e} Name bookingId';
    const made = await create({ singleValueExtendedProperties: [{ id, value: 'bk_1' }] });
    await create();
    expect(made).not.toHaveProperty('singleValueExtendedProperties');
    const expand = encodeURIComponent(`singleValueExtendedProperties($filter=id eq '${id}')`);
    const { body } = await world.ada('GET', `me/events/${made.id}?$expand=${expand}`);
    expect(body.singleValueExtendedProperties).toEqual([{ id, value: 'bk_1' }]);
    const filter = encodeURIComponent(`singleValueExtendedProperties/Any(ep: ep/id eq '${id}' and ep/value eq 'BK_1')`);
    const found = await world.ada('GET', `me/events?$filter=${filter}`);
    expect(found.body.value?.map((event) => event.id)).toEqual([made.id]);

    const extension = { '@odata.type': 'microsoft.graph.openTypeExtension', extensionName: 'org.example.booking', bookingId: 'bk_1' };
    expect((await world.ada('POST', `me/events/${made.id}/extensions`, { body: extension })).status).toBe(201);
    const expanded = await world.ada('GET', `me/events/${made.id}?$expand=extensions($filter=id%20eq%20'org.example.booking')`);
    expect(expanded.body.extensions).toMatchObject([{ bookingId: 'bk_1' }]);
    const path = `me/events/${made.id}/extensions/org.example.booking`;
    await world.ada('PATCH', path, { body: { bookingId: 'bk_2' } });
    expect((await world.ada('GET', path)).body.bookingId).toBe('bk_2');
    expect((await world.ada('DELETE', path)).status).toBe(204);
    expect((await world.ada('GET', path)).status).toBe(404);
  });
});

describe('online meetings', () => {
  it('get a join address and a block in the body, and stay on', async () => {
    const made = await create({ isOnlineMeeting: true, onlineMeetingProvider: 'teamsForBusiness' });
    const joinUrl = made.onlineMeeting?.joinUrl ?? '';
    expect(joinUrl).toMatch(/^https:\/\/teams\.microsoft\.com\//);
    expect(JSON.stringify(made.body)).toContain(joinUrl);
    const off = await world.ada('PATCH', `me/events/${made.id}`, { body: { isOnlineMeeting: false } });
    expect(off.body).toMatchObject({ isOnlineMeeting: true, onlineMeetingProvider: 'teamsForBusiness' });
  });

  it('end when somebody writes the body without the block', async () => {
    const made = await create({ isOnlineMeeting: true });
    const { body } = await world.ada('PATCH', `me/events/${made.id}`, { body: { body: { contentType: 'html', content: 'New' } } });
    expect(body).toMatchObject({ isOnlineMeeting: false, onlineMeeting: null });
  });

  it('may take their time, or never come', async () => {
    world.sandbox.microsoft.setConference({ delayMs: 5000 });
    const made = await create({ isOnlineMeeting: true });
    expect([made.isOnlineMeeting, made.onlineMeeting]).toEqual([true, null]);
    world.sandbox.clock.advance(5000);
    const later = (await world.ada('GET', `me/events/${made.id}`)).body;
    expect(later.onlineMeeting?.joinUrl).toBeTruthy();
    expect(later.changeKey).not.toBe(made.changeKey);
    world.sandbox.microsoft.setConference({ delayMs: 0, fails: true });
    expect((await create({ isOnlineMeeting: true })).onlineMeeting).toBeNull();
  });

  it('are left out where the calendar does not allow the provider', async () => {
    const kim = graphCaller(world.sandbox, world.sandbox.microsoft.connect('kim@outlook.com').accessToken);
    const { body } = await kim('POST', 'me/events', { body: meeting('2026-11-23', '10:00', { isOnlineMeeting: true }) });
    expect(body).toMatchObject({ isOnlineMeeting: false, onlineMeetingProvider: 'unknown', onlineMeeting: null });
  });
});

describe('lists', () => {
  it('come ten at a time, by links that are followed as they are', async () => {
    for (let hour = 0; hour < 12; hour += 1) await create({ subject: `Event ${hour}` });
    const first = await world.ada('GET', 'me/events?$select=subject&$count=true');
    expect(first.body.value).toHaveLength(10);
    expect(Object.keys(first.body.value?.[0] ?? {}).sort()).toEqual(['@odata.etag', 'id', 'subject']);
    expect(first.body['@odata.count']).toBe(12);
    const second = await world.ada('GET', first.body['@odata.nextLink'] ?? '');
    expect(second.body.value?.map(({ subject }) => subject)).toEqual(['Event 10', 'Event 11']);
    expect(second.body).not.toHaveProperty('@odata.nextLink');
    const skipped = await world.ada('GET', 'me/events?$top=3&$skip=4');
    expect(skipped.body.value?.map(({ subject }) => subject)).toEqual(['Event 4', 'Event 5', 'Event 6']);
  });

  it.each([
    ["start/dateTime ge '2026-11-24T00:00:00'", ['Late']],
    ["subject eq 'Early' and isAllDay eq false", ['Early']],
    ["startswith(subject,'ea')", ['Early']],
    ['lastModifiedDateTime lt 2026-11-20T00:00:00Z', []],
  ])('take the filter %s', async (filter, subjects) => {
    await create({ subject: 'Early' });
    await world.ada('POST', 'me/events', { body: meeting('2026-11-24', '10:00', { subject: 'Late' }) });
    const { body } = await world.ada('GET', `me/events?$filter=${encodeURIComponent(filter)}`);
    expect(body.value?.map(({ subject }) => subject)).toEqual(subjects);
  });

  it('are ordered on request, and refuse filters that nobody understands', async () => {
    for (const subject of ['B', 'C', 'A']) await create({ subject });
    const { body } = await world.ada('GET', 'me/events?$orderby=subject%20desc');
    expect(body.value?.map(({ subject }) => subject)).toEqual(['C', 'B', 'A']);
    expect((await world.ada('GET', "me/events?$filter=mood%20eq%20'good'")).status).toBe(400);
  });

  it('take the page rules of the control side', async () => {
    for (const subject of ['A', 'B', 'C']) await create({ subject });
    world.sandbox.pages.add({ operation: 'graph.events.list', size: 2, emptyPage: 1 });
    const empty = await world.ada('GET', 'me/events');
    expect(empty.body.value).toEqual([]);
    const next = await world.ada('GET', empty.body['@odata.nextLink'] ?? '');
    expect(next.body.value).toHaveLength(2);
  });
});
