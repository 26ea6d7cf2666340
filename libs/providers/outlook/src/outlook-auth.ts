import { addMilliseconds } from '@daymark/domain';
import type { AdminConsentRequest, AuthorizationRequest, HostPorts, OAuthFlow, TokenSet } from '@daymark/provider-contract';
import { consentRefused } from './outlook-aadsts.ts';
import { checkOutlookClient } from './outlook-client-check.ts';
import { endpointOf, organisationOf } from './outlook-directory.ts';
import type { OutlookSettings } from './outlook-options.ts';
import { fullName, missingScopes, scopesFor } from './outlook-scopes.ts';
import { fetchAccount, readIdToken, requestTokens } from './outlook-token.ts';
import type { OutlookTokens } from './outlook-token.ts';

/** Microsoft's identity platform v2.0: https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-auth-code-flow */
export function outlookAuth(settings: OutlookSettings): OAuthFlow {
  return {
    kind: 'oauth',
    revokesWholeAccount: false,
    scopesFor,
    missing: missingScopes,
    authorizeUrl: (request) => authorizeUrl(settings, request),
    refusal: consentRefused,
    // Personal accounts have no administrator.
    ...(settings.tenant === 'consumers' ? {} : { adminConsentUrl: (request) => adminConsentUrl(settings, request) }),
    checkClient: (redirectUri, ports) => checkOutlookClient(redirectUri, { settings, ports }),

    async exchangeCode({ code, redirectUri, codeVerifier, directory }, ports) {
      const grant = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: codeVerifier };
      const tokens = await requestTokens(grant, { settings, ports, directory, purpose: 'code' });
      const claims = readIdToken(tokens.idToken, settings);
      return {
        tokens: toTokenSet(tokens, ports),
        account: await fetchAccount(claims, { settings, ports, accessToken: tokens.accessToken }),
      };
    },

    /** A refresh token is not bound to the directory that it came from. Each answer brings a new one; the old one stays good for a while. */
    async refresh(refreshToken, ports) {
      const grant = { grant_type: 'refresh_token', refresh_token: refreshToken.reveal() };
      return toTokenSet(await requestTokens(grant, { settings, ports, purpose: 'refresh' }), ports);
    },

    /**
     * Succeeds without a call: Microsoft has no endpoint for it. The host deletes the tokens; who wants to withdraw the consent
     * itself does so at https://myapplications.microsoft.com, or https://account.live.com/consent/manage for a personal account.
     */
    revoke: () => Promise.resolve(),
  };
}

function authorizeUrl(settings: OutlookSettings, request: AuthorizationRequest): string {
  const { loginHint, claims } = request;
  return withParameters(endpointOf(settings, { directory: request.directory, path: 'oauth2/v2.0/authorize' }), {
    client_id: settings.clientId,
    redirect_uri: request.redirectUri,
    response_type: 'code',
    response_mode: 'query',
    scope: scopesFor(request.profile).join(' '),
    state: request.state,
    code_challenge: request.codeChallenge,
    code_challenge_method: 'S256',
    // Never `consent`: it asks people again for what their administrator has approved, and who may not consent ends there.
    ...(loginHint === undefined ? { prompt: 'select_account' } : { login_hint: loginHint }),
    ...(claims === undefined ? {} : { claims }),
  });
}

/** https://learn.microsoft.com/en-us/entra/identity-platform/v2-admin-consent */
function adminConsentUrl(settings: OutlookSettings, request: AdminConsentRequest): string {
  const directory = organisationOf(settings, request.directory);
  return withParameters(`${settings.loginUrl}/${encodeURIComponent(directory)}/v2.0/adminconsent`, {
    client_id: settings.clientId,
    redirect_uri: request.redirectUri,
    state: request.state,
    scope: scopesFor(request.profile)
      .map((scope) => fullName(scope, settings.graphUrl))
      .join(' '),
  });
}

function withParameters(address: string, parameters: Readonly<Record<string, string>>): string {
  const url = new URL(address);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.toString();
}

function toTokenSet({ accessToken, refreshToken, expiresInSeconds, scopes }: OutlookTokens, ports: HostPorts): TokenSet {
  return { accessToken, refreshToken, scopes, expiresAt: addMilliseconds(ports.now(), Math.floor(expiresInSeconds * 1000)) };
}
