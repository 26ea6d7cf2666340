import type { Alternative, ConflictItem, Slot as SlotView } from '@daymark/api-contract';
import { formatId, formatInstant, wallTimeOf, type Instant, type Uuid, type ZoneId } from '@daymark/domain';
import type { BlockingKind, ExcludedTime, Slot, TimeConflict } from '@daymark/scheduling';
import type { Transaction } from '../database/database.ts';
import type { KnownMember } from './time-of-people.ts';

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
  { members, zone, maySeeTitles }: { members: readonly KnownMember[]; zone: ZoneId; maySeeTitles: boolean },
): Promise<ConflictItem[]> {
  const titles = maySeeTitles ? await titlesOf(tx, conflicts) : new Map<string, string>();
  const names = new Map(members.map(({ wireId, name }) => [wireId, name]));
  return conflicts.map((conflict) => ({
    code: conflict.kind,
    message: messageOf(conflict, { name: names.get(conflict.personId) ?? conflict.personId, zone }),
    start: conflict.start === null ? null : formatInstant(conflict.start),
    end: conflict.end === null ? null : formatInstant(conflict.end),
    member: conflict.personId,
    calendar_id: calendarWireId(conflict.calendarId),
    event_id: eventWireId(conflict.eventId),
    meeting_id: conflict.meetingId === undefined ? null : formatId('meeting', conflict.meetingId),
    title: titles.get(conflict.eventId ?? conflict.meetingId ?? '') ?? null,
  }));
}

const sentences: Readonly<Record<BlockingKind, (name: string, span: string) => string>> = {
  overlap: (name, span) => `${name} is busy${span}.`,
  buffer_before: (name, span) => `${name} needs the time before a meeting free${span}.`,
  buffer_after: (name, span) => `${name} needs the time after a meeting free${span}.`,
  outside_hours: (name) => `This is outside the hours of ${name}.`,
  notice: (name) => `${name} cannot be booked at such short notice.`,
  horizon: (name) => `${name} cannot be booked so far ahead.`,
  limit: (name) => `${name} has as many meetings on this day as are allowed.`,
  outside_window: (name) => `The calendar of ${name} is not known that far.`,
  unknown: (name) => `It is not known whether ${name} is free.`,
};

function messageOf(conflict: TimeConflict, { name, zone }: { name: string; zone: ZoneId }): string {
  return sentences[conflict.kind](name, spanText(conflict.start, conflict.end, zone));
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
