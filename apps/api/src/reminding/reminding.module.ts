import { Global, Module, type DynamicModule } from '@nestjs/common';
import { ReminderStore, RemindersModule } from '@daymark/reminders';
import { mailDomain } from '../mail/mail-address.ts';
import { MeetingDeliveries } from './meeting-deliveries.ts';
import { MeetingMessagesService } from './meeting-messages.service.ts';
import { PgReminderStore } from './pg-reminder-store.ts';
import { ReminderTicks } from './reminder-ticks.ts';
import { RemindersRepository } from './reminders.repository.ts';
import { RemindingController } from './reminding.controller.ts';
import { Reminding } from './reminding.ts';
import { SendReminderJob } from './send-reminder.job.ts';

@Module({
  providers: [RemindersRepository, { provide: ReminderStore, useClass: PgReminderStore }],
  exports: [RemindersRepository, ReminderStore],
})
class ReminderStoreModule {}

/** Reminders of meetings, and what went out about them. */
@Global()
@Module({})
export class RemindingModule {
  /** `mailFrom` as configured: Message-IDs carry its domain. */
  static register({ mailFrom }: { readonly mailFrom: string }): DynamicModule {
    return {
      module: RemindingModule,
      imports: [ReminderStoreModule, RemindersModule.register({ imports: [ReminderStoreModule], messageIdDomain: mailDomain(mailFrom) })],
      controllers: [RemindingController],
      providers: [MeetingDeliveries, MeetingMessagesService, Reminding, ReminderTicks, SendReminderJob],
      exports: [MeetingDeliveries, Reminding],
    };
  }
}
