import { Injectable } from '@nestjs/common';
import { isSyncable } from '@daymark/domain';
import { ProviderError } from '@daymark/provider-contract';
import { CalendarDirectory } from '../calendars/calendar-directory.ts';
import { Database } from '../database/database.ts';
import { LogContext } from '../http/log-context.ts';
import { PgBossJobs, type JobHandler, type JobIds } from '../jobs/jobs.ts';
import { ConnectionHealth } from './connection-health.ts';
import { ConnectionsRepository } from './connections.repository.ts';

/** Reads the list of a connection's calendars: after consent, once a day, and when one of them disappeared. */
@Injectable()
export class ListCalendarsJob implements JobHandler {
  readonly queue = 'list-calendars';
  readonly concurrency = 4;

  constructor(
    private readonly database: Database,
    private readonly connections: ConnectionsRepository,
    private readonly directory: CalendarDirectory,
    private readonly health: ConnectionHealth,
    private readonly logContext: LogContext,
    jobs: PgBossJobs,
  ) {
    jobs.register(this);
  }

  async handle({ tenantId, connectionId }: JobIds): Promise<void> {
    const connection = await this.database.withTenant(tenantId, (tx) => this.connections.find(tx, connectionId!));
    if (connection === null || !isSyncable(connection.status)) return;
    this.logContext.add({ connectionId: connection.id });
    try {
      await this.directory.read(connection);
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      await this.database.withTenant(tenantId, async (tx) => {
        const { nextTryAt } = await this.health.failed(tx, connection, error);
        await this.connections.listAgainAt(tx, connection.id, nextTryAt);
      });
    }
  }
}
