import { Injectable } from '@nestjs/common';
import type { BodyOf, Calendar as CalendarView, operations, QueryOf } from '@daymark/api-contract';
import { Clock, DomainError, IdSource, parseId, type Uuid } from '@daymark/domain';
import { Audit } from '../audit/audit.ts';
import { Changes } from '../audit/changes.ts';
import { toTimestamp } from '../database/columns.ts';
import { Database, type Transaction } from '../database/database.ts';
import { seesWholeTenant, type Caller } from '../http/caller.ts';
import { cursorId, pageOfRows, type Page } from '../http/page-cursors.ts';
import { checkedId, notFound } from '../http/path-ids.ts';
import { requireVersion } from '../http/versions.ts';
import { Writes, type Answer } from '../http/writes.ts';
import { Dues } from '../sync/dues.ts';
import type { Calendar } from './calendar.ts';
import { calendarRowSql, calendarView, isWritable, type CalendarRow } from './calendar-view.ts';
import { CalendarsRepository } from './calendars.repository.ts';

type Patch = BodyOf<typeof operations.updateCalendar>;
type ListQuery = QueryOf<typeof operations.listCalendars>;

@Injectable()
export class CalendarsService {
  constructor(
    private readonly database: Database,
    private readonly writes: Writes,
    private readonly calendars: CalendarsRepository,
    private readonly dues: Dues,
    private readonly audit: Audit,
    private readonly changes: Changes,
    private readonly clock: Clock,
    private readonly ids: IdSource,
  ) {}

  async list(caller: Caller, query: ListQuery): Promise<Page<CalendarView>> {
    const only = seesWholeTenant(caller) ? (query.user_id === undefined ? null : parseId('user', query.user_id)) : caller.userId;
    const rows = await this.database.withTenant(caller.tenantId, (tx) =>
      tx.query<CalendarRow[]>(
        calendarRowSql(`
          WHERE ($1::uuid IS NULL OR n.user_id = $1) AND ($2::uuid[] IS NULL OR k.connection_id = ANY($2)) AND ($3::uuid IS NULL OR k.id > $3)
            AND n.status <> 'revoked'
            AND ($4::text[] IS NULL OR CASE WHEN k.status = 'removed' THEN 'removed' WHEN k.is_active THEN 'active' ELSE 'inactive' END = ANY($4))
            AND ($5::boolean IS NULL OR (k.access_role IN ('owner', 'writer') AND n.access_profile = 'read_write' AND n.direction = 'two_way') = $5)
          ORDER BY k.id LIMIT $6`),
        [
          only,
          query.connection_id?.map((id) => checkedId('connection', id)) ?? null,
          cursorId(query.cursor),
          query.status ?? null,
          query.writable ?? null,
          query.limit + 1,
        ],
      ),
    );
    return pageOfRows(rows, { limit: query.limit, positionOf: (row) => [row.id], view: calendarView });
  }

  async get(caller: Caller, id: Uuid): Promise<CalendarView> {
    return this.database.withTenant(caller.tenantId, async (tx) => calendarView(await this.row(tx, caller, id)));
  }

  /** @throws DomainError the same 404 for a foreign and an unknown id. */
  async row(tx: Transaction, caller: Caller, id: Uuid): Promise<CalendarRow> {
    const [row] = await tx.query<CalendarRow[]>(calendarRowSql('WHERE k.id = $1'), [id]);
    if (row === undefined || !(seesWholeTenant(caller) || row.user_id === caller.userId)) throw notFound('calendar');
    return row;
  }

  /** Answers about time read these settings with every question, so they follow at once. */
  async update(caller: Caller, id: Uuid, { patch, ifVersion }: { patch: Patch; ifVersion: number | null }): Promise<Answer<CalendarView>> {
    return this.writes.run(caller, async (tx) => {
      const row = await this.row(tx, caller, id);
      requireVersion(ifVersion, row.version);
      if (row.status === 'removed') throw new DomainError('calendar-removed', `${row.name} is no longer at the provider`);
      if (patch.write_target === true && !isWritable(row)) throw new DomainError('calendar-read-only', `${row.name} cannot be written to`);
      await this.calendars.update(tx, id, this.#changesOf(row, patch));
      if (patch.privacy === 'busy_only') await this.#forgetDetails(tx, id);
      if (needsFullRead(row, patch)) await this.#readAnew(tx, { tenantId: caller.tenantId, calendarId: id });
      await this.audit.record(tx, caller, {
        action: 'calendar.updated',
        subject: { kind: 'calendar', id },
        aboutUserId: row.user_id,
        before: settingsOf(row),
        after: { ...patch },
      });
      await this.changes.record(tx, caller.tenantId, [
        { type: 'calendar.updated', resource: { kind: 'calendar', id }, version: row.version + 1 },
      ]);
      return calendarView(await this.row(tx, caller, id));
    });
  }

  /** At once and everywhere, deleted events included: the next full read sees only what is in its window. */
  async #forgetDetails(tx: Transaction, calendarId: Uuid): Promise<void> {
    await tx.query(
      `UPDATE event_details d SET title = NULL, description = NULL, location = NULL, organizer = NULL, attendees = '[]', attendees_omitted = false, conference = NULL,
         reminders = NULL, url = NULL, color_id = NULL, raw = NULL
       FROM events e WHERE e.id = d.event_id AND e.calendar_id = $1`,
      [calendarId],
    );
    await tx.query(`UPDATE set_asides SET sealed_answer = NULL WHERE calendar_id = $1`, [calendarId]);
  }

  async #readAnew(tx: Transaction, { tenantId, calendarId }: { tenantId: Uuid; calendarId: Uuid }): Promise<void> {
    await tx.query(`UPDATE events SET remote_version = '' WHERE calendar_id = $1`, [calendarId]);
    // A run under way works by the old settings: its lease goes to nobody, and the full read closes it as interrupted.
    await tx.query(`UPDATE calendars SET run_lease = $2, lease_until = $3, page = NULL WHERE id = $1 AND run_lease IS NOT NULL`, [
      calendarId,
      this.ids.next(),
      toTimestamp(this.clock.now()),
    ]);
    await this.dues.add(tx, { tenantId, calendarId, trigger: 'person', mode: 'full' });
  }

  #changesOf(row: CalendarRow, patch: Patch): Partial<Calendar> {
    const changed: Partial<Calendar> = {
      isActive: patch.active,
      readsBusy: patch.read_busy,
      isWriteTarget: patch.write_target,
      colorOverride: patch.color,
      privacy: patch.privacy,
      filters: patch.filters === undefined ? undefined : { ...row.filters, ...patch.filters },
    };
    return Object.fromEntries(Object.entries(changed).filter(([, value]) => value !== undefined));
  }
}

/** What is stored depends on these, so events are read once more. */
function needsFullRead(row: CalendarRow, patch: Patch): boolean {
  return (
    (patch.active === true && !row.is_active) ||
    (patch.privacy !== undefined && patch.privacy !== row.privacy) ||
    patch.filters !== undefined
  );
}

function settingsOf(row: CalendarRow): Record<string, unknown> {
  const { is_active: active, reads_busy, is_write_target, color_override, privacy, filters } = row;
  return { active, read_busy: reads_busy, write_target: is_write_target, color: color_override, privacy, filters };
}
