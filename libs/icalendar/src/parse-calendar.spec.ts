import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addDays,
  addMilliseconds,
  findZone,
  HOUR_MS,
  instantOf,
  parseDate,
  parseInstant,
  parseWallTime,
  parseZone,
  UTC,
  wallTimeOf,
} from '@daymark/domain';
import type { ZoneId } from '@daymark/domain';
import type { CalendarEvent, CalendarEventTime } from './calendar-event.ts';
import { formatCalendar } from './format-calendar.ts';
import { parseCalendar } from './parse-calendar.ts';

const berlin = parseZone('Europe/Berlin');

function timed(wall: string, zone: ZoneId): CalendarEventTime {
  const start = instantOf(parseWallTime(wall), zone);
  const end = addMilliseconds(start, HOUR_MS);
  return { kind: 'timed', start, end, startWall: wallTimeOf(start, zone), endWall: wallTimeOf(end, zone), zone };
}

function eventOf(text: string, options: Partial<Parameters<typeof parseCalendar>[1]> = {}): CalendarEvent {
  const parsed = parseCalendar(text, { floatingZone: berlin, ...options });
  const first = parsed.kind === 'calendar' ? parsed.events[0] : undefined;
  if (first?.kind !== 'event') throw new Error(`unreadable: ${JSON.stringify(parsed)}`);
  return first.event;
}

function octets(line: string): number {
  return encodeURIComponent(line).replace(/%../g, 'x').length;
}

function calendar(...lines: string[]): string {
  return ['BEGIN:VCALENDAR', 'BEGIN:VEVENT', 'UID:1', ...lines, 'END:VEVENT', 'END:VCALENDAR', ''].join('\r\n');
}

