import type { AccessProfile, MissingScope, ScopeReason } from '@daymark/provider-contract';

/** Enough for signing in. `email` only for the claim that says whether its domain is proven. */
export const signInScopes: readonly string[] = ['openid', 'profile', 'email', 'User.Read'];

const identity: readonly ScopeReason[] = [
  { scope: 'openid', reason: 'To recognise the account by its stable number.' },
  { scope: 'profile', reason: 'To recognise the account and to show its name.' },
  { scope: 'offline_access', reason: 'To go on reading while you are not there.' },
  { scope: 'User.Read', reason: 'To show which account is connected.' },
];
const zone: ScopeReason = { scope: 'MailboxSettings.Read', reason: 'To know the time zone of your calendars.' };

/** The fewest scopes for each access profile, with the reason that people read. */
export const profileScopes: Readonly<Record<AccessProfile, readonly ScopeReason[]>> = {
  free_busy: [...identity, { scope: 'Calendars.ReadBasic', reason: 'To see when you and your colleagues are busy.' }, zone],
  read: [
    ...identity,
    { scope: 'Calendars.Read', reason: 'To see your events.' },
    { scope: 'Calendars.Read.Shared', reason: 'To see calendars that colleagues share with you.' },
    zone,
  ],
  read_write: [
    ...identity,
    { scope: 'Calendars.ReadWrite', reason: 'To see your events and to enter the meetings that are booked with you.' },
    { scope: 'Calendars.ReadWrite.Shared', reason: 'To do the same on calendars that colleagues share with you.' },
    zone,
  ],
};

/** What each scope that can be missing is needed for, and the wider ones that serve as well. */
const needs: Readonly<Record<string, { readonly capability: string; readonly also: readonly string[] }>> = {
  'Calendars.ReadBasic': { capability: 'see busy times', also: ['Calendars.Read', 'Calendars.ReadWrite'] },
  'Calendars.Read': { capability: 'read events', also: ['Calendars.ReadWrite'] },
  'Calendars.Read.Shared': { capability: 'read calendars of colleagues', also: ['Calendars.ReadWrite.Shared'] },
  'Calendars.ReadWrite': { capability: 'read and write events', also: [] },
  'Calendars.ReadWrite.Shared': { capability: 'read and write calendars of colleagues', also: [] },
  'MailboxSettings.Read': { capability: 'know the time zone of the calendars', also: ['MailboxSettings.ReadWrite'] },
};

export function scopesFor(profile: AccessProfile): readonly string[] {
  return profileScopes[profile].map((entry) => entry.scope);
}

/**
 * Scopes of Graph that were not granted. Those for signing in are not looked at: they cannot be left out, and
 * `offline_access` may be absent from the list although it was granted.
 */
export function missingScopes(profile: AccessProfile, granted: readonly string[]): readonly MissingScope[] {
  const held = new Set(granted.map(normalised));
  return scopesFor(profile).flatMap((scope) => {
    const need = needs[scope];
    if (need === undefined || [scope, ...need.also].some((sufficient) => held.has(normalised(sufficient)))) return [];
    return [{ scope, capability: need.capability }];
  });
}

/** Graph's scopes come back with and without the address of their resource, and in any case. */
function normalised(scope: string): string {
  return (/^https:\/\/[^/]+\/(.+)$/.exec(scope)?.[1] ?? scope).toLowerCase();
}

const SIGN_IN_ONLY = new Set(['openid', 'profile', 'email', 'offline_access']);

/** The spelling that names its resource; of sign-in scopes, which belong to none, the short one. */
export function fullName(scope: string, graphUrl: string): string {
  return SIGN_IN_ONLY.has(scope) ? scope : `${graphResource(graphUrl)}/${scope}`;
}

/** Permissions keep Graph's own name also where another address stands in for it: https://learn.microsoft.com/en-us/graph/deployments */
function graphResource(graphUrl: string): string {
  return /^https:\/\/((dod-)?graph\.microsoft\.(com|us)|microsoftgraph\.chinacloudapi\.cn)$/.test(graphUrl)
    ? graphUrl
    : 'https://graph.microsoft.com';
}
