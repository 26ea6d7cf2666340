import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TestWorld } from '../testing/google-caller.ts';
import { googleCaller, meeting, startTestWorld } from '../testing/google-caller.ts';

let world: TestWorld;
beforeEach(async () => {
  world = await startTestWorld();
});
afterEach(() => world.sandbox.close());

const EVENTS = 'calendars/primary/events';

describe('creating', () => {
  it('F02 answers a repeated id with 409, also when the event was deleted', async () => {
    const body = meeting('2026-11-23', '10:00', { id: 'booking0001' });
    expect((await world.ada('POST', EVENTS, { body })).status).toBe(200);
    expect((await world.ada('POST', EVENTS, { body })).reason).toBe('duplicate');
    await world.ada('DELETE', `${EVENTS}/booking0001`);
    expect((await world.ada('POST', EVENTS, { body })).status).toBe(409);
    expect((await world.ada('GET', `${EVENTS}/booking0001`)).body.status).toBe('cancelled');
  });

  it.each([
    ['an id outside the alphabet', { id: 'Booking-1' }, 'invalid'],
    ['an end before the start', { end: { dateTime: '2026-11-23T09:00:00Z' } }, 'timeRangeEmpty'],
    ['an end at the start', { end: { dateTime: '2026-11-23T10:00:00+01:00' } }, 'timeRangeEmpty'],
    ['a date with a time', { end: { date: '2026-11-24' } }, 'invalid'],
    ['a rule without a zone', { start: { dateTime: '2026-11-23T10:00:00+01:00' }, recurrence: ['RRULE:FREQ=DAILY'] }, 'required'],
    ['a rule with COUNT and UNTIL', { recurrence: ['RRULE:FREQ=DAILY;COUNT=2;UNTIL=20270101T000000Z'] }, 'invalid'],
    ['a date as UNTIL of a timed series', { recurrence: ['RRULE:FREQ=DAILY;UNTIL=20270101'] }, 'invalid'],
    ['no end', { end: undefined }, 'required'],
    [
      'defaults together with own reminders',
      { reminders: { useDefault: true, overrides: [{ method: 'popup', minutes: 5 }] } },
      'cannotUseDefaultRemindersAndSpecifyOverride',
    ],
    [
      'an all-day focus time',
      { eventType: 'focusTime', start: { date: '2026-11-23' }, end: { date: '2026-11-24' } },
      'eventTypeRestriction',
    ],
  ])('refuses %s', async (_name, change, reason) => {
    const answer = await world.ada('POST', EVENTS, { body: meeting('2026-11-23', '10:00', change) });
    expect([answer.status, answer.reason]).toEqual([400, reason]);
  });

  it('shows offsets in the zone of the calendar and keeps the zone of the event', async () => {
    const start = { dateTime: '2026-11-23T09:00:00', timeZone: 'America/New_York' };
    const end = { dateTime: '2026-11-23T10:00:00', timeZone: 'America/New_York' };
    const { body } = await world.ada('POST', EVENTS, { body: { summary: 'Call', start, end } });
    expect(body.start).toEqual({ dateTime: '2026-11-23T15:00:00+01:00', timeZone: 'America/New_York' });
    const utc = await world.ada('GET', `${EVENTS}/${body.id}?timeZone=UTC`);
    expect(utc.body.start).toEqual({ dateTime: '2026-11-23T14:00:00Z', timeZone: 'America/New_York' });
  });

  it('drops long property keys and cuts long values', async () => {
    const properties = { private: { ['k'.repeat(45)]: 'x', marker: 'v'.repeat(2000) } };
    const { body } = await world.ada('POST', EVENTS, { body: meeting('2026-11-23', '10:00', { extendedProperties: properties }) });
    expect(body.extendedProperties).toEqual({ private: { marker: 'v'.repeat(1024) } });
  });

  it('sets the values that the event type forces', async () => {
    const birthday = { summary: 'Birthday', start: { date: '2026-11-23' }, end: { date: '2026-11-24' }, eventType: 'birthday' };
    const { body } = await world.ada('POST', EVENTS, { body: birthday });
    expect(body).toMatchObject({ visibility: 'private', transparency: 'transparent', recurrence: ['RRULE:FREQ=YEARLY'] });
  });

  it('imports by iCalUID, and the same one again updates the copy', async () => {
    const body = meeting('2026-11-23', '10:00', { iCalUID: 'uid-1@elsewhere', organizer: { email: 'boss@else.example' } });
    const first = await world.ada('POST', `${EVENTS}/import`, { body });
    const second = await world.ada('POST', `${EVENTS}/import`, { body: { ...body, summary: 'Later' } });
    expect([second.body.id, second.body.summary]).toEqual([first.body.id, 'Later']);
    expect((await world.ada('POST', EVENTS, { body: meeting('2026-11-23', '10:00', { iCalUID: 'uid-1@elsewhere' }) })).reason).toBe(
      'duplicate',
    );
  });
});

