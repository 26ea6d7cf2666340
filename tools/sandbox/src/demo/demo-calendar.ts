import type { GoogleSandbox } from '../google/google-sandbox.ts';
import type { GoogleResponseStatus } from '../google/google-types.ts';

export type Weekday = 'MO' | 'TU' | 'WE' | 'TH' | 'FR' | 'SA' | 'SU';
const WEEKDAYS: readonly Weekday[] = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];

export interface DemoMeeting {
  readonly as: string;
  readonly calendarId?: string;
  readonly title: string;
  readonly day: Temporal.PlainDate;
  /** `09:30`, in the organizer's zone. */
  readonly at: string;
  readonly minutes: number;
  readonly zone: string;
  readonly rule?: string;
  readonly guests?: readonly string[];
  readonly answers?: Readonly<Record<string, GoogleResponseStatus>>;
  readonly withMeet?: boolean;
  readonly more?: Readonly<Record<string, unknown>>;
}

/** Writes demo events through the same door as a person would; ids follow from what is written. */
export interface DemoCalendar {
  /** A day by its place: week 0 is the week of today. */
  day(week: number, weekday: Weekday): Temporal.PlainDate;
  meet(meeting: DemoMeeting): string;
  allDay(event: {
    as: string;
    calendarId?: string;
    title: string;
    from: Temporal.PlainDate;
    days?: number;
    rule?: string;
    more?: Readonly<Record<string, unknown>>;
  }): string;
  /** One instance of a series goes elsewhere; null cancels it. */
  change(
    series: { as: string; calendarId?: string; eventId: string; day: Temporal.PlainDate; at: string; zone: string },
    to: { day: Temporal.PlainDate; at: string; minutes: number } | null,
  ): void;
  readonly count: number;
}

export function createDemoCalendar(google: GoogleSandbox, options: { readonly nowMs: number; readonly homeZone: string }): DemoCalendar {
  const today = Temporal.Instant.fromEpochMilliseconds(options.nowMs).toZonedDateTimeISO(options.homeZone).toPlainDate();
  const monday = today.subtract({ days: today.dayOfWeek - 1 });
  let count = 0;
  const edit = (as: string, calendarId?: string) => ({ as, calendarId, conferenceDataVersion: 1 });
  const moment = (day: Temporal.PlainDate, at: string, zone: string): { dateTime: string; timeZone: string } => ({
    dateTime: `${day.toString()}T${at}:00`,
    timeZone: zone,
  });
  const later = (day: Temporal.PlainDate, at: string, minutes: number): { day: Temporal.PlainDate; at: string } => {
    const end = Temporal.PlainDateTime.from(`${day.toString()}T${at}`).add({ minutes });
    return { day: end.toPlainDate(), at: end.toPlainTime().toString().slice(0, 5) };
  };
  const span = (day: Temporal.PlainDate, at: string, { minutes, zone }: { minutes: number; zone: string }): Record<string, unknown> => {
    const end = later(day, at, minutes);
    return { start: moment(day, at, zone), end: moment(end.day, end.at, zone) };
  };
  return {
    get count() {
      return count;
    },
    day: (week, weekday) => monday.add({ days: week * 7 + WEEKDAYS.indexOf(weekday) }),
    meet: (meeting) => {
      count += 1;
      const { as, calendarId, guests = [] } = meeting;
      const event = google.createEvent(edit(as, calendarId), {
        summary: meeting.title,
        ...span(meeting.day, meeting.at, meeting),
        ...(meeting.rule === undefined ? {} : { recurrence: [`RRULE:${meeting.rule}`] }),
        ...(guests.length === 0 ? {} : { attendees: [{ email: as, responseStatus: 'accepted' }, ...guests.map((email) => ({ email }))] }),
        ...(meeting.withMeet === true
          ? { conferenceData: { createRequest: { requestId: `demo${count}`, conferenceSolutionKey: { type: 'hangoutsMeet' } } } }
          : {}),
        ...meeting.more,
      });
      for (const guest of guests) {
        const answer = meeting.answers?.[guest] ?? 'accepted';
        const copyId = google.findGuestCopy(guest, { calendarId: calendarId ?? as, eventId: event.id });
        if (copyId !== null && answer !== 'needsAction') google.respond({ as: guest }, copyId, answer);
      }
      return event.id;
    },
    allDay: ({ as, calendarId, title, from, days = 1, rule, more }) => {
      count += 1;
      return google.createEvent(edit(as, calendarId), {
        summary: title,
        start: { date: from.toString() },
        end: { date: from.add({ days }).toString() },
        ...(rule === undefined ? {} : { recurrence: [`RRULE:${rule}`] }),
        ...more,
      }).id;
    },
    change: ({ as, calendarId, eventId, day, at, zone }, to) => {
      const start = Temporal.PlainDateTime.from(`${day.toString()}T${at}`).toZonedDateTime(zone).toInstant();
      const instanceId = `${eventId}_${start.toString({ smallestUnit: 'second' }).replaceAll(/[-:]/g, '')}`;
      if (to === null) google.deleteEvent(edit(as, calendarId), instanceId);
      else google.patchEvent(edit(as, calendarId), instanceId, span(to.day, to.at, { minutes: to.minutes, zone }));
    },
  };
}
