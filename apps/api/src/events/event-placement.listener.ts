import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.ts';
import type { Transaction } from '../database/database.ts';
import { PlacementListener, PlacementListeners } from '../placements/placement-listener.ts';
import type { Placement } from '../placements/placement.ts';

/** Events whose request ended without an answer: that the job could not make one either is told in the audit. */
@Injectable()
export class EventPlacementListener extends PlacementListener {
  override readonly kind = 'event';

  constructor(
    private readonly audit: Audit,
    listeners: PlacementListeners,
  ) {
    super();
    listeners.register(this);
  }

  override async written(): Promise<void> {}

  override async removed(): Promise<void> {}

  override async failed(tx: Transaction, placement: Placement, problem: { readonly code: string }): Promise<void> {
    await this.audit.record(
      tx,
      { tenantId: placement.tenantId, platform: true },
      {
        action: 'event.write_failed',
        subject: { kind: 'calendar', id: placement.calendarId },
        outcome: 'failed',
        after: { title: placement.wanted.fields.title, problem: problem.code },
      },
    );
  }
}
