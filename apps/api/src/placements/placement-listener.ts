import { Injectable } from '@nestjs/common';
import type { ProviderEvent } from '@daymark/provider-contract';
import type { DescribedError } from '../connections/provider-problem.ts';
import type { Transaction } from '../database/database.ts';
import type { Placement, ThingKind } from './placement.ts';

/** What a feature does when one of its things was written, taken away or refused. Called in the transaction that stores the outcome. */
export abstract class PlacementListener {
  abstract readonly kind: ThingKind;
  /** The event as the service has it now, perhaps with edits of a person; again when its conference became ready or failed. */
  abstract written(tx: Transaction, placement: Placement, event: ProviderEvent): Promise<void>;
  /** Nothing of it is on the calendar any more: as wanted, or (`desired` is `present`) because a person deleted it. */
  abstract removed(tx: Transaction, placement: Placement): Promise<void>;
  /** It cannot be written until something else changes. */
  abstract failed(tx: Transaction, placement: Placement, problem: DescribedError): Promise<void>;
  /** It is written, but its conference was looked for in vain: the service refuses to say, or did not for too long. */
  async conferenceFailed(_tx: Transaction, _placement: Placement, _problem: DescribedError): Promise<void> {}
}

/** Who listens for which kind of thing; listeners register in their own constructor. */
@Injectable()
export class PlacementListeners {
  readonly #ofKind = new Map<ThingKind, PlacementListener>();

  register(listener: PlacementListener): void {
    if (this.#ofKind.has(listener.kind)) throw new Error(`two listeners for placements of a ${listener.kind}`);
    this.#ofKind.set(listener.kind, listener);
  }

  of(placement: Pick<Placement, 'thing'>): PlacementListener | null {
    return this.#ofKind.get(placement.thing.kind) ?? null;
  }
}
