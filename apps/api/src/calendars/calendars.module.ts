import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { APP_DATA_SOURCE } from '../database/data-source-options.ts';
import { CalendarDirectory } from './calendar-directory.ts';
import { CalendarEntity } from './calendar.entity.ts';
import { CalendarsController } from './calendars.controller.ts';
import { CalendarsRepository } from './calendars.repository.ts';
import { CalendarsService } from './calendars.service.ts';

@Global()
@Module({
  imports: [TypeOrmModule.forFeature([CalendarEntity], APP_DATA_SOURCE)],
  controllers: [CalendarsController],
  providers: [CalendarDirectory, CalendarsRepository, CalendarsService],
  exports: [CalendarDirectory, CalendarsRepository, CalendarsService],
})
export class CalendarsModule {}
