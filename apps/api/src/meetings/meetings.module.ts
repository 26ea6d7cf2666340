import { Global, Module } from '@nestjs/common';
import { BookingService } from './booking.service.ts';
import { ClaimsRepository } from './claims.repository.ts';
import { Destinations } from './destination.ts';
import { GuestList } from './guest-list.ts';
import { MeetingAccess } from './meeting-access.ts';
import { MeetingEvent } from './meeting-event.ts';
import { MeetingPlacements } from './meeting-placements.ts';
import { MeetingViews } from './meeting-view.ts';
import { MeetingsController } from './meetings.controller.ts';
import { MeetingsRepository } from './meetings.repository.ts';
import { MeetingsService } from './meetings.service.ts';
import { Refusals } from './refusals.ts';
import { ReschedulingService } from './rescheduling.service.ts';

@Global()
@Module({
  controllers: [MeetingsController],
  providers: [
    BookingService,
    ClaimsRepository,
    Destinations,
    GuestList,
    MeetingAccess,
    MeetingEvent,
    MeetingPlacements,
    MeetingViews,
    MeetingsRepository,
    MeetingsService,
    Refusals,
    ReschedulingService,
  ],
  exports: [MeetingsService],
})
export class MeetingsModule {}
