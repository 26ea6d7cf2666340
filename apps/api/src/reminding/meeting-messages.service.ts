import { Injectable } from '@nestjs/common';
import type { Delivery, operations, QueryOf, Reminder } from '@daymark/api-contract';
import type { Uuid } from '@daymark/domain';
import { Database, type Transaction } from '../database/database.ts';
import { seesWholeTenant, type Caller } from '../http/caller.ts';
import { cursorTimeAndId, pageOfRows, type Page } from '../http/page-cursors.ts';
import { notFound } from '../http/path-ids.ts';
import { MeetingDeliveries } from './meeting-deliveries.ts';
import { RemindersRepository, reminderView } from './reminders.repository.ts';

/** What people hear about a meeting: messages that went out, reminders to come. */
@Injectable()
export class MeetingMessagesService {
  constructor(
    private readonly database: Database,
    private readonly deliveries: MeetingDeliveries,
    private readonly reminders: RemindersRepository,
  ) {}

  async listDeliveries(caller: Caller, meetingId: Uuid, query: QueryOf<typeof operations.listMeetingDeliveries>): Promise<Page<Delivery>> {
    return this.database.withTenant(caller.tenantId, async (tx) => {
      await requireVisible(tx, caller, meetingId);
      return this.deliveries.list(tx, meetingId, query);
    });
  }

  async listReminders(
    caller: Caller,
    meetingId: Uuid,
    { cursor, limit }: QueryOf<typeof operations.listMeetingReminders>,
  ): Promise<Page<Reminder>> {
    const after = cursorTimeAndId(cursor);
    const rows = await this.database.withTenant(caller.tenantId, async (tx) => {
      await requireVisible(tx, caller, meetingId);
      return this.reminders.list(tx, meetingId, { after, limit: limit + 1 });
    });
    return pageOfRows(rows, { limit, positionOf: (row) => [row.due_at.getTime(), row.id], view: reminderView });
  }
}

/** Members and viewers see meetings that they attend or booked. @throws DomainError the same 404 for a foreign and an unknown id. */
async function requireVisible(tx: Transaction, caller: Caller, meetingId: Uuid): Promise<void> {
  const rows = await tx.query<unknown[]>(
    `SELECT FROM meetings m WHERE m.id = $1 AND ($2 OR m.organizer_user_id = $3 OR EXISTS (SELECT FROM attendees a WHERE a.meeting_id = m.id AND a.user_id = $3))`,
    [meetingId, seesWholeTenant(caller), caller.userId],
  );
  if (rows.length === 0) throw notFound('meeting');
}
