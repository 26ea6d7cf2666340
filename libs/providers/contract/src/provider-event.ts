import type { Instant, PlainDate, WallTime, ZoneId } from '@daymark/domain';

/**
 * When something is: instants with the wall time and zone they were made in, or dates when all-day.
 * Never ends before it starts; a timed one may take no time (`start` equals `end`), an all-day one takes a day at least.
 */
export type EventTime =
  | {
      readonly kind: 'timed';
      readonly start: Instant;
      readonly end: Instant;
      readonly startWall: WallTime;
      readonly endWall: WallTime;
      readonly zone: ZoneId;
    }
  /** `endDate` is exclusive. */
  | { readonly kind: 'all-day'; readonly startDate: PlainDate; readonly endDate: PlainDate };

/** Where an occurrence stood by its series' rule, moved or not; identifies it within the series. */
export type OriginalStart = { readonly kind: 'timed'; readonly at: Instant } | { readonly kind: 'all-day'; readonly date: PlainDate };

export type EventStatus = 'confirmed' | 'tentative' | 'cancelled';
/** `private` also stands for what a service calls confidential. */
export type EventVisibility = 'default' | 'public' | 'private';
export type ResponseStatus = 'needs-action' | 'accepted' | 'tentative' | 'declined';

/** What an event is for. Only some kinds block time; see `busy`. */
export type EventKind = 'default' | 'out-of-office' | 'focus-time' | 'working-location' | 'birthday' | 'from-mail' | 'other';

export interface EventPerson {
  readonly email: string;
  readonly name: string | null;
  /** The owner of the calendar that the event was read from. */
  readonly self: boolean;
}

export interface EventAttendee extends EventPerson {
  readonly response: ResponseStatus;
  readonly optional: boolean;
  readonly resource: boolean;
  readonly organizer: boolean;
}

export interface EventConference {
  readonly status: 'pending' | 'ready' | 'failed';
  /** The service's own word for it, as shown to people: `Google Meet`. */
  readonly platform: string;
  readonly joinUrl: string | null;
  readonly conferenceId: string | null;
}

export interface EventReminders {
  readonly useDefault: boolean;
  /** Minutes before the start. */
  readonly overrides: readonly { readonly method: 'email' | 'popup'; readonly minutes: number }[];
}

/**
 * Where an event stands in a recurrence.
 * A `series` is a master with its rules; an `exception` is one occurrence that was changed or (status
 * `cancelled`) taken out; an `occurrence` is given by services that expand on their own.
 */
export type EventRecurrence =
  | { readonly kind: 'single' }
  /** RFC 5545 lines: `RRULE:…`, `RDATE…`, `EXDATE…`, without DTSTART. */
  | { readonly kind: 'series'; readonly rules: readonly string[] }
  | { readonly kind: 'exception' | 'occurrence'; readonly seriesId: string; readonly originalStart: OriginalStart };

/** One event as the service tells it, in our words. All text is plain as received, never trusted. */
export interface ProviderEvent {
  /** The service's id within the calendar. */
  readonly id: string;
  readonly iCalUid: string | null;
  /** Opaque; changes with every modification (an ETag). */
  readonly version: string;
  readonly recurrence: EventRecurrence;
  /** Null only for a cancelled exception whose times the service no longer tells. */
  readonly time: EventTime | null;
  readonly status: EventStatus;
  readonly kind: EventKind;
  /** Whether it takes the calendar owner's time: free, declined and merely informative ones do not. */
  readonly busy: boolean;
  readonly visibility: EventVisibility;
  readonly title: string | null;
  readonly description: string | null;
  readonly location: string | null;
  readonly organizer: EventPerson | null;
  readonly attendees: readonly EventAttendee[];
  /** The service did not tell all of them: never write this list back. */
  readonly attendeesOmitted: boolean;
  readonly conference: EventConference | null;
  readonly reminders: EventReminders | null;
  readonly colorId: string | null;
  /** What we wrote on it; see {@link NewEvent.marker}. */
  readonly marker: string | null;
  /** A link for people. */
  readonly url: string | null;
  readonly sequence: number;
  readonly createdAt: Instant | null;
  readonly updatedAt: Instant | null;
  /** Whether its shared fields can be changed from this calendar, and if not, why. */
  readonly readOnlyReason: 'not-organizer' | 'locked' | 'special-kind' | null;
  /** The answer as it came, for people who look behind the mapping. */
  readonly raw: unknown;
}
