import { Controller } from '@nestjs/common';
import { operations } from '@daymark/api-contract';
import { CalledBy, type Caller } from '../http/caller.ts';
import { Input, Mount, type InputOf } from '../http/mount.decorator.ts';
import { pathId } from '../http/path-ids.ts';
import { ApiKeysService } from './api-keys.service.ts';

@Controller()
export class ApiKeysController {
  constructor(private readonly keys: ApiKeysService) {}

  @Mount(operations.listApiKeys)
  list(@CalledBy() caller: Caller, @Input() { query }: InputOf<typeof operations.listApiKeys>) {
    return this.keys.list(caller, query);
  }

  @Mount(operations.createApiKey)
  create(@CalledBy() caller: Caller, @Input() { body }: InputOf<typeof operations.createApiKey>) {
    return this.keys.create(caller, body);
  }

  @Mount(operations.deleteApiKey)
  async delete(@CalledBy() caller: Caller, @Input() { params }: InputOf<typeof operations.deleteApiKey>): Promise<void> {
    await this.keys.revoke(caller, pathId('apiKey', params.api_key_id));
  }
}
