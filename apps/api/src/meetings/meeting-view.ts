import { Injectable } from '@nestjs/common';
import type { Meeting as MeetingView, MeetingStep, Placement as PlacementView } from '@daymark/api-contract';
import {
  formatId,
  formatInstant,
  isProblemCode,
  MINUTE_MS,
  problemDefinition,
  type Instant,
  type MeetingStatus,
  type Uuid,
  type ZoneId,
} from '@daymark/domain';
import type { DescribedError } from '../connections/provider-problem.ts';
import type { Transaction } from '../database/database.ts';

export interface MeetingRow {
  readonly id: Uuid;
  readonly organizer_user_id: Uuid | null;
  readonly scheduling_profile_id: Uuid | null;
  readonly title: string;
  readonly description: string | null;
  readonly location: string | null;
  readonly status: MeetingStatus;
  readonly start_at: Date;
  readonly end_at: Date;
  readonly zone: ZoneId;
  readonly sequence: number;
  readonly conference: StoredConference | null;
  readonly external_ref: MeetingView['external_ref'];
  readonly reminder_minutes: number[];
  readonly preparation: MeetingView['preparation'];
  readonly notify: 'all' | 'external' | 'none';
  readonly moved: MeetingView['moved'];
  readonly cancel_comment: string | null;
  readonly cancelled_at: Date | null;
  readonly version: number;
  readonly created_at: Date;
  readonly updated_at: Date;
}

export interface StoredConference {
  readonly status: 'pending' | 'ready' | 'failed';
  readonly platform: string | null;
  readonly join_url: string | null;
  readonly required: boolean;
}

interface AttendeeRow {
  readonly id: Uuid;
  readonly meeting_id: Uuid;
  readonly user_id: Uuid | null;
  readonly email: string;
  readonly name: string | null;
  readonly zone: ZoneId | null;
  readonly kind: 'host' | 'guest';
  readonly is_optional: boolean;
  readonly response: MeetingView['attendees'][number]['response'];
}

interface PlacementRow {
  readonly id: Uuid;
  readonly thing_id: Uuid;
  readonly calendar_id: Uuid;
  readonly provider: string;
  readonly calendar_name: string;
  readonly role: PlacementView['role'];
  readonly state: PlacementView['state'];
  readonly desired: 'present' | 'absent';
  readonly event_id: Uuid | null;
  readonly url: string | null;
  readonly attempts: number;
  readonly next_try_at: Date | null;
  readonly last_error: DescribedError | null;
  readonly written_at: Date | null;
  readonly updated_at: Date;
}

interface ClaimRow {
  readonly meeting_id: Uuid;
  readonly resource_id: Uuid;
  readonly kind: 'person' | 'room' | 'mailbox';
  readonly name: string;
  readonly start_at: Date;
  readonly end_at: Date;
  readonly before_ms: number;
  readonly after_ms: number;
}

interface MailRow {
  readonly meeting_id: Uuid;
  readonly kind: string;
  readonly sequence: number;
  readonly recipient: string;
  readonly state: 'due' | 'sending' | 'sent' | 'failed' | 'void';
  readonly attempts: number;
  readonly due_at: Date;
  readonly sent_at: Date | null;
  readonly error: string | null;
}

