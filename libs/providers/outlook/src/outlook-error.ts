import type { Instant } from '@daymark/domain';
import { ProviderError, pushRefusals, TIMES_ARE_NOT_PROPOSED } from '@daymark/provider-contract';
import type { ErrorSubject, ProviderErrorCode } from '@daymark/provider-contract';
import type { ErrorDetail } from './outlook-api.ts';
import { graphErrorBody } from './outlook-api.ts';

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
}

const subjects: Readonly<Record<CallPurpose, ErrorSubject>> = {
  calendars: 'connection',
  changes: 'calendar',
  event: 'event',
  creation: 'calendar',
  'free-busy': 'connection',
  channel: 'calendar',
};

const messages: Readonly<Record<ProviderErrorCode, string>> = {
  unauthorized: 'Microsoft does not accept the access that was granted',
  forbidden: 'Microsoft does not allow this',
  'not-found': 'Microsoft does not know it, or does not show it to this account',
  conflict: 'It has been changed in Outlook in the meantime',
  'cursor-expired': 'Microsoft cannot continue from the last reading',
  'rate-limited': 'Microsoft asks to slow down',
  unavailable: 'Microsoft did not answer',
  'invalid-request': 'Microsoft does not understand the request',
  'invalid-response': 'The answer of Microsoft cannot be understood',
};

/** The spellings of "the delta token is dead", whatever the status. */
const staleCursor = new Set(['syncstatenotfound', 'syncstateinvalid', 'resyncrequired']);

/** Codes that mean the same with every status, in lower case; the rest goes by the status. */
const knownCodes: Readonly<Record<string, Verdict>> = {
  mailboxconcurrency: { code: 'rate-limited' },
  applicationthrottled: { code: 'rate-limited' },
  activitylimitreached: { code: 'rate-limited' },
  erroritemnotfound: { code: 'not-found' },
  errorirresolvableconflict: { code: 'conflict', subject: 'event' },
  errorinvalididmalformed: { code: 'not-found' },
  // No Exchange Online mailbox behind the account: on premises, without a licence, a guest.
  mailboxnotenabledforrestapi: { code: 'forbidden', subject: 'connection', problem: 'mailbox-unsupported' },
  extensionerror: { code: 'forbidden', subject: 'connection', problem: 'mailbox-unsupported' },
};

/** What a refusal of Graph means. Reads status and codes, never the message. */
export function graphError(refusal: Refusal, { purpose, now }: { readonly purpose: CallPurpose; readonly now: Instant }): ProviderError {
  const codes = codesOf(refusal.body);
  const verdict = judge(refusal.status, { purpose, codes });
  const isWaiting = verdict.code === 'rate-limited' || verdict.code === 'unavailable';
  return refuse(verdict.code, {
    subject: verdict.subject ?? subjects[purpose],
    problem: verdict.problem,
    reason: codes.at(-1),
    status: refusal.status,
    retryAfterMs: isWaiting ? retryAfterMs(refusal, now) : undefined,
  });
}

/** The call did not come through; what the host's own client says is passed on as it is. */
export function transportError(cause: unknown): ProviderError {
  return cause instanceof ProviderError ? cause : new ProviderError('unavailable', messages.unavailable, { cause });
}

/** An answer that is not what the documentation promises. */
export function unexpectedAnswer(reason: string, purpose: CallPurpose): ProviderError {
  return refuse('invalid-response', { subject: subjects[purpose], reason });
}

/** A request that is refused here because Microsoft would refuse it, or worse, would not. */
export function unfitRequest(reason: string, purpose: CallPurpose): ProviderError {
  return refuse('invalid-request', { subject: subjects[purpose], reason });
}

export function conflictError(reason: string): ProviderError {
  return refuse('conflict', { subject: 'event', reason });
}

export function eventGone(): ProviderError {
  return refuse('not-found', { subject: 'event', reason: 'deleted' });
}

/** Graph would change the guest's own copy, and nobody else would know. */
export function belongsToOrganizer(): ProviderError {
  return refuse('forbidden', { subject: 'event', reason: 'not-organizer' });
}

export function cursorExpired(reason: string): ProviderError {
  return refuse('cursor-expired', { subject: 'calendar', reason });
}

