import { Injectable } from '@nestjs/common';
import type { Event as EventView, operations, QueryOf } from '@daymark/api-contract';
import { addMilliseconds, Clock, DomainError, type Uuid } from '@daymark/domain';
import { ProviderError, type CalendarSession, type EventFields, type EventRef } from '@daymark/provider-contract';
import { Audit } from '../audit/audit.ts';
import { ProviderCalls } from '../connections/provider-calls.ts';
import { Database, type Transaction } from '../database/database.ts';
import type { Caller } from '../http/caller.ts';
import { notFound } from '../http/path-ids.ts';
import { requireVersion } from '../http/versions.ts';
import { Writes, type Answer } from '../http/writes.ts';
import { differenceOf, type EventDifference } from '../placements/placement-plan.ts';
import { PlacementWriter, type WriteResult } from '../placements/placement-writer.ts';
import { WrittenEvents } from '../placements/written-events.ts';
import { Dues } from '../sync/dues.ts';
import { ChangeTargets, type ChangeTarget, type SeriesScope } from './change-targets.ts';
import { patchedFields, type PatchBody } from './event-fields.ts';
import { eventView, fieldsOf, type EventRow } from './event-view.ts';
import { EventsRepository } from './events.repository.ts';
import { GuestMails } from './guest-mails.ts';
import { viewOfFields } from './planned-view.ts';
import { requestRefusal } from './request-refusal.ts';

type UpdateQuery = QueryOf<typeof operations.updateEvent>;
type DeleteQuery = QueryOf<typeof operations.deleteEvent>;

interface Change<Query> {
  readonly query: Query;
  readonly ifVersion: number | null;
}

interface PlannedUpdate {
  readonly target: ChangeTarget;
  readonly fields: EventFields;
  /** Null when nothing would change. */
  readonly difference: EventDifference | null;
}

const CONFERENCE_LOOK_MS = 4000;

/**
 * Changes and deletes events at their provider, on the version that the caller saw. A repetition after a lost answer
 * finds the change there and writes nothing; anything newer is 412 with the version that is current.
 */
@Injectable()
export class EventChanges {
  constructor(
    private readonly database: Database,
    private readonly writes: Writes,
    private readonly targets: ChangeTargets,
    private readonly calls: ProviderCalls,
    private readonly writer: PlacementWriter,
    private readonly written: WrittenEvents,
    private readonly events: EventsRepository,
    private readonly mails: GuestMails,
    private readonly dues: Dues,
    private readonly audit: Audit,
    private readonly clock: Clock,
  ) {}

  async update(
    caller: Caller,
    id: Uuid,
    { patch, query, ifVersion }: Change<UpdateQuery> & { patch: PatchBody },
  ): Promise<Answer<EventView>> {
    const earlier = await this.writes.replay<EventView>(caller);
    if (earlier !== null) return earlier;
    const planned = await this.#begin(caller, id, { scope: query.scope, ifVersion }, (target) => this.#plan(target, patch));
    const { target, fields, difference } = planned;
    if (caller.isDryRun || difference === null) return this.#unwritten(caller, planned);
    const ref = { calendarId: target.calendar.remoteId, eventId: target.row.remote_id };
    const result = await this.#call(caller, target, () =>
      this.writer.change({ ref, ifVersion: target.row.remote_version, difference, notify: query.notify }, target),
    );
    if (result.kind === 'gone') throw await this.#overtaken(caller, target, null);
    return this.writes.run(caller, async (tx) => {
      await this.written.saved(tx, target.calendar.id, result.event);
      if (result.event.conference?.status === 'pending') await this.#lookAgain(tx, target);
      await this.audit.record(tx, caller, {
        action: 'event.updated',
        subject: { kind: 'event', id: target.row.id },
        aboutUserId: target.row.user_id,
        before: pick(fieldsOf(target.row), Object.keys(difference.fields)),
        after: {
          ...pick(fields, Object.keys(difference.fields)),
          ...(difference.conference === undefined ? {} : { conference: difference.conference }),
          notify: query.notify,
        },
      });
      return eventView(await this.#row(tx, target.row.id));
    });
  }

