import { Controller } from '@nestjs/common';
import { operations } from '@daymark/api-contract';
import { CalledBy, type Caller } from '../http/caller.ts';
import { Input, Mount, type InputOf } from '../http/mount.decorator.ts';
import { TenantsService } from './tenants.service.ts';

@Controller()
export class TenantsController {
  constructor(private readonly tenants: TenantsService) {}

  @Mount(operations.listTenants)
  list(@Input() { query }: InputOf<typeof operations.listTenants>) {
    return this.tenants.list(query);
  }

  @Mount(operations.createTenant)
  create(@CalledBy() caller: Caller, @Input() { body }: InputOf<typeof operations.createTenant>) {
    return this.tenants.create(caller, body);
  }
}
