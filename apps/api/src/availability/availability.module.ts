import { Global, Module } from '@nestjs/common';
import { AvailabilityController } from './availability.controller.ts';
import { AvailabilityService } from './availability.service.ts';
import { LiveBusyReader } from './live-busy.ts';
import { MembersRepository } from './members.repository.ts';
import { OutsideTimeReader } from './outside-time.ts';
import { Questions } from './question.ts';
import { SuggestionsService } from './suggestions.service.ts';
import { TimeOfPeopleReader } from './time-of-people.ts';

@Global()
@Module({
  controllers: [AvailabilityController],
  providers: [AvailabilityService, LiveBusyReader, MembersRepository, OutsideTimeReader, Questions, SuggestionsService, TimeOfPeopleReader],
  exports: [AvailabilityService, Questions, TimeOfPeopleReader],
})
export class AvailabilityModule {}
