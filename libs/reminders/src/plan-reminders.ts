import { addMinutes } from '@daymark/domain';
import type { Instant, MeetingStatus, WallTime, ZoneId } from '@daymark/domain';

/** What a plan needs to know of a meeting. */
export interface PlannedMeeting {
  readonly id: string;
  /** Grows only when time or recurrence changes; see {@link sequenceAfter}. */
  readonly sequence: number;
  readonly start: Instant;
  readonly status: MeetingStatus;
}

export interface ReminderRecipient {
  readonly email: string;
  readonly name: string | null;
  readonly zone: ZoneId;
  /** BCP 47, as the person chose it: `en-GB`. */
  readonly locale: string;
}

export type ReminderChannel = 'email';

/** `planned` waits for its time; `skipped` is recorded so that people see why nothing came. */
export interface PlannedReminder {
  /** One per meeting, sequence, recipient, channel and lead time. */
  readonly key: string;
  readonly meetingId: string;
  readonly sequence: number;
  readonly recipient: ReminderRecipient;
  readonly channel: ReminderChannel;
  readonly leadMinutes: number;
  readonly dueAt: Instant;
  readonly state: 'planned' | 'skipped';
  readonly reason: 'past-at-planning' | null;
}

export interface ReminderPlanRequest {
  readonly meeting: PlannedMeeting;
  readonly recipients: readonly ReminderRecipient[];
  /** Minutes before the start; doubles count once. @throws RangeError for one that is negative or not whole. */
  readonly leadMinutes: readonly number[];
  readonly now: Instant;
}

/** The reminders of a meeting as it stands: none unless it is booked, one per recipient and lead time. */
export function planReminders({ meeting, recipients, leadMinutes, now }: ReminderPlanRequest): PlannedReminder[] {
  for (const lead of leadMinutes) {
    if (!Number.isSafeInteger(lead) || lead < 0) throw new RangeError(`not a lead time in minutes: ${lead}`);
  }
  if (meeting.status !== 'booked') return [];
  const leads = [...new Set(leadMinutes)].sort((one, other) => other - one);
  const people = new Map<string, ReminderRecipient>();
  for (const recipient of recipients) {
    const address = addressOf(recipient.email);
    if (!people.has(address)) people.set(address, recipient);
  }
  return [...people.values()].flatMap((recipient) =>
    leads.map((lead): PlannedReminder => {
      const dueAt = addMinutes(meeting.start, -lead);
      const isPast = dueAt < now;
      return {
        key: reminderKey({
          meetingId: meeting.id,
          sequence: meeting.sequence,
          email: recipient.email,
          channel: 'email',
          leadMinutes: lead,
        }),
        meetingId: meeting.id,
        sequence: meeting.sequence,
        recipient,
        channel: 'email',
        leadMinutes: lead,
        dueAt,
        state: isPast ? 'skipped' : 'planned',
        reason: isPast ? 'past-at-planning' : null,
      };
    }),
  );
}

export interface ReminderKeyParts {
  readonly meetingId: string;
  readonly sequence: number;
  readonly email: string;
  readonly channel: ReminderChannel;
  readonly leadMinutes: number;
}

/** The same for the same reminder, however often it is planned; addresses differing only in case are one person. */
export function reminderKey({ meetingId, sequence, email, channel, leadMinutes }: ReminderKeyParts): string {
  return [meetingId, sequence, channel, leadMinutes, addressOf(email)].join('/');
}

/** What is already stored of a reminder. */
export interface StoredReminder {
  readonly id: string;
  readonly key: string;
  readonly sequence: number;
  readonly state: ReminderState;
}

/** `planned` and `sending` are open; the others are ends. */
export type ReminderState = 'planned' | 'sending' | 'sent' | 'void' | 'skipped' | 'failed';

export interface ReminderPlanChange {
  readonly insert: readonly PlannedReminder[];
  /** Open rows that the plan no longer has. A row that is being sent is checked again before a repeat. */
  readonly void: readonly { readonly id: string; readonly reason: 'moved' | 'not-wanted' }[];
}

/** From the stored rows of a meeting to its new plan; nothing to do when only a title changed. */
export function reconcileReminders(stored: readonly StoredReminder[], plan: readonly PlannedReminder[]): ReminderPlanChange {
  const storedKeys = new Set(stored.map((row) => row.key));
  const plannedKeys = new Set(plan.map((row) => row.key));
  const newest = plan.reduce((latest, row) => Math.max(latest, row.sequence), -1);
  return {
    insert: plan.filter((row) => !storedKeys.has(row.key)),
    void: stored
      .filter((row) => row.state === 'planned' && !plannedKeys.has(row.key))
      .map((row) => ({ id: row.id, reason: row.sequence < newest ? ('moved' as const) : ('not-wanted' as const) })),
  };
}

export interface MeetingTiming {
  readonly start: Instant;
  readonly end: Instant;
  /** For a series: its wall time, zone and rules, since those decide when it is. */
  readonly series: { readonly startWall: WallTime; readonly zone: ZoneId; readonly rules: readonly string[] } | null;
}

/** The sequence of a meeting after a change: one more when time or recurrence changed, else the same. */
export function sequenceAfter(
  sequence: number,
  { before, after }: { readonly before: MeetingTiming; readonly after: MeetingTiming },
): number {
  return JSON.stringify(timingOf(before)) === JSON.stringify(timingOf(after)) ? sequence : sequence + 1;
}

function timingOf({ start, end, series }: MeetingTiming): unknown {
  return [start, end, series === null ? null : [series.startWall, series.zone, series.rules]];
}

function addressOf(email: string): string {
  return email.trim().toLowerCase();
}
