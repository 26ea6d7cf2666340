/** A meeting is held (a hold), pending (waits for a confirmation) or booked; the other three are ends. */
export const meetingStatuses = ['held', 'pending', 'booked', 'cancelled', 'declined', 'expired'] as const;
export type MeetingStatus = (typeof meetingStatuses)[number];

const transitions: Readonly<Record<MeetingStatus, readonly MeetingStatus[]>> = {
  held: ['pending', 'booked', 'cancelled', 'expired'],
  pending: ['booked', 'cancelled', 'declined', 'expired'],
  booked: ['cancelled'],
  cancelled: [],
  declined: [],
  expired: [],
};

export function canBecome(from: MeetingStatus, to: MeetingStatus): boolean {
  return transitions[from].includes(to);
}

/** Whether its claims keep others out. */
export function claimsTime(status: MeetingStatus): boolean {
  return status === 'held' || status === 'pending' || status === 'booked';
}

/** Whether nothing can follow any more. */
export function isEnded(status: MeetingStatus): boolean {
  return transitions[status].length === 0;
}

/** What a meeting does after it was claimed, in order; each is seen in `/meetings/{id}/steps`. */
export const meetingStepKinds = ['claim', 'placement', 'conference', 'mail'] as const;
export type MeetingStepKind = (typeof meetingStepKinds)[number];

export const meetingStepStates = ['waiting', 'running', 'done', 'failed', 'void'] as const;
export type MeetingStepState = (typeof meetingStepStates)[number];
