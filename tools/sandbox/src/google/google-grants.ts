import { isSameText, isVerifierRight } from '../oauth/pkce.ts';
import { randomToken } from '../oauth/random-token.ts';
import type { GoogleAccessToken, GoogleAccount, GoogleClient, GoogleCode, GoogleGrant } from './google-state.ts';
import type { GoogleWorld } from './google-world.ts';
import { nowIso } from './google-world.ts';

/** An error of the token endpoint: `{ "error", "error_description" }`. */
export class GoogleOAuthError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, description: string) {
    super(description);
    this.name = 'GoogleOAuthError';
    this.status = status;
    this.code = code;
  }
}

export interface IssuedTokens {
  readonly accessToken: string;
  readonly expiresInSeconds: number;
  readonly refreshToken: string | null;
  readonly refreshTokenExpiresInSeconds: number | null;
  readonly scopes: readonly string[];
  readonly email: string;
  readonly nonce: string | null;
}

const CODE_LIFE_MS = 10 * 60_000;
const ACCESS_LIFE_SECONDS = 3599;
const TESTING_LIFE_SECONDS = 604_799;
/** More live refresh tokens of one account and client than this: the oldest dies without a word. */
const MAX_REFRESH_TOKENS = 100;
const SIX_MONTHS_MS = 183 * 86_400_000;

export interface NewGoogleClient {
  readonly id: string;
  readonly secrets: readonly string[];
  readonly redirectUris: readonly string[];
  readonly isTesting?: boolean;
  /** Each refresh gives a new refresh token and kills the old one; Google rarely does. */
  readonly rotatesRefreshTokens?: boolean;
}

/** Registers the client, or replaces its secrets and redirect URIs. */
export function registerClient(world: GoogleWorld, client: NewGoogleClient): GoogleClient {
  const { id, secrets, redirectUris, isTesting = false, rotatesRefreshTokens = false } = client;
  const registered = { id, secrets: [...secrets], redirectUris: [...redirectUris], isTesting, rotatesRefreshTokens, isDeleted: false };
  world.state.clients.set(id, registered);
  world.touch();
  return registered;
}

export interface Consent {
  readonly client: GoogleClient;
  readonly account: GoogleAccount;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  readonly nonce: string | null;
  readonly challenge: GoogleCode['challenge'];
  readonly isOffline: boolean;
  readonly isConsentForced: boolean;
  readonly includesGrantedScopes: boolean;
}

/** Stores the consent and gives the code with the scopes it stands for. */
export function grantCode(world: GoogleWorld, consent: Consent): { code: string; scopes: readonly string[] } {
  const { client, account } = consent;
  const earlier = findGrant(world, client.id, account.email);
  const isFirst = earlier === null || consent.scopes.some((scope) => !earlier.scopes.includes(scope));
  const scopes = consent.includesGrantedScopes && earlier !== null ? union(consent.scopes, earlier.scopes) : [...consent.scopes];
  world.state.grants.set(grantKey(client.id, account.email), {
    clientId: client.id,
    email: account.email,
    scopes: union(earlier?.scopes ?? [], consent.scopes),
    grantedAt: nowIso(world),
  });
  const code = `4/0${randomToken('A', 32)}`;
  world.state.codes.set(code, {
    clientId: client.id,
    email: account.email,
    redirectUri: consent.redirectUri,
    scopes,
    nonce: consent.nonce,
    challenge: consent.challenge,
    issuesRefreshToken: consent.isOffline && (isFirst || consent.isConsentForced),
    expiresAtMs: world.clock.now() + CODE_LIFE_MS,
    isRedeemed: false,
  });
  world.touch();
  return { code, scopes };
}

export function findGrant(world: GoogleWorld, clientId: string, email: string): GoogleGrant | null {
  return world.state.grants.get(grantKey(clientId, email)) ?? null;
}

/** @throws GoogleOAuthError invalid_client */
export function checkClient(world: GoogleWorld, clientId: string | undefined, secret: string | undefined): GoogleClient {
  if (clientId === undefined || clientId === '')
    throw new GoogleOAuthError(400, 'invalid_request', 'Could not determine client ID from request.');
  const client = world.state.clients.get(clientId);
  if (client === undefined) throw new GoogleOAuthError(401, 'invalid_client', 'The OAuth client was not found.');
  if (client.isDeleted) throw new GoogleOAuthError(401, 'deleted_client', 'The OAuth client was deleted.');
  if (secret === undefined || secret === '') throw new GoogleOAuthError(400, 'invalid_request', 'client_secret is missing.');
  if (!client.secrets.some((candidate) => isSameText(candidate, secret))) throw new GoogleOAuthError(401, 'invalid_client', 'Unauthorized');
  return client;
}

