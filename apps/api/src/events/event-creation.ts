import { Injectable } from '@nestjs/common';
import type { Event as EventView } from '@daymark/api-contract';
import { Clock, DAY_MS, DomainError, IdSource, type Uuid } from '@daymark/domain';
import { differenceOf, errorTreatment, ProviderError, type Notify } from '@daymark/provider-contract';
import { Audit } from '../audit/audit.ts';
import { Database, type Transaction } from '../database/database.ts';
import type { Caller } from '../http/caller.ts';
import { Writes, type Answer } from '../http/writes.ts';
import { derivedMarker, newMarker } from '../placements/marker.ts';
import { PlacementOutcomes } from '../placements/placement-outcomes.ts';
import { triedBy, type WritePlan } from '../placements/placement-plan.ts';
import { PlacementWriter, type WriteResult } from '../placements/placement-writer.ts';
import type { Placement, Wanted } from '../placements/placement.ts';
import { PlacementsRepository } from '../placements/placements.repository.ts';
import { Chance } from '../ports/ports.ts';
import { newFields, type CreateBody } from './event-fields.ts';
import { eventView } from './event-view.ts';
import { EventsRepository } from './events.repository.ts';
import { plannedView } from './planned-view.ts';
import { requestRefusal } from './request-refusal.ts';
import { WriteTargets, type WriteTarget } from './write-targets.ts';

/** How long an answer is kept for its Idempotency-Key, and so how long the key names the same event. */
const KEY_KEPT_MS = DAY_MS;
/** Another body for the same key is refused, so that no try was for anything else. */
const CREATE = { kind: 'create', correction: null } as const satisfies WritePlan;

interface BegunCreate {
  readonly placement: Placement;
  readonly target: WriteTarget;
}

/**
 * Puts an event on a calendar. Its placement is committed before the call, with a marker that a repetition with
 * the same Idempotency-Key finds again. When the outcome is not known the placement's job ends it: with a key it is
 * made, since the caller may ask again; without one it is taken back, since the caller would make another.
 */
@Injectable()
export class EventCreation {
  constructor(
    private readonly database: Database,
    private readonly writes: Writes,
    private readonly targets: WriteTargets,
    private readonly placements: PlacementsRepository,
    private readonly writer: PlacementWriter,
    private readonly outcomes: PlacementOutcomes,
    private readonly events: EventsRepository,
    private readonly audit: Audit,
    private readonly clock: Clock,
    private readonly ids: IdSource,
    private readonly chance: Chance,
  ) {}

  async create(caller: Caller, { body, notify }: { body: CreateBody; notify: Notify }): Promise<Answer<EventView>> {
    const earlier = await this.writes.replay<EventView>(caller);
    if (earlier !== null) return earlier;
    if (caller.isDryRun) return this.#explain(caller, { body, notify });
    const begun = await this.database.withTenant(caller.tenantId, (tx) => this.#begin(tx, caller, { body, notify }));
    const result = begun.placement.state === 'written' ? null : await this.#call(begun);
    return this.writes.run(caller, (tx) => this.#store(tx, caller, { begun, result }), 201);
  }

  async #explain(caller: Caller, { body, notify }: { body: CreateBody; notify: Notify }): Promise<Answer<EventView>> {
    const planned = await this.database.withTenant(caller.tenantId, async (tx) => {
      const target = await this.targets.choose(tx, caller, body.calendar_id);
      return plannedView(this.ids.next(), { target, wanted: this.#wanted(body, { target, notify }) });
    });
    return { status: 200, body: planned, isReplay: false };
  }

  /** Without a key an event is unwanted until its caller has had an answer. */
  async #begin(tx: Transaction, caller: Caller, { body, notify }: { body: CreateBody; notify: Notify }): Promise<BegunCreate> {
    const target = await this.targets.choose(tx, caller, body.calendar_id);
    const wanted = this.#wanted(body, { target, notify });
    const { marker, earlier } = await this.#marker(tx, caller);
    if (earlier !== null) return { placement: await this.#takeUp(tx, earlier, { wanted, target }), target };
    const placement = await this.placements.insert(tx, {
      id: this.ids.next(),
      tenantId: caller.tenantId,
      thing: { kind: 'event', id: this.ids.next() },
      calendarId: target.calendar.id,
      role: 'organizer',
      marker,
      wanted,
      notify,
      desired: caller.idempotency === null ? 'absent' : 'present',
      lease: this.ids.next(),
    });
    if (placement === null) throw new Error('a marker is taken although it was looked for under its lock');
    return { placement, target };
  }

  #wanted(body: CreateBody, { target, notify }: { target: WriteTarget; notify: Notify }): Wanted {
    const fields = newFields(body, target.calendar.zone);
    this.targets.requireQuiet(target, { notify, guests: fields.attendees });
    if (body.conference == null) return { fields, conference: false };
    const isOffered = this.targets.offersConference(target);
    if (!isOffered && body.conference.required)
      throw new DomainError('conference-unavailable', `${target.calendar.name} offers no online meetings.`);
    return { fields, conference: isOffered };
  }

  /** Of the request's key, and the placement that an earlier try with it left; a key that has expired names something new. */
  async #marker(tx: Transaction, caller: Caller): Promise<{ readonly marker: string; readonly earlier: Placement | null }> {
    if (caller.idempotency === null) return { marker: newMarker(this.chance), earlier: null };
    const of = { tenantId: caller.tenantId, credentialId: caller.credential.id, key: caller.idempotency.key };
    let after: Uuid | null = null;
    await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, [derivedMarker({ ...of, after })]);
    for (;;) {
      const marker = derivedMarker({ ...of, after });
      const earlier = await this.placements.lockOfMarker(tx, marker);
      if (earlier === null || this.clock.now() - earlier.createdAt < KEY_KEPT_MS) return { marker, earlier };
      after = earlier.id;
    }
  }

