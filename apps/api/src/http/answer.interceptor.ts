import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { formatEtag, operations, wireNames, type Operation } from '@daymark/api-contract';
import type { Response } from 'express';
import { map, type Observable } from 'rxjs';
import type { CalledRequest } from './caller.ts';
import { mountedOperation } from './mount.decorator.ts';
import { ProviderUsage } from './provider-usage.ts';
import type { Answer } from './writes.ts';

const readable = new Map(
  Object.values<Operation>(operations)
    .filter(({ method, path }) => method === 'get' && /\/\{\w+\}$/.test(path))
    .map(({ path }) => [path.slice(0, path.lastIndexOf('/')), path]),
);

/** Gives the answer of an operation its status and headers: ETag, Location, replay, cost. */
@Injectable()
export class AnswerInterceptor implements NestInterceptor {
  constructor(private readonly usage: ProviderUsage) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const operation = mountedOperation(context.getHandler());
    if (operation === null || operation.response === null)
      return next.handle().pipe(map((value: unknown) => (isAnswer(value) ? undefined : value)));
    const response = context.switchToHttp().getResponse<Response>();
    const isDryRun = context.switchToHttp().getRequest<CalledRequest>().caller?.isDryRun ?? false;
    return next.handle().pipe(
      map((value: unknown) => {
        const answer = isAnswer(value) ? value : { status: 200, body: value, isReplay: false };
        const status = answer.status === 200 && !isDryRun ? operation.status : answer.status;
        this.#describe(response, { operation, status, answer });
        return answer.body;
      }),
    );
  }

  #describe(response: Response, { operation, status, answer }: { operation: Operation; status: number; answer: Answer<unknown> }): void {
    const { id, version } = (answer.body ?? {}) as { id?: unknown; version?: unknown };
    response.status(status);
    response.setHeader(wireNames.providerRequests, String(this.usage.calls));
    if (typeof version === 'number') response.setHeader(wireNames.etag, formatEtag(version));
    if (status === 201 && typeof id === 'string') response.setHeader('Location', locationOf(operation, id));
    if (answer.isReplay) response.setHeader(wireNames.idempotencyReplayed, 'true');
  }
}

function isAnswer(value: unknown): value is Answer<unknown> {
  return typeof value === 'object' && value !== null && 'isReplay' in value && 'body' in value && 'status' in value;
}

/** The nearest address above the operation's own under which single things are read. */
function locationOf(operation: Operation, id: string): string {
  for (let path = operation.path; path !== ''; path = path.slice(0, path.lastIndexOf('/'))) {
    if (readable.has(path)) return `${path}/${id}`;
  }
  return operation.path;
}
