import type { PkceChallenge } from '../oauth/pkce.ts';
import type { SigningKey } from '../oauth/signing-key.ts';
import type { GoogleLimits } from './google-quota.ts';
import { noGoogleLimits } from './google-quota.ts';
import type { GoogleAccessRole, GoogleDateTime, GoogleEventFields, GoogleEventStatus, GooglePerson } from './google-types.ts';

/** Everything that Google would remember; plain data and maps, so that it can be written to disk as it is. */
export interface GoogleState {
  lastVersion: number;
  accounts: Map<string, GoogleAccount>;
  calendars: Map<string, GoogleCalendar>;
  clients: Map<string, GoogleClient>;
  grants: Map<string, GoogleGrant>;
  codes: Map<string, GoogleCode>;
  accessTokens: Map<string, GoogleAccessToken>;
  refreshTokens: Map<string, GoogleRefreshToken>;
  signingKey: SigningKey | null;
  mails: GoogleMail[];
  channels: Map<string, GoogleChannel>;
  conference: { delayMs: number; fails: boolean; pending: { calendarId: string; eventId: string; readyAtMs: number }[] };
  /** Quotas that count by themselves. */
  limits: GoogleLimits;
}

export interface GoogleAccount {
  email: string;
  aliases: string[];
  sub: string;
  name: string;
  givenName: string;
  familyName: string;
  locale: string;
  timeZone: string;
  /** Workspace domain; null for a consumer account. */
  hostedDomain: string | null;
  settings: Record<string, string>;
  calendarList: Map<string, GoogleListEntry>;
  listSeq: number;
  /** List sync tokens of an older generation are answered with 410. */
  listGeneration: number;
}

export interface GoogleListEntry {
  seq: number;
  etag: string;
  isDeleted: boolean;
  isHidden: boolean;
  isSelected: boolean;
  colorId: string;
  summaryOverride?: string;
  defaultReminders: { method: string; minutes: number }[];
}

export interface GoogleCalendar {
  id: string;
  ownerEmail: string;
  isPrimary: boolean;
  summary: string;
  description?: string;
  location?: string;
  timeZone: string;
  etag: string;
  acl: Map<string, GoogleAccessRole>;
  /** What people of the owner's Workspace domain may do without an own rule. */
  domainRole: GoogleAccessRole;
  publicRole: GoogleAccessRole;
  createdByClientId: string | null;
  events: Map<string, GoogleStoredEvent>;
  lastSeq: number;
  lastOrder: number;
  updated: string;
  tokenGeneration: number;
  /** Added to the generation for one reader, when this person's rights changed. */
  readerGenerations: Map<string, number>;
  isDeleted: boolean;
}

export interface GoogleStoredEvent {
  id: string;
  status: GoogleEventStatus;
  fields: GoogleEventFields;
  creator: GooglePerson;
  organizer: GooglePerson;
  created: string;
  updated: string;
  etag: string;
  /** Position in the calendar's change log. */
  seq: number;
  /** Position by creation, for a stable order of lists. */
  order: number;
  exceptions: Map<string, GoogleStoredException>;
  /** The organizer's event that this one is a guest's copy of. */
  copyOf: { calendarId: string; eventId: string } | null;
  /** A guest invited to single instances has no master, only these. */
  hasOnlyExceptions: boolean;
  /** A guest removed the copy; later changes by the organizer do not bring it back. */
  isRemovedByGuest: boolean;
  /** Moved to another calendar: only the id is left. */
  isShell: boolean;
}

export interface GoogleStoredException {
  status: GoogleEventStatus;
  originalStartTime: GoogleDateTime;
  /** Only what differs from the master; the rest is inherited. */
  overlay: GoogleEventFields;
  created: string;
  updated: string;
  etag: string;
  seq: number;
  /** The rule no longer makes this occurrence; kept so that incremental readers learn of it. */
  dropped: 'exception' | 'instance' | null;
  isRemovedByGuest: boolean;
}

export interface GoogleClient {
  id: string;
  secrets: string[];
  redirectUris: string[];
  /** Publishing status "Testing": refresh tokens live for seven days. */
  isTesting: boolean;
  /** Each refresh gives a new refresh token and kills the old one. */
  rotatesRefreshTokens: boolean;
  isDeleted: boolean;
}

export interface GoogleGrant {
  clientId: string;
  email: string;
  scopes: string[];
  grantedAt: string;
}

export interface GoogleCode {
  clientId: string;
  email: string;
  redirectUri: string;
  scopes: string[];
  nonce: string | null;
  challenge: PkceChallenge | null;
  issuesRefreshToken: boolean;
  expiresAtMs: number;
  isRedeemed: boolean;
}

export interface GoogleAccessToken {
  clientId: string;
  email: string;
  scopes: string[];
  expiresAtMs: number;
}

export interface GoogleRefreshToken {
  clientId: string;
  email: string;
  scopes: string[];
  issuedAtMs: number;
  expiresAtMs: number | null;
  order: number;
}

/** A push channel on the events of one calendar. */
export interface GoogleChannel {
  id: string;
  calendarId: string;
  resourceId: string;
  address: string;
  token: string | null;
  email: string;
  clientId: string | null;
  expiresAtMs: number;
  lastMessage: number;
  /** The calendar's change log when the last notice was sent. */
  notifiedSeq: number;
}

/** A mail that Google itself would have sent. */
export interface GoogleMail {
  at: string;
  kind: 'invitation' | 'update' | 'cancellation' | 'reply';
  from: string;
  to: string[];
  calendarId: string;
  eventId: string;
  iCalUID: string;
  summary: string;
}

export function emptyGoogleState(): GoogleState {
  return {
    lastVersion: 0,
    accounts: new Map(),
    calendars: new Map(),
    clients: new Map(),
    grants: new Map(),
    codes: new Map(),
    accessTokens: new Map(),
    refreshTokens: new Map(),
    signingKey: null,
    mails: [],
    channels: new Map(),
    conference: { delayMs: 0, fails: false, pending: [] },
    limits: noGoogleLimits(),
  };
}
