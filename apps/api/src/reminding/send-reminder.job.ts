import { Injectable } from '@nestjs/common';
import { ReminderDispatcher } from '@daymark/reminders';
import { PgBossJobs, type JobHandler, type JobIds } from '../jobs/jobs.ts';
import { SendingTenant } from '../mail/sending-tenant.ts';

/** Sends one due reminder. */
@Injectable()
export class SendReminderJob implements JobHandler {
  readonly queue = 'send-reminder';
  readonly concurrency = 4;

  constructor(
    private readonly dispatcher: ReminderDispatcher,
    private readonly sending: SendingTenant,
    jobs: PgBossJobs,
  ) {
    jobs.register(this);
  }

  async handle({ tenantId, reminderId }: JobIds): Promise<void> {
    await this.sending.run(tenantId, () => this.dispatcher.dispatch(reminderId!));
  }
}
