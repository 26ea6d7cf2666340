import { Injectable } from '@nestjs/common';
import type { BodyOf, BookedMeeting, operations } from '@daymark/api-contract';
import {
  addMilliseconds,
  Clock,
  DomainError,
  formatId,
  formatInstant,
  isEnded,
  MINUTE_MS,
  type Instant,
  type Interval,
  type Uuid,
} from '@daymark/domain';
import { alternatives, whyNot } from '@daymark/scheduling';
import { Audit } from '../audit/audit.ts';
import { Changes } from '../audit/changes.ts';
import { answerable, AvailabilityService, freshnessView } from '../availability/availability.service.ts';
import { DEFAULT_FRESHNESS, Questions, slotRequest } from '../availability/question.ts';
import { Database, type Transaction } from '../database/database.ts';
import type { Caller } from '../http/caller.ts';
import { requireVersion } from '../http/versions.ts';
import { Writes, type Answer } from '../http/writes.ts';
import { Mails } from '../mail/mails.ts';
import { Reminding } from '../reminding/reminding.ts';
import { ClaimsRepository, TimeTakenError } from './claims.repository.ts';
import { changedConference } from './conference.ts';
import { GuestList } from './guest-list.ts';
import { MeetingAccess } from './meeting-access.ts';
import { MeetingEvent } from './meeting-event.ts';
import type { MeetingRow } from './meeting-row.ts';
import { MeetingViews } from './meeting-view.ts';
import { MeetingsRepository } from './meetings.repository.ts';
import { liesInThePast, Refusals, type Answered } from './refusals.ts';

export type PatchBody = BodyOf<typeof operations.updateMeeting>;

/** Where a meeting is to move, and what that is built on. */
interface Move {
  readonly interval: Interval;
  readonly moved: MeetingRow['moved'];
  readonly seen: Answered;
}

interface Change {
  readonly id: Uuid;
  readonly patch: PatchBody;
  readonly ifVersion: number | null;
}

/**
 * Changes a meeting: the same events are moved, the join link stays, reminders follow a change of time and
 * nothing else. Only a new time asks about the time of those who take part; what else is changed needs no
 * right to see it.
 */
@Injectable()
export class ReschedulingService {
  constructor(
    private readonly database: Database,
    private readonly writes: Writes,
    private readonly questions: Questions,
    private readonly availability: AvailabilityService,
    private readonly access: MeetingAccess,
    private readonly claims: ClaimsRepository,
    private readonly meetings: MeetingsRepository,
    private readonly guests: GuestList,
    private readonly event: MeetingEvent,
    private readonly refusals: Refusals,
    private readonly views: MeetingViews,
    private readonly reminding: Reminding,
    private readonly mails: Mails,
    private readonly audit: Audit,
    private readonly changes: Changes,
    private readonly clock: Clock,
  ) {}

  /** @throws DomainError `slot-taken` or `time-unknown` with alternatives when the new time is not free, `validation-failed` when it has passed. */
  async update(
    caller: Caller,
    id: Uuid,
    { patch, ifVersion }: { patch: PatchBody; ifVersion: number | null },
  ): Promise<Answer<BookedMeeting>> {
    const replay = await this.writes.replay<BookedMeeting>(caller);
    if (replay !== null) return replay;
    const meeting = await this.database.withTenant(caller.tenantId, (tx) => this.access.changeable(tx, caller, id));
    refuseEnded(meeting);
    requireVersion(ifVersion, meeting.version);
    const wanted = newInterval(meeting, patch);
    if (patch.start !== undefined && patch.start < this.clock.now() && patch.start !== intervalOf(meeting).start)
      throw liesInThePast('/start');
    const move = isSame(wanted, intervalOf(meeting)) ? null : await this.#move(caller, { meeting, patch, wanted });
    try {
      return await this.writes.run(caller, (tx) => this.#store(tx, caller, { id, patch, ifVersion, move }));
    } catch (error) {
      if (!(error instanceof TimeTakenError)) throw error;
      throw await this.#taken(caller, { seen: move!.seen, wanted: move!.interval, meeting });
    }
  }

  async #move(caller: Caller, { meeting, patch, wanted }: { meeting: MeetingRow; patch: PatchBody; wanted: Interval }): Promise<Move> {
    const seen = await this.#ask(caller, { meeting, patch, wanted });
    const request = slotRequest(seen.prepared, seen.time, wanted);
    if (answerable(() => whyNot(request, wanted)).isBookable) return { interval: wanted, moved: null, seen };
    if (patch.on_conflict !== 'auto_move') throw await this.#taken(caller, { seen, wanted, meeting });
    const wide = await this.availability.widened(caller, seen.prepared, wanted.start);
    const [slot] = answerable(() => alternatives(slotRequest(wide.prepared, wide.time), { start: wanted.start, count: 1 }));
    if (slot === undefined) throw await this.#taken(caller, { seen, wanted, meeting });
    const explanation = 'The wanted time is not free; this is the nearest that is.';
    return { interval: slot, moved: { from: formatInstant(wanted.start), to: formatInstant(slot.start), explanation }, seen };
  }