describe('changing', () => {
  it('F06 answers a stale If-Match with 412 and changes nothing', async () => {
    const { body } = await world.ada('POST', EVENTS, { body: meeting('2026-11-23', '10:00') });
    const headers = { 'if-match': String(body.etag) };
    const patched = await world.ada('PATCH', `${EVENTS}/${body.id}`, { body: { summary: 'One' }, headers });
    expect(patched.status).toBe(200);
    expect(patched.body.etag).not.toBe(body.etag);
    const stale = await world.ada('PATCH', `${EVENTS}/${body.id}`, { body: { summary: 'Two' }, headers });
    expect([stale.status, stale.reason]).toEqual([412, 'conditionNotMet']);
    expect((await world.ada('DELETE', `${EVENTS}/${body.id}`, { headers })).status).toBe(412);
    expect((await world.ada('GET', `${EVENTS}/${body.id}`)).body.summary).toBe('One');
  });

  it('answers 304 to a reader who has this version', async () => {
    const { body } = await world.ada('POST', EVENTS, { body: meeting('2026-11-23', '10:00') });
    const answer = await world.ada('GET', `${EVENTS}/${body.id}`, { headers: { 'if-none-match': String(body.etag) } });
    expect(answer.status).toBe(304);
  });

  it('F39 merges a PATCH and keeps what it does not name; PUT replaces', async () => {
    const full = meeting('2026-11-23', '10:00', {
      location: 'Room 1',
      colorId: '3',
      extendedProperties: { private: { a: '1', b: '2' } },
      conferenceData: { createRequest: { requestId: 'r1', conferenceSolutionKey: { type: 'hangoutsMeet' } } },
    });
    const { body } = await world.ada('POST', `${EVENTS}?conferenceDataVersion=1`, { body: full });
    const patched = await world.ada('PATCH', `${EVENTS}/${body.id}`, {
      body: { summary: 'New', extendedProperties: { private: { a: null } } },
    });
    expect(patched.body).toMatchObject({ summary: 'New', location: 'Room 1', colorId: '3', hangoutLink: body.hangoutLink });
    expect(patched.body.extendedProperties).toEqual({ private: { b: '2' } });
    const put = await world.ada('PUT', `${EVENTS}/${body.id}`, { body: meeting('2026-11-23', '10:00') });
    expect([put.body.location, put.body.colorId, put.body.hangoutLink]).toEqual([undefined, undefined, body.hangoutLink]);
    const without = await world.ada('PUT', `${EVENTS}/${body.id}?conferenceDataVersion=1`, { body: meeting('2026-11-23', '10:00') });
    expect(without.body.hangoutLink).toBeUndefined();
  });

  it('raises the sequence for another time, not for another title', async () => {
    const { body } = await world.ada('POST', EVENTS, { body: meeting('2026-11-23', '10:00') });
    const renamed = await world.ada('PATCH', `${EVENTS}/${body.id}`, { body: { summary: 'New' } });
    const moved = await world.ada('PATCH', `${EVENTS}/${body.id}`, { body: meeting('2026-11-23', '12:00') });
    expect([body.sequence, renamed.body.sequence, moved.body.sequence]).toEqual([0, 0, 1]);
  });

  it('keeps `updated` when only reminders changed, with a new etag', async () => {
    const { body } = await world.ada('POST', EVENTS, { body: meeting('2026-11-23', '10:00') });
    world.sandbox.clock.advance(60_000);
    const changed = await world.ada('PATCH', `${EVENTS}/${body.id}`, { body: { reminders: { useDefault: false } } });
    expect([changed.body.updated, changed.body.etag === body.etag]).toEqual([body.updated, false]);
  });

  it('refuses a date patched onto a time unless the time is cleared', async () => {
    const { body } = await world.ada('POST', EVENTS, { body: meeting('2026-11-23', '10:00') });
    const dates = { start: { date: '2026-11-23' }, end: { date: '2026-11-24' } };
    expect((await world.ada('PATCH', `${EVENTS}/${body.id}`, { body: dates })).status).toBe(400);
    const cleared = { start: { ...dates.start, dateTime: null }, end: { ...dates.end, dateTime: null } };
    expect((await world.ada('PATCH', `${EVENTS}/${body.id}`, { body: cleared })).status).toBe(200);
  });

  it('deletes once; then 410, until the status brings it back', async () => {
    const { body } = await world.ada('POST', EVENTS, { body: meeting('2026-11-23', '10:00') });
    expect((await world.ada('DELETE', `${EVENTS}/${body.id}`)).status).toBe(204);
    expect((await world.ada('DELETE', `${EVENTS}/${body.id}`)).reason).toBe('deleted');
    expect((await world.ada('PATCH', `${EVENTS}/${body.id}`, { body: { summary: 'x' } })).status).toBe(410);
    expect((await world.ada('PATCH', `${EVENTS}/${body.id}`, { body: { status: 'confirmed' } })).body).toMatchObject({
      status: 'confirmed',
      summary: 'Meeting',
    });
  });

  it('F11 moves to another calendar under the same id and leaves an empty shell', async () => {
    const calendar = world.sandbox.google.addCalendar('ada@acme.example', { summary: 'Side' });
    const { body } = await world.ada('POST', EVENTS, { body: meeting('2026-11-23', '10:00') });
    const moved = await world.ada('POST', `${EVENTS}/${body.id}/move?destination=${encodeURIComponent(calendar.id)}`);
    expect([moved.body.id, moved.body.organizer]).toEqual([body.id, { email: calendar.id, displayName: 'Side', self: true }]);
    const shell = await world.ada('GET', `${EVENTS}/${body.id}`);
    expect(Object.keys(shell.body).sort()).toEqual(['etag', 'id', 'kind', 'status']);
  });
});

