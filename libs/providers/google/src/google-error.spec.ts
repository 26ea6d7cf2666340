import { HOUR_MS } from '@daymark/domain';
import { describe, expect, it } from 'vitest';
import { NOW } from './testing/scripted-google.ts';
import { apiError, tokenError } from './google-error.ts';
import type { CallPurpose } from './google-error.ts';

const none = new Headers();

function envelope(reason: string, more: object = {}): unknown {
  return { error: { code: 0, message: 'CANARY', errors: [{ domain: 'global', reason, message: 'CANARY', ...more }] } };
}

describe('a refusal of the calendar API', () => {
  const cases: readonly [string, number, string, CallPurpose, object][] = [
    ['F28 a limit for this minute', 403, 'rateLimitExceeded', 'changes', { code: 'rate-limited', retryAfterMs: null }],
    ['F28 a limit of this account', 403, 'userRateLimitExceeded', 'changes', { code: 'rate-limited' }],
    ['F28 a limit for hours', 403, 'quotaExceeded', 'creation', { code: 'rate-limited', retryAfterMs: HOUR_MS }],
    ['F28 a limit of the day', 403, 'dailyLimitExceeded', 'changes', { code: 'rate-limited', retryAfterMs: HOUR_MS }],
    ['F28 the same as 429', 429, 'rateLimitExceeded', 'changes', { code: 'rate-limited' }],
    ['F34 an event of somebody else', 403, 'forbiddenForNonOrganizer', 'event', { code: 'forbidden', subject: 'event' }],
    ['F34 a calendar that may only be read', 403, 'requiredAccessLevel', 'event', { code: 'forbidden', subject: 'calendar' }],
    ['F34 a calendar that may only be read, at a create', 403, 'forbidden', 'creation', { code: 'forbidden', subject: 'calendar' }],
    ['an event that cannot be changed so', 403, 'eventTypeRestriction', 'event', { code: 'forbidden', subject: 'event' }],
    [
      'F22 a permission that was not granted',
      403,
      'insufficientPermissions',
      'changes',
      { code: 'forbidden', subject: 'connection', problem: 'scope-missing' },
    ],
    [
      'an API that is off in the project',
      403,
      'accessNotConfigured',
      'changes',
      { code: 'forbidden', subject: 'connection', problem: 'provider-client-invalid' },
    ],
    [
      'an administrator’s no',
      403,
      'domainPolicy',
      'changes',
      { code: 'forbidden', subject: 'connection', problem: 'admin-consent-required' },
    ],
    ['F07 a cursor that is too old', 410, 'fullSyncRequired', 'changes', { code: 'cursor-expired', subject: 'calendar' }],
    ['F07 changes from too long ago', 410, 'updatedMinTooLongAgo', 'changes', { code: 'cursor-expired' }],
    ['F35 a calendar that is gone', 404, 'notFound', 'changes', { code: 'not-found', subject: 'calendar' }],
    ['F35 a calendar that was deleted', 410, 'deleted', 'changes', { code: 'not-found', subject: 'calendar' }],
    ['F06 an event that is gone', 410, 'deleted', 'event', { code: 'not-found', subject: 'event' }],
    ['F06 an event that was never there', 404, 'notFound', 'event', { code: 'not-found', subject: 'event' }],
    ['F06 another version', 412, 'conditionNotMet', 'event', { code: 'conflict', subject: 'event' }],
    ['an id that is taken', 409, 'duplicate', 'creation', { code: 'conflict' }],
    ['a bad field', 400, 'invalid', 'creation', { code: 'invalid-request', subject: 'calendar' }],
    ['an access token that ran out', 401, 'authError', 'event', { code: 'unauthorized', subject: 'connection' }],
    ['a fault of Google', 500, 'backendError', 'changes', { code: 'unavailable' }],
    ['a pause of Google', 503, 'backendError', 'changes', { code: 'unavailable' }],
  ];
  it.each(cases)('is told apart: %s (%i %s)', (_what, status, reason, purpose, expected) => {
    expect(apiError({ status, body: envelope(reason), headers: none }, { purpose, now: NOW })).toMatchObject({
      ...expected,
      status,
      reason,
    });
  });

  it.each([
    ['channelIdNotUnique', 400, { code: 'conflict', subject: 'calendar', reason: 'channelIdNotUnique' }],
    ['pushNotSupportedForRequestedResource', 400, { code: 'invalid-request', subject: 'calendar', reason: 'push-unsupported' }],
    ['push.webhookUrlNotHttps', 400, { code: 'invalid-request', subject: 'connection', reason: 'push-address-refused' }],
    // Not the end of the grant, in spite of the status.
    ['push.webhookUrlUnauthorized', 401, { code: 'invalid-request', subject: 'connection', reason: 'push-address-refused' }],
  ])('about a channel: %s with %i', (reason, status, expected) => {
    expect(apiError({ status, body: envelope(reason), headers: none }, { purpose: 'channel', now: NOW })).toMatchObject({
      ...expected,
      status,
    });
  });

  it('F06 F07 410 without a reason is about what was asked for', () => {
    const gone = { status: 410, body: '', headers: none };
    expect(apiError(gone, { purpose: 'event', now: NOW }).code).toBe('not-found');
    expect(apiError(gone, { purpose: 'changes', now: NOW }).code).toBe('cursor-expired');
  });

  it('F08 does not take a 404 page of something on the way for a calendar or an event that is gone', () => {
    const page = { status: 404, body: '<!doctype html><title>Not Found</title>', headers: none };
    for (const purpose of ['calendars', 'changes', 'event'] as const)
      expect(apiError(page, { purpose, now: NOW }).code).toBe('unavailable');
  });

  it('F28 waits as long as Google asks, in seconds or until a date', () => {
    const asked = (value: string) =>
      apiError({ status: 503, body: '', headers: new Headers({ 'retry-after': value }) }, { purpose: 'changes', now: NOW }).retryAfterMs;
    expect(asked('120')).toBe(120_000);
    expect(asked(new Date(NOW + 30_000).toUTCString())).toBe(30_000);
    expect(asked('soon')).toBeNull();
  });

  it('F28 counts any limit of use that is not known as a limit', () => {
    expect(
      apiError({ status: 403, body: envelope('aNewLimit', { domain: 'usageLimits' }), headers: none }, { purpose: 'changes', now: NOW })
        .code,
    ).toBe('rate-limited');
  });

  it('F22 sees a missing permission in the newer form too', () => {
    const body = {
      error: {
        code: 403,
        status: 'PERMISSION_DENIED',
        errors: [{ reason: 'forbidden' }],
        details: [{ '@type': 'x', reason: 'ACCESS_TOKEN_SCOPE_INSUFFICIENT' }],
      },
    };
    expect(apiError({ status: 403, body, headers: none }, { purpose: 'changes', now: NOW })).toMatchObject({
      code: 'forbidden',
      subject: 'connection',
      problem: 'scope-missing',
    });
  });

  it('a page of the front end is an outage, not a no', () => {
    expect(apiError({ status: 403, body: '<html>', headers: none }, { purpose: 'changes', now: NOW }).code).toBe('unavailable');
    expect(apiError({ status: 502, body: '<html>', headers: none }, { purpose: 'changes', now: NOW }).code).toBe('unavailable');
  });

  it('F07 takes a token that Google cannot read for one that is too old', () => {
    for (const location of ['syncToken', 'pageToken']) {
      expect(apiError({ status: 400, body: envelope('invalid', { location }), headers: none }, { purpose: 'changes', now: NOW }).code).toBe(
        'cursor-expired',
      );
    }
  });

  it('shows none of Google’s own words', () => {
    const error = apiError({ status: 403, body: envelope('forbidden'), headers: none }, { purpose: 'event', now: NOW });
    expect(`${error.message} ${JSON.stringify(error)}`).not.toContain('CANARY');
  });
});

