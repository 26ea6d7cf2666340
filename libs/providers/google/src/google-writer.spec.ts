import { Secret, parseInstant, parseWallTime, parseZone } from '@daymark/domain';
import type { EventFields, EventWriter, NewEvent } from '@daymark/provider-contract';
import { describe, expect, it } from 'vitest';
import page from './__fixtures__/events-page.json' with { type: 'json' };
import { ScriptedGoogle, refusal } from './testing/scripted-google.ts';
import { GoogleProvider } from './google.provider.ts';

const provider = new GoogleProvider({ clientId: 'c', clientSecrets: [new Secret('s')] });
const marker = '0190c2aa0190c2aa0190c2aa0190c2aa';
const calendarId = 'ada@example.org';
const ref = { calendarId, eventId: marker };
const etag = '"3512345678901000"';
const review = { ...page.items[0], id: marker, etag };

const fields: EventFields = {
  title: 'Intro call',
  description: null,
  location: null,
  recurrence: [],
  busy: true,
  visibility: 'default',
  reminders: null,
  time: {
    kind: 'timed',
    start: parseInstant('2026-09-01T08:00:00Z'),
    end: parseInstant('2026-09-01T08:30:00Z'),
    startWall: parseWallTime('2026-09-01T10:00:00'),
    endWall: parseWallTime('2026-09-01T10:30:00'),
    zone: parseZone('Europe/Berlin'),
  },
  attendees: [{ email: 'guest@example.org', name: 'Guest', optional: false }],
};
const event: NewEvent = { calendarId, marker, fields, conference: true, notify: 'none' };

function writer(google: ScriptedGoogle): EventWriter {
  const { writer: found } = provider.open(google.access('read_write'));
  if (found === undefined) throw new Error('expected a writer');
  return found;
}

const query = (google: ScriptedGoogle) => Object.fromEntries(google.last.url.searchParams);

describe('creating', () => {
  it('F02 F37 carries the marker as its id, mails nobody unasked and asks for a Meet link', async () => {
    const google = new ScriptedGoogle({ body: review });
    const created = await writer(google).create(event);
    expect(created).toMatchObject({ id: marker, marker });
    expect(google.last).toMatchObject({ method: 'POST' });
    expect(query(google)).toEqual({ sendUpdates: 'none', conferenceDataVersion: '1' });
    expect(google.last.body).toEqual({
      id: marker,
      summary: 'Intro call',
      start: { dateTime: '2026-09-01T08:00:00Z', timeZone: 'Europe/Berlin' },
      end: { dateTime: '2026-09-01T08:30:00Z', timeZone: 'Europe/Berlin' },
      transparency: 'opaque',
      visibility: 'default',
      reminders: { useDefault: true, overrides: [] },
      attendees: [{ email: 'guest@example.org', displayName: 'Guest', optional: false }],
      extendedProperties: { private: { daymark: marker } },
      conferenceData: { createRequest: { requestId: marker, conferenceSolutionKey: { type: 'hangoutsMeet' } } },
    });
  });

  it.each([
    ['all', 'all'],
    ['external', 'externalOnly'],
    ['none', 'none'],
  ] as const)('F37 tells Google whom to mail: %s', async (notify, sendUpdates) => {
    const google = new ScriptedGoogle({ body: review });
    await writer(google).create({ ...event, conference: false, notify });
    expect(query(google)).toMatchObject({ sendUpdates });
    expect(google.last.body).not.toHaveProperty('conferenceData');
  });

  it('F02 finds the event of the first attempt when the reply to it was lost', async () => {
    const google = new ScriptedGoogle(new TypeError('socket hang up'), refusal(409, 'duplicate'), { body: review });
    await expect(writer(google).create(event)).rejects.toMatchObject({ code: 'unavailable' });
    expect(await writer(google).create(event)).toMatchObject({ id: marker });
    expect(google.calls.map((call) => call.method)).toEqual(['POST', 'POST', 'GET']);
  });

  it.each([
    ['was deleted since', { id: marker, etag: '"1"', status: 'cancelled' }, 'marker-of-deleted-event'],
    ['belongs to somebody else', { ...review, extendedProperties: {} }, 'marker-taken'],
  ])('is a conflict when the event under the marker %s', async (_what, found, reason) => {
    const google = new ScriptedGoogle(refusal(409, 'duplicate'), { body: found });
    await expect(writer(google).create(event)).rejects.toMatchObject({ code: 'conflict', subject: 'event', reason });
  });

  it('F38 refuses a marker that Google would not take as an id, without asking', async () => {
    const google = new ScriptedGoogle();
    await expect(writer(google).create({ ...event, marker: 'zz' })).rejects.toMatchObject({ code: 'invalid-request' });
    expect(google.calls).toHaveLength(0);
  });

  it('shows a conference that is still being made as pending', async () => {
    const google = new ScriptedGoogle({
      body: {
        ...review,
        hangoutLink: undefined,
        conferenceData: { createRequest: { requestId: marker, status: { statusCode: 'pending' } } },
      },
    });
    expect((await writer(google).create(event)).conference).toMatchObject({ status: 'pending', joinUrl: null });
  });

  it('F34 says that the calendar may only be read', async () => {
    await expect(
      writer(new ScriptedGoogle(refusal(403, 'requiredAccessLevel', { domain: 'calendar' }))).create(event),
    ).rejects.toMatchObject({ code: 'forbidden', subject: 'calendar' });
  });
});

