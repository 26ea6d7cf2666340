import { addMilliseconds, type Instant } from '@daymark/domain';
import { attendeeWith, isLinkAwaited, type MeetingFacts } from './meeting-facts.ts';

/** Mails about a meeting. */
export const meetingMailKinds = ['confirmation', 'link-followup', 'rescheduled', 'cancelled', 'uninvited'] as const;
export const mailKinds = [...meetingMailKinds, 'event-cancelled', 'reconnect', 'invitation', 'setup-link', 'test'] as const;
export type MeetingMailKind = (typeof meetingMailKinds)[number];
export type MailKind = (typeof mailKinds)[number];

export interface MailToCheck {
  readonly kind: MeetingMailKind;
  readonly sequence: number;
  readonly recipient: string;
  /** Until when it waits for what is still to come. */
  readonly waitUntil: Instant | null;
  readonly createdAt: Instant;
}

export type MailStanding =
  | { readonly kind: 'send' }
  | { readonly kind: 'wait'; readonly until: Instant }
  | { readonly kind: 'void'; readonly reason: 'cancelled' | 'moved' | 'not-attending' | 'not-needed' };

const LOOK_AGAIN_MS = 2000;
const LONGEST_LOOK_MS = 60_000;

/** Whether a mail about a meeting still says what is true now. A confirmation waits for event and link, but not for ever. */
export function standingOf(mail: MailToCheck, { meeting, now }: { meeting: MeetingFacts | null; now: Instant }): MailStanding {
  if (meeting === null) return { kind: 'void', reason: 'cancelled' };
  const isInvited = attendeeWith(meeting, mail.recipient) !== null;
  if (mail.kind === 'cancelled')
    return meeting.status === 'cancelled' || meeting.status === 'declined' ? { kind: 'send' } : { kind: 'void', reason: 'not-needed' };
  if (mail.kind === 'uninvited')
    return isInvited || meeting.status !== 'booked' ? { kind: 'void', reason: 'not-needed' } : { kind: 'send' };
  if (meeting.status !== 'booked') return { kind: 'void', reason: 'cancelled' };
  if (meeting.sequence !== mail.sequence) return { kind: 'void', reason: 'moved' };
  if (!isInvited) return { kind: 'void', reason: 'not-attending' };
  if (mail.kind === 'link-followup') return followUpStanding(mail, { meeting, now });
  const isWaiting = mail.waitUntil !== null && now < mail.waitUntil && (isLinkAwaited(meeting) || meeting.isPlacementAwaited);
  return isWaiting ? { kind: 'wait', until: earlier(addMilliseconds(now, LOOK_AGAIN_MS), mail.waitUntil!) } : { kind: 'send' };
}

/** One mail with the link when it comes; nothing when it never does, or the meeting is over. */
function followUpStanding(mail: MailToCheck, { meeting, now }: { meeting: MeetingFacts; now: Instant }): MailStanding {
  if (now >= meeting.end) return { kind: 'void', reason: 'not-needed' };
  if (meeting.conference?.join_url != null) return { kind: 'send' };
  if (!isLinkAwaited(meeting)) return { kind: 'void', reason: 'not-needed' };
  return { kind: 'wait', until: addMilliseconds(now, Math.min(LONGEST_LOOK_MS, Math.max(LOOK_AGAIN_MS, (now - mail.createdAt) / 4))) };
}

function earlier(one: Instant, other: Instant): Instant {
  return one < other ? one : other;
}
