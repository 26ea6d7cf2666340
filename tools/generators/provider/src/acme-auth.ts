import type { AuthorizationRequest, OAuthFlow } from '@daymark/provider-contract';
import { consentRefused, notWritten } from './acme-error.ts';
import { acmeManifest } from './acme-manifest.ts';
import type { AcmeSettings } from './acme-options.ts';

/** OAuth 2.0 authorization code with PKCE: RFC 6749 §4.1, RFC 7636. */
export function acmeAuth(settings: AcmeSettings): OAuthFlow {
  return {
    kind: 'oauth',
    revokesWholeAccount: false,
    scopesFor,
    missing: (profile, granted) =>
      acmeManifest.profiles[profile].scopes
        .filter(({ scope }) => !granted.includes(scope))
        .map(({ scope, reason }) => ({ scope, capability: reason })),
    authorizeUrl: (request) => authorizeUrl(settings, request),
    refusal: ({ error }) => consentRefused(error),
    checkClient: () => {
      const detail = 'The provider of Acme Calendar does not look at its registration yet.';
      const steps = ['reachable', 'client-id', 'client-secret', 'redirect-uri'] as const;
      return Promise.resolve(steps.map((step) => ({ step, outcome: 'unknown', detail })));
    },
    exchangeCode: () => Promise.reject(notWritten('Exchanging a code')),
    refresh: () => Promise.reject(notWritten('Refreshing a token')),
    revoke: () => Promise.reject(notWritten('Revoking a token')),
  };
}

const scopesFor: OAuthFlow['scopesFor'] = (profile) => acmeManifest.profiles[profile].scopes.map(({ scope }) => scope);

function authorizeUrl({ authorizeUrl: address, clientId }: AcmeSettings, request: AuthorizationRequest): string {
  const url = new URL(address);
  const parameters: Readonly<Record<string, string>> = {
    client_id: clientId,
    redirect_uri: request.redirectUri,
    response_type: 'code',
    scope: scopesFor(request.profile).join(' '),
    state: request.state,
    code_challenge: request.codeChallenge,
    code_challenge_method: 'S256',
    ...(request.loginHint === undefined ? {} : { login_hint: request.loginHint }),
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.toString();
}
