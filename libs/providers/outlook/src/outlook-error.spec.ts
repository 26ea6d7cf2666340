import { instant } from '@daymark/domain';
import { ProviderError } from '@daymark/provider-contract';
import { describe, expect, it } from 'vitest';
import { graphError, transportError } from './outlook-error.ts';
import type { CallPurpose } from './outlook-error.ts';

const now = instant(Date.UTC(2026, 7, 25, 12));
const none = new Headers();

function envelope(code: string, inner: object = {}): unknown {
  return { error: { code, message: 'CANARY', innerError: { date: '2026-08-25T12:00:00', 'request-id': '1', ...inner } } };
}

describe('a refusal of Graph', () => {
  const cases: readonly [string, number, string, CallPurpose, object][] = [
    ['F28 too many requests', 429, 'TooManyRequests', 'changes', { code: 'rate-limited', subject: 'calendar' }],
    ['F28 more than four at once', 429, 'MailboxConcurrency', 'event', { code: 'rate-limited' }],
    ['F28 more than four at once, as another status', 503, 'MailboxConcurrency', 'event', { code: 'rate-limited' }],
    ['F28 the application as a whole', 400, 'ApplicationThrottled', 'event', { code: 'rate-limited' }],
    ['F34 a calendar that may only be read', 403, 'ErrorAccessDenied', 'event', { code: 'forbidden', subject: 'calendar', problem: null }],
    ['F34 the same at a create', 403, 'ErrorAccessDenied', 'creation', { code: 'forbidden', subject: 'calendar' }],
    [
      'F22 a permission that was not granted',
      403,
      'ErrorAccessDenied',
      'calendars',
      { code: 'forbidden', subject: 'connection', problem: 'scope-missing' },
    ],
    [
      'an account without an Exchange mailbox',
      404,
      'MailboxNotEnabledForRESTAPI',
      'calendars',
      { code: 'forbidden', subject: 'connection', problem: 'mailbox-unsupported' },
    ],
    ['F07 a token that is dead', 410, 'SyncStateNotFound', 'changes', { code: 'cursor-expired', subject: 'calendar' }],
    ['F07 the same as a bad request', 400, 'SyncStateInvalid', 'changes', { code: 'cursor-expired' }],
    ['F07 the same as not found', 404, 'syncStateNotFound', 'changes', { code: 'cursor-expired' }],
    ['F07 the same without a known code', 410, 'SomethingElse', 'changes', { code: 'cursor-expired' }],
    ['F35 a calendar that is gone', 404, 'ErrorItemNotFound', 'changes', { code: 'not-found', subject: 'calendar' }],
    ['F06 an event that is gone', 404, 'ErrorItemNotFound', 'event', { code: 'not-found', subject: 'event' }],
    ['F06 an id of another mailbox', 400, 'ErrorInvalidIdMalformed', 'event', { code: 'not-found', subject: 'event' }],
    ['F06 another version', 412, 'ErrorIrresolvableConflict', 'event', { code: 'conflict', subject: 'event' }],
    ['a duplicate', 409, 'nameAlreadyExists', 'channel', { code: 'conflict' }],
    ['a bad field', 400, 'ErrorPropertyValidationFailure', 'creation', { code: 'invalid-request', subject: 'calendar' }],
    ['an access token that ran out', 401, 'InvalidAuthenticationToken', 'event', { code: 'unauthorized', subject: 'connection' }],
    ['something that Graph cannot do', 501, 'notSupported', 'event', { code: 'invalid-request' }],
    ['a fault of Microsoft', 500, 'ErrorInternalServerError', 'changes', { code: 'unavailable' }],
    ['a pause of Microsoft', 503, 'serviceNotAvailable', 'changes', { code: 'unavailable' }],
    ['a locked item', 423, 'locked', 'event', { code: 'unavailable' }],
  ];
  it.each(cases)('is told apart: %s (%i %s)', (_what, status, code, purpose, expected) => {
    const error = graphError({ status, body: envelope(code), headers: none }, { purpose, now });
    expect(error).toMatchObject({ status, reason: code, ...expected });
    expect(JSON.stringify([error.message, error])).not.toContain('CANARY');
  });

  it('F07 is known by a code further down too, however it is spelled', () => {
    const inner = { code: 'x', innererror: { code: 'SYNCSTATENOTFOUND' } };
    const error = graphError({ status: 400, body: envelope('BadRequest', inner), headers: none }, { purpose: 'changes', now });
    expect(error).toMatchObject({ code: 'cursor-expired', reason: 'SYNCSTATENOTFOUND' });
  });

  it.each([403, 404])('F08 without a code of Graph is none: %i', (status) => {
    expect(graphError({ status, body: undefined, headers: none }, { purpose: 'event', now })).toMatchObject({ code: 'unavailable' });
  });

  it.each([
    ['7', 7000],
    ['0.5', 500],
    ['Tue, 25 Aug 2026 12:00:09 GMT', 9000],
    ['Tue, 25 Aug 2026 11:00:00 GMT', 0],
    ['soon', null],
    ['', null],
  ])('F28 says how long to wait: %s', (value, retryAfterMs) => {
    const headers = new Headers({ 'retry-after': value });
    expect(graphError({ status: 429, body: envelope('TooManyRequests'), headers }, { purpose: 'changes', now })).toMatchObject({
      retryAfterMs,
    });
    const refused = graphError({ status: 400, body: envelope('BadRequest'), headers }, { purpose: 'changes', now });
    expect(refused.retryAfterMs).toBeNull();
  });
});

describe('a call that does not come through', () => {
  it('is unavailable, or what the host says', () => {
    const byHost = new ProviderError('unauthorized', 'ended');
    expect(transportError(byHost)).toBe(byHost);
    expect(transportError(new TypeError('fetch failed'))).toMatchObject({ code: 'unavailable' });
  });
});
