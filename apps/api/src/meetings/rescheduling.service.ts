import { Injectable } from '@nestjs/common';
import type { BodyOf, BookedMeeting, operations } from '@daymark/api-contract';
import {
  addMilliseconds,
  DomainError,
  formatId,
  formatInstant,
  isEnded,
  MINUTE_MS,
  type Instant,
  type Interval,
  type Uuid,
} from '@daymark/domain';
import { alternatives, findConflicts, whyNot } from '@daymark/scheduling';
import { Audit } from '../audit/audit.ts';
import { Changes } from '../audit/changes.ts';
import { alternativeView, conflictViews } from '../availability/blocked-times.ts';
import { answerable, AvailabilityService, freshnessView } from '../availability/availability.service.ts';
import { Questions, slotRequest, type Prepared } from '../availability/question.ts';
import type { TimeOfPeople } from '../availability/time-of-people.ts';
import { Database, type Transaction } from '../database/database.ts';
import { seesWholeTenant, type Caller } from '../http/caller.ts';
import { notFound } from '../http/path-ids.ts';
import { requireVersion } from '../http/versions.ts';
import { Writes, type Answer } from '../http/writes.ts';
import { Mails, type Guest } from '../mail/mails.ts';
import { Placements } from '../placements/placements.ts';
import { Reminding } from '../reminding/reminding.ts';
import { ClaimsRepository, TimeTakenError } from './claims.repository.ts';
import { eventFieldsOf } from './event-fields.ts';
import { MeetingViews, type MeetingRow } from './meeting-view.ts';
import { MeetingsRepository, type NewAttendee } from './meetings.repository.ts';

export type PatchBody = BodyOf<typeof operations.updateMeeting>;

/** Where a meeting is to move, and what the answer is built on. */
interface Move {
  readonly interval: Interval;
  readonly moved: MeetingRow['moved'];
}

interface Asked {
  readonly meeting: MeetingRow;
  readonly prepared: Prepared;
  readonly time: TimeOfPeople;
}

/** Changes a meeting: the same events are moved, the join link stays, reminders follow a change of time and nothing else. */
@Injectable()
export class ReschedulingService {
  constructor(
    private readonly database: Database,
    private readonly writes: Writes,
    private readonly questions: Questions,
    private readonly availability: AvailabilityService,
    private readonly claims: ClaimsRepository,
    private readonly meetings: MeetingsRepository,
    private readonly views: MeetingViews,
    private readonly placements: Placements,
    private readonly reminding: Reminding,
    private readonly mails: Mails,
    private readonly audit: Audit,
    private readonly changes: Changes,
  ) {}

