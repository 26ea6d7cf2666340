import { accessDenied } from './microsoft-error.ts';

const GRAPH = 'https://graph.microsoft.com/';

/** What the consent page says about each delegated scope that the sandbox knows. */
const DESCRIPTIONS: Readonly<Record<string, string>> = {
  openid: 'Sign you in',
  profile: 'View your basic profile',
  email: 'View your email address',
  offline_access: 'Maintain access to data you have given it access to',
  'User.Read': 'Sign you in and read your profile',
  'Calendars.Read': 'Read your calendars',
  'Calendars.ReadBasic': 'Read basic details of your calendars',
  'Calendars.ReadWrite': 'Have full access to your calendars',
  'Calendars.Read.Shared': 'Read calendars you can access',
  'Calendars.ReadWrite.Shared': 'Read and write to your and shared calendars',
  'MailboxSettings.Read': 'Read your mailbox settings',
  'MailboxSettings.ReadWrite': 'Read and write to your mailbox settings',
  'Mail.Send': 'Send mail as you',
  'OnlineMeetings.ReadWrite': 'Read and create your online meetings',
};
const KNOWN = new Map(Object.keys(DESCRIPTIONS).map((scope) => [scope.toLowerCase(), scope]));
export const ALL_SCOPES: readonly string[] = Object.keys(DESCRIPTIONS);

/** Not permissions of Graph: granted without being listed among them. */
const SIGN_IN = new Set(['openid', 'profile', 'email', 'offline_access']);

/** The short spelling of the asked scopes, whatever their case and prefix; null when one is unknown. */
export function normaliseScopes(asked: readonly string[]): string[] | null {
  const found: string[] = [];
  for (const text of asked) {
    const short = text.toLowerCase().startsWith(GRAPH) ? text.slice(GRAPH.length) : text;
    const known = KNOWN.get(short.toLowerCase());
    if (known === undefined) return null;
    if (!found.includes(known)) found.push(known);
  }
  return found;
}

/** As the token endpoint lists them: without `offline_access`, Graph's own by their full name when `isLong`. */
export function shownScopes(scopes: readonly string[], { isLong }: { isLong: boolean }): string {
  return scopes
    .filter((scope) => scope !== 'offline_access')
    .map((scope) => (isLong && !SIGN_IN.has(scope) ? GRAPH + scope : scope))
    .join(' ');
}

export function describeScope(scope: string): string {
  return DESCRIPTIONS[scope] ?? scope;
}

const READ = ['Calendars.Read', 'Calendars.ReadWrite', 'Calendars.Read.Shared', 'Calendars.ReadWrite.Shared'];
const WRITE = ['Calendars.ReadWrite', 'Calendars.ReadWrite.Shared'];
const SHARED = ['Calendars.Read.Shared', 'Calendars.ReadWrite.Shared'];

/** Which scopes open an operation; any one suffices. */
const OPERATION_SCOPES = {
  user: ['User.Read'],
  read: [...READ, 'Calendars.ReadBasic'],
  write: WRITE,
  shared: SHARED,
  // Not with the `.Shared` scopes alone: those cannot be used for subscriptions.
  subscribe: ['Calendars.Read', 'Calendars.ReadWrite'],
  settings: ['MailboxSettings.Read', 'MailboxSettings.ReadWrite'],
  'settings.write': ['MailboxSettings.ReadWrite'],
  mail: ['Mail.Send'],
  any: ALL_SCOPES,
} as const;

export type OperationScopes = keyof typeof OPERATION_SCOPES;

/** @throws GraphError 403 when no granted scope opens the operation */
export function checkScopes(granted: readonly string[], operation: OperationScopes): void {
  if (!OPERATION_SCOPES[operation].some((scope) => granted.includes(scope))) throw accessDenied();
}

/** Another mailbox's calendar needs a scope for shared ones. @throws GraphError 403 */
export function checkSharedScopes(granted: readonly string[], access: { isWrite: boolean }): void {
  const opens = access.isWrite ? ['Calendars.ReadWrite.Shared'] : SHARED;
  if (!opens.some((scope) => granted.includes(scope))) throw accessDenied();
}

/** With nothing more than `Calendars.ReadBasic`, bodies and extensions stay hidden; which members these are is not confirmed. */
export function seesOnlyBasics(granted: readonly string[]): boolean {
  return !READ.some((scope) => granted.includes(scope));
}
