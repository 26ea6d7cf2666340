export type {
  CalendarAttendee,
  CalendarEvent,
  CalendarEventTime,
  CalendarMethod,
  CalendarPerson,
  CalendarRecurrenceId,
  CalendarResponse,
  CalendarText,
} from './calendar-event.ts';
export { formatCalendar, PRODUCT_ID } from './format-calendar.ts';
export { parseCalendar } from './parse-calendar.ts';
export type { ParsedCalendar, ParsedEvent, ParseOptions } from './parse-calendar.ts';
