import { Injectable } from '@nestjs/common';
import type { BodyOf, BookedMeeting, operations } from '@daymark/api-contract';
import {
  addMilliseconds,
  Clock,
  DAY_MS,
  DomainError,
  formatInstant,
  IdSource,
  MINUTE_MS,
  type Instant,
  type Interval,
  type Uuid,
  type ZoneId,
} from '@daymark/domain';
import { alternatives, nextSlot, suggestSlots, whyNot } from '@daymark/scheduling';
import { Audit } from '../audit/audit.ts';
import { Changes } from '../audit/changes.ts';
import { answerable, AvailabilityService, freshnessView } from '../availability/availability.service.ts';
import { Questions, slotRequest, type Group, type Prepared, type Question } from '../availability/question.ts';
import type { KnownMember, TimeOfPeople } from '../availability/time-of-people.ts';
import type { Transaction } from '../database/database.ts';
import type { Caller } from '../http/caller.ts';
import { Writes, type Answer } from '../http/writes.ts';
import { TenantSettings } from '../identity/tenant-settings.ts';
import { Mails } from '../mail/mails.ts';
import { Placements } from '../placements/placements.ts';
import { Reminding } from '../reminding/reminding.ts';
import { ClaimsRepository, TimeTakenError } from './claims.repository.ts';
import { conferenceOf } from './conference.ts';
import { Destinations } from './destination.ts';
import { eventFieldsOf } from './event-fields.ts';
import { GuestList } from './guest-list.ts';
import { MeetingViews } from './meeting-view.ts';
import { MeetingsRepository, type NewAttendee } from './meetings.repository.ts';
import { liesInThePast, Refusals, type Answered } from './refusals.ts';
import { freeMembers, inOrder, membersOf, refuseUnclaimable } from './who-takes-part.ts';

export type CreateBody = BodyOf<typeof operations.createMeeting>;
export type QuickBookBody = BodyOf<typeof operations.quickBook>;

/** A time that was chosen for a booking, and who takes part then. */
interface Chosen {
  readonly slot: Interval;
  readonly members: readonly KnownMember[];
  readonly moved: { readonly from: string; readonly to: string; readonly explanation: string } | null;
  readonly prepared: Prepared;
  readonly time: TimeOfPeople;
}

/** So often another free time is tried when somebody was faster. */
const TRIES = 8;
const PROPOSED = { reject: 3, suggest: 10, auto_move: 3 } as const;
const QUICK_WINDOW_DAYS = 14;

/** Promises meetings: time is claimed in one transaction with everything that follows from it, calendars and mails come after. */
@Injectable()
export class BookingService {
  constructor(
    private readonly writes: Writes,
    private readonly questions: Questions,
    private readonly availability: AvailabilityService,
    private readonly destinations: Destinations,
    private readonly claims: ClaimsRepository,
    private readonly meetings: MeetingsRepository,
    private readonly guests: GuestList,
    private readonly refusals: Refusals,
    private readonly views: MeetingViews,
    private readonly placements: Placements,
    private readonly reminding: Reminding,
    private readonly mails: Mails,
    private readonly settings: TenantSettings,
    private readonly audit: Audit,
    private readonly changes: Changes,
    private readonly clock: Clock,
    private readonly ids: IdSource,
  ) {}

  async quickBook(caller: Caller, body: QuickBookBody): Promise<Answer<BookedMeeting>> {
    const now = this.clock.now();
    const window = body.window ?? { start: now, end: addMilliseconds(now, QUICK_WINDOW_DAYS * DAY_MS) };
    return this.book(caller, { ...body, window, mode: 'next', on_conflict: 'reject' });
  }

