import { Injectable } from '@nestjs/common';
import type { Instant, Uuid } from '@daymark/domain';
import { toTimestamp } from '../database/columns.ts';
import type { Transaction } from '../database/database.ts';
import { canonicalAudit } from './audit-chain.ts';
import { mentions } from './traces.ts';

export interface AuditRow {
  readonly id: Uuid;
  readonly number: string;
  readonly occurred_at: Date;
  readonly actor_kind: 'user' | 'api_key' | 'platform';
  readonly actor_id: Uuid | null;
  readonly actor_label: string | null;
  readonly action: string;
  readonly subject_kind: string;
  readonly subject_id: Uuid | null;
  readonly outcome: 'done' | 'refused' | 'failed';
  readonly request_id: string | null;
  readonly before: Record<string, unknown> | null;
  readonly after: Record<string, unknown> | null;
  readonly erased_at: Date | null;
  readonly digest: Buffer;
}

export interface AuditFilter {
  readonly from: Instant | null;
  readonly to: Instant | null;
  readonly actions: readonly string[] | null;
  readonly actorId: Uuid | null;
  readonly subjectId: Uuid | null;
  readonly requestId: string | null;
  readonly before: number | null;
  readonly limit: number;
}

/** One link of the chain with what it is computed from. */
export interface ChainRow {
  readonly number: string;
  readonly canonical: string;
  readonly details_digest: Buffer;
  readonly digest: Buffer;
  readonly has_details: boolean;
  readonly before: unknown;
  readonly after: unknown;
  readonly erased_at: Date | null;
}

/** Numbered events only: the others are not committed in an order yet. */
@Injectable()
export class AuditEventsRepository {
  list(tx: Transaction, filter: AuditFilter): Promise<AuditRow[]> {
    return tx.query<AuditRow[]>(
      `SELECT e.id, e.number, e.occurred_at, e.actor_kind, e.actor_id, coalesce(u.name, k.name) AS actor_label, e.action, e.subject_kind, e.subject_id, e.outcome,
         e.request_id, d.before, d.after, d.erased_at, e.digest
       FROM audit_events e LEFT JOIN audit_details d ON d.audit_event_id = e.id
         LEFT JOIN users u ON e.actor_kind = 'user' AND u.id = e.actor_id
         LEFT JOIN api_keys k ON e.actor_kind = 'api_key' AND k.id = e.actor_id
       WHERE e.number IS NOT NULL AND ($1::timestamptz IS NULL OR e.occurred_at >= $1) AND ($2::timestamptz IS NULL OR e.occurred_at < $2)
         AND ($3::text[] IS NULL OR e.action = ANY($3)) AND ($4::uuid IS NULL OR e.actor_id = $4) AND ($5::uuid IS NULL OR e.subject_id = $5)
         AND ($6::text IS NULL OR e.request_id = $6) AND ($7::bigint IS NULL OR e.number < $7)
       ORDER BY e.number DESC LIMIT $8`,
      [
        toTimestamp(filter.from),
        toTimestamp(filter.to),
        filter.actions,
        filter.actorId,
        filter.subjectId,
        filter.requestId,
        filter.before,
        filter.limit,
      ],
    );
  }

  /** Links after a number, in order. */
  chain(tx: Transaction, { after, limit }: { after: number; limit: number }): Promise<ChainRow[]> {
    return tx.query<ChainRow[]>(
      `SELECT number, ${canonicalAudit} AS canonical, details_digest, digest, d.audit_event_id IS NOT NULL AS has_details, d.before, d.after, d.erased_at
       FROM audit_events e LEFT JOIN audit_details d ON d.audit_event_id = e.id
       WHERE number > $1 ORDER BY number LIMIT $2`,
      [after, limit],
    );
  }

  /** Where the chain ends by the sequencer's own note; it waits until the transaction is over. */
  async head(tx: Transaction): Promise<{ readonly number: number; readonly digest: Buffer }> {
    const [row] = await tx.query<{ last_audit: string; audit_digest: Buffer }[]>(
      `SELECT last_audit, audit_digest FROM sequences FOR SHARE`,
    );
    return { number: Number(row!.last_audit), digest: row!.audit_digest };
  }

  /** Takes out what events tell about a user; that they happened stays. @returns how many. */
  async eraseDetails(tx: Transaction, userId: Uuid, at: Instant): Promise<number> {
    const [, count] = await tx.query<[unknown[], number]>(
      `UPDATE audit_details SET before = NULL, after = NULL, erased_at = $2 WHERE about_user_id = $1 AND erased_at IS NULL`,
      [userId, toTimestamp(at)],
    );
    return count;
  }

  /** The same of whoever has this address, wherever it is told. */
  async eraseMentions(tx: Transaction, email: string, at: Instant): Promise<number> {
    const [, count] = await tx.query<[unknown[], number]>(
      `UPDATE audit_details SET before = NULL, after = NULL, erased_at = $2 WHERE ${mentions('before')} OR ${mentions('after')}`,
      [email, toTimestamp(at)],
    );
    return count;
  }
}
