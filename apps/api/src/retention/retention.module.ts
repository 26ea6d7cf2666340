import { Module } from '@nestjs/common';
import { RetentionJob } from './retention.job.ts';

@Module({ providers: [RetentionJob] })
export class RetentionModule {}
