import { Inject, Injectable } from '@nestjs/common';
import type { BodyOf, operations, ResponseOf } from '@daymark/api-contract';
import { addMilliseconds, Clock, DomainError, IdSource, MINUTE_MS, type Uuid } from '@daymark/domain';
import { MailChannel, messageIdOf, type MailOutcome, type OutgoingMail } from '@daymark/reminders';
import { Audit } from '../audit/audit.ts';
import { CONFIGURATION, type Configuration } from '../config/config.ts';
import { toTimestamp } from '../database/columns.ts';
import { Database } from '../database/database.ts';
import type { Caller } from '../http/caller.ts';
import { TenantSettings } from '../identity/tenant-settings.ts';
import { mailDomain } from './mail-address.ts';
import { MailWriter } from './mail-writer.ts';
import { MailsRepository } from './mails.repository.ts';
import { SendingTenant } from './sending-tenant.ts';
import { SmtpMailChannel } from './smtp-mail-channel.ts';

type MailTest = ResponseOf<typeof operations.testMail>;

const LEASE_MS = 2 * MINUTE_MS;

/** A mail that shows an administrator whether mail works, and if not what the server said. */
@Injectable()
export class TestMailService {
  constructor(
    private readonly database: Database,
    private readonly mails: MailsRepository,
    private readonly writer: MailWriter,
    private readonly channel: MailChannel,
    private readonly smtp: SmtpMailChannel,
    private readonly sending: SendingTenant,
    private readonly settings: TenantSettings,
    private readonly audit: Audit,
    private readonly clock: Clock,
    private readonly ids: IdSource,
    @Inject(CONFIGURATION) private readonly configuration: Configuration,
  ) {}

  /** @throws DomainError `mail-failed` with the words of the transport. */
  async send(caller: Caller, { to }: BodyOf<typeof operations.testMail>): Promise<MailTest> {
    const mail = await this.#begin(caller, to);
    if (mail === null) throw new DomainError('idempotency-key-reused', 'this Idempotency-Key was used for another address');
    const answer: MailTest = { accepted: true, message_id: mail.outgoing.messageId, transport: this.smtp.name };
    if (mail.isSent) return answer;
    const outcome = await this.#hand(caller.tenantId, mail.outgoing);
    if (outcome.kind !== 'accepted') {
      await this.mails.markFailed(caller.tenantId, mail.id, outcome.reason);
      throw new DomainError('mail-failed', `${this.smtp.name}: ${outcome.reason}`);
    }
    await this.mails.markSent(caller.tenantId, { id: mail.id, kind: 'test', recipient: to, meeting: null }, mail.outgoing.subject);
    return answer;
  }

  /** The row before the mail; the same idempotency key is the same mail. Null when it went to another address. */
  async #begin(
    caller: Caller,
    to: string,
  ): Promise<{ readonly id: Uuid; readonly isSent: boolean; readonly outgoing: OutgoingMail } | null> {
    const now = this.clock.now();
    const newId = this.ids.next();
    const key = ['mail', 'test', caller.tenantId, caller.credential.id, caller.idempotency?.key ?? newId].join('/');
    const messageId = messageIdOf(key, mailDomain(this.configuration.mailFrom));
    return this.database.withTenant(caller.tenantId, async (tx) => {
      const settings = await this.settings.get(tx);
      const [row] = await tx.query<[{ id: Uuid; recipient: string; state: string }]>(
        `INSERT INTO mails AS m (id, tenant_id, kind, recipient, message_id, state, attempts, due_at, lease_until, created_at) VALUES ($1, $2, 'test', $3, $4, 'sending', 1, $5, $6, $5)
         ON CONFLICT (message_id) DO UPDATE SET state = CASE WHEN m.state = 'sent' THEN 'sent' ELSE 'sending' END, attempts = m.attempts + 1, error = NULL, lease_until = excluded.lease_until
         RETURNING id, recipient, state`,
        [newId, caller.tenantId, to, messageId, toTimestamp(now), toTimestamp(addMilliseconds(now, LEASE_MS))],
      );
      if (row.recipient !== to) return null;
      await this.audit.record(tx, caller, { action: 'mail.tested', subject: { kind: 'tenant', id: caller.tenantId }, after: { to } });
      const outgoing = await this.writer.write({
        id: row.id,
        kind: 'test',
        sequence: 0,
        recipient: to,
        messageId,
        details: {},
        createdAt: now,
        attempt: 1,
        meeting: null,
        setup: null,
        settings,
      });
      return { id: row.id, isSent: row.state === 'sent', outgoing };
    });
  }

  async #hand(tenantId: Uuid, mail: OutgoingMail): Promise<MailOutcome> {
    try {
      return await this.sending.run(tenantId, () => this.channel.send(mail));
    } catch (error) {
      return { kind: 'unknown', reason: error instanceof Error ? error.message : 'unknown error' };
    }
  }
}
