import type { Settings } from '@daymark/api-contract';
import type { Instant, Secret, Uuid, ZoneId } from '@daymark/domain';
import type { MeetingFacts } from './meeting-facts.ts';
import type { MailKind } from './mail-standing.ts';

export interface MailDetails {
  readonly previous?: { readonly start: Instant; readonly end: Instant };
  readonly comment?: string | null;
  /** Of a guest who is no attendee any more. */
  readonly person?: { readonly name: string | null; readonly zone: ZoneId | null; readonly locale: string | null };
  readonly event?: CancelledEvent;
  readonly accountEmail?: string;
  readonly invitation?: Invitation;
  /** Which link brings the person to the provider, and who asks them; null for programs. */
  readonly setup?: { readonly setupLinkId: Uuid; readonly inviter: string | null };
  /** Under which the calendar file of the mail knows the meeting. */
  readonly uid?: string;
}

/** That somebody was made a user of a tenant. */
export interface Invitation {
  readonly tenant: string;
  /** Whose session it was; null for programs. */
  readonly inviter: string | null;
}

/** An event that the platform removed from a calendar, as its guests knew it. */
export interface CancelledEvent {
  readonly id: Uuid;
  /** Null: no calendar file is attached. */
  readonly iCalUid: string | null;
  readonly sequence: number;
  /** Where the rules of its series had put it; absent when all of the event is cancelled. */
  readonly originalStart?: Instant;
  readonly title: string;
  readonly start: Instant;
  readonly end: Instant;
  readonly zone: ZoneId;
  readonly location: string | null;
  readonly organizer: { readonly email: string; readonly name: string | null } | null;
}

/** A mail that one worker now sends, with what it is written from. */
export interface ClaimedMail {
  readonly id: Uuid;
  readonly kind: MailKind;
  readonly sequence: number;
  readonly recipient: string;
  readonly messageId: string;
  readonly details: MailDetails;
  readonly createdAt: Instant;
  /** 1 for the first try. */
  readonly attempt: number;
  readonly meeting: MeetingFacts | null;
  readonly settings: Settings;
  /** Of a setup link: its address, made for this attempt and stored nowhere, and until when it works. */
  readonly setup: { readonly url: Secret; readonly until: Instant } | null;
}
