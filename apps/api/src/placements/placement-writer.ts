import { Injectable } from '@nestjs/common';
import { DomainError } from '@daymark/domain';
import { errorTreatment, ProviderError, type CalendarSession, type EventWriter, type ProviderEvent } from '@daymark/provider-contract';
import type { Calendar } from '../calendars/calendar.ts';
import type { Connection } from '../connections/connection.ts';
import { ProviderCalls } from '../connections/provider-calls.ts';
import type { Placement } from './placement.ts';
import { holds, type EventDifference, type WritePlan } from './placement-plan.ts';

/** What is on the calendar now. */
export type WriteResult = { readonly kind: 'there'; readonly event: ProviderEvent } | { readonly kind: 'gone' };

export type CalledPlan = Exclude<WritePlan, { readonly kind: 'rest' | 'forget' }>;

export interface Target {
  readonly connection: Connection;
  readonly calendar: Pick<Calendar, 'remoteId' | 'name'>;
}

const MOST_REBASES = 3;
const GONE: WriteResult = { kind: 'gone' };

/**
 * Makes the calls of a plan; every one may be repeated. A create finds the event of an earlier try by its
 * marker. A change that meets a newer version is put on top of it, the fields of others untouched. What a
 * person deleted is gone: it is never made again.
 */
@Injectable()
export class PlacementWriter {
  constructor(private readonly calls: ProviderCalls) {}

  /** @throws ProviderError as the service answered, DomainError when nothing can be written there. */
  async write(placement: Placement, plan: CalledPlan, target: Target): Promise<WriteResult> {
    return this.calls.with(target.connection, (session) => this.#do(session, { placement, plan, target }));
  }

  /** Changes an event from the version last seen; a newer version is a `conflict`, unless it holds the change already. */
  async change(change: EventChangeRequest, target: Target): Promise<WriteResult> {
    return this.calls.with(target.connection, (session) => update(session, change, 0));
  }

  /** Who has to hear that what a lost call made is off: a service that mails always has told its guests of it. */
  #heardOf({ connection }: Target): Placement['notify'] {
    return this.calls.provider(connection.provider).manifest.mailsGuests === 'always' ? 'all' : 'none';
  }

  async #do(
    session: CalendarSession,
    { placement, plan, target }: { placement: Placement; plan: CalledPlan; target: Target },
  ): Promise<WriteResult> {
    const writer = requireWriter(session, target);
    const calendarId = target.calendar.remoteId;
    const { marker, wanted, notify } = placement;
    switch (plan.kind) {
      case 'create':
        return create(() => writer.create({ calendarId, marker, fields: wanted.fields, conference: wanted.conference, notify }));
      case 'take-back':
        return takeBack(writer, { calendarId, marker, wanted, notify: this.#heardOf(target) });
      case 'remove': {
        const comment = writer.commentOnCancel && placement.comment !== null ? { comment: placement.comment } : {};
        await writer.remove({ ref: { calendarId, eventId: placement.remoteId! }, notify, ...comment });
        return GONE;
      }
      case 'poll':
        return found(await session.getEvent({ calendarId, eventId: placement.remoteId! }));
      case 'update': {
        const change = {
          ref: { calendarId, eventId: placement.remoteId! },
          ifVersion: placement.remoteVersion!,
          difference: plan.difference,
          notify,
        };
        return update(session, change, MOST_REBASES);
      }
    }
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

async function update(session: CalendarSession, change: EventChangeRequest, mostRebases: number): Promise<WriteResult> {
  const { ref, difference, notify } = change;
  if (session.writer === undefined) throw new DomainError('calendar-read-only', 'the calendar cannot be written to');
  let ifVersion = change.ifVersion;
  for (let rebases = 0; ; rebases += 1) {
    try {
      return { kind: 'there', event: await session.writer.update({ ref, ifVersion, ...difference, notify }) };
    } catch (error) {
      if (isEventGone(error)) return GONE;
      if (!isConflict(error)) throw error;
      const theirs = found(await session.getEvent(ref));
      if (theirs.kind === 'gone' || holds(theirs.event, difference)) return theirs;
      if (rebases >= mostRebases) throw error;
      ifVersion = theirs.event.version;
    }
  }
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
