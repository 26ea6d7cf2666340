import { Global, Module } from '@nestjs/common';
import { PlacementListeners } from './placement-listener.ts';
import { PlacementOutcomes } from './placement-outcomes.ts';
import { PlacementTicks } from './placement-ticks.ts';
import { PlacementWriter } from './placement-writer.ts';
import { PlacementsRepository } from './placements.repository.ts';
import { Placements } from './placements.ts';
import { QuietCopies } from './quiet-copies.ts';
import { WritePlacementJob } from './write-placement.job.ts';
import { WrittenEvents } from './written-events.ts';

@Global()
@Module({
  providers: [
    PlacementListeners,
    PlacementOutcomes,
    PlacementTicks,
    PlacementWriter,
    Placements,
    PlacementsRepository,
    QuietCopies,
    WritePlacementJob,
    WrittenEvents,
  ],
  exports: [PlacementListeners, PlacementOutcomes, PlacementWriter, Placements, PlacementsRepository, WrittenEvents],
})
export class PlacementsModule {}
