import { Injectable } from '@nestjs/common';
import { Clock, IdSource, type Uuid } from '@daymark/domain';
import type { Transaction } from '../database/database.ts';

export interface Change {
  /** As in webhooks: `meeting.booked`, `event.updated`. */
  readonly type: string;
  readonly resource: { readonly kind: string; readonly id: Uuid };
  /** The resource's version after the change. */
  readonly version: number;
  readonly externalRef?: unknown;
}

/** What changed, for those who follow the feed. Numbered after the commit by the sequencer. */
@Injectable()
export class Changes {
  constructor(
    private readonly clock: Clock,
    private readonly ids: IdSource,
  ) {}

  async record(tx: Transaction, tenantId: Uuid, changes: readonly Change[]): Promise<void> {
    if (changes.length === 0) return;
    const rows = changes.map((change) => ({
      id: this.ids.next(),
      type: change.type,
      resource_kind: change.resource.kind,
      resource_id: change.resource.id,
      version: change.version,
      external_ref: change.externalRef ?? null,
    }));
    await tx.query(
      `INSERT INTO changes (id, tenant_id, type, resource_kind, resource_id, version, external_ref, occurred_at)
       SELECT r.id, $1, r.type, r.resource_kind, r.resource_id, r.version, r.external_ref, $2
       FROM jsonb_to_recordset($3::jsonb) AS r (id uuid, type text, resource_kind text, resource_id uuid, version integer, external_ref jsonb)`,
      [tenantId, new Date(this.clock.now()), JSON.stringify(rows)],
    );
  }
}
