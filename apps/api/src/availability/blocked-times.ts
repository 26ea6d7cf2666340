import type { Alternative, CalendarStatus, ConflictItem, Slot as SlotView } from '@daymark/api-contract';
import { formatId, formatInstant, parseInstant, wallTimeOf, type Instant, type Uuid, type ZoneId } from '@daymark/domain';
import type { BlockingKind, ExcludedTime, Slot, TimeConflict } from '@daymark/scheduling';
import type { Transaction } from '../database/database.ts';
import type { TimeOfPeople } from './time-of-people.ts';

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
  { time, zone, maySeeTitles }: { time: Pick<TimeOfPeople, 'members' | 'statuses'>; zone: ZoneId; maySeeTitles: boolean },
): Promise<ConflictItem[]> {
  const titles = maySeeTitles ? await titlesOf(tx, conflicts) : new Map<string, string>();
  const calendars = maySeeTitles ? await calendarNames(tx, conflicts) : new Map<string, string>();
  const names = new Map(time.members.map(({ wireId, name }) => [wireId, name]));
  const statuses = new Map(time.statuses.map((status) => [status.calendar_id, status]));
  return conflicts.map((conflict) => {
    const calendarId = calendarWireId(conflict.calendarId);
    const name = names.get(conflict.personId) ?? conflict.personId;
    return {
      code: conflict.kind,
      message:
        conflict.kind === 'unknown'
          ? unknownSentence(name, { status: statuses.get(calendarId ?? ''), calendar: calendars.get(conflict.calendarId ?? ''), zone })
          : sentences[conflict.kind](name, spanText(conflict.start, conflict.end, zone)),
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

const sentences: Readonly<Record<Exclude<BlockingKind, 'unknown'>, (name: string, span: string) => string>> = {
  overlap: (name, span) => `${name} is busy${span}.`,
  buffer_before: (name, span) => `${name} needs the time before a meeting free${span}.`,
  buffer_after: (name, span) => `${name} needs the time after a meeting free${span}.`,
  outside_hours: (name) => `This is outside the hours of ${name}.`,
  notice: (name) => `${name} cannot be booked at such short notice.`,
  horizon: (name) => `${name} cannot be booked so far ahead.`,
  limit: (name) => `${name} has as many meetings on this day as are allowed.`,
  outside_window: (name) => `The calendar of ${name} is not known that far.`,
};

/** Which calendar is to blame and why; without a status there is none that we could read. */
function unknownSentence(
  name: string,
  { status, calendar, zone }: { status: CalendarStatus | undefined; calendar: string | undefined; zone: ZoneId },
): string {
  const blamed = calendar === undefined ? 'a calendar of theirs' : `the calendar “${calendar}”`;
  const why = status === undefined ? 'no calendar of theirs is connected' : `${blamed} ${unknownReason(status, zone)}`;
  return `It is not known whether ${name} is free: ${why}.`;
}

const reasons: Readonly<Record<string, string>> = {
  calendar_removed: 'is no longer at the provider',
  connection_paused: 'is not read while its connection is paused',
  held: 'was stopped before much would have been deleted, and waits for a person',
  not_read_yet: 'was not read yet',
  reauthorization_required: 'cannot be read until its account is connected again',
};

function unknownReason({ reason, synced_at }: CalendarStatus, zone: ZoneId): string {
  const words = reasons[reason ?? ''];
  if (words !== undefined) return words;
  if (reason !== null && reason.startsWith('connection_')) return `is not read: its connection is ${reason.slice('connection_'.length)}`;
  if (synced_at === null) return reasons['not_read_yet']!;
  const [date, time] = wallTimeOf(parseInstant(synced_at), zone).split('T');
  return `was last read on ${date} at ${time!.slice(0, 5)} (${zone}), longer ago than is allowed`;
}

function spanText(start: Instant | null, end: Instant | null, zone: ZoneId): string {
  if (start === null || end === null) return '';
  const [from, to] = [wallTimeOf(start, zone), wallTimeOf(end, zone)];
  const isSameDay = from.slice(0, 10) === to.slice(0, 10);
  return isSameDay
    ? ` from ${from.slice(11, 16)} to ${to.slice(11, 16)} (${zone})`
    : ` from ${from.slice(0, 10)} ${from.slice(11, 16)} to ${to.slice(0, 10)} ${to.slice(11, 16)} (${zone})`;
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
