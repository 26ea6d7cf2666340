import { Controller } from '@nestjs/common';
import { operations } from '@daymark/api-contract';
import { Mount } from '../http/mount.decorator.ts';
import { ProvidersService } from './providers.service.ts';

@Controller()
export class ProvidersController {
  constructor(private readonly providers: ProvidersService) {}

  @Mount(operations.listProviders)
  list() {
    return this.providers.list();
  }
}
