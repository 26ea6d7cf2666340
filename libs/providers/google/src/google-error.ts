import { HOUR_MS } from '@daymark/domain';
import type { Instant } from '@daymark/domain';
import { ProviderError, pushRefusals } from '@daymark/provider-contract';
import type { ErrorSubject, ProviderErrorCode } from '@daymark/provider-contract';
import { apiErrorBody, tokenErrorBody } from './google-api.ts';

/** What a call was about; decides whom a refusal concerns. */
export type CallPurpose = 'calendars' | 'changes' | 'event' | 'creation' | 'free-busy' | 'channel';

/** An answer that is not a success. */
export interface Refusal {
  readonly status: number;
  readonly body: unknown;
  readonly headers: { get(name: string): string | null };
}

interface Verdict {
  readonly code: ProviderErrorCode;
  readonly subject?: ErrorSubject;
  readonly problem?: string;
  /** Where Google names a long limit but no time. */
  readonly waitMs?: number;
  /** Where the contract has a word for Google's reason. */
  readonly reason?: string;
}

const subjects: Readonly<Record<CallPurpose, ErrorSubject>> = {
  calendars: 'connection',
  changes: 'calendar',
  event: 'event',
  creation: 'calendar',
  'free-busy': 'connection',
  channel: 'calendar',
};

const scopeMissing: Verdict = { code: 'forbidden', subject: 'connection', problem: 'scope-missing' };
const clientInvalid: Verdict = { code: 'forbidden', subject: 'connection', problem: 'provider-client-invalid' };
const adminMustApprove: Verdict = { code: 'forbidden', subject: 'connection', problem: 'admin-consent-required' };

/**
 * 403 says very different things; only the reason tells them apart.
 * https://developers.google.com/workspace/calendar/api/guides/errors
 */
const forbiddenReasons: Readonly<Record<string, Verdict>> = {
  rateLimitExceeded: { code: 'rate-limited' },
  userRateLimitExceeded: { code: 'rate-limited' },
  // Operational limits of one calendar or user; they last for hours.
  quotaExceeded: { code: 'rate-limited', waitMs: HOUR_MS },
  dailyLimitExceeded: { code: 'rate-limited', waitMs: HOUR_MS },
  forbiddenForNonOrganizer: { code: 'forbidden', subject: 'event' },
  insufficientPermissions: scopeMissing,
  ACCESS_TOKEN_SCOPE_INSUFFICIENT: scopeMissing,
  accessNotConfigured: clientInvalid,
  SERVICE_DISABLED: clientInvalid,
  domainPolicy: adminMustApprove,
};

const addressRefused: Verdict = { code: 'invalid-request', subject: 'connection', reason: pushRefusals.address };

/**
 * About channels, with 400 and with 401: the second must not be taken for the end of a grant.
 * https://developers.google.com/workspace/calendar/api/guides/push; the words are as seen in public code and threads.
 */
const channelReasons: Readonly<Record<string, Verdict>> = {
  channelIdNotUnique: { code: 'conflict' },
  pushNotSupportedForRequestedResource: { code: 'invalid-request', reason: pushRefusals.calendar },
  'push.webhookUrlNotHttps': addressRefused,
  'push.webhookUrlUnauthorized': addressRefused,
};

/** The calendar itself refuses; in the list of calendars there is only the connection. */
const roleReasons = new Set(['requiredAccessLevel', 'forbidden']);

const messages: Readonly<Record<ProviderErrorCode, string>> = {
  unauthorized: 'Google does not accept the access that was granted',
  forbidden: 'Google does not allow this',
  'not-found': 'Google does not know it, or does not show it to this account',
  conflict: 'It has been changed at Google in the meantime',
  'cursor-expired': 'Google cannot continue from the last reading',
  'rate-limited': 'Google asks to slow down',
  unavailable: 'Google did not answer',
  'invalid-request': 'Google does not understand the request',
  'invalid-response': 'The answer of Google cannot be understood',
};

/** What a refusal of the Calendar API means. Reads status and reason, never the message. */
export function apiError(refusal: Refusal, { purpose, now }: { readonly purpose: CallPurpose; readonly now: Instant }): ProviderError {
  const reason = reasonOf(refusal.body);
  const verdict = judge(refusal, { purpose, reason });
  const subject = verdict.subject ?? subjects[purpose];
  const wait =
    verdict.code === 'rate-limited' || verdict.code === 'unavailable' ? (retryAfterMs(refusal, now) ?? verdict.waitMs) : undefined;
  return refuse(verdict.code, {
    subject,
    problem: verdict.problem,
    reason: verdict.reason ?? reason,
    status: refusal.status,
    retryAfterMs: wait,
  });
}

/** What a refusal of the token, revocation or userinfo endpoint means. */
export function tokenError(refusal: Refusal, now: Instant): ProviderError {
  const parsed = tokenErrorBody.safeParse(refusal.body);
  const reason = parsed.success ? (parsed.data.error_subtype ?? parsed.data.error) : undefined;
  const { status } = refusal;
  if (status === 429 || status >= 500 || status === 408) {
    return refuse(status === 429 ? 'rate-limited' : 'unavailable', { reason, status, retryAfterMs: retryAfterMs(refusal, now) });
  }
  const verdict = parsed.success ? tokenReasons[parsed.data.error] : undefined;
  if (verdict !== undefined) return refuse(verdict.code, { subject: verdict.subject, problem: verdict.problem, reason, status });
  if (status === 401) return refuse('unauthorized', { reason, status });
  // Without a reason it did not come from the token endpoint but from something on the way.
  return refuse(parsed.success ? 'invalid-request' : 'unavailable', { reason, status });
}

