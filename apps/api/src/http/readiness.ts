import { Injectable, ServiceUnavailableException } from '@nestjs/common';
import { HealthCheckService, HealthIndicatorService, type HealthCheckResult } from '@nestjs/terminus';
import { DomainError } from '@daymark/domain';
import { Database } from '../database/database.ts';
import { PgBossJobs } from '../jobs/jobs.ts';

type Checks = Record<string, { status: 'up' | 'down' }>;

const TIMEOUT_MS = 3000;

/** Whether the process can take work. */
@Injectable()
export class Readiness {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly database: Database,
    private readonly jobs: PgBossJobs,
  ) {}

  /** @throws DomainError `not-ready` that names what is down. */
  async check(): Promise<{ status: 'ok'; checks: Checks }> {
    try {
      const result = await this.health.check([
        () =>
          this.indicators
            .check('database')
            .attempt(async () => this.#requireDatabase())
            .withTimeout(TIMEOUT_MS),
        () =>
          this.indicators
            .check('queue')
            .attempt(async () => void (await this.jobs.boss.getQueues()))
            .withTimeout(TIMEOUT_MS),
      ]);
      return { status: 'ok', checks: checksOf(result) };
    } catch (error) {
      if (!(error instanceof ServiceUnavailableException)) throw error;
      const checks = checksOf(error.getResponse() as HealthCheckResult);
      const down = Object.keys(checks).filter((name) => checks[name]?.status === 'down');
      throw new DomainError('not-ready', `Not ready: ${down.join(', ')}.`, { checks, retry_after: 5 });
    }
  }

  async #requireDatabase(): Promise<void> {
    if (!(await this.database.isReachable())) throw new Error('the database does not answer');
  }
}

function checksOf(result: HealthCheckResult): Checks {
  return Object.fromEntries(
    Object.entries(result.details).map(([name, { status }]) => [name, { status: status === 'up' ? 'up' : 'down' }]),
  );
}
