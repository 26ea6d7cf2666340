import { randomInt } from 'node:crypto';
import { isSameText, isVerifierRight } from '../oauth/pkce.ts';
import { randomToken } from '../oauth/random-token.ts';
import { AadstsError, blockedBy, isAadstsCode } from './microsoft-aadsts.ts';
import { findPerson, openTenant } from './microsoft-people.ts';
import type { MicrosoftAccessToken, MicrosoftClient, MicrosoftCode, MicrosoftGrant, MicrosoftPerson } from './microsoft-state.ts';
import type { MicrosoftWorld } from './microsoft-world.ts';

export interface IssuedTokens {
  readonly accessToken: string;
  readonly expiresInSeconds: number;
  readonly refreshToken: string | null;
  readonly scopes: readonly string[];
  readonly email: string;
  readonly nonce: string | null;
}

const CODE_LIFE_MS = 10 * 60_000;
const REFRESH_LIFE_MS = 90 * 86_400_000;

export interface NewMicrosoftClient {
  readonly id: string;
  /** Values, with an end where they have one; two are valid at once while they are changed. */
  readonly secrets: readonly (string | { readonly value: string; readonly expiresAt: string })[];
  readonly redirectUris: readonly string[];
  /** `all` (default), `organizations`, `consumers`, or the id of the only tenant. */
  readonly audience?: string;
  readonly isDisabled?: boolean;
}

/** Registers the application, or replaces what was registered. */
export function registerClient(world: MicrosoftWorld, client: NewMicrosoftClient): MicrosoftClient {
  const registered: MicrosoftClient = {
    id: client.id,
    secrets: client.secrets.map((secret) =>
      typeof secret === 'string'
        ? { value: secret, expiresAtMs: null }
        : { value: secret.value, expiresAtMs: Date.parse(secret.expiresAt) },
    ),
    redirectUris: [...client.redirectUris],
    audience: client.audience ?? 'all',
    isDisabled: client.isDisabled ?? false,
  };
  world.state.clients.set(client.id, registered);
  world.touch();
  return registered;
}

/** @throws AadstsError for an application that is unknown, disabled or not who it says */
export function checkClient(world: MicrosoftWorld, id: string, secret: string | null): MicrosoftClient {
  if (id === '') throw new AadstsError(90014, { detail: "Field: 'client_id'." });
  const client = world.state.clients.get(id);
  if (client === undefined) throw new AadstsError(700016, { detail: `Application identifier: ${id}.` });
  if (client.isDisabled) throw new AadstsError(7000112);
  if (secret === null || secret === '') throw new AadstsError(7000218);
  const known = client.secrets.find((candidate) => isSameText(candidate.value, secret));
  if (known === undefined) throw new AadstsError(7000215);
  if (known.expiresAtMs !== null && known.expiresAtMs <= world.clock.now()) throw new AadstsError(7000222);
  return client;
}

export interface Consent {
  readonly client: MicrosoftClient;
  readonly person: MicrosoftPerson;
  readonly authority: string;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  readonly nonce: string | null;
  readonly challenge: MicrosoftCode['challenge'];
}

/** Stores the consent and gives the code. */
export function grantCode(world: MicrosoftWorld, consent: Consent): string {
  const { client, person, authority, redirectUri, scopes, nonce, challenge } = consent;
  addGrant(world, { clientId: client.id, email: person.email, scopes });
  const code = `1.A${randomToken('', 90)}`;
  world.state.codes.set(code, {
    ...{ clientId: client.id, email: person.email, authority, redirectUri, scopes: [...scopes], nonce, challenge },
    expiresAtMs: world.clock.now() + CODE_LIFE_MS,
    isRedeemed: false,
  });
  world.touch();
  return code;
}

export function addGrant(world: MicrosoftWorld, grant: { clientId: string; email: string; scopes: readonly string[] }): void {
  const earlier = findGrant(world, grant.clientId, grant.email);
  world.state.grants.set(`${grant.clientId} ${grant.email}`, {
    clientId: grant.clientId,
    email: grant.email,
    scopes: [...new Set([...(earlier?.scopes ?? []), ...grant.scopes])],
    grantedAt: new Date(world.clock.now()).toISOString(),
  });
}

export function findGrant(world: MicrosoftWorld, clientId: string, email: string): MicrosoftGrant | null {
  return world.state.grants.get(`${clientId} ${email}`) ?? null;
}

/** Whether the person, or an administrator for everybody, has consented to all of these. */
export function isConsented(
  world: MicrosoftWorld,
  clientId: string,
  { person, scopes }: { person: MicrosoftPerson; scopes: readonly string[] },
): boolean {
  const own = findGrant(world, clientId, person.email)?.scopes ?? [];
  const everybodys = openTenant(world, person.tenantId).adminGrants.get(clientId) ?? [];
  return scopes.every((scope) => own.includes(scope) || everybodys.includes(scope));
}

