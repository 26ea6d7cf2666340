import { Injectable } from '@nestjs/common';
import { UTC, type Interval, type Uuid } from '@daymark/domain';
import { ProviderError } from '@daymark/provider-contract';
import { ConnectionsRepository } from '../connections/connections.repository.ts';
import { ProviderCalls } from '../connections/provider-calls.ts';
import { Database, type Transaction } from '../database/database.ts';
import { MembersRepository, spanOf, type BusyCalendar, type BusyRow } from './members.repository.ts';
import { withoutOwn } from './without-own.ts';

/** Busy time as providers told it just now, by calendar; a calendar that is not in it was not told. */
export type LiveBusy = ReadonlyMap<Uuid, readonly Interval[]>;

/** Busy time straight from the providers. */
@Injectable()
export class LiveBusyReader {
  constructor(
    private readonly database: Database,
    private readonly repository: MembersRepository,
    private readonly connections: ConnectionsRepository,
    private readonly calls: ProviderCalls,
  ) {}

  /** Of these calendars, with no transaction open. One whose provider does not answer is left out. */
  async read(tenantId: Uuid, calendars: readonly BusyCalendar[], window: Interval): Promise<LiveBusy> {
    const live = new Map<Uuid, readonly Interval[]>();
    for (const [connectionId, own] of Map.groupBy(calendars, (calendar) => calendar.connectionId)) {
      for (const [id, spans] of await this.#ofConnection(tenantId, { connectionId, calendars: own, window })) live.set(id, spans);
    }
    return live;
  }

  /**
   * As rows of busy time. A provider does not say which event makes a time busy, so that the event of a
   * meeting which is to be moved would block the move: it is taken out where the mirror explains the time,
   * see {@link withoutOwn}.
   */
  async rows(
    tx: Transaction,
    {
      live,
      calendars,
      span,
      exceptMeeting,
    }: { live: LiveBusy; calendars: readonly BusyCalendar[]; span: Interval; exceptMeeting: Uuid | null },
  ): Promise<BusyRow[]> {
    const mirrored =
      exceptMeeting === null ? [] : await this.repository.mirrored(tx, { calendarIds: [...live.keys()], span, meetingId: exceptMeeting });
    return [...live].flatMap(([calendarId, spans]) => {
      const zone = calendars.find(({ id }) => id === calendarId)?.zone ?? UTC;
      const known = mirrored
        .filter((row) => row.calendar_id === calendarId)
        .map((row) => ({ ...(spanOf(row, zone) as Interval), isOwn: row.is_own }));
      return withoutOwn(spans, known).map((one) => liveRow(calendarId, one));
    });
  }

  async #ofConnection(
    tenantId: Uuid,
    { connectionId, calendars, window }: { connectionId: Uuid; calendars: readonly BusyCalendar[]; window: Interval },
  ): Promise<[Uuid, readonly Interval[]][]> {
    const connection = await this.database.withTenant(tenantId, (tx) => this.connections.find(tx, connectionId));
    if (connection === null || connection.status !== 'active') return [];
    try {
      const answers = await this.calls.with(
        connection,
        async (session) => session.freeBusy?.read({ subjects: calendars.map(({ remoteId }) => remoteId), window, zone: UTC }) ?? [],
      );
      return answers.flatMap((answer): [Uuid, readonly Interval[]][] => {
        const calendar = calendars.find(({ remoteId }) => remoteId === answer.subject);
        return calendar === undefined || 'error' in answer ? [] : [[calendar.id, answer.busy]];
      });
    } catch (error) {
      if (error instanceof ProviderError) return [];
      throw error;
    }
  }
}

function liveRow(calendarId: Uuid, { start, end }: Interval): BusyRow {
  return {
    calendar_id: calendarId,
    event_id: '' as Uuid,
    is_all_day: false,
    start_at: new Date(start),
    end_at: new Date(end),
    start_date: null,
    end_date: null,
  };
}