describe('updating', () => {
  const update = { ref, ifVersion: etag, fields: { title: 'New title' }, notify: 'none' } as const;

  it('F06 F39 sends what changed, and only if nobody else did in the meantime', async () => {
    const google = new ScriptedGoogle({ body: review });
    await writer(google).update(update);
    expect(google.last).toMatchObject({ method: 'PATCH', body: { summary: 'New title' } });
    expect(google.last.headers.get('if-match')).toBe(etag);
    expect(query(google)).toEqual({ sendUpdates: 'none', conferenceDataVersion: '1' });
  });

  it('F06 is a conflict when another version is there, and not found when none is', async () => {
    const google = new ScriptedGoogle(refusal(412, 'conditionNotMet'), refusal(404, 'notFound'), { body: {} });
    await expect(writer(google).update(update)).rejects.toMatchObject({ code: 'conflict' });
    await expect(writer(google).update(update)).rejects.toMatchObject({ code: 'not-found', subject: 'event' });
    expect(google.calls.map((call) => call.method)).toEqual(['PATCH', 'PATCH', 'GET']);
  });

  it('F34 leaves an event of somebody else alone after one refusal', async () => {
    const google = new ScriptedGoogle(refusal(403, 'forbiddenForNonOrganizer', { domain: 'calendar' }));
    await expect(writer(google).update(update)).rejects.toMatchObject({ code: 'forbidden', subject: 'event' });
    expect(google.calls).toHaveLength(1);
  });

  it('F39 replaces the guests without losing what they answered', async () => {
    const google = new ScriptedGoogle({ body: review }, { body: review });
    await writer(google).update({ ...update, fields: { attendees: [{ email: 'bob@example.org', name: null, optional: false }] } });
    expect(google.last.body).toEqual({
      attendees: [
        { email: 'ada@example.org', organizer: true, self: true, responseStatus: 'accepted' },
        {
          email: 'bob@example.org',
          displayName: 'Bob',
          responseStatus: 'needsAction',
          optional: false,
          comment: 'maybe late',
          additionalGuests: 1,
        },
      ],
    });
  });

  it('F39 writes no guests when Google does not show all of them, or another version of them', async () => {
    const guests = { ...update, fields: { attendees: [] } };
    const cut = new ScriptedGoogle({ body: { ...review, attendeesOmitted: true } });
    await expect(writer(cut).update(guests)).rejects.toMatchObject({ code: 'invalid-request', reason: 'attendees-omitted' });
    const other = new ScriptedGoogle({ body: { ...review, etag: '"other"' } });
    await expect(writer(other).update(guests)).rejects.toMatchObject({ code: 'conflict' });
    expect([...cut.calls, ...other.calls].map((call) => call.method)).toEqual(['GET', 'GET']);
  });

  it('asks for a link with the same request each time it is repeated, and with another for the next version', async () => {
    const requestOf = async (ifVersion: string) => {
      const google = new ScriptedGoogle({ body: review });
      await writer(google).update({ ...update, fields: {}, ifVersion, conference: 'add' });
      return (google.last.body as { conferenceData: { createRequest: { requestId: string } } }).conferenceData.createRequest.requestId;
    };
    expect(await requestOf('"1"')).toBe(await requestOf('"1"'));
    expect(await requestOf('"1"')).not.toBe(await requestOf('"2"'));
  });

  it('takes the link away by clearing it', async () => {
    const google = new ScriptedGoogle({ body: review });
    await writer(google).update({ ...update, fields: {}, conference: 'remove' });
    expect(google.last.body).toEqual({ conferenceData: null });
  });
});

describe('deleting', () => {
  it('F37 mails nobody unasked', async () => {
    const google = new ScriptedGoogle({ status: 204 });
    await writer(google).remove({ ref, notify: 'none', ifVersion: '"7"' });
    expect(google.last.method).toBe('DELETE');
    expect(google.last.headers.get('if-match')).toBe('"7"');
    expect(query(google)).toEqual({ sendUpdates: 'none' });
  });

  it('F06 succeeds when it is gone', async () => {
    await writer(new ScriptedGoogle(refusal(410, 'deleted'))).remove({ ref, notify: 'none' });
    await writer(new ScriptedGoogle(refusal(404, 'notFound'), { body: {} })).remove({ ref, notify: 'none' });
    const versioned = new ScriptedGoogle(refusal(412, 'conditionNotMet'), { body: { id: marker, etag: '"8"', status: 'cancelled' } });
    await writer(versioned).remove({ ref, notify: 'none', ifVersion: '"7"' });
  });

  it('F06 is a conflict when it was changed', async () => {
    const google = new ScriptedGoogle(refusal(412, 'conditionNotMet'), { body: review });
    await expect(writer(google).remove({ ref, notify: 'none', ifVersion: '"7"' })).rejects.toMatchObject({ code: 'conflict' });
  });

  it('says that a comment has to be mailed by the host', () => {
    expect(writer(new ScriptedGoogle()).commentOnCancel).toBe(false);
  });
});
