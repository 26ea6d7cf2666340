import { Injectable, Logger } from '@nestjs/common';
import { addMilliseconds, Clock, MINUTE_MS, type Uuid } from '@daymark/domain';
import { MailChannel, type MailOutcome, type OutgoingMail } from '@daymark/reminders';
import { PgBossJobs, type JobHandler, type JobIds } from '../jobs/jobs.ts';
import { Chance } from '../ports/ports.ts';
import type { ClaimedMail } from './mail-row.ts';
import { MailWriter } from './mail-writer.ts';
import { MailsRepository } from './mails.repository.ts';
import { SendingTenant } from './sending-tenant.ts';

const MAX_ATTEMPTS = 8;
const FIRST_RETRY_MS = 30_000;
const LONGEST_RETRY_MS = 10 * MINUTE_MS;

/** Sends one mail of the outbox: claim, word, send with no transaction open, mark. Safe to run again at any time. */
@Injectable()
export class SendMailJob implements JobHandler {
  readonly queue = 'send-mail';
  readonly concurrency = 4;
  readonly #logger = new Logger('Mail');

  constructor(
    private readonly mails: MailsRepository,
    private readonly writer: MailWriter,
    private readonly channel: MailChannel,
    private readonly sending: SendingTenant,
    private readonly clock: Clock,
    private readonly chance: Chance,
    jobs: PgBossJobs,
  ) {
    jobs.register(this);
  }

  async handle({ tenantId, mailId }: JobIds): Promise<void> {
    const claimed = await this.mails.claim(tenantId, mailId!);
    if (claimed === null) return;
    const mail = await this.#write(tenantId, claimed);
    if (mail === null) return;
    const outcome = await this.#hand(tenantId, mail);
    if (outcome.kind === 'accepted') return this.mails.markSent(tenantId, claimed, mail.subject);
    if (outcome.kind === 'refused' || claimed.attempt >= MAX_ATTEMPTS) {
      this.#logger.warn({ kind: claimed.kind, reason: outcome.reason }, 'a mail was given up');
      return this.mails.markFailed(tenantId, claimed.id, outcome.reason);
    }
    const waitMs = Math.min(FIRST_RETRY_MS * 2 ** (claimed.attempt - 1), LONGEST_RETRY_MS);
    const nextTryAt = addMilliseconds(this.clock.now(), waitMs + this.chance.upTo(waitMs / 10));
    await this.mails.markUnknown(tenantId, claimed.id, { reason: outcome.reason, nextTryAt });
  }

  async #write(tenantId: Uuid, claimed: ClaimedMail): Promise<OutgoingMail | null> {
    try {
      return await this.writer.write(claimed);
    } catch (error) {
      this.#logger.error({ error }, 'a mail could not be worded');
      await this.mails.markFailed(tenantId, claimed.id, `not worded: ${reasonOf(error)}`);
      return null;
    }
  }

  async #hand(tenantId: Uuid, mail: OutgoingMail): Promise<MailOutcome> {
    try {
      return await this.sending.run(tenantId, () => this.channel.send(mail));
    } catch (error) {
      return { kind: 'unknown', reason: reasonOf(error) };
    }
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown error';
}
