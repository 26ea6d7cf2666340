import { Global, Module } from '@nestjs/common';
import { SetupLinkTicks } from './setup-link-ticks.ts';
import { SetupLinkTokens } from './setup-link-tokens.ts';
import { SetupLinksController } from './setup-links.controller.ts';
import { SetupLinksRepository } from './setup-links.repository.ts';
import { SetupLinksService } from './setup-links.service.ts';
import { SetupVisitors } from './setup-visitors.ts';
import { SetupVisits } from './setup-visits.service.ts';

/** Links with which people connect a calendar without signing in. */
@Global()
@Module({
  controllers: [SetupLinksController],
  providers: [SetupLinksRepository, SetupLinksService, SetupLinkTicks, SetupLinkTokens, SetupVisitors, SetupVisits],
  exports: [SetupLinksRepository, SetupLinkTokens, SetupVisitors],
})
export class SetupLinksModule {}
