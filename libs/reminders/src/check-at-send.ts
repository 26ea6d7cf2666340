import { addMinutes, MINUTE_MS } from '@daymark/domain';
import type { Instant, MeetingStatus } from '@daymark/domain';

/** What a reminder was planned for. */
export interface ReminderToCheck {
  readonly sequence: number;
  readonly email: string;
  readonly leadMinutes: number;
  readonly dueAt: Instant;
}

/** The meeting as it stands in the transaction that is about to mark the reminder as being sent. */
export interface MeetingToCheck {
  readonly sequence: number;
  readonly start: Instant;
  readonly status: MeetingStatus;
  /** Who is to be reminded now: attendees that did not decline. */
  readonly recipientEmails: readonly string[];
}

export type SendDecision =
  | { readonly kind: 'send' }
  /** Its time has not come; nothing is recorded. */
  | { readonly kind: 'wait' }
  | { readonly kind: 'void'; readonly reason: 'cancelled' | 'moved' | 'not-attending' }
  | { readonly kind: 'skip'; readonly reason: 'late' };

/** A reminder that comes later than this after its time is of no use once the meeting has started. */
export const MAX_LATE_MS = 10 * MINUTE_MS;

/**
 * Whether a planned reminder still stands. A late one is sent while the meeting has not started, or
 * when it is at most ten minutes late; `null` is a meeting that is gone.
 */
export function checkAtSend(
  reminder: ReminderToCheck,
  { meeting, now }: { readonly meeting: MeetingToCheck | null; readonly now: Instant },
): SendDecision {
  if (meeting === null || meeting.status !== 'booked') return { kind: 'void', reason: 'cancelled' };
  const isSameTime = addMinutes(meeting.start, -reminder.leadMinutes) === reminder.dueAt;
  if (meeting.sequence !== reminder.sequence || !isSameTime) return { kind: 'void', reason: 'moved' };
  const address = reminder.email.trim().toLowerCase();
  if (!meeting.recipientEmails.some((email) => email.trim().toLowerCase() === address)) return { kind: 'void', reason: 'not-attending' };
  if (now < reminder.dueAt) return { kind: 'wait' };
  if (now >= meeting.start && now - reminder.dueAt > MAX_LATE_MS) return { kind: 'skip', reason: 'late' };
  return { kind: 'send' };
}
