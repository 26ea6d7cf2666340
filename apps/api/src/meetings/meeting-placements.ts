import { Injectable } from '@nestjs/common';
import { Clock, formatInstant } from '@daymark/domain';
import type { ProviderEvent } from '@daymark/provider-contract';
import { Changes } from '../audit/changes.ts';
import type { DescribedError } from '../connections/provider-problem.ts';
import { toTimestamp } from '../database/columns.ts';
import type { Transaction } from '../database/database.ts';
import { Mails } from '../mail/mails.ts';
import { PlacementListener, PlacementListeners } from '../placements/placement-listener.ts';
import type { Placement } from '../placements/placement.ts';
import type { MeetingRow, StoredConference } from './meeting-row.ts';
import { MeetingsRepository } from './meetings.repository.ts';

const REFUSED = 'The service of the calendar made no online meeting.';
const TOO_LATE = 'The service of the calendar did not say for about an hour whether the online meeting was made.';
const DELETED = 'The event was deleted in the calendar before its online meeting was made.';

/** What a meeting learns from its event: the join link when it is ready, or that there will be none. */
@Injectable()
export class MeetingPlacements extends PlacementListener {
  override readonly kind = 'meeting';

  constructor(
    private readonly meetings: MeetingsRepository,
    private readonly mails: Mails,
    private readonly changes: Changes,
    private readonly clock: Clock,
    listeners: PlacementListeners,
  ) {
    super();
    listeners.register(this);
  }

  override async written(tx: Transaction, placement: Placement, event: ProviderEvent): Promise<void> {
    const meeting = await this.#organised(tx, placement);
    if (meeting === null) return;
    const { conferenceState } = placement;
    // A write from before the conference was asked for knows nothing of it.
    if (meeting.conference !== null && conferenceState !== null) {
      if (conferenceState === 'failed') {
        await this.#fail(tx, meeting, { placement, message: event.conference?.status === 'pending' ? TOO_LATE : REFUSED });
      } else if (event.conference !== null) {
        const { status, platform, joinUrl } = event.conference;
        await this.#store(tx, meeting, {
          placement,
          conference: { ...meeting.conference, status, platform, join_url: joinUrl, failure: null },
        });
      }
      if (conferenceState === 'pending') return;
    }
    await this.mails.linkKnown(tx, meeting.id);
  }

  /** A person deleted the event: the meeting stands and says so in its steps until somebody decides. No link will come from it. */
  override async removed(tx: Transaction, placement: Placement): Promise<void> {
    const meeting = placement.desired === 'present' ? await this.#organised(tx, placement) : null;
    if (meeting?.conference?.status !== 'pending') return;
    await this.#fail(tx, meeting, { placement, message: DELETED });
    await this.mails.linkKnown(tx, meeting.id);
  }

  override async failed(tx: Transaction, placement: Placement): Promise<void> {
    await this.mails.linkKnown(tx, placement.thing.id);
  }

  override async conferenceFailed(tx: Transaction, placement: Placement, { message }: DescribedError): Promise<void> {
    const meeting = await this.#organised(tx, placement);
    if (meeting === null) return;
    await this.#fail(tx, meeting, { placement, message: `The online meeting could not be looked for: ${message}` });
    await this.mails.linkKnown(tx, meeting.id);
  }

  async #organised(tx: Transaction, placement: Placement): Promise<MeetingRow | null> {
    return placement.role === 'organizer' ? this.meetings.lock(tx, placement.thing.id) : null;
  }

  async #fail(tx: Transaction, meeting: MeetingRow, { placement, message }: { placement: Placement; message: string }): Promise<void> {
    if (meeting.conference === null) return;
    const failure = { message, at: formatInstant(this.clock.now()) };
    await this.#store(tx, meeting, { placement, conference: { ...meeting.conference, status: 'failed', join_url: null, failure } });
  }

  async #store(
    tx: Transaction,
    meeting: MeetingRow,
    { placement, conference }: { placement: Placement; conference: StoredConference },
  ): Promise<void> {
    const isSame = conference.status === meeting.conference?.status && conference.join_url === meeting.conference.join_url;
    if (isSame) return;
    const version = meeting.version + 1;
    await tx.query(`UPDATE meetings SET conference = $2, version = $3, updated_at = $4 WHERE id = $1`, [
      meeting.id,
      JSON.stringify(conference),
      version,
      toTimestamp(this.clock.now()),
    ]);
    await this.changes.record(tx, placement.tenantId, [
      { type: 'meeting.updated', resource: { kind: 'meeting', id: meeting.id }, version },
    ]);
  }
}
