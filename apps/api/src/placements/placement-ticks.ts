import { Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Clock, type Uuid } from '@daymark/domain';
import { toTimestamp } from '../database/columns.ts';
import { Database } from '../database/database.ts';
import { JobQueue } from '../jobs/jobs.ts';
import { TickGuard } from '../jobs/tick-guard.ts';

const AT_MOST = 500;

interface DuePlacement {
  readonly tenant_id: Uuid;
  readonly placement_id: Uuid;
}

/** What time makes due. Ticks run on every node and only enqueue, under keys, so that more nodes change nothing. */
@Injectable()
export class PlacementTicks {
  readonly #ticks = new TickGuard(new Logger('Ticks'));

  constructor(
    private readonly database: Database,
    private readonly jobs: JobQueue,
    private readonly clock: Clock,
  ) {}

  /** Placements whose next try has come, also those whose writer died. */
  @Interval(1000)
  async enqueueDue(): Promise<void> {
    await this.#enqueue('due placements', () =>
      this.database.door<DuePlacement>('door_due_placements', toTimestamp(this.clock.now()), AT_MOST),
    );
  }

  /** Placements that were stopped by their calendar or connection, which has changed since: rights came back, an account was connected again. */
  @Interval(5000)
  async resume(): Promise<void> {
    await this.#enqueue('placements to resume', () => this.database.door<DuePlacement>('door_placements_to_resume', AT_MOST));
  }

  async #enqueue(name: string, look: () => Promise<DuePlacement[]>): Promise<void> {
    await this.#ticks.run(name, async () => {
      for (const { tenant_id, placement_id } of await look()) {
        await this.jobs.enqueueNow('write-placement', { tenantId: tenant_id, placementId: placement_id }, placement_id);
      }
    });
  }
}
