import { Injectable } from '@nestjs/common';
import { addMilliseconds, Clock, DomainError } from '@daymark/domain';
import { backOffMs, GUESTS_ARE_ALWAYS_MAILED, isTreatedBy, ProviderError, type ProviderEvent } from '@daymark/provider-contract';
import { problemOf, storedError, type DescribedError } from '../connections/provider-problem.ts';
import type { Transaction } from '../database/database.ts';
import { JobQueue } from '../jobs/jobs.ts';
import { Chance } from '../ports/ports.ts';
import { newMarker } from './marker.ts';
import { PlacementListeners } from './placement-listener.ts';
import { mayBeRemoved, pollAfterMs, type WritePlan } from './placement-plan.ts';
import { PlacementLostError, type WriteResult } from './placement-writer.ts';
import type { Placement } from './placement.ts';
import { PlacementsRepository, type PlacementChanges } from './placements.repository.ts';
import { WrittenEvents } from './written-events.ts';

/** A write that is over: the row as it was when it began, under its lease. */
export interface EndedWrite {
  readonly placement: Placement;
  readonly plan: WritePlan;
}

const LONGEST_BACK_OFF_MS = 5 * 60_000;
const RETRY_EXPIRED_MS = 5 * 60_000;
/** Heals by a person's act; until then looking again is cheap and makes no call. */
const WAITS_FOR_PERSON = new Set(['reauthorization-required', 'connection-not-active']);

/** Stores what became of a write: the placement, the mirror and what its listener makes of it, in one transaction. */
@Injectable()
export class PlacementOutcomes {
  constructor(
    private readonly placements: PlacementsRepository,
    private readonly events: WrittenEvents,
    private readonly listeners: PlacementListeners,
    private readonly jobs: JobQueue,
    private readonly clock: Clock,
    private readonly chance: Chance,
  ) {}

  /** @throws PlacementLostError */
  async ended(tx: Transaction, ended: EndedWrite, result: WriteResult): Promise<Placement> {
    return result.kind === 'there' ? this.#there(tx, ended, result.event) : this.gone(tx, ended);
  }

