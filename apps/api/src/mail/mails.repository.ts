import { Injectable } from '@nestjs/common';
import { addMilliseconds, Clock, MINUTE_MS, type Instant, type Uuid } from '@daymark/domain';
import { toInstant, toTimestamp } from '../database/columns.ts';
import { Database, type Transaction } from '../database/database.ts';
import { TenantSettings } from '../identity/tenant-settings.ts';
import { statusOf } from '../setup-links/setup-link.ts';
import { SetupLinksRepository } from '../setup-links/setup-links.repository.ts';
import { SetupLinkTokens } from '../setup-links/setup-link-tokens.ts';
import type { ClaimedMail, MailDetails } from './mail-row.ts';
import { meetingMailKinds, standingOf, type MailKind, type MeetingMailKind } from './mail-standing.ts';
import { isLinkAwaited, MeetingFactsReader, uidOf, type MeetingFacts } from './meeting-facts.ts';
import { Mails } from './mails.ts';

interface Row {
  readonly id: Uuid;
  readonly meeting_id: Uuid | null;
  readonly user_id: Uuid | null;
  readonly kind: MailKind;
  readonly sequence: number;
  readonly recipient: string;
  readonly message_id: string;
  readonly details: MailDetails;
  readonly attempts: number;
  readonly wait_until: Date | null;
  readonly created_at: Date;
}

/** How long nobody else may send a mail that one worker has taken. */
const LEASE_MS = 2 * MINUTE_MS;

/** The outbox. What is taken is marked before it is sent; an unknown end is repeated under the same Message-ID. */
@Injectable()
export class MailsRepository {
  constructor(
    private readonly database: Database,
    private readonly reader: MeetingFactsReader,
    private readonly settings: TenantSettings,
    private readonly mails: Mails,
    private readonly setupLinks: SetupLinksRepository,
    private readonly tokens: SetupLinkTokens,
    private readonly clock: Clock,
  ) {}

  /** Null when it is not due, taken, ended, or says what is no longer true (which is recorded). */
  async claim(tenantId: Uuid, id: Uuid): Promise<ClaimedMail | null> {
    return this.database.withTenant(tenantId, (tx) => this.#claim(tx, id));
  }

  async #claim(tx: Transaction, id: Uuid): Promise<ClaimedMail | null> {
    const now = this.clock.now();
    const [found] = await tx.query<{ meeting_id: Uuid | null }[]>(`SELECT meeting_id FROM mails WHERE id = $1`, [id]);
    // The meeting is locked before the mail, as a cancel does.
    const meeting = found?.meeting_id == null ? null : await this.reader.readLocked(tx, found.meeting_id);
    const [row] = await tx.query<Row[]>(
      `SELECT id, meeting_id, user_id, kind, sequence, recipient, message_id, details, attempts, wait_until, created_at FROM mails
       WHERE id = $1 AND state IN ('due', 'sending') AND due_at <= $2 AND (lease_until IS NULL OR lease_until <= $2) FOR UPDATE SKIP LOCKED`,
      [id, toTimestamp(now)],
    );
    if (row === undefined) return null;
    const settings = await this.settings.get(tx);
    if (!settings.mail.is_enabled && row.kind !== 'test') return this.#end(tx, id, 'mail is switched off for this tenant');
    if (row.kind === 'invitation' && !(await this.#isAwaited(tx, row.user_id))) return this.#end(tx, id, 'not-needed');
    const setup = row.details.setup === undefined ? null : await this.#setup(tx, row.details.setup.setupLinkId);
    if (row.kind === 'setup-link' && setup === null) return this.#end(tx, id, 'not-needed');
    if (isAboutMeeting(row.kind)) {
      const standing = standingOf(
        {
          kind: row.kind,
          sequence: row.sequence,
          recipient: row.recipient,
          waitUntil: toInstant(row.wait_until),
          createdAt: toInstant(row.created_at),
        },
        { meeting, now },
      );
      if (standing.kind === 'void') return this.#end(tx, id, standing.reason);
      if (standing.kind === 'wait') {
        await tx.query(`UPDATE mails SET due_at = $2 WHERE id = $1`, [id, toTimestamp(standing.until)]);
        return null;
      }
    }
    const { kind, sequence, recipient } = row;
    const details = meeting === null ? row.details : { ...row.details, uid: await this.#uid(tx, { meeting, recipient }) };
    await tx.query(
      `UPDATE mails SET state = 'sending', attempts = attempts + 1, error = NULL, lease_until = $2, details = $3 WHERE id = $1`,
      [id, toTimestamp(addMilliseconds(now, LEASE_MS)), JSON.stringify(details)],
    );
    return {
      id,
      kind,
      sequence,
      recipient,
      details,
      messageId: row.message_id,
      createdAt: toInstant(row.created_at),
      attempt: row.attempts + 1,
      meeting,
      settings,
      setup,
    };
  }

  /** An address of its own for each attempt: one that may have arrived goes on working. Null when the link has ended. */
  async #setup(tx: Transaction, setupLinkId: Uuid): Promise<ClaimedMail['setup']> {
    const link = await this.setupLinks.find(tx, setupLinkId);
    if (link === null || statusOf(link, this.clock.now()) !== 'open') return null;
    return { url: await this.tokens.issue(tx, { tenantId: link.tenantId, setupLinkId }), until: link.expiresAt };
  }

  /** Whether the user is still one, and has not signed in. */
  async #isAwaited(tx: Transaction, userId: Uuid | null): Promise<boolean> {
    const rows = await tx.query<unknown[]>(`SELECT FROM users WHERE id = $1 AND removed_at IS NULL AND signed_in_at IS NULL`, [userId]);
    return rows.length > 0;
  }

  /** The same in all mails to a person, or their calendar would keep what a later mail moves or cancels. */
  async #uid(tx: Transaction, { meeting, recipient }: { meeting: MeetingFacts; recipient: string }): Promise<string> {
    const [told] = await tx.query<{ uid: string }[]>(
      `SELECT details ->> 'uid' AS uid FROM mails WHERE meeting_id = $1 AND lower(recipient) = lower($2) AND details ? 'uid' ORDER BY id LIMIT 1`,
      [meeting.id, recipient],
    );
    return told?.uid ?? uidOf(meeting);
  }

