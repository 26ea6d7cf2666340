import { Injectable } from '@nestjs/common';
import type { Meeting as MeetingView } from '@daymark/api-contract';
import { formatId, formatInstant, MINUTE_MS, type Instant } from '@daymark/domain';
import type { Transaction } from '../database/database.ts';
import type { AttendeeRow, ClaimRow, MailRow, MeetingParts, MeetingRow, PlacementRow } from './meeting-row.ts';
import { placementView, stepsOf } from './meeting-steps.ts';

/** Meetings with everything that is shown of them: a fixed number of statements, however many they are. */
@Injectable()
export class MeetingViews {
  async of(tx: Transaction, rows: readonly MeetingRow[]): Promise<MeetingView[]> {
    if (rows.length === 0) return [];
    const ids = rows.map(({ id }) => id);
    const attendees = Map.groupBy(await tx.query<AttendeeRow[]>(attendeeSql, [ids]), (row) => row.meeting_id);
    const placements = Map.groupBy(await tx.query<PlacementRow[]>(placementSql, [ids]), (row) => row.thing_id);
    const claims = Map.groupBy(await tx.query<ClaimRow[]>(claimSql, [ids]), (row) => row.meeting_id);
    const mails = Map.groupBy(await tx.query<MailRow[]>(mailSql, [ids]), (row) => row.meeting_id);
    return rows.map((row) =>
      view(row, {
        attendees: attendees.get(row.id) ?? [],
        placements: placements.get(row.id) ?? [],
        claims: claims.get(row.id) ?? [],
        mails: mails.get(row.id) ?? [],
      }),
    );
  }
}

/** A guest who is a user goes by the user's name unless the invitation gives another. */
const attendeeSql = `
  SELECT a.id, a.meeting_id, a.user_id, a.email, coalesce(a.name, u.name) AS name, a.zone, a.kind, a.is_optional, a.response
  FROM attendees a LEFT JOIN users u ON u.id = a.user_id WHERE a.meeting_id = ANY($1) ORDER BY a.id`;

const placementSql = `
  SELECT p.id, p.thing_id, p.calendar_id, n.provider, k.name AS calendar_name, p.role, p.state, p.desired, p.attempts, p.next_try_at, p.last_error, p.written_at, p.updated_at,
    e.id AS event_id, d.url
  FROM placements p JOIN calendars k ON k.id = p.calendar_id JOIN connections n ON n.id = k.connection_id
  LEFT JOIN events e ON e.calendar_id = p.calendar_id AND e.remote_id = p.remote_id AND e.deleted_at IS NULL
  LEFT JOIN event_details d ON d.event_id = e.id
  WHERE p.thing_kind = 'meeting' AND p.thing_id = ANY($1) ORDER BY p.role DESC, p.id`;

const claimSql = `
  SELECT c.meeting_id, c.resource_id, r.kind, r.name, c.start_at, c.end_at, c.before_ms, c.after_ms
  FROM claims c JOIN resources r ON r.id = c.resource_id WHERE c.meeting_id = ANY($1) ORDER BY r.kind, r.name, c.id`;

/** Reminders are shown only while one is under way: a cancel or a move that comes then is too late for it, and says so. */
const mailSql = `
  SELECT meeting_id, kind, sequence, recipient, state, attempts, due_at, sent_at, error FROM (
    SELECT id, meeting_id, kind, sequence, recipient, state, attempts, due_at, sent_at, error FROM mails WHERE meeting_id = ANY($1)
    UNION ALL
    SELECT id, meeting_id, 'reminder', sequence, recipient, state, attempts, due_at, sent_at, error FROM reminders WHERE meeting_id = ANY($1) AND state = 'sending'
  ) AS messages ORDER BY id`;

function view(row: MeetingRow, parts: MeetingParts): MeetingView {
  const hosts = parts.attendees.filter(({ kind }) => kind === 'host');
  return {
    id: formatId('meeting', row.id),
    status: row.status,
    title: row.title,
    description: row.description,
    location: row.location,
    start: text(row.start_at),
    end: text(row.end_at),
    time_zone: row.zone,
    duration_minutes: Math.round((row.end_at.getTime() - row.start_at.getTime()) / MINUTE_MS),
    hosts: hosts.flatMap(({ user_id, name, email }) =>
      user_id === null ? [] : [{ user_id: formatId('user', user_id), name: name ?? email, email }],
    ),
    attendees: parts.attendees
      .filter(({ kind }) => kind === 'guest')
      .map((one) => ({
        id: formatId('attendee', one.id),
        user_id: one.user_id === null ? null : formatId('user', one.user_id),
        email: one.email,
        name: one.name,
        optional: one.is_optional,
        response: one.response,
        time_zone: one.zone,
      })),
    conference:
      row.conference === null
        ? null
        : { status: row.conference.status, platform: row.conference.platform, join_url: row.conference.join_url },
    calendar_id: parts.placements[0] === undefined ? null : formatId('calendar', parts.placements[0].calendar_id),
    scheduling_profile_id: row.scheduling_profile_id === null ? null : formatId('schedulingProfile', row.scheduling_profile_id),
    placements: parts.placements.map(placementView),
    steps: stepsOf(row, parts),
    claims: parts.claims.map((claim) => ({
      resource_id: formatId('resource', claim.resource_id),
      kind: claim.kind,
      label: claim.name,
      start: formatInstant((claim.start_at.getTime() - claim.before_ms) as Instant),
      end: formatInstant((claim.end_at.getTime() + claim.after_ms) as Instant),
    })),
    reminders: row.reminder_minutes,
    preparation: row.preparation,
    external_ref: row.external_ref,
    moved: row.moved,
    sequence: row.sequence,
    cancelled_at: row.cancelled_at === null ? null : text(row.cancelled_at),
    cancel_comment: row.cancel_comment,
    created_at: text(row.created_at),
    updated_at: text(row.updated_at),
    version: row.version,
  };
}

function text(at: Date): string {
  return formatInstant(at.getTime() as Instant);
}
