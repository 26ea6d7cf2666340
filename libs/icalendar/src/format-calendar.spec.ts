import { describe, expect, it } from 'vitest';
import { addMilliseconds, HOUR_MS, instantOf, parseDate, parseInstant, parseWallTime, parseZone, wallTimeOf } from '@daymark/domain';
import type { CalendarAttendee, CalendarEvent, CalendarEventTime } from './calendar-event.ts';
import { formatCalendar } from './format-calendar.ts';

function timed(wall: string, zoneName: string): CalendarEventTime {
  const zone = parseZone(zoneName);
  const startWall = parseWallTime(wall);
  const start = instantOf(startWall, zone);
  const end = addMilliseconds(start, HOUR_MS);
  return { kind: 'timed', start, end, startWall, endWall: wallTimeOf(end, zone), zone };
}

const ada: CalendarAttendee = {
  email: 'ada@corp.test',
  name: 'Ada Lovelace',
  response: 'needs-action',
  optional: false,
  resource: false,
  replyRequested: true,
};

const event: CalendarEvent = {
  uid: 'mtg_1@daymark',
  sequence: 2,
  stampedAt: parseInstant('2027-01-05T10:00:00.750Z'),
  time: timed('2027-03-30T09:00:00', 'Europe/Berlin'),
  recurrenceId: null,
  rules: [],
  status: 'confirmed',
  busy: true,
  private: false,
  title: 'Planning',
  description: null,
  location: null,
  url: null,
  joinUrl: null,
  organizer: null,
  attendees: [],
};

/** Lines as a reader has them after unfolding. */
function lines(change: Partial<CalendarEvent>, method: 'REQUEST' | 'CANCEL' | 'PUBLISH' | null = 'REQUEST'): string[] {
  return formatCalendar({ method, events: [{ ...event, ...change }] })
    .replaceAll('\r\n ', '')
    .split('\r\n');
}

describe('iCalendar text for mail', () => {
  it('tells who meets when, where and why', () => {
    const found = lines({
      description: 'Agenda:\n1. Budget',
      location: 'Room 4, first floor',
      url: 'https://day.test/m/1',
      joinUrl: 'https://meet.test/abc',
      organizer: { email: 'host@corp.test', name: 'Grace Hopper' },
      attendees: [
        ada,
        { ...ada, email: 'room@corp.test', name: null, resource: true, optional: true, response: 'accepted', replyRequested: false },
      ],
    });
    expect(found.slice(0, 5)).toEqual([
      'BEGIN:VCALENDAR',
      'VERSION:2.0',
      'PRODID:-//Daymark//Daymark//EN',
      'CALSCALE:GREGORIAN',
      'METHOD:REQUEST',
    ]);
    expect(found.slice(found.indexOf('BEGIN:VEVENT'))).toEqual([
      'BEGIN:VEVENT',
      'UID:mtg_1@daymark',
      'SEQUENCE:2',
      'DTSTAMP:20270105T100000Z',
      'DTSTART;TZID=Europe/Berlin:20270330T090000',
      'DTEND;TZID=Europe/Berlin:20270330T100000',
      'STATUS:CONFIRMED',
      'TRANSP:OPAQUE',
      'SUMMARY:Planning',
      'DESCRIPTION:Agenda:\\n1. Budget',
      'LOCATION:Room 4\\, first floor',
      'URL:https://day.test/m/1',
      'CONFERENCE;FEATURE=VIDEO;VALUE=URI:https://meet.test/abc',
      'X-GOOGLE-CONFERENCE:https://meet.test/abc',
      'ORGANIZER;CN=Grace Hopper:mailto:host@corp.test',
      'ATTENDEE;CN=Ada Lovelace;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:ada@corp.test',
      'ATTENDEE;CUTYPE=RESOURCE;ROLE=OPT-PARTICIPANT;PARTSTAT=ACCEPTED;RSVP=FALSE:mailto:room@corp.test',
      'END:VEVENT',
      'END:VCALENDAR',
      '',
    ]);
  });

  it('F16 an all-day event has dates, and neither a time nor a zone', () => {
    const found = lines({ time: { kind: 'all-day', startDate: parseDate('2027-03-30'), endDate: parseDate('2027-04-01') } });
    expect(found).toContain('DTSTART;VALUE=DATE:20270330');
    expect(found).toContain('DTEND;VALUE=DATE:20270401');
    expect(found.join()).not.toContain('VTIMEZONE');
  });

  it('a time in UTC needs no zone', () => {
    const found = lines({ time: timed('2027-03-30T09:00:00', 'UTC') });
    expect(found).toContain('DTSTART:20270330T090000Z');
    expect(found.join()).not.toContain('TZID');
  });

  it('F46 the cancelling of one occurrence names that occurrence', () => {
    const found = lines({ status: 'cancelled', recurrenceId: { kind: 'timed', at: parseInstant('2027-03-30T07:00:00Z') } }, 'CANCEL');
    expect(found).toContain('METHOD:CANCEL');
    expect(found).toContain('STATUS:CANCELLED');
    expect(found).toContain('RECURRENCE-ID:20270330T070000Z');
  });

  it('a series carries its rules', () => {
    const rules = ['RRULE:FREQ=WEEKLY;COUNT=3', 'EXDATE;TZID=Europe/Berlin:20270406T090000', 'RDATE;VALUE=DATE:20270501'];
    expect(lines({ rules })).toEqual(expect.arrayContaining(rules));
  });

  it.each(['RRULE:FREQ=DAILY\r\nATTENDEE:mailto:evil@x.test', 'ATTENDEE:mailto:evil@x.test', 'RRULE:FREQ=NEVER', 'SUMMARY:x'])(
    'refuses %j as a rule',
    (rule) => {
      expect(() => lines({ rules: [rule] })).toThrow(RangeError);
    },
  );
});

