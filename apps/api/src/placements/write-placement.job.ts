import { Injectable, Logger } from '@nestjs/common';
import { Clock, DomainError, IdSource, type Uuid } from '@daymark/domain';
import { ProviderError } from '@daymark/provider-contract';
import { CalendarsRepository } from '../calendars/calendars.repository.ts';
import { ConnectionsRepository } from '../connections/connections.repository.ts';
import { Database, type Transaction } from '../database/database.ts';
import { PgBossJobs, type JobHandler, type JobIds } from '../jobs/jobs.ts';
import { PlacementOutcomes } from './placement-outcomes.ts';
import { planWrite, triedBy } from './placement-plan.ts';
import { PlacementLostError, PlacementWriter, type CalledPlan, type Target, type WriteResult } from './placement-writer.ts';
import type { Placement } from './placement.ts';
import { PlacementsRepository } from './placements.repository.ts';
import { writeRefusal } from './write-refusal.ts';

interface BegunWrite {
  readonly placement: Placement;
  readonly plan: CalledPlan;
  readonly target: Target;
}

/**
 * Brings one calendar to what is wanted of one placement. The lease is taken and what is tried noted before
 * the call, the outcome stored after it, and only by who holds the lease: a crash anywhere means once more,
 * two workers make one event, and what a lost call may have written is not taken for what is wanted now.
 */
@Injectable()
export class WritePlacementJob implements JobHandler {
  readonly queue = 'write-placement';
  readonly concurrency = 6;
  readonly #logger = new Logger('Placements');

  constructor(
    private readonly database: Database,
    private readonly placements: PlacementsRepository,
    private readonly calendars: CalendarsRepository,
    private readonly connections: ConnectionsRepository,
    private readonly writer: PlacementWriter,
    private readonly outcomes: PlacementOutcomes,
    private readonly clock: Clock,
    private readonly ids: IdSource,
    jobs: PgBossJobs,
  ) {
    jobs.register(this);
  }

  async handle({ tenantId, placementId }: JobIds): Promise<void> {
    const begun = await this.database.withTenant(tenantId, (tx) => this.#begin(tx, placementId!));
    if (begun === null) return;
    try {
      const outcome = await this.#call(begun);
      await this.database.withTenant(tenantId, (tx) =>
        'error' in outcome ? this.outcomes.failed(tx, begun, outcome.error) : this.outcomes.ended(tx, begun, outcome.result),
      );
    } catch (error) {
      if (!(error instanceof PlacementLostError)) throw error;
      this.#logger.warn('another worker took the placement over');
    }
  }

  /** Null when there is nothing to call: all is as wanted, somebody else is at it, or it is known to be refused. */
  async #begin(tx: Transaction, id: Uuid): Promise<BegunWrite | null> {
    const placement = await this.placements.lock(tx, id);
    const now = this.clock.now();
    if (placement === null || (placement.leaseUntil !== null && placement.leaseUntil > now)) return null;
    const plan = planWrite(placement);
    if (plan.kind === 'rest') {
      await this.outcomes.atRest(tx, { placement, plan });
      return null;
    }
    if (plan.kind === 'forget') {
      await this.outcomes.gone(tx, { placement, plan });
      return null;
    }
    const target = await this.#targetOf(tx, placement);
    const refusal = writeRefusal(target.calendar, target.connection);
    if (refusal !== null) {
      await this.outcomes.failed(tx, { placement, plan }, refusal);
      return null;
    }
    const taken = await this.placements.take(tx, placement, { lease: this.ids.next(), tried: triedBy(placement, plan) });
    return { placement: taken, plan, target };
  }

  async #targetOf(tx: Transaction, { calendarId }: Placement) {
    const calendar = await this.calendars.find(tx, calendarId);
    const connection = calendar === null ? null : await this.connections.find(tx, calendar.connectionId);
    if (calendar === null || connection === null) throw new Error('a placement has lost its calendar');
    return { calendar, connection };
  }

  async #call({ placement, plan, target }: BegunWrite): Promise<{ readonly result: WriteResult } | { readonly error: unknown }> {
    try {
      return { result: await this.writer.write(placement, plan, target) };
    } catch (error) {
      if (error instanceof PlacementLostError) throw error;
      if (!(error instanceof ProviderError) && !(error instanceof DomainError))
        this.#logger.error({ error }, 'a placement could not be written for an unexpected reason');
      return { error };
    }
  }
}
