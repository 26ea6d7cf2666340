import { Inject, Injectable } from '@nestjs/common';
import type { Instant } from '@daymark/domain';
import { ReminderStore, type ClaimedReminder, type ClaimRequest, type ClaimResult } from '@daymark/reminders';
import { CONFIGURATION, type Configuration } from '../config/config.ts';
import { Database, type Transaction } from '../database/database.ts';
import { TenantSettings } from '../identity/tenant-settings.ts';
import {
  attending,
  brandingOf,
  mailMeetingOf,
  MeetingFactsReader,
  preparationFor,
  recipientOf,
  uidOf,
  type MeetingFacts,
} from '../mail/meeting-facts.ts';
import { SendingTenant } from '../mail/sending-tenant.ts';
import { RemindersRepository, type TakenReminder } from './reminders.repository.ts';

/** The reminders of the tenant that a job sends for. The meeting is locked before the reminder, as a cancel does. */
@Injectable()
export class PgReminderStore extends ReminderStore {
  constructor(
    private readonly database: Database,
    private readonly reminders: RemindersRepository,
    private readonly reader: MeetingFactsReader,
    private readonly settings: TenantSettings,
    private readonly sending: SendingTenant,
    @Inject(CONFIGURATION) private readonly configuration: Configuration,
  ) {
    super();
  }

  override async claim(id: string, request: ClaimRequest): Promise<ClaimResult> {
    return this.#run((tx) => this.#claim(tx, id, request));
  }

  async #claim(tx: Transaction, id: string, { now, leaseUntil, decide }: ClaimRequest): Promise<ClaimResult> {
    const meetingId = await this.reminders.meetingOf(tx, id);
    const meeting = meetingId === null ? null : await this.reader.readLocked(tx, meetingId);
    const taken = await this.reminders.takeDue(tx, id, now);
    if (taken === null) return { kind: 'nothing' };
    const { recipient: email, sequence, leadMinutes, dueAt } = taken;
    const decision = decide(
      { email, sequence, leadMinutes, dueAt },
      meeting === null
        ? null
        : {
            sequence: meeting.sequence,
            start: meeting.start,
            status: meeting.status,
            recipientEmails: attending(meeting).map((one) => one.email),
          },
    );
    if (decision.kind === 'wait') return { kind: 'nothing' };
    if (decision.kind !== 'send') {
      await this.reminders.end(tx, [id], { state: decision.kind === 'void' ? 'void' : 'skipped', reason: decision.reason });
      return { kind: 'dropped', decision };
    }
    return this.#take(tx, { taken, meeting: meeting!, leaseUntil });
  }

  async #take(
    tx: Transaction,
    { taken, meeting, leaseUntil }: { taken: TakenReminder; meeting: MeetingFacts; leaseUntil: Instant },
  ): Promise<ClaimResult> {
    const settings = await this.settings.get(tx);
    if (!settings.mail.is_enabled) {
      await this.reminders.end(tx, [taken.id], { state: 'void', reason: 'mail is switched off for this tenant' });
      return { kind: 'nothing' };
    }
    await this.reminders.markSending(tx, taken.id, leaseUntil);
    const email = taken.recipient;
    const reminder: ClaimedReminder = {
      id: taken.id,
      key: taken.key,
      attempt: taken.attempts + 1,
      recipient: recipientOf(email, { facts: meeting, settings }),
      meeting: mailMeetingOf(meeting, { email, publicUrl: this.configuration.publicUrl, iCalUid: uidOf(meeting) }),
      branding: brandingOf(settings),
      preparation: preparationFor(email, meeting),
    };
    return { kind: 'claimed', reminder };
  }

  override async markSent(id: string, { at }: { readonly at: Instant }): Promise<void> {
    await this.#run((tx) => this.reminders.markSent(tx, id, at));
  }

  override async markFailed(id: string, { reason }: { readonly reason: string }): Promise<void> {
    await this.#run((tx) => this.reminders.markFailed(tx, id, reason));
  }

  override async markUnknown(id: string, result: { readonly reason: string; readonly nextTryAt: Instant }): Promise<void> {
    await this.#run((tx) => this.reminders.markUnknown(tx, id, result));
  }

  async #run<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.database.withTenant(this.sending.id, work);
  }
}
