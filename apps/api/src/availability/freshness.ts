import type { CalendarStatus, StaleReason } from '@daymark/api-contract';
import { formatId, formatInstant, type Instant, type Interval } from '@daymark/domain';
import type { BusyCalendar } from './members.repository.ts';

export interface FreshnessAsked {
  readonly policy: 'use_last_known' | 'fail_closed' | 'live_first';
  readonly max_age_seconds: number;
}

export interface WithoutCalendar {
  /** Null when their service told their time. */
  readonly reason: StaleReason | null;
  readonly applied: 'claims_only' | 'treated_as_busy' | 'live';
}

/** What is known of a calendar, and what an answer may build on. */
export interface Knowledge {
  readonly calendar: BusyCalendar;
  /** Null: its busy time is unknown, so none of it is free. */
  readonly known: Interval | null;
  readonly status: CalendarStatus;
}

/**
 * How far a calendar can be trusted. Knowledge older than the asked age is no knowledge: the time is
 * then treated as busy, and the answer says so.
 */
export function knowledgeOf(calendar: BusyCalendar, { freshness, now }: { freshness: FreshnessAsked; now: Instant }): Knowledge {
  const reason = reasonOf(calendar);
  const isKnown = calendar.syncedAt !== null && calendar.covered !== null && !calendar.isRemoved && calendar.connectionStatus !== 'revoked';
  const isYoung = calendar.syncedAt !== null && now - calendar.syncedAt <= freshness.max_age_seconds * 1000;
  const known = isKnown && isYoung ? calendar.covered : null;
  const state = !isKnown ? 'unknown' : isYoung && reason === null ? 'fresh' : 'stale';
  const applied = known === null ? 'treated_as_busy' : reason === null ? 'current' : 'last_known';
  return { calendar, known, status: statusOf(calendar, { state, applied, reason: reason ?? (isYoung ? null : 'older_than_asked') }) };
}

/**
 * Somebody of whom we mirror no calendar. A user without one is known by the claims of this platform alone, and is offered by
 * them; who is no user is known as far as a calendar service just told; whose account's calendars are not listed yet, not at all.
 */
export function statusWithoutCalendar(
  member: string,
  { without: { reason, applied }, now }: { without: WithoutCalendar; now: Instant },
): CalendarStatus {
  const isTold = applied === 'live';
  return {
    calendar_id: null,
    member,
    state: isTold ? 'fresh' : 'unknown',
    synced_at: isTold ? formatInstant(now) : null,
    covered_until: null,
    reason,
    applied,
  };
}

/** A calendar whose busy time was just read at the provider. */
export function liveKnowledge(calendar: BusyCalendar, { window, now }: { window: Interval; now: Instant }): Knowledge {
  return {
    calendar,
    known: window,
    status: { ...statusOf(calendar, { state: 'fresh', applied: 'live', reason: null }), synced_at: formatInstant(now) },
  };
}

/** The moment that everything is known at least up to. */
export function asOf(statuses: readonly CalendarStatus[], now: Instant): string | null {
  if (statuses.length === 0) return formatInstant(now);
  const times = statuses.map(({ synced_at }) => synced_at);
  if (times.includes(null)) return null;
  return times.reduce((earliest, time) => (time! < earliest! ? time : earliest));
}

function reasonOf(calendar: BusyCalendar): string | null {
  if (calendar.isRemoved) return 'calendar_removed';
  if (calendar.connectionStatus === 'expired') return 'reauthorization_required';
  if (calendar.connectionStatus !== 'active') return `connection_${calendar.connectionStatus}`;
  if (!calendar.isSyncEnabled) return 'connection_paused';
  if (calendar.syncedAt === null) return 'not_read_yet';
  return calendar.isHeld ? 'held' : null;
}

function statusOf(calendar: BusyCalendar, said: Pick<CalendarStatus, 'state' | 'applied' | 'reason'>): CalendarStatus {
  return {
    calendar_id: formatId('calendar', calendar.id),
    member: null,
    synced_at: calendar.syncedAt === null ? null : formatInstant(calendar.syncedAt),
    covered_until: calendar.covered === null ? null : formatInstant(calendar.covered.end),
    ...said,
  };
}
