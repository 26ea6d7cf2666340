import { Inject, Injectable } from '@nestjs/common';
import { addMilliseconds, Clock, IdSource, MINUTE_MS, type Instant, type Uuid, type ZoneId } from '@daymark/domain';
import { messageIdOf } from '@daymark/reminders';
import { CONFIGURATION, type Configuration } from '../config/config.ts';
import type { Connection } from '../connections/connection.ts';
import { toTimestamp } from '../database/columns.ts';
import type { Transaction } from '../database/database.ts';
import { mailDomain } from './mail-address.ts';
import type { CancelledEvent, MailDetails } from './mail-row.ts';
import type { MailKind } from './mail-standing.ts';
import { MeetingFactsReader, type MeetingFacts } from './meeting-facts.ts';

/** How long a confirmation waits for the event and its join link. */
const LONGEST_WAIT_MS = MINUTE_MS;

export interface MeetingToTell {
  readonly tenantId: Uuid;
  readonly meetingId: Uuid;
  /** That of the time which is told. */
  readonly sequence: number;
  /** Everyone, only people outside the tenant, or nobody. */
  readonly notify: 'all' | 'external' | 'none';
  /** Only these of the attendees. */
  readonly only?: readonly string[];
}

export interface Guest {
  readonly email: string;
  readonly name: string | null;
  readonly zone: ZoneId | null;
  readonly locale: string | null;
}

interface NewMail {
  /** What makes it one mail: the same key is never mailed twice. */
  readonly key: string;
  readonly tenantId: Uuid;
  readonly kind: MailKind;
  readonly recipient: string;
  readonly meetingId?: Uuid;
  readonly userId?: Uuid;
  readonly sequence?: number;
  readonly details?: MailDetails;
  readonly waitUntil?: Instant;
}

/**
 * Mails to be sent: rows with a key of their own, written in the transaction of what they tell and
 * worded when they are sent, from what is true then. Repeating a call writes nothing anew.
 */
@Injectable()
export class Mails {
  readonly #domain: string;

  constructor(
    private readonly reader: MeetingFactsReader,
    private readonly clock: Clock,
    private readonly ids: IdSource,
    @Inject(CONFIGURATION) configuration: Configuration,
  ) {
    this.#domain = mailDomain(configuration.mailFrom);
  }

  /** Once per attendee and time of the meeting; an attendee who was added later gets their own. */
  async confirm(tx: Transaction, meeting: MeetingToTell): Promise<void> {
    await this.#tell(tx, meeting, { kind: 'confirmation', details: {}, waitUntil: addMilliseconds(this.clock.now(), LONGEST_WAIT_MS) });
  }

