import { Controller } from '@nestjs/common';
import { operations } from '@daymark/api-contract';
import { CalledBy, type Caller } from '../http/caller.ts';
import { Input, Mount, type InputOf } from '../http/mount.decorator.ts';
import { pathId } from '../http/path-ids.ts';
import { PreferencesService } from './preferences.service.ts';
import { UsersService } from './users.service.ts';

@Controller()
export class UsersController {
  constructor(
    private readonly users: UsersService,
    private readonly preferences: PreferencesService,
  ) {}

  @Mount(operations.listUsers)
  list(@CalledBy() caller: Caller, @Input() { query }: InputOf<typeof operations.listUsers>) {
    return this.users.list(caller, query);
  }

  @Mount(operations.createUser)
  create(@CalledBy() caller: Caller, @Input() { body }: InputOf<typeof operations.createUser>) {
    return this.users.create(caller, body);
  }

  @Mount(operations.getUser)
  get(@CalledBy() caller: Caller, @Input() { params }: InputOf<typeof operations.getUser>) {
    return this.users.get(caller, pathId('user', params.user_id));
  }

  @Mount(operations.updateUser)
  update(@CalledBy() caller: Caller, @Input() { params, body, ifVersion }: InputOf<typeof operations.updateUser>) {
    return this.users.update(caller, pathId('user', params.user_id), { patch: body, ifVersion });
  }

  @Mount(operations.deleteUser)
  delete(@CalledBy() caller: Caller, @Input() { params, ifVersion }: InputOf<typeof operations.deleteUser>) {
    return this.users.delete(caller, pathId('user', params.user_id), ifVersion);
  }

  @Mount(operations.getPreferences)
  getPreferences(@CalledBy() caller: Caller, @Input() { params }: InputOf<typeof operations.getPreferences>) {
    return this.preferences.get(caller, pathId('user', params.user_id));
  }

  @Mount(operations.updatePreferences)
  updatePreferences(@CalledBy() caller: Caller, @Input() { params, body, ifVersion }: InputOf<typeof operations.updatePreferences>) {
    return this.preferences.update(caller, pathId('user', params.user_id), { patch: body, ifVersion });
  }
}