  /**
   * What is in the way may be the booking of this very call, made by an equal one with the same key
   * meanwhile: then its answer is this one's. @throws DomainError `slot-taken` or `time-unknown` with
   * conflicts and alternatives, `no-slot-found`, or `validation-failed` for a time in the past.
   */
  async book(caller: Caller, body: CreateBody): Promise<Answer<BookedMeeting>> {
    const replay = await this.writes.replay<BookedMeeting>(caller);
    if (replay !== null) return replay;
    refusePast(body, this.clock.now());
    const prepared = await this.questions.prepare(caller, this.#question(body));
    for (let attempt = 1; ; attempt += 1) {
      try {
        const chosen = await this.#choose(caller, { body, prepared, attempt });
        return await this.writes.run(caller, (tx) => this.#store(tx, caller, { body, chosen }), 201);
      } catch (error) {
        const own = await this.writes.replay<BookedMeeting>(caller);
        if (own !== null) return own;
        if (!(error instanceof TimeTakenError)) throw error;
        if (attempt >= TRIES)
          throw new DomainError('slot-taken', 'Others were faster, several times in a row.', {
            fix: 'Ask again, or for another time.',
            alternatives: [],
          });
      }
    }
  }

  #question(body: CreateBody): Question {
    const start = body.start ?? body.preferred_start;
    const groups: readonly Group[] | undefined =
      body.hosts === undefined
        ? body.participants
        : [{ group: 'hosts', required: 'all', members: body.hosts.map((id) => ({ user_id: id })) }];
    const durationMs = (body.duration_minutes ?? 0) * MINUTE_MS;
    const window =
      body.mode === 'exact' && start !== undefined
        ? { start, end: addMilliseconds(start, durationMs > 0 ? durationMs : DAY_MS) }
        : body.window!;
    return {
      participants: groups,
      scheduling_profile_id: body.scheduling_profile_id,
      window,
      duration_minutes: body.duration_minutes,
      time_zone: body.time_zone,
      freshness: body.freshness,
    };
  }

  async #choose(caller: Caller, { body, prepared, attempt }: { body: CreateBody; prepared: Prepared; attempt: number }): Promise<Chosen> {
    const time = await this.questions.read(caller, prepared);
    if (body.mode !== 'exact') {
      const request = slotRequest(prepared, time);
      const slot = answerable(() => (body.mode === 'next' ? nextSlot(request) : (suggestSlots(request, { count: 1 })[0] ?? null)));
      if (slot === null) throw this.refusals.none({ prepared, time });
      return { slot, members: membersOf(slot, time), moved: null, prepared, time };
    }
    const start = (body.start ?? body.preferred_start)!;
    const wanted: Interval = { start, end: addMilliseconds(start, prepared.durationMs) };
    const request = slotRequest(prepared, time, wanted);
    const verdict = answerable(() => whyNot(request, wanted));
    if (verdict.isBookable && attempt === 1)
      return {
        slot: wanted,
        members: freeMembers(prepared, time, new Set(verdict.people.map(({ id }) => id))),
        moved: null,
        prepared,
        time,
      };
    return this.#other(caller, { body, seen: { prepared, time }, wanted });
  }

