import { Injectable } from '@nestjs/common';
import { Clock, DomainError } from '@daymark/domain';
import { errorTreatment, ProviderError, type CalendarSession, type EventWriter, type ProviderEvent } from '@daymark/provider-contract';
import type { Calendar } from '../calendars/calendar.ts';
import type { Connection } from '../connections/connection.ts';
import { ProviderCalls } from '../connections/provider-calls.ts';
import type { Placement } from './placement.ts';
import { lackOf, type EventDifference, type WritePlan } from './placement-plan.ts';

/** What is on the calendar now. */
export type WriteResult = { readonly kind: 'there'; readonly event: ProviderEvent } | { readonly kind: 'gone' };

export type CalledPlan = Exclude<WritePlan, { readonly kind: 'rest' | 'forget' }>;

export interface Target {
  readonly connection: Connection;
  readonly calendar: Pick<Calendar, 'remoteId' | 'name'>;
}

const MOST_REBASES = 3;
const GONE: WriteResult = { kind: 'gone' };

/** Another writer took the placement over: nothing of this one's outcome may be stored, and nothing more be written. */
export class PlacementLostError extends Error {
  override readonly name = 'PlacementLostError';
}

/**
 * Makes the calls of a plan; every one may be repeated. A create finds the event of an earlier try by its
 * marker, and corrects it where that try was for an older wish. A change that meets a newer version is put on
 * top of it, the fields of others untouched, but only by who still has the lease: the newer version may be that
 * of a later wish. What a person deleted is gone: it is never made again.
 */
@Injectable()
export class PlacementWriter {
  constructor(
    private readonly calls: ProviderCalls,
    private readonly clock: Clock,
  ) {}

  /** @throws ProviderError as the service answered, DomainError when nothing can be written there, PlacementLostError. */
  async write(placement: Placement, plan: CalledPlan, target: Target): Promise<WriteResult> {
    return this.calls.with(target.connection, (session) => this.#do(session, { placement, plan, target }));
  }

  /** Changes an event from the version last seen; a newer version is a `conflict`, unless it holds the change already. */
  async change(change: EventChangeRequest, target: Target): Promise<WriteResult> {
    return this.calls.with(target.connection, (session) => update(session, { ...change, mostRebases: 0 }));
  }

  async #do(
    session: CalendarSession,
    { placement, plan, target }: { placement: Placement; plan: CalledPlan; target: Target },
  ): Promise<WriteResult> {
    const writer = requireWriter(session, target);
    const calendarId = target.calendar.remoteId;
    const { marker, wanted, notify, leaseUntil } = placement;
    const onTop = { notify, mostRebases: MOST_REBASES, requireLease: () => this.#requireLease(leaseUntil) };
    switch (plan.kind) {
      case 'create': {
        const made = await create(() =>
          writer.create({ calendarId, marker, fields: wanted.fields, conference: wanted.conference, notify }),
        );
        if (made.kind === 'gone' || plan.correction === null) return made;
        const ref = { calendarId, eventId: made.event.id };
        return putOnTop(session, { ...onTop, ref, ifVersion: made.event.version, difference: plan.correction }, made.event);
      }
      case 'take-back':
        return takeBack(writer, { calendarId, marker, wanted });
      case 'remove': {
        const comment = writer.commentOnCancel && placement.comment !== null ? { comment: placement.comment } : {};
        await writer.remove({ ref: { calendarId, eventId: placement.remoteId! }, notify, ...comment });
        return GONE;
      }
      case 'poll':
        return found(await session.getEvent({ calendarId, eventId: placement.remoteId! }));
      case 'update': {
        const ref = { calendarId, eventId: placement.remoteId! };
        const change = { ...onTop, ref, ifVersion: placement.remoteVersion!, difference: plan.difference };
        if (!plan.isUnsure) return update(session, change);
        const theirs = found(await session.getEvent(ref));
        return theirs.kind === 'gone' ? theirs : putOnTop(session, change, theirs.event);
      }
    }
  }

  /**
   * Asked after an event was read and before that version is written over. Whoever takes the placement over makes
   * another version of it, so that a writer that stands still between the two is refused by the service.
   */
  #requireLease(leaseUntil: Placement['leaseUntil']): void {
    if (leaseUntil !== null && leaseUntil <= this.clock.now()) throw new PlacementLostError('the lease ended before the write did');
  }
}

export interface EventChangeRequest {
  readonly ref: { readonly calendarId: string; readonly eventId: string };
  readonly ifVersion: string;
  readonly difference: EventDifference;
  readonly notify: Placement['notify'];
}

function requireWriter(session: CalendarSession, { calendar }: Target): EventWriter {
  if (session.writer === undefined) throw new DomainError('calendar-read-only', `${calendar.name} cannot be written to`);
  return session.writer;
}

async function create(call: () => Promise<ProviderEvent>): Promise<WriteResult> {
  try {
    return { kind: 'there', event: await call() };
  } catch (error) {
    // The marker belongs to an event that was applied by a lost call of ours and deleted by a person since.
    if (isConflict(error)) return GONE;
    throw error;
  }
}

/** Finds what a lost create may have made, silently, and removes it. Where the create is refused, nothing was made. */
async function takeBack(
  writer: EventWriter,
  { calendarId, marker, wanted }: { calendarId: string } & Pick<Placement, 'marker' | 'wanted'>,
): Promise<WriteResult> {
  try {
    const made = await create(() => writer.create({ calendarId, marker, fields: wanted.fields, conference: false, notify: 'none' }));
    if (made.kind === 'there') await writer.remove({ ref: { calendarId, eventId: made.event.id }, notify: 'none' });
    return GONE;
  } catch (error) {
    if (error instanceof ProviderError && errorTreatment[error.code] === 'set-aside') return GONE;
    throw error;
  }
}

interface Change extends EventChangeRequest {
  /** How often it is put on top of what others wrote meanwhile. */
  readonly mostRebases: number;
  /** @throws PlacementLostError */
  readonly requireLease?: () => void;
}

async function update(session: CalendarSession, change: Change): Promise<WriteResult> {
  const { ref, ifVersion, difference, notify, mostRebases } = change;
  if (session.writer === undefined) throw new DomainError('calendar-read-only', 'the calendar cannot be written to');
  try {
    return { kind: 'there', event: await session.writer.update({ ref, ifVersion, ...difference, notify }) };
  } catch (error) {
    if (isEventGone(error)) return GONE;
    if (!isConflict(error)) throw error;
    const theirs = found(await session.getEvent(ref));
    if (theirs.kind === 'gone' || lackOf(theirs.event, difference) === null) return theirs;
    if (mostRebases === 0) throw error;
    return putOnTop(session, { ...change, mostRebases: mostRebases - 1 }, theirs.event);
  }
}

/** Writes what an event, as it was just read, lacks of a change. */
async function putOnTop(session: CalendarSession, change: Change, event: ProviderEvent): Promise<WriteResult> {
  const difference = lackOf(event, change.difference);
  if (difference === null) return { kind: 'there', event };
  change.requireLease?.();
  return update(session, { ...change, ifVersion: event.version, difference });
}

function found(event: ProviderEvent | null): WriteResult {
  return event === null || event.status === 'cancelled' ? GONE : { kind: 'there', event };
}

function isConflict(error: unknown): error is ProviderError {
  return error instanceof ProviderError && errorTreatment[error.code] === 'reread-and-merge';
}

function isEventGone(error: unknown): boolean {
  return error instanceof ProviderError && error.code === 'not-found' && error.subject === 'event';
}
