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
import { alternatives, findConflicts, nextSlot, suggestSlots, whyNot, type Slot } from '@daymark/scheduling';
import { Audit } from '../audit/audit.ts';
import { Changes } from '../audit/changes.ts';
import { alternativeView, conflictViews } from '../availability/blocked-times.ts';
import { answerable, AvailabilityService, freshnessView } from '../availability/availability.service.ts';
import { Questions, slotRequest, type Group, type Prepared, type Question } from '../availability/question.ts';
import type { KnownMember, TimeOfPeople } from '../availability/time-of-people.ts';
import { Database, type Transaction } from '../database/database.ts';
import { seesWholeTenant, type Caller } from '../http/caller.ts';
import { Writes, type Answer } from '../http/writes.ts';
import { TenantSettings } from '../identity/tenant-settings.ts';
import { Mails } from '../mail/mails.ts';
import { Placements } from '../placements/placements.ts';
import { Reminding } from '../reminding/reminding.ts';
import { ClaimsRepository, TimeTakenError } from './claims.repository.ts';
import { Destinations, type Destination } from './destination.ts';
import { eventFieldsOf } from './event-fields.ts';
import { MeetingViews, type StoredConference } from './meeting-view.ts';
import { MeetingsRepository, type NewAttendee } from './meetings.repository.ts';

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
    private readonly database: Database,
    private readonly writes: Writes,
    private readonly questions: Questions,
    private readonly availability: AvailabilityService,
    private readonly destinations: Destinations,
    private readonly claims: ClaimsRepository,
    private readonly meetings: MeetingsRepository,
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
   * meanwhile: then its answer is this one's. @throws DomainError `slot-taken` with conflicts and
   * alternatives, or `no-slot-found`.
   */
  async book(caller: Caller, body: CreateBody): Promise<Answer<BookedMeeting>> {
    const replay = await this.writes.replay<BookedMeeting>(caller);
    if (replay !== null) return replay;
    const prepared = await this.questions.prepare(caller, this.#question(body));
    for (let attempt = 1; ; attempt += 1) {
      try {
        const chosen = await this.#choose(caller, { body, prepared, attempt });
        return await this.writes.run(caller, (tx) => this.#store(tx, caller, { body, chosen }), 201);
      } catch (error) {
        const own = await this.writes.replay<BookedMeeting>(caller);
        if (own !== null) return own;
        if (!(error instanceof TimeTakenError)) throw error;
        if (attempt >= TRIES) throw new DomainError('slot-taken', 'Others were faster, several times in a row.', { alternatives: [] });
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
      if (slot === null)
        throw new DomainError('no-slot-found', 'nobody has a common free time in this window', { calendar_statuses: time.statuses });
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
    if (body.on_conflict !== 'auto_move') throw await this.#taken(caller, { body, prepared, start });
    return this.#moved(caller, { body, prepared, start });
  }

  /** The nearest other time, with the reason in words. */
  async #moved(caller: Caller, { body, prepared, start }: { body: CreateBody; prepared: Prepared; start: Instant }): Promise<Chosen> {
    const wide = await this.#around(caller, { body, prepared, start });
    const request = slotRequest(wide.prepared, wide.time);
    const [slot] = answerable(() => alternatives(request, { start, count: 1 }));
    if (slot === undefined) throw await this.#taken(caller, { body, prepared, start });
    const wanted: Interval = { start, end: addMilliseconds(start, prepared.durationMs) };
    const conflicts = await this.database.withTenant(caller.tenantId, (tx) =>
      conflictViews(tx, findConflicts(request, wanted), {
        members: wide.time.members,
        zone: body.time_zone ?? request.grid.zone,
        maySeeTitles: false,
      }),
    );
    const explanation = `${conflicts[0]?.message ?? 'Somebody else took this time.'} This is the nearest free time.`;
    return {
      slot,
      members: membersOf(slot, wide.time),
      moved: { from: formatInstant(start), to: formatInstant(slot.start), explanation },
      prepared: wide.prepared,
      time: wide.time,
    };
  }

  async #taken(caller: Caller, { body, prepared, start }: { body: CreateBody; prepared: Prepared; start: Instant }): Promise<DomainError> {
    const wide = await this.#around(caller, { body, prepared, start });
    const request = slotRequest(wide.prepared, wide.time);
    const wanted: Interval = { start, end: addMilliseconds(start, prepared.durationMs) };
    const others = answerable(() => alternatives(request, { start, count: PROPOSED[body.on_conflict] }));
    const conflicts = await this.database.withTenant(caller.tenantId, (tx) =>
      conflictViews(tx, findConflicts(request, wanted), {
        members: wide.time.members,
        zone: body.time_zone ?? request.grid.zone,
        maySeeTitles: seesWholeTenant(caller),
      }),
    );
    return new DomainError('slot-taken', conflicts[0]?.message ?? 'Somebody else was faster.', {
      conflicts,
      alternatives: others.map(alternativeView),
      ...freshnessView(wide.prepared, wide.time),
    });
  }

  #around(caller: Caller, { body, prepared, start }: { body: CreateBody; prepared: Prepared; start: Instant }) {
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
    const hosts = members.flatMap(({ user }) => (user === null ? [] : [user]));
    const host = hosts[0] ?? null;
    const profile = prepared.profile?.settings ?? null;
    const destination = await this.destinations.choose(tx, caller, {
      named: body.calendar_id,
      ofProfile: profile?.calendar_id ?? null,
      hostUserId: host?.userId ?? null,
    });
    const conference = conferenceOf(body.conference === undefined ? (profile?.conference ?? null) : body.conference, destination);
    const settings = await this.settings.get(tx);
    const zone: ZoneId = body.time_zone ?? host?.zone ?? destination.zone ?? settings.time_zone;
    const attendees: NewAttendee[] = [
      ...hosts.map((one): NewAttendee => ({
        userId: one.userId,
        email: one.email,
        name: one.name,
        zone: one.zone,
        locale: null,
        kind: 'host',
        isOptional: false,
      })),
      ...(body.attendees ?? []).map((one): NewAttendee => ({
        userId: null,
        email: one.email,
        name: one.name ?? null,
        zone: one.time_zone ?? null,
        locale: one.locale ?? null,
        kind: 'guest',
        isOptional: one.optional,
      })),
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
    await this.meetings.addAttendees(tx, { tenantId, meetingId: id, attendees });
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

/** A calendar or an address by itself can be asked about, but nobody's time is claimed by it. */
function refuseUnclaimable(members: readonly KnownMember[]): void {
  const other = members.find(({ resourceId }) => resourceId === null);
  if (other === undefined) return;
  const message = `${other.wireId} is no user and no room, so its time cannot be claimed`;
  throw new DomainError('validation-failed', 'Only people of the tenant and rooms can be booked.', {
    errors: [{ pointer: '/participants', message }],
  });
}

/** Everybody who is taken for a slot, once. */
function membersOf(slot: Slot, time: TimeOfPeople): KnownMember[] {
  const ids = new Set(slot.groups.flatMap(({ members }) => members));
  return time.members.filter(({ wireId }) => ids.has(wireId));
}

/** Per group the first free ones, as many as it needs. */
function freeMembers(prepared: Prepared, time: TimeOfPeople, blocked: ReadonlySet<string>): KnownMember[] {
  const request = slotRequest(prepared, time);
  const ids = new Set(
    request.groups.flatMap(({ required, members }) =>
      members.filter((id) => !blocked.has(id)).slice(0, required === 'all' ? members.length : required),
    ),
  );
  return time.members.filter(({ wireId }) => ids.has(wireId));
}

/** @throws DomainError `conference-unavailable` when one is required and the calendar offers none. */
function conferenceOf(asked: { readonly required: boolean } | null, destination: Destination): StoredConference | null {
  if (asked === null) return null;
  if (destination.conferenceTypes.length > 0) return { status: 'pending', platform: null, join_url: null, required: asked.required };
  if (asked.required) throw new DomainError('conference-unavailable', `${destination.name} offers no online meetings`);
  return null;
}