  /** After the new time was stored. What was still to be said about the old one is not said any more. */
  async rescheduled(
    tx: Transaction,
    meeting: MeetingToTell & { readonly from: { readonly start: Instant; readonly end: Instant }; readonly comment?: string | null },
  ): Promise<void> {
    await this.#tell(tx, meeting, {
      kind: 'rescheduled',
      details: { previous: meeting.from, comment: meeting.comment ?? null },
      waitUntil: addMilliseconds(this.clock.now(), LONGEST_WAIT_MS),
    });
  }

  /** After the meeting was marked as cancelled or declined. */
  async cancelled(tx: Transaction, meeting: MeetingToTell & { readonly comment: string | null }): Promise<void> {
    await this.#tell(tx, meeting, { kind: 'cancelled', details: { comment: meeting.comment } });
    await tx.query(
      `UPDATE mails SET state = 'void', error = 'cancelled' WHERE meeting_id = $1 AND state = 'due' AND kind IN ('confirmation', 'link-followup', 'rescheduled')`,
      [meeting.meetingId],
    );
  }

  /** Tells guests who were taken off a meeting that goes on. */
  async uninvited(
    tx: Transaction,
    { tenantId, meetingId, guests }: { tenantId: Uuid; meetingId: Uuid; guests: readonly Guest[] },
  ): Promise<void> {
    const meeting = await this.reader.read(tx, meetingId);
    if (meeting === null) return;
    const invitations = await this.#told(tx, meetingId, 'confirmation');
    await this.#insert(
      tx,
      guests.map(({ email, ...person }) => ({
        key: meetingKey('uninvited', meeting, email, invitations(email)),
        tenantId,
        kind: 'uninvited',
        recipient: email,
        meetingId,
        sequence: meeting.sequence,
        details: { person },
      })),
    );
  }

  /** About an event that is no meeting of the platform. */
  async eventCancelled(
    tx: Transaction,
    { tenantId, event, guests, comment }: { tenantId: Uuid; event: CancelledEvent; guests: readonly Guest[]; comment: string | null },
  ): Promise<void> {
    await this.#insert(
      tx,
      guests.map(({ email, ...person }) => ({
        key: ['mail', 'event-cancelled', event.id, event.originalStart ?? 'all', event.sequence, email.toLowerCase()].join('/'),
        tenantId,
        kind: 'event-cancelled',
        recipient: email,
        sequence: event.sequence,
        details: { event, person, comment },
      })),
    );
  }

  /** The join link is there: mails that wait for it need wait no longer. */
  async linkKnown(tx: Transaction, meetingId: Uuid): Promise<void> {
    await tx.query(`UPDATE mails SET due_at = $2 WHERE meeting_id = $1 AND state = 'due' AND due_at > $2`, [
      meetingId,
      toTimestamp(this.clock.now()),
    ]);
  }

  /** A link was asked for after the booking: who has been told of the meeting without one gets it when it is there. */
  async linkAdded(tx: Transaction, meeting: MeetingToTell): Promise<void> {
    const told = await tx.query<{ recipient: string }[]>(
      `SELECT DISTINCT recipient FROM mails WHERE meeting_id = $1 AND sequence = $2 AND kind IN ('confirmation', 'rescheduled') AND state IN ('sending', 'sent')`,
      [meeting.meetingId, meeting.sequence],
    );
    await this.#tell(tx, { ...meeting, only: told.map(({ recipient }) => recipient) }, { kind: 'link-followup', details: {} });
  }

  /** What follows a confirmation that went out without the link. */
  async followUp(
    tx: Transaction,
    { tenantId, meeting, recipient }: { tenantId: Uuid; meeting: MeetingFacts; recipient: string },
  ): Promise<void> {
    await this.#insert(tx, [
      {
        key: meetingKey('link-followup', meeting, recipient),
        tenantId,
        kind: 'link-followup',
        recipient,
        meetingId: meeting.id,
        sequence: meeting.sequence,
      },
    ]);
  }

  /** Once until the account is connected again. */
  async askToReconnect(
    tx: Transaction,
    connection: Pick<Connection, 'id' | 'tenantId' | 'userId' | 'version' | 'accountEmail' | 'provider'>,
  ): Promise<void> {
    const [user] = await tx.query<Guest[]>(`SELECT email, name, zone, locale FROM users WHERE id = $1`, [connection.userId]);
    if (user === undefined) return;
    const { email, ...person } = user;
    await this.#insert(tx, [
      {
        key: ['mail', 'reconnect', connection.id, connection.version].join('/'),
        tenantId: connection.tenantId,
        kind: 'reconnect',
        recipient: email,
        userId: connection.userId,
        details: { accountEmail: connection.accountEmail ?? email, person },
      },
    ]);
  }

  /** Once for each call: whoever is invited again is told again. */
  async invite(tx: Transaction, { tenantId, userId, inviter }: { tenantId: Uuid; userId: Uuid; inviter: string | null }): Promise<void> {
    const [user] = await tx.query<(Guest & { tenant: string })[]>(
      `SELECT u.email, u.name, u.zone, u.locale, t.name AS tenant FROM users u JOIN tenants t ON t.id = u.tenant_id WHERE u.id = $1`,
      [userId],
    );
    const { email, tenant, ...person } = user!;
    await this.#insert(tx, [
      {
        key: ['mail', 'invitation', userId, this.ids.next()].join('/'),
        tenantId,
        kind: 'invitation',
        recipient: email,
        userId,
        details: { invitation: { tenant, inviter }, person },
      },
    ]);
  }

  /** Once for each setup link; its address is made when the mail is sent. */
  async askToConnect(
    tx: Transaction,
    { tenantId, userId, setupLinkId, inviter }: { tenantId: Uuid; userId: Uuid; setupLinkId: Uuid; inviter: string | null },
  ): Promise<void> {
    const [user] = await tx.query<Guest[]>(`SELECT email, name, zone, locale FROM users WHERE id = $1`, [userId]);
    const { email, ...person } = user!;
    await this.#insert(tx, [
      {
        key: ['mail', 'setup-link', setupLinkId].join('/'),
        tenantId,
        kind: 'setup-link',
        recipient: email,
        userId,
        details: { setup: { setupLinkId, inviter }, person },
      },
    ]);
  }

  async #tell(
    tx: Transaction,
    { tenantId, meetingId, sequence, notify, only }: MeetingToTell,
    { kind, details, waitUntil }: Pick<NewMail, 'kind' | 'details' | 'waitUntil'>,
  ): Promise<void> {
    const attendees = (await this.reader.read(tx, meetingId))?.attendees ?? [];
    const chosen = only?.map((email) => email.toLowerCase());
    const rounds = await this.#told(tx, meetingId, kind === 'link-followup' ? kind : 'uninvited');
    const recipients = attendees
      .filter(({ userId }) => notify === 'all' || (notify === 'external' && userId === null))
      .filter(({ email }) => chosen?.includes(email.toLowerCase()) ?? true);
    await this.#insert(
      tx,
      recipients.map(({ email }) => ({
        key: meetingKey(kind, { id: meetingId, sequence }, email, rounds(email)),
        tenantId,
        kind,
        recipient: email,
        meetingId,
        sequence,
        details,
        waitUntil,
      })),
    );
  }

  /** How often somebody was told that: one who was taken off and comes back hears both again, a link that comes back too. */
  async #told(tx: Transaction, meetingId: Uuid, kind: MailKind): Promise<(email: string) => number> {
    const rows = await tx.query<{ recipient: string; count: number }[]>(
      `SELECT lower(recipient) AS recipient, count(*)::integer AS count FROM mails WHERE meeting_id = $1 AND kind = $2 GROUP BY lower(recipient)`,
      [meetingId, kind],
    );
    const counts = new Map(rows.map(({ recipient, count }) => [recipient, count]));
    return (email) => counts.get(email.toLowerCase()) ?? 0;
  }

  async #insert(tx: Transaction, mails: readonly NewMail[]): Promise<void> {
    if (mails.length === 0) return;
    const now = this.clock.now();
    // They are shown in the order of their ids, and ids of one millisecond come in none.
    const ids = mails.map(() => this.ids.next()).sort();
    const rows = mails.map((mail, position) => ({
      id: ids[position]!,
      tenant_id: mail.tenantId,
      meeting_id: mail.meetingId ?? null,
      user_id: mail.userId ?? null,
      kind: mail.kind,
      sequence: mail.sequence ?? 0,
      recipient: mail.recipient,
      message_id: messageIdOf(mail.key, this.#domain),
      details: mail.details ?? {},
      wait_until: toTimestamp(mail.waitUntil ?? null),
    }));
    await tx.query(
      `INSERT INTO mails (id, tenant_id, meeting_id, user_id, kind, sequence, recipient, message_id, details, wait_until, due_at, created_at)
       SELECT r.id, r.tenant_id, r.meeting_id, r.user_id, r.kind, r.sequence, r.recipient, r.message_id, r.details, r.wait_until, $2, $2
       FROM jsonb_to_recordset($1::jsonb) AS r (id uuid, tenant_id uuid, meeting_id uuid, user_id uuid, kind text, sequence integer, recipient text, message_id text, details jsonb, wait_until timestamptz)
       ON CONFLICT (message_id) DO NOTHING`,
      [JSON.stringify(rows), toTimestamp(now)],
    );
  }
}

function meetingKey(kind: MailKind, { id, sequence }: Pick<MeetingFacts, 'id' | 'sequence'>, recipient: string, round = 0): string {
  return ['mail', kind, id, sequence, recipient.toLowerCase(), ...(round === 0 ? [] : [round])].join('/');
}
