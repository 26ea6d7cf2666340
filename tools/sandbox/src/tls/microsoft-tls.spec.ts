import { get } from 'node:https';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { OIDCStrategy } from 'passport-azure-ad';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Sandbox } from '../start-sandbox.ts';
import { startSandbox } from '../start-sandbox.ts';
import { MICROSOFT_CLIENT } from '../testing/microsoft-world.ts';

const CONFIGURATION = '/common/v2.0/.well-known/openid-configuration';

let sandbox: Sandbox;
const trusted = getCACertificates('default');
beforeEach(async () => {
  sandbox = await startSandbox({ microsoftTls: true, microsoftClients: [MICROSOFT_CLIENT] });
});
afterEach(async () => {
  setDefaultCACertificates(trusted);
  await sandbox.close();
});

describe('Microsoft over https', () => {
  it('is refused by callers that do not trust the sandbox, and names https everywhere for those that do', async () => {
    await expect(fetch(sandbox.microsoftUrl + CONFIGURATION)).rejects.toMatchObject({
      cause: { code: expect.stringMatching(/UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER/) as string },
    });
    setDefaultCACertificates([...trusted, sandbox.caPem ?? '']);
    const { microsoftUrl } = sandbox;
    const configuration = (await (await fetch(microsoftUrl + CONFIGURATION)).json()) as Record<string, string>;
    expect(microsoftUrl).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    expect(configuration).toMatchObject({
      issuer: `${microsoftUrl}/{tenantid}/v2.0`,
      token_endpoint: `${microsoftUrl}/common/oauth2/v2.0/token`,
      jwks_uri: `${microsoftUrl}/common/discovery/v2.0/keys`,
    });
  });

  it('answers under the name localhost, to a caller that is given the authority for one call', async () => {
    const url = new URL(sandbox.microsoftUrl + CONFIGURATION);
    url.hostname = 'localhost';
    const status = await new Promise((resolve, reject) => {
      get(url, { ca: sandbox.caPem ?? '', family: 4 }, (answer) => resolve(answer.resume().statusCode)).on('error', reject);
    });
    expect(status).toBe(200);
  });

  it('lets the strategy of passport-azure-ad read metadata and keys, and sends people to the sign-in page', async () => {
    setDefaultCACertificates([...trusted, sandbox.caPem ?? '']);
    const target = new URL(await redirectOf(sandbox));
    expect(target.origin + target.pathname).toBe(`${sandbox.microsoftUrl}/common/oauth2/v2.0/authorize`);
    expect(target.searchParams.get('client_id')).toBe(MICROSOFT_CLIENT.id);
  });

  it('stays plain http unless it is asked for', async () => {
    const plain = await startSandbox();
    expect([plain.microsoftUrl.split(':')[0], plain.caPem]).toEqual(['http', null]);
    await plain.close();
  });
});

/** Where the strategy sends a browser without a session. */
function redirectOf({ microsoftUrl }: Sandbox): Promise<string> {
  const redirectUrl = MICROSOFT_CLIENT.redirectUris[0] ?? '';
  const strategy = new OIDCStrategy(
    {
      identityMetadata: microsoftUrl + CONFIGURATION,
      clientID: MICROSOFT_CLIENT.id,
      clientSecret: MICROSOFT_CLIENT.secrets[0],
      responseType: 'code',
      responseMode: 'query',
      redirectUrl,
      allowHttpForRedirectUrl: true,
      validateIssuer: false,
      passReqToCallback: false,
      scope: ['openid'],
      loggingLevel: 'error',
      loggingNoPII: true,
    },
    () => undefined,
  );
  return new Promise((resolve, reject) => {
    Object.assign(strategy, { redirect: resolve, error: reject, fail: reject });
    strategy.authenticate({ method: 'GET', query: {}, session: {} } as never, {} as never);
  });
}
