import { Injectable, Logger } from '@nestjs/common';
import type { Uuid } from '@daymark/domain';
import { ProviderError } from '@daymark/provider-contract';
import { Database } from '../database/database.ts';
import { PgBossJobs, type JobHandler, type JobIds } from '../jobs/jobs.ts';
import { AccessTokens } from './access-tokens.ts';
import { ConnectionHealth } from './connection-health.ts';

/** Tokens are renewed this long before they end, by the sweep. */
export const TOKENS_AHEAD_MS = 20 * 60_000;

/** Renews tokens that end soon. A lost grant expires its connections; a service that does not answer changes nothing. */
@Injectable()
export class RefreshGrantJob implements JobHandler {
  readonly queue = 'refresh-grant';
  readonly concurrency = 4;
  readonly #logger = new Logger('Tokens');

  constructor(
    private readonly database: Database,
    private readonly tokens: AccessTokens,
    private readonly health: ConnectionHealth,
    jobs: PgBossJobs,
  ) {
    jobs.register(this);
  }

  async handle({ tenantId, grantId }: JobIds): Promise<void> {
    try {
      await this.tokens.renewAhead(tenantId, grantId!, TOKENS_AHEAD_MS);
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      this.#logger.warn({ code: error.code, reason: error.reason }, 'a token could not be renewed');
      if (error.code !== 'unauthorized') return;
      const connections = await this.database.withTenant(tenantId, (tx) =>
        tx.query<{ id: Uuid }[]>(`SELECT id FROM connections WHERE grant_id = $1`, [grantId]),
      );
      for (const { id } of connections) await this.health.grantLost({ id, tenantId }, error);
    }
  }
}