  /** About everyone whose time the meeting takes, without what it takes now. */
  async #ask(caller: Caller, { meeting, patch, wanted }: { meeting: MeetingRow; patch: PatchBody; wanted: Interval }): Promise<Answered> {
    const held = await this.database.withTenant(caller.tenantId, (tx) => this.claims.holders(tx, meeting.id));
    const claimed = held.map(({ userId, resourceId }) =>
      userId === null ? { resource_id: formatId('resource', resourceId) } : { user_id: formatId('user', userId) },
    );
    if (claimed.length === 0 && meeting.organizer_user_id === null)
      throw new DomainError('meeting-ended', 'Nobody of the tenant takes part in this meeting any more.');
    const members = claimed.length > 0 ? claimed : [{ user_id: formatId('user', meeting.organizer_user_id!) }];
    const prepared = await this.questions.prepare(caller, {
      participants: [{ group: 'everyone', required: 'all', members }],
      scheduling_profile_id:
        meeting.scheduling_profile_id === null ? undefined : formatId('schedulingProfile', meeting.scheduling_profile_id),
      window: wanted,
      duration_minutes: Math.round((wanted.end - wanted.start) / MINUTE_MS),
      time_zone: patch.time_zone ?? meeting.zone,
      freshness: patch.freshness,
      exceptMeeting: meeting.id,
      isOfMeeting: true,
    });
    return { prepared, time: await this.questions.read(caller, prepared) };
  }

  async #taken(caller: Caller, { seen, wanted, meeting }: { seen: Answered; wanted: Interval; meeting: MeetingRow }): Promise<DomainError> {
    const wide = await this.availability.widened(caller, seen.prepared, wanted.start);
    return this.refusals.taken(caller, { wanted, seen, wide, zone: meeting.zone }, { count: 3 });
  }

  async #store(tx: Transaction, caller: Caller, { id, patch, ifVersion, move }: Change & { move: Move | null }): Promise<BookedMeeting> {
    await this.access.changeable(tx, caller, id);
    const before = (await this.meetings.lock(tx, id))!;
    requireVersion(ifVersion, before.version);
    refuseEnded(before);
    const { tenantId } = caller;
    const sequence = before.sequence + (move === null ? 0 : 1);
    if (move !== null) await this.#reclaim(tx, caller, { id, interval: move.interval });
    const conference = changedConference(before.conference, { asked: patch.conference, offer: await this.event.calendarOf(tx, id) });
    await this.meetings.update(tx, id, {
      title: patch.title,
      description: patch.description,
      location: patch.location,
      externalRef: patch.external_ref,
      reminderMinutes: patch.reminders,
      preparation: patch.preparation,
      conference: conference.stored,
      interval: move?.interval ?? intervalOf(before),
      zone: patch.time_zone ?? before.zone,
      ...(move === null ? {} : { sequence, moved: move.moved }),
    });
    const uninvited =
      patch.attendees === undefined ? [] : await this.guests.replace(tx, { tenantId, meetingId: id, guests: patch.attendees });
    await this.event.follow(tx, id, { conference: conference.wanted });
    await this.reminding.plan(tx, id);
    const told = { tenantId, meetingId: id, sequence, notify: patch.notify };
    if (move !== null) await this.mails.rescheduled(tx, { ...told, from: intervalOf(before) });
    else if (patch.attendees !== undefined) await this.mails.confirm(tx, told);
    if (conference.wanted === true) await this.mails.linkAdded(tx, told);
    if (patch.notify !== 'none') await this.mails.uninvited(tx, { tenantId, meetingId: id, guests: uninvited });
    const after = (await this.meetings.find(tx, id))!;
    await this.#record(tx, caller, { before, after, isMoved: move !== null });
    const [view] = await this.views.of(tx, [after]);
    return { ...view!, dry_run: caller.isDryRun, ...this.#freshness(move, patch) };
  }

  /** Nothing was asked about anybody's time where the meeting stays. */
  #freshness(move: Move | null, { freshness = DEFAULT_FRESHNESS }: PatchBody) {
    if (move !== null) return freshnessView(move.seen.prepared, move.seen.time);
    return { as_of: formatInstant(this.clock.now()), freshness_policy: { ...freshness }, calendar_statuses: [] };
  }

  async #reclaim(tx: Transaction, caller: Caller, { id, interval }: { id: Uuid; interval: Interval }): Promise<void> {
    const claims = await this.claims.held(tx, id);
    await this.claims.release(tx, id);
    await this.claims.take(tx, { tenantId: caller.tenantId, meetingId: id, interval, claims });
  }

  async #record(
    tx: Transaction,
    caller: Caller,
    { before, after, isMoved }: { before: MeetingRow; after: MeetingRow; isMoved: boolean },
  ): Promise<void> {
    await this.audit.record(tx, caller, {
      action: isMoved ? 'meeting.rescheduled' : 'meeting.updated',
      subject: { kind: 'meeting', id: after.id },
      aboutUserId: after.organizer_user_id,
      before: audited(before),
      after: audited(after),
    });
    await this.changes.record(tx, caller.tenantId, [
      {
        type: isMoved ? 'meeting.rescheduled' : 'meeting.updated',
        resource: { kind: 'meeting', id: after.id },
        version: after.version,
        externalRef: after.external_ref ?? undefined,
      },
    ]);
  }
}

function audited({ title, start_at, end_at, zone, conference }: MeetingRow) {
  return { title, start: start_at, end: end_at, time_zone: zone, has_conference: conference !== null };
}

function refuseEnded({ status }: MeetingRow): void {
  if (isEnded(status)) throw new DomainError('meeting-ended', `the meeting is ${status}`);
}

function intervalOf({ start_at, end_at }: MeetingRow): Interval {
  return { start: start_at.getTime() as Instant, end: end_at.getTime() as Instant };
}

function newInterval(meeting: MeetingRow, patch: PatchBody): Interval {
  const { start, end } = intervalOf(meeting);
  const from = patch.start ?? start;
  return {
    start: from,
    end: addMilliseconds(from, patch.duration_minutes === undefined ? end - start : patch.duration_minutes * MINUTE_MS),
  };
}

function isSame(one: Interval, other: Interval): boolean {
  return one.start === other.start && one.end === other.end;
}