/** What the consent page refused, by the `error` of the address that it sent the browser back to. */
export function consentRefused(reason: string): ProviderError {
  if (reason === 'access_denied') return refuse('unauthorized', { reason });
  const verdict = tokenReasons[reason] ?? { code: 'invalid-request' };
  return refuse(verdict.code, { subject: verdict.subject, problem: verdict.problem, reason });
}

/** https://developers.google.com/identity/protocols/oauth2/web-server; which of them are our own fault. */
const tokenReasons: Readonly<Record<string, Verdict>> = {
  invalid_grant: { code: 'unauthorized' },
  invalid_token: { code: 'unauthorized' },
  invalid_client: clientInvalid,
  unauthorized_client: clientInvalid,
  deleted_client: clientInvalid,
  redirect_uri_mismatch: clientInvalid,
  invalid_scope: clientInvalid,
  unsupported_grant_type: clientInvalid,
  org_internal: clientInvalid,
  admin_policy_enforced: adminMustApprove,
};

/** The call did not come through; what the host's own client says is passed on as it is. */
export function transportError(cause: unknown): ProviderError {
  if (cause instanceof ProviderError) return cause;
  return new ProviderError('unavailable', messages.unavailable, { cause });
}

/** An answer that is not what the documentation promises. */
export function unexpectedAnswer(reason: string, purpose: CallPurpose): ProviderError {
  return refuse('invalid-response', { subject: subjects[purpose], reason });
}

/** A request that is refused here because Google would refuse it, or worse, would not. */
export function unfitRequest(reason: string, purpose: CallPurpose): ProviderError {
  return refuse('invalid-request', { subject: subjects[purpose], reason });
}

export function conflictError(reason: string): ProviderError {
  return refuse('conflict', { subject: 'event', reason });
}

/** Google still shows deleted events to who asks by id. */
export function eventGone(): ProviderError {
  return refuse('not-found', { subject: 'event', reason: 'deleted' });
}

export function cursorExpired(reason: string): ProviderError {
  return refuse('cursor-expired', { subject: 'calendar', reason });
}

/** Free/busy says of one calendar that it cannot tell: that is not the same as free. */
export function unknownBusyTime({
  code,
  reason,
}: {
  readonly code: 'not-found' | 'forbidden' | 'unavailable' | 'too-many';
  readonly reason: string;
}): ProviderError {
  return refuse(code === 'too-many' ? 'invalid-request' : code, { subject: 'calendar', reason });
}

/** The access profile was chosen so that this cannot be done. */
export function beyondProfile(reason: string): ProviderError {
  return refuse('forbidden', { subject: 'connection', problem: 'scope-missing', reason });
}

interface RefusalDetails {
  readonly subject?: ErrorSubject;
  readonly problem?: string;
  readonly reason?: string;
  readonly status?: number;
  readonly retryAfterMs?: number;
}

function refuse(code: ProviderErrorCode, details: RefusalDetails): ProviderError {
  return new ProviderError(code, messages[code], details);
}

function judge(refusal: Refusal, about: { readonly purpose: CallPurpose; readonly reason: string | undefined }): Verdict {
  const { purpose, reason } = about;
  const ofChannels = channelReasons[reason ?? ''];
  if (ofChannels !== undefined) return ofChannels;
  switch (refusal.status) {
    case 400:
      return isStaleToken(refusal.body) ? { code: 'cursor-expired' } : { code: 'invalid-request' };
    case 401:
      return { code: 'unauthorized', subject: 'connection' };
    case 403:
      return judgeForbidden(refusal.body, about);
    case 404:
      // Without a reason it is a page of something on the way, or of another address: nothing is known to be gone.
      return { code: reason === undefined ? 'unavailable' : 'not-found' };
    case 408:
      return { code: 'unavailable' };
    case 409:
    case 412:
      return { code: 'conflict', subject: 'event' };
    case 410:
      // 410 has three meanings; only while reading changes can it be about the cursor.
      return purpose === 'changes' && reason !== 'deleted' && reason !== 'notFound' ? { code: 'cursor-expired' } : { code: 'not-found' };
    case 429:
      return { code: 'rate-limited' };
    default:
      return refusal.status >= 500 ? { code: 'unavailable' } : { code: 'invalid-request' };
  }
}

function judgeForbidden(
  body: unknown,
  { purpose, reason }: { readonly purpose: CallPurpose; readonly reason: string | undefined },
): Verdict {
  // No reason at all: a page of the front end (overload, robots), not the API's own word.
  if (reason === undefined) return { code: 'unavailable' };
  const known = forbiddenReasons[reason];
  if (known !== undefined) return known;
  if (roleReasons.has(reason)) return { code: 'forbidden', subject: purpose === 'event' ? 'calendar' : subjects[purpose] };
  const parsed = apiErrorBody.safeParse(body);
  if (parsed.success && parsed.data.error.errors?.[0]?.domain === 'usageLimits') return { code: 'rate-limited' };
  return { code: 'forbidden' };
}

function reasonOf(body: unknown): string | undefined {
  const parsed = apiErrorBody.safeParse(body);
  if (!parsed.success) return undefined;
  const { errors, details, status } = parsed.data.error;
  const exact = details?.map((detail) => detail.reason).find((reason) => reason in forbiddenReasons);
  return exact ?? errors?.[0]?.reason ?? status ?? undefined;
}

function isStaleToken(body: unknown): boolean {
  const parsed = apiErrorBody.safeParse(body);
  const location = parsed.success ? parsed.data.error.errors?.[0]?.location : undefined;
  return location === 'syncToken' || location === 'pageToken';
}

/** Seconds, or an HTTP date. */
function retryAfterMs({ headers }: Refusal, now: Instant): number | undefined {
  const value = headers.get('retry-after');
  if (value === null) return undefined;
  if (/^\d+$/.test(value.trim())) return Number(value) * 1000;
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}
