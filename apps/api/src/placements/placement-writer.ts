import { Injectable } from '@nestjs/common';
import { Clock, DomainError } from '@daymark/domain';
import {
  errorTreatment,
  ProviderError,
  putOnTop,
  standing,
  updateOnTop,
  type CalendarSession,
  type ChangeOnTop,
  type EventRef,
  type EventWriter,
  type ProviderEvent,
  type Standing,
} from '@daymark/provider-contract';
import type { Calendar } from '../calendars/calendar.ts';
import type { Connection } from '../connections/connection.ts';
import { ProviderCalls } from '../connections/provider-calls.ts';
import type { Placement } from './placement.ts';
import type { WritePlan } from './placement-plan.ts';

/** What is on the calendar now. */
export type WriteResult = Standing;

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
    return this.calls.with(target.connection, (session) => updateOnTop(writable(session, target), { ...change, mostRebases: 0 }));
  }

  /** Who has to hear that what a lost call made is off: a service that mails always has told its guests of it. */
  #heardOf({ connection }: Target): Placement['notify'] {
    return this.calls.provider(connection.provider).manifest.mailsGuests === 'always' ? 'all' : 'none';
  }

  async #do(
    session: CalendarSession,
    { placement, plan, target }: { placement: Placement; plan: CalledPlan; target: Target },
  ): Promise<WriteResult> {
    const { writer } = writable(session, target);
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
        return putOnTop(writable(session, target), { ...onTop, ref, difference: plan.correction }, made.event);
      }
      case 'take-back':
        return takeBack(writer, { calendarId, marker, wanted, notify: this.#heardOf(target) });
      case 'remove': {
        const comment = writer.commentOnCancel && placement.comment !== null ? { comment: placement.comment } : {};
        await writer.remove({ ref: { calendarId, eventId: placement.remoteId! }, notify, ...comment });
        return GONE;
      }
      case 'poll':
        return standing(await session.getEvent({ calendarId, eventId: placement.remoteId! }));
      case 'update': {
        const ref = { calendarId, eventId: placement.remoteId! };
        const change = { ...onTop, ref, ifVersion: placement.remoteVersion!, difference: plan.difference };
        if (!plan.isUnsure) return updateOnTop(writable(session, target), change);
        const theirs = standing(await session.getEvent(ref));
        return theirs.kind === 'gone' ? theirs : putOnTop(writable(session, target), change, theirs.event);
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

export type EventChangeRequest = Omit<ChangeOnTop, 'mostRebases' | 'requireLease'>;

function writable(session: CalendarSession, { calendar }: Target) {
  const { writer } = session;
  if (writer === undefined) throw new DomainError('calendar-read-only', `${calendar.name} cannot be written to`);
  return { writer, getEvent: (ref: EventRef) => session.getEvent(ref) };
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

/** Finds what a lost create may have made, or makes it for nobody, and removes it. Where the create is refused, nothing was made. */
async function takeBack(
  writer: EventWriter,
  { calendarId, marker, wanted, notify }: { calendarId: string } & Pick<Placement, 'marker' | 'wanted' | 'notify'>,
): Promise<WriteResult> {
  const fields = { ...wanted.fields, attendees: [] };
  try {
    const made = await create(() => writer.create({ calendarId, marker, fields, conference: false, notify: 'none' }));
    if (made.kind === 'there') await writer.remove({ ref: { calendarId, eventId: made.event.id }, notify });
    return GONE;
  } catch (error) {
    if (error instanceof ProviderError && errorTreatment[error.code] === 'set-aside') return GONE;
    throw error;
  }
}

function isConflict(error: unknown): error is ProviderError {
  return error instanceof ProviderError && errorTreatment[error.code] === 'reread-and-merge';
}
