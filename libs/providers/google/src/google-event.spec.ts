import { instant, parseDate, parseInstant, parseWallTime, parseZone, UTC } from '@daymark/domain';
import type { EventChange, ProviderEvent } from '@daymark/provider-contract';
import { describe, expect, it } from 'vitest';
import page from './__fixtures__/events-page.json' with { type: 'json' };
import { readChange, writeAttendees, writeFields } from './google-event.ts';

const berlin = { zone: parseZone('Europe/Berlin'), isExpanded: false };
const timed = {
  start: { dateTime: '2026-09-01T10:00:00+02:00', timeZone: 'Europe/Berlin' },
  end: { dateTime: '2026-09-01T11:00:00+02:00', timeZone: 'Europe/Berlin' },
};

function change(fields: object, source = berlin): EventChange {
  return readChange({ id: 'e1', etag: '"1"', status: 'confirmed', ...fields }, { ...source, position: 0 });
}

function saved(fields: object, source = berlin): ProviderEvent {
  const result = change(fields, source);
  if (result.kind !== 'saved') throw new Error(`expected a saved event, got ${JSON.stringify(result)}`);
  return result.event;
}

function fixture(index: number): EventChange {
  return readChange(page.items[index], { ...berlin, position: index });
}

describe('an event of Google', () => {
  it('keeps every field of a meeting', () => {
    const result = fixture(0);
    expect(result).toMatchObject({
      kind: 'saved',
      event: {
        id: '0a1b2c3d4e5f6g7h8i9j0k1l2m',
        iCalUid: '0a1b2c3d4e5f6g7h8i9j0k1l2m@google.com',
        version: '"3512345678901000"',
        recurrence: { kind: 'single' },
        time: {
          kind: 'timed',
          start: parseInstant('2026-09-01T08:00:00Z'),
          end: parseInstant('2026-09-01T09:00:00Z'),
          startWall: '2026-09-01T10:00:00',
          endWall: '2026-09-01T11:00:00',
          zone: 'Europe/Berlin',
        },
        status: 'confirmed',
        kind: 'default',
        busy: true,
        visibility: 'default',
        title: 'Review',
        description: 'Bring <b>numbers</b>',
        location: 'Room 4',
        organizer: { email: 'ada@example.org', name: 'Ada', self: true },
        attendeesOmitted: false,
        conference: {
          status: 'ready',
          platform: 'Google Meet',
          joinUrl: 'https://meet.google.com/aaa-bbbb-ccc',
          conferenceId: 'aaa-bbbb-ccc',
        },
        reminders: { useDefault: false, overrides: [{ method: 'popup', minutes: 15 }] },
        colorId: '7',
        marker: '0190c2aa0190c2aa0190c2aa0190c2aa',
        url: 'https://www.google.com/calendar/event?eid=MGExYg',
        sequence: 3,
        createdAt: parseInstant('2026-08-19T08:00:00Z'),
        updatedAt: parseInstant('2026-08-19T08:00:00.123Z'),
        readOnlyReason: null,
      },
    });
    expect((result as { event: ProviderEvent }).event.attendees).toEqual([
      { email: 'ada@example.org', name: null, self: true, response: 'accepted', optional: false, resource: false, organizer: true },
      { email: 'bob@example.org', name: 'Bob', self: false, response: 'needs-action', optional: true, resource: false, organizer: false },
      {
        email: 'room4@resource.calendar.google.com',
        name: 'Room 4',
        self: false,
        response: 'accepted',
        optional: false,
        resource: true,
        organizer: false,
      },
    ]);
  });

  it('F16 is a date and no instant when it is all-day, with an exclusive end', () => {
    expect(fixture(1)).toMatchObject({ event: { time: { kind: 'all-day', startDate: '2026-09-03', endDate: '2026-09-05' }, busy: false } });
    expect(
      saved({ start: { date: '2026-09-03' }, end: { date: '2026-09-05' } }, { ...berlin, zone: parseZone('Pacific/Kiritimati') }).time,
    ).toEqual({
      kind: 'all-day',
      startDate: '2026-09-03',
      endDate: '2026-09-05',
    });
  });

  it('is a master with its rules, an exception by its original start, or a hole', () => {
    expect(fixture(2)).toMatchObject({
      event: { recurrence: { kind: 'series', rules: ['RRULE:FREQ=WEEKLY;BYDAY=MO', 'EXDATE;TZID=Europe/Berlin:20260831T090000'] } },
    });
    const slot = (text: string) => ({
      kind: 'exception',
      seriesId: 'series0001',
      originalStart: { kind: 'timed', at: parseInstant(text) },
    });
    expect(fixture(3)).toMatchObject({ event: { recurrence: slot('2026-09-07T07:00:00Z'), time: { startWall: '2026-09-07T11:00:00' } } });
    expect(fixture(4)).toMatchObject({
      kind: 'saved',
      event: { status: 'cancelled', busy: false, time: null, recurrence: slot('2026-09-14T07:00:00Z') },
    });
  });

  it('F12 keeps the original date of an all-day exception that was moved', () => {
    expect(
      saved({
        recurringEventId: 's',
        originalStartTime: { date: '2026-09-07' },
        start: { date: '2026-09-09' },
        end: { date: '2026-09-10' },
      }).recurrence,
    ).toEqual({
      kind: 'exception',
      seriesId: 's',
      originalStart: { kind: 'all-day', date: '2026-09-07' },
    });
  });

  it('is removed when cancelled without a series, and the hole of an expanded series too', () => {
    expect(fixture(5)).toEqual({ kind: 'removed', eventId: 'gone000001', why: 'deleted' });
    const hole = { status: 'cancelled', recurringEventId: 's', originalStartTime: { date: '2026-09-07' } };
    expect(change(hole, { ...berlin, isExpanded: true })).toEqual({ kind: 'removed', eventId: 'e1', why: 'deleted' });
  });

  it('is an occurrence where Google expanded the series', () => {
    const fields = { ...timed, recurringEventId: 's', originalStartTime: timed.start };
    expect(saved(fields, { ...berlin, isExpanded: true }).recurrence.kind).toBe('occurrence');
  });

  it.each([
    ['workingLocation', 'working-location', false],
    ['birthday', 'birthday', false],
    ['outOfOffice', 'out-of-office', true],
    ['focusTime', 'focus-time', true],
    ['fromGmail', 'from-mail', true],
    ['somethingNew', 'other', true],
  ])('F36 of type %s is %s, takes time: %s, and cannot be written', (eventType, kind, busy) => {
    expect(saved({ ...timed, eventType })).toMatchObject({ kind, busy, readOnlyReason: 'special-kind' });
  });

  it('takes no time when it is free or when the owner of the calendar declined', () => {
    const me = (responseStatus: string) => ({
      attendees: [
        { email: 'a@example.org', self: true, responseStatus },
        { email: 'b@example.org', responseStatus: 'declined' },
      ],
    });
    expect(saved({ ...timed, transparency: 'transparent' }).busy).toBe(false);
    expect(saved({ ...timed, ...me('declined') }).busy).toBe(false);
    expect(saved({ ...timed, ...me('tentative') }).busy).toBe(true);
    expect(saved({ ...timed, status: 'tentative' })).toMatchObject({ busy: true, status: 'tentative' });
  });

  it('F34 cannot be written by a guest unless guests may', () => {
    const foreign = { ...timed, organizer: { email: 'x@example.org' } };
    expect(saved(foreign).readOnlyReason).toBe('not-organizer');
    expect(saved({ ...foreign, guestsCanModify: true }).readOnlyReason).toBeNull();
    expect(saved({ ...foreign, guestsCanModify: true, locked: true }).readOnlyReason).toBe('locked');
  });

  it('F38 counts a visibility that is not known as private', () => {
    expect(saved({ ...timed, visibility: 'confidential' }).visibility).toBe('private');
    expect(saved({ ...timed, visibility: 'friendsOfFriends' }).visibility).toBe('private');
    expect(saved({ ...timed, visibility: 'public' }).visibility).toBe('public');
  });

  it('says that its guests are not all there when one of them has no address', () => {
    expect(saved({ ...timed, attendees: [{ displayName: 'No address' }, { email: 'b@example.org' }] })).toMatchObject({
      attendeesOmitted: true,
      attendees: [{ email: 'b@example.org' }],
    });
    expect(saved({ ...timed, attendeesOmitted: true }).attendeesOmitted).toBe(true);
  });

  it.each([
    [{ createRequest: { requestId: 'r', status: { statusCode: 'pending' } } }, 'pending'],
    [{ createRequest: { requestId: 'r', status: { statusCode: 'failure' } } }, 'failed'],
    [{ createRequest: { requestId: 'r' } }, 'pending'],
    [{ entryPoints: [{ entryPointType: 'phone', uri: 'tel:+1' }], conferenceSolution: { name: 'Bridge' } }, 'ready'],
  ])('has a conference %j that is %s', (conferenceData, status) => {
    expect(saved({ ...timed, conferenceData }).conference).toMatchObject({ status, joinUrl: null });
  });

  it('takes no link that is not a web page', () => {
    const conferenceData = { entryPoints: [{ entryPointType: 'video', uri: 'javascript:alert(1)' }] };
    expect(saved({ ...timed, conferenceData, hangoutLink: 'javascript:alert(1)', htmlLink: 'data:text/html,x' })).toMatchObject({
      url: null,
      conference: { joinUrl: null },
    });
  });

  it('reads a time without an offset in its own zone, and one without a zone in that of the calendar', () => {
    const kolkata = saved({
      start: { dateTime: '2026-09-01T10:00:00', timeZone: 'Asia/Kolkata' },
      end: { dateTime: '2026-09-01T11:00:00', timeZone: 'Asia/Kolkata' },
    });
    expect(kolkata.time).toMatchObject({
      start: parseInstant('2026-09-01T04:30:00Z'),
      startWall: '2026-09-01T10:00:00',
      zone: 'Asia/Kolkata',
    });
    const plain = saved({ start: { dateTime: '2026-09-01T08:00:00Z' }, end: { dateTime: '2026-09-01T09:00:00Z' } });
    expect(plain.time).toMatchObject({ startWall: '2026-09-01T10:00:00', zone: 'Europe/Berlin' });
  });
});

