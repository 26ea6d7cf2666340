import { Injectable } from '@nestjs/common';
import type { CalendarStatus } from '@daymark/api-contract';
import {
  claimBuffers,
  Clock,
  DAY_MS,
  DomainError,
  formatId,
  UTC,
  type BufferSettings,
  type ClaimBuffers,
  type Instant,
  type Interval,
  type OpeningHours,
  type Uuid,
  type ZoneId,
} from '@daymark/domain';
import { noBusyTime, type Person } from '@daymark/scheduling';
import { Database, type Transaction } from '../database/database.ts';
import { seesWholeTenant, type Caller } from '../http/caller.ts';
import { checkedId, notFound } from '../http/path-ids.ts';
import {
  asOf,
  knowledgeOf,
  liveKnowledge,
  statusWithoutCalendar,
  type FreshnessAsked,
  type Knowledge,
  type WithoutCalendar,
} from './freshness.ts';
import { LiveBusyReader, type LiveBusy } from './live-busy.ts';
import { OutsideTimeReader, outsideTimeline, type OutsideTime } from './outside-time.ts';
import { busyTimeline, claimTimeline, MembersRepository, type BookableUser, type BusyCalendar } from './members.repository.ts';

/** Somebody or something in a request: exactly one of the four. */
export type Member =
  { readonly user_id: string } | { readonly resource_id: string } | { readonly calendar_id: string } | { readonly email: string };

export interface TimeAsked {
  readonly members: readonly Member[];
  readonly window: Interval;
  readonly freshness: FreshnessAsked;
  /** Hours for everybody in place of their own; undefined leaves each their own. */
  readonly hours?: OpeningHours;
  /** Of this user only these calendars block; of everybody else all that are read for busy time. */
  readonly readOnly?: { readonly userId: Uuid; readonly calendarIds: readonly Uuid[] };
  readonly buffers: BufferSettings;
  readonly noticeMs: number;
  readonly horizonDays: number | null;
  readonly maxPerDay: number | null;
  readonly exceptMeeting?: Uuid | null;
  /** Which connection asks about addresses of people who are no users. */
  readonly askingConnectionId?: Uuid | null;
}

/** A member as the engine knows it, and what a booking needs besides. */
export interface KnownMember {
  readonly person: Person;
  /** As answers name it. */
  readonly wireId: string;
  readonly name: string;
  readonly resourceId: Uuid | null;
  readonly user: BookableUser | null;
  readonly buffers: ClaimBuffers;
  /** That, and how, somebody is known without a calendar; null for those who have one, and for rooms. */
  readonly withoutCalendar: WithoutCalendar | null;
}

export interface TimeOfPeople {
  readonly now: Instant;
  readonly members: readonly KnownMember[];
  readonly statuses: readonly CalendarStatus[];
  readonly asOf: string | null;
}

/** Beyond the window on both sides, so that buffers and limits per day are right at its edges. */
const MARGIN_MS = 2 * DAY_MS;
const LEARNS_FROM_MS = 90 * DAY_MS;
const noBuffers: BufferSettings = { bufferBeforeMinutes: 0, bufferAfterMinutes: 0, preparationMinutes: 0 };

/** Puts together what is known about the time of members: claims, mirrored busy time, hours, and how fresh each calendar is. */
@Injectable()
export class TimeOfPeopleReader {
  constructor(
    private readonly database: Database,
    private readonly repository: MembersRepository,
    private readonly live: LiveBusyReader,
    private readonly outside: OutsideTimeReader,
    private readonly clock: Clock,
  ) {}

