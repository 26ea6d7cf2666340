import type { Alternative, CalendarStatus, ConflictItem, Slot as SlotView } from '@daymark/api-contract';
import { formatId, formatInstant, wallTimeOf, type Instant, type Uuid, type ZoneId } from '@daymark/domain';
import type { BlockingKind, ExcludedTime, Slot, TimeConflict } from '@daymark/scheduling';
import type { Transaction } from '../database/database.ts';
import type { TimeOfPeople } from './time-of-people.ts';
import { momentText, spanText } from './time-words.ts';
import { isOfAddress, reasonWords } from './unknown-time.ts';

/** Slots, conflicts and alternatives in wire form. Titles are shown only to those who may see the event. */

export function slotView({ start, end, groups, score, factors }: Slot): SlotView {
  return {
    start: formatInstant(start),
    end: formatInstant(end),
    members: [...new Set(groups.flatMap(({ members }) => members))],
    score: round(score),
    factors: factors.map(({ name, weight, value }) => ({ name, weight: round(weight), value: round(value) })),
  };
}

export function alternativeView(slot: Slot): Alternative {
  const { start, end, score, members } = slotView(slot);
  return { start, end, score, members };
}

export function excludedView({ start, end, reasons }: ExcludedTime) {
  return {
    start: formatInstant(start),
    end: formatInstant(end),
    reasons: reasons.map((reason) => ({
      code: reason.kind,
      member: reason.personId,
      calendar_id: calendarWireId(reason.calendarId),
      event_id: eventWireId(reason.eventId),
      meeting_id: reason.meetingId === undefined ? null : formatId('meeting', reason.meetingId),
    })),
  };
}

/** What stands in the way, in words of people. */
export async function conflictViews(
  tx: Transaction,
  conflicts: readonly TimeConflict[],
  { time, zone, maySeeTitles }: { time: Pick<TimeOfPeople, 'members' | 'statuses' | 'now'>; zone: ZoneId; maySeeTitles: boolean },
): Promise<ConflictItem[]> {
  const titles = maySeeTitles ? await titlesOf(tx, conflicts) : new Map<string, string>();
  const calendars = maySeeTitles ? await calendarNames(tx, conflicts) : new Map<string, string>();
  const people = new Map(time.members.map((member) => [member.wireId, member]));
  const statusOf = (id: string | null) => time.statuses.find(({ calendar_id, member }) => id !== null && (calendar_id ?? member) === id);
  return conflicts.map((conflict) => {
    const calendarId = calendarWireId(conflict.calendarId);
    const person = people.get(conflict.personId);
    const name = person?.name ?? conflict.personId;
    const calendar = calendars.get(conflict.calendarId ?? '');
    return {
      code: conflict.kind,
      message:
        conflict.kind === 'unknown'
          ? unknownSentence(name, { status: statusOf(calendarId) ?? statusOf(conflict.personId), calendar, zone })
          : sentences[conflict.kind]({ name, conflict, zone, ownZone: person?.person.zone ?? zone, now: time.now }),
      start: conflict.start === null ? null : formatInstant(conflict.start),
      end: conflict.end === null ? null : formatInstant(conflict.end),
      member: conflict.personId,
      calendar_id: calendarId,
      event_id: eventWireId(conflict.eventId),
      meeting_id: conflict.meetingId === undefined ? null : formatId('meeting', conflict.meetingId),
      title: titles.get(conflict.eventId ?? conflict.meetingId ?? '') ?? null,
    };
  });
}

/** The moment after which nothing can be booked at all, because it is not allowed or not known; null when that is not in the way. */
export function latestOf(conflicts: readonly TimeConflict[]): Instant | null {
  const ends = conflicts.flatMap(({ kind, start }) => (isEnd(kind) && start !== null ? [start] : []));
  return ends.length === 0 ? null : (Math.min(...ends) as Instant);
}

/** Whether a conflict says where bookable time ends. */
export function isEnd(code: BlockingKind): boolean {
  return code === 'horizon' || code === 'outside_window';
}

interface Blocked {
  readonly name: string;
  readonly conflict: TimeConflict;
  /** In whose wall time the sentence is. */
  readonly zone: ZoneId;
  /** The person's own, by which their dates are counted. */
  readonly ownZone: ZoneId;
  readonly now: Instant;
}

