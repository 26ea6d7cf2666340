import { Injectable } from '@nestjs/common';
import type { Event as EventView } from '@daymark/api-contract';
import { DomainError } from '@daymark/domain';
import { differenceOf, type EventDifference, type EventFields, type Notify } from '@daymark/provider-contract';
import { Audit } from '../audit/audit.ts';
import type { Caller } from '../http/caller.ts';
import { notFound } from '../http/path-ids.ts';
import { Writes, type Answer } from '../http/writes.ts';
import { PlacementWriter } from '../placements/placement-writer.ts';
import { WrittenEvents } from '../placements/written-events.ts';
import { ChangeTargets, outOfScope, type Addressed, type ChangeTarget } from './change-targets.ts';
import { patchedFields, type PatchBody } from './event-fields.ts';
import { eventView, fieldsOf } from './event-view.ts';
import { EventWrites } from './event-writes.ts';
import { viewOfFields } from './planned-view.ts';

interface PlannedUpdate {
  readonly target: ChangeTarget;
  readonly fields: EventFields;
  /** Null when nothing would change. */
  readonly difference: EventDifference | null;
}

/** A link is made within seconds. */
const CONFERENCE_LOOK_MS = 4000;

/**
 * Changes events at their provider, on the version that the caller saw. A repetition after a lost answer
 * finds the change there and writes nothing; anything newer is 412 with the version that is current.
 */
@Injectable()
export class EventChanges {
  constructor(
    private readonly writes: Writes,
    private readonly targets: ChangeTargets,
    private readonly writer: PlacementWriter,
    private readonly written: WrittenEvents,
    private readonly eventWrites: EventWrites,
    private readonly audit: Audit,
  ) {}

  async update(caller: Caller, addressed: Addressed, { patch, notify }: { patch: PatchBody; notify: Notify }): Promise<Answer<EventView>> {
    const earlier = await this.writes.replay<EventView>(caller);
    if (earlier !== null) return earlier;
    const planned = this.#plan(await this.targets.find(caller, addressed), { patch, notify });
    const { target, fields, difference } = planned;
    if (caller.isDryRun || difference === null) return this.#unwritten(planned);
    const ref = { calendarId: target.calendar.remoteId, eventId: target.row.remote_id };
    const result = await this.eventWrites.call(caller, target, () =>
      this.writer.change({ ref, ifVersion: target.row.remote_version, difference, notify }, target),
    );
    if (result.kind === 'gone') throw await this.eventWrites.overtaken(caller, target, null);
    return this.writes.run(caller, async (tx) => {
      const saved = await this.written.saved(tx, target.calendar.id, result.event);
      if (result.event.conference?.status === 'pending') await this.eventWrites.lookAgain(tx, target, CONFERENCE_LOOK_MS);
      await this.audit.record(tx, caller, {
        action: 'event.updated',
        subject: { kind: 'event', id: saved.id },
        aboutUserId: target.row.user_id,
        before: pick(fieldsOf(target.row), Object.keys(difference.fields)),
        after: {
          ...pick(fields, Object.keys(difference.fields)),
          ...(difference.conference === undefined ? {} : { conference: difference.conference }),
          notify,
        },
      });
      return eventView(await this.eventWrites.row(tx, target));
    });
  }

  #plan(target: ChangeTarget, { patch, notify }: { patch: PatchBody; notify: Notify }): PlannedUpdate {
    const { row, calendar } = target;
    const standing = fieldsOf(row);
    if (row.deleted_at !== null || standing === null) throw notFound('event');
    if (target.from !== null)
      throw outOfScope('scope', 'cannot be following: a series cannot be split from here; change it at the provider, or use this or all');
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
    if (difference !== null && concernsGuests(difference))
      this.targets.requireQuiet(target, { notify, added: difference.fields.attendees });
    return { target, fields, difference };
  }

  /** The event as it is, or in a dry run as it would be. */
  #unwritten({ target, fields, difference }: PlannedUpdate): Answer<EventView> {
    const view = eventView(target.row);
    if (difference === null) return { status: 200, body: view, isReplay: false };
    const attendees = difference.fields.attendees === undefined ? view.attendees : viewOfFields(fields).attendees;
    return { status: 200, body: { ...view, ...viewOfFields(fields), attendees }, isReplay: false };
  }
}

/** Reminders and busy time are everybody's own. */
function concernsGuests({ fields, conference }: EventDifference): boolean {
  return conference !== undefined || Object.keys(fields).some((name) => name !== 'reminders' && name !== 'busy');
}

function pick(from: object | null, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(from ?? {}).filter(([name]) => names.includes(name)));
}