const texts = fc.string({ unit: fc.constantFrom(...'aB9 ;,:\\"\'^\nnN=<>&é漢😀', '\r\n '), maxLength: 200 });
const lines = fc.string({ unit: fc.constantFrom(...'aB9;,:\\^=<>&é漢😀'), minLength: 1, maxLength: 120 });
const emails = fc.constantFrom('ada@corp.test', "o'neil+x@corp.test", 'jürgen@müller.test');
const names = fc.string({ unit: fc.constantFrom(..."aB9;,:^'=<>&é漢😀"), minLength: 1, maxLength: 60 });
const persons = fc.record({ email: emails, name: fc.option(names) });
const times = fc.oneof(
  fc
    .record({
      day: fc.integer({ min: 0, max: 800 }),
      minute: fc.integer({ min: 0, max: 1_439 }),
      zone: fc.constantFrom('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'UTC'),
    })
    .map(({ day, minute, zone }) => {
      const clock = `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}:00`;
      return timed(`${addDays(parseDate('2026-01-01'), day)}T${clock}`, parseZone(zone));
    }),
  fc.record({ day: fc.integer({ min: 0, max: 800 }), days: fc.integer({ min: 1, max: 9 }) }).map(({ day, days }): CalendarEventTime => {
    const startDate = addDays(parseDate('2026-01-01'), day);
    return { kind: 'all-day', startDate, endDate: addDays(startDate, days) };
  }),
);
const events: fc.Arbitrary<CalendarEvent> = fc.record({
  uid: lines,
  sequence: fc.nat(100),
  stampedAt: fc.constant(parseInstant('2027-01-05T10:00:00Z')),
  time: times,
  recurrenceId: fc.constantFrom(
    null,
    { kind: 'timed' as const, at: parseInstant('2027-01-01T09:00:00Z') },
    { kind: 'all-day' as const, date: parseDate('2027-01-01') },
  ),
  rules: fc.constantFrom<string[]>(
    [],
    ['RRULE:FREQ=WEEKLY;BYDAY=MO,-1FR'.replace('-1FR', 'FR'), 'EXDATE:20270201T090000Z'],
    ['RRULE:FREQ=MONTHLY;BYDAY=-1FR;COUNT=9'],
  ),
  status: fc.constantFrom('confirmed', 'tentative', 'cancelled'),
  busy: fc.boolean(),
  private: fc.boolean(),
  title: fc.option(lines),
  description: fc.option(texts),
  location: fc.option(texts),
  url: fc.constantFrom(null, 'https://day.test/m/1?a=b;c,d&e=f'),
  joinUrl: fc.constantFrom(null, 'https://meet.test/abc?pwd=a,b;c'),
  organizer: fc.option(persons),
  attendees: fc.array(
    fc
      .tuple(persons, fc.constantFrom('needs-action', 'accepted', 'tentative', 'declined'), fc.boolean(), fc.boolean(), fc.boolean())
      .map(([person, response, optional, resource, replyRequested]) => ({ ...person, response, optional, resource, replyRequested })),
    { maxLength: 3 },
  ),
});

describe('text written and read again', () => {
  it('F50 is the same event, whatever people wrote into it', () => {
    const breaks = (text: string | null) => text?.replace(/\r\n?/g, '\n') ?? null;
    fc.assert(
      fc.property(events, (event) => {
        const text = formatCalendar({ method: 'REQUEST', events: [event] });
        for (const line of text.split('\r\n')) expect(octets(line)).toBeLessThanOrEqual(75);
        expect(eventOf(text)).toEqual({ ...event, description: breaks(event.description), location: breaks(event.location) });
      }),
      { numRuns: 300 },
    );
  });
});

describe('text of others', () => {
  it('F15 a time in a named zone is that wall time there, whatever its own zone component says', () => {
    const found = eventOf(calendar('DTSTART;TZID=America/New_York:20270705T090000', 'DTEND;TZID=Europe/Berlin:20270705T160000'));
    expect(found.time).toMatchObject({
      start: parseInstant('2027-07-05T13:00:00Z'),
      end: parseInstant('2027-07-05T14:00:00Z'),
      zone: 'America/New_York',
    });
  });

  it.each([
    ['without zone, in the zone of the calendar', 'DTSTART:20270705T090000', berlin, '2027-07-05T07:00:00Z'],
    ['in UTC', 'DTSTART:20270705T090000Z', UTC, '2027-07-05T09:00:00Z'],
    [
      'with a vendor prefix',
      'DTSTART;TZID=/freeassociation.sourceforge.net/Tzfile/Europe/Berlin:20270705T090000',
      berlin,
      '2027-07-05T07:00:00Z',
    ],
    ['with an alias', 'DTSTART;TZID=W. Europe Standard Time:20270705T090000', berlin, '2027-07-05T07:00:00Z'],
  ])('a time %s is understood', (_title, line, zone, utc) => {
    const findZoneByAlias = (name: string) => (name === 'W. Europe Standard Time' ? findZone('Europe/Berlin') : null);
    expect(eventOf(calendar(line), { findZoneByAlias }).time).toMatchObject({ start: parseInstant(utc), zone });
  });

  it.each([
    ['one day when only a date is given', ['DTSTART;VALUE=DATE:20270705'], { startDate: '2027-07-05', endDate: '2027-07-06' }],
    ['one day when both dates are the same', ['DTSTART;VALUE=DATE:20270705', 'DTEND;VALUE=DATE:20270705'], { endDate: '2027-07-06' }],
    ['a duration in days', ['DTSTART;VALUE=DATE:20270705', 'DURATION:P3D'], { endDate: '2027-07-08' }],
    ['a duration in hours', ['DTSTART:20270705T090000Z', 'DURATION:PT90M'], { end: parseInstant('2027-07-05T10:30:00Z') }],
    ['a moment when there is no end', ['DTSTART:20270705T090000Z'], { end: parseInstant('2027-07-05T09:00:00Z') }],
  ])('F14 takes %s', (_title, given, expected) => {
    expect(eventOf(calendar(...given)).time).toMatchObject(expected);
  });

  it.each([
    ['no start', [], 'no start'],
    ['a zone that nobody knows', ['DTSTART;TZID=Customized Time Zone:20270705T090000'], 'unknown time zone "Customized Time Zone"'],
    ['an end before the start', ['DTSTART:20270705T090000Z', 'DTEND:20270705T080000Z'], 'it ends before it starts'],
    ['a date mixed with a time', ['DTSTART;VALUE=DATE:20270705', 'DTEND:20270706T080000Z'], 'one of start and end is a date'],
    ['a day that does not exist', ['DTSTART:20270230T090000Z'], 'unreadable time in DTSTART'],
  ])('F14 an event with %s is set aside and the rest is read', (_title, given, reason) => {
    const good = ['BEGIN:VEVENT', 'UID:2', 'DTSTART:20270705T090000Z', 'END:VEVENT'];
    const text = calendar(...given).replace('END:VCALENDAR', [...good, 'END:VCALENDAR'].join('\r\n'));
    const parsed = parseCalendar(text, { floatingZone: berlin });
    expect(parsed).toMatchObject({
      kind: 'calendar',
      events: [
        { kind: 'unreadable', uid: '1', reason },
        { kind: 'event', event: { uid: '2' } },
      ],
    });
  });

  it.each(['', 'hello', '<html></html>', 'BEGIN:VCARD\r\nEND:VCARD', 'BEGIN:VCALENDAR', '\u0000'.repeat(100)])(
    'F14 %j is no calendar',
    (text) => {
      expect(parseCalendar(text, { floatingZone: berlin }).kind).toBe('unreadable');
    },
  );

  it('F14 any text at all gets an answer', () => {
    const pieces = fc.constantFrom(
      'BEGIN:VCALENDAR',
      'END:VCALENDAR',
      'BEGIN:VEVENT',
      'END:VEVENT',
      'UID:1',
      'DTSTART',
      ';VALUE=DATE',
      ';TZID="x',
      ':20270705',
      'T090000Z',
      '\r\n',
      '\n ',
      ';',
      ':',
      '"',
      '\\',
      'RRULE:FREQ=',
      'DURATION:P',
      'ATTENDEE;CN=',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
        expect(['calendar', 'unreadable']).toContain(parseCalendar(parts.join(''), { floatingZone: berlin }).kind);
      }),
      { numRuns: 500 },
    );
  });
});
