import { Global, Module } from '@nestjs/common';
import { Envelope } from './envelope.ts';

@Global()
@Module({ providers: [Envelope], exports: [Envelope] })
export class CryptoModule {}
