import ICAL from 'ical.js';
import { addDays, addMilliseconds, findZone, instantOf, parseDate, parseInstant, parseWallTime, UTC, wallTimeOf } from '@daymark/domain';
import type { Instant, PlainDate, WallTime, ZoneId } from '@daymark/domain';
import type {
  CalendarAttendee,
  CalendarEvent,
  CalendarEventTime,
  CalendarMethod,
  CalendarPerson,
  CalendarRecurrenceId,
  CalendarResponse,
} from './calendar-event.ts';

/** One VEVENT of a text; an odd one is `unreadable` and does not spoil the others. */
export type ParsedEvent =
  | { readonly kind: 'event'; readonly event: CalendarEvent }
  | { readonly kind: 'unreadable'; readonly uid: string | null; readonly reason: string };

export type ParsedCalendar =
  | { readonly kind: 'calendar'; readonly method: CalendarMethod | null; readonly events: readonly ParsedEvent[] }
  /** Not iCalendar text at all. */
  | { readonly kind: 'unreadable'; readonly reason: string };

export interface ParseOptions {
  /** The zone of times that name none. */
  readonly floatingZone: ZoneId;
  /** The zone behind a TZID that is not an IANA name (`W. Europe Standard Time`); without it such an event is unreadable. */
  readonly findZoneByAlias?: (tzid: string) => ZoneId | null;
}

const MAX_LENGTH = 4_000_000;
const methods: ReadonlySet<string> = new Set(['REQUEST', 'CANCEL', 'PUBLISH', 'REPLY']);

/** Reads iCalendar text. Never throws: what cannot be read says so. */
export function parseCalendar(text: string, options: ParseOptions): ParsedCalendar {
  if (text.length > MAX_LENGTH) return { kind: 'unreadable', reason: `longer than ${MAX_LENGTH} characters` };
  let calendar: ICAL.Component;
  try {
    const parsed: unknown = ICAL.parse(text);
    if (!Array.isArray(parsed)) return { kind: 'unreadable', reason: 'no calendar' };
    calendar = new ICAL.Component(typeof parsed[0] === 'string' ? parsed : parsed[0]);
  } catch {
    return { kind: 'unreadable', reason: 'not iCalendar text' };
  }
  if (calendar.name !== 'vcalendar') return { kind: 'unreadable', reason: 'no calendar' };
  const method = textOf(calendar, 'method')?.toUpperCase() ?? null;
  return {
    kind: 'calendar',
    method: method !== null && methods.has(method) ? (method as CalendarMethod) : null,
    events: calendar.getAllSubcomponents('vevent').map((component) => parseEvent(component, options)),
  };
}

class OddEvent extends Error {}

function parseEvent(component: ICAL.Component, options: ParseOptions): ParsedEvent {
  let uid: string | null = null;
  try {
    uid = textOf(component, 'uid');
    return { kind: 'event', event: readEvent(component, options) };
  } catch (error) {
    return { kind: 'unreadable', uid, reason: error instanceof OddEvent ? error.message : 'a value of the wrong kind' };
  }
}

function readEvent(component: ICAL.Component, options: ParseOptions): CalendarEvent {
  const uid = textOf(component, 'uid');
  if (uid === null || uid === '') throw new OddEvent('no UID');
  const status = textOf(component, 'status')?.toLowerCase();
  const visibility = textOf(component, 'class')?.toUpperCase() ?? 'PUBLIC';
  const stamp = component.getFirstProperty('dtstamp');
  const sequence = Number(textOf(component, 'sequence') ?? '0');
  return {
    uid,
    sequence: Number.isSafeInteger(sequence) && sequence >= 0 ? sequence : 0,
    stampedAt: stamp === null ? (0 as Instant) : instantIn(readMoment(stamp, options)),
    time: readTime(component, options),
    recurrenceId: readRecurrenceId(component, options),
    rules: ['rrule', 'rdate', 'exdate', 'exrule'].flatMap((name) => component.getAllProperties(name)).map(ruleLine),
    status: status === 'tentative' || status === 'cancelled' ? status : 'confirmed',
    busy: textOf(component, 'transp')?.toUpperCase() !== 'TRANSPARENT',
    private: visibility !== 'PUBLIC',
    title: textOf(component, 'summary'),
    description: textOf(component, 'description'),
    location: textOf(component, 'location'),
    url: textOf(component, 'url'),
    joinUrl: textOf(component, 'conference') ?? textOf(component, 'x-google-conference'),
    organizer: readPerson(component.getFirstProperty('organizer')),
    attendees: component.getAllProperties('attendee').flatMap(readAttendee),
  };
}

type Moment =
  | { readonly kind: 'timed'; readonly at: Instant; readonly wall: WallTime; readonly zone: ZoneId }
  | { readonly kind: 'all-day'; readonly date: PlainDate };

