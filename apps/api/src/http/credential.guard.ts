import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { Operation } from '@daymark/api-contract';
import { DomainError, formatId } from '@daymark/domain';
import type { Response } from 'express';
import { sha256 } from '../crypto/hashing.ts';
import { hasRole, type CalledRequest, type Caller } from './caller.ts';
import { Credentials, type Identified } from './credentials.ts';
import { LogContext } from './log-context.ts';
import { mountedOperation } from './mount.decorator.ts';
import { Operators } from './operators.ts';
import { RateLimits } from './rate-limits.ts';
import { requestIdOf } from './request-context.ts';
import { isCsrfToken } from './session-cookie.ts';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);
const LONGEST_KEY = 255;

type WithRawBody = CalledRequest & { readonly rawBody?: Buffer };

/** Lets a request in: who it is, how often, and whether they may do what the operation says. */
@Injectable()
export class CredentialGuard implements CanActivate {
  constructor(
    private readonly credentials: Credentials,
    private readonly limits: RateLimits,
    private readonly operators: Operators,
    private readonly log: LogContext,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const operation = mountedOperation(context.getHandler());
    const request = context.switchToHttp().getRequest<WithRawBody>();
    const response = context.switchToHttp().getResponse<Response>();
    if (operation === null) return true;
    this.log.add({ operation: operation.id });
    refuseHead(operation, request, response);
    if (operation.access.kind === 'public') {
      await this.limits.ofStranger(operation, request, response);
      return true;
    }
    response.setHeader('Cache-Control', 'no-store');
    const identified = await this.credentials.identify(request);
    this.log.add({ tenantId: formatId('tenant', identified.tenantId) });
    await this.limits.of(identified, response);
    refuseForgery(identified, request);
    await this.#refuseUnentitled(identified, operation);
    requireSeenVersion(operation, request);
    request.caller = callerOf(identified, { operation, request });
    return true;
  }

  async #refuseUnentitled(identified: Identified, operation: Operation): Promise<void> {
    if (operation.access.kind === 'public') return;
    if (operation.access.kind === 'session') {
      if (identified.sessionToken === null)
        throw new DomainError('unauthenticated', 'This is for people who are signed in, not for API keys.');
      return;
    }
    const { scope, role } = operation.access;
    if (!identified.scopes.includes('*') && !identified.scopes.includes(scope)) {
      throw new DomainError('forbidden-scope', `The operation needs the scope ${scope}.`);
    }
    if (hasRole(identified, role) || (role === 'platform' && (await this.operators.isOperator(identified)))) return;
    if (role === 'platform') throw new DomainError('operator-only', 'Your credential is not that of the operator of this installation.');
    throw new DomainError('forbidden-role', `The operation needs the role ${role}; yours is ${identified.role}.`);
  }
}

/**
 * Express answers HEAD with what GET does. On the way of a sign-in or consent that uses up a link or a code,
 * for whoever looks at links before people do; and a stream has no end.
 */
function refuseHead({ tag, media }: Operation, { method }: CalledRequest, response: Response): void {
  if (method !== 'HEAD' || (tag !== 'Browser' && media !== 'text/event-stream')) return;
  response.setHeader('Allow', 'GET');
  throw new DomainError('method-not-allowed', 'Allowed here: GET.');
}

/** A cookie comes along with requests that any page can start, the header does not. */
function refuseForgery(identified: Identified, request: CalledRequest): void {
  if (identified.sessionToken === null || SAFE_METHODS.has(request.method)) return;
  if (!isCsrfToken(identified.sessionToken, request.get('x-csrf-token')))
    throw new DomainError('csrf-failed', 'The X-CSRF-Token header is missing or does not belong to this session.');
}

function requireSeenVersion(operation: Operation, request: CalledRequest): void {
  if (operation.ifMatch === 'required' && request.headers['if-match'] === undefined) {
    throw new DomainError('precondition-required', 'Send the ETag of the resource as If-Match.');
  }
}

function callerOf(identified: Identified, { operation, request }: { operation: Operation; request: WithRawBody }): Caller {
  const { tenantId, credential, userId, accountId, role, scopes } = identified;
  return {
    tenantId,
    credential,
    userId,
    accountId,
    role,
    scopes,
    requestId: requestIdOf(request),
    idempotency: operation.isIdempotent ? idempotencyOf(request) : null,
    isDryRun: operation.takesDryRun === true && ['true', '1'].includes(String(request.query['dry_run'])),
  };
}

function idempotencyOf(request: WithRawBody): Caller['idempotency'] {
  const key = request.get('idempotency-key');
  if (key === undefined) return null;
  if (key.length === 0 || key.length > LONGEST_KEY) {
    throw new DomainError('validation-failed', 'One field is not valid.', {
      errors: [{ pointer: 'Idempotency-Key', message: `has to have 1 to ${LONGEST_KEY} characters`, code: 'too-long' }],
    });
  }
  const head = Buffer.from(`${request.method} ${request.originalUrl}\n`, 'utf8');
  return { key, requestHash: sha256(Buffer.concat([head, request.rawBody ?? Buffer.alloc(0)])) };
}
