import { Global, Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR } from '@nestjs/core';
import { TerminusModule } from '@nestjs/terminus';
import { LoggerModule } from 'nestjs-pino';
import { CONFIGURATION, type Configuration } from '../config/config.ts';
import { AnswerInterceptor } from './answer.interceptor.ts';
import { CredentialGuard } from './credential.guard.ts';
import { Credentials } from './credentials.ts';
import { LogContext } from './log-context.ts';
import { LogDestination, loggerParams, StandardOutput } from './logging.ts';
import { Operators } from './operators.ts';
import { ProblemFilter } from './problem.filter.ts';
import { ProblemsController } from './problems.controller.ts';
import { ProviderUsage } from './provider-usage.ts';
import { RateLimits } from './rate-limits.ts';
import { Readiness } from './readiness.ts';
import { RequestContext } from './request-context.ts';
import { SystemController } from './system.controller.ts';
import { Writes } from './writes.ts';

/** What every request and job is logged with; apart, because the logger itself is made from it. */
@Global()
@Module({
  providers: [LogContext, ProviderUsage, { provide: LogDestination, useClass: StandardOutput }],
  exports: [LogContext, ProviderUsage, LogDestination],
})
export class LogModule {}

const logger: DynamicModule = LoggerModule.forRootAsync({
  imports: [LogModule],
  inject: [LogContext, CONFIGURATION, LogDestination],
  useFactory: (context: LogContext, configuration: Configuration, destination: LogDestination) =>
    loggerParams(context, configuration, destination),
});

/** How requests come in, are let in, are answered and are counted. */
@Global()
@Module({
  imports: [LogModule, logger, TerminusModule.forRoot({ logger: false })],
  controllers: [SystemController, ProblemsController],
  providers: [
    Credentials,
    Operators,
    RateLimits,
    Readiness,
    RequestContext,
    Writes,
    { provide: APP_GUARD, useClass: CredentialGuard },
    { provide: APP_INTERCEPTOR, useClass: AnswerInterceptor },
    { provide: APP_FILTER, useClass: ProblemFilter },
  ],
  exports: [Credentials, Operators, RequestContext, Writes],
})
export class HttpModule {}
