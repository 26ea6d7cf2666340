import type { OpeningHours } from '@daymark/domain';
import { MINUTE_MS } from '@daymark/domain';
import type { Person, SlotRequest } from '@daymark/scheduling';

interface BusyEvent {
  readonly start: Date;
  readonly end: Date;
}

/**
 * How booking products commonly do it: walk over the possible starts of each person, make date
 * objects, ask the zone per slot whether it lies in the working hours, and look through all of the
 * person's events.
 */
export function slotLoop(request: SlotRequest): Float64Array {
  const free = new Map<number, number>();
  for (const person of request.people) {
    for (const start of freeStarts(person, request)) free.set(start.getTime(), (free.get(start.getTime()) ?? 0) + 1);
  }
  const required = request.groups[0]?.required as number;
  return Float64Array.from([...free].filter(([, people]) => people >= required).map(([start]) => start)).sort();
}

function freeStarts(person: Person, request: SlotRequest): Date[] {
  const events: BusyEvent[] = Array.from(person.busy.starts, (start, index) => ({
    start: new Date(start - person.buffers.afterMs),
    end: new Date((person.busy.ends[index] as number) + person.buffers.beforeMs),
  }));
  const starts: Date[] = [];
  for (let at = request.window.start as number; at + request.durationMs <= request.window.end; at += request.grid.stepMinutes * MINUTE_MS) {
    const start = new Date(at);
    const end = new Date(at + request.durationMs);
    if (!isWithinHours(start, { durationMinutes: request.durationMs / MINUTE_MS, hours: person.hours as OpeningHours })) continue;
    if (!events.some((event) => event.start < end && start < event.end)) starts.push(start);
  }
  return starts;
}

function isWithinHours(start: Date, { durationMinutes, hours }: { durationMinutes: number; hours: OpeningHours }): boolean {
  const local = Temporal.Instant.fromEpochMilliseconds(start.getTime()).toZonedDateTimeISO(hours.zone);
  const minute = local.hour * 60 + local.minute;
  return (hours.weekly[local.dayOfWeek - 1] ?? []).some(
    ({ fromMinute, toMinute }) => minute >= fromMinute && minute + durationMinutes <= toMinute,
  );
}