  /** @throws DomainError `slot-taken` with alternatives when the new time is not free. */
  async update(
    caller: Caller,
    id: Uuid,
    { patch, ifVersion }: { patch: PatchBody; ifVersion: number | null },
  ): Promise<Answer<BookedMeeting>> {
    const replay = await this.writes.replay<BookedMeeting>(caller);
    if (replay !== null) return replay;
    const asked = await this.#ask(caller, id, patch);
    requireVersion(ifVersion, asked.meeting.version);
    const move = await this.#move(caller, asked, patch);
    try {
      return await this.writes.run(caller, (tx) => this.#store(tx, caller, { id, patch, ifVersion, move, asked }));
    } catch (error) {
      if (!(error instanceof TimeTakenError)) throw error;
      throw await this.#taken(caller, asked, move!.interval);
    }
  }

  async #ask(caller: Caller, id: Uuid, patch: PatchBody): Promise<Asked> {
    const { meeting, members } = await this.database.withTenant(caller.tenantId, async (tx) => {
      const found = await this.meetings.find(tx, id);
      if (found === null || !(await this.#maySee(tx, caller, id))) throw notFound('meeting');
      if (isEnded(found.status)) throw new DomainError('meeting-ended', `the meeting is ${found.status}`);
      const held = await tx.query<{ kind: string; resource_id: Uuid; user_id: Uuid | null }[]>(
        `SELECT r.kind, c.resource_id, r.user_id FROM claims c JOIN resources r ON r.id = c.resource_id WHERE c.meeting_id = $1 ORDER BY r.kind, c.id`,
        [id],
      );
      return {
        meeting: found,
        members: held.map(({ user_id, resource_id }) =>
          user_id === null ? { resource_id: formatId('resource', resource_id) } : { user_id: formatId('user', user_id) },
        ),
      };
    });
    const interval = newInterval(meeting, patch);
    const prepared = await this.questions.prepare(caller, {
      participants:
        members.length === 0
          ? [{ group: 'everyone', required: 'all', members: [{ user_id: formatId('user', meeting.organizer_user_id!) }] }]
          : [{ group: 'everyone', required: 'all', members }],
      scheduling_profile_id:
        meeting.scheduling_profile_id === null ? undefined : formatId('schedulingProfile', meeting.scheduling_profile_id),
      window: interval,
      duration_minutes: Math.round((interval.end - interval.start) / MINUTE_MS),
      time_zone: patch.time_zone ?? meeting.zone,
      freshness: patch.freshness,
      exceptMeeting: id,
      isOfMeeting: true,
    });
    return { meeting, prepared, time: await this.questions.read(caller, prepared) };
  }

  /** Null when the time stays. */
  async #move(caller: Caller, asked: Asked, patch: PatchBody): Promise<Move | null> {
    const interval = newInterval(asked.meeting, patch);
    const isSameTime = interval.start === asked.meeting.start_at.getTime() && interval.end === asked.meeting.end_at.getTime();
    if (isSameTime) return null;
    const request = slotRequest(asked.prepared, asked.time, interval);
    if (answerable(() => whyNot(request, interval)).isBookable) return { interval, moved: null };
    if (patch.on_conflict !== 'auto_move') throw await this.#taken(caller, asked, interval);
    const wide = await this.availability.widened(caller, asked.prepared, interval.start);
    const [slot] = answerable(() => alternatives(slotRequest(wide.prepared, wide.time), { start: interval.start, count: 1 }));
    if (slot === undefined) throw await this.#taken(caller, asked, interval);
    return {
      interval: slot,
      moved: {
        from: formatInstant(interval.start),
        to: formatInstant(slot.start),
        explanation: 'The wanted time is not free; this is the nearest that is.',
      },
    };
  }

  async #taken(caller: Caller, asked: Asked, interval: Interval): Promise<DomainError> {
    const wide = await this.availability.widened(caller, asked.prepared, interval.start);
    const request = slotRequest(wide.prepared, wide.time);
    const others = answerable(() => alternatives(request, { start: interval.start, count: 3 }));
    const conflicts = await this.database.withTenant(caller.tenantId, (tx) =>
      conflictViews(tx, findConflicts(request, interval), {
        members: wide.time.members,
        zone: asked.meeting.zone,
        maySeeTitles: seesWholeTenant(caller),
      }),
    );
    return new DomainError('slot-taken', conflicts[0]?.message ?? 'Somebody else was faster.', {
      conflicts,
      alternatives: others.map(alternativeView),
      ...freshnessView(wide.prepared, wide.time),
    });
  }

