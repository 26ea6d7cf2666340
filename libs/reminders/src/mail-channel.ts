/** A mail ready to be handed to a transport. The host adds who it is from. */
export interface OutgoingMail {
  /** Stable: a repeat carries the same one. */
  readonly messageId: string;
  readonly to: { readonly email: string; readonly name: string | null };
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  readonly calendar: MailCalendarPart | null;
}

/** iCalendar text, sent as `text/calendar; method=…`. */
export interface MailCalendarPart {
  readonly method: 'REQUEST' | 'CANCEL';
  readonly content: string;
}

export type MailOutcome =
  | { readonly kind: 'accepted'; readonly response: string }
  /** For good: a repeat would be refused as well. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** For now, or nobody knows whether it went: to be repeated with the same Message-ID. */
  | { readonly kind: 'unknown'; readonly reason: string };

/** Port: one way to get a mail to people. A thrown error counts as an unknown outcome. */
export abstract class MailChannel {
  abstract send(mail: OutgoingMail): Promise<MailOutcome>;
}
