import { Global, Module } from '@nestjs/common';
import { JobQueue, PgBossJobs } from './jobs.ts';
import { OrphanTicks } from './orphan-ticks.ts';

@Global()
@Module({
  providers: [PgBossJobs, OrphanTicks, { provide: JobQueue, useExisting: PgBossJobs }],
  exports: [PgBossJobs, JobQueue],
})
export class JobsModule {}