describe('a refusal of the token endpoint', () => {
  it.each([
    [400, 'invalid_grant', { code: 'unauthorized', problem: null }],
    [401, 'invalid_client', { code: 'forbidden', problem: 'provider-client-invalid' }],
    [400, 'unauthorized_client', { code: 'forbidden', problem: 'provider-client-invalid' }],
    [400, 'deleted_client', { code: 'forbidden', problem: 'provider-client-invalid' }],
    [400, 'redirect_uri_mismatch', { code: 'forbidden', problem: 'provider-client-invalid' }],
    [400, 'admin_policy_enforced', { code: 'forbidden', problem: 'admin-consent-required' }],
    [400, 'invalid_request', { code: 'invalid-request' }],
    [429, 'rate_limit', { code: 'rate-limited' }],
    [503, 'backend', { code: 'unavailable' }],
  ])('F20 %i %s is told apart', (status, error, expected) => {
    expect(tokenError({ status, body: { error, error_description: 'CANARY' }, headers: none }, NOW)).toMatchObject({
      ...expected,
      status,
      reason: error,
    });
  });

  it('F20 is never a revocation when it is not Google’s own word', () => {
    expect(tokenError({ status: 400, body: undefined, headers: none }, NOW).code).toBe('unavailable');
    expect(tokenError({ status: 502, body: { error: 'invalid_grant' }, headers: none }, NOW).code).toBe('unavailable');
  });

  it('names the session control of an organisation', () => {
    expect(tokenError({ status: 400, body: { error: 'invalid_grant', error_subtype: 'invalid_rapt' }, headers: none }, NOW)).toMatchObject({
      code: 'unauthorized',
      reason: 'invalid_rapt',
    });
  });
});
