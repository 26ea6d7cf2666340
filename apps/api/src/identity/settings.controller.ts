import { Controller } from '@nestjs/common';
import { operations } from '@daymark/api-contract';
import { CalledBy, type Caller } from '../http/caller.ts';
import { Input, Mount, type InputOf } from '../http/mount.decorator.ts';
import { TenantSettings } from './tenant-settings.ts';

@Controller()
export class SettingsController {
  constructor(private readonly settings: TenantSettings) {}

  @Mount(operations.getSettings)
  get(@CalledBy() caller: Caller) {
    return this.settings.getOf(caller);
  }

  @Mount(operations.replaceSettings)
  replace(@CalledBy() caller: Caller, @Input() { body, ifVersion }: InputOf<typeof operations.replaceSettings>) {
    return this.settings.replace(caller, { settings: body, ifVersion });
  }
}