  /** Where the service takes no comment with a cancellation, the guests who are to be told get ours. */
  async delete(caller: Caller, id: Uuid, { query, ifVersion }: Change<DeleteQuery>): Promise<Answer<null>> {
    const target = await this.#begin(caller, id, { scope: query.scope, ifVersion }, (one) => one);
    if (caller.isDryRun || target.row.deleted_at !== null) return { status: 204, body: null, isReplay: false };
    const ref = { calendarId: target.calendar.remoteId, eventId: target.row.remote_id };
    const takesComment = await this.#call(caller, target, () =>
      this.calls.with(target.connection, async (session) => {
        const { writer } = session;
        if (writer === undefined) throw new DomainError('calendar-read-only', `${target.calendar.name} cannot be written to`);
        const comment = writer.commentOnCancel && query.comment !== undefined ? { comment: query.comment } : {};
        try {
          await writer.remove({ ref, ifVersion: target.row.remote_version, notify: query.notify, ...comment });
        } catch (error) {
          if (!(await isGoneAfterAll(session, ref, error))) throw error;
        }
        return writer.commentOnCancel;
      }),
    );
    return this.writes.run(
      caller,
      async (tx) => {
        await this.written.removed(tx, target.calendar.id, target.row.remote_id);
        if (!takesComment && query.comment !== undefined)
          await this.mails.cancelled(tx, target.row, { notify: query.notify, comment: query.comment, calendar: target.calendar });
        await this.audit.record(tx, caller, {
          action: 'event.deleted',
          subject: { kind: 'event', id: target.row.id },
          aboutUserId: target.row.user_id,
          before: { ...fieldsOf(target.row) },
          after: { notify: query.notify, comment: query.comment ?? null },
        });
        return null;
      },
      204,
    );
  }

  async #begin<T>(
    caller: Caller,
    id: Uuid,
    { scope, ifVersion }: { scope: SeriesScope; ifVersion: number | null },
    plan: (target: ChangeTarget) => T,
  ): Promise<T> {
    return this.database.withTenant(caller.tenantId, async (tx) => {
      const { addressed, target } = await this.targets.find(tx, caller, { id, scope });
      requireVersion(ifVersion, addressed.version);
      return plan(await target());
    });
  }

  #plan(target: ChangeTarget, patch: PatchBody): PlannedUpdate {
    const { row, calendar } = target;
    const standing = fieldsOf(row);
    if (row.deleted_at !== null || standing === null) throw notFound('event');
    if (patch.conference === 'add' && !this.targets.offersConference(target))
      throw new DomainError('conference-unavailable', `${calendar.name} offers no online meetings.`);
    const changed = patchedFields(patch, standing, calendar.zone);
    const fields = { ...standing, ...changed };
    // Of an event whose content is not kept nothing can be compared: what is asked for is written.
    const difference: EventDifference | null =
      calendar.privacy === 'busy_only'
        ? { fields: changed, ...(patch.conference === undefined ? {} : { conference: patch.conference }) }
        : differenceOf(
            { fields: standing, conference: row.conference !== null },
            { fields, conference: patch.conference === undefined ? row.conference !== null : patch.conference === 'add' },
          );
    return { target, fields, difference };
  }

  /** The event as it is, or in a dry run as it would be. */
  async #unwritten(caller: Caller, { target, fields, difference }: PlannedUpdate): Promise<Answer<EventView>> {
    const view = eventView(target.row);
    return {
      status: 200,
      body:
        difference === null
          ? view
          : {
              ...view,
              ...viewOfFields(fields),
              attendees: difference.fields.attendees === undefined ? view.attendees : viewOfFields(fields).attendees,
            },
      isReplay: false,
    };
  }

  async #call<T>(caller: Caller, target: ChangeTarget, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      if (error instanceof ProviderError && error.code === 'conflict') throw await this.#overtaken(caller, target, error);
      throw requestRefusal(error, target.connection.provider);
    }
  }

  /** Reads what the event has become, so that the caller's next read shows it. */
  async #overtaken(caller: Caller, target: ChangeTarget, cause: ProviderError | null): Promise<DomainError> {
    const ref = { calendarId: target.calendar.remoteId, eventId: target.row.remote_id };
    const found: WriteResult = await this.calls
      .with(target.connection, (session) => session.getEvent(ref))
      .then((event) => (event === null ? { kind: 'gone' as const } : { kind: 'there' as const, event }))
      .catch((error: unknown) => Promise.reject(requestRefusal(error, target.connection.provider)));
    const current = await this.database.withTenant(caller.tenantId, async (tx) => {
      if (found.kind === 'gone') await this.written.removed(tx, target.calendar.id, target.row.remote_id);
      else await this.written.saved(tx, target.calendar.id, found.event);
      return this.#row(tx, target.row.id);
    });
    return new DomainError(
      'precondition-failed',
      'The event was changed in the calendar meanwhile.',
      { current_version: current.version },
      { cause },
    );
  }

  /** The link is made within seconds: the calendar is read again then, and with it the link. */
  async #lookAgain(tx: Transaction, { calendar }: ChangeTarget): Promise<void> {
    await this.dues.add(tx, {
      tenantId: calendar.tenantId,
      calendarId: calendar.id,
      trigger: 'notice',
      at: addMilliseconds(this.clock.now(), CONFERENCE_LOOK_MS),
    });
  }

  async #row(tx: Transaction, id: Uuid): Promise<EventRow> {
    const row = await this.events.find(tx, id);
    if (row === null) throw notFound('event');
    return row;
  }
}

/** Whether a deletion whose answer was lost has been applied: then what follows from it must not be lost as well. */
async function isGoneAfterAll(session: CalendarSession, ref: EventRef, error: unknown): Promise<boolean> {
  if (!(error instanceof ProviderError) || error.code !== 'unavailable') return false;
  try {
    return (await session.getEvent(ref)) === null;
  } catch {
    return false;
  }
}

function pick(from: object | null, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(from ?? {}).filter(([name]) => names.includes(name)));
}
