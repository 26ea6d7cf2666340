import { Inject, Injectable } from '@nestjs/common';
import { createTransport } from 'nodemailer';
import { MailChannel, type MailOutcome, type OutgoingMail } from '@daymark/reminders';
import { CONFIGURATION, type Configuration } from '../config/config.ts';
import { Database } from '../database/database.ts';
import { TenantSettings } from '../identity/tenant-settings.ts';
import { addressIn } from './mail-address.ts';
import { SendingTenant } from './sending-tenant.ts';

const CONNECT_MS = 10_000;
const ANSWER_MS = 20_000;
const LONGEST_REASON = 300;

/** Mail by SMTP in the name of the tenant that sends. A connection per mail: a pool would repeat lost ones by itself. */
@Injectable()
export class SmtpMailChannel extends MailChannel {
  readonly #transport: ReturnType<typeof createTransport> | null;
  /** The server without its password, for people. */
  readonly name: string;

  constructor(
    @Inject(CONFIGURATION) private readonly configuration: Configuration,
    private readonly database: Database,
    private readonly settings: TenantSettings,
    private readonly sending: SendingTenant,
  ) {
    super();
    const url = configuration.smtpUrl?.reveal() ?? null;
    this.name = url === null ? 'none' : `${new URL(url).protocol}//${new URL(url).host}`;
    this.#transport =
      url === null
        ? null
        : createTransport({
            url,
            connectionTimeout: CONNECT_MS,
            greetingTimeout: CONNECT_MS,
            socketTimeout: ANSWER_MS,
            disableFileAccess: true,
            disableUrlAccess: true,
          });
  }

  override async send({ messageId, to, subject, html, text, calendar }: OutgoingMail): Promise<MailOutcome> {
    if (this.#transport === null) return { kind: 'unknown', reason: 'no mail server is configured: set SMTP_URL' };
    const { mail } = await this.database.withTenant(this.sending.id, (tx) => this.settings.get(tx));
    try {
      const { response } = await this.#transport.sendMail({
        messageId,
        from: { name: mail.from_name, address: addressIn(this.configuration.mailFrom) },
        ...(mail.reply_to === null ? {} : { replyTo: mail.reply_to }),
        to: { name: to.name ?? '', address: to.email },
        subject,
        html,
        text,
        headers: { 'Auto-Submitted': 'auto-generated' },
        ...(calendar === null ? {} : { icalEvent: { method: calendar.method, content: calendar.content, filename: 'invite.ics' } }),
      });
      return { kind: 'accepted', response };
    } catch (error) {
      return outcomeOf(error);
    }
  }
}

/** A 5xx about this mail is for good; wrong credentials are not, since the operator can put them right. */
function outcomeOf(error: unknown): MailOutcome {
  const reason = (error instanceof Error ? error.message : 'unknown error').replaceAll(/\s+/g, ' ').slice(0, LONGEST_REASON);
  const { responseCode, code } = error as { readonly responseCode?: number; readonly code?: string };
  const isRefused = responseCode !== undefined && responseCode >= 500 && code !== 'EAUTH' && code !== 'ETLS';
  return { kind: isRefused ? 'refused' : 'unknown', reason };
}
