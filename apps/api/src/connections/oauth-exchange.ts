import { Injectable } from '@nestjs/common';
import type { Calendar as CalendarView, Connection as ConnectionView } from '@daymark/api-contract';
import type { Uuid } from '@daymark/domain';
import { ProviderError } from '@daymark/provider-contract';
import { CalendarDirectory } from '../calendars/calendar-directory.ts';
import { calendarRowSql, calendarView, type CalendarRow } from '../calendars/calendar-view.ts';
import { Database } from '../database/database.ts';
import type { Caller } from '../http/caller.ts';
import { AuthorizationService, bindingOf } from './authorization.service.ts';
import { ConnectionsService } from './connections.service.ts';
import { StateUnknownError } from './oauth-states.repository.ts';
import { providerFailure } from './provider-problem.ts';

/** The same end as the redirect, for apps that receive the code themselves: with the connection and its calendars. */
@Injectable()
export class OAuthExchange {
  constructor(
    private readonly authorization: AuthorizationService,
    private readonly connections: ConnectionsService,
    private readonly directory: CalendarDirectory,
    private readonly database: Database,
  ) {}

  async finish(
    caller: Caller,
    { code, state }: { code: string; state: string },
  ): Promise<{ connection: ConnectionView; calendars: CalendarView[] }> {
    try {
      const { connectionId } = await this.#finish(caller, { code, state });
      await this.directory.read(await this.connections.find(caller, connectionId));
      const calendars = await this.database.withTenant(caller.tenantId, (tx) =>
        tx.query<CalendarRow[]>(calendarRowSql('WHERE k.connection_id = $1 ORDER BY k.id'), [connectionId]),
      );
      return { connection: await this.connections.get(caller, connectionId), calendars: calendars.map(calendarView) };
    } catch (error) {
      throw error instanceof ProviderError ? providerFailure(error, 'provider') : error;
    }
  }

  async #finish(caller: Caller, { code, state }: { code: string; state: string }): Promise<{ readonly connectionId: Uuid }> {
    try {
      return await this.authorization.finish({ state, code, provider: null, bindings: [bindingOf(caller)] });
    } catch (error) {
      if (error instanceof StateUnknownError) await this.authorization.auditRefusal(caller.tenantId, error.code);
      throw error;
    }
  }
}
