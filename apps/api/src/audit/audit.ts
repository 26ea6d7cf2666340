import { Injectable } from '@nestjs/common';
import { Clock, IdSource, type Uuid } from '@daymark/domain';
import type { Transaction } from '../database/database.ts';
import type { Caller } from '../http/caller.ts';
import { detailsDigest } from './audit-chain.ts';

/** Who did it: a caller, or the platform by itself. */
export type Actor = Pick<Caller, 'tenantId' | 'credential' | 'userId' | 'requestId'> | PlatformActor;

export interface PlatformActor {
  readonly tenantId: Uuid;
  readonly platform: true;
}

export interface AuditEntry {
  /** `connection.created`, `user.deleted`: subject, dot, what happened. */
  readonly action: string;
  readonly subject: { readonly kind: string; readonly id: Uuid | null };
  readonly outcome?: 'done' | 'refused' | 'failed';
  /** Whose personal data the details hold, so that they can be erased. */
  readonly aboutUserId?: Uuid | null;
  readonly before?: Readonly<Record<string, unknown>>;
  readonly after?: Readonly<Record<string, unknown>>;
}

/**
 * Who did what. Plain inserts in the transaction of the act; numbers and the chain of digests come
 * after the commit, from the sequencer. Details live apart and can be erased without breaking the
 * chain, which holds their digest.
 */
@Injectable()
export class Audit {
  constructor(
    private readonly clock: Clock,
    private readonly ids: IdSource,
  ) {}

  async record(tx: Transaction, actor: Actor, entry: AuditEntry): Promise<void> {
    const id = this.ids.next();
    const before = entry.before === undefined ? null : JSON.stringify(entry.before);
    const after = entry.after === undefined ? null : JSON.stringify(entry.after);
    const by =
      'platform' in actor
        ? { kind: 'platform', id: null, requestId: null }
        : {
            kind: actor.credential.kind === 'session' ? 'user' : 'api_key',
            id: actor.credential.kind === 'session' ? actor.userId : actor.credential.id,
            requestId: actor.requestId,
          };
    await tx.query(
      `WITH event AS (
         INSERT INTO audit_events (id, tenant_id, occurred_at, actor_kind, actor_id, action, subject_kind, subject_id, outcome, request_id, details_digest)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
       )
       INSERT INTO audit_details (audit_event_id, tenant_id, about_user_id, before, after) VALUES ($1, $2, $12, $13, $14)`,
      [
        id,
        actor.tenantId,
        new Date(this.clock.now()),
        by.kind,
        by.id,
        entry.action,
        entry.subject.kind,
        entry.subject.id,
        entry.outcome ?? 'done',
        by.requestId,
        detailsDigest(entry),
        entry.aboutUserId ?? null,
        before,
        after,
      ],
    );
  }
}
