import { Controller } from '@nestjs/common';
import { operations } from '@daymark/api-contract';
import { CalledBy, type Caller } from '../http/caller.ts';
import { Input, Mount, type InputOf } from '../http/mount.decorator.ts';
import { pathId } from '../http/path-ids.ts';
import { AvailabilityService } from './availability.service.ts';
import { SuggestionsService } from './suggestions.service.ts';

@Controller()
export class AvailabilityController {
  constructor(
    private readonly availability: AvailabilityService,
    private readonly proposals: SuggestionsService,
  ) {}

  @Mount(operations.findSlots)
  slots(@CalledBy() caller: Caller, @Input() { body }: InputOf<typeof operations.findSlots>) {
    return this.availability.slots(caller, body);
  }

  @Mount(operations.findNextSlot)
  next(@CalledBy() caller: Caller, @Input() { body }: InputOf<typeof operations.findNextSlot>) {
    return this.availability.next(caller, body);
  }

  @Mount(operations.suggestTimes)
  suggestions(@CalledBy() caller: Caller, @Input() { body }: InputOf<typeof operations.suggestTimes>) {
    return this.proposals.suggest(caller, body);
  }

  @Mount(operations.readFreeBusy)
  freeBusy(@CalledBy() caller: Caller, @Input() { body }: InputOf<typeof operations.readFreeBusy>) {
    return this.availability.freeBusy(caller, body);
  }

  @Mount(operations.checkConflicts)
  conflicts(@CalledBy() caller: Caller, @Input() { body }: InputOf<typeof operations.checkConflicts>) {
    return this.availability.checkConflicts(caller, body);
  }

  @Mount(operations.getProfileAvailability)
  ofProfile(@CalledBy() caller: Caller, @Input() { params, body }: InputOf<typeof operations.getProfileAvailability>) {
    return this.availability.ofProfile(caller, pathId('schedulingProfile', params.scheduling_profile_id), body);
  }
}
