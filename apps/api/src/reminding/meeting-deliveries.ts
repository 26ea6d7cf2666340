import { Injectable } from '@nestjs/common';
import type { Delivery, operations, QueryOf } from '@daymark/api-contract';
import { formatId, formatInstant, problemDefinition, type Uuid } from '@daymark/domain';
import { toInstant, toTimestamp } from '../database/columns.ts';
import type { Transaction } from '../database/database.ts';
import { cursorTimeAndId, pageOfRows, type Page } from '../http/page-cursors.ts';
import type { MailKind } from '../mail/mail-standing.ts';

interface Row {
  readonly id: Uuid;
  readonly meeting_id: Uuid;
  readonly is_reminder: boolean;
  readonly kind: MailKind | 'reminder';
  readonly recipient: string;
  readonly state: Delivery['state'];
  readonly subject: string | null;
  readonly attempts: number;
  readonly sent_at: Date | null;
  readonly due_at: Date;
  readonly lease_until: Date | null;
  readonly error: string | null;
  readonly created_at: Date;
}

const shownKinds: Readonly<Partial<Record<Row['kind'], Delivery['kind']>>> = {
  confirmation: 'confirmation',
  'link-followup': 'confirmation',
  rescheduled: 'rescheduled',
  cancelled: 'cancelled',
  uninvited: 'cancelled',
  reminder: 'reminder',
};

/** What went, or is to go, to people about a meeting. A reminder is among them from the moment it is tried. */
@Injectable()
export class MeetingDeliveries {
  async list(tx: Transaction, meetingId: Uuid, query: QueryOf<typeof operations.listMeetingDeliveries>): Promise<Page<Delivery>> {
    const after = cursorTimeAndId(query.cursor);
    const kinds =
      query.kind === undefined ? null : Object.entries(shownKinds).flatMap(([kind, shown]) => (query.kind!.includes(shown) ? [kind] : []));
    const rows = await tx.query<Row[]>(
      `SELECT * FROM (
         SELECT id, meeting_id, false AS is_reminder, kind, recipient, state, details ->> 'subject' AS subject, attempts, sent_at, due_at, lease_until, error, created_at
         FROM mails WHERE meeting_id = $1
         UNION ALL
         SELECT id, meeting_id, true, 'reminder', recipient, state, NULL, attempts, sent_at, due_at, lease_until, error, due_at
         FROM reminders WHERE meeting_id = $1 AND attempts > 0 AND state IN ('sending', 'sent', 'failed', 'void')
       ) d
       WHERE ($2::text[] IS NULL OR kind = ANY($2)) AND ($3::timestamptz IS NULL OR (created_at, id) < ($3, $4::uuid))
       ORDER BY created_at DESC, id DESC LIMIT $5`,
      [meetingId, kinds, toTimestamp(after?.at ?? null), after?.id ?? null, query.limit + 1],
    );
    return pageOfRows(rows, { limit: query.limit, positionOf: (row) => [row.created_at.getTime(), row.id], view: deliveryView });
  }
}

function deliveryView(row: Row): Delivery {
  return {
    id: formatId('delivery', row.id),
    meeting_id: formatId('meeting', row.meeting_id),
    reminder_id: row.is_reminder ? formatId('reminder', row.id) : null,
    kind: shownKinds[row.kind] ?? 'confirmation',
    channel: 'email',
    recipient: row.recipient,
    state: row.state,
    subject: row.subject,
    attempts: row.attempts,
    sent_at: row.sent_at === null ? null : formatInstant(toInstant(row.sent_at)),
    next_try_at: nextTryAt(row),
    problem: problemOfDelivery(row),
    created_at: formatInstant(toInstant(row.created_at)),
  };
}

function nextTryAt({ state, due_at, lease_until }: Row): string | null {
  if (state !== 'due' && state !== 'sending') return null;
  return formatInstant(toInstant(lease_until ?? due_at));
}

/** Also while it is tried again; a void one tells why in the reminder itself. */
function problemOfDelivery({ state, error, due_at, attempts }: Row): Delivery['problem'] {
  if (error === null || (state !== 'failed' && state !== 'sending')) return null;
  const { cause, fix, who } = problemDefinition('mail-failed');
  return {
    code: 'mail-failed',
    message: error,
    cause,
    fix,
    who,
    first_seen_at: formatInstant(toInstant(due_at)),
    count: Math.max(1, attempts),
  };
}
