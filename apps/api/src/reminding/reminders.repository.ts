import { Injectable } from '@nestjs/common';
import type { Reminder as ReminderView } from '@daymark/api-contract';
import { formatId, formatInstant, type Instant, type Uuid } from '@daymark/domain';
import { reminderKey, type PlannedReminder, type ReminderChannel, type ReminderState, type StoredReminder } from '@daymark/reminders';
import { toInstant, toTimestamp } from '../database/columns.ts';
import type { Transaction } from '../database/database.ts';

interface Row {
  readonly id: Uuid;
  readonly meeting_id: Uuid;
  readonly sequence: number;
  readonly recipient: string;
  readonly channel: ReminderChannel;
  readonly lead_minutes: number;
  readonly due_at: Date;
  readonly state: ReminderView['state'];
  readonly reason: string | null;
  readonly error: string | null;
  readonly attempts: number;
  readonly sent_at: Date | null;
}

export interface NewReminder extends PlannedReminder {
  readonly id: Uuid;
  readonly messageId: string;
}

export interface TakenReminder {
  readonly id: Uuid;
  readonly meetingId: Uuid;
  readonly key: string;
  readonly sequence: number;
  readonly recipient: string;
  readonly leadMinutes: number;
  readonly dueAt: Instant;
  readonly attempts: number;
}

/** The rows of reminders; a `planned` one is stored as `due`. */
@Injectable()
export class RemindersRepository {
  /** Locked until the end of the transaction. */
  async lockOf(tx: Transaction, meetingId: Uuid): Promise<StoredReminder[]> {
    const rows = await tx.query<Row[]>(`SELECT * FROM reminders WHERE meeting_id = $1 ORDER BY id FOR UPDATE`, [meetingId]);
    return rows.map((row) => ({ id: row.id, key: keyOf(row), sequence: row.sequence, state: planState(row.state) }));
  }

  /** One that was void comes back when it is wanted again. */
  async insert(
    tx: Transaction,
    { tenantId, meetingId, reminders, now }: { tenantId: Uuid; meetingId: Uuid; reminders: readonly NewReminder[]; now: Instant },
  ): Promise<void> {
    if (reminders.length === 0) return;
    const rows = reminders.map((one) => ({
      id: one.id,
      sequence: one.sequence,
      recipient: one.recipient.email.trim().toLowerCase(),
      channel: one.channel,
      lead_minutes: one.leadMinutes,
      due_at: toTimestamp(one.dueAt),
      state: one.state === 'planned' ? 'due' : one.state,
      reason: one.reason,
      message_id: one.messageId,
    }));
    await tx.query(
      `INSERT INTO reminders (id, tenant_id, meeting_id, sequence, recipient, channel, lead_minutes, due_at, state, reason, message_id, created_at)
       SELECT r.id, $2, $3, r.sequence, r.recipient, r.channel, r.lead_minutes, r.due_at, r.state, r.reason, r.message_id, $4
       FROM jsonb_to_recordset($1::jsonb) AS r (id uuid, sequence integer, recipient text, channel text, lead_minutes integer, due_at timestamptz, state text, reason text, message_id text)
       ON CONFLICT (meeting_id, sequence, recipient, channel, lead_minutes) DO UPDATE
         SET state = excluded.state, reason = excluded.reason, due_at = excluded.due_at, lease_until = NULL WHERE reminders.state = 'void'`,
      [JSON.stringify(rows), tenantId, meetingId, toTimestamp(now)],
    );
  }

  async end(tx: Transaction, ids: readonly string[], { state, reason }: { state: 'void' | 'skipped'; reason: string }): Promise<void> {
    if (ids.length > 0)
      await tx.query(`UPDATE reminders SET state = $2, reason = $3, lease_until = NULL WHERE id = ANY($1)`, [ids, state, reason]);
  }

  async meetingOf(tx: Transaction, id: string): Promise<Uuid | null> {
    const [row] = await tx.query<{ meeting_id: Uuid }[]>(`SELECT meeting_id FROM reminders WHERE id = $1`, [id]);
    return row?.meeting_id ?? null;
  }

  /** An open row whose time has come and that nobody else has taken, locked. */
  async takeDue(tx: Transaction, id: string, now: Instant): Promise<TakenReminder | null> {
    const [row] = await tx.query<Row[]>(
      `SELECT * FROM reminders WHERE id = $1 AND state IN ('due', 'sending') AND due_at <= $2 AND (lease_until IS NULL OR lease_until <= $2) FOR UPDATE SKIP LOCKED`,
      [id, toTimestamp(now)],
    );
    if (row === undefined) return null;
    const { meeting_id: meetingId, sequence, recipient, lead_minutes: leadMinutes, attempts } = row;
    return { id: row.id, meetingId, key: keyOf(row), sequence, recipient, leadMinutes, dueAt: toInstant(row.due_at), attempts };
  }

  async markSending(tx: Transaction, id: string, leaseUntil: Instant): Promise<void> {
    await tx.query(`UPDATE reminders SET state = 'sending', attempts = attempts + 1, error = NULL, lease_until = $2 WHERE id = $1`, [
      id,
      toTimestamp(leaseUntil),
    ]);
  }

  async markSent(tx: Transaction, id: string, at: Instant): Promise<void> {
    await tx.query(`UPDATE reminders SET state = 'sent', sent_at = $2, error = NULL, lease_until = NULL WHERE id = $1`, [
      id,
      toTimestamp(at),
    ]);
  }

  async markFailed(tx: Transaction, id: string, reason: string): Promise<void> {
    await tx.query(`UPDATE reminders SET state = 'failed', error = $2, lease_until = NULL WHERE id = $1`, [id, reason]);
  }

  async markUnknown(tx: Transaction, id: string, { reason, nextTryAt }: { reason: string; nextTryAt: Instant }): Promise<void> {
    await tx.query(`UPDATE reminders SET error = $2, lease_until = $3 WHERE id = $1 AND state = 'sending'`, [
      id,
      reason,
      toTimestamp(nextTryAt),
    ]);
  }

  /** In order of their time. */
  async list(
    tx: Transaction,
    meetingId: Uuid,
    { after, limit }: { after: { readonly at: Instant; readonly id: Uuid } | null; limit: number },
  ): Promise<Row[]> {
    return tx.query<Row[]>(
      `SELECT * FROM reminders WHERE meeting_id = $1 AND ($2::timestamptz IS NULL OR (due_at, id) > ($2, $3::uuid)) ORDER BY due_at, id LIMIT $4`,
      [meetingId, toTimestamp(after?.at ?? null), after?.id ?? null, limit],
    );
  }
}

export function reminderView(row: Row): ReminderView {
  return {
    id: formatId('reminder', row.id),
    meeting_id: formatId('meeting', row.meeting_id),
    recipient: row.recipient,
    channel: row.channel,
    lead_minutes: row.lead_minutes,
    due_at: formatInstant(toInstant(row.due_at)),
    state: row.state,
    reason: row.reason ?? row.error,
    attempts: row.attempts,
    sent_at: row.sent_at === null ? null : formatInstant(toInstant(row.sent_at)),
  };
}

function keyOf({ meeting_id, sequence, recipient, channel, lead_minutes }: Row): string {
  return reminderKey({ meetingId: meeting_id, sequence, email: recipient, channel, leadMinutes: lead_minutes });
}

function planState(state: ReminderView['state']): ReminderState {
  return state === 'due' ? 'planned' : state;
}
