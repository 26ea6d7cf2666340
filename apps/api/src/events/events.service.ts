import { Injectable } from '@nestjs/common';
import type { Event as EventView, operations, QueryOf } from '@daymark/api-contract';
import { Clock, DAY_MS, type Instant, type Uuid } from '@daymark/domain';
import { Database, type Transaction } from '../database/database.ts';
import { seesWholeTenant, type Caller } from '../http/caller.ts';
import { cursorTimeAndId, pageOfRows, type Page } from '../http/page-cursors.ts';
import { checkedId, notFound } from '../http/path-ids.ts';
import { eventView, occurrenceView, type EventRow } from './event-view.ts';
import { EventsRepository, type ListedRow, type ListFilter } from './events.repository.ts';

type ListQuery = QueryOf<typeof operations.listEvents>;
type UpcomingQuery = QueryOf<typeof operations.listUpcomingEvents>;
type InstancesQuery = QueryOf<typeof operations.listEventInstances>;

/** What is on the calendars, as the mirror knows it. */
@Injectable()
export class EventsService {
  constructor(
    private readonly database: Database,
    private readonly events: EventsRepository,
    private readonly clock: Clock,
  ) {}

  async list(caller: Caller, query: ListQuery): Promise<Page<EventView>> {
    return this.#page(caller, {
      from: query.from,
      to: query.to,
      ...whose(caller, query),
      connectionIds: query.connection_id?.map((id) => checkedId('connection', id)) ?? null,
      text: query.q ?? null,
      includesDeleted: query.include_deleted,
      isUpcoming: false,
      after: positionOf(query.cursor),
      limit: query.limit,
    });
  }

  /** From now on; what has begun is not coming any more, but a day that is not over still is. */
  async upcoming(caller: Caller, query: UpcomingQuery): Promise<Page<EventView>> {
    const now = this.clock.now();
    const page = await this.#page(caller, {
      from: now,
      to: (now + query.days * DAY_MS) as Instant,
      ...whose(caller, query),
      connectionIds: null,
      text: null,
      includesDeleted: false,
      isUpcoming: true,
      after: null,
      limit: query.limit,
    });
    return { data: page.data, next_cursor: null, has_more: false };
  }

  async get(caller: Caller, id: Uuid): Promise<EventView> {
    return this.database.withTenant(caller.tenantId, async (tx) => eventView(await this.row(tx, caller, id)));
  }

  async instances(caller: Caller, id: Uuid, query: InstancesQuery): Promise<Page<EventView>> {
    const rows = await this.database.withTenant(caller.tenantId, async (tx) => {
      const event = await this.row(tx, caller, id);
      const series = { calendarId: event.calendar_id, remoteId: event.series_remote_id ?? event.remote_id };
      return this.events.listInstances(tx, series, {
        from: query.from ?? null,
        to: query.to ?? null,
        after: positionOf(query.cursor),
        limit: query.limit,
      });
    });
    return pageOf(rows, query.limit);
  }

  /** @throws DomainError the same 404 for a foreign and an unknown id. */
  async row(tx: Transaction, caller: Caller, id: Uuid): Promise<EventRow> {
    const row = await this.events.find(tx, id);
    if (row === null || !(seesWholeTenant(caller) || row.user_id === caller.userId)) throw notFound('event');
    return row;
  }

  async #page(caller: Caller, filter: Omit<ListFilter, 'tenantId'>): Promise<Page<EventView>> {
    const rows = await this.database.withTenant(caller.tenantId, (tx) => this.events.list(tx, { ...filter, tenantId: caller.tenantId }));
    return pageOf(rows, filter.limit);
  }
}

/** Members see their own calendars, whomever they ask for. */
function whose(
  caller: Caller,
  query: { readonly user_id?: string; readonly calendar_id?: readonly string[] },
): Pick<ListFilter, 'userId' | 'calendarIds'> {
  const asked = query.user_id === undefined ? null : checkedId('user', query.user_id);
  return {
    userId: seesWholeTenant(caller) ? asked : caller.userId,
    calendarIds: query.calendar_id?.map((id) => checkedId('calendar', id)) ?? null,
  };
}

function pageOf(rows: readonly ListedRow[], limit: number): Page<EventView> {
  return pageOfRows(rows, { limit, positionOf: (row) => [row.sort_at.getTime(), row.entry_id], view: occurrenceView });
}

function positionOf(cursor: string | undefined): ListFilter['after'] {
  const position = cursorTimeAndId(cursor);
  return position === null ? null : { sortAt: position.at, entryId: position.id };
}
