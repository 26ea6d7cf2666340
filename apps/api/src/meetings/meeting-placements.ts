import { Injectable } from '@nestjs/common';
import { Clock } from '@daymark/domain';
import type { ProviderEvent } from '@daymark/provider-contract';
import { Changes } from '../audit/changes.ts';
import type { Transaction } from '../database/database.ts';
import { Mails } from '../mail/mails.ts';
import { PlacementListener, PlacementListeners } from '../placements/placement-listener.ts';
import type { Placement } from '../placements/placement.ts';
import type { StoredConference } from './meeting-view.ts';
import { MeetingsRepository } from './meetings.repository.ts';

/** What a meeting learns from its event: the join link when it is ready. */
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
    const meeting = await this.meetings.lock(tx, placement.thing.id);
    if (meeting === null || placement.role !== 'organizer') return;
    if (meeting.conference !== null && event.conference !== null) {
      const conference: StoredConference = {
        ...meeting.conference,
        status: event.conference.status,
        platform: event.conference.platform,
        join_url: event.conference.joinUrl,
      };
      const isSame = conference.status === meeting.conference.status && conference.join_url === meeting.conference.join_url;
      if (!isSame) await this.#store(tx, placement, { version: meeting.version + 1, conference });
      if (conference.status === 'pending') return;
    }
    await this.mails.linkKnown(tx, placement.thing.id);
  }

  /** A person deleted the event: the meeting stands and says so in its steps until somebody decides. */
  override async removed(): Promise<void> {
    return Promise.resolve();
  }

  override async failed(tx: Transaction, placement: Placement): Promise<void> {
    await this.mails.linkKnown(tx, placement.thing.id);
  }

  async #store(
    tx: Transaction,
    placement: Placement,
    { version, conference }: { version: number; conference: StoredConference },
  ): Promise<void> {
    await tx.query(`UPDATE meetings SET conference = $2, version = $3, updated_at = $4 WHERE id = $1`, [
      placement.thing.id,
      JSON.stringify(conference),
      version,
      new Date(this.clock.now()),
    ]);
    await this.changes.record(tx, placement.tenantId, [
      { type: 'meeting.updated', resource: { kind: 'meeting', id: placement.thing.id }, version },
    ]);
  }
}
