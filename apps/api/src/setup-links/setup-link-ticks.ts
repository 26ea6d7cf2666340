import { Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Clock, MINUTE_MS, type Uuid } from '@daymark/domain';
import { toTimestamp } from '../database/columns.ts';
import { Database } from '../database/database.ts';
import { TickGuard } from '../jobs/tick-guard.ts';
import { SetupLinksService } from './setup-links.service.ts';

const AT_MOST = 500;

/** Ends setup links whose time is over, and with them the connections that waited. */
@Injectable()
export class SetupLinkTicks {
  readonly #ticks = new TickGuard(new Logger('Ticks'));

  constructor(
    private readonly database: Database,
    private readonly links: SetupLinksService,
    private readonly clock: Clock,
  ) {}

  @Interval(MINUTE_MS)
  async expire(): Promise<void> {
    await this.#ticks.run('setup links', async () => {
      const due = await this.database.door<{ tenant_id: Uuid; setup_link_id: Uuid }>(
        'door_due_setup_links',
        toTimestamp(this.clock.now()),
        AT_MOST,
      );
      for (const { tenant_id, setup_link_id } of due) await this.links.expire({ tenantId: tenant_id, id: setup_link_id });
    });
  }
}
