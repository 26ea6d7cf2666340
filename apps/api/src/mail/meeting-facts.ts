import { Injectable } from '@nestjs/common';
import type { PreparationItem as WirePreparation, Settings } from '@daymark/api-contract';
import { formatId, type Instant, type MeetingStatus, type Uuid, type ZoneId } from '@daymark/domain';
import type { MailAttendee, MailBranding, MailMeeting, MailRecipient, PreparationItem } from '@daymark/reminders';
import { isAddressKnown } from '../audit/erased-address.ts';
import { toInstant } from '../database/columns.ts';
import type { Transaction } from '../database/database.ts';

export interface AttendeeFacts {
  readonly email: string;
  readonly name: string | null;
  readonly kind: 'host' | 'guest';
  readonly isOptional: boolean;
  readonly response: MailAttendee['response'];
  /** Null for people outside the tenant. */
  readonly userId: Uuid | null;
  /** As chosen for the meeting, else the user's own, which is that of the tenant where they chose none. */
  readonly zone: ZoneId | null;
  readonly locale: string | null;
}

/** A meeting as mails and reminders need it: the rows as they are now. */
export interface MeetingFacts {
  readonly id: Uuid;
  readonly tenantId: Uuid;
  readonly status: MeetingStatus;
  readonly title: string;
  readonly description: string | null;
  readonly location: string | null;
  readonly start: Instant;
  readonly end: Instant;
  readonly zone: ZoneId;
  readonly sequence: number;
  readonly conference: { readonly status: 'pending' | 'ready' | 'failed'; readonly join_url: string | null } | null;
  readonly reminderMinutes: readonly number[];
  readonly preparation: readonly WirePreparation[];
  /** UID of the event on the organiser's calendar; null until it is written. */
  readonly placedUid: string | null;
  /** The organiser's calendar has still to be written. */
  readonly isPlacementAwaited: boolean;
  readonly attendees: readonly AttendeeFacts[];
}

interface Row {
  readonly id: Uuid;
  readonly tenant_id: Uuid;
  readonly status: MeetingStatus;
  readonly title: string;
  readonly description: string | null;
  readonly location: string | null;
  readonly start_at: Date;
  readonly end_at: Date;
  readonly zone: ZoneId;
  readonly sequence: number;
  readonly conference: MeetingFacts['conference'];
  readonly reminder_minutes: number[];
  readonly preparation: WirePreparation[];
  readonly placed_uid: string | null;
  readonly is_awaited: boolean;
  readonly attendees: AttendeeFacts[];
}

/** Reads meetings for mails and reminders. */
@Injectable()
export class MeetingFactsReader {
  /** With the meeting kept from changing until the end of the transaction: a cancel comes before, or after. */
  async readLocked(tx: Transaction, meetingId: Uuid): Promise<MeetingFacts | null> {
    await tx.query(`SELECT FROM meetings WHERE id = $1 FOR SHARE`, [meetingId]);
    return this.read(tx, meetingId);
  }

  async read(tx: Transaction, meetingId: Uuid): Promise<MeetingFacts | null> {
    const [row] = await tx.query<Row[]>(
      `SELECT m.id, m.tenant_id, m.status, m.title, m.description, m.location, m.start_at, m.end_at, m.zone, m.sequence, m.conference, m.reminder_minutes, m.preparation,
         p.ical_uid AS placed_uid, coalesce(p.ical_uid IS NULL AND p.state IN ('pending', 'waiting'), false) AS is_awaited,
         coalesce((
           SELECT jsonb_agg(jsonb_build_object('email', a.email, 'name', coalesce(a.name, u.name), 'kind', a.kind, 'isOptional', a.is_optional, 'response', a.response,
             'userId', a.user_id, 'zone', coalesce(a.zone, r.zone), 'locale', coalesce(a.locale, u.locale)) ORDER BY a.kind DESC, a.id)
           FROM attendees a LEFT JOIN users u ON u.id = a.user_id LEFT JOIN resources r ON r.user_id = a.user_id
           WHERE a.meeting_id = m.id AND ${isAddressKnown('a.email')}), '[]'::jsonb) AS attendees
       FROM meetings m
       LEFT JOIN LATERAL (
         SELECT ical_uid, state FROM placements WHERE thing_id = m.id AND thing_kind = 'meeting' AND role = 'organizer' ORDER BY id LIMIT 1
       ) p ON true
       WHERE m.id = $1`,
      [meetingId],
    );
    return row === undefined ? null : factsOf(row);
  }
}