  /** @throws DomainError `not-found` for a member the caller cannot name, `freshness-unmet` under fail_closed. */
  async read(caller: Caller, asked: TimeAsked): Promise<TimeOfPeople> {
    const now = this.clock.now();
    const live = asked.freshness.policy === 'live_first' ? await this.#readLive(caller, { asked, now }) : new Map();
    const outside = await this.#readOutside(caller, asked);
    return this.database.withTenant(caller.tenantId, (tx) => this.#assemble(tx, caller, { asked, live, outside }));
  }

  async #assemble(
    tx: Transaction,
    caller: Caller,
    { asked, live, outside }: { asked: TimeAsked; live: LiveBusy; outside: ReadonlyMap<string, OutsideTime> },
  ): Promise<TimeOfPeople> {
    const now = this.clock.now();
    const span = spanAround(asked.window);
    const named = await this.#named(tx, caller, asked.members);
    const userIds = named.users.map(({ userId }) => userId);
    const calendars = await this.#calendars(tx, { asked, userIds, calendarIds: named.calendarIds });
    for (const id of named.calendarIds) {
      const calendar = calendars.find((one) => one.id === id);
      if (calendar === undefined || !(seesWholeTenant(caller) || calendar.userId === caller.userId)) throw notFound('calendar');
    }
    const knowledge = calendars.map((calendar) =>
      live.has(calendar.id) ? liveKnowledge(calendar, { window: span, now }) : knowledgeOf(calendar, { freshness: asked.freshness, now }),
    );
    const resourceIds = [...new Set([...named.users, ...named.resources].map(({ resourceId }) => resourceId))];
    const stored = knowledge.filter(({ calendar }) => !live.has(calendar.id)).map(({ calendar }) => calendar.id);
    const busy = [
      ...(await this.repository.busy(tx, { calendarIds: stored, span, exceptMeeting: asked.exceptMeeting ?? null })),
      ...(await this.live.rows(tx, { live, calendars, span, exceptMeeting: asked.exceptMeeting ?? null })),
    ];
    const claims = Map.groupBy(
      await this.repository.claims(tx, { resourceIds, span, now, exceptMeeting: asked.exceptMeeting ?? null }),
      (row) => row.resource_id,
    );
    const pastStarts = await this.repository.pastStarts(tx, { resourceIds, since: (now - LEARNS_FROM_MS) as Instant, now });
    const rowsOf = Map.groupBy(busy, (row) => row.calendar_id);
    const make = (
      given: Omit<KnownMember, 'person' | 'buffers'> & {
        hours: OpeningHours | null;
        zone: ZoneId;
        own: readonly Knowledge[];
        personal: BufferSettings;
        told?: readonly Interval[];
      },
    ): KnownMember => {
      const buffers = claimBuffers(asked.buffers, given.personal);
      const rows = given.own.flatMap(({ calendar }) => rowsOf.get(calendar.id) ?? []);
      const zones = new Map(given.own.map(({ calendar }) => [calendar.id, calendar.zone ?? given.zone]));
      return {
        ...given,
        buffers,
        person: {
          id: given.wireId,
          zone: given.zone,
          hours: asked.hours ?? given.hours,
          busy:
            given.told !== undefined
              ? outsideTimeline(given.wireId, given.told)
              : rows.length === 0
                ? noBusyTime
                : busyTimeline(rows, (id) => zones.get(id) ?? given.zone),
          claims: claimTimeline(given.resourceId === null ? [] : (claims.get(given.resourceId) ?? [])),
          calendars:
            given.withoutCalendar === null || given.withoutCalendar.applied === 'claims_only'
              ? given.own.map(({ calendar, known }) => ({ calendarId: calendar.id, known }))
              : [{ calendarId: given.user?.email ?? given.wireId, known: given.told === undefined ? null : span }],
          buffers,
          noticeMs: asked.noticeMs,
          horizonDays: asked.horizonDays,
          maxPerDay: asked.maxPerDay,
          pastStarts: given.resourceId === null ? undefined : pastStarts.get(given.resourceId),
        },
      };
    };
    const members = asked.members.map((member): KnownMember => {
      const room =
        'resource_id' in member ? named.resources.find(({ resourceId }) => formatId('resource', resourceId) === member.resource_id)! : null;
      if ('resource_id' in member && room!.userId === null) {
        const found = room!;
        return make({
          wireId: member.resource_id,
          name: found.name,
          resourceId: found.resourceId,
          user: null,
          hours: null,
          zone: found.zone,
          own: [],
          withoutCalendar: null,
          personal: noBuffers,
        });
      }
      if ('calendar_id' in member) {
        const own = knowledge.filter(({ calendar }) => formatId('calendar', calendar.id) === member.calendar_id);
        return make({
          wireId: member.calendar_id,
          name: member.calendar_id,
          resourceId: null,
          user: null,
          hours: null,
          zone: own[0]!.calendar.zone ?? UTC,
          own,
          withoutCalendar: null,
          personal: noBuffers,
        });
      }
      const user = named.users.find((one) =>
        'user_id' in member
          ? formatId('user', one.userId) === member.user_id
          : 'resource_id' in member
            ? one.userId === room!.userId
            : one.email.toLowerCase() === member.email.toLowerCase(),
      );
      if (user === undefined) {
        const email = 'email' in member ? member.email : '';
        const time = outside.get(email.toLowerCase()) ?? { unknown: 'no_calendar' };
        return make({
          wireId: email,
          name: email,
          resourceId: null,
          user: null,
          hours: null,
          zone: UTC,
          own: [],
          withoutCalendar: 'busy' in time ? { reason: null, applied: 'live' } : { reason: time.unknown, applied: 'treated_as_busy' },
          told: 'busy' in time ? time.busy : undefined,
          personal: noBuffers,
        });
      }
      const own = knowledge.filter(({ calendar }) => calendar.userId === user.userId && calendar.isBusySource);
      const wireId = 'user_id' in member ? member.user_id : 'resource_id' in member ? member.resource_id : member.email;
      return make({
        wireId,
        name: user.name,
        resourceId: user.resourceId,
        user,
        hours: user.hours,
        zone: user.hours?.zone ?? user.zone,
        own,
        withoutCalendar: own.length > 0 || asked.readOnly?.userId === user.userId ? null : calendarless(user),
        personal: user.buffers ?? noBuffers,
      });
    });
    const ofCalendars = knowledge.map(({ status }) => status);
    const statuses = [
      ...ofCalendars,
      ...members.flatMap(({ wireId, withoutCalendar }) =>
        withoutCalendar === null ? [] : [statusWithoutCalendar(wireId, { without: withoutCalendar, now })],
      ),
    ];
    if (asked.freshness.policy === 'fail_closed') refuseStale(statuses);
    return { now, members, statuses, asOf: asOf(ofCalendars, now) };
  }

