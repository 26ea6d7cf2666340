import { Injectable } from '@nestjs/common';
import type { BodyOf, ConflictCheck, FreeBusy, operations, ProfileAvailability, ResponseOf, Slots } from '@daymark/api-contract';
import {
  addDays,
  Clock,
  DomainError,
  formatId,
  formatInstant,
  MINUTE_MS,
  startOfDate,
  UTC,
  type Instant,
  type Interval,
  type Uuid,
} from '@daymark/domain';
import { alternatives, findConflicts, findSlots, nextSlot, type Person } from '@daymark/scheduling';
import { Database } from '../database/database.ts';
import { seesWholeTenant, type Caller } from '../http/caller.ts';
import { cursorNumber, encodeCursor } from '../http/page-cursors.ts';
import { checkedId } from '../http/path-ids.ts';
import { alternativeView, conflictViews, excludedView, slotView } from './blocked-times.ts';
import { Questions, slotRequest, windowAround, wireIdOf, type Prepared } from './question.ts';
import type { KnownMember, TimeOfPeople } from './time-of-people.ts';
import { strangerError } from './unknown-time.ts';

const MOST_EXPLAINED = 100;

/** Who is free. Reads what is known, asks the engine, and says how fresh the knowledge was. */
@Injectable()
export class AvailabilityService {
  constructor(
    private readonly database: Database,
    private readonly questions: Questions,
    private readonly clock: Clock,
  ) {}

  async slots(caller: Caller, body: BodyOf<typeof operations.findSlots>): Promise<Slots> {
    const after = cursorNumber(body.cursor);
    const prepared = await this.questions.prepare(caller, body);
    const time = await this.questions.read(caller, prepared);
    const found = answerable(() =>
      findSlots(slotRequest(prepared, time), {
        limit: body.limit,
        after: after === null ? undefined : (after as Instant),
        explain: body.explain ? { limit: MOST_EXPLAINED } : undefined,
      }),
    );
    return {
      data: found.slots.map(slotView),
      ...freshnessView(prepared, time),
      ...(body.explain ? { excluded: found.excluded.map(excludedView) } : {}),
      next_cursor: found.next === null ? null : encodeCursor([found.next]),
      has_more: found.next !== null,
    };
  }

  async next(caller: Caller, body: BodyOf<typeof operations.findNextSlot>): Promise<ResponseOf<typeof operations.findNextSlot>> {
    const prepared = await this.questions.prepare(caller, body);
    const time = await this.questions.read(caller, prepared);
    const slot = answerable(() => nextSlot(slotRequest(prepared, time)));
    return { slot: slot === null ? null : slotView(slot), ...freshnessView(prepared, time) };
  }

  async checkConflicts(caller: Caller, body: BodyOf<typeof operations.checkConflicts>): Promise<ConflictCheck> {
    const proposed: Interval = { start: body.start, end: body.end };
    const prepared = await this.questions.prepare(caller, {
      ...body,
      window: proposed,
      duration_minutes: Math.min(1440, Math.max(5, Math.round((body.end - body.start) / MINUTE_MS))),
      exceptMeeting: body.ignore_meeting_id === undefined ? null : checkedId('meeting', body.ignore_meeting_id),
    });
    const wide = await this.widened(caller, prepared, proposed.start, proposed.end);
    const request = slotRequest(wide.prepared, wide.time);
    const conflicts = answerable(() => findConflicts(request, proposed));
    const others =
      body.alternatives === 0 || conflicts.length === 0
        ? []
        : answerable(() => alternatives(request, { start: proposed.start, count: body.alternatives }));
    const zone = body.time_zone ?? request.grid.zone;
    const views = await this.database.withTenant(caller.tenantId, (tx) =>
      conflictViews(tx, conflicts, { time: wide.time, zone, maySeeTitles: seesWholeTenant(caller) }),
    );
    return {
      free: conflicts.length === 0,
      conflicts: views,
      alternatives: others.map(alternativeView),
      ...freshnessView(wide.prepared, wide.time),
    };
  }

