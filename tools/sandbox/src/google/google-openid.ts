import { createHash } from 'node:crypto';
import { SignJWT, importJWK } from 'jose';
import { openSigningKey } from '../oauth/signing-key.ts';
import type { IssuedTokens } from './google-grants.ts';
import type { GoogleAccount } from './google-state.ts';
import type { GoogleWorld } from './google-world.ts';

const EMAIL = 'https://www.googleapis.com/auth/userinfo.email';
const PROFILE = 'https://www.googleapis.com/auth/userinfo.profile';

export async function signIdToken(
  world: GoogleWorld,
  token: { issuer: string; clientId: string; account: GoogleAccount; tokens: IssuedTokens },
): Promise<string> {
  const { kid, privateJwk } = await openSigningKey(world);
  const { account, tokens } = token;
  const nowSeconds = Math.floor(world.clock.now() / 1000);
  const atHash = createHash('sha256').update(tokens.accessToken).digest().subarray(0, 16).toString('base64url');
  return new SignJWT({
    azp: token.clientId,
    ...(account.hostedDomain === null ? {} : { hd: account.hostedDomain }),
    ...claimsOf(account, tokens.scopes),
    at_hash: atHash,
    ...(tokens.nonce === null ? {} : { nonce: tokens.nonce }),
  })
    .setProtectedHeader({ alg: 'RS256', kid, typ: 'JWT' })
    .setIssuer(token.issuer)
    .setAudience(token.clientId)
    .setSubject(account.sub)
    .setIssuedAt(nowSeconds)
    .setExpirationTime(nowSeconds + 3599)
    .sign(await importJWK(privateJwk, 'RS256'));
}

/** What the scopes let a client know about the person. */
export function claimsOf(account: GoogleAccount, scopes: readonly string[]): Record<string, unknown> {
  return {
    ...(scopes.includes(EMAIL) ? { email: account.email, email_verified: true } : {}),
    ...(scopes.includes(PROFILE)
      ? {
          name: account.name,
          given_name: account.givenName,
          ...(account.familyName === '' ? {} : { family_name: account.familyName }),
          locale: account.locale,
        }
      : {}),
  };
}

export function discoveryDocument(origin: string): Record<string, unknown> {
  return {
    issuer: origin,
    authorization_endpoint: `${origin}/o/oauth2/v2/auth`,
    token_endpoint: `${origin}/token`,
    userinfo_endpoint: `${origin}/v1/userinfo`,
    revocation_endpoint: `${origin}/revoke`,
    jwks_uri: `${origin}/oauth2/v3/certs`,
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    scopes_supported: ['openid', 'email', 'profile'],
    token_endpoint_auth_methods_supported: ['client_secret_post', 'client_secret_basic'],
    claims_supported: ['aud', 'email', 'email_verified', 'exp', 'family_name', 'given_name', 'iat', 'iss', 'locale', 'name', 'sub'],
    code_challenge_methods_supported: ['plain', 'S256'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
  };
}
