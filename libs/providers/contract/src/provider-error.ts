/** What happened, in nine words; what follows from it is {@link errorTreatment}. */
export type ProviderErrorCode =
  | 'unauthorized'
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  | 'cursor-expired'
  | 'rate-limited'
  | 'unavailable'
  | 'invalid-request'
  | 'invalid-response';

/** What a `forbidden`, `not-found` or `conflict` is about; the rest of the connection goes on. A `channel` that is gone says nothing of its calendar. */
export type ErrorSubject = 'connection' | 'calendar' | 'event' | 'channel';

/** Reason of an `invalid-request`: the write was to be quiet, and this service mails the guests that it concerns. */
export const GUESTS_ARE_ALWAYS_MAILED = 'guests-are-always-mailed';

/** Problem of a `forbidden`: the service proposes no times to accounts of this kind. */
export const TIMES_ARE_NOT_PROPOSED = 'suggestions-unavailable';

export interface ProviderErrorDetails {
  readonly subject?: ErrorSubject;
  /** How long the service asked to wait, milliseconds; where it only names a long limit, the shortest wait worth a try. */
  readonly retryAfterMs?: number;
  /** HTTP status and the service's own reason, for people; never the body. */
  readonly status?: number;
  readonly reason?: string;
  /**
   * A more exact code of the problem catalogue where the service's reason names one
   * (`admin-consent-required`, `scope-missing`, `provider-client-invalid`).
   */
  readonly problem?: string;
  /** What the service demands of the next consent (OpenID `claims`), passed on as it is. */
  readonly claims?: string;
  readonly cause?: unknown;
}

/** The only error that a provider throws. Its message is ours and safe to show. */
export class ProviderError extends Error {
  override readonly name = 'ProviderError';
  readonly code: ProviderErrorCode;
  readonly subject: ErrorSubject;
  readonly retryAfterMs: number | null;
  readonly status: number | null;
  readonly reason: string | null;
  readonly problem: string | null;
  readonly claims: string | null;

  constructor(code: ProviderErrorCode, message: string, details: ProviderErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.subject = details.subject ?? 'connection';
    this.retryAfterMs = details.retryAfterMs ?? null;
    this.status = details.status ?? null;
    this.reason = details.reason ?? null;
    this.problem = details.problem ?? null;
    this.claims = details.claims ?? null;
  }
}

export type Treatment =
  /** Refresh once by force and repeat; a second time the connection is expired. */
  | 'refresh-then-expire'
  /** Leave the subject alone, show why; the rest goes on. */
  | 'set-aside'
  /** Read again, merge, at most three times. */
  | 'reread-and-merge'
  /** Read everything, then sweep. */
  | 'read-all'
  /** Wait `retryAfterMs` or a jittered back-off; never disconnect. */
  | 'wait';

/** The one table of what the host does. No other code decides about retries. */
export const errorTreatment: Readonly<Record<ProviderErrorCode, Treatment>> = {
  unauthorized: 'refresh-then-expire',
  forbidden: 'set-aside',
  'not-found': 'set-aside',
  conflict: 'reread-and-merge',
  'cursor-expired': 'read-all',
  'rate-limited': 'wait',
  unavailable: 'wait',
  'invalid-request': 'set-aside',
  'invalid-response': 'set-aside',
};