/** @throws AadstsError when this person may not sign in now */
export function checkSignIn(person: MicrosoftPerson): void {
  if (person.isDisabled) throw new AadstsError(50057);
  if (person.blockedBy !== null && isAadstsCode(person.blockedBy)) throw blockedBy(person.blockedBy);
}

/** @throws AadstsError for a code that is unknown, used, old or bound to something else */
export function redeemCode(
  world: MicrosoftWorld,
  request: {
    client: MicrosoftClient;
    authority: string;
    code: string;
    redirectUri: string;
    verifier: string | null;
    scopes: readonly string[] | null;
  },
): IssuedTokens {
  const record = world.state.codes.get(request.code);
  if (record === undefined || record.clientId !== request.client.id) throw new AadstsError(70000);
  if (record.isRedeemed) throw new AadstsError(54005);
  if (record.expiresAtMs <= world.clock.now()) throw new AadstsError(70008);
  if (record.authority !== request.authority) throw new AadstsError(700005);
  if (record.redirectUri !== request.redirectUri) throw new AadstsError(50011, { error: 'invalid_grant' });
  if (record.challenge !== null && !isVerifierRight(record.challenge, request.verifier ?? '')) throw new AadstsError(501481);
  if (request.scopes?.some((scope) => !record.scopes.includes(scope)) === true) throw new AadstsError(70011);
  const person = findPerson(world, record.email);
  if (person === null || findGrant(world, record.clientId, record.email) === null) throw new AadstsError(70000);
  checkSignIn(person);
  record.isRedeemed = true;
  return issueTokens(world, { ...record, scopes: request.scopes ?? record.scopes, offered: record.scopes });
}

/** The old token stays good: a lost answer can be asked for again. @throws AadstsError */
export function refreshAccess(
  world: MicrosoftWorld,
  request: { client: MicrosoftClient; refreshToken: string; scopes: readonly string[] | null },
): IssuedTokens {
  const record = world.state.refreshTokens.get(request.refreshToken);
  if (record === undefined || record.clientId !== request.client.id) throw new AadstsError(70000);
  if (record.deadBy !== null && isAadstsCode(record.deadBy)) throw record.deadBy === 65001 ? notConsented() : blockedBy(record.deadBy);
  if (record.expiresAtMs <= world.clock.now()) throw new AadstsError(700082);
  const person = findPerson(world, record.email);
  if (person === null) throw new AadstsError(50173);
  checkSignIn(person);
  const scopes = request.scopes ?? record.scopes;
  if (!isConsented(world, record.clientId, { person, scopes })) throw notConsented();
  return issueTokens(world, { ...record, nonce: null, offered: record.scopes, scopes });
}

/** @param wish `offered`: what a refresh token made now stands for, when it is more than this access token's scopes */
export function issueTokens(
  world: MicrosoftWorld,
  wish: { clientId: string; email: string; scopes: readonly string[]; nonce: string | null; offered?: readonly string[] },
): IssuedTokens {
  const { clientId, email } = wish;
  const now = world.clock.now();
  const { accessTokens, refreshTokens, codes } = world.state;
  for (const [token, record] of accessTokens) if (record.expiresAtMs <= now) accessTokens.delete(token);
  for (const [code, record] of codes) if (record.expiresAtMs + CODE_LIFE_MS <= now) codes.delete(code);
  const accessToken = `eyJ0eXAiOiJKV1QiLCJub25jZSI6I.${randomToken('', 96)}.${randomToken('', 48)}`;
  const expiresInSeconds = randomInt(3600, 5400);
  const scopes = [...wish.scopes];
  accessTokens.set(accessToken, { clientId, email, scopes, expiresAtMs: now + expiresInSeconds * 1000 });
  const offered = [...(wish.offered ?? scopes)];
  let refreshToken: string | null = null;
  if (offered.includes('offline_access')) {
    refreshToken = `1.AX${randomToken('', 120)}`;
    refreshTokens.set(refreshToken, { clientId, email, scopes: offered, expiresAtMs: now + REFRESH_LIFE_MS, deadBy: null });
  }
  world.touch();
  return { accessToken, expiresInSeconds, refreshToken, scopes, email, nonce: wish.nonce };
}

/** Ends all tokens of a person and application: by removed consent, or by an administrator who keeps the consent. */
export function revokeGrant(
  world: MicrosoftWorld,
  clientId: string,
  { email, keepsConsent = false }: { email: string; keepsConsent?: boolean },
): void {
  if (!keepsConsent) world.state.grants.delete(`${clientId} ${email}`);
  const isTheirs = (record: { clientId: string; email: string }): boolean => record.clientId === clientId && record.email === email;
  for (const tokens of [world.state.accessTokens, world.state.codes] as Map<string, MicrosoftAccessToken>[]) {
    for (const [token, record] of tokens) if (isTheirs(record)) tokens.delete(token);
  }
  for (const record of world.state.refreshTokens.values()) if (isTheirs(record)) record.deadBy = keepsConsent ? 50173 : 65001;
  world.touch();
}

function notConsented(): AadstsError {
  return new AadstsError(65001, { suberror: 'consent_required' });
}
