import { parseInstant } from '@daymark/domain';
import type { ZoneId } from '@daymark/domain';
import type { MailBranding, MailKind, MailMeeting, MailRequest, PreparationItem } from './mail-content.ts';
import { renderMail } from './render-mail.ts';
import type { RenderedMail } from './render-mail.ts';

export interface PreviewRequest {
  readonly kind: MailKind;
  readonly branding: MailBranding;
  readonly zone: ZoneId;
  readonly locale: string;
}

const meeting: MailMeeting = {
  id: 'mtg_00000000000000000000000000000000',
  sequence: 1,
  title: 'Quarterly planning',
  start: parseInstant('2027-03-30T07:00:00Z'),
  end: parseInstant('2027-03-30T08:00:00Z'),
  zone: 'Europe/Berlin' as ZoneId,
  description: 'Where we stand, and what comes next.',
  location: 'Room 4',
  joinUrl: 'https://meet.example.com/abc-defg-hij',
  manageUrl: 'https://daymark.example.com/m/sample',
  hosts: [{ email: 'grace@example.com', name: 'Grace Hopper', zone: 'Europe/Berlin' as ZoneId, response: 'accepted' }],
  attendees: [
    { email: 'ada@example.com', name: 'Ada Lovelace', response: 'accepted', optional: false },
    { email: 'alan@example.com', name: 'Alan Turing', response: 'needs-action', optional: true },
  ],
  iCalUid: 'sample@daymark.example.com',
};

const preparation: readonly PreparationItem[] = [
  { kind: 'link', title: 'Figures of the last quarter', url: 'https://docs.example.com/figures' },
  { kind: 'note', title: 'Last time', text: 'Decided to hire two people.\nOpen: the budget.', generated: true },
];

/** A mail of that kind about a made-up meeting: what an admin sees while changing the branding. */
export function previewMail({ kind, branding, zone, locale }: PreviewRequest): Promise<RenderedMail> {
  return renderMail(previewRequest({ kind, branding, zone, locale }));
}

function previewRequest({ kind, branding, zone, locale }: PreviewRequest): MailRequest {
  const recipient = { email: 'ada@example.com', name: 'Ada Lovelace', zone, locale };
  const fields = { meeting, recipient, branding, preparation };
  const stampedAt = parseInstant('2027-03-01T09:00:00Z');
  const previous = { start: parseInstant('2027-03-29T07:00:00Z'), end: parseInstant('2027-03-29T08:00:00Z') };
  switch (kind) {
    case 'reminder':
      return { ...fields, kind };
    case 'confirmation':
      return { ...fields, kind, stampedAt };
    case 'rescheduled':
      return { ...fields, kind, stampedAt, previous, comment: 'The room is free a day later.' };
    case 'cancelled':
      return { ...fields, kind, stampedAt, comment: 'We will find a time next month.' };
  }
}
