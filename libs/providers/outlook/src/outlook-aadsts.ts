import type { Instant } from '@daymark/domain';
import { ProviderError } from '@daymark/provider-contract';
import type { AuthorizationRefusal, ProviderErrorCode } from '@daymark/provider-contract';
import { retryAfterMs } from './outlook-error.ts';
import type { Refusal } from './outlook-error.ts';
import { tokenErrorBody } from './outlook-identity-api.ts';

/** What was asked of the identity platform; decides what a missing consent means. */
export type IdentityPurpose = 'consent' | 'code' | 'refresh';

interface Verdict {
  readonly code: ProviderErrorCode;
  readonly problem?: string;
}

const lost: Verdict = { code: 'unauthorized' };
const clientInvalid: Verdict = { code: 'forbidden', problem: 'provider-client-invalid' };
const adminMustApprove: Verdict = { code: 'forbidden', problem: 'admin-consent-required' };
const policyForbids: Verdict = { code: 'forbidden', problem: 'conditional-access-blocked' };
const ourFault: Verdict = { code: 'invalid-request' };
const later: Verdict = { code: 'unavailable' };

/** By `error`, as https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-auth-code-flow asks for. */
const byError: Readonly<Record<string, Verdict>> = {
  invalid_grant: lost,
  interaction_required: lost,
  consent_required: lost,
  login_required: lost,
  access_denied: lost,
  invalid_client: clientInvalid,
  unauthorized_client: clientInvalid,
  invalid_scope: clientInvalid,
  invalid_resource: clientInvalid,
  invalid_request: ourFault,
  unsupported_grant_type: ourFault,
  unsupported_response_type: ourFault,
  temporarily_unavailable: later,
  server_error: later,
};

/**
 * Where the number says more than `error` does, which holds very different things together.
 * https://learn.microsoft.com/en-us/entra/identity-platform/reference-error-codes
 */
const byNumber: Readonly<Record<number, Verdict>> = {
  ...group(adminMustApprove, [90094, 90095]),
  // A device that is not managed, a place or risk that is not allowed, a person whom the app was not assigned to.
  ...group(policyForbids, [50105, 50131, 53000, 53001, 53003, 53011, 530034]),
  // Secret, id, redirect address, account types or permissions of the registration; the directory.
  ...group(clientInvalid, [50011, 50194, 650052, 650056, 650057, 70002, 70011, 700005, 700016, 700025, 700084, 90002]),
  ...group(clientInvalid, [7000112, 7000215, 7000218, 7000222]),
  ...group(ourFault, [70003, 90014, 900144, 9002313]),
  // An account of another directory than the one that was asked.
  50020: { code: 'forbidden' },
  // We ask the same in a loop.
  50196: { code: 'rate-limited' },
  65004: lost,
  90033: later,
  90055: { code: 'rate-limited' },
};

/** Nobody has consented: on the way in the organisation keeps that to itself; in use it was withdrawn, and can be given again. */
const NOT_CONSENTED = 65001;

const messages: Readonly<Partial<Record<ProviderErrorCode, string>>> = {
  unauthorized: 'Microsoft does not accept the access that was granted',
  forbidden: 'Microsoft does not allow this',
  'rate-limited': 'Microsoft asks to slow down',
  unavailable: 'Microsoft did not answer',
  'invalid-request': 'Microsoft does not understand the request',
};

/** What a refusal of the token endpoint means. Reads status, `error` and the AADSTS number, never the message around it. */
export function tokenError(
  refusal: Refusal,
  { purpose, now }: { readonly purpose: IdentityPurpose; readonly now: Instant },
): ProviderError {
  const { status } = refusal;
  const parsed = tokenErrorBody.safeParse(refusal.body);
  const body = parsed.success ? parsed.data : null;
  const number = body === null ? null : (body.error_codes?.[0] ?? numberIn(body.error_description));
  const verdict =
    status === 429 ? { code: 'rate-limited' as const } : status >= 500 || status === 408 ? later : judge(body?.error, { number, purpose });
  const isWaiting = verdict.code === 'rate-limited' || verdict.code === 'unavailable';
  return refuse(verdict, {
    status,
    reason: reasonOf(body?.error, number),
    retryAfterMs: isWaiting ? retryAfterMs(refusal, now) : undefined,
    claims: body?.claims ?? undefined,
  });
}

/** What the consent page refused, by the address that it sent the browser back to. */
export function consentRefused({ error, description }: AuthorizationRefusal): ProviderError {
  const number = numberIn(description);
  return refuse(judge(error, { number, purpose: 'consent' }), { reason: reasonOf(error, number) });
}

/** Another directory was asked for than this installation lets in. */
export function directoryRefused(): ProviderError {
  return refuse(ourFault, { reason: 'directory-not-allowed' });
}

function judge(
  error: string | undefined,
  { number, purpose }: { readonly number: number | null; readonly purpose: IdentityPurpose },
): Verdict {
  if (number === NOT_CONSENTED) return purpose === 'refresh' ? lost : adminMustApprove;
  const exact = number === null ? undefined : byNumber[number];
  if (exact !== undefined) return exact;
  // Without a word of its own it came from something on the way.
  return error === undefined ? later : (byError[error] ?? ourFault);
}

function refuse(verdict: Verdict, details: ConstructorParameters<typeof ProviderError>[2]): ProviderError {
  return new ProviderError(verdict.code, messages[verdict.code] ?? 'Microsoft refused', {
    ...details,
    subject: 'connection',
    problem: verdict.problem,
  });
}

function reasonOf(error: string | undefined, number: number | null): string | undefined {
  return number === null ? error : `AADSTS${number}`;
}

/** The one part of a description that is not prose. */
function numberIn(description: string | null | undefined): number | null {
  const found = /\bAADSTS(\d{4,8})\b/.exec(description ?? '')?.[1];
  return found === undefined ? null : Number(found);
}

function group(verdict: Verdict, numbers: readonly number[]): Readonly<Record<number, Verdict>> {
  return Object.fromEntries(numbers.map((number) => [number, verdict]));
}