function readTime(component: ICAL.Component, options: ParseOptions): CalendarEventTime {
  const startProperty = component.getFirstProperty('dtstart');
  if (startProperty === null) throw new OddEvent('no start');
  const start = readMoment(startProperty, options);
  const endProperty = component.getFirstProperty('dtend');
  if (endProperty !== null) return between(start, readMoment(endProperty, options));
  const duration = component.getFirstPropertyValue('duration');
  const seconds = duration instanceof ICAL.Duration ? duration.toSeconds() : null;
  if (start.kind === 'all-day') {
    return between(start, { kind: 'all-day', date: addDays(start.date, seconds === null ? 1 : Math.max(1, Math.round(seconds / 86_400))) });
  }
  const at = addMilliseconds(start.at, (seconds ?? 0) * 1_000);
  return between(start, { ...start, at, wall: wallTimeOf(at, start.zone) });
}

function between(start: Moment, end: Moment): CalendarEventTime {
  if (start.kind === 'all-day' && end.kind === 'all-day') {
    // Some calendars write the same date twice for a single day.
    const endDate = end.date === start.date ? addDays(start.date, 1) : end.date;
    if (endDate < start.date) throw new OddEvent('it ends before it starts');
    return { kind: 'all-day', startDate: start.date, endDate };
  }
  if (start.kind === 'all-day' || end.kind === 'all-day') throw new OddEvent('one of start and end is a date');
  if (end.at < start.at) throw new OddEvent('it ends before it starts');
  const endWall = end.zone === start.zone ? end.wall : wallTimeOf(end.at, start.zone);
  return { kind: 'timed', start: start.at, end: end.at, startWall: start.wall, endWall, zone: start.zone };
}

function readRecurrenceId(component: ICAL.Component, options: ParseOptions): CalendarRecurrenceId | null {
  const property = component.getFirstProperty('recurrence-id');
  if (property === null) return null;
  const moment = readMoment(property, options);
  return moment.kind === 'timed' ? { kind: 'timed', at: moment.at } : moment;
}

/** Reads the text itself: ical.js would resolve times only in zones that it has been told. */
function readMoment(property: ICAL.Property, options: ParseOptions): Moment {
  const [, parameters, , value] = property.toJSON() as [string, { tzid?: string }, string, unknown];
  const text = String(value);
  try {
    if (!text.includes('T')) return { kind: 'all-day', date: parseDate(text) };
    if (text.endsWith('Z')) {
      const at = parseInstant(text);
      return { kind: 'timed', at, wall: wallTimeOf(at, UTC), zone: UTC };
    }
    const wall = parseWallTime(text);
    const zone = parameters.tzid === undefined ? options.floatingZone : zoneOf(parameters.tzid, options);
    return { kind: 'timed', at: instantOf(wall, zone), wall, zone };
  } catch (error) {
    if (error instanceof OddEvent) throw error;
    throw new OddEvent(`unreadable time in ${property.name.toUpperCase()}`);
  }
}

/** Also finds the zone in names with a vendor's prefix: `/citadel.org/20250101_1/Europe/Berlin`. */
function zoneOf(tzid: string, { findZoneByAlias }: ParseOptions): ZoneId {
  const segments = tzid.split('/');
  const zone =
    findZone(tzid) ??
    findZoneByAlias?.(tzid) ??
    (segments.length > 3 ? findZone(segments.slice(-3).join('/')) : null) ??
    (segments.length > 2 ? findZone(segments.slice(-2).join('/')) : null);
  if (zone === null) throw new OddEvent(`unknown time zone ${JSON.stringify(tzid.slice(0, 60))}`);
  return zone;
}

function instantIn(moment: Moment): Instant {
  return moment.kind === 'timed' ? moment.at : instantOf(`${moment.date}T00:00:00` as WallTime, UTC);
}

function ruleLine(property: ICAL.Property): string {
  return ICAL.stringify.property(property.toJSON(), ICAL.design.icalendar, true);
}

function textOf(component: ICAL.Component, name: string): string | null {
  const value: unknown = component.getFirstPropertyValue(name);
  return value === null || value === undefined ? null : String(value);
}

function readPerson(property: ICAL.Property | null): CalendarPerson | null {
  if (property === null) return null;
  const email = String(property.getFirstValue()).replace(/^mailto:/i, '');
  return { email, name: parameterOf(property, 'cn') };
}

const responses: Readonly<Record<string, CalendarResponse>> = { ACCEPTED: 'accepted', TENTATIVE: 'tentative', DECLINED: 'declined' };

function readAttendee(property: ICAL.Property): CalendarAttendee[] {
  const person = readPerson(property);
  if (person === null) return [];
  const kind = parameterOf(property, 'cutype')?.toUpperCase();
  return [
    {
      ...person,
      response: responses[parameterOf(property, 'partstat')?.toUpperCase() ?? ''] ?? 'needs-action',
      optional: ['OPT-PARTICIPANT', 'NON-PARTICIPANT'].includes(parameterOf(property, 'role')?.toUpperCase() ?? ''),
      resource: kind === 'RESOURCE' || kind === 'ROOM',
      replyRequested: parameterOf(property, 'rsvp')?.toUpperCase() === 'TRUE',
    },
  ];
}

function parameterOf(property: ICAL.Property, name: string): string | null {
  const value = property.getParameter(name);
  return value === undefined ? null : Array.isArray(value) ? (value[0] ?? null) : value;
}
