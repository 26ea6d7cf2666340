import { Injectable } from '@nestjs/common';
import { DomainError, endSeriesBefore } from '@daymark/domain';
import { ProviderError, type CalendarSession, type EventRef, type Notify, type ProviderEvent } from '@daymark/provider-contract';
import { Audit } from '../audit/audit.ts';
import { ProviderCalls } from '../connections/provider-calls.ts';
import type { Transaction } from '../database/database.ts';
import type { Caller } from '../http/caller.ts';
import { Writes, type Answer } from '../http/writes.ts';
import { PlacementWriter } from '../placements/placement-writer.ts';
import { WrittenEvents } from '../placements/written-events.ts';
import { ChangeTargets, type Addressed, type ChangeTarget } from './change-targets.ts';
import { fieldsOf, type EventRow } from './event-view.ts';
import { EventWrites } from './event-writes.ts';
import { EventsRepository } from './events.repository.ts';
import { GuestMails } from './guest-mails.ts';

interface Wish {
  readonly notify: Notify;
  readonly comment: string | null;
}

/** What a deletion left: nothing, an occurrence that is cancelled, or a series that ends earlier. */
interface Remains {
  readonly event: ProviderEvent | null;
  /** Whether the service has told the guests the comment. */
  readonly toldComment: boolean;
}

/**
 * Deletes events at their provider, on the version that the caller saw. Where the service takes no comment with a
 * cancellation, the guests who are to be told get ours.
 */
@Injectable()
export class EventDeletions {
  constructor(
    private readonly writes: Writes,
    private readonly targets: ChangeTargets,
    private readonly calls: ProviderCalls,
    private readonly writer: PlacementWriter,
    private readonly written: WrittenEvents,
    private readonly eventWrites: EventWrites,
    private readonly events: EventsRepository,
    private readonly mails: GuestMails,
    private readonly audit: Audit,
  ) {}

  async delete(caller: Caller, addressed: Addressed, wish: Wish): Promise<Answer<null>> {
    const target = await this.targets.find(caller, addressed);
    const isDone = target.row.deleted_at !== null;
    if (!isDone) this.targets.requireQuiet(target, wish);
    if (caller.isDryRun || isDone) return { status: 204, body: null, isReplay: false };
    const rules = remainingRules(target);
    const remains = await (rules === null ? this.#remove(caller, target, wish) : this.#end(caller, { target, rules }, wish));
    return this.writes.run(
      caller,
      async (tx) => {
        await this.#store(tx, target, remains);
        if (!remains.toldComment && wish.comment !== null)
          await this.mails.cancelled(tx, target.row, {
            notify: wish.notify,
            comment: wish.comment,
            calendar: target.calendar,
            from: rules === null ? null : target.from,
          });
        await this.audit.record(tx, caller, {
          action: 'event.deleted',
          subject: { kind: 'event', id: target.row.id },
          aboutUserId: target.row.user_id,
          before: { ...fieldsOf(target.row) },
          after: { ...wish, ...(rules === null ? {} : { recurrence: rules }) },
        });
        return null;
      },
      204,
    );
  }

  async #remove(caller: Caller, target: ChangeTarget, { notify, comment }: Wish): Promise<Remains> {
    const ref = { calendarId: target.calendar.remoteId, eventId: target.row.remote_id };
    return this.eventWrites.call(caller, target, () =>
      this.calls.with(target.connection, async (session) => {
        const { writer } = session;
        if (writer === undefined) throw new DomainError('calendar-read-only', `${target.calendar.name} cannot be written to`);
        const withComment = writer.commentOnCancel && comment !== null ? { comment } : {};
        try {
          await writer.remove({ ref, ifVersion: target.row.remote_version, notify, ...withComment });
        } catch (error) {
          if (!(await isGoneAfterAll(session, ref, error))) throw error;
        }
        return { event: await leftOf(session, target.row, ref), toldComment: writer.commentOnCancel };
      }),
    );
  }

  /** "This and following": the series ends before. */
  async #end(caller: Caller, { target, rules }: { target: ChangeTarget; rules: readonly string[] }, { notify }: Wish): Promise<Remains> {
    const ref = { calendarId: target.calendar.remoteId, eventId: target.row.remote_id };
    const difference = { fields: { recurrence: rules } };
    const result = await this.eventWrites.call(caller, target, () =>
      this.writer.change({ ref, ifVersion: target.row.remote_version, difference, notify }, target),
    );
    return { event: result.kind === 'gone' ? null : result.event, toldComment: false };
  }

  async #store(tx: Transaction, target: ChangeTarget, { event }: Remains): Promise<void> {
    const { calendar, row, from } = target;
    if (event === null) {
      await this.written.removed(tx, calendar.id, row.remote_id);
      // The sync tells that the series has a hole there.
      if (row.series_remote_id !== null) await this.eventWrites.lookAgain(tx, target, 0);
      return;
    }
    if (from !== null)
      for (const remoteId of await this.events.exceptionsFrom(tx, row, from)) await this.written.removed(tx, calendar.id, remoteId);
    await this.written.saved(tx, calendar.id, event);
  }
}

/** The rules of a series that is to end earlier; null when all of the event goes. */
function remainingRules({ row, from }: ChangeTarget): readonly string[] | null {
  const fields = from === null ? null : fieldsOf(row);
  if (from === null || fields === null) return null;
  return endSeriesBefore({ rules: fields.recurrence, time: fields.time }, from);
}

/** The hole that a deleted occurrence leaves in its series; null when it cannot be read, for the deletion is done. */
async function leftOf(session: CalendarSession, row: EventRow, ref: EventRef): Promise<ProviderEvent | null> {
  if (row.series_remote_id === null) return null;
  try {
    return await session.getEvent(ref);
  } catch (error) {
    if (error instanceof ProviderError) return null;
    throw error;
  }
}

/** Whether a deletion whose answer was lost has been applied: then what follows from it must not be lost as well. */
async function isGoneAfterAll(session: CalendarSession, ref: EventRef, error: unknown): Promise<boolean> {
  if (!(error instanceof ProviderError) || error.code !== 'unavailable') return false;
  try {
    const event = await session.getEvent(ref);
    return event === null || event.status === 'cancelled';
  } catch {
    return false;
  }
}
