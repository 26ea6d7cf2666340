import { Injectable } from '@nestjs/common';
import {
  addMinutes,
  DAY_MS,
  DomainError,
  formatId,
  MINUTE_MS,
  type Instant,
  type Interval,
  type OpeningHours,
  type Uuid,
  type ZoneId,
} from '@daymark/domain';
import type { SlotRequest } from '@daymark/scheduling';
import { Database, type Transaction } from '../database/database.ts';
import { seesWholeTenant, type Caller } from '../http/caller.ts';
import { checkedId, notFound } from '../http/path-ids.ts';
import type { FreshnessAsked } from './freshness.ts';
import { buffersOf, MembersRepository, type ProfileNumbers } from './members.repository.ts';
import { TimeOfPeopleReader, type Member, type TimeAsked, type TimeOfPeople } from './time-of-people.ts';

export interface Group {
  readonly group: string;
  readonly required: number | 'all';
  readonly members: readonly Member[];
}

export interface Rules {
  readonly schedule_id?: string;
  readonly buffer_before?: number;
  readonly buffer_after?: number;
  readonly prep_minutes?: number;
  readonly notice_minutes?: number;
  readonly horizon_days?: number;
  readonly max_per_day?: number;
}

/** What slots, next, conflicts and bookings all ask. */
export interface Question {
  readonly participants?: readonly Group[];
  readonly scheduling_profile_id?: string;
  readonly window: Interval;
  readonly duration_minutes?: number;
  readonly step_minutes?: number;
  readonly round_to?: number;
  readonly time_zone?: ZoneId;
  readonly rules?: Rules;
  readonly freshness?: FreshnessAsked;
  readonly exceptMeeting?: Uuid | null;
  /** The profile is that of a meeting which the caller may change, whoever owns the profile. */
  readonly isOfMeeting?: boolean;
  /** Which connection asks about addresses of people who are no users. */
  readonly askingConnectionId?: Uuid | null;
}

/** A profile as questions use it. */
export interface Profile {
  readonly id: Uuid;
  readonly userId: Uuid;
  readonly scheduleId: Uuid | null;
  readonly settings: ProfileSettings;
}

export interface ProfileSettings extends ProfileNumbers {
  readonly calendar_id: Uuid | null;
  readonly read_calendar_ids: readonly Uuid[] | null;
  readonly conference: { readonly required: boolean } | null;
  readonly location: string | null;
  readonly reminders: readonly number[];
}

/** A question with all that it builds on, ready to be asked (again, as of another time). */
export interface Prepared {
  readonly groups: readonly Group[];
  readonly asked: TimeAsked;
  readonly durationMs: number;
  readonly stepMinutes: number;
  readonly roundToMinutes: number;
  readonly zone: ZoneId | null;
  readonly profile: Profile | null;
  readonly freshness: FreshnessAsked;
}

/** Where none is asked for. */
export const DEFAULT_FRESHNESS: FreshnessAsked = { policy: 'use_last_known', max_age_seconds: 900 };
const DEFAULT_STEP_MINUTES = 15;

/** Turns what a caller asks into what the engine answers: profile, rules, members, their time. */
@Injectable()
export class Questions {
  constructor(
    private readonly database: Database,
    private readonly members: MembersRepository,
    private readonly reader: TimeOfPeopleReader,
  ) {}