describe('F14 an odd event', () => {
  it.each([
    ['it has no start', {}],
    ['it starts with a date and ends with a time', { start: { date: '2026-09-01' }, end: timed.end }],
    ['it starts with a time and ends with a date', { start: timed.start, end: { date: '2026-09-02' } }],
    ['it ends before it starts', { start: timed.end, end: timed.start }],
    ['it ends before it starts', { start: { date: '2026-09-03' }, end: { date: '2026-09-01' } }],
    ['its date cannot be read', { start: { date: '2026-02-31' }, end: { date: '2026-03-01' } }],
    ['its time cannot be read', { start: { dateTime: 'tomorrow' }, end: timed.end }],
    [
      'it repeats in an unknown time zone',
      { start: { ...timed.start, timeZone: 'Middle/Earth' }, end: timed.end, recurrence: ['RRULE:FREQ=DAILY'] },
    ],
    ['it does not tell which occurrence it replaces', { ...timed, recurringEventId: 's' }],
    ['it has no version', { ...timed, etag: undefined }],
    ['summary: invalid_type', { ...timed, summary: 7 }],
  ])('is set aside because %s', (reason, fields) => {
    expect(change(fields)).toMatchObject({ kind: 'unreadable', eventId: 'e1', reason, raw: { id: 'e1' } });
  });

  it('without an id is set aside by its place', () => {
    expect(readChange({ summary: 'nobody' }, { ...berlin, position: 4 })).toMatchObject({
      kind: 'unreadable',
      eventId: 'without-id-4',
      version: null,
    });
    expect(readChange(null, { ...berlin, position: 5 })).toMatchObject({ kind: 'unreadable', eventId: 'without-id-5' });
  });

  it.each([
    ['a missing end ends at once', { start: timed.start }, { end: parseInstant('2026-09-01T08:00:00Z') }],
    ['a date without an end is one day', { start: { date: '2026-09-01' } }, { startDate: '2026-09-01', endDate: '2026-09-02' }],
    ['a date that ends on itself is one day', { start: { date: '2026-09-01' }, end: { date: '2026-09-01' } }, { endDate: '2026-09-02' }],
    [
      'an unknown zone of a single event gives way to the calendar’s',
      { ...timed, start: { ...timed.start, timeZone: 'Middle/Earth' } },
      { zone: 'Europe/Berlin' },
    ],
    ['the year 1601', { start: { date: '1601-01-01' }, end: { date: '1601-01-02' } }, { startDate: '1601-01-01' }],
    ['the year 9999', { start: { dateTime: '9999-12-31T10:00:00Z' }, end: { dateTime: '9999-12-31T11:00:00Z' } }, { kind: 'timed' }],
  ])('is repaired: %s', (_rule, fields, time) => {
    expect(saved(fields).time).toMatchObject(time);
  });
});

