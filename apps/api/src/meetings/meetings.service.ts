import { Injectable } from '@nestjs/common';
import type { BodyOf, Meeting as MeetingView, MeetingStep, operations, QueryOf } from '@daymark/api-contract';
import { canBecome, Clock, DomainError, parseId, type Uuid } from '@daymark/domain';
import { Audit } from '../audit/audit.ts';
import { Changes } from '../audit/changes.ts';
import { toTimestamp } from '../database/columns.ts';
import { Database, type Transaction } from '../database/database.ts';
import { seesWholeTenant, type Caller } from '../http/caller.ts';
import { cursorTimeAndId, pageOfRows, type Page } from '../http/page-cursors.ts';
import { requireVersion } from '../http/versions.ts';
import { Writes, type Answer } from '../http/writes.ts';
import { Mails } from '../mail/mails.ts';
import { Placements } from '../placements/placements.ts';
import { Reminding } from '../reminding/reminding.ts';
import { ClaimsRepository } from './claims.repository.ts';
import { MeetingAccess } from './meeting-access.ts';
import type { MeetingRow } from './meeting-row.ts';
import { MeetingViews } from './meeting-view.ts';
import { MeetingsRepository } from './meetings.repository.ts';

type ListQuery = QueryOf<typeof operations.listMeetings>;
type CancelBody = BodyOf<typeof operations.cancelMeeting>;

@Injectable()
export class MeetingsService {
  constructor(
    private readonly database: Database,
    private readonly writes: Writes,
    private readonly access: MeetingAccess,
    private readonly meetings: MeetingsRepository,
    private readonly views: MeetingViews,
    private readonly claims: ClaimsRepository,
    private readonly placements: Placements,
    private readonly reminding: Reminding,
    private readonly mails: Mails,
    private readonly audit: Audit,
    private readonly changes: Changes,
    private readonly clock: Clock,
  ) {}

  async list(caller: Caller, query: ListQuery): Promise<Page<MeetingView>> {
    const after = cursorTimeAndId(query.cursor);
    const asked = query.user_id === undefined ? null : parseId('user', query.user_id);
    return this.database.withTenant(caller.tenantId, async (tx) => {
      const rows = await this.meetings.list(tx, {
        userId: seesWholeTenant(caller) ? asked : caller.userId,
        endsAfter: query.from === undefined ? null : toTimestamp(query.from === 'now' ? this.clock.now() : query.from),
        startsBefore: toTimestamp(query.to ?? null),
        status: query.status ?? null,
        externalType: query.external_ref_type ?? null,
        externalId: query.external_ref_id ?? null,
        like: query.q === undefined ? null : `%${query.q.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`,
        after: after === null ? null : { startAt: toTimestamp(after.at), id: after.id },
        limit: query.limit + 1,
      });
      const page = pageOfRows(rows, { limit: query.limit, positionOf: (row) => [row.start_at.getTime(), row.id], view: (row) => row });
      return { ...page, data: await this.views.of(tx, page.data) };
    });
  }

  async get(caller: Caller, id: Uuid): Promise<MeetingView> {
    return this.database.withTenant(caller.tenantId, async (tx) => this.#view(tx, await this.access.visible(tx, caller, id)));
  }

  async steps(caller: Caller, id: Uuid): Promise<Page<MeetingStep>> {
    const { steps } = await this.get(caller, id);
    return { data: steps, next_cursor: null, has_more: false };
  }

  /** Frees the time in its own transaction; events, mails and reminders follow from rows that commit with it. */
  async cancel(
    caller: Caller,
    id: Uuid,
    { body, ifVersion }: { body: CancelBody; ifVersion: number | null },
  ): Promise<Answer<MeetingView>> {
    return this.writes.run(caller, async (tx) => {
      await this.access.changeable(tx, caller, id);
      const row = (await this.meetings.lock(tx, id))!;
      requireVersion(ifVersion, row.version);
      if (!canBecome(row.status, 'cancelled')) throw new DomainError('meeting-ended', `the meeting is ${row.status} already`);
      await this.cancelLocked(tx, caller, { row, comment: body.comment ?? null, notify: body.notify });
      return this.#view(tx, (await this.meetings.find(tx, id))!);
    });
  }

  async cancelLocked(
    tx: Transaction,
    actor: Parameters<Audit['record']>[1],
    { row, comment, notify }: { row: MeetingRow; comment: string | null; notify: 'all' | 'external' | 'none' },
  ): Promise<void> {
    const { tenantId } = actor;
    await this.meetings.cancel(tx, row.id, comment);
    await this.claims.release(tx, row.id);
    await this.placements.withdraw(tx, { kind: 'meeting', id: row.id }, { notify: 'none' });
    await this.reminding.plan(tx, row.id);
    await this.mails.cancelled(tx, { tenantId, meetingId: row.id, sequence: row.sequence, notify, comment });
    await this.audit.record(tx, actor, {
      action: 'meeting.cancelled',
      subject: { kind: 'meeting', id: row.id },
      aboutUserId: row.organizer_user_id,
      before: { status: row.status, title: row.title },
      after: { status: 'cancelled', comment },
    });
    await this.changes.record(tx, tenantId, [
      {
        type: 'meeting.cancelled',
        resource: { kind: 'meeting', id: row.id },
        version: row.version + 1,
        externalRef: row.external_ref ?? undefined,
      },
    ]);
  }

  async #view(tx: Transaction, row: MeetingRow): Promise<MeetingView> {
    const [view] = await this.views.of(tx, [row]);
    return view!;
  }
}
