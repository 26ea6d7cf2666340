import { Global, Module } from '@nestjs/common';
import { AuditController } from './audit.controller.ts';
import { AuditEventsRepository } from './audit-events.repository.ts';
import { AuditEventsService } from './audit-events.service.ts';
import { Audit } from './audit.ts';
import { ChangeFeed } from './change-feed.service.ts';
import { Changes } from './changes.ts';
import { DeadLettersService } from './dead-letters.service.ts';
import { EraseAccountJob } from './erase-account.job.ts';
import { ErasuresService } from './erasures.service.ts';
import { SequencerJob } from './sequencer.job.ts';

@Global()
@Module({
  controllers: [AuditController],
  providers: [
    Audit,
    AuditEventsRepository,
    AuditEventsService,
    ChangeFeed,
    Changes,
    DeadLettersService,
    EraseAccountJob,
    ErasuresService,
    SequencerJob,
  ],
  exports: [Audit, Changes],
})
export class AuditModule {}
