import { Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { PgBossJobs } from './jobs.ts';
import { TickGuard } from './tick-guard.ts';

/** After the death of the only worker, or of its database, nobody waits for the queue to notice. */
@Injectable()
export class OrphanTicks {
  readonly #ticks = new TickGuard(new Logger('Ticks'));

  constructor(private readonly jobs: PgBossJobs) {}

  @Interval(1000)
  async giveBack(): Promise<void> {
    await this.#ticks.run('orphaned jobs', () => this.jobs.giveBackOrphans());
  }
}