  async #there(tx: Transaction, { placement: before, plan }: EndedWrite, event: ProviderEvent): Promise<Placement> {
    const now = this.clock.now();
    const isWrite = plan.kind !== 'poll';
    const polls = isWrite ? 0 : before.conferencePolls + 1;
    const conferenceState = this.#conferenceState(before, event, polls);
    const saved = await this.events.saved(tx, before.calendarId, event);
    const after = await this.#settle(tx, before, {
      ...(before.thing.kind === 'event' ? { thingId: saved.id } : {}),
      remoteId: event.id,
      iCalUid: event.iCalUid,
      remoteVersion: event.version,
      ...(isWrite ? { agreed: before.wanted, tried: [] } : {}),
      writtenVersion: before.wantedVersion,
      state: 'written',
      conferenceState,
      conferencePolls: polls,
      attempts: 0,
      nextTryAt: conferenceState === 'pending' ? addMilliseconds(now, pollAfterMs(polls)!) : null,
      lastError: null,
      writtenAt: isWrite ? now : before.writtenAt,
    });
    const hasNews = isWrite || event.version !== before.remoteVersion || conferenceState !== before.conferenceState;
    if (hasNews) await this.listeners.of(after)?.written(tx, after, event);
    return this.#goOn(tx, before, after);
  }

  #conferenceState({ wanted }: Placement, event: ProviderEvent, polls: number): Placement['conferenceState'] {
    if (!wanted.conference) return null;
    if (event.conference === null) return 'failed';
    return event.conference.status === 'pending' && pollAfterMs(polls) === null ? 'failed' : event.conference.status;
  }

  /** Nothing is on the calendar: as wanted, or because a person deleted it, or a removal of ours that is not wanted any more. */
  async gone(tx: Transaction, { placement: before }: EndedWrite): Promise<Placement> {
    if (before.remoteId !== null) await this.events.removed(tx, before.calendarId, before.remoteId);
    const after = await this.#settle(tx, before, {
      state: 'removed',
      tried: [],
      conferenceState: null,
      attempts: 0,
      nextTryAt: null,
      lastError: null,
      writtenVersion: before.wantedVersion,
    });
    const isOurs = before.desired === 'absent' || mayBeRemoved(before);
    if (isOurs && after.desired === 'present') return this.#beginAnew(tx, after);
    await this.listeners.of(after)?.removed(tx, after);
    return after;
  }

  /** We took it away, and it is wanted again. */
  async #beginAnew(tx: Transaction, { id, tenantId }: Placement): Promise<Placement> {
    const anew = await this.placements.settle(
      tx,
      { id, lease: null },
      {
        state: 'pending',
        marker: newMarker(this.chance),
        remoteId: null,
        remoteVersion: null,
        agreed: null,
        nextTryAt: this.clock.now(),
      },
    );
    await this.jobs.enqueue(tx, 'write-placement', { tenantId, placementId: id }, id);
    return anew!;
  }

  /** All is as wanted without a call. */
  async atRest(tx: Transaction, { placement }: EndedWrite): Promise<void> {
    if (placement.state === 'removed') return void (await this.#settle(tx, placement, { nextTryAt: null }));
    await this.#settle(tx, placement, { state: 'written', writtenVersion: placement.wantedVersion, nextTryAt: null, lastError: null });
  }

  /** By the one table of what follows from an error: it is tried again at a later time, or stands until something else changes. */
  async failed(tx: Transaction, { placement: before, plan }: EndedWrite, error: unknown): Promise<Placement> {
    const problem = writeProblem(error);
    const waitMs = this.#waitMs(before, { error, problem });
    if (plan.kind === 'poll') return this.#lookedInVain(tx, before, { problem, waitMs });
    const lastError = storedError(before.lastError, { problem, now: this.clock.now() });
    if (waitMs !== null) {
      const nextTryAt = addMilliseconds(this.clock.now(), waitMs);
      const after = await this.#settle(tx, before, { state: 'waiting', nextTryAt, lastError });
      return this.#goOn(tx, before, after);
    }
    const after = await this.#settle(tx, before, { state: 'failed', nextTryAt: null, lastError });
    if (problem.code === 'calendar-read-only' || problem.code === 'calendar-removed') {
      await tx.query(`UPDATE connections SET next_list_at = NULL WHERE id = (SELECT connection_id FROM calendars WHERE id = $1)`, [
        before.calendarId,
      ]);
    }
    await this.listeners.of(after)?.failed(tx, after, problem);
    return this.#goOn(tx, before, after);
  }

  /** The event is written; its conference could not be looked for. That counts as a look, so that the wait for it ends. */
  async #lookedInVain(
    tx: Transaction,
    before: Placement,
    { problem, waitMs }: { problem: DescribedError; waitMs: number | null },
  ): Promise<Placement> {
    const conferencePolls = before.conferencePolls + 1;
    if (waitMs !== null && pollAfterMs(conferencePolls) !== null) {
      const nextTryAt = addMilliseconds(this.clock.now(), waitMs);
      const lastError = storedError(before.lastError, { problem, now: this.clock.now() });
      return this.#goOn(tx, before, await this.#settle(tx, before, { state: 'written', conferencePolls, nextTryAt, lastError }));
    }
    const after = await this.#settle(tx, before, {
      state: 'written',
      conferenceState: 'failed',
      conferencePolls,
      attempts: 0,
      nextTryAt: null,
      lastError: null,
    });
    await this.listeners.of(after)?.conferenceFailed(tx, after, problem);
    return this.#goOn(tx, before, after);
  }

  /** Null: waiting does not help. */
  #waitMs({ attempts }: Placement, { error, problem }: { error: unknown; problem: DescribedError }): number | null {
    if (WAITS_FOR_PERSON.has(problem.code)) return RETRY_EXPIRED_MS;
    if (error instanceof DomainError || isTreatedBy(error, 'set-aside')) return null;
    const upTo = (bound: number) => this.chance.upTo(bound);
    return backOffMs(error, { failures: Math.max(1, attempts), longestMs: LONGEST_BACK_OFF_MS, upTo });
  }

  async #settle(tx: Transaction, before: Placement, changes: PlacementChanges): Promise<Placement> {
    const after = await this.placements.settle(tx, { id: before.id, lease: before.lease }, changes);
    if (after === null) throw new PlacementLostError('another writer took the placement over');
    return after;
  }

  /** A wish that came while the write was under way is written next. */
  async #goOn(tx: Transaction, before: Placement, after: Placement): Promise<Placement> {
    if (after.wantedVersion === before.wantedVersion) return after;
    const next = await this.placements.settle(tx, { id: after.id, lease: null }, { state: 'pending', nextTryAt: this.clock.now() });
    await this.jobs.enqueue(tx, 'write-placement', { tenantId: after.tenantId, placementId: after.id }, after.id);
    return next ?? after;
  }
}

/** The catalogue's word for a refused write, more exact where the service says what refuses: the calendar or the event. */
export function writeProblem(error: unknown): DescribedError {
  const problem = problemOf(error);
  if (!(error instanceof ProviderError) || error.problem !== null) return problem;
  if (error.code === 'forbidden' && error.subject === 'calendar') return { ...problem, code: 'calendar-read-only' };
  if (error.code === 'forbidden' && error.subject === 'event') return { ...problem, code: 'event-read-only' };
  if (error.code === 'not-found' && error.subject === 'calendar') return { ...problem, code: 'calendar-removed' };
  if (error.code === 'invalid-request' && error.reason === GUESTS_ARE_ALWAYS_MAILED)
    return { ...problem, code: 'guests-are-always-mailed' };
  if (error.code === 'conflict') return { ...problem, code: 'provider-unavailable' };
  return problem;
}