  async freeBusy(caller: Caller, body: BodyOf<typeof operations.readFreeBusy>): Promise<FreeBusy> {
    const prepared = await this.questions.prepare(caller, {
      participants: [{ group: 'everyone', required: 'all', members: body.subjects }],
      window: body.window,
      duration_minutes: 30,
      freshness: body.freshness,
      askingConnectionId: body.connection_id === undefined ? null : checkedId('connection', body.connection_id),
    });
    const time = await this.questions.read(caller, prepared);
    const data = body.subjects.map((subject) => {
      const member = time.members.find(({ wireId }) => wireId === wireIdOf(subject))!;
      return { subject: member.wireId, busy: busySpans(member.person, body.window), error: unknownTime(member) };
    });
    return { data, ...freshnessView(prepared, time) };
  }

  async ofProfile(caller: Caller, profileId: Uuid, body: BodyOf<typeof operations.getProfileAvailability>): Promise<ProfileAvailability> {
    const profileWireId = formatId('schedulingProfile', profileId);
    const day = { start: startOfDate(body.date, UTC), end: startOfDate(addDays(body.date, 1), UTC) };
    const prepared = await this.questions.prepare(caller, {
      scheduling_profile_id: profileWireId,
      window: day,
      duration_minutes: body.duration_minutes,
      freshness: body.freshness,
      time_zone: body.time_zone,
    });
    const zone = prepared.zone ?? (await this.questions.read(caller, prepared)).members[0]!.person.zone;
    const window = { start: startOfDate(body.date, zone), end: startOfDate(addDays(body.date, 1), zone) };
    const exact = { ...prepared, zone, asked: { ...prepared.asked, window } };
    const time = await this.questions.read(caller, exact);
    const found = answerable(() => findSlots(slotRequest(exact, time), { limit: 500 }));
    return {
      scheduling_profile_id: profileWireId,
      date: body.date,
      time_zone: zone,
      duration_minutes: exact.durationMs / MINUTE_MS,
      available_slots: found.slots.map(slotView),
      busy_times: time.members.flatMap(({ person }) => busySpans(person, window)),
      ...freshnessView(exact, time),
    };
  }

  /** The same question over the days around a wanted time, so that others can be proposed. */
  async widened(
    caller: Caller,
    prepared: Prepared,
    around: Instant,
    until: Instant = around,
  ): Promise<{ prepared: Prepared; time: TimeOfPeople }> {
    const { start, end } = windowAround(around, this.clock.now());
    const window = { start, end: Math.max(end, until) as Instant };
    const wide = { ...prepared, asked: { ...prepared.asked, window } };
    return { prepared: wide, time: await this.questions.read(caller, wide) };
  }
}

/** The members of every answer about time. */
export function freshnessView(prepared: Prepared, time: TimeOfPeople) {
  return { as_of: time.asOf, freshness_policy: { ...prepared.freshness }, calendar_statuses: [...time.statuses] };
}

/** What the engine refuses is the caller's to mend, and the engine says what. */
export function answerable<T>(ask: () => T): T {
  try {
    return ask();
  } catch (error) {
    if (error instanceof RangeError)
      throw new DomainError('validation-failed', error.message, { errors: [{ pointer: '', message: error.message }] });
    throw error;
  }
}

/** Mirrored busy time and claims, joined and cut to the window. */
function busySpans(person: Person, window: Interval): { start: string; end: string }[] {
  const spans: [number, number][] = [];
  for (const line of [person.busy, person.claims]) {
    for (let at = 0; at < line.starts.length; at += 1) {
      const start = Math.max(line.starts[at]!, window.start);
      const end = Math.min(line.ends[at]!, window.end);
      if (start < end) spans.push([start, end]);
    }
  }
  const joined: [number, number][] = [];
  for (const [start, end] of spans.sort((one, other) => one[0] - other[0])) {
    const last = joined.at(-1);
    if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], end);
    else joined.push([start, end]);
  }
  return joined.map(([start, end]) => ({ start: formatInstant(start as Instant), end: formatInstant(end as Instant) }));
}

function unknownTime({ person, user, withoutCalendar }: KnownMember): FreeBusy['data'][number]['error'] {
  const unknown = person.calendars.filter(({ known }) => known === null).length;
  if (unknown === 0) return null;
  if (user === null && withoutCalendar !== null) return strangerError(withoutCalendar.reason);
  return { code: 'freshness-unmet', message: `The time of ${unknown} calendar(s) is not known well enough; treat it as busy.` };
}
