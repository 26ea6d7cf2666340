import type { Instant, ZoneId } from '@daymark/domain';

export interface MailPerson {
  readonly email: string;
  readonly name: string | null;
}

export interface MailRecipient extends MailPerson {
  readonly zone: ZoneId;
  /** BCP 47; words fall back to English, dates to the nearest that the runtime knows. */
  readonly locale: string;
}

export interface MailAttendee extends MailPerson {
  readonly response: 'needs-action' | 'accepted' | 'tentative' | 'declined';
  readonly optional: boolean;
}

export interface MailHost extends MailPerson {
  /** Whose clocks are shown as a second line to readers of other ones. Null: not known. */
  readonly zone: ZoneId | null;
  /** As an attendee of the organiser's event; the organiser's own is not asked for. */
  readonly response: MailAttendee['response'];
}

/** A meeting as its mails tell it. All text is plain and may be anything. */
export interface MailMeeting {
  readonly id: string;
  readonly sequence: number;
  readonly title: string;
  readonly start: Instant;
  readonly end: Instant;
  /** That of its event, for the calendar file. */
  readonly zone: ZoneId;
  readonly description: string | null;
  readonly location: string | null;
  readonly joinUrl: string | null;
  /** Where the recipient can see, move or cancel it. */
  readonly manageUrl: string | null;
  /** All of them, the organiser first; nobody may be known. */
  readonly hosts: readonly MailHost[];
  /** Everyone else. */
  readonly attendees: readonly MailAttendee[];
  /** UID of the placed event, else one of the meeting's own. Null: no calendar file is attached. */
  readonly iCalUid: string | null;
  /** Absent: it happens once. */
  readonly recurrence?: MailRecurrence;
}

/** A whole series with its RFC 5545 lines, or one occurrence of it by where the rules had put it. */
export type MailRecurrence =
  { readonly kind: 'series'; readonly rules: readonly string[] } | { readonly kind: 'occurrence'; readonly originalStart: Instant };

/** Material to prepare with. */
export type PreparationItem =
  | { readonly kind: 'link'; readonly title: string; readonly url: string }
  | { readonly kind: 'note'; readonly title: string | null; readonly text: string; readonly generated: boolean };

/** How a tenant's mails look. */
export interface MailBranding {
  readonly name: string;
  /** `#rrggbb`; anything else is replaced by the default. */
  readonly color: string;
  /** https only; mail programs fetch it, we do not. */
  readonly logoUrl: string | null;
  readonly footer: string | null;
}

interface MailRequestFields {
  readonly meeting: MailMeeting;
  readonly recipient: MailRecipient;
  readonly branding: MailBranding;
  readonly preparation?: readonly PreparationItem[];
}

/** What kind of mail, and what only that kind tells. */
export type MailRequest =
  | (MailRequestFields & { readonly kind: 'reminder' })
  | (MailRequestFields & { readonly kind: 'confirmation'; readonly stampedAt: Instant })
  | (MailRequestFields & {
      readonly kind: 'rescheduled';
      readonly stampedAt: Instant;
      readonly previous: { readonly start: Instant; readonly end: Instant };
      readonly comment: string | null;
    })
  | (MailRequestFields & { readonly kind: 'cancelled'; readonly stampedAt: Instant; readonly comment: string | null });

export type MailKind = MailRequest['kind'];
