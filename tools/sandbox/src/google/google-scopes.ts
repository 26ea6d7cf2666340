import type { GoogleCalendar } from './google-state.ts';
import { GoogleApiError } from './google-error.ts';
import type { GoogleAccessRole } from './google-types.ts';

const PREFIX = 'https://www.googleapis.com/auth/';

/** Which scopes open a method; any one suffices. From the discovery document's per-method lists. */
export const METHOD_SCOPES = {
  'calendarList.list': ['calendar', 'calendar.readonly', 'calendar.calendarlist', 'calendar.calendarlist.readonly'],
  'calendarList.get': ['calendar', 'calendar.readonly', 'calendar.calendarlist', 'calendar.calendarlist.readonly', 'calendar.app.created'],
  'calendarList.write': ['calendar', 'calendar.calendarlist'],
  'calendars.get': ['calendar', 'calendar.readonly', 'calendar.calendars', 'calendar.calendars.readonly', 'calendar.app.created'],
  'calendars.write': ['calendar', 'calendar.calendars', 'calendar.app.created'],
  'events.read': [
    'calendar',
    'calendar.readonly',
    'calendar.events',
    'calendar.events.readonly',
    'calendar.events.owned',
    'calendar.events.owned.readonly',
    'calendar.events.freebusy',
    'calendar.events.public.readonly',
    'calendar.app.created',
  ],
  'events.write': ['calendar', 'calendar.events', 'calendar.events.owned', 'calendar.app.created'],
  'events.move': ['calendar', 'calendar.events', 'calendar.events.owned'],
  'freebusy.query': ['calendar', 'calendar.readonly', 'calendar.events.freebusy', 'calendar.freebusy'],
  'settings.read': ['calendar', 'calendar.readonly', 'calendar.settings.readonly'],
  'colors.get': [
    'calendar',
    'calendar.readonly',
    'calendar.calendarlist',
    'calendar.calendarlist.readonly',
    'calendar.app.created',
    'calendar.events.freebusy',
    'calendar.events.owned',
    'calendar.events.owned.readonly',
    'calendar.events.public.readonly',
  ],
  'channels.stop': [
    'calendar',
    'calendar.readonly',
    'calendar.events',
    'calendar.events.readonly',
    'calendar.events.owned',
    'calendar.events.owned.readonly',
    'calendar.events.freebusy',
    'calendar.events.public.readonly',
    'calendar.app.created',
    'calendar.calendarlist',
    'calendar.calendarlist.readonly',
    'calendar.settings.readonly',
    'calendar.acls',
    'calendar.acls.readonly',
  ],
} as const;

export type MethodScopes = keyof typeof METHOD_SCOPES;

const SIGN_IN: Readonly<Record<string, string>> = {
  openid: 'openid',
  email: `${PREFIX}userinfo.email`,
  profile: `${PREFIX}userinfo.profile`,
  [`${PREFIX}userinfo.email`]: `${PREFIX}userinfo.email`,
  [`${PREFIX}userinfo.profile`]: `${PREFIX}userinfo.profile`,
};

/** What the consent page says about a scope. */
const DESCRIPTIONS: Readonly<Record<string, string>> = {
  calendar: 'See, edit, share, and permanently delete all the calendars you can access using Google Calendar',
  'calendar.readonly': 'See and download any calendar you can access using your Google Calendar',
  'calendar.events': 'View and edit events on all your calendars',
  'calendar.events.readonly': 'View events on all your calendars',
  'calendar.events.owned': 'See, create, change, and delete events on Google calendars you own',
  'calendar.events.owned.readonly': 'See the events on Google calendars you own',
  'calendar.events.public.readonly': 'See the events on public calendars',
  'calendar.events.freebusy': 'See the availability on Google calendars you have access to',
  'calendar.freebusy': 'View your availability in your calendars',
  'calendar.calendarlist': 'See, add, and remove Google calendars you’re subscribed to',
  'calendar.calendarlist.readonly': 'See the list of Google calendars you’re subscribed to',
  'calendar.calendars': 'See and change the properties of Google calendars you have access to, and create secondary calendars',
  'calendar.calendars.readonly':
    'See the title, description, default time zone, and other properties of Google calendars you have access to',
  'calendar.acls': 'See and change the sharing permissions of Google calendars you own',
  'calendar.acls.readonly': 'See the sharing permissions of Google calendars you own',
  'calendar.app.created': 'Make secondary Google calendars, and see, create, change, and delete events on them',
  'calendar.settings.readonly': 'View your Calendar settings',
};

/** The full form of the asked scopes, or null when one is unknown. */
export function normaliseScopes(asked: readonly string[]): string[] | null {
  const full: string[] = [];
  for (const scope of asked) {
    const known = SIGN_IN[scope] ?? (scope.startsWith(PREFIX) && scope.slice(PREFIX.length) in DESCRIPTIONS ? scope : null);
    if (known === null) return null;
    if (!full.includes(known)) full.push(known);
  }
  return full;
}

export function isSignInScope(scope: string): boolean {
  return scope in SIGN_IN;
}

export function describeScope(scope: string): string {
  return DESCRIPTIONS[scope.replace(PREFIX, '')] ?? scope;
}

/** @throws GoogleApiError 403 insufficientPermissions when no granted scope opens the method. */
export function checkScopes(granted: readonly string[], method: MethodScopes): void {
  if (METHOD_SCOPES[method].some((scope) => granted.includes(PREFIX + scope))) return;
  throw insufficientScope(METHOD_SCOPES[method].map((scope) => PREFIX + scope));
}

/** The narrower scopes open only some calendars; gives whether the token sees nothing but busy times. */
export function checkCalendarScopes(
  granted: readonly string[],
  about: { calendar: GoogleCalendar; role: GoogleAccessRole; clientId: string | null; isWrite: boolean },
): { seesOnlyBusy: boolean } {
  const has = (...scopes: string[]): boolean => scopes.some((scope) => granted.includes(PREFIX + scope));
  if (has('calendar', 'calendar.events')) return { seesOnlyBusy: false };
  if (!about.isWrite && has('calendar.readonly', 'calendar.events.readonly')) return { seesOnlyBusy: false };
  if (about.role === 'owner' && has('calendar.events.owned')) return { seesOnlyBusy: false };
  if (about.role === 'owner' && !about.isWrite && has('calendar.events.owned.readonly')) return { seesOnlyBusy: false };
  if (about.calendar.createdByClientId !== null && about.calendar.createdByClientId === about.clientId && has('calendar.app.created')) {
    return { seesOnlyBusy: false };
  }
  if (!about.isWrite && about.calendar.publicRole !== 'none' && has('calendar.events.public.readonly')) return { seesOnlyBusy: false };
  if (!about.isWrite && has('calendar.events.freebusy')) return { seesOnlyBusy: true };
  throw insufficientScope(METHOD_SCOPES[about.isWrite ? 'events.write' : 'events.read'].map((scope) => PREFIX + scope));
}

function insufficientScope(needed: readonly string[]): GoogleApiError {
  return new GoogleApiError({
    status: 403,
    reason: 'insufficientPermissions',
    message: 'Request had insufficient authentication scopes.',
    rpcStatus: 'PERMISSION_DENIED',
    details: [
      {
        '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
        reason: 'ACCESS_TOKEN_SCOPE_INSUFFICIENT',
        domain: 'googleapis.com',
        metadata: { service: 'calendar-json.googleapis.com' },
      },
    ],
    headers: {
      'www-authenticate': `Bearer realm="https://accounts.google.com/", error="insufficient_scope", scope="${needed.join(' ')}"`,
    },
  });
}
