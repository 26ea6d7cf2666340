import { Global, Module } from '@nestjs/common';
import { UserOnboarding } from '../identity/user-onboarding.ts';
import { FirstHours } from './first-hours.ts';
import { Owners } from './owners.ts';
import { ProfilesController } from './profiles.controller.ts';
import { ProfilesRepository } from './profiles.repository.ts';
import { ProfilesService } from './profiles.service.ts';
import { SchedulesController } from './schedules.controller.ts';
import { SchedulesRepository } from './schedules.repository.ts';
import { SchedulesService } from './schedules.service.ts';

/** When and how people can be booked. */
@Global()
@Module({
  controllers: [SchedulesController, ProfilesController],
  providers: [
    Owners,
    ProfilesRepository,
    ProfilesService,
    SchedulesRepository,
    SchedulesService,
    { provide: UserOnboarding, useClass: FirstHours },
  ],
  exports: [ProfilesRepository, SchedulesRepository, UserOnboarding],
})
export class SchedulesModule {}
