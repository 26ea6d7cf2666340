import { Controller } from '@nestjs/common';
import { operations } from '@daymark/api-contract';
import { CalledBy, type Caller } from '../http/caller.ts';
import { Input, Mount, type InputOf } from '../http/mount.decorator.ts';
import { pathId } from '../http/path-ids.ts';
import { SchedulesService } from './schedules.service.ts';

@Controller()
export class SchedulesController {
  constructor(private readonly schedules: SchedulesService) {}

  @Mount(operations.listSchedules)
  list(@CalledBy() caller: Caller, @Input() { query }: InputOf<typeof operations.listSchedules>) {
    return this.schedules.list(caller, query);
  }

  @Mount(operations.createSchedule)
  create(@CalledBy() caller: Caller, @Input() { body }: InputOf<typeof operations.createSchedule>) {
    return this.schedules.create(caller, body);
  }

  @Mount(operations.getSchedule)
  get(@CalledBy() caller: Caller, @Input() { params }: InputOf<typeof operations.getSchedule>) {
    return this.schedules.get(caller, pathId('schedule', params.schedule_id));
  }

  @Mount(operations.updateSchedule)
  update(@CalledBy() caller: Caller, @Input() { params, body, ifVersion }: InputOf<typeof operations.updateSchedule>) {
    return this.schedules.update(caller, pathId('schedule', params.schedule_id), { patch: body, ifVersion });
  }

  @Mount(operations.deleteSchedule)
  delete(@CalledBy() caller: Caller, @Input() { params, ifVersion }: InputOf<typeof operations.deleteSchedule>) {
    return this.schedules.delete(caller, pathId('schedule', params.schedule_id), ifVersion);
  }
}