function factsOf(row: Row): MeetingFacts {
  const { id, status, title, description, location, zone, sequence, conference, preparation, attendees } = row;
  return {
    id,
    tenantId: row.tenant_id,
    status,
    title,
    description,
    location,
    start: toInstant(row.start_at),
    end: toInstant(row.end_at),
    zone,
    sequence,
    conference,
    reminderMinutes: row.reminder_minutes,
    preparation,
    placedUid: row.placed_uid,
    isPlacementAwaited: row.is_awaited,
    attendees: [...attendees].sort((one, other) => Number(other.kind === 'host') - Number(one.kind === 'host')),
  };
}

/** Whether a join link was asked for and may still come. */
export function isLinkAwaited({ conference }: Pick<MeetingFacts, 'conference'>): boolean {
  return conference?.status === 'pending';
}

export function attendeeWith(facts: Pick<MeetingFacts, 'attendees'>, email: string): AttendeeFacts | null {
  return facts.attendees.find((one) => one.email.toLowerCase() === email.toLowerCase()) ?? null;
}

/** Attendees who did not decline. */
export function attending({ attendees }: Pick<MeetingFacts, 'attendees'>): AttendeeFacts[] {
  return attendees.filter(({ response }) => response !== 'declined');
}

/** The person in their own zone and language, else in those of the meeting and the tenant. */
export function recipientOf(email: string, { facts, settings }: { facts: MeetingFacts; settings: Settings }): MailRecipient {
  const attendee = attendeeWith(facts, email);
  return {
    email: attendee?.email ?? email,
    name: attendee?.name ?? null,
    zone: attendee?.zone ?? facts.zone,
    locale: attendee?.locale ?? settings.locale,
  };
}

/** The meeting as a mail to this person tells it; only users are led to the app. */
export function mailMeetingOf(
  facts: MeetingFacts,
  { email, publicUrl, iCalUid }: { email: string; publicUrl: string; iCalUid: string },
): MailMeeting {
  const isUser = attendeeWith(facts, email)?.userId != null;
  return {
    id: formatId('meeting', facts.id),
    sequence: facts.sequence,
    title: facts.title,
    start: facts.start,
    end: facts.end,
    zone: facts.zone,
    description: facts.description,
    location: facts.location,
    joinUrl: facts.conference?.join_url ?? null,
    manageUrl: isUser ? `${publicUrl}/meetings/${formatId('meeting', facts.id)}` : null,
    hosts: facts.attendees
      .filter(({ kind }) => kind === 'host')
      .map(({ email: address, name, zone, response }) => ({ email: address, name, zone, response })),
    attendees: facts.attendees
      .filter(({ kind }) => kind === 'guest')
      .map(({ email: address, name, response, isOptional }) => ({ email: address, name, response, optional: isOptional })),
    iCalUid,
  };
}

/** UID of the placed event once it is known, else one of the meeting's own. */
export function uidOf({ id, placedUid }: Pick<MeetingFacts, 'id' | 'placedUid'>): string {
  return placedUid ?? `${formatId('meeting', id)}@daymark`;
}

/** What a person is to prepare with: notes about a guest are for the people of the tenant only. */
export function preparationFor(email: string, facts: MeetingFacts): PreparationItem[] {
  if (attendeeWith(facts, email)?.userId == null) return [];
  return facts.preparation.map((item) => (item.kind === 'link' ? item : { ...item, generated: false }));
}

export function brandingOf({ branding }: Settings): MailBranding {
  return { name: branding.name, color: branding.color, logoUrl: branding.logo_url, footer: branding.support_email };
}
