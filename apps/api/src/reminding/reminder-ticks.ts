import { Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Clock, type Uuid } from '@daymark/domain';
import { toTimestamp } from '../database/columns.ts';
import { Database } from '../database/database.ts';
import { JobQueue } from '../jobs/jobs.ts';
import { TickGuard } from '../jobs/tick-guard.ts';

const AT_MOST = 500;

/** Hands reminders whose time has come to the queue; also those whose worker died or whose outcome is unknown. */
@Injectable()
export class ReminderTicks {
  readonly #ticks = new TickGuard(new Logger('Reminders'));

  constructor(
    private readonly database: Database,
    private readonly jobs: JobQueue,
    private readonly clock: Clock,
  ) {}

  @Interval(2000)
  async enqueueDue(): Promise<void> {
    await this.#ticks.run('due reminders', async () => {
      for (const { tenant_id, reminder_id } of await this.database.door<{ tenant_id: Uuid; reminder_id: Uuid }>(
        'door_due_reminders',
        toTimestamp(this.clock.now()),
        AT_MOST,
      )) {
        await this.jobs.enqueueNow('send-reminder', { tenantId: tenant_id, reminderId: reminder_id }, reminder_id);
      }
    });
  }
}
