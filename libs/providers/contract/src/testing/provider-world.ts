import type { Instant, Interval, PlainDate, ZoneId } from '@daymark/domain';
import type { CalendarProvider, EventFields } from '../calendar-provider.ts';
import type { AccessRole } from '../provider-calendar.ts';
import type { EventKind, EventTime, EventVisibility, OriginalStart, ResponseStatus } from '../provider-event.ts';
import type { WorldFaults } from './world-faults.ts';
import type { WorldPush } from './world-push.ts';

/** Opens the world of one provider: its service, running, with nobody in it yet. Called once for all cases. */
export type OpenWorld = () => Promise<ProviderWorld | WorldToWrite>;

/** In place of a world that nobody has written yet: every case fails at once, with this sentence. */
export interface WorldToWrite {
  readonly toWrite: string;
}

/**
 * A service to test a provider against, told in the words of the contract only. Its parts: what people do
 * there, what the service really holds, what goes wrong, and which notices it sends. What it holds is read past the provider and mapped
 * without the provider's own code, or the kit would compare a mapping with itself.
 */
export interface ProviderWorld {
  /** The provider under test, made for this world. */
  readonly provider: CalendarProvider;
  /** The same, registered in a way that the service refuses (a wrong client secret). */
  readonly misregistered: CalendarProvider;
  /** What the service offers to people, whatever the provider makes of it. */
  readonly service: ServiceFacts;
  readonly people: {
    /** Who connects. */
    readonly owner: WorldPerson;
    /** At the same service and in the same organisation. */
    readonly colleague: WorldPerson;
    /** An address that the service does not know. */
    readonly outsider: { readonly email: string };
  };
  readonly clock: { now(): Instant; advance(ms: number): void };
  readonly redirectUri: string;

  /** Forgets events, calendars, grants, mails and faults; owner and colleague are there with an empty calendar each. */
  reset(now: Instant): Promise<void>;
  close(): Promise<void>;

  /** The owner goes through the consent page at that address; gives where the service sends the browser then. */
  consent(authorizeUrl: string, choice?: { readonly unticked?: readonly string[] }): Promise<URL>;

  readonly acts: WorldActs;
  readonly holds: WorldHolds;
  readonly faults: WorldFaults;
  /** Present where the service sends notices. */
  readonly push?: WorldPush;
}

export interface ServiceFacts {
  /** Kinds of events that people can make there, besides `default`. */
  readonly kinds: readonly EventKind[];
  /** What a calendar can be shared as. */
  readonly shares: readonly AccessRole[];
  /** Whether a person may grant some scopes of a request and not others. */
  readonly partialConsent: boolean;
  /** Whether guests can be written without the service mailing them. */
  readonly quietGuests: boolean;
  /** Whether a series can have single days added and excepted by its rule (`RDATE`, `EXDATE`). */
  readonly ruleDates: boolean;
  /** Whether an occurrence can be moved past the ones before and after it. */
  readonly farMoves: boolean;
  /** Whether a calendar has a time zone of its own; if not, each has its owner's. */
  readonly calendarZones: boolean;
  /** Whether the second of two equal hours can be told from the first, when clocks are set back. */
  readonly repeatedHours: boolean;
  /** Whether an invitation stays in the calendar of who declines it. */
  readonly keepsDeclined: boolean;
  /** Whether the service says that a conference could not be made; if not, it is pending for ever. */
  readonly conferenceFailures: boolean;
  /** Whether a conference can be taken off an event. */
  readonly conferenceRemoval: boolean;
  /** Whether each refresh brings a new refresh token; if not, the first one stays, unless the application asked otherwise. */
  readonly renewsRefreshTokens: boolean;
  /** Whether an application can end a grant by itself. */
  readonly revocation: boolean;
}

export interface WorldPerson {
  readonly email: string;
  readonly name: string;
  /** The id of the person's own calendar. */
  readonly calendarId: string;
  /** Of that calendar. */
  readonly zone: ZoneId;
}

/** What a person enters; what is absent is as the service has it by default. */
export type Seed = Pick<EventFields, 'title' | 'time'> & Partial<EventFields>;

export interface Occasion {
  readonly calendarId: string;
  readonly eventId: string;
}

