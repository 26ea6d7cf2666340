import { Controller } from '@nestjs/common';
import { operations } from '@daymark/api-contract';
import { Input, Mount, type InputOf } from '../http/mount.decorator.ts';
import { ProvidersService } from './providers.service.ts';

@Controller()
export class ProvidersController {
  constructor(private readonly providers: ProvidersService) {}

  @Mount(operations.listProviders)
  list() {
    return this.providers.list();
  }

  @Mount(operations.getProviderConfig)
  config(@Input() { params }: InputOf<typeof operations.getProviderConfig>) {
    return this.providers.config(params.provider);
  }

  @Mount(operations.checkProvider)
  check(@Input() { params }: InputOf<typeof operations.checkProvider>) {
    return this.providers.check(params.provider);
  }
}