describe('what is written', () => {
  const time = {
    kind: 'timed',
    start: parseInstant('2026-09-01T08:00:00Z'),
    end: parseInstant('2026-09-01T08:30:00Z'),
    startWall: parseWallTime('2026-09-01T10:00:00'),
    endWall: parseWallTime('2026-09-01T10:30:00'),
    zone: parseZone('Europe/Berlin'),
  } as const;

  it('F39 is only what changed', () => {
    expect(writeFields({ title: 'New' }, 'changed')).toEqual({ summary: 'New' });
    expect(writeFields({ description: null }, 'changed')).toEqual({ description: null });
    expect(writeFields({ busy: false, visibility: 'private' }, 'changed')).toEqual({ transparency: 'transparent', visibility: 'private' });
  });

  it('turns a date into a time and back by clearing the other', () => {
    expect(writeFields({ time }, 'changed').start).toEqual({ dateTime: '2026-09-01T08:00:00Z', timeZone: 'Europe/Berlin', date: null });
    expect(
      writeFields({ time: { kind: 'all-day', startDate: parseDate('2026-09-01'), endDate: parseDate('2026-09-02') } }, 'changed'),
    ).toEqual({
      start: { date: '2026-09-01', dateTime: null, timeZone: null },
      end: { date: '2026-09-02', dateTime: null, timeZone: null },
    });
  });

  it('comes back the same', () => {
    const fields = {
      title: 'Intro',
      description: 'About it',
      location: 'Here',
      time,
      recurrence: ['RRULE:FREQ=WEEKLY;COUNT=3'],
      busy: false,
      visibility: 'private',
      reminders: { useDefault: false, overrides: [{ method: 'email', minutes: 30 }] },
    } as const;
    const { recurrence, ...others } = fields;
    expect(saved(writeFields(fields, 'new'))).toMatchObject({ ...others, recurrence: { kind: 'series', rules: recurrence } });
  });

  it('leaves out of a new event what is empty', () => {
    const empty = { title: null, description: null, location: null, recurrence: [], busy: true, visibility: 'default' } as const;
    expect(writeFields(empty, 'new')).toEqual({ transparency: 'opaque', visibility: 'default' });
  });

  it('F39 keeps answers, comments and the organiser when a guest is added', () => {
    const current = page.items[0]?.attendees ?? [];
    const written = writeAttendees(
      [
        { email: 'BOB@example.org', name: null, optional: true },
        { email: 'eve@example.org', name: 'Eve', optional: false },
      ],
      current,
    );
    expect(written).toEqual([
      { email: 'ada@example.org', organizer: true, self: true, responseStatus: 'accepted' },
      {
        email: 'BOB@example.org',
        displayName: 'Bob',
        responseStatus: 'needsAction',
        optional: true,
        comment: 'maybe late',
        additionalGuests: 1,
      },
      { email: 'eve@example.org', displayName: 'Eve', optional: false },
    ]);
  });

  it('F15 holds wall time and zone on both sides of a clock change', () => {
    const winter = saved(
      {
        start: { dateTime: '2026-10-25T09:00:00+01:00', timeZone: 'Europe/Berlin' },
        end: { dateTime: '2026-10-25T10:00:00+01:00', timeZone: 'Europe/Berlin' },
      },
      { zone: UTC, isExpanded: false },
    );
    expect(winter.time).toMatchObject({ startWall: '2026-10-25T09:00:00', start: instant(Date.UTC(2026, 9, 25, 8)) });
  });
});
