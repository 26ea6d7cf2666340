import { Controller } from '@nestjs/common';
import { operations } from '@daymark/api-contract';
import { CalledBy, type Caller } from '../http/caller.ts';
import { Input, Mount, type InputOf } from '../http/mount.decorator.ts';
import { pathId } from '../http/path-ids.ts';
import { ResourcesService } from './resources.service.ts';

@Controller()
export class ResourcesController {
  constructor(private readonly resources: ResourcesService) {}

  @Mount(operations.listResources)
  list(@CalledBy() caller: Caller, @Input() { query }: InputOf<typeof operations.listResources>) {
    return this.resources.list(caller, query);
  }

  @Mount(operations.createResource)
  create(@CalledBy() caller: Caller, @Input() { body }: InputOf<typeof operations.createResource>) {
    return this.resources.create(caller, body);
  }

  @Mount(operations.deleteResource)
  async delete(@CalledBy() caller: Caller, @Input() { params }: InputOf<typeof operations.deleteResource>): Promise<void> {
    await this.resources.delete(caller, pathId('resource', params.resource_id));
  }
}
