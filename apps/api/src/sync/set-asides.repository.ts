import { Injectable } from '@nestjs/common';
import { addMilliseconds, Clock, DAY_MS, IdSource, Secret } from '@daymark/domain';
import type { EventChange } from '@daymark/provider-contract';
import { Envelope } from '../crypto/envelope.ts';
import { setAsidePurpose } from '../crypto/purposes.ts';
import { toTimestamp } from '../database/columns.ts';
import type { Transaction } from '../database/database.ts';
import { storableJson } from './storable-json.ts';
import type { Run } from './sync-calendar.job.ts';

const KEPT_DAYS = 14;

/** Events that could not be read, with the reason and, sealed, what the service said; the rest of the calendar goes on. */
@Injectable()
export class SetAsidesRepository {
  constructor(
    private readonly envelope: Envelope,
    private readonly clock: Clock,
    private readonly ids: IdSource,
  ) {}

  async add(tx: Transaction, run: Pick<Run, 'id' | 'calendar'>, changes: readonly EventChange[]): Promise<void> {
    const { calendar } = run;
    const rows = changes.flatMap((change) => {
      if (change.kind !== 'unreadable') return [];
      const answer = calendar.privacy === 'busy_only' || change.raw === undefined ? null : new Secret(JSON.stringify(change.raw));
      const sealed =
        answer === null
          ? null
          : this.envelope.seal(answer, setAsidePurpose({ calendarId: calendar.id, remoteId: change.eventId })).bytes.toString('hex');
      return [{ id: this.ids.next(), remote_id: change.eventId, remote_version: change.version, reason: change.reason, sealed }];
    });
    if (rows.length === 0) return;
    const now = this.clock.now();
    await tx.query(
      `INSERT INTO set_asides AS s (id, tenant_id, calendar_id, run_id, remote_id, direction, remote_version, reason, sealed_answer, created_at, expires_at)
       SELECT r.id, $1, $2, $3, r.remote_id, 'read', r.remote_version, r.reason, decode(r.sealed, 'hex'), $4, $5
       FROM jsonb_to_recordset($6::jsonb) AS r (id uuid, remote_id text, remote_version text, reason text, sealed text)
       ON CONFLICT (calendar_id, remote_id, direction) DO UPDATE SET run_id = excluded.run_id, remote_version = excluded.remote_version, reason = excluded.reason,
         sealed_answer = excluded.sealed_answer, expires_at = excluded.expires_at
       WHERE s.remote_version IS DISTINCT FROM excluded.remote_version OR s.reason <> excluded.reason`,
      [calendar.tenantId, calendar.id, run.id, toTimestamp(now), toTimestamp(addMilliseconds(now, KEPT_DAYS * DAY_MS)), storableJson(rows)],
    );
  }

  /** They could be read after all, or are gone. */
  async clear(tx: Transaction, { calendar }: Pick<Run, 'calendar'>, remoteIds: readonly string[]): Promise<void> {
    if (remoteIds.length === 0) return;
    await tx.query(`DELETE FROM set_asides WHERE calendar_id = $1 AND direction = 'read' AND remote_id = ANY($2)`, [
      calendar.id,
      remoteIds,
    ]);
  }
}