  async #store(
    tx: Transaction,
    caller: Caller,
    { id, patch, ifVersion, move, asked }: { id: Uuid; patch: PatchBody; ifVersion: number | null; move: Move | null; asked: Asked },
  ): Promise<BookedMeeting> {
    const before = await this.meetings.lock(tx, id);
    if (before === null) throw notFound('meeting');
    requireVersion(ifVersion, before.version);
    if (isEnded(before.status)) throw new DomainError('meeting-ended', `the meeting is ${before.status}`);
    if (move !== null) await this.#reclaim(tx, caller, { id, interval: move.interval });
    const zone = patch.time_zone ?? before.zone;
    await this.meetings.update(tx, id, {
      title: patch.title,
      description: patch.description,
      location: patch.location,
      externalRef: patch.external_ref,
      reminderMinutes: patch.reminders,
      preparation: patch.preparation,
      ...(move === null ? {} : { interval: move.interval, zone, sequence: before.sequence + 1, moved: move.moved }),
    });
    const uninvited = patch.attendees === undefined ? [] : await this.#replaceGuests(tx, caller, { id, attendees: patch.attendees });
    await this.#place(tx, { id, patch });
    await this.reminding.plan(tx, id);
    if (move !== null) {
      await this.mails.rescheduled(tx, {
        tenantId: caller.tenantId,
        meetingId: id,
        sequence: before.sequence + 1,
        notify: patch.notify,
        from: { start: before.start_at.getTime() as Instant, end: before.end_at.getTime() as Instant },
      });
    } else if (patch.attendees !== undefined) {
      await this.mails.confirm(tx, { tenantId: caller.tenantId, meetingId: id, sequence: before.sequence, notify: patch.notify });
    }
    if (patch.notify !== 'none') await this.mails.uninvited(tx, { tenantId: caller.tenantId, meetingId: id, guests: uninvited });
    const after = (await this.meetings.find(tx, id))!;
    await this.#record(tx, caller, { before, after, isMoved: move !== null });
    const [view] = await this.views.of(tx, [after]);
    return { ...view!, dry_run: caller.isDryRun, ...freshnessView(asked.prepared, asked.time) };
  }

  async #reclaim(tx: Transaction, caller: Caller, { id, interval }: { id: Uuid; interval: Interval }): Promise<void> {
    const claims = await this.claims.held(tx, id);
    await this.claims.release(tx, id);
    await this.claims.take(tx, { tenantId: caller.tenantId, meetingId: id, interval, claims });
  }

  /** Those who are no longer invited. */
  async #replaceGuests(
    tx: Transaction,
    caller: Caller,
    { id, attendees }: { id: Uuid; attendees: NonNullable<PatchBody['attendees']> },
  ): Promise<Guest[]> {
    const before = await this.meetings.attendees(tx, id);
    const removed = new Set(
      await this.meetings.removeGuests(
        tx,
        id,
        attendees.map(({ email }) => email),
      ),
    );
    const rows = attendees.map((one): NewAttendee => ({
      userId: null,
      email: one.email,
      name: one.name ?? null,
      zone: one.time_zone ?? null,
      locale: one.locale ?? null,
      kind: 'guest',
      isOptional: one.optional,
    }));
    await this.meetings.addAttendees(tx, { tenantId: caller.tenantId, meetingId: id, attendees: rows });
    return before
      .filter(({ email }) => removed.has(email))
      .map(({ email, name, zone, locale }) => ({ email, name, zone: zone as Guest['zone'], locale }));
  }

  async #place(tx: Transaction, { id, patch }: { id: Uuid; patch: PatchBody }): Promise<void> {
    const meeting = (await this.meetings.find(tx, id))!;
    const [owner] = await tx.query<{ user_id: Uuid }[]>(
      `SELECT n.user_id FROM placements p JOIN calendars k ON k.id = p.calendar_id JOIN connections n ON n.id = k.connection_id WHERE p.thing_id = $1 AND p.role = 'organizer'`,
      [id],
    );
    if (owner === undefined) return;
    const fields = eventFieldsOf({
      title: meeting.title,
      description: meeting.description,
      location: meeting.location,
      interval: { start: meeting.start_at.getTime() as Instant, end: meeting.end_at.getTime() as Instant },
      zone: meeting.zone,
      attendees: await this.meetings.attendees(tx, id),
      ownerUserId: owner.user_id,
    });
    const conference = patch.conference === undefined ? undefined : patch.conference !== null;
    await this.placements.change(tx, { kind: 'meeting', id }, { fields, conference, notify: 'none' });
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
      before: { title: before.title, start: before.start_at, end: before.end_at },
      after: { title: after.title, start: after.start_at, end: after.end_at },
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

  async #maySee(tx: Transaction, caller: Caller, id: Uuid): Promise<boolean> {
    return seesWholeTenant(caller) || (caller.userId !== null && (await this.meetings.concerns(tx, id, caller.userId)));
  }
}

function newInterval(meeting: MeetingRow, patch: PatchBody): Interval {
  const start = patch.start ?? (meeting.start_at.getTime() as Instant);
  const lengthMs =
    patch.duration_minutes === undefined ? meeting.end_at.getTime() - meeting.start_at.getTime() : patch.duration_minutes * MINUTE_MS;
  return { start, end: addMilliseconds(start, lengthMs) };
}
