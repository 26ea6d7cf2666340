import type { AccessProfile, MissingScope, ScopeReason } from '@daymark/provider-contract';

const CALENDAR = 'https://www.googleapis.com/auth/calendar';

const LIST = `${CALENDAR}.calendarlist.readonly`;
const BUSY = `${CALENDAR}.freebusy`;
const READ = `${CALENDAR}.events.readonly`;
const WRITE = `${CALENDAR}.events`;

/** Enough for signing in. */
export const signInScopes: readonly string[] = ['openid', 'email', 'profile'];

const identity: readonly ScopeReason[] = [
  { scope: 'openid', reason: 'To recognise the account by its stable number.' },
  { scope: 'email', reason: 'To show which account is connected.' },
  { scope: 'profile', reason: 'To show the name of the account.' },
];
const list: ScopeReason = { scope: LIST, reason: 'To show your calendars, so that you can choose which of them count.' };
const busy: ScopeReason = { scope: BUSY, reason: 'To see when you and your colleagues are busy, without any details.' };

/** The fewest scopes for each access profile, with the reason that people read. */
export const profileScopes: Readonly<Record<AccessProfile, readonly ScopeReason[]>> = {
  free_busy: [...identity, list, busy],
  read: [...identity, list, { scope: READ, reason: 'To see your events.' }, busy],
  read_write: [...identity, list, { scope: WRITE, reason: 'To see your events and to enter the meetings that are booked with you.' }, busy],
};

/** What each scope that we ask for is needed for, and the wider ones that serve as well. */
const needs: Readonly<Record<string, { readonly capability: string; readonly also: readonly string[] }>> = {
  [LIST]: { capability: 'list the calendars', also: [CALENDAR, `${CALENDAR}.readonly`, `${CALENDAR}.calendarlist`] },
  [BUSY]: { capability: 'see busy times', also: [CALENDAR, `${CALENDAR}.readonly`, `${CALENDAR}.events.freebusy`] },
  [READ]: { capability: 'read events', also: [CALENDAR, `${CALENDAR}.readonly`, WRITE] },
  [WRITE]: { capability: 'read and write events', also: [CALENDAR] },
};

export function scopesFor(profile: AccessProfile): readonly string[] {
  return profileScopes[profile].map((entry) => entry.scope);
}

/**
 * Calendar scopes of the profile that were not granted. Those for signing in cannot be unticked and come
 * back under other names (`…/auth/userinfo.email`), so they are not looked at.
 */
export function missingScopes(profile: AccessProfile, granted: readonly string[]): readonly MissingScope[] {
  return scopesFor(profile).flatMap((scope) => {
    const need = needs[scope];
    if (need === undefined || [scope, ...need.also].some((sufficient) => granted.includes(sufficient))) return [];
    return [{ scope, capability: need.capability }];
  });
}
