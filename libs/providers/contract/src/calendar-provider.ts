import type { Instant, Interval, ZoneId } from '@daymark/domain';
import type { Strategy } from 'passport';
import type { AccessProfile, Credentials, HostPorts, OAuthFlow, RemoteAccount } from './provider-auth.ts';
import type { ProviderCalendar } from './provider-calendar.ts';
import type { EventReminders, EventTime, EventVisibility, OriginalStart, ProviderEvent } from './provider-event.ts';
import type { PushReceiver, PushSubscriber } from './provider-push.ts';

/**
 * The most a provider can offer; a session may offer less. `free-busy`: busy time of the account's own calendars
 * and of those shared with it; `others-free-busy`: of people by their address, as far as the service shows it.
 */
export type Capability = 'write' | 'free-busy' | 'others-free-busy' | 'push' | 'conference' | 'find-times';

export interface ScopeReason {
  readonly scope: string;
  /** One sentence for the person who grants it. */
  readonly reason: string;
}

/** Everything that screens and documents need to know about a service, as data. */
export interface ProviderManifest {
  readonly name: string;
  /** Identity colour, `#rrggbb`, on light and on dark ground. */
  readonly color: { readonly light: string; readonly dark: string };
  /** SVG, 16 × 16, `currentColor`. */
  readonly icon: string;
  readonly profiles: Readonly<Record<AccessProfile, { readonly description: string; readonly scopes: readonly ScopeReason[] }>>;
  /** Event fields that survive a round trip. */
  readonly keepsFields: readonly string[];
  readonly conference: { readonly key: string; readonly name: string } | null;
  /**
   * Whether the service mails guests only when asked to, or of everything that concerns them. With `always` a write that
   * concerns guests and says `notify: none` is refused (`invalid-request`, reason `guests-are-always-mailed`): the host
   * leaves guests off such copies and invites them itself.
   */
  readonly mailsGuests: 'when-asked' | 'always';
  readonly limits: {
    readonly eventsPerPage: number;
    readonly freeBusyCalendarsPerCall: number;
    readonly freeBusyDaysPerCall: number;
    /** Calls at the same time for one account; null where the service names no limit. */
    readonly concurrentCalls: number | null;
    /** The longest life of a push channel, milliseconds; null without push. */
    readonly channelLifeMs: number | null;
  };
  /** Budgets that the host keeps, with their source. */
  readonly quotas: readonly {
    readonly scope: 'project' | 'account';
    readonly requests: number;
    readonly perMs: number;
    readonly source: string;
  }[];
  readonly documentation: string;
}

/** One service. Stateless, one per process; has no database, environment, timers, logger or stored tokens. */
export interface CalendarProvider {
  readonly contract: 1;
  /** Stored with connections, never renamed. */
  readonly id: string;
  readonly manifest: ProviderManifest;
  readonly capabilities: readonly Capability[];
  readonly auth: OAuthFlow;
  readonly signIn?: SignInFlow;
  /** Present with the capability `push`. */
  readonly push?: PushReceiver;
  /** No network. */
  open(access: ConnectionAccess): CalendarSession;
}

/** What the host lends to a session. `credentials()` may refresh; `fetch` is the guarded client. */
export interface ConnectionAccess {
  credentials(): Promise<Credentials>;
  readonly fetch: typeof fetch;
  now(): Instant;
  readonly profile: AccessProfile;
}

/** One connection in use. Every method throws ProviderError and nothing else. */
export interface CalendarSession {
  /** All of them, every page. */
  listCalendars(): Promise<readonly ProviderCalendar[]>;
  /** One page. It is whole, or this throws. */
  listChanges(request: ChangeRequest): Promise<ChangePage>;
  /** Null when it is gone (deleted, or never was); a cancelled exception is returned as such. A calendar out of reach is thrown. */
  getEvent(ref: EventRef): Promise<ProviderEvent | null>;
  /** One occurrence of a series as an event that can be written by itself; null when the series has none there, or it was taken out. */
  getOccurrence(ref: OccurrenceRef): Promise<ProviderEvent | null>;
  /** Absent: read-only. */
  readonly writer?: EventWriter;
  /** Absent: the host computes it from the mirror. */
  readonly freeBusy?: FreeBusyReader;
  /** Absent: the host polls. */
  readonly push?: PushSubscriber;
  /** Absent: the host knows no proposals but its own. */
  readonly findTimes?: MeetingTimesFinder;
}

export interface EventRef {
  readonly calendarId: string;
  readonly eventId: string;
}

export interface OccurrenceRef {
  readonly calendarId: string;
  readonly seriesId: string;
  readonly originalStart: OriginalStart;
}

export interface ChangeRequest {
  readonly calendarId: string;
  /** `window` stays the same through all pages of a round. */
  readonly from:
    | { readonly kind: 'start'; readonly window: Interval }
    | { readonly kind: 'cursor'; readonly cursor: SyncCursor; readonly window: Interval }
    | { readonly kind: 'page'; readonly page: PageToken; readonly window: Interval };
}

/** Opaque to the host; carries what the provider needs to ask for the next page of the same round. */
export type PageToken = string & { readonly __brand: 'PageToken' };
/** Opaque to the host; only the last page of a round has one. */
export type SyncCursor = string & { readonly __brand: 'SyncCursor' };

/**
 * An empty page means that nothing is there. What is not known is thrown. An id stands at most once in
 * a page; on several pages of a round the last one counts. What lies outside the window may be among it.
 */