  /** The nearest other time, with the reason in words, where that is asked for. @throws DomainError otherwise, and when there is none. */
  async #other(caller: Caller, { body, seen, wanted }: { body: CreateBody; seen: Answered; wanted: Interval }): Promise<Chosen> {
    const wide = await this.#around(caller, { body, prepared: seen.prepared, start: wanted.start });
    const refused = { wanted, seen, wide, zone: body.time_zone };
    if (body.on_conflict !== 'auto_move') throw await this.refusals.taken(caller, refused, { count: PROPOSED[body.on_conflict] });
    const [slot] = answerable(() => alternatives(slotRequest(wide.prepared, wide.time), { start: wanted.start, count: 1 }));
    if (slot === undefined) throw await this.refusals.taken(caller, refused, { count: PROPOSED.auto_move });
    const { conflicts } = await this.refusals.conflicts(caller, refused, { maySeeTitles: false });
    const explanation = `${conflicts[0]?.message ?? 'Somebody else took this time.'} This is the nearest free time.`;
    return {
      slot,
      members: membersOf(slot, wide.time),
      moved: { from: formatInstant(wanted.start), to: formatInstant(slot.start), explanation },
      ...wide,
    };
  }

  #around(caller: Caller, { body, prepared, start }: { body: CreateBody; prepared: Prepared; start: Instant }): Promise<Answered> {
    if (body.window === undefined) return this.availability.widened(caller, prepared, start);
    const wide = { ...prepared, asked: { ...prepared.asked, window: body.window } };
    return this.questions.read(caller, wide).then((time) => ({ prepared: wide, time }));
  }

  /** The claim, and with it all that follows: one transaction. @throws TimeTakenError */
  async #store(tx: Transaction, caller: Caller, { body, chosen }: { body: CreateBody; chosen: Chosen }): Promise<BookedMeeting> {
    const id = this.ids.next();
    const { tenantId } = caller;
    const { slot, prepared } = chosen;
    // A person may have been named as a user and as a resource.
    const members = [...new Map(chosen.members.map((member) => [member.resourceId ?? member.wireId, member])).values()];
    refuseUnclaimable(members);
    await this.claims.take(tx, {
      tenantId,
      meetingId: id,
      interval: slot,
      claims: members.flatMap(({ resourceId, buffers }) => (resourceId === null ? [] : [{ resourceId, buffers }])),
    });
    const profile = prepared.profile?.settings ?? null;
    const destination = await this.destinations.choose(tx, caller, {
      named: body.calendar_id,
      ofProfile: profile?.calendar_id ?? null,
      hostUserId: members.find(({ user }) => user !== null)?.user?.userId ?? null,
    });
    const hosts = inOrder(
      members.flatMap(({ user }) => (user === null ? [] : [user])),
      destination.userId,
    );
    const host = hosts[0] ?? null;
    const conference = conferenceOf(body.conference === undefined ? (profile?.conference ?? null) : body.conference, destination);
    const settings = await this.settings.get(tx);
    const zone: ZoneId = body.time_zone ?? host?.zone ?? destination.zone ?? settings.time_zone;
    const invited: NewAttendee[] = [
      ...hosts.map((one): NewAttendee => ({
        userId: one.userId,
        email: one.email,
        name: one.name,
        zone: null,
        locale: null,
        kind: 'host',
        isOptional: false,
      })),
      ...(await this.guests.invited(tx, body.attendees ?? [])),
    ];
    const content = { title: body.title, description: body.description ?? null, location: body.location ?? profile?.location ?? null };
    await this.meetings.insert(tx, {
      id,
      tenantId,
      organizerUserId: host?.userId ?? destination.userId,
      schedulingProfileId: prepared.profile?.id ?? null,
      ...content,
      interval: slot,
      zone,
      conference,
      externalRef: body.external_ref ?? null,
      reminderMinutes: [...(body.reminders ?? profile?.reminders ?? settings.reminders.default_minutes)],
      preparation: body.preparation ?? [],
      notify: body.notify,
      moved: chosen.moved,
    });
    await this.meetings.saveAttendees(tx, { tenantId, meetingId: id, attendees: invited });
    const attendees = await this.meetings.attendees(tx, id);
    await this.placements.want(tx, {
      tenantId,
      thing: { kind: 'meeting', id },
      calendarId: destination.calendarId,
      role: 'organizer',
      conference: conference !== null,
      notify: 'none',
      fields: eventFieldsOf({ ...content, interval: slot, zone, attendees, ownerUserId: destination.userId }),
    });
    await this.mails.confirm(tx, { tenantId, meetingId: id, sequence: 0, notify: body.notify });
    await this.reminding.plan(tx, id);
    await this.#record(tx, caller, { id, body, slot });
    const row = (await this.meetings.find(tx, id))!;
    const [view] = await this.views.of(tx, [row]);
    return { ...view!, dry_run: caller.isDryRun, ...freshnessView(chosen.prepared, chosen.time) };
  }

  async #record(tx: Transaction, caller: Caller, { id, body, slot }: { id: Uuid; body: CreateBody; slot: Interval }): Promise<void> {
    await this.audit.record(tx, caller, {
      action: 'meeting.booked',
      subject: { kind: 'meeting', id },
      aboutUserId: caller.userId,
      after: {
        title: body.title,
        start: formatInstant(slot.start),
        end: formatInstant(slot.end),
        attendees: (body.attendees ?? []).map(({ email }) => email),
      },
    });
    await this.changes.record(tx, caller.tenantId, [
      { type: 'meeting.booked', resource: { kind: 'meeting', id }, version: 1, externalRef: body.external_ref ?? undefined },
    ]);
  }
}

/** @throws DomainError `validation-failed` for a start, or a window to look in, that is over. */
function refusePast({ mode, start, preferred_start, window }: CreateBody, now: Instant): void {
  if (mode !== 'exact') {
    if (window !== undefined && window.end <= now) throw liesInThePast('/window/end');
    return;
  }
  const wanted = start ?? preferred_start;
  if (wanted !== undefined && wanted < now) throw liesInThePast(start === undefined ? '/preferred_start' : '/start');
}