/** Meetings with everything that is shown of them: a fixed number of statements, however many they are. */
@Injectable()
export class MeetingViews {
  async of(tx: Transaction, rows: readonly MeetingRow[]): Promise<MeetingView[]> {
    if (rows.length === 0) return [];
    const ids = rows.map(({ id }) => id);
    const attendees = Map.groupBy(
      await tx.query<AttendeeRow[]>(`SELECT * FROM attendees WHERE meeting_id = ANY($1) ORDER BY id`, [ids]),
      (row) => row.meeting_id,
    );
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

interface Parts {
  readonly attendees: readonly AttendeeRow[];
  readonly placements: readonly PlacementRow[];
  readonly claims: readonly ClaimRow[];
  readonly mails: readonly MailRow[];
}

function view(row: MeetingRow, parts: Parts): MeetingView {
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

function placementView(row: PlacementRow): PlacementView {
  return {
    id: formatId('placement', row.id),
    calendar_id: formatId('calendar', row.calendar_id),
    provider: row.provider,
    role: row.role,
    state: row.state,
    event_id: row.event_id === null ? null : formatId('event', row.event_id),
    url: row.url,
    attempts: row.attempts,
    next_try_at: row.next_try_at === null ? null : text(row.next_try_at),
    problem: row.last_error === null ? null : problemView(row.last_error, row.updated_at),
  };
}

const placementSteps: Readonly<Record<PlacementView['state'], MeetingStep['state']>> = {
  pending: 'running',
  waiting: 'waiting',
  written: 'done',
  failed: 'failed',
  removed: 'done',
};
const mailSteps: Readonly<Record<MailRow['state'], MeetingStep['state']>> = {
  due: 'waiting',
  sending: 'running',
  sent: 'done',
  failed: 'failed',
  void: 'void',
};
const mailLabels: Readonly<Record<string, string>> = {
  confirmation: 'Confirmation',
  rescheduled: 'New time',
  cancelled: 'Cancellation',
  'link-followup': 'Join link',
  reminder: 'Reminder',
};

/** Claimed, written, linked, mailed: what the platform does for a meeting and how far it is. */
function stepsOf(row: MeetingRow, { placements, mails }: Parts): MeetingStep[] {
  const blank = { calendar_id: null, recipient: null, attempts: 0, next_try_at: null, finished_at: null, problem: null };
  const steps: MeetingStep[] = [
    {
      ...blank,
      kind: 'claim',
      label: row.status === 'cancelled' ? 'Time freed' : 'Time claimed',
      state: 'done',
      finished_at: text(row.cancelled_at ?? row.created_at),
    },
  ];
  for (const placement of placements) {
    const { attempts, next_try_at, problem, calendar_id } = placementView(placement);
    const label = placement.desired === 'absent' ? `Removed from ${placement.calendar_name}` : `Written to ${placement.calendar_name}`;
    const finishedAt =
      placement.state === 'written' || placement.state === 'removed' ? text(placement.written_at ?? placement.updated_at) : null;
    steps.push({
      ...blank,
      kind: 'placement',
      label,
      state: placementSteps[placement.state],
      calendar_id,
      attempts,
      next_try_at,
      finished_at: finishedAt,
      problem,
    });
  }
  if (row.conference !== null) {
    const states = { pending: 'running', ready: 'done', failed: 'failed' } as const;
    steps.push({ ...blank, kind: 'conference', label: row.conference.platform ?? 'Join link', state: states[row.conference.status] });
  }
  for (const mail of mails) {
    steps.push({
      ...blank,
      kind: 'mail',
      label: `${mailLabels[mail.kind] ?? 'Mail'} to ${mail.recipient}`,
      state: mailSteps[mail.state],
      recipient: mail.recipient,
      attempts: mail.attempts,
      next_try_at: mail.state === 'due' || mail.state === 'sending' ? text(mail.due_at) : null,
      finished_at: mail.sent_at === null ? null : text(mail.sent_at),
      problem:
        mail.state === 'failed' && mail.error !== null
          ? problemView({ code: 'mail-failed', message: mail.error, providerStatus: null, providerReason: null }, mail.due_at)
          : null,
    });
  }
  return steps;
}

function problemView(error: DescribedError, at: Date): NonNullable<PlacementView['problem']> {
  const code = isProblemCode(error.code) ? error.code : 'internal';
  const { cause, fix, who } = problemDefinition(code);
  return { code, message: error.message, cause, fix, who, first_seen_at: text(at), count: 1 };
}

function text(at: Date): string {
  return formatInstant(at.getTime() as Instant);
}
