import { Global, Module } from '@nestjs/common';
import { Envelope } from './envelope.ts';
import { ResealKeptJob } from './reseal-kept.job.ts';
import { ResealTicks } from './reseal-ticks.ts';

@Global()
@Module({ providers: [Envelope, ResealKeptJob, ResealTicks], exports: [Envelope] })
export class CryptoModule {}