/** What people do at the service, by hand. Ids are those that the owner's connection would read. Nobody is mailed. */
export interface WorldActs {
  /** A further calendar of the owner; gives its id. */
  addCalendar(calendar: { readonly name: string; readonly zone?: ZoneId }): Promise<string>;
  removeCalendar(calendarId: string): Promise<void>;
  /** What the owner may do with the colleague's own calendar; null takes it away. */
  share(role: AccessRole | null): Promise<void>;
  /** By the person whose calendar it is; gives the event's id. */
  create(calendarId: string, seed: Seed): Promise<string>;
  change(occasion: Occasion, fields: Partial<EventFields>): Promise<void>;
  remove(occasion: Occasion): Promise<void>;
  changeOccurrence(occasion: Occasion, at: OriginalStart, fields: Partial<EventFields>): Promise<void>;
  removeOccurrence(occasion: Occasion, at: OriginalStart): Promise<void>;
  /** To another calendar of the owner. */
  move(occasion: Occasion, toCalendarId: string): Promise<void>;
  /** The colleague invites the owner (and the outsider); gives the id in the owner's own calendar. */
  invite(seed: Seed): Promise<string>;
  /** The same for one occurrence of the colleague's series only; the rest of it is none of the owner's. */
  inviteToOccurrence(series: Seed, at: OriginalStart): Promise<void>;
  /** The owner answers an invitation. */
  respond(occasion: Occasion, response: ResponseStatus): Promise<void>;
  /** The colleague answers an invitation by the owner. */
  colleagueResponds(occasion: Occasion, response: ResponseStatus): Promise<void>;
  /** In the owner's own calendar. */
  createSpecial(kind: EventKind, seed: Seed): Promise<string>;
  /** An event as no application would write it, with this title and times that contradict each other. */
  createUnreadable(calendarId: string, title: string): Promise<string>;
  /** Makes it an ordinary event. */
  mendUnreadable(occasion: Occasion, seed: Seed): Promise<void>;
}

/** What the service really holds, past the provider. */
export interface WorldHolds {
  /** Events that are there: masters, single events and changed occurrences; nothing deleted. */
  events(calendarId: string): Promise<readonly HeldEvent[]>;
  /** What a person sees who opens the calendar: each time of each event that touches the window. */
  times(calendarId: string, window: Interval): Promise<readonly SeenTime[]>;
  /** Mails that the service has sent to guests. */
  mails(): Promise<readonly { readonly to: readonly string[] }[]>;
}

export interface HeldEvent {
  readonly id: string;
  readonly iCalUid: string | null;
  /** Not null: a changed occurrence of that series. */
  readonly seriesId: string | null;
  readonly title: string | null;
  readonly description: string | null;
  readonly location: string | null;
  readonly time: HeldTime;
  /** As stored, in lines of RFC 5545; to be compared with themselves only, for a rule can be written in many ways. */
  readonly rules: readonly string[];
  readonly status: 'confirmed' | 'tentative';
  /** Whether it takes the calendar owner's time. */
  readonly busy: boolean;
  readonly visibility: EventVisibility;
  readonly reminderMinutes: readonly number[] | 'default';
  readonly organizer: string | null;
  readonly guests: readonly { readonly email: string; readonly response: ResponseStatus; readonly optional: boolean }[];
  readonly marker: string | null;
  readonly joinUrl: string | null;
  /** Everything that the contract has no word for (colours, attachments, properties of others), to be found unharmed. */
  readonly extras: Readonly<Record<string, unknown>>;
}

export type HeldTime =
  | { readonly kind: 'timed'; readonly start: Instant; readonly end: Instant; readonly zone: ZoneId | null }
  | { readonly kind: 'all-day'; readonly startDate: PlainDate; readonly endDate: PlainDate };

export interface SeenTime {
  readonly title: string | null;
  /** Instants, or dates with an exclusive end. */
  readonly start: Instant | PlainDate;
  readonly end: Instant | PlainDate;
}

/** An {@link EventTime} without what follows from it. */
export function heldTimeOf(time: EventTime): HeldTime {
  if (time.kind === 'all-day') return { kind: 'all-day', startDate: time.startDate, endDate: time.endDate };
  return { kind: 'timed', start: time.start, end: time.end, zone: time.zone };
}
