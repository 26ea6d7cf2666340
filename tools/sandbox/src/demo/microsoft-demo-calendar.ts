import type { MicrosoftSandbox } from '../microsoft/microsoft-sandbox.ts';
import type { MeetingAnswer } from '../microsoft/microsoft-meeting-actions.ts';
import { zoneOf } from '../microsoft/microsoft-zones.ts';
import type { Weekday } from './demo-calendar.ts';

const WEEKDAYS: readonly Weekday[] = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];
const DAY_NAMES: Readonly<Record<Weekday, string>> = {
  ...{ MO: 'monday', TU: 'tuesday', WE: 'wednesday', TH: 'thursday', FR: 'friday', SA: 'saturday', SU: 'sunday' },
};

/** Every so many weeks on these days, without end. */
export interface DemoWeeks {
  readonly days: readonly Weekday[];
  readonly interval?: number;
}

export interface MicrosoftDemoMeeting {
  readonly as: string;
  /** Default: the person's default calendar. */
  readonly calendarId?: string;
  readonly title: string;
  readonly day: Temporal.PlainDate;
  /** `09:30`, in the zone. */
  readonly at: string;
  readonly minutes: number;
  /** Windows name. */
  readonly zone: string;
  readonly weekly?: DemoWeeks;
  readonly guests?: readonly string[];
  /** Invited as a place; it accepts. */
  readonly room?: string;
  /** Default: accepted; null: no answer yet. */
  readonly answers?: Readonly<Record<string, MeetingAnswer | null>>;
  readonly withTeams?: boolean;
  readonly more?: Readonly<Record<string, unknown>>;
}

/** One time of a series, by where it was put first. */
export interface DemoOccurrence {
  readonly as: string;
  readonly eventId: string;
  readonly day: Temporal.PlainDate;
  readonly at: string;
  readonly zone: string;
}

/** Writes demo events through the same door as a person with Outlook would. */
export interface MicrosoftDemoCalendar {
  /** A day by its place: week 0 is the week of today. */
  day(week: number, weekday: Weekday): Temporal.PlainDate;
  /** Gives the id on the organizer's calendar. */
  meet(meeting: MicrosoftDemoMeeting): string;
  allDay(event: {
    as: string;
    calendarId?: string;
    title: string;
    from: Temporal.PlainDate;
    days?: number;
    weekly?: DemoWeeks;
    more?: Readonly<Record<string, unknown>>;
  }): string;
  /** One occurrence goes elsewhere; null deletes it. */
  change(occurrence: DemoOccurrence, to: { day: Temporal.PlainDate; at: string; minutes: number } | null): void;
  /** The organizer calls it off: it stays on the guests' calendars, marked. */
  cancel(as: string, eventId: string): void;
  readonly count: number;
}

export function createMicrosoftDemoCalendar(
  microsoft: MicrosoftSandbox,
  options: { readonly nowMs: number; readonly homeZone: string },
): MicrosoftDemoCalendar {
  const today = Temporal.Instant.fromEpochMilliseconds(options.nowMs).toZonedDateTimeISO(options.homeZone).toPlainDate();
  const monday = today.subtract({ days: today.dayOfWeek - 1 });
  let count = 0;
  const answer = (organizer: { email: string; calendarId: string; eventId: string }, guest: string, wish: MeetingAnswer | null): void => {
    const copyId = wish === null ? null : microsoft.findGuestCopy(guest, organizer);
    if (copyId !== null && wish !== null) microsoft.respond({ as: guest }, copyId, wish);
  };
  return {
    get count() {
      return count;
    },
    day: (week, weekday) => monday.add({ days: week * 7 + WEEKDAYS.indexOf(weekday) }),
    meet: (meeting) => {
      count += 1;
      const { as, guests = [], room } = meeting;
      const calendarId = meeting.calendarId ?? microsoft.defaultCalendar(as);
      const attendees = [
        ...guests.map((address) => ({ emailAddress: { address }, type: 'required' })),
        ...(room === undefined ? [] : [{ emailAddress: { address: room }, type: 'resource' }]),
      ];
      const { id: eventId } = microsoft.createEvent(
        { as, calendarId },
        {
          subject: meeting.title,
          ...span(meeting.day, meeting.at, meeting),
          ...(meeting.weekly === undefined ? {} : { recurrence: recurrenceOf(meeting.weekly, meeting.day) }),
          ...(attendees.length === 0 ? {} : { attendees }),
          ...(room === undefined ? {} : { location: { displayName: 'Atrium', locationEmailAddress: room } }),
          ...(meeting.withTeams === true ? { isOnlineMeeting: true, onlineMeetingProvider: 'teamsForBusiness' } : {}),
          ...meeting.more,
        },
      );
      for (const guest of guests)
        answer({ email: as, calendarId, eventId }, guest, meeting.answers?.[guest] === undefined ? 'accepted' : meeting.answers[guest]);
      if (room !== undefined) answer({ email: as, calendarId, eventId }, room, 'accepted');
      return eventId;
    },
    allDay: ({ as, calendarId, title, from, days = 1, weekly, more }) => {
      count += 1;
      const midnight = (day: Temporal.PlainDate) => ({ dateTime: `${day.toString()}T00:00:00`, timeZone: 'UTC' });
      const event = microsoft.createEvent(
        { as, calendarId: calendarId ?? microsoft.defaultCalendar(as) },
        {
          subject: title,
          isAllDay: true,
          start: midnight(from),
          end: midnight(from.add({ days })),
          ...(weekly === undefined ? {} : { recurrence: recurrenceOf(weekly, from) }),
          ...more,
        },
      );
      return event.id;
    },
    change: ({ as, eventId, day, at, zone }, to) => {
      const start = Temporal.PlainDateTime.from(`${day.toString()}T${at}`).toZonedDateTime(zoneOf(zone)).toInstant();
      const occurrence = microsoft
        .instances(microsoft.defaultCalendar(as), eventId)
        .find((one) => Temporal.Instant.from(`${one.start?.dateTime}Z`).equals(start));
      if (occurrence === undefined) throw new RangeError(`the series has no time at ${start.toString()}`);
      if (to === null) microsoft.deleteEvent({ as }, occurrence.id);
      else microsoft.patchEvent({ as }, occurrence.id, span(to.day, to.at, { minutes: to.minutes, zone }));
    },
    cancel: (as, eventId) => microsoft.cancelEvent({ as }, eventId, 'We have to find another time.'),
  };
}

function span(day: Temporal.PlainDate, at: string, { minutes, zone }: { minutes: number; zone: string }): Record<string, unknown> {
  const start = Temporal.PlainDateTime.from(`${day.toString()}T${at}`);
  const moment = (when: Temporal.PlainDateTime) => ({ dateTime: when.toString({ smallestUnit: 'second' }), timeZone: zone });
  return { start: moment(start), end: moment(start.add({ minutes })) };
}

function recurrenceOf({ days, interval = 1 }: DemoWeeks, from: Temporal.PlainDate): Record<string, unknown> {
  const daysOfWeek = days.map((day) => DAY_NAMES[day]);
  return {
    pattern: { type: 'weekly', interval, daysOfWeek, firstDayOfWeek: 'monday' },
    range: { type: 'noEnd', startDate: from.toString() },
  };
}
