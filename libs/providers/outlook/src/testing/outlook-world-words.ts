import { dateOf } from '@daymark/domain';
import type { ZoneId } from '@daymark/domain';
import type { EventFields, EventTime } from '@daymark/provider-contract';

/** What people enter in Outlook, in Graph's words and without the provider's mapper. */
export function bodyOf(fields: Partial<EventFields>, zone: ZoneId): Record<string, unknown> {
  const { title, description, location, time, recurrence, attendees, busy, visibility, reminders } = fields;
  const [reminder] = reminders?.overrides ?? [];
  return {
    ...(title === undefined ? {} : { subject: title }),
    ...(description === undefined ? {} : { body: { contentType: 'text', content: description ?? '' } }),
    ...(location === undefined ? {} : { location: { displayName: location ?? '' } }),
    ...(time === undefined ? {} : { start: momentOf(time, 'start'), end: momentOf(time, 'end'), isAllDay: time.kind === 'all-day' }),
    ...(recurrence === undefined ? {} : { recurrence: recurrenceOf(recurrence, { time, zone }) }),
    ...(attendees === undefined
      ? {}
      : {
          attendees: attendees.map(({ email, name, optional }) => ({
            emailAddress: { address: email, ...(name === null ? {} : { name }) },
            type: optional ? 'optional' : 'required',
          })),
        }),
    ...(busy === undefined ? {} : { showAs: busy ? 'busy' : 'free' }),
    ...(visibility === undefined ? {} : { sensitivity: visibility === 'private' ? 'private' : 'normal' }),
    ...(reminders === undefined || reminders === null
      ? {}
      : { isReminderOn: reminder !== undefined, ...(reminder === undefined ? {} : { reminderMinutesBeforeStart: reminder.minutes }) }),
  };
}

function momentOf(time: EventTime, side: 'start' | 'end') {
  if (time.kind === 'all-day') return { dateTime: `${side === 'start' ? time.startDate : time.endDate}T00:00:00`, timeZone: 'UTC' };
  return { dateTime: side === 'start' ? time.startWall : time.endWall, timeZone: time.zone as string };
}

const days = { MO: 'monday', TU: 'tuesday', WE: 'wednesday', TH: 'thursday', FR: 'friday', SA: 'saturday', SU: 'sunday' } as const;
const positions: Readonly<Record<string, string>> = { '-1': 'last', '1': 'first', '2': 'second', '3': 'third', '4': 'fourth' };
const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

/** The rules that the kit's people have, one RRULE each, as Outlook's dialogue would send them. */
function recurrenceOf(rules: readonly string[], { time, zone }: { readonly time: EventTime | undefined; readonly zone: ZoneId }) {
  const [rule] = rules;
  if (rule === undefined) return null;
  if (rules.length > 1 || time === undefined) throw new Error('a person has one rule, and says when it begins');
  const parts = Object.fromEntries(
    rule
      .replace('RRULE:', '')
      .split(';')
      .map((part) => part.split('=') as [string, string]),
  );
  const startDate = time.kind === 'all-day' ? time.startDate : time.startWall.slice(0, 10);
  return {
    pattern: { interval: Number(parts['INTERVAL'] ?? 1), ...patternOf(parts, startDate) },
    range: { startDate, recurrenceTimeZone: time.kind === 'timed' ? time.zone : zone, ...rangeOf(parts, time) },
  };
}

function patternOf(parts: Readonly<Record<string, string>>, startDate: string) {
  const [, position = '', day = ''] = /^(-?\d)?([A-Z]{2})$/.exec(parts['BYDAY'] ?? '') ?? [];
  const dayOfMonth = Number(parts['BYMONTHDAY'] ?? startDate.slice(8));
  switch (parts['FREQ']) {
    case 'DAILY':
      return { type: 'daily' };
    case 'WEEKLY': {
      const own = weekdays[new Date(`${startDate}T00:00:00Z`).getUTCDay()];
      const named = parts['BYDAY']?.split(',').map((name) => days[name as keyof typeof days]);
      return { type: 'weekly', daysOfWeek: named ?? [own], firstDayOfWeek: 'monday' };
    }
    case 'MONTHLY':
      return position === ''
        ? { type: 'absoluteMonthly', dayOfMonth }
        : { type: 'relativeMonthly', index: positions[position], daysOfWeek: [days[day as keyof typeof days]] };
    case 'YEARLY':
      return { type: 'absoluteYearly', dayOfMonth, month: Number(startDate.slice(5, 7)) };
    default:
      throw new Error(`no pattern for FREQ=${parts['FREQ']}`);
  }
}

function rangeOf(parts: Readonly<Record<string, string>>, time: EventTime) {
  if (parts['COUNT'] !== undefined) return { type: 'numbered', numberOfOccurrences: Number(parts['COUNT']) };
  const [, year, month, day, clock] = /^(\d{4})(\d\d)(\d\d)(?:T(\d{6})Z)?$/.exec(parts['UNTIL'] ?? '') ?? [];
  if (year === undefined) return { type: 'noEnd' };
  const date = `${year}-${month}-${day}`;
  if (clock === undefined || time.kind === 'all-day') return { type: 'endDate', endDate: date };
  const at = Date.parse(`${date}T${clock.slice(0, 2)}:${clock.slice(2, 4)}:${clock.slice(4)}Z`);
  return { type: 'endDate', endDate: dateOf(at as Parameters<typeof dateOf>[0], time.zone) };
}
