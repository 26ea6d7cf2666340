import { Secret } from '@daymark/domain';
import { describe, expect, it } from 'vitest';
import { outlookAuth } from './outlook-auth.ts';
import { completeOptions } from './outlook-options.ts';
import { aadsts, CLIENT_ID, ScriptedMicrosoft } from './testing/scripted-microsoft.ts';
import type { Answer } from './testing/scripted-microsoft.ts';

const auth = outlookAuth(completeOptions({ clientId: CLIENT_ID, clientSecrets: [new Secret('s')] }));

async function checked(answer: Answer): Promise<string[]> {
  const steps = await auth.checkClient('https://daymark.example/callback', new ScriptedMicrosoft(answer));
  return steps.map(({ outcome, detail }) => (detail === null ? outcome : `${outcome}: ${detail}`));
}

describe('looking whether the registration works', () => {
  it.each([
    ['all is right', aadsts(70000, 'invalid_grant'), ['passed', 'passed', 'passed', 'unknown']],
    ['the code was not even looked at', aadsts(9002313, 'invalid_request'), ['passed', 'unknown', 'unknown', 'unknown']],
    ['nobody answers', new TypeError('fetch failed'), ['failed: Microsoft did not answer.', 'unknown', 'unknown', 'unknown']],
  ])('%s', async (_what, answer, expected) => {
    expect(await checked(answer)).toEqual(expected);
  });

  it.each([
    [700016, 'unauthorized_client', 1],
    [7000112, 'unauthorized_client', 1],
    [50194, 'invalid_request', 1],
    [90002, 'invalid_request', 1],
    [700084, 'invalid_grant', 1],
    [7000215, 'invalid_client', 2],
    [7000222, 'invalid_client', 2],
    [50011, 'invalid_grant', 3],
  ])('AADSTS%i names the step and the number', async (number, error, failed) => {
    const outcomes = await checked(aadsts(number, error));
    expect(outcomes[failed]).toMatch(new RegExp(`^failed: .+AADSTS${number}`));
    expect(outcomes.slice(0, failed)).toEqual(Array.from({ length: failed }, () => 'passed'));
    expect(outcomes.slice(failed + 1).every((outcome) => outcome === 'unknown')).toBe(true);
  });
});
