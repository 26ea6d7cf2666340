import type { NextFunction, Request, Response } from 'express';
import { IdSource } from '@daymark/domain';
import { Injectable } from '@nestjs/common';
import { LogContext } from './log-context.ts';
import { ProviderUsage } from './provider-usage.ts';

/** The id by which a request is found in logs, audit and problems. */
export function requestIdOf(request: Request): string {
  return (request as Request & { requestId?: string }).requestId ?? 'req_unknown';
}

/** First in line: gives each request its id and opens what is counted and logged for it. */
@Injectable()
export class RequestContext {
  constructor(
    private readonly ids: IdSource,
    private readonly log: LogContext,
    private readonly usage: ProviderUsage,
  ) {}

  /** Express middleware. An id of the caller is kept when it is short and plain. */
  handle(request: Request, response: Response, next: NextFunction): void {
    const given = request.headers['x-request-id'];
    const requestId = typeof given === 'string' && /^[\w.-]{8,100}$/.test(given) ? given : `req_${this.ids.next().replaceAll('-', '')}`;
    Object.assign(request, { requestId });
    response.setHeader('X-Request-Id', requestId);
    this.log.run({ requestId }, () => this.usage.run(next));
  }
}
