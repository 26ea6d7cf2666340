/** An error of Graph: `{ "error": { code, message, innerError } }`. */
export class GraphError extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;
  /** A code further down, where some services put the true one. */
  readonly innerCode: string | undefined;

  constructor(
    status: number,
    code: string,
    message: string,
    more: { readonly headers?: Readonly<Record<string, string>>; readonly innerCode?: string } = {},
  ) {
    super(message);
    this.name = 'GraphError';
    this.status = status;
    this.code = code;
    this.headers = more.headers ?? {};
    this.innerCode = more.innerCode;
  }

  body(call: { readonly nowMs: number; readonly requestId: string; readonly clientRequestId: string }): unknown {
    return {
      error: {
        code: this.code,
        message: this.message,
        innerError: {
          ...(this.innerCode === undefined ? {} : { code: this.innerCode }),
          date: new Date(call.nowMs).toISOString().slice(0, 19),
          'request-id': call.requestId,
          'client-request-id': call.clientRequestId,
        },
      },
    };
  }
}

export function badRequest(code: string, message: string): GraphError {
  return new GraphError(400, code, message);
}

/** A value that is not allowed on this property. */
export function invalidProperty(message: string): GraphError {
  return new GraphError(400, 'ErrorPropertyValidationFailure', message);
}

export function itemNotFound(): GraphError {
  return new GraphError(404, 'ErrorItemNotFound', 'The specified object was not found in the store.');
}

export function malformedId(): GraphError {
  return new GraphError(400, 'ErrorInvalidIdMalformed', 'Id is malformed.');
}

export function accessDenied(): GraphError {
  return new GraphError(403, 'ErrorAccessDenied', 'Access is denied. Check credentials and try again.');
}

/** Observed for a wrong `If-Match`; the reference pages do not list the header. */
export function changedMeanwhile(): GraphError {
  return new GraphError(
    412,
    'ErrorIrresolvableConflict',
    'The send or update operation could not be performed because the change key passed in the request does not match the current change key for the item.',
  );
}

/** Observed, with the id of the event in a member beside the message. */
export function duplicateTransaction(): GraphError {
  return badRequest(
    'ErrorDuplicateTransactionId',
    "Your request can't be completed. The TransactionId specified in the request has already been used to create a different event.",
  );
}

export function invalidToken(message = 'Lifetime validation failed, the token is expired.'): GraphError {
  const headers = {
    'www-authenticate':
      'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", error="invalid_token"',
  };
  return new GraphError(401, 'InvalidAuthenticationToken', message, { headers });
}

export function throttled(code: string, retryAfterSeconds: number): GraphError {
  const headers = { 'retry-after': String(retryAfterSeconds) };
  return new GraphError(429, code, 'Please retry again later.', { headers, innerCode: '429' });
}

/** The error that Graph gives for a status, for answers that a fault rule makes up. */
export function errorForStatus(status: number, code?: string, message?: string): GraphError {
  const known = code ?? DEFAULT_CODES[status] ?? (status >= 500 ? 'UnknownError' : 'BadRequest');
  return new GraphError(status, known, message ?? MESSAGES[known] ?? known);
}

const DEFAULT_CODES: Readonly<Record<number, string>> = {
  400: 'ErrorInvalidRequest',
  401: 'InvalidAuthenticationToken',
  403: 'ErrorAccessDenied',
  404: 'ErrorItemNotFound',
  409: 'ErrorIrresolvableConflict',
  410: 'syncStateNotFound',
  412: 'ErrorIrresolvableConflict',
  423: 'locked',
  429: 'TooManyRequests',
  500: 'ErrorInternalServerError',
  501: 'notSupported',
  503: 'serviceNotAvailable',
};
const MESSAGES: Readonly<Record<string, string>> = {
  ErrorAccessDenied: 'Access is denied. Check credentials and try again.',
  ErrorInternalServerError: 'An internal server error occurred. The operation failed.',
  ErrorItemNotFound: 'The specified object was not found in the store.',
  InvalidAuthenticationToken: 'Access token is empty.',
  MailboxConcurrency: 'Application is over its MailboxConcurrency limit.',
  TooManyRequests: 'Please retry again later.',
  syncStateNotFound: 'The sync state generation is not found; full sync required.',
};
