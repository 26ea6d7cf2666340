import { Module } from '@nestjs/common';
import { InsightsController } from './insights.controller.ts';
import { LostJobs } from './lost-jobs.ts';
import { OverviewRepository } from './overview.repository.ts';
import { OverviewService } from './overview.service.ts';

/** Numbers about how it goes. */
@Module({ controllers: [InsightsController], providers: [LostJobs, OverviewRepository, OverviewService] })
export class InsightsModule {}
