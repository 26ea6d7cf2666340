import { Secret } from '@daymark/domain';
import { describe, expect, it } from 'vitest';
import { GoogleProvider } from './google.provider.ts';
import { NOW, ScriptedGoogle, type Answer } from './testing/scripted-google.ts';

const REDIRECT = 'https://daymark.example/oauth/google/callback';
const refused = (error: string, status = 400): Answer => ({ status, body: { error, error_description: 'Bad Request' } });

async function check(google: ScriptedGoogle, secrets: readonly string[] = ['the-secret']) {
  const provider = new GoogleProvider({ clientId: 'client', clientSecrets: secrets.map((secret) => new Secret(secret)) });
  return provider.auth.checkClient(REDIRECT, { fetch: google.fetch, now: () => NOW });
}

const outcomesOf = (steps: Awaited<ReturnType<typeof check>>) => Object.fromEntries(steps.map(({ step, outcome }) => [step, outcome]));

describe('the check of the client', () => {
  it('passes when Google refuses only the code, which nobody was given', async () => {
    const google = new ScriptedGoogle(refused('invalid_grant'));
    const steps = await check(google);
    expect(outcomesOf(steps)).toEqual({ reachable: 'passed', 'client-id': 'passed', 'client-secret': 'passed', 'redirect-uri': 'unknown' });
    expect(google.last.form.get('redirect_uri')).toBe(REDIRECT);
    expect(google.last.form.get('code_verifier')?.length).toBeGreaterThanOrEqual(43);
  });

  it.each<[string, Answer, Record<string, string>]>([
    [
      'a pair that Google does not know',
      refused('invalid_client', 401),
      { reachable: 'passed', 'client-id': 'failed', 'client-secret': 'failed', 'redirect-uri': 'unknown' },
    ],
    [
      'a client that was deleted',
      refused('deleted_client', 401),
      { reachable: 'passed', 'client-id': 'failed', 'client-secret': 'unknown', 'redirect-uri': 'unknown' },
    ],
    [
      'an address that is not registered',
      refused('redirect_uri_mismatch'),
      { reachable: 'passed', 'client-id': 'passed', 'client-secret': 'passed', 'redirect-uri': 'failed' },
    ],
    [
      'a service that is down',
      { status: 503, text: '<html>' },
      { reachable: 'failed', 'client-id': 'unknown', 'client-secret': 'unknown', 'redirect-uri': 'unknown' },
    ],
    [
      'a line that is cut',
      new Error('ECONNREFUSED'),
      { reachable: 'failed', 'client-id': 'unknown', 'client-secret': 'unknown', 'redirect-uri': 'unknown' },
    ],
    [
      'something that is not Google',
      { status: 404, text: 'not here' },
      { reachable: 'failed', 'client-id': 'unknown', 'client-secret': 'unknown', 'redirect-uri': 'unknown' },
    ],
  ])('names the step at which it ends for %s, and says why', async (_, answer, expected) => {
    const steps = await check(new ScriptedGoogle(answer));
    expect(outcomesOf(steps)).toEqual(expected);
    for (const { outcome, detail } of steps) expect(typeof detail).toBe(outcome === 'failed' ? 'string' : 'object');
  });

  it('passes with the second of two secrets, while one is being replaced', async () => {
    const google = new ScriptedGoogle(refused('invalid_client', 401), refused('invalid_grant'));
    expect(outcomesOf(await check(google, ['new-one', 'old-one']))['client-secret']).toBe('passed');
    expect(google.calls.map(({ form }) => form.get('client_secret'))).toEqual(['new-one', 'old-one']);
  });

  it('tells no secret', async () => {
    const steps = await check(new ScriptedGoogle(refused('invalid_client', 401)), ['canary-secret']);
    expect(JSON.stringify(steps)).not.toContain('canary');
  });
});
