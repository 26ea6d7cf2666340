import { Controller } from '@nestjs/common';
import { operations } from '@daymark/api-contract';
import { CalledBy, type Caller } from '../http/caller.ts';
import { Mount } from '../http/mount.decorator.ts';
import { OverviewService } from './overview.service.ts';

@Controller()
export class InsightsController {
  constructor(private readonly overview: OverviewService) {}

  @Mount(operations.getOverview)
  getOverview(@CalledBy() caller: Caller) {
    return this.overview.get(caller);
  }
}
