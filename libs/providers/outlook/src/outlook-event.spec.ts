import { parseInstant } from '@daymark/domain';
import type { EventChange, ProviderEvent } from '@daymark/provider-contract';
import { describe, expect, it } from 'vitest';
import { MARKER_PROPERTY, needsSource, readChange } from './outlook-event.ts';

const ada = { owner: 'ada@example.org', hidesPrivate: false };
const person = (address: string, name = '') => ({ emailAddress: { address, name } });
const utc = (dateTime: string) => ({ dateTime: `${dateTime}.0000000`, timeZone: 'UTC' });

/** A meeting as Graph tells it; what is not given here is as Graph has it by default. */
const meeting = {
  '@odata.etag': 'W/"1"',
  id: 'AAkAL1=',
  type: 'singleInstance',
  subject: 'Review',
  start: utc('2026-09-01T08:00:00'),
  end: utc('2026-09-01T09:00:00'),
  originalStartTimeZone: 'W. Europe Standard Time',
  isAllDay: false,
  showAs: 'busy',
  sensitivity: 'normal',
  isOrganizer: true,
  isCancelled: false,
  organizer: person('ada@example.org', 'Ada'),
  attendees: [] as unknown[],
  responseStatus: { response: 'organizer', time: '0001-01-01T00:00:00Z' },
  body: { contentType: 'text', content: 'Bring numbers\r\n' },
  location: { displayName: 'Room 4' },
  isReminderOn: true,
  reminderMinutesBeforeStart: 15,
};

function change(fields: object, source = ada): EventChange {
  return readChange({ ...meeting, ...fields }, { source, position: 0 });
}

function saved(fields: object, source = ada): ProviderEvent {
  const result = change(fields, source);
  if (result.kind !== 'saved') throw new Error(`expected a saved event, got ${JSON.stringify(result)}`);
  return result.event;
}

