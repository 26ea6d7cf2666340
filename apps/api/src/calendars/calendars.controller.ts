import { Controller } from '@nestjs/common';
import { operations } from '@daymark/api-contract';
import { CalledBy, type Caller } from '../http/caller.ts';
import { Input, Mount, type InputOf } from '../http/mount.decorator.ts';
import { pathId } from '../http/path-ids.ts';
import { ManualRuns } from '../sync/manual-runs.ts';
import { CalendarsService } from './calendars.service.ts';

@Controller()
export class CalendarsController {
  constructor(
    private readonly calendars: CalendarsService,
    private readonly runs: ManualRuns,
  ) {}

  @Mount(operations.listCalendars)
  list(@CalledBy() caller: Caller, @Input() { query }: InputOf<typeof operations.listCalendars>) {
    return this.calendars.list(caller, query);
  }

  @Mount(operations.getCalendar)
  get(@CalledBy() caller: Caller, @Input() { params }: InputOf<typeof operations.getCalendar>) {
    return this.calendars.get(caller, pathId('calendar', params.calendar_id));
  }

  @Mount(operations.updateCalendar)
  update(@CalledBy() caller: Caller, @Input() { params, body, ifVersion }: InputOf<typeof operations.updateCalendar>) {
    return this.calendars.update(caller, pathId('calendar', params.calendar_id), { patch: body, ifVersion });
  }

  @Mount(operations.syncCalendar)
  sync(@CalledBy() caller: Caller, @Input() { params, body }: InputOf<typeof operations.syncCalendar>) {
    return this.runs.ofCalendar(caller, pathId('calendar', params.calendar_id), {
      mode: body.mode,
      acceptsDeletions: body.accept_deletions,
    });
  }
}