describe('conferences', () => {
  const wish = (requestId: string): Record<string, unknown> =>
    meeting('2026-11-23', '10:00', { conferenceData: { createRequest: { requestId, conferenceSolutionKey: { type: 'hangoutsMeet' } } } });

  it('ignores a request without conferenceDataVersion', async () => {
    expect((await world.ada('POST', EVENTS, { body: wish('r1') })).body.conferenceData).toBeUndefined();
  });

  it('is pending until the delay is over, then comes as a change', async () => {
    world.sandbox.google.setConference({ delayMs: 5000 });
    const { body } = await world.ada('POST', `${EVENTS}?conferenceDataVersion=1`, { body: wish('r1') });
    expect(body).toMatchObject({ conferenceData: { createRequest: { status: { statusCode: 'pending' } } } });
    expect(body.hangoutLink).toBeUndefined();
    const { body: list } = await world.ada('GET', EVENTS);
    world.sandbox.clock.advance(5000);
    const later = await world.ada('GET', `${EVENTS}?syncToken=${list.nextSyncToken}`);
    expect(later.body.items?.[0]).toMatchObject({ id: body.id, conferenceData: { createRequest: { status: { statusCode: 'success' } } } });
  });

  it('can fail, and a new request id tries again', async () => {
    world.sandbox.google.setConference({ fails: true });
    const { body } = await world.ada('POST', `${EVENTS}?conferenceDataVersion=1`, { body: wish('r1') });
    expect(body.conferenceData).toMatchObject({ createRequest: { status: { statusCode: 'failure' } } });
    world.sandbox.google.setConference({ fails: false });
    const same = await world.ada('PATCH', `${EVENTS}/${body.id}?conferenceDataVersion=1`, {
      body: { conferenceData: wish('r1').conferenceData },
    });
    expect(same.body.hangoutLink).toBeUndefined();
    const again = await world.ada('PATCH', `${EVENTS}/${body.id}?conferenceDataVersion=1`, {
      body: { conferenceData: wish('r2').conferenceData },
    });
    expect(again.body.hangoutLink).toMatch(/^https:\/\/meet\.google\.com\/[a-z]{3}-[a-z]{4}-[a-z]{3}$/);
  });
});

