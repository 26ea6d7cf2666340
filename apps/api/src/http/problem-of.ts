import { HttpException } from '@nestjs/common';
import { DomainError, isProblemCode, problemDefinition, type ProblemCode } from '@daymark/domain';
import { ProviderError, type ProviderErrorCode } from '@daymark/provider-contract';

/** What is reported to the caller, before it gets its place and id. */
export interface Problem {
  readonly code: ProblemCode;
  readonly detail: string;
  /** Further members, in wire names. */
  readonly data: Readonly<Record<string, unknown>>;
  /** Nobody expected it: it is logged whole, and the caller sees nothing of it. */
  readonly isUnexpected: boolean;
}

const ofProvider: Readonly<Record<ProviderErrorCode, ProblemCode>> = {
  unauthorized: 'reauthorization-required',
  forbidden: 'provider-rejected',
  'not-found': 'provider-rejected',
  conflict: 'provider-rejected',
  'cursor-expired': 'sync-failed',
  'rate-limited': 'provider-rate-limited',
  unavailable: 'provider-unavailable',
  'invalid-request': 'provider-rejected',
  'invalid-response': 'provider-answer-unreadable',
};

const ofHttpStatus: Readonly<Record<number, ProblemCode>> = {
  400: 'invalid-json',
  401: 'unauthenticated',
  403: 'forbidden-role',
  404: 'not-found',
  405: 'method-not-allowed',
  413: 'payload-too-large',
  415: 'unsupported-media-type',
  422: 'validation-failed',
  429: 'rate-limited',
  503: 'not-ready',
};

/** What the driver and the pool say when there is no database to speak to. */
const DATABASE_GONE = new Set([
  '3D000',
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EPIPE',
  '57P01',
  '57P02',
  '57P03',
  '53300',
  '08000',
  '08001',
  '08003',
  '08006',
]);

/** Every error as a problem of the catalogue. */
export function problemOf(error: unknown): Problem {
  if (error instanceof DomainError)
    return { code: error.code, detail: error.detail, data: error.data, isUnexpected: error.code === 'internal' };
  if (error instanceof ProviderError) return problemOfProvider(error);
  const status = httpStatusOf(error);
  const code = status === null ? undefined : ofHttpStatus[status];
  if (code !== undefined)
    return { code: isMalformedAddress(error) ? 'not-found' : code, detail: detailOf(code), data: {}, isUnexpected: false };
  if (isDatabaseGone(error))
    return { code: 'not-ready', detail: 'The database cannot be reached at the moment.', data: {}, isUnexpected: true };
  return { code: 'internal', detail: 'An unexpected error occurred.', data: {}, isUnexpected: true };
}

function problemOfProvider(error: ProviderError): Problem {
  const code = error.problem !== null && isProblemCode(error.problem) ? error.problem : ofProvider[error.code];
  return {
    code,
    detail: error.message,
    data: {
      provider: { name: 'provider', status: error.status, code: error.reason ?? error.code },
      ...(error.retryAfterMs === null ? {} : { retry_after: Math.ceil(error.retryAfterMs / 1000) }),
    },
    isUnexpected: false,
  };
}

function httpStatusOf(error: unknown): number | null {
  if (error instanceof HttpException) return error.getStatus();
  // What body-parser throws (http-errors): https://github.com/expressjs/body-parser#errors
  if (error instanceof Error && 'status' in error && 'type' in error && typeof error.status === 'number') return error.status;
  return null;
}

/** Nest makes a 400 of an address with broken percent-encoding. */
function isMalformedAddress(error: unknown): boolean {
  return error instanceof Error && /^(URI malformed|Failed to decode param)/.test(error.message);
}

function detailOf(code: ProblemCode): string {
  return code === 'not-found' ? 'There is nothing at this address.' : problemDefinition(code).cause;
}

function isDatabaseGone(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const code = 'code' in error ? error.code : null;
  if (typeof code === 'string' && DATABASE_GONE.has(code)) return true;
  if (error instanceof Error && /timeout exceeded when trying to connect|Connection terminated|already released/i.test(error.message)) return true;
  return 'driverError' in error && isDatabaseGone(error.driverError);
}
