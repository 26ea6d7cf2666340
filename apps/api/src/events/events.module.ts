import { Module } from '@nestjs/common';
import { ChangeTargets } from './change-targets.ts';
import { EventChanges } from './event-changes.ts';
import { EventCreation } from './event-creation.ts';
import { EventDeletions } from './event-deletions.ts';
import { EventPlacementListener } from './event-placement.listener.ts';
import { EventsController } from './events.controller.ts';
import { EventsRepository } from './events.repository.ts';
import { EventsService } from './events.service.ts';
import { EventWrites } from './event-writes.ts';
import { GuestMails } from './guest-mails.ts';
import { WriteTargets } from './write-targets.ts';

@Module({
  controllers: [EventsController],
  providers: [
    ChangeTargets,
    EventChanges,
    EventCreation,
    EventDeletions,
    EventWrites,
    EventPlacementListener,
    EventsRepository,
    EventsService,
    GuestMails,
    WriteTargets,
  ],
})
export class EventsModule {}
