import { Secret } from '@daymark/domain';
import { describe, expect, it } from 'vitest';
import { consentRefused } from './outlook-aadsts.ts';
import { outlookAuth } from './outlook-auth.ts';
import { completeOptions } from './outlook-options.ts';
import { aadsts, CLIENT_ID, ScriptedMicrosoft } from './testing/scripted-microsoft.ts';
import type { Answer } from './testing/scripted-microsoft.ts';

const auth = outlookAuth(completeOptions({ clientId: CLIENT_ID, clientSecrets: [new Secret('s')] }));
const refreshed = (answer: Answer) => auth.refresh(new Secret('0.AX'), new ScriptedMicrosoft(answer));
const exchanged = (answer: Answer) =>
  auth.exchangeCode({ code: 'c', redirectUri: 'https://d.example', codeVerifier: 'v' }, new ScriptedMicrosoft(answer));

describe('what a refused refresh means', () => {
  it.each([
    [700082, 'invalid_grant', 'unauthorized', null],
    [50173, 'invalid_grant', 'unauthorized', null],
    [50076, 'interaction_required', 'unauthorized', null],
    [50058, 'login_required', 'unauthorized', null],
    [65001, 'invalid_grant', 'unauthorized', null],
    [99999, 'invalid_grant', 'unauthorized', null],
    [90094, 'invalid_grant', 'forbidden', 'admin-consent-required'],
    [53003, 'invalid_grant', 'forbidden', 'conditional-access-blocked'],
    [53000, 'interaction_required', 'forbidden', 'conditional-access-blocked'],
    [50105, 'access_denied', 'forbidden', 'conditional-access-blocked'],
    [7000222, 'invalid_client', 'forbidden', 'provider-client-invalid'],
    [700016, 'unauthorized_client', 'forbidden', 'provider-client-invalid'],
    [50194, 'invalid_request', 'forbidden', 'provider-client-invalid'],
    [99999, 'invalid_client', 'forbidden', 'provider-client-invalid'],
    [90014, 'invalid_request', 'invalid-request', null],
    [90033, 'temporarily_unavailable', 'unavailable', null],
    [50196, 'invalid_grant', 'rate-limited', null],
  ])('AADSTS%i with %s is %s (%s)', async (number, error, code, problem) => {
    await expect(refreshed(aadsts(number, error))).rejects.toMatchObject({ code, problem, reason: `AADSTS${number}` });
  });

  it.each([
    ['an outage', { status: 503, text: '<html>' }, 'unavailable', null],
    ['an outage that says when', { status: 503, text: '', headers: { 'retry-after': '7' } }, 'unavailable', 7000],
    ['too many requests', { status: 429, text: '', headers: { 'retry-after': '2.5' } }, 'rate-limited', 2500],
    ['an outage in the body', { status: 400, body: { error: 'temporarily_unavailable' } }, 'unavailable', null],
    ['a page of something on the way', { status: 403, text: '<html>Sign in to the network</html>' }, 'unavailable', null],
  ] as const)('is waited for: %s', async (_what, answer, code, retryAfterMs) => {
    await expect(refreshed(answer)).rejects.toMatchObject({ code, retryAfterMs });
  });
});

describe('what a refused code means', () => {
  it('is that the organisation keeps consent to itself, where nobody has consented', async () => {
    await expect(exchanged(aadsts(65001, 'invalid_grant'))).rejects.toMatchObject({ code: 'forbidden', problem: 'admin-consent-required' });
  });
});

describe('what the way back means', () => {
  const said = (error: string, description: string | null) => consentRefused({ error, description });

  it.each([
    ['access_denied', 'AADSTS65004: The resource owner denied.', 'unauthorized', null],
    ['access_denied', null, 'unauthorized', null],
    ['access_denied', 'AADSTS90094: Admin consent is required.', 'forbidden', 'admin-consent-required'],
    ['access_denied', 'AADSTS90095: Admin consent is required.', 'forbidden', 'admin-consent-required'],
    ['consent_required', 'AADSTS65001: Nobody consented.', 'forbidden', 'admin-consent-required'],
    ['access_denied', 'AADSTS53003: Blocked.', 'forbidden', 'conditional-access-blocked'],
    ['access_denied', 'AADSTS50020: User account of another directory.', 'forbidden', null],
    ['unauthorized_client', 'AADSTS700016: No such application.', 'forbidden', 'provider-client-invalid'],
    ['temporarily_unavailable', null, 'unavailable', null],
    ['something_new', 'not_AADSTS90094x', 'invalid-request', null],
  ])('%s, %s: %s (%s)', (error, description, code, problem) => {
    expect(said(error, description)).toMatchObject({ code, problem });
  });
});
