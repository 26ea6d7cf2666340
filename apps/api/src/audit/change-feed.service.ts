import { Injectable } from '@nestjs/common';
import type { Change, operations, QueryOf } from '@daymark/api-contract';
import { Clock, DAY_MS, DomainError, formatId, formatInstant, type Uuid } from '@daymark/domain';
import { toInstant } from '../database/columns.ts';
import { Database, type Transaction } from '../database/database.ts';
import type { Caller } from '../http/caller.ts';
import { cursorNumber, encodeCursor } from '../http/page-cursors.ts';
import { TenantSettings } from '../identity/tenant-settings.ts';
import { subjectId } from './subject-ids.ts';

interface Row {
  readonly id: Uuid;
  readonly number: string;
  readonly type: string;
  readonly resource_kind: string;
  readonly resource_id: Uuid;
  readonly version: number;
  readonly external_ref: Change['external_ref'];
  readonly occurred_at: Date;
}

export interface ChangePage {
  readonly data: Change[];
  readonly next_cursor: string;
  readonly has_more: boolean;
}

/** Every committed change of a tenant, once and in order. A cursor is the number of the last change seen. */
@Injectable()
export class ChangeFeed {
  constructor(
    private readonly database: Database,
    private readonly settings: TenantSettings,
    private readonly clock: Clock,
  ) {}

  async list(caller: Caller, { since, types, limit }: QueryOf<typeof operations.listChanges>): Promise<ChangePage> {
    const after = cursorNumber(since);
    return this.database.withTenant(caller.tenantId, async (tx) => {
      const last = await this.#lastNumber(tx);
      if (after === null) return { data: [], next_cursor: encodeCursor([last]), has_more: false };
      if (after > last) throw new DomainError('cursor-invalid', 'The cursor was not made by this feed.');
      await this.#refuseTooOld(tx, after);
      return this.#page(tx, { after, last, types: types ?? null, limit });
    });
  }

  async #page(
    tx: Transaction,
    { after, last, types, limit }: { after: number; last: number; types: readonly string[] | null; limit: number },
  ): Promise<ChangePage> {
    const rows = await tx.query<Row[]>(
      `SELECT id, number, type, resource_kind, resource_id, version, external_ref, occurred_at FROM changes
       WHERE number > $1 AND number <= $2 AND ($3::text[] IS NULL OR type LIKE ANY($3)) ORDER BY number LIMIT $4`,
      [after, last, types?.map(likePattern) ?? null, limit + 1],
    );
    const shown = rows.slice(0, limit);
    const hasMore = rows.length > limit;
    const next = hasMore ? Number(shown.at(-1)!.number) : last;
    return { data: shown.map(changeView), next_cursor: encodeCursor([next]), has_more: hasMore };
  }

  /** A reader who was away for longer than changes are kept has missed some. */
  async #refuseTooOld(tx: Transaction, after: number): Promise<void> {
    const { retention } = await this.settings.get(tx);
    const keptSince = new Date(this.clock.now() - retention.changes_days * DAY_MS);
    const [next] = await tx.query<{ number: string; occurred_at: Date }[]>(
      `SELECT number, occurred_at FROM changes WHERE number > $1 ORDER BY number LIMIT 1`,
      [after],
    );
    const isMissing =
      next === undefined ? after < (await this.#lastNumber(tx)) : Number(next.number) !== after + 1 || next.occurred_at < keptSince;
    if (isMissing)
      throw new DomainError('cursor-expired', `Changes are kept for ${retention.changes_days} days, and this cursor is older.`);
  }

  async #lastNumber(tx: Transaction): Promise<number> {
    const [row] = await tx.query<{ last_change: string }[]>(`SELECT last_change FROM sequences`);
    return Number(row!.last_change);
  }
}

/** `meeting.*` stands for all of meetings. */
function likePattern(type: string): string {
  return type.replaceAll(/[\\%_]/g, '\\$&').replaceAll('*', '%');
}

function changeView(row: Row): Change {
  return {
    id: formatId('change', row.id),
    sequence: Number(row.number),
    type: row.type,
    resource: { type: row.resource_kind, id: subjectId(row.resource_kind, row.resource_id) },
    version: row.version,
    external_ref: row.external_ref,
    at: formatInstant(toInstant(row.occurred_at)),
  };
}
