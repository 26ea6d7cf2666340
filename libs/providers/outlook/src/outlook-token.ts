import { Secret } from '@daymark/domain';
import { ProviderError } from '@daymark/provider-contract';
import type { HostPorts, RemoteAccount } from '@daymark/provider-contract';
import type { z } from 'zod';
import { tokenError } from './outlook-aadsts.ts';
import type { IdentityPurpose } from './outlook-aadsts.ts';
import { mismatch } from './outlook-api.ts';
import { OutlookClient } from './outlook-client.ts';
import { endpointOf } from './outlook-directory.ts';
import { transportError, unexpectedAnswer } from './outlook-error.ts';
import { idTokenClaims, ownUser, tokenAnswer } from './outlook-identity-api.ts';
import type { IdTokenClaims } from './outlook-identity-api.ts';
import type { OutlookSettings } from './outlook-options.ts';

export interface OutlookTokens {
  readonly accessToken: Secret;
  readonly refreshToken: Secret | null;
  readonly expiresInSeconds: number;
  readonly scopes: readonly string[];
  readonly idToken: Secret | null;
}

interface Within {
  readonly settings: OutlookSettings;
  readonly ports: HostPorts;
}

/** Asks the token endpoint of a directory, with the next client secret where Microsoft refuses one. */
export async function requestTokens(
  grant: Readonly<Record<string, string>>,
  { settings, ports, directory, purpose }: Within & { readonly directory?: string; readonly purpose: IdentityPurpose },
): Promise<OutlookTokens> {
  const url = endpointOf(settings, { directory, path: 'oauth2/v2.0/token' });
  let refusal: unknown;
  for (const secret of settings.clientSecrets) {
    try {
      const form = { ...grant, client_id: settings.clientId, client_secret: secret.reveal() };
      return readTokens(await post(url, form, { ports, purpose }));
    } catch (error) {
      if (!isRefusedSecret(error)) throw error;
      refusal = error;
    }
  }
  throw refusal;
}

/**
 * Whom an ID token speaks of. It is only ever one that came over TLS from the token endpoint itself, which stands for its
 * signature (OpenID Connect Core §3.1.3.7, 6.). No claim is quoted in errors.
 */
export function readIdToken(token: Secret | null, { clientId }: { readonly clientId: string }): IdTokenClaims {
  const payload = token?.reveal().split('.')[1];
  if (payload === undefined) throw unexpectedAnswer('id_token: missing', 'calendars');
  const claims = read(idTokenClaims, parseJson(Buffer.from(payload, 'base64url').toString('utf8')));
  if (claims.aud !== clientId) throw unexpectedAnswer('id_token: for another client', 'calendars');
  return claims;
}

/** The account by directory and person; its address, which can change hands, as Graph shows it. */
export async function fetchAccount(
  claims: IdTokenClaims,
  { settings, ports, accessToken }: Within & { readonly accessToken: Secret },
): Promise<RemoteAccount> {
  const credentials = (): Promise<{ accessToken: Secret }> => Promise.resolve({ accessToken });
  const graph = new OutlookClient({ profile: 'read', fetch: ports.fetch, now: () => ports.now(), credentials }, settings);
  const user = await graph.call({
    purpose: 'calendars',
    path: '/me',
    query: { $select: 'id,displayName,mail,userPrincipalName' },
    answer: ownUser,
  });
  const email = user.mail || user.userPrincipalName;
  return {
    id: `${claims.tid}.${claims.oid}`.toLowerCase(),
    email,
    emailVerified: isProven(email, { claims, userPrincipalName: user.userPrincipalName }),
    name: user.displayName ?? claims.name ?? null,
  };
}

/**
 * `mail` is whatever an administrator of any directory wrote there, also somebody else's address. Proven is the sign-in name,
 * whose domain the directory had to prove, and an address whose domain Microsoft says is proven.
 * https://learn.microsoft.com/en-us/entra/identity-platform/migrate-off-email-claim-authorization
 */
function isProven(
  email: string,
  { claims, userPrincipalName }: { readonly claims: IdTokenClaims; readonly userPrincipalName: string },
): boolean {
  const isSame = (other: string | null | undefined): boolean => other?.toLowerCase() === email.toLowerCase();
  const isGuest = userPrincipalName.includes('#EXT#');
  return (isSame(userPrincipalName) && !isGuest) || (isSame(claims.email) && ['true', '1'].includes(String(claims.xms_edov)));
}

function readTokens(body: unknown): OutlookTokens {
  const answer = read(tokenAnswer, body);
  const secretOf = (text: string | null | undefined): Secret | null => (text ? new Secret(text) : null);
  return {
    accessToken: new Secret(answer.access_token),
    refreshToken: secretOf(answer.refresh_token),
    expiresInSeconds: answer.expires_in,
    scopes: (answer.scope ?? '').split(' ').filter((scope) => scope !== ''),
    idToken: secretOf(answer.id_token),
  };
}

async function post(
  url: string,
  form: Readonly<Record<string, string>>,
  { ports, purpose }: { readonly ports: HostPorts; readonly purpose: IdentityPurpose },
): Promise<unknown> {
  let response: Response;
  let text: string;
  try {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    response = await ports.fetch(url, { method: 'POST', headers, body: new URLSearchParams(form).toString() });
    text = await response.text();
  } catch (error) {
    throw transportError(error);
  }
  const body = parseJson(text);
  if (!response.ok) throw tokenError({ status: response.status, headers: response.headers, body }, { purpose, now: ports.now() });
  return body;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The cause is left out on purpose: zod quotes values, and these are tokens. */
function read<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw unexpectedAnswer(mismatch(parsed.error), 'calendars');
  return parsed.data;
}

/** Wrong, expired, or refused without a number: https://learn.microsoft.com/en-us/entra/identity-platform/reference-error-codes */
const REFUSED_SECRET = new Set(['AADSTS7000215', 'AADSTS7000222', 'invalid_client']);

function isRefusedSecret(error: unknown): boolean {
  return error instanceof ProviderError && REFUSED_SECRET.has(error.reason ?? '');
}