  /** Goes on with what an earlier try began, beside it if it still runs: both create with the same marker. */
  async #takeUp(tx: Transaction, earlier: Placement, { wanted, target }: { wanted: Wanted; target: WriteTarget }): Promise<Placement> {
    if (earlier.calendarId !== target.calendar.id || differenceOf(earlier.wanted, wanted) !== null) {
      throw new DomainError('idempotency-key-reused', 'this Idempotency-Key was used for another request');
    }
    if (earlier.state === 'removed')
      throw new DomainError('provider-rejected', 'The event of this Idempotency-Key was deleted at the provider.');
    const isRunning = earlier.leaseUntil !== null && earlier.leaseUntil > this.clock.now();
    if (earlier.state === 'written' || isRunning) return earlier;
    return this.placements.take(tx, earlier, { lease: this.ids.next(), tried: triedBy(earlier, CREATE) });
  }

  async #call(begun: BegunCreate): Promise<WriteResult> {
    try {
      return await this.writer.write(begun.placement, CREATE, begun.target);
    } catch (error) {
      await this.database.withTenant(begun.placement.tenantId, (tx) => this.#giveUp(tx, begun.placement, error));
      throw requestRefusal(error, begun.target.connection.provider);
    }
  }

  /** What was refused at the first try was not made; all else is left to the job. */
  async #giveUp(tx: Transaction, placement: Placement, error: unknown): Promise<void> {
    const current = await this.placements.lock(tx, placement.id);
    if (current === null || current.lease !== placement.lease) return;
    if (placement.attempts <= 1 && isRefusal(error)) return this.placements.delete(tx, { id: placement.id, lease: placement.lease! });
    await this.outcomes.failed(tx, { placement, plan: CREATE }, error);
  }

  async #store(tx: Transaction, caller: Caller, { begun, result }: { begun: BegunCreate; result: WriteResult | null }): Promise<EventView> {
    const written = await this.#settle(tx, begun, result);
    if (written.remoteId === null) throw new DomainError('provider-rejected', 'The event was deleted at the provider at the same moment.');
    const row = await this.events.findRemote(tx, { calendarId: written.calendarId, remoteId: written.remoteId });
    if (row === null) throw new Error('a written event is not in the mirror');
    await this.audit.record(tx, caller, {
      action: 'event.created',
      subject: { kind: 'event', id: row.id },
      aboutUserId: begun.target.connection.userId,
      after: { calendar_id: row.calendar_id, ...written.wanted.fields, conference: written.wanted.conference, notify: written.notify },
    });
    // From here on the answer is kept for its key, and the mirror holds the event by its calendar's privacy.
    if (written.conferenceState !== 'pending') await this.placements.delete(tx, { id: written.id, lease: null });
    return eventView(row);
  }

  async #settle(tx: Transaction, { placement }: BegunCreate, result: WriteResult | null): Promise<Placement> {
    const current = await this.placements.lock(tx, placement.id);
    if (current === null) throw outcomeUnknown();
    if (current.state === 'written') return current;
    if (current.lease !== placement.lease || result === null) throw outcomeUnknown();
    return this.outcomes.ended(tx, { placement: await this.placements.keep(tx, current), plan: CREATE }, result);
  }
}

/** The lease ran out: a job has taken the event back, or is about to end what was begun. */
function outcomeUnknown(): DomainError {
  return new DomainError('provider-unavailable', 'The provider took too long; repeat the request.');
}

function isRefusal(error: unknown): boolean {
  if (error instanceof ProviderError) return errorTreatment[error.code] === 'set-aside' || error.code === 'unauthorized';
  return error instanceof DomainError;
}
