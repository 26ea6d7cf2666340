import type { Instant } from '@daymark/domain';
import type { MeetingToCheck, ReminderToCheck, SendDecision } from './check-at-send.ts';
import type { MailBranding, MailMeeting, MailRecipient, PreparationItem } from './mail/mail-content.ts';

/** A reminder that one worker now sends, with what its mail needs, read in the transaction that claimed it. */
export interface ClaimedReminder {
  readonly id: string;
  readonly key: string;
  /** 1 for the first try. */
  readonly attempt: number;
  readonly recipient: MailRecipient;
  readonly meeting: MailMeeting;
  readonly branding: MailBranding;
  readonly preparation: readonly PreparationItem[];
}

export interface ClaimRequest {
  readonly now: Instant;
  /** Until when no other worker may claim it; a claim that was never answered is free again after that. */
  readonly leaseUntil: Instant;
  /** Called inside the transaction, with reminder and meeting locked. */
  readonly decide: (reminder: ReminderToCheck, meeting: MeetingToCheck | null) => SendDecision;
}

export type ClaimResult =
  | { readonly kind: 'claimed'; readonly reminder: ClaimedReminder }
  /** Recorded: voided or skipped with its reason. */
  | { readonly kind: 'dropped'; readonly decision: Extract<SendDecision, { kind: 'void' | 'skip' }> }
  /** Not due, already ended, unknown, or claimed by another worker. */
  | { readonly kind: 'nothing' };

/**
 * Port: the reminders of a tenant, over the host's database; every method is one transaction.
 * A cancel and a claim exclude each other by the locks taken in {@link claim}: after a cancel
 * committed nothing is claimed, and a cancel that finds a row `sending` can say so.
 */
export abstract class ReminderStore {
  /** Locks an open row whose time has come, asks `decide`, and records `sending`, `void` or `skipped`. */
  abstract claim(id: string, request: ClaimRequest): Promise<ClaimResult>;
  abstract markSent(id: string, result: { readonly at: Instant; readonly messageId: string; readonly response: string }): Promise<void>;
  /** An end that people see and can act on. */
  abstract markFailed(id: string, result: { readonly at: Instant; readonly reason: string }): Promise<void>;
  /** Stays `sending` and is due again at `nextTryAt`. */
  abstract markUnknown(id: string, result: { readonly at: Instant; readonly reason: string; readonly nextTryAt: Instant }): Promise<void>;
}