  /** @throws DomainError `not-found` for a profile or schedule the caller cannot name, `validation-failed` when nobody is asked about. */
  async prepare(caller: Caller, question: Question): Promise<Prepared> {
    return this.database.withTenant(caller.tenantId, async (tx) => {
      const profile =
        question.scheduling_profile_id === undefined
          ? null
          : await this.profile(
              tx,
              question.isOfMeeting === true ? null : caller,
              checkedId('schedulingProfile', question.scheduling_profile_id),
            );
      const numbers = profile?.settings;
      const rules = question.rules ?? {};
      const hours = await this.#hours(tx, { rules, profile });
      const groups = question.participants ?? [this.#onlyGroup(caller, profile)];
      const buffers = buffersOf({
        buffer_before: rules.buffer_before ?? numbers?.buffer_before ?? 0,
        buffer_after: rules.buffer_after ?? numbers?.buffer_after ?? 0,
        prep_minutes: rules.prep_minutes ?? numbers?.prep_minutes ?? 0,
      });
      const durationMinutes = question.duration_minutes ?? numbers?.duration_minutes;
      if (durationMinutes === undefined) throw new TypeError('a question has a duration or a profile');
      const freshness = question.freshness ?? DEFAULT_FRESHNESS;
      return {
        groups,
        durationMs: durationMinutes * MINUTE_MS,
        stepMinutes: question.step_minutes ?? numbers?.step_minutes ?? DEFAULT_STEP_MINUTES,
        roundToMinutes: question.round_to ?? numbers?.round_to ?? 1,
        zone: question.time_zone ?? hours?.zone ?? null,
        profile,
        freshness,
        asked: {
          members: distinct(groups.flatMap((group) => group.members)),
          window: question.window,
          freshness,
          buffers,
          hours: hours ?? undefined,
          readOnly: numbers?.read_calendar_ids ? { userId: profile!.userId, calendarIds: numbers.read_calendar_ids } : undefined,
          noticeMs: (rules.notice_minutes ?? numbers?.notice_minutes ?? 0) * MINUTE_MS,
          horizonDays: rules.horizon_days ?? numbers?.horizon_days ?? null,
          maxPerDay: rules.max_per_day ?? numbers?.max_per_day ?? null,
          exceptMeeting: question.exceptMeeting,
          askingConnectionId: question.askingConnectionId,
        },
      };
    });
  }

  async read(caller: Caller, prepared: Prepared): Promise<TimeOfPeople> {
    return this.reader.read(caller, prepared.asked);
  }

  /** Null for a caller who needs no right to it. @throws DomainError the same 404 for a foreign and an unknown id. */
  async profile(tx: Transaction, caller: Caller | null, id: Uuid): Promise<Profile> {
    const [row] = await tx.query<{ id: Uuid; user_id: Uuid; schedule_id: Uuid | null; settings: ProfileSettings }[]>(
      `SELECT id, user_id, schedule_id, settings FROM scheduling_profiles WHERE id = $1`,
      [id],
    );
    if (row === undefined) throw notFound('schedulingProfile');
    if (caller !== null && !seesWholeTenant(caller) && row.user_id !== caller.userId) throw notFound('schedulingProfile');
    return { id: row.id, userId: row.user_id, scheduleId: row.schedule_id, settings: row.settings };
  }

  async #hours(tx: Transaction, { rules, profile }: { rules: Rules; profile: Profile | null }): Promise<OpeningHours | null> {
    const id = rules.schedule_id === undefined ? (profile?.scheduleId ?? null) : checkedId('schedule', rules.schedule_id);
    if (id === null) return null;
    const hours = await this.members.schedule(tx, id);
    if (hours === null) throw notFound('schedule');
    return hours;
  }

  #onlyGroup(caller: Caller, profile: Profile | null): Group {
    const userId = profile?.userId ?? caller.userId;
    if (userId === null) {
      throw new DomainError('validation-failed', 'Nobody is asked about.', {
        errors: [{ pointer: '/participants', message: 'is needed: this key belongs to no user' }],
      });
    }
    return { group: 'everyone', required: 'all', members: [{ user_id: formatId('user', userId) }] };
  }
}

/** The engine's request for a prepared question and what is known. */
export function slotRequest(prepared: Prepared, time: TimeOfPeople, window: Interval = prepared.asked.window): SlotRequest {
  const zone = prepared.zone ?? time.members[0]!.person.zone;
  return {
    now: time.now,
    window,
    durationMs: prepared.durationMs,
    grid: { zone, stepMinutes: prepared.stepMinutes, roundToMinutes: prepared.roundToMinutes },
    groups: prepared.groups.map(({ group, required, members }) => ({ group, required, members: members.map(wireIdOf) })),
    people: time.members.map(({ person }) => person),
  };
}

export function wireIdOf(member: Member): string {
  if ('user_id' in member) return member.user_id;
  if ('resource_id' in member) return member.resource_id;
  return 'calendar_id' in member ? member.calendar_id : member.email;
}

/** The window in which other times are proposed around a wanted one: the rest of its fortnight. */
export function windowAround(start: Instant, now: Instant): Interval {
  const from = Math.max(now, start - 2 * DAY_MS) as Instant;
  return { start: from, end: addMinutes(from, 14 * 1440) };
}

function distinct(members: readonly Member[]): Member[] {
  return [...new Map(members.map((member) => [wireIdOf(member), member])).values()];
}
