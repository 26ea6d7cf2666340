import { RETRY_WAITS_MS } from '../notice-sender.ts';
import type { PkceChallenge } from '../oauth/pkce.ts';
import type { SigningKey } from '../oauth/signing-key.ts';
import type {
  MicrosoftEmailAddress,
  MicrosoftEventFields,
  MicrosoftResponseStatus,
  MicrosoftRole,
  OnlineMeetingProvider,
} from './microsoft-types.ts';

/** Everything that Microsoft would remember; plain data and maps, so that it can be written to disk as it is. */
export interface MicrosoftState {
  lastVersion: number;
  tenants: Map<string, MicrosoftTenant>;
  /** By address, in lower case. */
  people: Map<string, MicrosoftPerson>;
  calendars: Map<string, MicrosoftCalendar>;
  clients: Map<string, MicrosoftClient>;
  grants: Map<string, MicrosoftGrant>;
  codes: Map<string, MicrosoftCode>;
  accessTokens: Map<string, MicrosoftAccessToken>;
  refreshTokens: Map<string, MicrosoftRefreshToken>;
  signingKey: SigningKey | null;
  mails: MicrosoftMail[];
  subscriptions: Map<string, MicrosoftSubscription>;
  onlineMeetings: {
    delayMs: number;
    fails: boolean;
    pending: { calendarId: string; key: string; stamp: string | null; readyAtMs: number }[];
  };
  limits: MicrosoftLimits;
  /** How a dead delta token is answered. */
  deltaReset: DeltaReset;
}

export interface MicrosoftTenant {
  id: string;
  /** People of such a tenant cannot consent by themselves. */
  requiresAdminConsent: boolean;
  /** Scopes that an administrator granted for everybody, by client. */
  adminGrants: Map<string, string[]>;
}

export interface MicrosoftPerson {
  email: string;
  aliases: string[];
  /** Object id in the tenant; a GUID. */
  oid: string;
  tenantId: string;
  /** Null for people whose directory entry has no mail address. */
  mail: string | null;
  name: string;
  givenName: string;
  surname: string;
  locale: string;
  /** A Windows or IANA name, as configured. */
  timeZone: string;
  workingHours: { daysOfWeek: string[]; startTime: string; endTime: string };
  isPersonal: boolean;
  isAdmin: boolean;
  isDisabled: boolean;
  hasMailbox: boolean;
  /** The AADSTS code that every sign-in and refresh of this person meets; null: none. */
  blockedBy: number | null;
}

export interface MicrosoftCalendar {
  id: string;
  ownerEmail: string;
  isDefault: boolean;
  name: string;
  color: string;
  hexColor: string;
  changeKey: string;
  access: Map<string, MicrosoftRole>;
  allowedProviders: OnlineMeetingProvider[];
  defaultProvider: OnlineMeetingProvider;
  events: Map<string, MicrosoftStoredEvent>;
  lastSeq: number;
  lastOrder: number;
  tokenGeneration: number;
  /** Added to the generation for one reader, when this person's rights changed. */
  readerGenerations: Map<string, number>;
  isDeleted: boolean;
}

export interface MicrosoftStoredEvent {
  key: string;
  /** How often it went to another calendar; each time gives a new id, while the immutable one stays. */
  moves: number;
  fields: MicrosoftEventFields;
  iCalUId: string;
  transactionId: string | null;
  organizer: MicrosoftEmailAddress;
  /** This mailbox's own answer. */
  response: MicrosoftResponseStatus;
  isCancelled: boolean;
  isDeleted: boolean;
  /** The owner of a guest's copy took it out of the calendar; later changes by the organizer do not bring it back. */
  isRemovedByGuest: boolean;
  created: string;
  modified: string;
  changeKey: string;
  /** Position in the calendar's change log, now and when it was made. */
  seq: number;
  createdSeq: number;
  /** Position by creation, for a stable order of lists. */
  order: number;
  /** By the stamp of the slot that the rule made: `20260901T080000Z`, all-day `20260901`. */
  exceptions: Map<string, MicrosoftStoredException>;
  /** Occurrences that the rule no longer makes, with their place in the change log. */
  lost: Map<string, number>;
  /** The organizer's event that this one is a guest's copy of. */
  copyOf: { calendarId: string; key: string } | null;
  /** A guest invited to single occurrences has no master, only these. */
  hasOnlyExceptions: boolean;
  extendedProperties: Record<string, string>;
  extensions: Record<string, Record<string, unknown>>;
}

