import { Global, Module } from '@nestjs/common';
import { JobQueue, PgBossJobs } from './jobs.ts';

@Global()
@Module({
  providers: [PgBossJobs, { provide: JobQueue, useExisting: PgBossJobs }],
  exports: [PgBossJobs, JobQueue],
})
export class JobsModule {}
