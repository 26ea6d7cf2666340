import { SignJWT, importJWK } from 'jose';
import { openSigningKey } from '../oauth/signing-key.ts';
import type { Authority } from './microsoft-authority.ts';
import { issuerSegment } from './microsoft-authority.ts';
import type { IssuedTokens } from './microsoft-grants.ts';
import type { MicrosoftPerson } from './microsoft-state.ts';
import type { MicrosoftWorld } from './microsoft-world.ts';
import { derivedGuid } from './microsoft-world.ts';

export async function signIdToken(
  world: MicrosoftWorld,
  token: { clientId: string; person: MicrosoftPerson; tokens: IssuedTokens },
): Promise<string> {
  const { kid, privateJwk } = await openSigningKey(world);
  const { clientId, person, tokens } = token;
  const nowSeconds = Math.floor(world.clock.now() / 1000);
  return new SignJWT({
    ver: '2.0',
    tid: person.tenantId,
    ...(tokens.scopes.includes('profile') ? { oid: person.oid, name: person.name, preferred_username: person.email } : {}),
    ...(tokens.scopes.includes('email') && person.mail !== null ? { email: person.mail } : {}),
    ...(tokens.nonce === null ? {} : { nonce: tokens.nonce }),
    uti: derivedGuid(tokens.accessToken),
  })
    .setProtectedHeader({ alg: 'RS256', kid, typ: 'JWT' })
    .setIssuer(`${world.origin()}/${person.tenantId}/v2.0`)
    .setAudience(clientId)
    .setSubject(subjectOf(person, clientId))
    .setIssuedAt(nowSeconds)
    .setNotBefore(nowSeconds)
    .setExpirationTime(nowSeconds + 3600)
    .sign(await importJWK(privateJwk, 'RS256'));
}

/** Differs from application to application. */
export function subjectOf(person: MicrosoftPerson, clientId: string): string {
  return Buffer.from(derivedGuid('subject', person.email, clientId).replaceAll('-', ''), 'hex').toString('base64url');
}

export function configurationDocument(
  origin: string,
  { segment, authority }: { segment: string; authority: Authority },
): Record<string, unknown> {
  const base = `${origin}/${segment}`;
  return {
    issuer: `${origin}/${issuerSegment(authority)}/v2.0`,
    authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
    token_endpoint: `${base}/oauth2/v2.0/token`,
    end_session_endpoint: `${base}/oauth2/v2.0/logout`,
    jwks_uri: `${base}/discovery/v2.0/keys`,
    userinfo_endpoint: `${origin}/oidc/userinfo`,
    response_types_supported: ['code'],
    response_modes_supported: ['query', 'fragment', 'form_post'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
    token_endpoint_auth_methods_supported: ['client_secret_post', 'client_secret_basic'],
    claims_supported: ['sub', 'iss', 'aud', 'exp', 'iat', 'nonce', 'preferred_username', 'name', 'tid', 'oid', 'ver', 'email'],
  };
}
