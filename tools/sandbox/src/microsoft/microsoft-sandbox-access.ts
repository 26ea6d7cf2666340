import { isAadstsCode } from './microsoft-aadsts.ts';
import { addPerson } from './microsoft-add-person.ts';
import type { NewMicrosoftClient } from './microsoft-grants.ts';
import { addGrant, issueTokens, registerClient, revokeGrant } from './microsoft-grants.ts';
import { findPerson, getPerson, openTenant, tenantIdOf } from './microsoft-people.ts';
import { ALL_SCOPES, normaliseScopes } from './microsoft-scopes.ts';
import type { MicrosoftWorld } from './microsoft-world.ts';

export interface MicrosoftConnectOptions {
  readonly clientId?: string;
  /** Any spelling; default: everything. */
  readonly scopes?: readonly string[];
}

/** What tests and the control API change about sign-in, consent and tokens. */
export interface MicrosoftAccess {
  registerClient(client: NewMicrosoftClient): void;
  /** Tokens without the browser round trip, as after a consent to these scopes. */
  connect(email: string, options?: MicrosoftConnectOptions): { readonly accessToken: string; readonly refreshToken: string };
  /** Access tokens die; refresh tokens live on. */
  expireAccessTokens(email?: string): void;
  /** Refresh tokens meet this AADSTS code from now on; default 700082, too long unused. */
  expireRefreshTokens(email: string, aadsts?: number): void;
  /** As if the person removed the application: `invalid_grant` from now on. */
  revokeGrants(email: string, clientId?: string): void;
  /** As if an administrator ended all sessions; the consent stays. */
  revokeSessions(email: string): void;
  /** Takes scopes away from the grants and tokens of a person. */
  narrowGrants(email: string, scopes: readonly string[]): void;
  /** Of the organization with this mail domain. */
  setTenant(domain: string, change: { readonly requiresAdminConsent: boolean }): void;
  /** `blockedBy`: the AADSTS code that sign-ins and refreshes meet (50076, 53003, …). */
  setSignIn(
    email: string,
    change: {
      readonly isDisabled?: boolean;
      readonly blockedBy?: number | null;
      readonly hasMailbox?: boolean;
      readonly isAdmin?: boolean;
    },
  ): void;
}

export const SANDBOX_CLIENT_ID = '5a11db0c-0000-4000-a000-5a11db0c0000';

export function createMicrosoftAccess(world: MicrosoftWorld): MicrosoftAccess {
  const { state } = world;
  return {
    registerClient: (client) => void registerClient(world, client),
    connect: (email, options = {}) => {
      const person = findPerson(world, email) ?? addPerson(world, { email });
      const clientId = options.clientId ?? [...state.clients.keys()][0] ?? SANDBOX_CLIENT_ID;
      const scopes = knownScopes(options.scopes ?? ALL_SCOPES);
      const offered = [...new Set([...scopes, 'offline_access'])];
      addGrant(world, { clientId, email: person.email, scopes: offered });
      const tokens = issueTokens(world, { clientId, email: person.email, scopes, offered, nonce: null });
      return { accessToken: tokens.accessToken, refreshToken: tokens.refreshToken ?? '' };
    },
    expireAccessTokens: (email) => {
      for (const [token, record] of state.accessTokens) if (email === undefined || record.email === email) state.accessTokens.delete(token);
      world.touch();
    },
    expireRefreshTokens: (email, aadsts = 700082) => {
      if (!isAadstsCode(aadsts)) throw new RangeError(`unknown code AADSTS${aadsts}`);
      for (const record of state.refreshTokens.values()) if (record.email === email) record.deadBy = aadsts;
      world.touch();
    },
    revokeGrants: (email, clientId) => {
      for (const id of clientsOf(world, email)) if (clientId === undefined || clientId === id) revokeGrant(world, id, { email });
    },
    revokeSessions: (email) => {
      for (const id of clientsOf(world, email)) revokeGrant(world, id, { email, keepsConsent: true });
    },
    narrowGrants: (email, scopes) => {
      const removed = knownScopes(scopes);
      for (const record of [...state.grants.values(), ...state.accessTokens.values(), ...state.refreshTokens.values()]) {
        if (record.email === email) record.scopes = record.scopes.filter((scope) => !removed.includes(scope));
      }
      world.touch();
    },
    setTenant: (domain, { requiresAdminConsent }) => {
      openTenant(world, tenantIdOf(domain)).requiresAdminConsent = requiresAdminConsent;
      world.touch();
    },
    setSignIn: (email, change) => {
      if (change.blockedBy != null && !isAadstsCode(change.blockedBy)) throw new RangeError(`unknown code AADSTS${change.blockedBy}`);
      Object.assign(getPerson(world, email), Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)));
      world.touch();
    },
  };
}

function clientsOf(world: MicrosoftWorld, email: string): Set<string> {
  const records = [...world.state.grants.values(), ...world.state.refreshTokens.values()];
  return new Set(records.filter((record) => record.email === email).map(({ clientId }) => clientId));
}

function knownScopes(scopes: readonly string[]): string[] {
  const known = normaliseScopes(scopes);
  if (known === null) throw new RangeError(`unknown scope in: ${scopes.join(' ')}`);
  return known;
}
