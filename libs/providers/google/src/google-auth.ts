import { addMilliseconds } from '@daymark/domain';
import type { AuthorizationRequest, HostPorts, OAuthFlow, TokenSet } from '@daymark/provider-contract';
import { checkGoogleClient } from './google-client-check.ts';
import { consentRefused } from './google-error.ts';
import type { GoogleSettings } from './google-options.ts';
import { missingScopes, scopesFor } from './google-scopes.ts';
import { fetchAccount, requestTokens, revokeToken } from './google-token.ts';
import type { GoogleTokens } from './google-token.ts';

/** Google's OAuth 2.0 for web servers: https://developers.google.com/identity/protocols/oauth2/web-server */
export function googleAuth(settings: GoogleSettings): OAuthFlow {
  return {
    kind: 'oauth',
    // One token revoked ends all scopes and tokens of that account for the whole Cloud project.
    revokesWholeAccount: true,
    scopesFor,
    missing: missingScopes,
    authorizeUrl: (request) => authorizeUrl(settings, request),
    refusal: ({ error }) => consentRefused(error),
    checkClient: (redirectUri, ports) => checkGoogleClient(redirectUri, { settings, ports }),

    async exchangeCode({ code, redirectUri, codeVerifier }, ports) {
      const grant = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: codeVerifier };
      const tokens = toTokenSet(await requestTokens(grant, { settings, ports }), ports);
      return { tokens, account: await fetchAccount(tokens.accessToken, { settings, ports }) };
    },

    async refresh(refreshToken, ports) {
      const grant = { grant_type: 'refresh_token', refresh_token: refreshToken.reveal() };
      return toTokenSet(await requestTokens(grant, { settings, ports }), ports);
    },

    async revoke(token, ports) {
      await revokeToken(token, { settings, ports });
    },
  };
}

function authorizeUrl({ authorizeUrl: address, clientId }: GoogleSettings, request: AuthorizationRequest): string {
  const url = new URL(address);
  const parameters: Readonly<Record<string, string>> = {
    client_id: clientId,
    redirect_uri: request.redirectUri,
    response_type: 'code',
    scope: scopesFor(request.profile).join(' '),
    // Only these two together make sure that a refresh token comes back.
    access_type: 'offline',
    prompt: 'consent',
    // A second connection of the same account must not take scopes from the first.
    include_granted_scopes: 'true',
    state: request.state,
    code_challenge: request.codeChallenge,
    code_challenge_method: 'S256',
    ...(request.loginHint === undefined ? {} : { login_hint: request.loginHint }),
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.toString();
}

function toTokenSet({ accessToken, refreshToken, expiresInSeconds, scopes }: GoogleTokens, ports: HostPorts): TokenSet {
  return { accessToken, refreshToken, scopes, expiresAt: addMilliseconds(ports.now(), Math.floor(expiresInSeconds * 1000)) };
}
