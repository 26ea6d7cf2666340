import type { MeetingStep, Placement as PlacementView } from '@daymark/api-contract';
import { formatId, formatInstant, isEnded, isProblemCode, parseInstant, problemDefinition, type Instant } from '@daymark/domain';
import type { DescribedError } from '../connections/provider-problem.ts';
import type { MailRow, MeetingParts, MeetingRow, PlacementRow, StoredConference } from './meeting-row.ts';

export function placementView(row: PlacementRow): PlacementView {
  return {
    id: formatId('placement', row.id),
    calendar_id: formatId('calendar', row.calendar_id),
    provider: row.provider,
    role: row.role,
    state: row.state,
    event_id: row.event_id === null ? null : formatId('event', row.event_id),
    url: row.url,
    attempts: row.attempts,
    next_try_at: row.next_try_at === null ? null : text(row.next_try_at),
    problem: row.last_error === null ? null : problemView(row.last_error, row.updated_at),
  };
}

const placementSteps: Readonly<Record<PlacementView['state'], MeetingStep['state']>> = {
  pending: 'running',
  waiting: 'waiting',
  written: 'done',
  failed: 'failed',
  removed: 'done',
};
const mailSteps: Readonly<Record<MailRow['state'], MeetingStep['state']>> = {
  due: 'waiting',
  sending: 'running',
  sent: 'done',
  failed: 'failed',
  void: 'void',
};
const mailLabels: Readonly<Record<string, string>> = {
  confirmation: 'Confirmation',
  rescheduled: 'New time',
  cancelled: 'Cancellation',
  'link-followup': 'Join link',
  reminder: 'Reminder',
};

/** Claimed, written, linked, mailed: what the platform does for a meeting and how far it is. */
export function stepsOf(row: MeetingRow, { placements, mails }: Pick<MeetingParts, 'placements' | 'mails'>): MeetingStep[] {
  const blank = { calendar_id: null, recipient: null, attempts: 0, next_try_at: null, finished_at: null, problem: null };
  const steps: MeetingStep[] = [
    {
      ...blank,
      kind: 'claim',
      label: row.status === 'cancelled' ? 'Time freed' : 'Time claimed',
      state: 'done',
      finished_at: text(row.cancelled_at ?? row.created_at),
    },
  ];
  for (const placement of placements) {
    const { attempts, next_try_at, problem, calendar_id } = placementView(placement);
    const label = placement.desired === 'absent' ? `Removed from ${placement.calendar_name}` : `Written to ${placement.calendar_name}`;
    const finishedAt =
      placement.state === 'written' || placement.state === 'removed' ? text(placement.written_at ?? placement.updated_at) : null;
    steps.push({
      ...blank,
      kind: 'placement',
      label,
      state: placementSteps[placement.state],
      calendar_id,
      attempts,
      next_try_at,
      finished_at: finishedAt,
      problem,
    });
  }
  if (row.conference !== null) steps.push({ ...blank, kind: 'conference', ...conferenceStep(row, row.conference) });
  for (const mail of mails) {
    steps.push({
      ...blank,
      kind: 'mail',
      label: `${mailLabels[mail.kind] ?? 'Mail'} to ${mail.recipient}`,
      state: mailSteps[mail.state],
      recipient: mail.recipient,
      attempts: mail.attempts,
      next_try_at: mail.state === 'due' || mail.state === 'sending' ? text(mail.due_at) : null,
      finished_at: mail.sent_at === null ? null : text(mail.sent_at),
      problem:
        mail.state === 'failed' && mail.error !== null
          ? problemView({ code: 'mail-failed', message: mail.error, providerStatus: null, providerReason: null }, mail.due_at)
          : null,
    });
  }
  return steps;
}

/** Of a meeting that has ended no link is waited for. One that was required and failed says that people will miss it. */
function conferenceStep(
  { status, updated_at }: MeetingRow,
  { status: made, platform, required, failure }: StoredConference,
): Pick<MeetingStep, 'label' | 'state' | 'problem'> {
  const states = { pending: isEnded(status) ? 'void' : 'running', ready: 'done', failed: 'failed' } as const;
  const consequence = required
    ? 'The meeting was booked only with one: give people another way to join.'
    : 'The meeting stands without one.';
  const problem =
    made !== 'failed'
      ? null
      : problemView(
          {
            code: 'conference-failed',
            message: `${failure?.message ?? 'The online meeting could not be made.'} ${consequence}`,
            providerStatus: null,
            providerReason: null,
          },
          failure?.at === undefined ? updated_at : new Date(parseInstant(failure.at)),
        );
  return { label: platform ?? 'Join link', state: states[made], problem };
}

function problemView(error: DescribedError, at: Date): NonNullable<PlacementView['problem']> {
  const code = isProblemCode(error.code) ? error.code : 'internal';
  const { cause, fix, who } = problemDefinition(code);
  return { code, message: error.message, cause, fix, who, first_seen_at: text(at), count: 1 };
}

function text(at: Date): string {
  return formatInstant(at.getTime() as Instant);
}