  async #named(tx: Transaction, caller: Caller, members: readonly Member[]) {
    const ids = members.flatMap((member) => ('user_id' in member ? [checkedId('user', member.user_id)] : []));
    const emails = members.flatMap((member) => ('email' in member ? [member.email] : []));
    const resourceIds = members.flatMap((member) => ('resource_id' in member ? [checkedId('resource', member.resource_id)] : []));
    const calendarIds = members.flatMap((member) => ('calendar_id' in member ? [checkedId('calendar', member.calendar_id)] : []));
    const resources = await this.repository.resources(tx, resourceIds);
    const people = resources.flatMap(({ userId }) => (userId === null ? [] : [userId]));
    const users = await this.repository.users(tx, { ids: [...ids, ...people], emails });
    if (ids.some((id) => !users.some(({ userId }) => userId === id))) throw notFound('user');
    if (resourceIds.some((id) => !resources.some(({ resourceId }) => resourceId === id))) throw notFound('resource');
    return { users, resources, calendarIds };
  }

  async #calendars(
    tx: Transaction,
    { asked, userIds, calendarIds }: { asked: TimeAsked; userIds: readonly Uuid[]; calendarIds: readonly Uuid[] },
  ): Promise<BusyCalendar[]> {
    const calendars = await this.repository.busyCalendars(tx, { userIds, calendarIds });
    const { readOnly } = asked;
    if (readOnly === undefined) return calendars;
    return calendars.filter(
      ({ id, userId }) => userId !== readOnly.userId || readOnly.calendarIds.includes(id) || calendarIds.includes(id),
    );
  }

  /** What their services tell about people who are no users here. */
  async #readOutside(caller: Caller, { members, window, askingConnectionId = null }: TimeAsked): Promise<ReadonlyMap<string, OutsideTime>> {
    const emails = members.flatMap((member) => ('email' in member ? [member.email] : []));
    if (emails.length === 0 && askingConnectionId === null) return new Map();
    const users = await this.database.withTenant(caller.tenantId, (tx) => this.repository.users(tx, { ids: [], emails }));
    const strangers = emails.filter((email) => !users.some((user) => user.email.toLowerCase() === email.toLowerCase()));
    return this.outside.read(caller, { emails: strangers, window: spanAround(window), connectionId: askingConnectionId });
  }

  /** Busy time straight from the providers for calendars that are older than asked. One that does not answer stays stale. */
  async #readLive(caller: Caller, { asked, now }: { asked: TimeAsked; now: Instant }): Promise<LiveBusy> {
    const window = spanAround(asked.window);
    const stale = await this.database.withTenant(caller.tenantId, async (tx) => {
      const named = await this.#named(tx, caller, asked.members);
      const calendars = await this.#calendars(tx, {
        asked,
        userIds: named.users.map(({ userId }) => userId),
        calendarIds: named.calendarIds,
      });
      return calendars.filter(
        (calendar) => knowledgeOf(calendar, { freshness: asked.freshness, now }).known === null && !calendar.isRemoved,
      );
    });
    return this.live.read(caller.tenantId, stale, window);
  }
}

function spanAround({ start, end }: Interval): Interval {
  return { start: (start - MARGIN_MS) as Instant, end: (end + MARGIN_MS) as Instant };
}

/** No calendar at all: by choice, or because those of an account are not listed yet. */
function calendarless({ awaitsCalendars }: BookableUser): WithoutCalendar {
  return awaitsCalendars ? { reason: 'not_read_yet', applied: 'treated_as_busy' } : { reason: 'no_calendar', applied: 'claims_only' };
}

function refuseStale(statuses: readonly CalendarStatus[]): void {
  const unmet = statuses.filter(({ applied }) => applied === 'treated_as_busy' || applied === 'claims_only');
  if (unmet.length === 0) return;
  throw new DomainError('freshness-unmet', `${unmet.length} calendar(s) are older than asked for, or not known`, {
    calendar_statuses: unmet,
  });
}
