import { Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Clock, type Uuid } from '@daymark/domain';
import { toTimestamp } from '../database/columns.ts';
import { Database } from '../database/database.ts';
import { JobQueue } from '../jobs/jobs.ts';
import { TickGuard } from '../jobs/tick-guard.ts';

const AT_MOST = 500;

/** Hands mails whose time has come to the queue; also those whose worker died or whose outcome is unknown. */
@Injectable()
export class MailTicks {
  readonly #ticks = new TickGuard(new Logger('Mail'));

  constructor(
    private readonly database: Database,
    private readonly jobs: JobQueue,
    private readonly clock: Clock,
  ) {}

  @Interval(1000)
  async enqueueDue(): Promise<void> {
    await this.#ticks.run('due mails', async () => {
      for (const { tenant_id, mail_id } of await this.database.door<{ tenant_id: Uuid; mail_id: Uuid }>(
        'door_due_mails',
        toTimestamp(this.clock.now()),
        AT_MOST,
      )) {
        await this.jobs.enqueueNow('send-mail', { tenantId: tenant_id, mailId: mail_id }, mail_id);
      }
    });
  }
}
