import { Injectable } from '@nestjs/common';
import { instant, type Instant, type Uuid } from '@daymark/domain';
import { PgBossJobs, type JobIds } from '../jobs/jobs.ts';
import { DEAD_LETTERS } from '../jobs/queues.ts';

/** Background work that was given up and not queued again. */
export interface LostJob {
  readonly id: Uuid;
  readonly queue: string;
  readonly code: string | undefined;
  readonly failedAt: Instant;
}

/** As pg-boss keeps it. */
interface Row {
  readonly id: string;
  readonly state: string;
  readonly createdOn: Date;
  readonly sourceName?: string | null;
  readonly sourceOutput?: { readonly code?: unknown } | null;
}

@Injectable()
export class LostJobs {
  constructor(private readonly jobs: PgBossJobs) {}

  async of(tenantId: Uuid): Promise<LostJob[]> {
    const rows: readonly Row[] = await this.jobs.boss.findJobs<JobIds>(DEAD_LETTERS, { data: { tenantId } });
    return rows
      .filter(({ state }) => state !== 'cancelled')
      .map(({ id, sourceName, sourceOutput, createdOn }) => ({
        id: id as Uuid,
        queue: sourceName ?? DEAD_LETTERS,
        code: typeof sourceOutput?.code === 'string' ? sourceOutput.code : undefined,
        failedAt: instant(createdOn.getTime()),
      }));
  }
}
