import type { Event } from '@daymark/api-contract';

/** An event once, however many calendars it is on. */
export interface ShownEvent {
  readonly event: Event;
  /** Calendars that it is on, this one included. */
  readonly calendarIds: readonly string[];
}

/**
 * Copies of one event on the calendars of its guests become one: same organiser, title and time. The organiser's own copy speaks
 * for all of them, or one that Daymark placed. What is only known as busy stays apart.
 */
export function mergeCopies(events: readonly Event[]): readonly ShownEvent[] {
  const groups = new Map<string, Event[]>();
  for (const event of events) {
    const key = copyKey(event) ?? `${event.calendar_id} ${event.occurrence_id ?? event.id} ${event.start ?? event.start_date ?? ''}`;
    groups.set(key, [...(groups.get(key) ?? []), event]);
  }
  return [...groups.values()].flatMap((copies) => {
    const event = copies.find((one) => one.meeting_id !== null) ?? copies.find((one) => one.organizer?.self === true) ?? copies[0];
    return event === undefined ? [] : [{ event, calendarIds: [...new Set(copies.map((one) => one.calendar_id))] }];
  });
}

function copyKey({ title, organizer, start, end, start_date: firstDay, end_date: lastDay }: Event): string | null {
  if (title === null || organizer === null) return null;
  return JSON.stringify([organizer.email, title, start, end, firstDay, lastDay]);
}