describe('an event of Outlook', () => {
  it('keeps every field of a meeting', () => {
    const event = saved({
      iCalUId: 'uid-1',
      transactionId: '0190C2AA-0190-c2aa-0190-c2aa0190c2aa',
      webLink: 'https://outlook.office365.com/owa/?itemid=1',
      createdDateTime: '2026-08-19T08:00:00.1234567Z',
      lastModifiedDateTime: '2026-08-20T08:00:00Z',
      isOnlineMeeting: true,
      onlineMeetingProvider: 'teamsForBusiness',
      onlineMeeting: { joinUrl: 'https://teams.microsoft.com/l/1', conferenceId: '123' },
    });
    const { raw: _raw, ...told } = event;
    expect(told).toEqual({
      id: 'AAkAL1=',
      iCalUid: 'uid-1',
      version: 'W/"1"',
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
      description: 'Bring numbers',
      location: 'Room 4',
      organizer: { email: 'ada@example.org', name: 'Ada', self: true },
      attendees: [],
      attendeesOmitted: false,
      conference: { status: 'ready', platform: 'Microsoft Teams', joinUrl: 'https://teams.microsoft.com/l/1', conferenceId: '123' },
      reminders: { useDefault: false, overrides: [{ method: 'popup', minutes: 15 }] },
      colorId: null,
      marker: '0190c2aa0190c2aa0190c2aa0190c2aa',
      url: 'https://outlook.office365.com/owa/?itemid=1',
      sequence: 0,
      createdAt: parseInstant('2026-08-19T08:00:00.1234567Z'),
      updatedAt: parseInstant('2026-08-20T08:00:00Z'),
      readOnlyReason: null,
    });
  });

  it.each([
    ['busy', true, 'confirmed'],
    ['oof', true, 'confirmed'],
    ['tentative', true, 'tentative'],
    ['unknown', true, 'confirmed'],
    ['something new', true, 'confirmed'],
    ['free', false, 'confirmed'],
    ['workingElsewhere', false, 'confirmed'],
  ])('AVL-01 shown as %s takes time: %s', (showAs, busy, status) => {
    expect(saved({ showAs })).toMatchObject({ busy, status });
  });

  it.each([
    ['declined', false],
    ['accepted', true],
    ['tentativelyAccepted', true],
    ['none', true],
    ['notResponded', true],
  ])('AVL-01 an invitation that is %s takes time: %s', (response, busy) => {
    expect(saved({ isOrganizer: false, responseStatus: { response } })).toMatchObject({ busy, readOnlyReason: 'not-organizer' });
  });

  it('tells what the organizer cancelled as cancelled, taking no time', () => {
    expect(saved({ isCancelled: true })).toMatchObject({ status: 'cancelled', busy: false });
  });

  it.each([
    ['normal', 'default'],
    ['personal', 'private'],
    ['private', 'private'],
    ['confidential', 'private'],
  ])('F38 of sensitivity %s is %s', (sensitivity, visibility) => {
    expect(saved({ sensitivity }).visibility).toBe(visibility);
  });

  it('F38 shows nothing of a private event whose details are withheld, not even the title that Microsoft makes up', () => {
    const withheld = { owner: 'bob@example.org', hidesPrivate: true };
    const fields = { sensitivity: 'private', subject: 'Private appointment' };
    expect(saved(fields, withheld)).toMatchObject({ title: null, description: null, location: null, busy: true, attendeesOmitted: true });
    expect(saved({ ...fields, sensitivity: 'personal' }, withheld).title).toBe('Private appointment');
  });

  it('tells each guest once, with the own answer from the event and the organizer marked', () => {
    const { attendees, organizer } = saved({
      isOrganizer: false,
      organizer: person('bob@example.org', 'Bob'),
      responseStatus: { response: 'accepted' },
      attendees: [
        { ...person('Bob@example.org'), type: 'required', status: { response: 'none' } },
        { ...person('ADA@example.org', 'Ada'), type: 'required', status: { response: 'notResponded' } },
        { ...person('ada@example.org', 'Ada'), type: 'required', status: { response: 'none' } },
        { ...person('room@example.org', 'Room'), type: 'resource', status: { response: 'accepted' } },
        { ...person('eve@example.org'), type: 'optional', status: { response: 'tentativelyAccepted' } },
      ],
    });
    expect(organizer).toEqual({ email: 'bob@example.org', name: 'Bob', self: false });
    const guest = { name: null, self: false, optional: false, resource: false, organizer: false };
    expect(attendees).toEqual([
      { ...guest, email: 'Bob@example.org', response: 'needs-action', organizer: true },
      { ...guest, email: 'ADA@example.org', name: 'Ada', response: 'accepted', self: true },
      { ...guest, email: 'room@example.org', name: 'Room', response: 'accepted', resource: true },
      { ...guest, email: 'eve@example.org', response: 'tentative', optional: true },
    ]);
  });

  it('says that guests are missing where they are hidden, or one has no address', () => {
    const attendees = [{ ...person('eve@example.org'), type: 'required' }];
    expect(saved({ attendees }).attendeesOmitted).toBe(false);
    expect(saved({ attendees, isOrganizer: false, hideAttendees: true }).attendeesOmitted).toBe(true);
    expect(saved({ attendees: [...attendees, { emailAddress: { name: 'Nobody' } }] })).toMatchObject({
      attendeesOmitted: true,
      attendees: [{ email: 'eve@example.org' }],
    });
  });

  it('SCH-03 tells a meeting whose link is still being made as pending', () => {
    const online = { isOnlineMeeting: true, onlineMeetingProvider: 'skypeForConsumer', onlineMeeting: null };
    expect(saved(online).conference).toEqual({ status: 'pending', platform: 'Skype', joinUrl: null, conferenceId: null });
    expect(saved({ ...online, onlineMeetingUrl: 'javascript:alert(1)' }).conference?.joinUrl).toBeNull();
    expect(saved({}).conference).toBeNull();
  });

  it.each([
    [
      'from the property, where it was asked for',
      { singleValueExtendedProperties: [{ id: MARKER_PROPERTY, value: 'a'.repeat(32) }] },
      'a'.repeat(32),
    ],
    ['of nobody', {}, null],
    ['of nobody, when Outlook on the web made it', { transactionId: 'localevent:0190c2aa-0190-c2aa-0190-c2aa0190c2aa' }, null],
    [
      'of nobody, when the property is of somebody else',
      { singleValueExtendedProperties: [{ id: 'String {x} Name y', value: 'b'.repeat(32) }] },
      null,
    ],
  ])('takes the marker %s', (_what, fields, marker) => {
    expect(saved(fields).marker).toBe(marker);
  });
});