export interface ChangePage {
  readonly changes: readonly EventChange[];
  readonly next: { readonly page: PageToken } | { readonly cursor: SyncCursor };
}

export type EventChange =
  | { readonly kind: 'saved'; readonly event: ProviderEvent }
  /** `unknown`: deleted or merely out of the window; the host asks by id before anything follows. */
  | { readonly kind: 'removed'; readonly eventId: string; readonly why: 'deleted' | 'unknown' }
  | {
      readonly kind: 'unreadable';
      readonly eventId: string;
      readonly version: string | null;
      readonly reason: string;
      readonly raw: unknown;
    };

/** Who is mailed by the service because of a write; `none` unless a person asked. */
export type Notify = 'all' | 'external' | 'none';

export interface EventFields {
  readonly title: string | null;
  readonly description: string | null;
  readonly location: string | null;
  readonly time: EventTime;
  /** RFC 5545 lines; empty for a single event. */
  readonly recurrence: readonly string[];
  readonly attendees: readonly { readonly email: string; readonly name: string | null; readonly optional: boolean }[];
  readonly busy: boolean;
  readonly visibility: EventVisibility;
  readonly reminders: EventReminders | null;
}

export interface NewEvent {
  readonly calendarId: string;
  /**
   * 32 hex digits chosen by the caller: the identity of this create. Repeating a create with the
   * same marker finds the first event instead of making a second; where that was deleted since, it throws
   * `conflict` with the reason `marker-of-deleted-event`, and only another marker makes the event again.
   */
  readonly marker: string;
  readonly fields: EventFields;
  /** Ask for a conference link; the answer may be pending. */
  readonly conference: boolean;
  readonly notify: Notify;
}

export interface EventUpdate {
  readonly ref: EventRef;
  /** The version last seen; another one at the service throws `conflict`. */
  readonly ifVersion: string;
  /** Only what changed. */
  readonly fields: Partial<EventFields>;
  readonly conference?: 'add' | 'remove';
  readonly notify: Notify;
}

export interface EventDeletion {
  readonly ref: EventRef;
  /** Absent: whatever the version. */
  readonly ifVersion?: string;
  readonly notify: Notify;
  /** Sent to attendees where `commentOnCancel`. */
  readonly comment?: string;
}

export interface EventWriter {
  /** Whether the service takes a comment with a cancellation; if not, the host mails it. */
  readonly commentOnCancel: boolean;
  create(event: NewEvent): Promise<ProviderEvent>;
  update(update: EventUpdate): Promise<ProviderEvent>;
  /** Deleting what is gone succeeds; a calendar out of reach is thrown, for nobody knows what is on it. */
  remove(deletion: EventDeletion): Promise<void>;
}

export interface FreeBusyRequest {
  /** Calendar ids or addresses of people. */
  readonly subjects: readonly string[];
  readonly window: Interval;
  readonly zone: ZoneId;
}

/** Per subject; one that cannot be read is unknown, not free. */
export type FreeBusyAnswer =
  | { readonly subject: string; readonly busy: readonly Interval[] }
  | {
      readonly subject: string;
      readonly error: { readonly code: 'not-found' | 'forbidden' | 'unavailable' | 'too-many'; readonly reason: string };
    };

export interface FreeBusyReader {
  /** Any number of subjects and any length: the provider cuts it into calls. */
  read(request: FreeBusyRequest): Promise<readonly FreeBusyAnswer[]>;
}

export interface MeetingTimesRequest {
  /** Addresses; the account itself takes part. */
  readonly attendees: readonly { readonly email: string; readonly optional: boolean }[];
  readonly window: Interval;
  readonly durationMs: number;
  /** At most this many proposals. */
  readonly limit: number;
}

/** A time that the service proposes. Somebody of whom it knows nothing is `unknown`, never free. */
export interface ProposedTime {
  readonly interval: Interval;
  /** 0 to 1, as the service sees it. */
  readonly confidence: number;
  readonly attendees: readonly { readonly email: string; readonly state: 'free' | 'tentative' | 'busy' | 'unknown' }[];
}

export interface MeetingTimesFinder {
  /** Best first; none is an answer. @throws ProviderError with the problem `suggestions-unavailable` where this account is offered none. */
  find(request: MeetingTimesRequest): Promise<readonly ProposedTime[]>;
}

/** Signing in with the service, by Passport; nothing of the calendar is asked for. */
export interface SignInFlow {
  readonly label: string;
  /** Options for `passport.authenticate` besides `session: false`. */
  readonly authenticateOptions: Readonly<Record<string, unknown>>;
  /** The strategy, made anew for the host's state store and callback. */
  strategy(host: SignInHost): Strategy;
}

export interface SignInHost extends HostPorts {
  readonly callbackUrl: string;
  /** Keeps state and PKCE verifier in the database; passport-oauth2's `StateStore` in its PKCE form. */
  readonly stateStore: PkceStateStore;
}

/** passport-oauth2's state store when `pkce` is on: five-argument `store`, three-argument `verify`. */
export interface PkceStateStore {
  store(request: unknown, verifier: string, state: unknown, meta: unknown, done: (error: Error | null, handle?: string) => void): void;
  verify(request: unknown, handle: string, done: (error: Error | null, verifier?: string | false, state?: unknown) => void): void;
}

/** What a sign-in strategy passes to `done(null, …)`. */
export type SignedIn = RemoteAccount;
