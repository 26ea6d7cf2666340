import type { ProblemDefinition } from './problem-definition.ts';
import { problem } from './problem-definition.ts';

/** What can be wrong with a request itself: its form, who sends it, its repetition. */
export const requestProblems = {
  // The request itself
  'invalid-json': problem(
    400,
    'The body is not JSON',
    'The request body could not be read as JSON.',
    'Send one JSON object with Content-Type application/json.',
    'caller',
  ),
  'validation-failed': problem(
    422,
    'Some fields are not valid',
    'One or more fields of the request are missing, unknown or have a value that is not allowed.',
    'Correct the fields listed in errors and send the request again.',
    'caller',
  ),
  'cursor-invalid': problem(
    400,
    'The cursor is not valid',
    'The cursor was not issued by this list, or it was used with other filters.',
    'Start again without a cursor and follow next_cursor with the same filters.',
    'caller',
  ),
  'cursor-expired': problem(
    410,
    'The cursor is too old',
    'The changes after this cursor are no longer kept.',
    'Read the resources again in full, then follow changes from the cursor that a request without since gives.',
    'caller',
  ),
  'payload-too-large': problem(
    413,
    'The body is too large',
    'The request body is larger than this installation accepts.',
    'Send less in one request, for example in several batches.',
    'caller',
  ),
  'unsupported-media-type': problem(
    415,
    'The content type is not accepted',
    'The request body has a content type that is not application/json.',
    'Send JSON with Content-Type application/json.',
    'caller',
  ),
  'not-found': problem(
    404,
    'Not found',
    'Nothing with this address or id exists, or your credential may not see it.',
    'Check the id, and that the credential belongs to the right tenant.',
    'caller',
  ),
  'method-not-allowed': problem(
    405,
    'The method is not allowed here',
    'This address exists, but not for this HTTP method.',
    'Use one of the methods in the Allow header.',
    'caller',
  ),
  'rate-limited': problem(
    429,
    'Too many requests',
    'This credential or tenant has used up its requests for the moment.',
    'Wait for the seconds given in Retry-After, then send the request again.',
    'caller',
    'retryable',
  ),

  // Who is asking
  unauthenticated: problem(
    401,
    'Sign in or send a key',
    'The request has no valid session and no valid API key.',
    'Sign in again, or send an API key as Authorization: Bearer.',
    'caller',
  ),
  'key-revoked': problem(
    401,
    'The API key was revoked',
    'The API key was deleted and no longer opens anything.',
    'Create a new key on the API keys page and use it instead.',
    'tenant-admin',
  ),
  'key-expired': problem(
    401,
    'The API key has expired',
    'The API key was made with an end date, and that has passed.',
    'Create a new key on the API keys page and use it instead.',
    'tenant-admin',
  ),
  'session-expired': problem(
    401,
    'The session has ended',
    'You were signed out, or the session was not used for too long.',
    'Sign in again.',
    'person',
  ),
  'csrf-failed': problem(
    403,
    'The request did not come from this app',
    'A request with a session cookie needs the matching X-CSRF-Token header, and it was missing or old.',
    'Load the page again; a program should use an API key instead of a cookie.',
    'caller',
  ),
  'forbidden-scope': problem(
    403,
    'The key lacks a scope',
    'The API key was made without the scope that this operation needs.',
    'Use a key that has the scope named in detail, or ask an administrator to make one.',
    'tenant-admin',
  ),
  'forbidden-role': problem(
    403,
    'The role does not allow this',
    'Your role in this tenant may not do this.',
    'Ask an administrator of the tenant to do it, or to change your role.',
    'tenant-admin',
  ),
  'tenant-suspended': problem(
    403,
    'The tenant is suspended',
    'The operator has suspended this tenant; its data is kept.',
    'Ask the operator of this installation.',
    'operator',
  ),
  'account-unknown': problem(
    403,
    'This account is not invited',
    'You proved who you are, but no tenant has a user with this address.',
    'Ask an administrator to invite exactly this address, or sign in with another account.',
    'tenant-admin',
  ),
  'sign-in-link-used': problem(
    410,
    'The sign-in link no longer works',
    'A sign-in link works once and for a short time; this one was used, or has expired.',
    'Sign in with a provider, or ask the operator of this installation for a new link.',
    'person',
  ),

  // Repeating and racing
  'idempotency-key-reused': problem(
    422,
    'The idempotency key was used for another request',
    'The same Idempotency-Key came with a different method, path or body within 24 hours.',
    'Use a new key for a new request, and the same key only to repeat the same one.',
    'caller',
  ),
  'idempotency-in-progress': problem(
    409,
    'The same request is still running',
    'A request with the same Idempotency-Key has not finished yet.',
    'Wait a few seconds and repeat it with the same key.',
    'caller',
    'retryable',
  ),
  'precondition-required': problem(
    428,
    'If-Match is missing',
    'This resource may be changed by others at the same time, so the version you saw must be sent along.',
    'Read the resource and send its ETag as If-Match.',
    'caller',
  ),
  'precondition-failed': problem(
    412,
    'It was changed in the meantime',
    'The resource has a newer version than the one in If-Match.',
    'Read it again, apply your change to what is there now, and send the new ETag.',
    'caller',
  ),
} satisfies Record<string, ProblemDefinition>;