describe('rights', () => {
  it('F34 refuses a reader who writes, and a stranger sees nothing', async () => {
    const calendar = world.sandbox.google.addCalendar('ada@acme.example', { summary: 'Side' });
    const path = `calendars/${encodeURIComponent(calendar.id)}/events`;
    expect((await world.leo('GET', path)).reason).toBe('notFound');
    world.sandbox.google.setAccess(calendar.id, 'leo@acme.example', 'reader');
    expect((await world.leo('GET', path)).status).toBe(200);
    const refused = await world.leo('POST', path, { body: meeting('2026-11-23', '10:00') });
    expect([refused.status, refused.reason]).toEqual([403, 'requiredAccessLevel']);
  });

  it('F38 shows a colleague only when one is busy, and a reader nothing of private events', async () => {
    await world.ada('POST', EVENTS, {
      body: meeting('2026-11-23', '10:00', { summary: 'CANARY', location: 'CANARY', recurrence: ['RRULE:FREQ=DAILY;COUNT=2'] }),
    });
    const busy = await world.leo('GET', 'calendars/ada@acme.example/events');
    expect(busy.body.items).toHaveLength(2);
    expect(busy.body.accessRole).toBe('freeBusyReader');
    expect(JSON.stringify(busy.body)).not.toContain('CANARY');
    world.sandbox.google.setAccess('ada@acme.example', 'leo@acme.example', 'reader');
    await world.ada('POST', EVENTS, {
      body: meeting('2026-11-24', '10:00', { summary: 'SECRET', description: 'SECRET', visibility: 'private' }),
    });
    const read = await world.leo('GET', 'calendars/ada@acme.example/events');
    expect(JSON.stringify(read.body)).toContain('CANARY');
    expect(JSON.stringify(read.body)).not.toContain('SECRET');
  });

  it.each([
    ['calendar.events', 'users/me/calendarList', 403],
    ['calendar.calendarlist.readonly', 'users/me/calendarList', 200],
    ['calendar.calendarlist.readonly', EVENTS, 403],
    ['calendar.events.readonly', EVENTS, 200],
    ['calendar.freebusy', 'users/me/settings/timezone', 403],
    ['calendar.settings.readonly', 'users/me/settings/timezone', 200],
    ['calendar.readonly', 'colors', 200],
  ])('a token with %s gets %s: %i', async (scope, path, status) => {
    const { accessToken } = world.sandbox.google.connect('ada@acme.example', { scopes: [scope] });
    const answer = await googleCaller(world.sandbox, accessToken)('GET', path);
    expect(answer.status).toBe(status);
    if (status === 403) {
      expect(answer.reason).toBe('insufficientPermissions');
      expect(answer.headers.get('www-authenticate')).toContain('insufficient_scope');
    }
  });

  it('a read-only token cannot write, and an availability token sees no details', async () => {
    await world.ada('POST', EVENTS, { body: meeting('2026-11-23', '10:00', { summary: 'CANARY' }) });
    const readOnly = googleCaller(
      world.sandbox,
      world.sandbox.google.connect('ada@acme.example', { scopes: ['calendar.events.readonly'] }).accessToken,
    );
    expect((await readOnly('POST', EVENTS, { body: meeting('2026-11-23', '10:00') })).status).toBe(403);
    const busyOnly = googleCaller(
      world.sandbox,
      world.sandbox.google.connect('ada@acme.example', { scopes: ['calendar.events.freebusy'] }).accessToken,
    );
    const { body } = await busyOnly('GET', EVENTS);
    expect(body.items).toHaveLength(1);
    expect(JSON.stringify(body)).not.toContain('CANARY');
  });
});
