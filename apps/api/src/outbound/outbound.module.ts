import { Global, Module } from '@nestjs/common';
import { GuardedHttp, OutboundHttp } from './outbound-http.ts';

@Global()
@Module({ providers: [{ provide: OutboundHttp, useClass: GuardedHttp }], exports: [OutboundHttp] })
export class OutboundModule {}
