import { Global, Module } from '@nestjs/common';
import { DeletionBrake } from './deletion-brake.ts';
import { Dues } from './dues.ts';
import { ManualRuns } from './manual-runs.ts';
import { MirrorWindowRepository } from './mirror-window.repository.ts';
import { MirrorRepository } from './mirror.repository.ts';
import { PageWriter } from './page-writer.ts';
import { RunStream } from './run-stream.ts';
import { RunsRepository } from './runs.repository.ts';
import { SetAsidesRepository } from './set-asides.repository.ts';
import { SyncCalendarJob } from './sync-calendar.job.ts';
import { SyncTicks } from './sync-ticks.ts';
import { SyncController } from './sync.controller.ts';
import { SyncService } from './sync.service.ts';

@Global()
@Module({
  controllers: [SyncController],
  providers: [
    DeletionBrake,
    Dues,
    ManualRuns,
    MirrorRepository,
    MirrorWindowRepository,
    PageWriter,
    RunsRepository,
    RunStream,
    SetAsidesRepository,
    SyncCalendarJob,
    SyncService,
    SyncTicks,
  ],
  exports: [Dues, ManualRuns, MirrorRepository],
})
export class SyncModule {}
