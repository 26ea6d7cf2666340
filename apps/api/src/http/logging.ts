import { Injectable } from '@nestjs/common';
import type { Params } from 'nestjs-pino';
import { Secret } from '@daymark/domain';
import { stdTimeFunctions, type DestinationStream, type LogFn, type Logger } from 'pino';
import type { Request, Response } from 'express';
import type { Configuration } from '../config/config.ts';
import type { LogContext } from './log-context.ts';
import { redactLine } from './redact.ts';
import { requestIdOf } from './request-context.ts';

/** Where log lines go; tests collect them. */
export abstract class LogDestination implements DestinationStream {
  abstract write(line: string): void;
}

@Injectable()
export class StandardOutput extends LogDestination {
  override write(line: string): void {
    process.stdout.write(line);
  }
}

/** One JSON object per line: time, level, message, and the ids of what is under way. Nothing secret. */
export function loggerParams(context: LogContext, configuration: Configuration, destination: LogDestination): Params<Request, Response> {
  const secrets = secretsOf(configuration);
  return {
    pinoHttp: [
      {
        level: configuration.logLevel,
        base: { service: 'daymark', role: configuration.role },
        timestamp: stdTimeFunctions.isoTime,
        formatters: { level: (label) => ({ level: label }) },
        mixin: () => context.fields(),
        hooks: { streamWrite: (line) => redactLine(line, secrets), logMethod: skipRoutine },
        quietReqLogger: true,
        quietResLogger: true,
        genReqId: (request) => requestIdOf(request as Request),
        customAttributeKeys: { responseTime: 'duration_ms' },
        // The context tells the id already.
        serializers: { err: describeError, error: describeError, reqId: () => undefined },
        customLogLevel: (_request, response, error) => (error !== undefined || response.statusCode >= 500 ? 'error' : 'info'),
        customSuccessObject: (request, response, value: { duration_ms?: number }) => summary(request, response, value),
        customErrorObject: (request, response, _error, value: { duration_ms?: number }) => summary(request, response, value),
        customSuccessMessage: () => 'request',
        customErrorMessage: () => 'request',
        autoLogging: { ignore: (request) => /^\/(?:healthz|readyz|metrics)$/.test((request as Request).path) },
      },
      destination,
    ],
  };
}

/** Nest tells every route and module at each start; that belongs to looking for faults of the start. */
const ROUTINE = new Set(['RouterExplorer', 'RoutesResolver', 'InstanceLoader']);
const INFO = 30;

function skipRoutine(this: Logger, given: Parameters<LogFn>, method: LogFn, level: number): void {
  const first: unknown = given[0];
  const isRoutine =
    level === INFO && typeof first === 'object' && first !== null && 'context' in first && ROUTINE.has(String(first.context));
  if (!isRoutine || this.isLevelEnabled('debug')) method.apply(this, given);
}

/** The address without its query, which may hold codes and states. */
function summary(request: Request, response: Response, value: { duration_ms?: number }): object {
  return {
    method: request.method,
    path: request.originalUrl.split('?')[0],
    status: response.statusCode,
    duration_ms: value.duration_ms,
  };
}

/** Of an error only what was written by programmers: drivers hang parameters and whole requests on theirs. */
function describeError(given: unknown, depth = 0): unknown {
  // pino-http hands over its own description, which holds the error as `raw`.
  const error = typeof given === 'object' && given !== null && 'raw' in given ? given.raw : given;
  if (!(error instanceof Error)) return typeof error === 'string' ? error : typeof error;
  const code = 'code' in error ? error.code : undefined;
  return {
    type: error.name,
    message: error.message,
    stack: error.stack,
    ...(typeof code === 'string' ? { code } : {}),
    ...(error.cause === undefined || depth > 3 ? {} : { cause: describeError(error.cause, depth + 1) }),
  };
}

const SHORTEST = 8;

/** Every secret that the process was given, to be found wherever a library prints it. */
function secretsOf(value: unknown): string[] {
  if (value instanceof Secret) {
    const text: unknown = value.reveal();
    return typeof text === 'string' ? [text, ...passwordIn(text)].filter((secret) => secret.length >= SHORTEST) : [];
  }
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(secretsOf) : [];
}

function passwordIn(text: string): string[] {
  const password = URL.canParse(text) ? new URL(text).password : '';
  return [password, decodeURIComponent(password)];
}
