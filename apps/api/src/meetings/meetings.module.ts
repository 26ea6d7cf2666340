import { Global, Module } from '@nestjs/common';
import { BookingService } from './booking.service.ts';
import { ClaimsRepository } from './claims.repository.ts';
import { Destinations } from './destination.ts';
import { MeetingPlacements } from './meeting-placements.ts';
import { MeetingViews } from './meeting-view.ts';
import { MeetingsController } from './meetings.controller.ts';
import { MeetingsRepository } from './meetings.repository.ts';
import { MeetingsService } from './meetings.service.ts';
import { ReschedulingService } from './rescheduling.service.ts';

@Global()
@Module({
  controllers: [MeetingsController],
  providers: [
    BookingService,
    ClaimsRepository,
    Destinations,
    MeetingPlacements,
    MeetingViews,
    MeetingsRepository,
    MeetingsService,
    ReschedulingService,
  ],
  exports: [MeetingsService],
})
export class MeetingsModule {}
