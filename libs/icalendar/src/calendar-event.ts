import type { Instant, PlainDate, WallTime, ZoneId } from '@daymark/domain';

/** iTIP methods (RFC 5546) that mail and CalDAV need; null where the text is a stored object. */
export type CalendarMethod = 'REQUEST' | 'CANCEL' | 'PUBLISH' | 'REPLY';

/** When an event is. `zone` may be UTC; `endDate` is exclusive. */
export type CalendarEventTime =
  | {
      readonly kind: 'timed';
      readonly start: Instant;
      readonly end: Instant;
      readonly startWall: WallTime;
      readonly endWall: WallTime;
      readonly zone: ZoneId;
    }
  | { readonly kind: 'all-day'; readonly startDate: PlainDate; readonly endDate: PlainDate };

/** Which occurrence of its series an event replaces or cancels. */
export type CalendarRecurrenceId =
  { readonly kind: 'timed'; readonly at: Instant } | { readonly kind: 'all-day'; readonly date: PlainDate };

export type CalendarResponse = 'needs-action' | 'accepted' | 'tentative' | 'declined';

export interface CalendarPerson {
  readonly email: string;
  readonly name: string | null;
}

export interface CalendarAttendee extends CalendarPerson {
  readonly response: CalendarResponse;
  readonly optional: boolean;
  readonly resource: boolean;
  readonly replyRequested: boolean;
}

/** One VEVENT. Text is plain and may be anything; it is cleaned and escaped when written. */
export interface CalendarEvent {
  readonly uid: string;
  /** Grows only when time or recurrence changes, so that clients ask people again only then. */
  readonly sequence: number;
  readonly stampedAt: Instant;
  readonly time: CalendarEventTime;
  readonly recurrenceId: CalendarRecurrenceId | null;
  /** RFC 5545 lines `RRULE`, `RDATE`, `EXDATE`, without DTSTART. */
  readonly rules: readonly string[];
  readonly status: 'confirmed' | 'tentative' | 'cancelled';
  readonly busy: boolean;
  readonly private: boolean;
  readonly title: string | null;
  readonly description: string | null;
  readonly location: string | null;
  readonly url: string | null;
  /** Where to join, written both as CONFERENCE (RFC 7986) and the way Google reads it. */
  readonly joinUrl: string | null;
  readonly organizer: CalendarPerson | null;
  readonly attendees: readonly CalendarAttendee[];
}

export interface CalendarText {
  readonly method: CalendarMethod | null;
  readonly events: readonly CalendarEvent[];
}