describe('the zone component', () => {
  function zoneBlock(zoneName: string, wall = '2027-03-30T09:00:00', rules: string[] = []): string[] {
    const found = lines({ time: timed(wall, zoneName), rules });
    return found.slice(found.indexOf('BEGIN:VTIMEZONE'), found.indexOf('END:VTIMEZONE'));
  }

  it.each([
    ['Europe/Berlin', ['20270328T020000', '+0100', '+0200'], ['20271031T030000', '+0200', '+0100']],
    ['America/New_York', ['20270314T020000', '-0500', '-0400'], ['20271107T020000', '-0400', '-0500']],
    ['Australia/Lord_Howe', ['20270404T020000', '+1100', '+1030'], ['20271003T020000', '+1030', '+1100']],
  ])('F15 has the clock changes of %s in the year of the event', (zoneName, ...changes) => {
    const block = zoneBlock(zoneName).join('\n');
    expect(block).toContain(`TZID:${zoneName}`);
    for (const [start, from, to] of changes) expect(block).toContain(`DTSTART:${start}\nTZOFFSETFROM:${from}\nTZOFFSETTO:${to}`);
  });

  it('F15 has no change where there is none, and calls summer time what is later than the standard', () => {
    expect(zoneBlock('Asia/Kolkata').filter((line) => line.startsWith('BEGIN:'))).toEqual(['BEGIN:VTIMEZONE', 'BEGIN:STANDARD']);
    expect(zoneBlock('Europe/Berlin').join('\n')).toContain('BEGIN:DAYLIGHT\nDTSTART:20270328T020000');
  });

  it('F15 reaches to the end of a series', () => {
    const starts = (rules: string[]) =>
      zoneBlock('Europe/Berlin', '2027-03-30T09:00:00', rules)
        .filter((line) => line.startsWith('DTSTART:'))
        .at(-1)
        ?.slice(8, 12);
    expect(starts([])).toBe('2028');
    expect(starts(['RRULE:FREQ=WEEKLY;UNTIL=20290501T000000Z'])).toBe('2030');
    expect(starts(['RRULE:FREQ=WEEKLY'])).toBe('2033');
  });

  it('is there for every zone that is named, also by a rule', () => {
    const found = lines({ rules: ['RRULE:FREQ=WEEKLY', 'EXDATE;TZID=America/New_York:20270406T030000'] });
    expect(found.filter((line) => line.startsWith('TZID:'))).toEqual(['TZID:America/New_York', 'TZID:Europe/Berlin']);
  });
});

describe('hostile text', () => {
  const evil = 'x\r\nATTENDEE:mailto:evil@x.test\nBEGIN:VALARM\rEND:VEVENT\u2028\u0000;,:"\\';

  it('F50 never ends a line, whatever the field', () => {
    const found = lines({
      uid: `u${evil}`,
      title: evil,
      description: evil,
      location: evil,
      url: `https://x.test/${evil}`,
      joinUrl: `https://x.test/${evil}`,
      organizer: { email: `host@corp.test${evil}`, name: evil },
      attendees: [
        { ...ada, name: evil },
        { ...ada, email: `a@b.test${evil}` },
      ],
    });
    const names = found.map((line) => line.split(/[;:]/)[0]);
    expect(names.slice(names.lastIndexOf('BEGIN'))).toEqual([
      'BEGIN',
      'UID',
      'SEQUENCE',
      'DTSTAMP',
      'DTSTART',
      'DTEND',
      'STATUS',
      'TRANSP',
      'SUMMARY',
      'DESCRIPTION',
      'LOCATION',
      'ATTENDEE',
      'END',
      'END',
      '',
    ]);
    expect(found).not.toContain('BEGIN:VALARM');
    expect(found.filter((line) => line.startsWith('ATTENDEE'))).toEqual([expect.stringMatching(/:mailto:ada@corp\.test$/)]);
    expect(found.join('')).not.toContain('\u0000');
    expect(found.join('')).not.toMatch(/[\r\n]/);
  });

  it.each([
    ['a long plain line', 'a'.repeat(500)],
    ['emoji', '😀'.repeat(90)],
    ['letters of two and three octets', 'äß漢字'.repeat(60)],
    ['much to escape', ';,\\\n'.repeat(80)],
  ])('F50 %s is folded at 75 octets, without cutting a character', (_title, text) => {
    const folded = formatCalendar({ method: 'REQUEST', events: [{ ...event, description: text }] });
    for (const line of folded.split('\r\n')) expect(encodeURIComponent(line).replace(/%../g, 'x').length).toBeLessThanOrEqual(75);
    expect(folded).not.toMatch(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])/);
    expect(folded.replace(/\r\n/g, '')).not.toMatch(/[\r\n]/);
  });
});
