import { DomainError, isProblemCode, type Instant, type ProblemCode } from '@daymark/domain';
import { ProviderError, type ProviderErrorCode } from '@daymark/provider-contract';
import type { StoredError } from './connection.ts';

const codes: Readonly<Record<ProviderErrorCode, ProblemCode>> = {
  unauthorized: 'reauthorization-required',
  forbidden: 'provider-rejected',
  'not-found': 'provider-rejected',
  conflict: 'precondition-failed',
  'cursor-expired': 'provider-unavailable',
  'rate-limited': 'provider-rate-limited',
  unavailable: 'provider-unavailable',
  'invalid-request': 'provider-rejected',
  'invalid-response': 'provider-answer-unreadable',
};

/** The reason of a refusal that was made here, because the service asked to wait: no call was made. */
export const STILL_WAITING = 'still-waiting';

/** An error in the words of our catalogue; nothing in it comes from a provider's body but its short reason. */
export interface DescribedError {
  readonly code: ProblemCode;
  readonly message: string;
  readonly providerStatus: number | null;
  readonly providerReason: string | null;
}

/** The catalogue's word for any error that a call to a provider can end with. */
export function problemOf(error: unknown): DescribedError {
  if (error instanceof ProviderError) {
    const code = error.problem !== null && isProblemCode(error.problem) ? error.problem : codes[error.code];
    return { code, message: error.message, providerStatus: error.status, providerReason: error.reason };
  }
  if (error instanceof DomainError) return { code: error.code, message: error.detail, providerStatus: null, providerReason: null };
  return { code: 'internal', message: 'the work stopped with an unexpected error', providerStatus: null, providerReason: null };
}

/** A failure as it is kept: since when it is the same one, and how often. */
export function storedError(before: StoredError | null, { problem, now }: { problem: DescribedError; now: Instant }): StoredError {
  const isSame = before !== null && before.code === problem.code;
  return { ...problem, firstSeenAt: isSame ? before.firstSeenAt : now, lastSeenAt: now, count: isSame ? before.count + 1 : 1 };
}

/** What a caller gets when a provider failed during their request; other errors pass. */
export function providerFailure(error: unknown, provider: string): unknown {
  if (!(error instanceof ProviderError)) return error;
  const { code, message } = problemOf(error);
  return new DomainError(
    code,
    message,
    {
      provider: { name: provider, status: error.status, code: error.reason },
      ...(error.retryAfterMs === null ? {} : { retry_after: Math.ceil(error.retryAfterMs / 1000), limited_by: 'provider' }),
    },
    { cause: error },
  );
}
