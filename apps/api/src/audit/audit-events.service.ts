import { Injectable } from '@nestjs/common';
import type { AuditEvent, AuditVerification, operations, QueryOf } from '@daymark/api-contract';
import { Clock, formatId, formatInstant } from '@daymark/domain';
import { toInstant } from '../database/columns.ts';
import { Database, type Transaction } from '../database/database.ts';
import type { Caller } from '../http/caller.ts';
import { cursorNumber, pageOfRows, type Page } from '../http/page-cursors.ts';
import { CHAIN_START, chainDigest, detailsDigest } from './audit-chain.ts';
import { AuditEventsRepository, type AuditRow, type ChainRow } from './audit-events.repository.ts';
import { anyUuid, subjectId } from './subject-ids.ts';

const BATCH = 1000;
/** Matches nothing: what an id that is not one of ours leads to. */
const NOBODY = '00000000-0000-0000-0000-000000000000' as NonNullable<ReturnType<typeof anyUuid>>;

/** Who did what, and whether anybody touched the record of it. */
@Injectable()
export class AuditEventsService {
  constructor(
    private readonly database: Database,
    private readonly events: AuditEventsRepository,
    private readonly clock: Clock,
  ) {}

  async list(caller: Caller, query: QueryOf<typeof operations.listAuditEvents>): Promise<Page<AuditEvent>> {
    const filter = {
      from: query.from ?? null,
      to: query.to ?? null,
      actions: query.action ?? null,
      actorId: query.actor_id === undefined ? null : (anyUuid(query.actor_id) ?? NOBODY),
      subjectId: query.subject_id === undefined ? null : (anyUuid(query.subject_id) ?? NOBODY),
      requestId: query.request_id ?? null,
      before: cursorNumber(query.cursor),
      limit: query.limit + 1,
    };
    const rows = await this.database.withTenant(caller.tenantId, (tx) => this.events.list(tx, filter));
    return pageOfRows(rows, { limit: query.limit, positionOf: ({ number }) => [Number(number)], view: eventView });
  }

  /** Computes the whole chain again. An erased detail is not a break, a changed or missing one is. */
  async verify(caller: Caller): Promise<AuditVerification> {
    return this.database.withTenant(caller.tenantId, (tx) => this.#verify(tx));
  }

  async #verify(tx: Transaction): Promise<AuditVerification> {
    const head = await this.events.head(tx);
    let checked = 0;
    let previous: Buffer = CHAIN_START;
    let broken: number | null = null;
    for (;;) {
      const rows = await this.events.chain(tx, { after: checked, limit: BATCH });
      for (const row of rows) {
        if (!isIntact(row, { previous, number: checked + 1 })) {
          broken = checked + 1;
          break;
        }
        previous = row.digest;
        checked += 1;
      }
      if (broken !== null || rows.length < BATCH) break;
    }
    if (broken === null && (checked !== head.number || !previous.equals(head.digest))) broken = checked + 1;
    return {
      intact: broken === null,
      checked,
      head: checked === 0 ? null : previous.toString('hex'),
      first_broken_sequence: broken,
      verified_at: formatInstant(this.clock.now()),
    };
  }
}

function isIntact(row: ChainRow, { previous, number }: { previous: Buffer; number: number }): boolean {
  if (Number(row.number) !== number || !row.has_details) return false;
  const digest = chainDigest({ previous, number, canonical: row.canonical, detailsDigest: row.details_digest });
  return digest.equals(row.digest) && (row.erased_at !== null || detailsDigest(row).equals(row.details_digest));
}

function eventView(row: AuditRow): AuditEvent {
  const label = row.actor_kind === 'platform' ? 'Daymark' : (row.actor_label ?? 'Somebody who is gone');
  return {
    id: formatId('auditEvent', row.id),
    sequence: Number(row.number),
    at: formatInstant(toInstant(row.occurred_at)),
    actor: { kind: row.actor_kind, id: row.actor_id === null ? null : subjectId(row.actor_kind, row.actor_id), label },
    action: row.action,
    subject: { type: row.subject_kind, id: row.subject_id === null ? null : subjectId(row.subject_kind, row.subject_id) },
    request_id: row.request_id,
    outcome: row.outcome,
    before: row.before,
    after: row.after,
    erased: row.erased_at !== null,
    digest: row.digest.toString('hex'),
  };
}
