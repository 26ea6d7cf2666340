import { Global, Module } from '@nestjs/common';
import { ChannelCalls } from './channel-calls.ts';
import { ChannelsRepository } from './channels.repository.ts';
import { IngressController } from './ingress.controller.ts';
import { NoticeBatches } from './notice-batches.ts';
import { NoticesService } from './notices.service.ts';
import { PushOffer } from './push-offer.ts';
import { PushTicks } from './push-ticks.ts';
import { TendChannelsJob } from './tend-channels.job.ts';

/** Being told of changes: where notices come in, and the channels on which they come. */
@Global()
@Module({
  controllers: [IngressController],
  providers: [ChannelCalls, ChannelsRepository, NoticeBatches, NoticesService, PushOffer, PushTicks, TendChannelsJob],
  exports: [ChannelCalls, ChannelsRepository, PushOffer],
})
export class PushModule {}
