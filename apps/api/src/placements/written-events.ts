import { Injectable } from '@nestjs/common';
import { Clock, DAY_MS, type Instant, type Interval, type Uuid } from '@daymark/domain';
import type { ProviderEvent } from '@daymark/provider-contract';
import { Changes } from '../audit/changes.ts';
import type { Calendar } from '../calendars/calendar.ts';
import { CalendarsRepository } from '../calendars/calendars.repository.ts';
import type { Transaction } from '../database/database.ts';
import { eventRow } from '../sync/event-row.ts';
import { MirrorRepository, type SavedEvent } from '../sync/mirror.repository.ts';

const DEFAULT_SPAN: readonly [number, number] = [30 * DAY_MS, 366 * DAY_MS];

/** Puts what a write answered into the mirror, so that it is seen at once and its echo is nothing new. */
@Injectable()
export class WrittenEvents {
  constructor(
    private readonly calendars: CalendarsRepository,
    private readonly mirror: MirrorRepository,
    private readonly changes: Changes,
    private readonly clock: Clock,
  ) {}

  async saved(tx: Transaction, calendarId: Uuid, event: ProviderEvent): Promise<SavedEvent> {
    const calendar = await this.#calendar(tx, calendarId);
    const [saved] = await this.mirror.save(tx, calendar, { rows: [eventRow(event, calendar)], generation: calendar.generation });
    if (saved === undefined) throw new Error('the mirror did not say what it saved');
    if (saved.outcome === 'same') return saved;
    await this.mirror.derive(tx, calendar, { remoteIds: [event.id], coverage: this.#coverageOf(calendar) });
    await this.changes.record(tx, calendar.tenantId, [
      { type: `event.${saved.outcome}`, resource: { kind: 'event', id: saved.id }, version: saved.version },
    ]);
    return saved;
  }

  async removed(tx: Transaction, calendarId: Uuid, remoteId: string): Promise<void> {
    const calendar = await this.#calendar(tx, calendarId);
    const deleted = await this.mirror.remove(tx, calendarId, { remoteIds: [remoteId], runId: null });
    await this.changes.record(
      tx,
      calendar.tenantId,
      deleted.map(({ id, version }) => ({ type: 'event.deleted', resource: { kind: 'event', id }, version })),
    );
  }

  async #calendar(tx: Transaction, id: Uuid): Promise<Calendar> {
    const calendar = await this.calendars.find(tx, id);
    if (calendar === null) throw new Error('a placement has lost its calendar');
    return calendar;
  }

  #coverageOf({ coveredFrom, coveredTo, windowFrom, windowTo }: Calendar): Interval {
    if (coveredFrom !== null && coveredTo !== null) return { start: coveredFrom, end: coveredTo };
    if (windowFrom !== null && windowTo !== null) return { start: windowFrom, end: windowTo };
    const now = this.clock.now();
    return { start: (now - DEFAULT_SPAN[0]) as Instant, end: (now + DEFAULT_SPAN[1]) as Instant };
  }
}
