import type { Interval } from '@daymark/domain';
import { DAY_MS, MINUTE_MS, MINUTES_PER_DAY, checkOpeningHours, parseZone, schedulingLimits } from '@daymark/domain';
import type { Person, SlotGrid, SlotGroup, SlotRequest } from './slot-request.ts';

/** What keeps a request answerable in a bounded time. */
export const requestLimits = { windowDays: 366, people: 500, groups: 50, firstYear: 1970, lastYear: 2199 } as const;

const FIRST_INSTANT = 0;
const LAST_INSTANT = 7_258_118_400_000;

/**
 * A request that the engine can answer: opening hours in order, everything within its limits.
 * @throws RangeError in words that name what is wrong; nothing is guessed or cut silently.
 */
export function checkRequest(request: SlotRequest): SlotRequest {
  checkMoment('now', request.now);
  checkWindow(request.window);
  checkWhole('durationMs', request.durationMs, {
    min: schedulingLimits.durationMinutes.min * MINUTE_MS,
    max: schedulingLimits.durationMinutes.max * MINUTE_MS,
  });
  checkGrid(request.grid);
  if (request.people.length > requestLimits.people) throw new RangeError(`at most ${requestLimits.people} people in one request`);
  const people = request.people.map(checkPerson);
  const ids = new Set(people.map(({ id }) => id));
  if (ids.size !== people.length) throw new RangeError('each person is given once');
  checkGroups(request.groups, ids);
  return { ...request, people };
}

/** @throws RangeError for an interval that is empty or outside the years that the engine knows. */
export function checkInterval(name: string, { start, end }: Interval): void {
  checkMoment(`the start of the ${name}`, start);
  checkMoment(`the end of the ${name}`, end);
  if (start >= end) throw new RangeError(`the ${name} is empty: it starts before it ends`);
}

/** @throws RangeError unless it is a whole number within the limits. */
export function checkWhole(name: string, value: number, { min, max }: { min: number; max: number }): void {
  if (!Number.isInteger(value) || value < min || value > max)
    throw new RangeError(`${name} is a whole number from ${min} to ${max}, not ${value}`);
}

function checkWindow(window: Interval): void {
  checkInterval('window', window);
  if (window.end - window.start > requestLimits.windowDays * DAY_MS)
    throw new RangeError(`a window is at most ${requestLimits.windowDays} days long`);
}

function checkGrid(grid: SlotGrid): void {
  parseZone(grid.zone);
  checkWhole('stepMinutes', grid.stepMinutes, schedulingLimits.stepMinutes);
  checkWhole('roundToMinutes', grid.roundToMinutes, schedulingLimits.roundToMinutes);
  if (grid.anchorMinute !== undefined) checkWhole('anchorMinute', grid.anchorMinute, { min: 0, max: MINUTES_PER_DAY - 1 });
}

function checkGroups(groups: readonly SlotGroup[], ids: ReadonlySet<string>): void {
  if (groups.length === 0 || groups.length > requestLimits.groups)
    throw new RangeError(`a request has 1 to ${requestLimits.groups} groups`);
  for (const { group, required, members } of groups) {
    if (members.length === 0) throw new RangeError(`group ${group} has no members`);
    if (new Set(members).size !== members.length) throw new RangeError(`group ${group} names somebody twice`);
    const missing = members.find((id) => !ids.has(id));
    if (missing !== undefined) throw new RangeError(`group ${group} names ${missing}, who is not among the people`);
    if (required !== 'all') checkWhole(`required of group ${group}`, required, { min: 1, max: members.length });
  }
}

function checkPerson(person: Person): Person {
  parseZone(person.zone);
  const { id, busy, claims } = person;
  checkDuration(`bufferBefore of ${id}`, person.buffers.beforeMs);
  checkDuration(`bufferAfter of ${id}`, person.buffers.afterMs);
  checkDuration(`noticeMs of ${id}`, person.noticeMs);
  if (person.horizonDays !== null) checkWhole(`horizonDays of ${id}`, person.horizonDays, schedulingLimits.horizonDays);
  if (person.maxPerDay !== null) checkWhole(`maxPerDay of ${id}`, person.maxPerDay, schedulingLimits.maxPerDay);
  for (const { calendarId, known } of person.calendars) {
    if (known !== null && !(known.start < known.end)) throw new RangeError(`the coverage of ${calendarId} is empty; not known is null`);
  }
  checkParallel(`busy time of ${id}`, [busy.starts, busy.ends, busy.calendars, busy.eventIds]);
  checkParallel(`claims of ${id}`, [claims.starts, claims.ends, claims.beforeMs, claims.afterMs, claims.meetingIds]);
  return person.hours === null ? person : { ...person, hours: checkOpeningHours(person.hours) };
}

function checkDuration(name: string, ms: number): void {
  checkWhole(name, ms, { min: 0, max: requestLimits.windowDays * DAY_MS });
}

function checkParallel(name: string, columns: readonly { readonly length: number }[]): void {
  if (columns.some(({ length }) => length !== columns[0]?.length)) throw new RangeError(`the columns of the ${name} differ in length`);
}

function checkMoment(name: string, at: number): void {
  if (!Number.isInteger(at) || at < FIRST_INSTANT || at > LAST_INSTANT) {
    throw new RangeError(`${name} is an instant from ${requestLimits.firstYear} to ${requestLimits.lastYear}`);
  }
}