/** @throws GoogleOAuthError invalid_grant for a code that is unknown, used, old or bound to something else. */
export function redeemCode(
  world: GoogleWorld,
  request: { client: GoogleClient; code: string; redirectUri: string; verifier: string | null },
): IssuedTokens {
  const record = world.state.codes.get(request.code);
  if (record === undefined || record.clientId !== request.client.id) throw invalidGrant('Malformed auth code.');
  if (record.isRedeemed) throw invalidGrant('Code was already redeemed.');
  if (record.expiresAtMs <= world.clock.now()) throw invalidGrant('Bad Request');
  if (record.redirectUri !== request.redirectUri) throw new GoogleOAuthError(400, 'redirect_uri_mismatch', 'Bad Request');
  if (record.challenge !== null && request.verifier === null) throw invalidGrant('Missing code verifier.');
  if (record.challenge === null && request.verifier !== null) throw invalidGrant('code_verifier or verifier is not needed.');
  if (record.challenge !== null && !isVerifierRight(record.challenge, request.verifier ?? '')) throw invalidGrant('Invalid code verifier.');
  if (findGrant(world, record.clientId, record.email) === null) throw invalidGrant('Bad Request');
  record.isRedeemed = true;
  return issueTokens(world, { ...record, withRefreshToken: record.issuesRefreshToken });
}

/** @throws GoogleOAuthError invalid_grant */
export function refreshAccess(world: GoogleWorld, request: { client: GoogleClient; refreshToken: string }): IssuedTokens {
  const record = world.state.refreshTokens.get(request.refreshToken);
  const now = world.clock.now();
  if (record === undefined || record.clientId !== request.client.id) throw invalidGrant('Token has been expired or revoked.');
  const isOver = (record.expiresAtMs !== null && record.expiresAtMs <= now) || record.issuedAtMs + SIX_MONTHS_MS <= now;
  if (isOver) throw invalidGrant('Token has been expired or revoked.');
  record.issuedAtMs = now;
  const rotates = request.client.rotatesRefreshTokens;
  if (rotates) world.state.refreshTokens.delete(request.refreshToken);
  return issueTokens(world, { ...record, nonce: null, withRefreshToken: rotates });
}

export function issueTokens(
  world: GoogleWorld,
  wish: { clientId: string; email: string; scopes: readonly string[]; nonce: string | null; withRefreshToken: boolean },
): IssuedTokens {
  const { clientId, email, scopes } = wish;
  const now = world.clock.now();
  for (const [token, record] of world.state.accessTokens) if (record.expiresAtMs <= now) world.state.accessTokens.delete(token);
  for (const [code, record] of world.state.codes) if (record.expiresAtMs + CODE_LIFE_MS <= now) world.state.codes.delete(code);
  const accessToken = randomToken('ya29.', 96);
  world.state.accessTokens.set(accessToken, { clientId, email, scopes: [...scopes], expiresAtMs: now + ACCESS_LIFE_SECONDS * 1000 });
  let refreshToken: string | null = null;
  const isTimeLimited = world.state.clients.get(clientId)?.isTesting === true && scopes.some((scope) => scope.includes('/auth/calendar'));
  if (wish.withRefreshToken) {
    refreshToken = randomToken('1//0', 48);
    const order = [...world.state.refreshTokens.values()].reduce((last, record) => Math.max(last, record.order), 0) + 1;
    const expiresAtMs = isTimeLimited ? now + TESTING_LIFE_SECONDS * 1000 : null;
    world.state.refreshTokens.set(refreshToken, { clientId, email, scopes: [...scopes], issuedAtMs: now, expiresAtMs, order });
    dropOldest(world, { clientId, email });
  }
  world.touch();
  return {
    accessToken,
    expiresInSeconds: ACCESS_LIFE_SECONDS,
    refreshToken,
    refreshTokenExpiresInSeconds: isTimeLimited && wish.withRefreshToken ? TESTING_LIFE_SECONDS : null,
    scopes,
    email,
    nonce: wish.nonce,
  };
}

function dropOldest(world: GoogleWorld, of: { clientId: string; email: string }): void {
  const own = [...world.state.refreshTokens]
    .filter(([, record]) => record.clientId === of.clientId && record.email === of.email)
    .sort(([, a], [, b]) => a.order - b.order);
  for (const [token] of own.slice(0, Math.max(0, own.length - MAX_REFRESH_TOKENS))) world.state.refreshTokens.delete(token);
}

/** Kills every token and the consent behind the given one. Gives whether the token was known. */
export function revokeByToken(world: GoogleWorld, token: string): boolean {
  const record = world.state.refreshTokens.get(token) ?? world.state.accessTokens.get(token);
  if (record === undefined) return false;
  revokeGrant(world, record.clientId, record.email);
  return true;
}

export function revokeGrant(world: GoogleWorld, clientId: string, email: string): void {
  world.state.grants.delete(grantKey(clientId, email));
  for (const tokens of [world.state.accessTokens, world.state.refreshTokens, world.state.codes] as Map<string, GoogleAccessToken>[]) {
    for (const [token, record] of tokens) if (record.clientId === clientId && record.email === email) tokens.delete(token);
  }
  world.touch();
}

function grantKey(clientId: string, email: string): string {
  return `${clientId} ${email}`;
}

function invalidGrant(description: string): GoogleOAuthError {
  return new GoogleOAuthError(400, 'invalid_grant', description);
}

function union(a: readonly string[], b: readonly string[]): string[] {
  return [...new Set([...a, ...b])];
}
