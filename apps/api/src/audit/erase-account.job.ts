import { Injectable } from '@nestjs/common';
import { Accounts } from '../identity/accounts.ts';
import { PgBossJobs, type JobHandler, type JobIds } from '../jobs/jobs.ts';

/** Forgets an account after the erasure of its user has committed, though the process that erased died there. */
@Injectable()
export class EraseAccountJob implements JobHandler {
  readonly queue = 'erase-account';
  readonly concurrency = 1;

  constructor(
    private readonly accounts: Accounts,
    jobs: PgBossJobs,
  ) {
    jobs.register(this);
  }

  async handle({ accountId }: JobIds): Promise<void> {
    await this.accounts.erase(accountId!);
  }
}
