import { Injectable } from '@nestjs/common';
import type { Conference, Issue } from '@daymark/api-contract';
import { IdSource, type Instant, type Uuid } from '@daymark/domain';
import type { EventConference, EventFields, Notify } from '@daymark/provider-contract';
import { issueOf } from '../connections/connection-view.ts';
import type { Transaction } from '../database/database.ts';
import { JobQueue } from '../jobs/jobs.ts';
import { Chance } from '../ports/ports.ts';
import { newMarker } from './marker.ts';
import type { Placement, PlacementState, Thing } from './placement.ts';
import { PlacementsRepository } from './placements.repository.ts';
import { QuietCopies } from './quiet-copies.ts';

/** What is to be on a calendar. */
export interface Wish {
  readonly tenantId: Uuid;
  readonly thing: Thing;
  readonly calendarId: Uuid;
  readonly role: Placement['role'];
  readonly fields: EventFields;
  /** Ask the calendar's own service for an online meeting. */
  readonly conference: boolean;
  readonly notify: Notify;
}

/** A placement as views show it. */
export interface PlacementView {
  readonly id: Uuid;
  readonly calendarId: Uuid;
  readonly role: Placement['role'];
  readonly desired: Placement['desired'];
  readonly state: PlacementState;
  readonly remoteId: string | null;
  readonly iCalUid: string | null;
  /** The mirrored event, and its page at the service. */
  readonly eventId: Uuid | null;
  readonly url: string | null;
  readonly conferenceState: Placement['conferenceState'];
  readonly conference: Conference | null;
  readonly attempts: number;
  readonly issue: Issue | null;
  readonly nextTryAt: Instant | null;
  readonly writtenAt: Instant | null;
}

/**
 * Things of ours on people's calendars, for the features that own the things. A wish commits with the
 * transaction of its caller; a job writes it, and the kind's {@link PlacementListener} hears of it.
 */
@Injectable()
export class Placements {
  constructor(
    private readonly placements: PlacementsRepository,
    private readonly copies: QuietCopies,
    private readonly jobs: JobQueue,
    private readonly ids: IdSource,
    private readonly chance: Chance,
  ) {}

  /** Puts a thing on a calendar. One that was taken away from it before begins anew. */
  async want(tx: Transaction, { tenantId, thing, calendarId, role, conference, ...wish }: Wish): Promise<Uuid> {
    const { fields, notify } = await this.copies.copyOn(tx, calendarId, wish);
    const placement = await this.placements.insert(tx, {
      id: this.ids.next(),
      tenantId,
      thing,
      calendarId,
      role,
      marker: newMarker(this.chance),
      wanted: { fields, conference },
      notify,
      desired: 'present',
      lease: null,
    });
    if (placement === null) throw new Error('a new marker is taken');
    await this.#enqueue(tx, placement);
    return placement.id;
  }

  /**
   * Changes a thing on all its calendars; only the given fields. What a person deleted stays deleted.
   * `conference: true` asks for one, and again for one that failed; false takes it away.
   */
  async change(
    tx: Transaction,
    thing: Thing,
    change: { readonly fields: Partial<EventFields>; readonly conference?: boolean; readonly notify: Notify },
  ): Promise<void> {
    for (const placement of await this.#present(tx, thing)) {
      const { wanted } = placement;
      const changed = { fields: { ...wanted.fields, ...change.fields }, notify: change.notify };
      const { fields, notify } = await this.copies.copyOn(tx, placement.calendarId, changed);
      const next = { fields, conference: change.conference ?? wanted.conference };
      await this.placements.want(tx, placement.id, { wanted: next, notify, asksConference: change.conference === true });
      await this.#enqueue(tx, placement);
    }
  }

  /** Takes a thing from all its calendars, or from one. */
  async withdraw(
    tx: Transaction,
    thing: Thing,
    { notify, comment = null, calendarId }: { readonly notify: Notify; readonly comment?: string | null; readonly calendarId?: Uuid },
  ): Promise<void> {
    for (const placement of await this.#present(tx, thing)) {
      if (calendarId !== undefined && placement.calendarId !== calendarId) continue;
      const told = await this.copies.notifyOn(tx, placement.calendarId, notify);
      await this.placements.withdraw(tx, placement.id, { notify: told, comment });
      await this.#enqueue(tx, placement);
    }
  }

  /** Takes over what a person changed in the calendar: agreed as it is, nothing is written for it. */
  async accept(tx: Transaction, placementId: Uuid, fields: Partial<EventFields>): Promise<void> {
    const placement = await this.placements.lock(tx, placementId);
    if (placement === null) return;
    await this.placements.accept(tx, placementId, { ...placement.wanted, fields: { ...placement.wanted.fields, ...fields } });
  }

  async listOf(tx: Transaction, thing: Thing): Promise<PlacementView[]> {
    const placements = await this.placements.listOf(tx, thing);
    const events = await tx.query<{ placement_id: Uuid; event_id: Uuid; url: string | null; conference: EventConference | null }[]>(
      `SELECT p.id AS placement_id, e.id AS event_id, d.url, d.conference
       FROM placements p JOIN events e ON e.calendar_id = p.calendar_id AND e.remote_id = p.remote_id JOIN event_details d ON d.event_id = e.id
       WHERE p.id = ANY($1)`,
      [placements.map(({ id }) => id)],
    );
    const eventOf = new Map(events.map((event) => [event.placement_id, event]));
    return placements.map((placement) => viewOf(placement, eventOf.get(placement.id) ?? null));
  }

  async #present(tx: Transaction, thing: Thing): Promise<Placement[]> {
    return (await this.placements.listOf(tx, thing)).filter(({ desired, state }) => desired === 'present' && state !== 'removed');
  }

  async #enqueue(tx: Transaction, { tenantId, id }: Placement): Promise<void> {
    await this.jobs.enqueue(tx, 'write-placement', { tenantId, placementId: id }, id);
  }
}

function viewOf(
  placement: Placement,
  event: { event_id: Uuid; url: string | null; conference: EventConference | null } | null,
): PlacementView {
  const { id, calendarId, role, desired, state, remoteId, iCalUid, conferenceState, attempts, lastError, nextTryAt, writtenAt } = placement;
  const made = event?.conference ?? null;
  return {
    id,
    calendarId,
    role,
    desired,
    state,
    remoteId,
    iCalUid,
    conferenceState,
    attempts,
    nextTryAt,
    writtenAt,
    eventId: event?.event_id ?? null,
    url: event?.url ?? null,
    conference: made === null ? null : { status: made.status, platform: made.platform, join_url: made.joinUrl },
    issue: lastError === null ? null : issueOf(lastError),
  };
}