export interface MicrosoftStoredException {
  /** The epoch millisecond of the slot that the rule made. */
  originalMs: number;
  /** Only what differs from the master; the rest is inherited. */
  overlay: Partial<MicrosoftEventFields>;
  response: MicrosoftResponseStatus | null;
  isCancelled: boolean;
  isDeleted: boolean;
  isRemovedByGuest: boolean;
  created: string;
  modified: string;
  changeKey: string;
  seq: number;
}

export interface MicrosoftClient {
  id: string;
  /** Two may be valid at once; null: without an end. */
  secrets: { value: string; expiresAtMs: number | null }[];
  redirectUris: string[];
  /** "Supported account types": everybody, any organization, personal accounts, or one tenant by its id. */
  audience: string;
  isDisabled: boolean;
}

export interface MicrosoftGrant {
  clientId: string;
  email: string;
  scopes: string[];
  grantedAt: string;
}

export interface MicrosoftCode {
  clientId: string;
  email: string;
  /** The segment of the URL at which it was given. */
  authority: string;
  redirectUri: string;
  scopes: string[];
  nonce: string | null;
  challenge: PkceChallenge | null;
  expiresAtMs: number;
  isRedeemed: boolean;
}

export interface MicrosoftAccessToken {
  clientId: string;
  email: string;
  scopes: string[];
  expiresAtMs: number;
}

export interface MicrosoftRefreshToken {
  clientId: string;
  email: string;
  scopes: string[];
  expiresAtMs: number;
  /** The AADSTS code that it meets from now on; null: it is good. */
  deadBy: number | null;
}

/** A subscription to the events of one calendar. */
export interface MicrosoftSubscription {
  id: string;
  clientId: string;
  email: string;
  calendarId: string;
  resource: string;
  changeTypes: string[];
  notificationUrl: string;
  lifecycleNotificationUrl: string | null;
  clientState: string | null;
  expiresAtMs: number;
  usesImmutableIds: boolean;
  /** No deliveries until it is authorized again. */
  isPaused: boolean;
  /** The calendar's change log when the last notice was sent. */
  notifiedSeq: number;
}

/** A mail that Exchange itself would have sent. */
export interface MicrosoftMail {
  at: string;
  kind: 'invitation' | 'update' | 'cancellation' | 'reply' | 'forward' | 'message';
  from: string;
  to: string[];
  eventId: string | null;
  iCalUId: string | null;
  subject: string;
  comment: string;
}

/** Per application and mailbox. */
export interface MicrosoftLimits {
  concurrency: number;
  requests: number;
  windowSeconds: number;
  /** Every Graph call takes this long, so that calls meet. */
  latencyMs: number;
  /** How long a notice waits before each further try; the real ones go on for four hours. */
  retryWaitsMs: readonly number[];
}

export type DeltaReset = 'gone' | 'gone-with-location' | 'not-found' | 'invalid' | 'nested';

export function emptyMicrosoftState(): MicrosoftState {
  return {
    lastVersion: 0,
    tenants: new Map(),
    people: new Map(),
    calendars: new Map(),
    clients: new Map(),
    grants: new Map(),
    codes: new Map(),
    accessTokens: new Map(),
    refreshTokens: new Map(),
    signingKey: null,
    mails: [],
    subscriptions: new Map(),
    onlineMeetings: { delayMs: 0, fails: false, pending: [] },
    limits: { concurrency: 4, requests: 10_000, windowSeconds: 600, latencyMs: 0, retryWaitsMs: RETRY_WAITS_MS },
    deltaReset: 'gone',
  };
}
