import { Catch, Inject, Logger, NotFoundException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { operations, problemBody, problemMediaType, routePattern } from '@daymark/api-contract';
import { problemDefinition } from '@daymark/domain';
import type { Request, Response } from 'express';
import { CONFIGURATION, type Configuration } from '../config/config.ts';
import { problemOf, type Problem } from './problem-of.ts';
import { problemPage } from './problem-page.ts';
import { ProviderUsage } from './provider-usage.ts';
import { requestIdOf } from './request-context.ts';

const routes = Object.values(operations).map(({ method, path }) => ({
  method: method.toUpperCase(),
  pattern: new RegExp(`^${routePattern(path).replaceAll('.', '\\.').replaceAll(/:\w+/g, '[^/]+')}/?$`),
}));

/** The one place where errors become answers. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #logger = new Logger('Problem');

  constructor(
    @Inject(CONFIGURATION) private readonly configuration: Configuration,
    private readonly usage: ProviderUsage,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<Request>();
    const response = host.switchToHttp().getResponse<Response>();
    const allowed = error instanceof NotFoundException ? otherMethodsOf(request) : [];
    const problem = allowed.length === 0 ? problemOf(error) : methodNotAllowed(allowed);
    if (problem.isUnexpected) this.#logger.error({ err: error }, 'a request failed unexpectedly');
    if (response.headersSent) {
      response.destroy();
      return;
    }
    this.#answer({ request, response, problem, allowed });
  }

  #answer({
    request,
    response,
    problem,
    allowed,
  }: {
    request: Request;
    response: Response;
    problem: Problem;
    allowed: readonly string[];
  }): void {
    const requestId = requestIdOf(request);
    if (allowed.length > 0) response.setHeader('Allow', allowed.join(', '));
    if (typeof problem.data['retry_after'] === 'number') response.setHeader('Retry-After', String(problem.data['retry_after']));
    if (problemDefinition(problem.code).status === 401) response.setHeader('WWW-Authenticate', 'Bearer');
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader('X-Provider-Requests', String(this.usage.calls));
    response.status(problemDefinition(problem.code).status);
    if (isVisit(request)) {
      response.type('html').send(problemPage(problem.code, { detail: problem.detail, requestId }));
      return;
    }
    const body = problemBody(problem.code, { detail: problem.detail, instance: request.path, requestId, data: problem.data });
    response.type(problemMediaType).send(JSON.stringify({ ...body, type: `${this.configuration.publicUrl}${body.type}` }));
  }
}

/** A person's browser that opens an address, rather than a program that calls the API. */
function isVisit(request: Request): boolean {
  return request.method === 'GET' && !request.path.startsWith('/v1/') && (request.headers.accept ?? '').includes('text/html');
}

function otherMethodsOf({ method: tried, path }: Request): string[] {
  const methods = routes.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method);
  return methods.includes(tried) ? [] : methods;
}

function methodNotAllowed(allowed: readonly string[]): Problem {
  return { code: 'method-not-allowed', detail: `Allowed here: ${allowed.join(', ')}.`, data: {}, isUnexpected: false };
}