  async #end(tx: Transaction, id: Uuid, reason: string): Promise<null> {
    await tx.query(`UPDATE mails SET state = 'void', error = $2, lease_until = NULL WHERE id = $1`, [id, reason]);
    return null;
  }

  /** With it, when the link was not there yet, the mail that will bring it. A subject that stands there already stays: an erasure may have taken its words out. */
  async markSent(
    tenantId: Uuid,
    { id, kind, recipient, meeting }: Pick<ClaimedMail, 'id' | 'kind' | 'recipient' | 'meeting'>,
    subject: string,
  ): Promise<void> {
    await this.database.withTenant(tenantId, async (tx) => {
      await tx.query(
        `UPDATE mails SET state = 'sent', sent_at = $2, error = NULL, lease_until = NULL, details = jsonb_build_object('subject', $3::text) || details WHERE id = $1`,
        [id, toTimestamp(this.clock.now()), subject],
      );
      const lacksLink =
        (kind === 'confirmation' || kind === 'rescheduled') &&
        meeting !== null &&
        isLinkAwaited(meeting) &&
        meeting.conference?.join_url == null;
      if (lacksLink) await this.mails.followUp(tx, { tenantId, meeting, recipient });
    });
  }

  /** An end that people see and can act on. */
  async markFailed(tenantId: Uuid, id: Uuid, reason: string): Promise<void> {
    await this.database.withTenant(tenantId, (tx) =>
      tx.query(`UPDATE mails SET state = 'failed', error = $2, lease_until = NULL WHERE id = $1`, [id, reason]),
    );
  }

  /** It stays `sending`, since it may have gone, and is due again. */
  async markUnknown(tenantId: Uuid, id: Uuid, { reason, nextTryAt }: { reason: string; nextTryAt: Instant }): Promise<void> {
    await this.database.withTenant(tenantId, (tx) =>
      tx.query(`UPDATE mails SET error = $2, lease_until = $3 WHERE id = $1`, [id, reason, toTimestamp(nextTryAt)]),
    );
  }
}

function isAboutMeeting(kind: MailKind): kind is MeetingMailKind {
  return meetingMailKinds.some((one) => one === kind);
}
