import { Injectable } from '@nestjs/common';
import { addMilliseconds, Clock, DomainError } from '@daymark/domain';
import { ProviderError } from '@daymark/provider-contract';
import { ProviderCalls } from '../connections/provider-calls.ts';
import { Database, type Transaction } from '../database/database.ts';
import type { Caller } from '../http/caller.ts';
import { notFound } from '../http/path-ids.ts';
import type { WriteResult } from '../placements/placement-writer.ts';
import { WrittenEvents } from '../placements/written-events.ts';
import { Dues } from '../sync/dues.ts';
import type { ChangeTarget } from './change-targets.ts';
import type { EventRow } from './event-view.ts';
import { EventsRepository } from './events.repository.ts';
import { requestRefusal } from './request-refusal.ts';

/** What changing and deleting an event at its provider have in common. */
@Injectable()
export class EventWrites {
  constructor(
    private readonly database: Database,
    private readonly calls: ProviderCalls,
    private readonly written: WrittenEvents,
    private readonly events: EventsRepository,
    private readonly dues: Dues,
    private readonly clock: Clock,
  ) {}

  /** @throws DomainError a refusal in the catalogue's words, or 412 when somebody else was faster. */
  async call<T>(caller: Caller, target: ChangeTarget, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      if (error instanceof ProviderError && error.code === 'conflict') throw await this.overtaken(caller, target, error);
      throw requestRefusal(error, target.connection.provider);
    }
  }

  /** Reads what the event has become, so that the caller's next read shows it. */
  async overtaken(caller: Caller, target: ChangeTarget, cause: ProviderError | null): Promise<DomainError> {
    const ref = { calendarId: target.calendar.remoteId, eventId: target.row.remote_id };
    const found: WriteResult = await this.calls
      .with(target.connection, (session) => session.getEvent(ref))
      .then((event) => (event === null ? { kind: 'gone' as const } : { kind: 'there' as const, event }))
      .catch((error: unknown) => Promise.reject(requestRefusal(error, target.connection.provider)));
    const current = await this.database.withTenant(caller.tenantId, async (tx) => {
      if (found.kind === 'gone') await this.written.removed(tx, target.calendar.id, target.row.remote_id);
      else await this.written.saved(tx, target.calendar.id, found.event);
      return this.row(tx, target);
    });
    return new DomainError(
      'precondition-failed',
      'The event was changed in the calendar meanwhile.',
      { current_version: current.version },
      { cause },
    );
  }

  /** The event as it is here now; an occurrence has one of its own once it was written. */
  async row(tx: Transaction, { calendar, row }: ChangeTarget): Promise<EventRow> {
    const found = await this.events.findRemote(tx, { calendarId: calendar.id, remoteId: row.remote_id });
    if (found === null) throw notFound('event');
    return found;
  }

  /** The calendar is read again then. */
  async lookAgain(tx: Transaction, { calendar }: ChangeTarget, inMs: number): Promise<void> {
    await this.dues.add(tx, {
      tenantId: calendar.tenantId,
      calendarId: calendar.id,
      trigger: 'notice',
      at: addMilliseconds(this.clock.now(), inMs),
    });
  }
}
