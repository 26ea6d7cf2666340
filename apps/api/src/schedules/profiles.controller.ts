import { Controller } from '@nestjs/common';
import { operations } from '@daymark/api-contract';
import { CalledBy, type Caller } from '../http/caller.ts';
import { Input, Mount, type InputOf } from '../http/mount.decorator.ts';
import { pathId } from '../http/path-ids.ts';
import { ProfilesService } from './profiles.service.ts';

@Controller()
export class ProfilesController {
  constructor(private readonly profiles: ProfilesService) {}

  @Mount(operations.listSchedulingProfiles)
  list(@CalledBy() caller: Caller, @Input() { query }: InputOf<typeof operations.listSchedulingProfiles>) {
    return this.profiles.list(caller, query);
  }

  @Mount(operations.createSchedulingProfile)
  create(@CalledBy() caller: Caller, @Input() { body }: InputOf<typeof operations.createSchedulingProfile>) {
    return this.profiles.create(caller, body);
  }

  @Mount(operations.getSchedulingProfile)
  get(@CalledBy() caller: Caller, @Input() { params }: InputOf<typeof operations.getSchedulingProfile>) {
    return this.profiles.get(caller, pathId('schedulingProfile', params.scheduling_profile_id));
  }

  @Mount(operations.updateSchedulingProfile)
  update(@CalledBy() caller: Caller, @Input() { params, body, ifVersion }: InputOf<typeof operations.updateSchedulingProfile>) {
    return this.profiles.update(caller, pathId('schedulingProfile', params.scheduling_profile_id), { patch: body, ifVersion });
  }

  @Mount(operations.deleteSchedulingProfile)
  delete(@CalledBy() caller: Caller, @Input() { params, ifVersion }: InputOf<typeof operations.deleteSchedulingProfile>) {
    return this.profiles.delete(caller, pathId('schedulingProfile', params.scheduling_profile_id), ifVersion);
  }
}
