import { Injectable, Logger } from '@nestjs/common';
import { MissingKeyError, UnsealError } from '../crypto/envelope.ts';
import { Database } from '../database/database.ts';
import { PgBossJobs, type JobHandler, type JobIds } from '../jobs/jobs.ts';
import { GrantsRepository } from './grants.repository.ts';

/** Seals tokens with the current key that an older one sealed, while they stay in use. */
@Injectable()
export class ResealGrantsJob implements JobHandler {
  readonly queue = 'reseal-grants';
  readonly concurrency = 2;
  readonly #logger = new Logger('Tokens');

  constructor(
    private readonly database: Database,
    private readonly grants: GrantsRepository,
    jobs: PgBossJobs,
  ) {
    jobs.register(this);
  }

  async handle({ tenantId, grantId }: JobIds): Promise<void> {
    try {
      await this.database.withTenant(tenantId, (tx) => this.grants.reseal(tx, grantId!));
    } catch (error) {
      // Told once for all of them, with what to do; see the ticks.
      if (error instanceof MissingKeyError) return;
      if (!(error instanceof UnsealError)) throw error;
      this.#logger.warn({ grantId, reason: error.message }, 'tokens cannot be sealed again; their account has to be connected anew');
    }
  }
}
