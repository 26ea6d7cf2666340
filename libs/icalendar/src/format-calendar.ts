import ICAL from 'ical.js';
import { addMilliseconds, DAY_MS, findZone, formatInstant, instant, lastOccurrenceBound, UTC } from '@daymark/domain';
import type { Instant, ZoneId } from '@daymark/domain';
import type {
  CalendarAttendee,
  CalendarEvent,
  CalendarPerson,
  CalendarRecurrenceId,
  CalendarResponse,
  CalendarText,
} from './calendar-event.ts';
import { cleanEmail, cleanLine, cleanName, cleanText, cleanUrl } from './clean-text.ts';
import { timeZoneComponent } from './time-zone-component.ts';
import type { JCalComponent } from './time-zone-component.ts';

// ical.js counts the blank of a continuation line as an extra octet; RFC 5545 §3.1 does not.
ICAL.foldLength = 74;

export const PRODUCT_ID = '-//Daymark//Daymark//EN';

/** How far an endless series is described in its time zone component. */
const ENDLESS_DAYS = 5 * 366;

type JCalProperty = unknown[];

/**
 * iCalendar text (RFC 5545) with CRLF, folded at 75 octets, with a VTIMEZONE for every zone used.
 * Hostile text is cleaned and escaped; an address that could not be escaped is left out.
 *
 * @throws RangeError when a rule is not a readable RRULE, RDATE or EXDATE line.
 */
export function formatCalendar({ method, events }: CalendarText): string {
  const components = events.map(eventComponent);
  const properties: JCalProperty[] = [
    ['version', {}, 'text', '2.0'],
    ['prodid', {}, 'text', PRODUCT_ID],
    ['calscale', {}, 'text', 'GREGORIAN'],
  ];
  if (method !== null) properties.push(['method', {}, 'text', method]);
  const calendar: JCalComponent = ['vcalendar', properties, [...zoneComponents(events, components), ...components]];
  return ICAL.stringify(calendar);
}

function eventComponent(event: CalendarEvent): JCalComponent {
  const properties: JCalProperty[] = [
    ['uid', {}, 'text', cleanLine(event.uid)],
    ['sequence', {}, 'integer', event.sequence],
    ['dtstamp', {}, 'date-time', utcText(event.stampedAt)],
    ...timeProperties(event),
    ...event.rules.map(ruleProperty),
    ['status', {}, 'text', event.status.toUpperCase()],
    ['transp', {}, 'text', event.busy ? 'OPAQUE' : 'TRANSPARENT'],
  ];
  if (event.private) properties.push(['class', {}, 'text', 'PRIVATE']);
  if (event.title !== null) properties.push(['summary', {}, 'text', cleanLine(event.title)]);
  if (event.description !== null) properties.push(['description', {}, 'text', cleanText(event.description)]);
  if (event.location !== null) properties.push(['location', {}, 'text', cleanText(event.location)]);
  const url = event.url === null ? null : cleanUrl(event.url);
  if (url !== null) properties.push(['url', {}, 'uri', url]);
  const joinUrl = event.joinUrl === null ? null : cleanUrl(event.joinUrl);
  if (joinUrl !== null) {
    properties.push(['conference', { feature: 'VIDEO' }, 'uri', joinUrl], ['x-google-conference', {}, 'unknown', joinUrl]);
  }
  if (event.organizer !== null) properties.push(...personProperty('organizer', event.organizer, {}));
  for (const attendee of event.attendees) properties.push(...personProperty('attendee', attendee, attendeeParameters(attendee)));
  return ['vevent', properties, []];
}

