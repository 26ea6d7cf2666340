import { addMilliseconds, Clock, MINUTE_MS } from '@daymark/domain';
import { Inject, Injectable } from '@nestjs/common';
import { checkAtSend } from './check-at-send.ts';
import { MailChannel } from './mail-channel.ts';
import type { MailOutcome, OutgoingMail } from './mail-channel.ts';
import { oneLine } from './mail/plain-text.ts';
import { renderMail } from './mail/render-mail.ts';
import { messageIdOf } from './message-id.ts';
import { ReminderStore } from './reminder-store.ts';
import type { ClaimedReminder } from './reminder-store.ts';
import { REMINDERS_OPTIONS } from './reminders-options.ts';
import type { RemindersOptions } from './reminders-options.ts';

export type DispatchOutcome = 'sent' | 'failed' | 'to-be-repeated' | 'void' | 'skipped' | 'nothing';

const LEASE_MS = 2 * MINUTE_MS;
const MAX_ATTEMPTS = 8;
const FIRST_RETRY_MS = 30_000;
const LONGEST_RETRY_MS = 10 * MINUTE_MS;

/** Sends one due reminder: claim, check, render, send, mark. Safe to call again at any time and from any worker. */
@Injectable()
export class ReminderDispatcher {
  constructor(
    @Inject(ReminderStore) private readonly store: ReminderStore,
    @Inject(MailChannel) private readonly channel: MailChannel,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(REMINDERS_OPTIONS) private readonly options: RemindersOptions,
  ) {}

  /** @throws only what the store throws; the row is then claimed again after its lease, with the same Message-ID. */
  async dispatch(id: string): Promise<DispatchOutcome> {
    const now = this.clock.now();
    const claim = await this.store.claim(id, {
      now,
      leaseUntil: addMilliseconds(now, LEASE_MS),
      decide: (reminder, meeting) => checkAtSend(reminder, { meeting, now }),
    });
    if (claim.kind === 'nothing') return 'nothing';
    if (claim.kind === 'dropped') return claim.decision.kind === 'void' ? 'void' : 'skipped';
    return this.send(claim.reminder);
  }

  private async send(reminder: ClaimedReminder): Promise<DispatchOutcome> {
    let mail: OutgoingMail;
    try {
      mail = await this.render(reminder);
    } catch (error) {
      await this.store.markFailed(reminder.id, { at: this.clock.now(), reason: `not rendered: ${reasonOf(error)}` });
      return 'failed';
    }
    const outcome = await this.hand(mail);
    const at = this.clock.now();
    if (outcome.kind === 'accepted') {
      await this.store.markSent(reminder.id, { at, messageId: mail.messageId, response: outcome.response });
      return 'sent';
    }
    if (outcome.kind === 'refused' || reminder.attempt >= MAX_ATTEMPTS) {
      await this.store.markFailed(reminder.id, { at, reason: outcome.reason });
      return 'failed';
    }
    const waitMs = Math.min(FIRST_RETRY_MS * 2 ** (reminder.attempt - 1), LONGEST_RETRY_MS);
    await this.store.markUnknown(reminder.id, { at, reason: outcome.reason, nextTryAt: addMilliseconds(at, waitMs) });
    return 'to-be-repeated';
  }

  private async render({ key, recipient, meeting, branding, preparation }: ClaimedReminder): Promise<OutgoingMail> {
    const { subject, html, text } = await renderMail({ kind: 'reminder', meeting, recipient, branding, preparation });
    return {
      messageId: messageIdOf(key, this.options.messageIdDomain),
      to: { email: recipient.email, name: recipient.name === null ? null : oneLine(recipient.name, 80) },
      subject,
      html,
      text,
      calendar: null,
    };
  }

  private async hand(mail: OutgoingMail): Promise<MailOutcome> {
    try {
      return await this.channel.send(mail);
    } catch (error) {
      return { kind: 'unknown', reason: reasonOf(error) };
    }
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown error';
}