/** What a refusal to subscribe means: only the signed-in person's own calendars are watched, and an address has to answer. */
export function subscriptionRefused(error: ProviderError): ProviderError {
  const { code, problem } = error;
  const details = { status: error.status ?? undefined, reason: error.reason ?? undefined };
  if (code === 'forbidden' && problem === null)
    return refuse('invalid-request', { ...details, subject: 'calendar', reason: pushRefusals.calendar });
  if (error.status === 400 && addressCodes.has(error.reason?.toLowerCase() ?? ''))
    return refuse('invalid-request', { ...details, subject: 'connection', reason: pushRefusals.address });
  return code === 'conflict' ? refuse(code, { ...details, subject: 'channel' }) : error;
}

/** Codes of the failed handshake, as seen; everything else in the request is always the same. */
const addressCodes = new Set(['validationerror', 'invalidrequest']);

/** The subscription has run out, or was removed. */
export function channelGone(): ProviderError {
  return refuse('not-found', { subject: 'channel', reason: 'subscription-gone' });
}

/** The access profile was chosen so that this cannot be done. */
export function beyondProfile(reason: string): ProviderError {
  return refuse('forbidden', { subject: 'connection', problem: 'scope-missing', reason });
}

/** Offered to work and school accounts only; how Graph refuses others is not documented but for 501. */
export function isUnsupported(error: unknown): error is ProviderError {
  return error instanceof ProviderError && (error.status === 501 || error.reason?.toLowerCase() === 'notsupported');
}

/** An account of a kind for which Graph proposes no times. */
export function proposesNoTimes({ status, reason }: ProviderError): ProviderError {
  return refuse('forbidden', {
    subject: 'connection',
    problem: TIMES_ARE_NOT_PROPOSED,
    status: status ?? undefined,
    reason: reason ?? undefined,
  });
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

function judge(status: number, { purpose, codes }: { readonly purpose: CallPurpose; readonly codes: readonly string[] }): Verdict {
  const spelled = codes.map((code) => code.toLowerCase());
  if (purpose === 'changes' && (status === 410 || spelled.some((code) => staleCursor.has(code)))) return { code: 'cursor-expired' };
  // Of subscriptions the same word says anything: that it is there already, that its life is too long.
  const telling = spelled.filter((code) => purpose !== 'channel' || code !== 'extensionerror');
  const known = telling.map((code) => knownCodes[code]).findLast((verdict) => verdict !== undefined);
  if (known !== undefined && status < 500) return known;
  switch (status) {
    case 401:
      return { code: 'unauthorized', subject: 'connection' };
    case 403:
      // No code at all: a page of something on the way, not Graph's own word.
      return codes.length === 0 ? { code: 'unavailable' } : noRight(purpose);
    case 404:
      return { code: codes.length === 0 ? 'unavailable' : 'not-found' };
    case 410:
      return { code: 'not-found' };
    case 409:
    case 412:
      return { code: 'conflict', subject: 'event' };
    case 408:
    case 423:
      return { code: 'unavailable' };
    case 429:
      return { code: 'rate-limited' };
    case 503:
      return { code: spelled.includes('mailboxconcurrency') ? 'rate-limited' : 'unavailable' };
    default:
      return { code: status >= 500 && status !== 501 ? 'unavailable' : 'invalid-request' };
  }
}

/** Rights are those to a calendar, never to one of its events; what concerns no calendar is a matter of scopes. */
function noRight(purpose: CallPurpose): Verdict {
  if (subjects[purpose] === 'connection') return { code: 'forbidden', subject: 'connection', problem: 'scope-missing' };
  return { code: 'forbidden', subject: 'calendar' };
}

/** From the outermost to the deepest. */
function codesOf(body: unknown): readonly string[] {
  const parsed = graphErrorBody.safeParse(body);
  const codes: string[] = [];
  for (let at: ErrorDetail | null | undefined = parsed.success ? parsed.data.error : null; at; at = at.innerError ?? at.innererror) {
    if (typeof at.code === 'string' && at.code !== '') codes.push(at.code);
  }
  return codes;
}

/** Seconds, also with a fraction, or an HTTP date. */
export function retryAfterMs({ headers }: Refusal, now: Instant): number | undefined {
  const value = headers.get('retry-after')?.trim();
  if (value === undefined || value === '') return undefined;
  if (/^\d+(\.\d+)?$/.test(value)) return Math.ceil(Number(value) * 1000);
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}
