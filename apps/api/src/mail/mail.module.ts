import { Global, Module } from '@nestjs/common';
import { MailChannel } from '@daymark/reminders';
import { MailController } from './mail.controller.ts';
import { MailTicks } from './mail-ticks.ts';
import { MailWriter } from './mail-writer.ts';
import { Mails } from './mails.ts';
import { MailsRepository } from './mails.repository.ts';
import { MeetingFactsReader } from './meeting-facts.ts';
import { SendMailJob } from './send-mail.job.ts';
import { SendingTenant } from './sending-tenant.ts';
import { SmtpMailChannel } from './smtp-mail-channel.ts';
import { TestMailService } from './test-mail.service.ts';

/** The outbox and the way out. */
@Global()
@Module({
  controllers: [MailController],
  providers: [
    Mails,
    MailsRepository,
    MailTicks,
    MailWriter,
    MeetingFactsReader,
    SendMailJob,
    SendingTenant,
    SmtpMailChannel,
    TestMailService,
    { provide: MailChannel, useExisting: SmtpMailChannel },
  ],
  exports: [MailChannel, Mails, MeetingFactsReader, SendingTenant],
})
export class MailModule {}