const sentences: Readonly<Record<Exclude<BlockingKind, 'unknown'>, (blocked: Blocked) => string>> = {
  overlap: (blocked) => `${blocked.name} is busy${spanOf(blocked)}.`,
  buffer_before: (blocked) => `${blocked.name} needs the time before a meeting free${spanOf(blocked)}.`,
  buffer_after: (blocked) => `${blocked.name} needs the time after a meeting free${spanOf(blocked)}.`,
  outside_hours: ({ name }) => `This is outside the hours of ${name}.`,
  notice: ({ name, conflict: { end }, zone, now }) =>
    end === null || end <= now
      ? 'This time lies in the past.'
      : `${name} cannot be booked at such short notice, but from ${momentText(end, zone)}.`,
  horizon: ({ name, conflict: { start }, ownZone }) =>
    start === null
      ? `${name} cannot be booked so far ahead.`
      : `${name} cannot be booked so far ahead, only up to ${wallTimeOf((start - 1) as Instant, ownZone).slice(0, 10)} (${ownZone}).`,
  limit: ({ name, conflict: { start }, ownZone }) =>
    `${name} has as many meetings on ${start === null ? 'this day' : wallTimeOf(start, ownZone).slice(0, 10)} as are allowed.`,
  outside_window: ({ name, conflict: { start, end }, zone }) => {
    if (start !== null) return `The calendar of ${name} is known only until ${momentText(start, zone)}.`;
    return end === null ? `The calendar of ${name} is not known.` : `The calendar of ${name} is not known before ${momentText(end, zone)}.`;
  },
};

function spanOf({ conflict: { start, end }, zone }: Blocked): string {
  return start === null || end === null ? '' : ` ${spanText(start, end, zone)}`;
}

/** Which calendar is to blame and why; without one there is none that we could read. */
function unknownSentence(
  name: string,
  { status, calendar, zone }: { status: CalendarStatus | undefined; calendar: string | undefined; zone: ZoneId },
): string {
  const blamed = isOfAddress(status) ? 'the address' : calendar === undefined ? 'a calendar of theirs' : `the calendar “${calendar}”`;
  const isNone = status === undefined || status.reason === 'no_calendar';
  const why = isNone ? 'no calendar of theirs is connected' : `${blamed} ${reasonWords(status, zone)}`;
  return `It is not known whether ${name} is free: ${why}.`;
}

async function titlesOf(tx: Transaction, conflicts: readonly TimeConflict[]): Promise<Map<string, string>> {
  const eventIds = conflicts.flatMap(({ eventId }) => (eventId === undefined || eventId === '' ? [] : [eventId]));
  const meetingIds = conflicts.flatMap(({ meetingId }) => (meetingId === undefined ? [] : [meetingId]));
  if (eventIds.length + meetingIds.length === 0) return new Map();
  const rows = await tx.query<{ id: Uuid; title: string | null }[]>(
    `SELECT d.event_id AS id, d.title FROM event_details d JOIN events e ON e.id = d.event_id WHERE d.event_id = ANY($1) AND e.visibility <> 'private'
     UNION ALL SELECT id, title FROM meetings WHERE id = ANY($2)`,
    [eventIds, meetingIds],
  );
  return new Map(rows.flatMap(({ id, title }) => (title === null ? [] : [[id, title] as const])));
}

/** Of calendars whose time is unknown. */
async function calendarNames(tx: Transaction, conflicts: readonly TimeConflict[]): Promise<Map<string, string>> {
  const ids = conflicts.flatMap(({ kind, calendarId }) =>
    kind !== 'unknown' || calendarId === undefined || calendarId.includes('@') ? [] : [calendarId],
  );
  if (ids.length === 0) return new Map();
  const rows = await tx.query<{ id: Uuid; name: string }[]>(`SELECT id, name FROM calendars WHERE id = ANY($1)`, [ids]);
  return new Map(rows.map(({ id, name }) => [id, name]));
}

function calendarWireId(id: string | undefined): string | null {
  if (id === undefined) return null;
  return id.includes('@') ? id : formatId('calendar', id);
}

function eventWireId(id: string | undefined): string | null {
  return id === undefined || id === '' ? null : formatId('event', id);
}

function round(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