function timeProperties({ time, recurrenceId }: CalendarEvent): JCalProperty[] {
  if (time.kind === 'all-day') {
    return [['dtstart', {}, 'date', time.startDate], ['dtend', {}, 'date', time.endDate], ...recurrenceIdProperty(recurrenceId)];
  }
  if (time.zone === UTC) {
    return [
      ['dtstart', {}, 'date-time', utcText(time.start)],
      ['dtend', {}, 'date-time', utcText(time.end)],
      ...recurrenceIdProperty(recurrenceId),
    ];
  }
  const parameters = { tzid: time.zone };
  return [
    ['dtstart', parameters, 'date-time', time.startWall],
    ['dtend', parameters, 'date-time', time.endWall],
    ...recurrenceIdProperty(recurrenceId),
  ];
}

/** In UTC, which names the same moment in every zone. */
function recurrenceIdProperty(id: CalendarRecurrenceId | null): JCalProperty[] {
  if (id === null) return [];
  return [id.kind === 'timed' ? ['recurrence-id', {}, 'date-time', utcText(id.at)] : ['recurrence-id', {}, 'date', id.date]];
}

function ruleProperty(rule: string): JCalProperty {
  const line = rule.replace(/\r?\n[ \t]/g, '').trim();
  if (!/^(?:RRULE|RDATE|EXDATE)[:;][^\p{Cc}]+$/iu.test(line)) throw new RangeError('not a recurrence line');
  try {
    return ICAL.Property.fromString(line).toJSON() as JCalProperty;
  } catch {
    throw new RangeError('not a readable recurrence line');
  }
}

function personProperty(
  name: 'organizer' | 'attendee',
  person: CalendarPerson,
  parameters: Readonly<Record<string, string>>,
): JCalProperty[] {
  const email = cleanEmail(person.email);
  if (email === null) return [];
  const cn = person.name === null ? '' : cleanName(person.name);
  return [[name, cn === '' ? parameters : { cn, ...parameters }, 'cal-address', `mailto:${email}`]];
}

const responseNames: Readonly<Record<CalendarResponse, string>> = {
  'needs-action': 'NEEDS-ACTION',
  accepted: 'ACCEPTED',
  tentative: 'TENTATIVE',
  declined: 'DECLINED',
};

function attendeeParameters(attendee: CalendarAttendee): Record<string, string> {
  return {
    ...(attendee.resource ? { cutype: 'RESOURCE' } : {}),
    role: attendee.optional ? 'OPT-PARTICIPANT' : 'REQ-PARTICIPANT',
    partstat: responseNames[attendee.response],
    rsvp: attendee.replyRequested ? 'TRUE' : 'FALSE',
  };
}

function utcText(at: Instant): string {
  return formatInstant(instant(Math.floor(at / 1_000) * 1_000));
}

function zoneComponents(events: readonly CalendarEvent[], components: readonly JCalComponent[]): JCalComponent[] {
  const zones = new Set<ZoneId>();
  for (const [, properties] of components) {
    for (const [, parameters] of properties) {
      const name = (parameters as { tzid?: unknown }).tzid;
      const zone = typeof name === 'string' ? findZone(name) : null;
      if (zone !== null && zone !== UTC) zones.add(zone);
    }
  }
  if (zones.size === 0) return [];
  const range = coveredRange(events);
  return [...zones].sort().map((zone) => timeZoneComponent(zone, range));
}

/** From a year before the first start to a year after the last end, whole years in UTC. */
function coveredRange(events: readonly CalendarEvent[]): { from: Instant; to: Instant } {
  const starts: Instant[] = [];
  const ends: Instant[] = [];
  for (const { time, rules } of events) {
    if (time.kind === 'all-day') continue;
    starts.push(time.start);
    const bound = rules.length === 0 ? time.end : lastOccurrenceBound({ rules, time }, time.zone);
    const latest = addMilliseconds(time.start, ENDLESS_DAYS * DAY_MS);
    ends.push(bound === null || bound > latest ? latest : bound);
  }
  const year = (at: number) => Number(formatInstant(instant(at)).slice(0, 4));
  const startOfYear = (value: number) => Date.UTC(value, 0, 1) as Instant;
  return { from: startOfYear(year(Math.min(...starts)) - 1), to: startOfYear(year(Math.max(...ends)) + 2) };
}
