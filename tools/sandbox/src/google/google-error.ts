export interface GoogleErrorOptions {
  readonly status: number;
  readonly reason: string;
  readonly message: string;
  readonly domain?: string;
  readonly location?: string;
  readonly locationType?: 'parameter' | 'header';
  readonly headers?: Readonly<Record<string, string>>;
  /** The newer `status` member, for example PERMISSION_DENIED. */
  readonly rpcStatus?: string;
  readonly details?: readonly unknown[];
}

/** An answer in Google's error envelope. */
export class GoogleApiError extends Error {
  readonly options: GoogleErrorOptions;

  constructor(options: GoogleErrorOptions) {
    super(options.message);
    this.name = 'GoogleApiError';
    this.options = options;
  }

  body(): unknown {
    const { status, reason, message, domain = 'global', location, locationType, rpcStatus, details } = this.options;
    return {
      error: {
        code: status,
        message,
        errors: [{ domain, reason, message, ...(location === undefined ? {} : { locationType: locationType ?? 'parameter', location }) }],
        ...(rpcStatus === undefined ? {} : { status: rpcStatus }),
        ...(details === undefined ? {} : { details }),
      },
    };
  }
}

export function badRequest(message: string, options: { reason?: string; location?: string; domain?: string } = {}): GoogleApiError {
  return new GoogleApiError({
    status: 400,
    reason: options.reason ?? 'invalid',
    message,
    location: options.location,
    domain: options.domain,
  });
}

export function notFound(): GoogleApiError {
  return new GoogleApiError({ status: 404, reason: 'notFound', message: 'Not Found' });
}

export function timeRangeEmpty(): GoogleApiError {
  return badRequest('The specified time range is empty.', { reason: 'timeRangeEmpty', domain: 'calendar', location: 'timeMax' });
}

export function needsRole(role: string): GoogleApiError {
  return new GoogleApiError({
    status: 403,
    reason: 'requiredAccessLevel',
    domain: 'calendar',
    message: `You need to have ${role} access to this calendar.`,
  });
}

export function notOrganizer(): GoogleApiError {
  return new GoogleApiError({
    status: 403,
    reason: 'forbiddenForNonOrganizer',
    domain: 'calendar',
    message: 'Shared properties can only be changed by the organizer of the event.',
  });
}

export function resourceDeleted(): GoogleApiError {
  return new GoogleApiError({ status: 410, reason: 'deleted', message: 'Resource has been deleted' });
}

export function duplicateId(): GoogleApiError {
  return new GoogleApiError({ status: 409, reason: 'duplicate', message: 'The requested identifier already exists.' });
}

export function fullSyncRequired(): GoogleApiError {
  return new GoogleApiError({
    status: 410,
    reason: 'fullSyncRequired',
    domain: 'calendar',
    message: 'Sync token is no longer valid, a full sync is required.',
    location: 'syncToken',
  });
}

export function preconditionFailed(): GoogleApiError {
  return new GoogleApiError({
    status: 412,
    reason: 'conditionNotMet',
    message: 'Precondition Failed',
    location: 'If-Match',
    locationType: 'header',
  });
}

/** The error that Google gives for a status and reason, for answers that a fault rule makes up. */
export function errorForReason(status: number, reason?: string, message?: string): GoogleApiError {
  const known = reason ?? DEFAULT_REASONS[status] ?? 'backendError';
  const domain = USAGE_REASONS.has(known) ? 'usageLimits' : CALENDAR_REASONS.has(known) ? 'calendar' : 'global';
  return new GoogleApiError({ status, reason: known, domain, message: message ?? MESSAGES[known] ?? known });
}

const DEFAULT_REASONS: Readonly<Record<number, string>> = {
  400: 'badRequest',
  401: 'authError',
  403: 'userRateLimitExceeded',
  404: 'notFound',
  409: 'duplicate',
  410: 'deleted',
  412: 'conditionNotMet',
  429: 'rateLimitExceeded',
};
const USAGE_REASONS = new Set(['rateLimitExceeded', 'userRateLimitExceeded', 'quotaExceeded', 'dailyLimitExceeded', 'accessNotConfigured']);
const CALENDAR_REASONS = new Set(['fullSyncRequired', 'forbiddenForNonOrganizer', 'requiredAccessLevel', 'timeRangeEmpty']);
const MESSAGES: Readonly<Record<string, string>> = {
  authError: 'Invalid Credentials',
  backendError: 'Backend Error',
  conditionNotMet: 'Precondition Failed',
  deleted: 'Resource has been deleted',
  duplicate: 'The requested identifier already exists.',
  forbiddenForNonOrganizer: 'Shared properties can only be changed by the organizer of the event.',
  fullSyncRequired: 'Sync token is no longer valid, a full sync is required.',
  notFound: 'Not Found',
  quotaExceeded: 'Calendar usage limits exceeded.',
  rateLimitExceeded: 'Rate Limit Exceeded',
  userRateLimitExceeded: 'User Rate Limit Exceeded',
};
