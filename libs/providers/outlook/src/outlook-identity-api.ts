import { z } from 'zod';

/** The answers of the identity platform, and of Graph about who signed in, as far as we read them. */

const text = z.string().nullish();

/** https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-auth-code-flow#successful-response-2 */
export const tokenAnswer = z.looseObject({
  access_token: z.string().min(1),
  expires_in: z.number(),
  refresh_token: text,
  scope: text,
  id_token: text,
});

/** …#error-response-1; `error_codes` are AADSTS numbers. */
export const tokenErrorBody = z.looseObject({
  error: z.string(),
  error_codes: z.array(z.number()).nullish(),
  error_description: text,
  claims: text,
});

/** https://learn.microsoft.com/en-us/entra/identity-platform/id-token-claims-reference */
export const idTokenClaims = z.looseObject({
  aud: z.string(),
  iss: z.string(),
  /** The directory, and the person in it: together the only key that never changes hands. */
  tid: z.string().min(1),
  oid: z.string().min(1),
  name: text,
  email: text,
  /** Optional claim: the owner of the address's domain has been verified. Seen as a boolean, a number and a word. */
  xms_edov: z.union([z.boolean(), z.number(), z.string()]).nullish(),
});
export type IdTokenClaims = z.infer<typeof idTokenClaims>;

export const ownUser = z.looseObject({ displayName: text, mail: text, userPrincipalName: z.string().min(1) });

/** https://learn.microsoft.com/en-us/entra/identity-platform/v2-protocols-oidc#sample-response */
export const openIdConfiguration = z.looseObject({
  issuer: z.string(),
  authorization_endpoint: z.string(),
  token_endpoint: z.string(),
  jwks_uri: z.string(),
  id_token_signing_alg_values_supported: z.array(z.string()),
});

export const signingKeys = z.looseObject({ keys: z.array(z.looseObject({ kid: z.string() })) });
