import { randomUUID } from 'node:crypto';

/** Which `error` value and text a code comes with. Pairings of 50132, 53003, 65001 and 7000112 are not confirmed. */
const CODES = {
  50011: ['invalid_request', 'The redirect URI specified in the request does not match the redirect URIs configured for the application.'],
  50020: [
    'access_denied',
    'User account from identity provider does not exist in tenant and cannot access the application in that tenant.',
  ],
  50057: ['invalid_grant', 'The user account is disabled.'],
  50058: ['login_required', 'A silent sign-in request was sent but no user is signed in.'],
  50074: ['invalid_grant', 'Strong Authentication is required.'],
  50076: ['invalid_grant', 'Due to a configuration change made by your administrator, you must use multi-factor authentication.'],
  50079: ['invalid_grant', 'Due to a configuration change made by your administrator, you must enroll in multi-factor authentication.'],
  50105: ['access_denied', 'The signed in user is not assigned to a role for the application.'],
  50132: ['invalid_grant', 'The session is not valid due to password expiration or recent password change.'],
  50133: ['invalid_grant', 'Session is invalid due to expiration or recent password change.'],
  50158: ['interaction_required', 'External security challenge was not satisfied.'],
  50173: ['invalid_grant', 'The provided grant has expired due to it being revoked, a fresh auth token is needed.'],
  50194: [
    'invalid_request',
    'The application is not configured as a multi-tenant application. Usage of the /common endpoint is not supported.',
  ],
  53000: ['interaction_required', 'Your device is required to be compliant to access this resource.'],
  53003: ['invalid_grant', 'Access has been blocked by Conditional Access policies.'],
  54005: ['invalid_grant', 'OAuth2 Authorization code was already redeemed, please retry with a new valid code.'],
  65001: ['invalid_grant', 'The user or administrator has not consented to use the application.'],
  65004: ['access_denied', 'The resource owner or authorization server denied the request.'],
  70000: ['invalid_grant', 'Provided grant is invalid or malformed.'],
  70003: ['unsupported_grant_type', 'The app requested an unsupported grant type.'],
  70008: ['invalid_grant', 'The provided authorization code or refresh token has expired due to inactivity.'],
  70011: ['invalid_scope', 'The provided value for the input parameter scope is not valid.'],
  70043: ['invalid_grant', 'The refresh token has expired or is invalid due to sign-in frequency checks by conditional access.'],
  90002: ['invalid_request', 'Tenant not found. Check to make sure you have the correct tenant ID.'],
  90014: ['invalid_request', 'The required field is missing from the credential.'],
  90094: ['access_denied', 'Admin consent is required for the permissions requested by this application.'],
  90095: ['access_denied', 'Admin consent is required; a request may be sent to the administrator.'],
  501481: ['invalid_grant', 'The Code_Verifier does not match the code_challenge supplied in the authorization request.'],
  700005: ['invalid_grant', 'Provided Authorization Code is intended to use against another tenant.'],
  700016: ['unauthorized_client', 'Application was not found in the directory.'],
  700082: ['invalid_grant', 'The refresh token has expired due to inactivity.'],
  7000112: ['unauthorized_client', 'Application is disabled.'],
  7000215: [
    'invalid_client',
    'Invalid client secret provided. Ensure the secret being sent is the client secret value, not the client secret ID.',
  ],
  7000218: ['invalid_client', "The request body must contain the following parameter: 'client_assertion' or 'client_secret'."],
  7000222: ['invalid_client', 'The provided client secret keys are expired.'],
  9002313: ['invalid_request', 'Invalid request. Request is malformed or invalid.'],
} as const satisfies Readonly<Record<number, readonly [string, string]>>;

export type AadstsCode = keyof typeof CODES;

/** An error of the identity platform. */
export class AadstsError extends Error {
  readonly number: AadstsCode;
  readonly error: string;
  readonly status: number;
  readonly more: { readonly suberror?: string; readonly claims?: string };

  constructor(
    number: AadstsCode,
    more: { readonly detail?: string; readonly suberror?: string; readonly claims?: string; readonly error?: string } = {},
  ) {
    const [error, text] = CODES[number];
    super(`AADSTS${number}: ${text}${more.detail === undefined ? '' : ` ${more.detail}`}`);
    this.name = 'AadstsError';
    this.number = number;
    this.error = more.error ?? error;
    this.status = this.error === 'invalid_client' ? 401 : 400;
    this.more = more;
  }
}

export function isAadstsCode(number: number): number is AadstsCode {
  return number in CODES;
}

const NEEDS_CLAIMS: ReadonlySet<number> = new Set([50074, 50076, 50079, 50158]);

/** What a person meets whose sign-in is blocked, with the challenge that only an interactive sign-in answers. */
export function blockedBy(number: AadstsCode): AadstsError {
  const claims = NEEDS_CLAIMS.has(number)
    ? JSON.stringify({ access_token: { capolids: { essential: true, values: [randomUUID()] } } })
    : undefined;
  return new AadstsError(number, {
    ...(claims === undefined ? {} : { claims }),
    ...(NEEDS_CLAIMS.has(number) ? { suberror: 'basic_action' } : {}),
  });
}

/** The body that the token endpoint answers with. */
export function tokenErrorBody(error: AadstsError, nowMs: number): Record<string, unknown> {
  const { number, more } = error;
  const [trace, correlation] = [randomUUID(), randomUUID()];
  const timestamp = stampOf(nowMs);
  return {
    error: error.error,
    error_description: describe(error, { trace, correlation, timestamp }),
    error_codes: [number],
    timestamp,
    trace_id: trace,
    correlation_id: correlation,
    error_uri: `https://login.microsoftonline.com/error?code=${number}`,
    ...(more.suberror === undefined ? {} : { suberror: more.suberror }),
    ...(more.claims === undefined ? {} : { claims: more.claims }),
  };
}

export function describe(error: AadstsError, ids: { trace: string; correlation: string; timestamp: string }): string {
  return `${error.message} Trace ID: ${ids.trace} Correlation ID: ${ids.correlation} Timestamp: ${ids.timestamp}`;
}

export function stampOf(nowMs: number): string {
  return `${new Date(nowMs).toISOString().slice(0, 19).replace('T', ' ')}Z`;
}