describe('when an event of Outlook is', () => {
  it('F16 takes the dates of days, in whatever zone their midnights are told', () => {
    const days = { isAllDay: true, start: { dateTime: '2026-09-01T00:00:00.0000000', timeZone: 'Tokyo Standard Time' } };
    const end = { dateTime: '2026-09-03T00:00:00.0000000', timeZone: 'Tokyo Standard Time' };
    expect(saved({ ...days, end }).time).toEqual({ kind: 'all-day', startDate: '2026-09-01', endDate: '2026-09-03' });
  });

  it('F15 reads a clock time in another zone than was asked for', () => {
    const at = (dateTime: string) => ({ dateTime, timeZone: 'Eastern Standard Time' });
    expect(saved({ start: at('2026-09-01T04:00:00'), end: at('2026-09-01T05:00:00') }).time).toMatchObject({
      start: parseInstant('2026-09-01T08:00:00Z'),
      startWall: '2026-09-01T10:00:00',
    });
  });

  it('F15 takes a single event of an unknown zone as instants', () => {
    expect(saved({ originalStartTimeZone: 'tzone://Microsoft/Custom' }).time).toMatchObject({
      zone: 'UTC',
      startWall: '2026-09-01T08:00:00',
    });
  });

  const daily = { pattern: { type: 'daily', interval: 1 }, range: { type: 'noEnd', startDate: '2026-09-01' } };

  it('SYN-05 tells a series by the clock of its own zone', () => {
    const recurrence = { ...daily, range: { ...daily.range, recurrenceTimeZone: 'Eastern Standard Time' } };
    const event = saved({ type: 'seriesMaster', recurrence });
    expect(event.time).toMatchObject({ zone: 'America/New_York', startWall: '2026-09-01T04:00:00' });
    expect(event.recurrence).toMatchObject({ kind: 'series', rules: [expect.stringContaining('FREQ=DAILY')] });
  });

  it.each([
    ['moved', { type: 'exception', originalStart: '2026-09-01T06:00:00Z' }, '2026-09-01T06:00:00Z'],
    ['as the rule gives it', { type: 'occurrence' }, '2026-09-01T08:00:00Z'],
  ])('SYN-05 tells where an occurrence stood that is %s', (_how, fields, at) => {
    const originalStart = { kind: 'timed', at: parseInstant(at) };
    expect(saved({ ...fields, seriesMasterId: 'M' }).recurrence).toEqual({ kind: 'exception', seriesId: 'M', originalStart });
  });

  it.each([
    ['UTC', '2026-09-02T00:00:00Z', '2026-09-02'],
    ['W. Europe Standard Time', '2026-09-01T22:00:00Z', '2026-09-02'],
    ['UTC', '2026-09-01T22:00:00Z', '2026-09-02'],
    ['Tokyo Standard Time', '2026-09-02T00:00:00Z', '2026-09-02'],
    ['New Zealand Standard Time', '2026-12-01T11:00:00Z', '2026-12-02'],
    ['', '2026-12-01T11:00:00Z', '2026-12-02'],
    ['Hawaiian Standard Time', '2026-09-02T10:00:00Z', '2026-09-02'],
    ['', '2026-09-02T10:00:00Z', '2026-09-02'],
    ['UTC+12', '2026-09-01T12:00:00Z', '2026-09-02'],
  ])('F16 finds the day that an exception stood on: %s, %s', (originalStartTimeZone, originalStart, date) => {
    const day = { isAllDay: true, start: utc('2026-09-05T00:00:00'), end: utc('2026-09-06T00:00:00') };
    const event = saved({ ...day, type: 'exception', seriesMasterId: 'M', originalStart, originalStartTimeZone });
    expect(event.recurrence).toMatchObject({ originalStart: { kind: 'all-day', date } });
  });

  it.each([
    ['it ends before it starts', { end: utc('2026-09-01T07:00:00') }],
    ['it has no start', { start: null }],
    ['it has no end', { end: null }],
    ['its time cannot be read', { start: { dateTime: 'canary', timeZone: 'UTC' } }],
    ['its time is told in an unknown time zone', { start: { dateTime: '2026-09-01T07:00:00', timeZone: 'canary' } }],
    ['its date cannot be read', { isAllDay: true, start: { dateTime: 'canary', timeZone: 'UTC' } }],
    ['it has no version', { '@odata.etag': null }],
    ['it repeats in an unknown time zone', { type: 'seriesMaster', recurrence: daily, originalStartTimeZone: 'Customized Time Zone' }],
    ['it does not tell how it repeats', { type: 'seriesMaster' }],
    [
      'its recurrence cannot be told',
      { type: 'seriesMaster', recurrence: { pattern: { type: 'canary', interval: 1 }, range: { type: 'noEnd' } } },
    ],
    ['it does not tell which occurrence it replaces', { type: 'exception', seriesMasterId: 'M' }],
    ['its original start cannot be read', { type: 'exception', seriesMasterId: 'M', originalStart: 'canary' }],
    ['subject: invalid_type', { subject: 7 }],
  ])('F14 sets an event aside: %s', (reason, fields) => {
    expect(change(fields)).toMatchObject({ kind: 'unreadable', eventId: 'AAkAL1=', reason });
  });

  it('F14 sets aside what is no event at all', () => {
    expect(readChange('nonsense', { source: ada, position: 3 })).toMatchObject({
      kind: 'unreadable',
      eventId: 'without-id-3',
      version: null,
    });
  });

  it('F10 does not say of what is told as gone that it was deleted', () => {
    const gone = readChange({ id: 'x', '@removed': { reason: 'deleted' } }, { source: ada, position: 0 });
    expect(gone).toEqual({ kind: 'removed', eventId: 'x', why: 'unknown' });
  });
});

describe('what has to be known of a calendar', () => {
  it.each([
    [false, {}],
    [true, { attendees: [person('eve@example.org')] }],
    [true, { isOrganizer: false }],
    [true, { sensitivity: 'private' }],
  ])('is asked for where it matters: %s', (isNeeded, fields) => {
    expect(needsSource({ ...meeting, ...fields })).toBe(isNeeded);
  });
});
