import { Inject, Injectable } from '@nestjs/common';
import { Clock, IdSource, type Uuid } from '@daymark/domain';
import { messageIdOf, planReminders, reconcileReminders } from '@daymark/reminders';
import { CONFIGURATION, type Configuration } from '../config/config.ts';
import type { Transaction } from '../database/database.ts';
import { TenantSettings } from '../identity/tenant-settings.ts';
import { mailDomain } from '../mail/mail-address.ts';
import { attending, MeetingFactsReader, recipientOf } from '../mail/meeting-facts.ts';
import { RemindersRepository } from './reminders.repository.ts';

/** What a plan changed. */
export interface Planned {
  readonly inserted: number;
  readonly voided: number;
  /** Reminders that a worker is sending now: too late to take back. */
  readonly underWay: number;
}

/** Keeps the reminders of a meeting in step with it. */
@Injectable()
export class Reminding {
  constructor(
    private readonly reader: MeetingFactsReader,
    private readonly reminders: RemindersRepository,
    private readonly settings: TenantSettings,
    private readonly clock: Clock,
    private readonly ids: IdSource,
    @Inject(CONFIGURATION) private readonly configuration: Configuration,
  ) {}

  /** In the transaction that booked, changed or cancelled the meeting, which holds its row. Doing it again changes nothing. */
  async plan(tx: Transaction, meetingId: Uuid): Promise<Planned> {
    const meeting = await this.reader.read(tx, meetingId);
    if (meeting === null) return { inserted: 0, voided: 0, underWay: 0 };
    const settings = await this.settings.get(tx);
    const now = this.clock.now();
    const plan = planReminders({
      meeting: { id: meeting.id, sequence: meeting.sequence, start: meeting.start, status: meeting.status },
      recipients: attending(meeting).map(({ email }) => recipientOf(email, { facts: meeting, settings })),
      leadMinutes: meeting.reminderMinutes,
      now,
    });
    const stored = await this.reminders.lockOf(tx, meetingId);
    const change = reconcileReminders(
      stored.filter(({ state }) => state !== 'void'),
      plan,
    );
    const domain = mailDomain(this.configuration.mailFrom);
    const reminders = change.insert.map((one) => ({ ...one, id: this.ids.next(), messageId: messageIdOf(one.key, domain) }));
    await this.reminders.insert(tx, { tenantId: meeting.tenantId, meetingId, reminders, now });
    for (const [reason, rows] of Map.groupBy(change.void, (row) => (meeting.status === 'booked' ? row.reason : 'cancelled'))) {
      await this.reminders.end(
        tx,
        rows.map(({ id }) => id),
        { state: 'void', reason },
      );
    }
    return { inserted: reminders.length, voided: change.void.length, underWay: stored.filter(({ state }) => state === 'sending').length };
  }
}
