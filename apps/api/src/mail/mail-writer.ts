import { Inject, Injectable } from '@nestjs/common';
import { formatId } from '@daymark/domain';
import { ProviderRegistry } from '@daymark/provider-contract';
import { renderMail, type MailMeeting, type MailRecipient, type OutgoingMail, type RenderedMail } from '@daymark/reminders';
import { CONFIGURATION, type Configuration } from '../config/config.ts';
import { brandingOf, mailMeetingOf, recipientOf, uidOf, type MeetingFacts } from './meeting-facts.ts';
import type { CancelledEvent, ClaimedMail } from './mail-row.ts';
import { noticeMail } from './notice-mail.ts';
import { messagesOfNotices } from './notice-messages.ts';

/** Where the button of a notice leads, below the address of the app. */
const PAGES = { reconnect: 'connections', test: 'settings', invitation: '' } as const;

/** Words a mail from what is true when it is sent. */
@Injectable()
export class MailWriter {
  constructor(
    @Inject(CONFIGURATION) private readonly configuration: Configuration,
    private readonly registry: ProviderRegistry,
  ) {}

  async write(mail: ClaimedMail): Promise<OutgoingMail> {
    const to = this.#recipient(mail);
    const { subject, html, text, calendar } = await this.#render(mail, to);
    return {
      messageId: mail.messageId,
      to: { email: to.email, name: to.name === null ? null : oneLine(to.name) },
      subject,
      html,
      text,
      calendar,
    };
  }

  async #render(mail: ClaimedMail, recipient: MailRecipient): Promise<RenderedMail> {
    const { kind, details, meeting, settings, setup } = mail;
    const branding = brandingOf(settings);
    const stampedAt = mail.createdAt;
    if (kind === 'reconnect' || kind === 'test' || kind === 'invitation' || kind === 'setup-link') {
      const notice = noticeMail({
        kind,
        accountEmail: kind === 'invitation' || kind === 'setup-link' ? mail.recipient : (details.accountEmail ?? null),
        invitation: details.invitation === undefined ? null : { ...details.invitation, waysIn: this.#waysIn() },
        setup: setup === null ? null : { inviter: details.setup?.inviter ?? null, until: setup.until, zone: recipient.zone },
        link: kind === 'setup-link' ? requireLink(mail) : `${this.configuration.publicUrl}/${PAGES[kind]}`,
        locale: recipient.locale,
        brand: settings.branding,
      });
      return { ...notice, calendar: null };
    }
    if (kind === 'event-cancelled') {
      return renderMail({
        kind: 'cancelled',
        meeting: mailMeetingOfEvent(details.event!),
        recipient,
        branding,
        stampedAt,
        comment: details.comment ?? null,
      });
    }
    const facts = requireMeeting(meeting);
    const about = mailMeetingOf(facts, {
      email: mail.recipient,
      publicUrl: this.configuration.publicUrl,
      iCalUid: details.uid ?? uidOf(facts),
    });
    switch (kind) {
      case 'confirmation':
        return renderMail({ kind, meeting: about, recipient, branding, stampedAt });
      case 'link-followup': {
        const rendered = await renderMail({ kind: 'confirmation', meeting: about, recipient, branding, stampedAt });
        return { ...rendered, subject: messagesOfNotices(recipient.locale).linkFollows.replace('{subject}', () => rendered.subject) };
      }
      case 'rescheduled':
        return renderMail({
          kind,
          meeting: about,
          recipient,
          branding,
          stampedAt,
          previous: details.previous!,
          comment: details.comment ?? null,
        });
      case 'cancelled':
      case 'uninvited':
        return renderMail({ kind: 'cancelled', meeting: about, recipient, branding, stampedAt, comment: details.comment ?? null });
    }
  }

  #waysIn(): string[] {
    return this.registry.list().flatMap(({ signIn }) => (signIn === undefined ? [] : [signIn.label]));
  }

  #recipient({ kind, recipient, details, meeting, settings }: ClaimedMail): MailRecipient {
    const { person, event } = details;
    if (meeting !== null && kind !== 'uninvited') return recipientOf(recipient, { facts: meeting, settings });
    return {
      email: recipient,
      name: person?.name ?? null,
      zone: person?.zone ?? meeting?.zone ?? event?.zone ?? settings.time_zone,
      locale: person?.locale ?? settings.locale,
    };
  }
}

function requireLink({ setup }: ClaimedMail): string {
  if (setup === null) throw new Error('the setup link is gone');
  return setup.url.reveal();
}

function requireMeeting(meeting: MeetingFacts | null): MeetingFacts {
  if (meeting === null) throw new Error('the meeting is gone');
  return meeting;
}

function mailMeetingOfEvent({
  id,
  iCalUid,
  sequence,
  originalStart,
  title,
  start,
  end,
  zone,
  location,
  organizer,
}: CancelledEvent): MailMeeting {
  return {
    id: formatId('event', id),
    sequence,
    title,
    start,
    end,
    zone,
    description: null,
    location,
    joinUrl: null,
    manageUrl: null,
    hosts: organizer === null ? [] : [{ ...organizer, zone: null, response: 'accepted' }],
    attendees: [],
    iCalUid,
    ...(originalStart === undefined ? {} : { recurrence: { kind: 'occurrence', originalStart } }),
  };
}

function oneLine(text: string): string {
  return text
    .replaceAll(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, 80);
}
